//! Images and labels in `.npy` files.

use std::path::{Path, PathBuf};

use consilience_data::formats::npy;
use serde::Deserialize;

use super::spec::Source;
use super::{Dataset, Images, Normalisation, files};
use crate::{Error, Result};

/// `{ arrays = { folder = "DIR" } }`: DIR holds `train_images.npy`, `train_labels.npy`, `test_images.npy`,
/// `test_labels.npy`; images are uint8 of shape (n, height, width) or (n, height, width, channels), labels are whole
/// numbers from 0. `classes.txt`, if it is there, has one class name a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arrays {
    folder: PathBuf,
}

impl Source for Arrays {
    fn load(&self) -> Result<Dataset> {
        let folder = self.folder.as_path();
        let name = files::folder_name(folder)?;
        let train = part(folder, "train", &name)?;
        let test = part(folder, "test", &name)?;
        let n_classes = files::agree(folder, &train, &test)?;
        let classes = classes(&folder.join("classes.txt"), n_classes)?;
        let normalisation = Normalisation::of(&train);
        Ok(Dataset { name, classes, train, test, normalisation })
    }
}

fn part(folder: &Path, part: &str, name: &str) -> Result<Images> {
    let file = |what: &str| {
        let path = folder.join(format!("{part}_{what}.npy"));
        if path.is_file() {
            return Ok(path);
        }
        Err(Error::Format {
            path,
            found: "no such file".into(),
            expected: "{train,test}_{images,labels}.npy in this folder".into(),
            advice: "save them with np.save".into(),
        })
    };
    let (images, labels) = (file("images")?, file("labels")?);
    let (shape, pixels) = npy::read_bytes(&images)?;
    let (n, height, width, channels) = match *shape {
        [n, height, width] => (n, height, width, 1),
        [n, height, width, channels] => (n, height, width, channels),
        _ => {
            let expected = "(n, height, width) or (n, height, width, channels)";
            return Err(files::wrong(&images, format!("shape {shape:?}"), expected));
        }
    };
    let values = npy::read_whole_numbers(&labels)?;
    if values.len() != n {
        let found = format!("{} labels", values.len());
        let expected = format!("{n}, one an image of {}", images.display());
        return Err(files::wrong(&labels, found, &expected));
    }
    let ids = (0..n).map(|i| format!("{name}/{part}/{i:05}")).collect();
    Ok(Images { ids, pixels, channels, height, width, labels: values })
}

/// The names in the file, or numbers if there is none.
fn classes(path: &Path, n_classes: usize) -> Result<Vec<String>> {
    if !path.is_file() {
        return Ok((0..n_classes).map(|class| class.to_string()).collect());
    }
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    let names: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    if names.len() < n_classes {
        let found = format!("{} names", names.len());
        return Err(files::wrong(path, found, &format!("{n_classes}, one a class")));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn put(folder: &Path, name: &str, descr: &str, shape: &str, values: &[u8]) {
        let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend([text.len() as u8, 0]);
        bytes.extend(text.as_bytes());
        bytes.extend(values);
        fs::write(folder.join(name), bytes).unwrap();
    }

    #[test]
    fn arrays_become_images_and_what_does_not_fit_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let load = || Arrays { folder: folder.path().to_owned() }.load();
        let message = || load().unwrap_err().to_string();
        assert!(message().contains("train_images.npy: no such file"), "{}", message());
        put(folder.path(), "train_images.npy", "|u1", "(2, 1, 2, 3)", &[9; 12]);
        put(folder.path(), "train_labels.npy", "<i2", "(2,)", &[0, 0, 1, 0]);
        put(folder.path(), "test_images.npy", "|u1", "(1, 1, 2, 3)", &[1, 2, 3, 4, 5, 6]);
        put(folder.path(), "test_labels.npy", "|u1", "(1,)", &[1]);
        let data = load().unwrap();
        assert_eq!(
            (data.test.size().as_str(), data.test.image(0)),
            ("1 × 2 × 3", &[1, 2, 3, 4, 5, 6][..])
        );
        assert_eq!(data.classes, ["0", "1"]);
        fs::write(folder.path().join("classes.txt"), "cat\n").unwrap();
        assert!(message().contains("classes.txt: 1 names; expected 2"), "{}", message());
        fs::write(folder.path().join("classes.txt"), "cat\ndog\n").unwrap();
        assert_eq!(load().unwrap().classes, ["cat", "dog"]);
        put(folder.path(), "test_labels.npy", "|u1", "(2,)", &[1, 1]);
        assert!(message().contains("2 labels; expected 1"), "{}", message());
        put(folder.path(), "test_images.npy", "|u1", "(6,)", &[1, 2, 3, 4, 5, 6]);
        assert!(message().contains("shape [6]; expected (n, height, width)"), "{}", message());
    }
}
