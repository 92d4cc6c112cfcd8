//! A folder with the four IDX files of MNIST, Fashion-MNIST and their relatives.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Dataset, Images, Normalisation, idx};
use crate::{Error, Result};

/// The data set in `folder`: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, each plain or with `.gz`. It is named after the folder; its classes are numbers; images are
/// normalised by mean and standard deviation of the training images.
///
/// # Errors
/// [`Error::Io`] if a file is missing; [`Error::Format`] if one is not a whole IDX file, the sizes of training and test
/// images differ, or a test label does not occur in training.
pub fn from_idx_folder(folder: &Path) -> Result<Dataset> {
    let name = folder
        .canonicalize()
        .map_err(Error::io("read", folder))?
        .file_name()
        .map_or_else(|| "idx".to_owned(), |name| name.to_string_lossy().into_owned());
    let train = part(folder, "train", &format!("{name}/train"))?;
    let test = part(folder, "t10k", &format!("{name}/test"))?;
    if (train.height, train.width) != (test.height, test.width) {
        let found = format!("test images of {} × {} pixels", test.height, test.width);
        let expected = format!("{} × {}, as the training images", train.height, train.width);
        return Err(idx::wrong(folder, found, &expected));
    }
    let n_classes = train.labels.iter().max().map_or(0, |&label| usize::from(label) + 1);
    if let Some(i) = test.labels.iter().position(|&label| usize::from(label) >= n_classes) {
        let found = format!("test label {} at index {i}", test.labels[i]);
        let expected = format!("labels below {n_classes}, as in training");
        return Err(idx::wrong(folder, found, &expected));
    }
    Ok(Dataset {
        name,
        classes: (0..n_classes).map(|class| class.to_string()).collect(),
        normalisation: Normalisation::of(&train),
        train,
        test,
    })
}

fn part(folder: &Path, prefix: &str, ids: &str) -> Result<Images> {
    let (images_path, images) = read(folder, &format!("{prefix}-images-idx3-ubyte"))?;
    let (labels_path, labels) = read(folder, &format!("{prefix}-labels-idx1-ubyte"))?;
    idx::images((&images_path, &images), (&labels_path, &labels), |n| {
        (0..n).map(|i| format!("{ids}/{i:05}")).collect()
    })
}

/// The file `name`, or else `name.gz`.
fn read(folder: &Path, name: &str) -> Result<(PathBuf, Vec<u8>)> {
    let plain = folder.join(name);
    let path = if plain.exists() { plain } else { folder.join(format!("{name}.gz")) };
    let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
    let bytes = idx::unzip(&path, bytes)?;
    Ok((path, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn idx(lengths: &[u8], values: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, lengths.len() as u8];
        for &n in lengths {
            bytes.extend([0, 0, 0, n]);
        }
        bytes.extend(values);
        bytes
    }

    fn write(folder: &Path, test_labels: &[u8]) {
        let put = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
        put("train-images-idx3-ubyte", &idx(&[2, 1, 2], &[0, 255, 0, 255]));
        put("train-labels-idx1-ubyte", &idx(&[2], &[0, 1]));
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zipped.write_all(&idx(&[1, 1, 2], &[1, 2])).unwrap();
        put("t10k-images-idx3-ubyte.gz", &zipped.finish().unwrap());
        put("t10k-labels-idx1-ubyte", &idx(&[1], test_labels));
    }

    #[test]
    fn plain_and_gzipped_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[1]);
        let data = from_idx_folder(folder.path()).unwrap();
        assert_eq!((data.train.len(), data.test.pixels.as_slice()), (2, &[1, 2][..]));
        assert_eq!(data.normalisation, Normalisation { mean: 0.5, deviation: 0.5 });
        assert!(data.test.ids[0].ends_with("/test/00000"), "{:?}", data.test.ids);
        assert_eq!(data.classes, ["0", "1"]);
    }

    #[test]
    fn labels_that_training_does_not_have_and_missing_files_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[2]);
        let e = from_idx_folder(folder.path()).unwrap_err().to_string();
        assert!(e.contains("test label 2 at index 0; expected labels below 2"), "{e}");
        fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte")).unwrap();
        let e = from_idx_folder(folder.path()).unwrap_err().to_string();
        assert!(e.contains("cannot read") && e.contains("t10k-labels-idx1-ubyte.gz"), "{e}");
    }
}
