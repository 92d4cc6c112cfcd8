//! What all readers of data sets check and say.

use std::path::Path;

use super::Images;
use crate::{Error, Result};

/// The name of a folder, which becomes the name of its data set.
pub(super) fn folder_name(folder: &Path) -> Result<String> {
    let whole = folder.canonicalize().map_err(Error::io("read", folder))?;
    Ok(whole.file_name().map_or_else(|| "data".into(), |name| name.to_string_lossy().into_owned()))
}

/// The error for a file of a data set that is not there; `official` is the name to look for it under.
pub(super) fn missing(path: &Path, expected: &str, official: &str) -> Error {
    Error::Format {
        path: path.to_owned(),
        found: "no such file".into(),
        expected: expected.into(),
        advice: format!("get {official} from where its authors publish it, and name its folder"),
    }
}

/// A data set whose parts do not fit.
pub(super) fn wrong(path: &Path, found: String, expected: &str) -> Error {
    Error::Format {
        path: path.to_owned(),
        found,
        expected: expected.to_owned(),
        advice: "check that all files are of the same data set".into(),
    }
}

/// The number of classes, if training and test images have the same size and every test label occurs in training.
pub(super) fn agree(path: &Path, train: &Images, test: &Images) -> Result<usize> {
    if train.size() != test.size() {
        let found = format!("test images of {} values", test.size());
        return Err(wrong(path, found, &format!("{}, as the training images", train.size())));
    }
    let n_classes = train.labels.iter().max().map_or(0, |&label| label as usize + 1);
    if let Some(i) = test.labels.iter().position(|&label| label as usize >= n_classes) {
        let found = format!("test label {} at index {i}", test.labels[i]);
        return Err(wrong(path, found, &format!("labels below {n_classes}, as in training")));
    }
    Ok(n_classes)
}
