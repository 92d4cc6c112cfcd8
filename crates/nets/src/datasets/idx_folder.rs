//! Folders with the four IDX files of MNIST, Fashion-MNIST and their relatives.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::spec::Source;
use super::{Dataset, Images, Normalisation, bundled, files, idx};
use crate::{Error, Result};

/// `{ idx = "DIR" }`: see [`from_idx_folder`].
#[derive(Debug, Deserialize)]
pub(super) struct Idx(PathBuf);

/// `{ mnist = "DIR" }`: MNIST, whatever the folder is called.
#[derive(Debug, Deserialize)]
pub(super) struct Mnist(PathBuf);

/// `{ fashion-mnist = "DIR" }`: all of Fashion-MNIST, with the class names, the normalisation and the ids of the bundled
/// part, so that an image is the same stimulus in both.
#[derive(Debug, Deserialize)]
pub(super) struct FashionMnist(PathBuf);

impl Source for Idx {
    fn load(&self) -> Result<Dataset> {
        from_idx_folder(&self.0)
    }
}

impl Source for Mnist {
    fn load(&self) -> Result<Dataset> {
        read(&self.0, "mnist", "MNIST")
    }
}

impl Source for FashionMnist {
    fn load(&self) -> Result<Dataset> {
        let data = read(&self.0, "fashion-mnist", "Fashion-MNIST")?;
        let classes = bundled::CLASSES.map(String::from).to_vec();
        if data.classes.len() != classes.len() {
            let found = format!("{} classes", data.classes.len());
            return Err(idx::wrong(&self.0, found, "the 10 classes of Fashion-MNIST"));
        }
        Ok(Dataset { classes, normalisation: bundled::normalisation(), ..data })
    }
}

/// The data set in `folder`: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, each plain or with `.gz`. It is named after the folder; its classes are numbers; images are
/// normalised by mean and standard deviation of the training images.
///
/// # Errors
/// [`Error::Io`] or [`Error::Format`] if a file is missing, is not a whole IDX file, the sizes of training and test images
/// differ, or a test label does not occur in training.
pub fn from_idx_folder(folder: &Path) -> Result<Dataset> {
    read(folder, &files::folder_name(folder)?, "MNIST or a data set of its form")
}

fn read(folder: &Path, name: &str, official: &str) -> Result<Dataset> {
    let train = part(folder, "train", &format!("{name}/train"), official)?;
    let test = part(folder, "t10k", &format!("{name}/test"), official)?;
    let n_classes = files::agree(folder, &train, &test)?;
    Ok(Dataset {
        name: name.to_owned(),
        classes: (0..n_classes).map(|class| class.to_string()).collect(),
        normalisation: Normalisation::of(&train),
        train,
        test,
    })
}

fn part(folder: &Path, prefix: &str, ids: &str, official: &str) -> Result<Images> {
    let (images_path, images) = file(folder, &format!("{prefix}-images"), "idx3-ubyte", official)?;
    let (labels_path, labels) = file(folder, &format!("{prefix}-labels"), "idx1-ubyte", official)?;
    idx::images((&images_path, &images), (&labels_path, &labels), |n| {
        (0..n).map(|i| format!("{ids}/{i:05}")).collect()
    })
}

/// The file `name-kind`, or else `name-kind.gz`; some copies have a dot before the kind.
fn file(folder: &Path, name: &str, kind: &str, official: &str) -> Result<(PathBuf, Vec<u8>)> {
    let spellings = ["-", "."].map(|dot| format!("{name}{dot}{kind}"));
    let zipped = spellings.iter().map(|name| format!("{name}.gz"));
    let path =
        spellings.iter().cloned().chain(zipped).map(|name| folder.join(name)).find(|p| p.is_file());
    let Some(path) = path else {
        let what = format!("the four IDX files of {official}, plain or with .gz");
        return Err(files::missing(&folder.join(&spellings[0]), &what, official));
    };
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
        put("train-labels.idx1-ubyte", &idx(&[2], &[0, 1]));
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
        let half = Normalisation { mean: vec![0.5], deviation: vec![0.5] };
        assert_eq!(data.normalisation, half);
        assert!(data.test.ids[0].ends_with("/test/00000"), "{:?}", data.test.ids);
        assert_eq!(data.classes, ["0", "1"]);
        let named = Mnist(folder.path().to_owned()).load().unwrap();
        assert_eq!(
            (named.name.as_str(), named.test.ids[0].as_str()),
            ("mnist", "mnist/test/00000")
        );
        let e = FashionMnist(folder.path().to_owned()).load().unwrap_err().to_string();
        assert!(e.contains("2 classes; expected the 10 classes of Fashion-MNIST"), "{e}");
    }

    #[test]
    fn fashion_mnist_has_its_class_names_and_ids_of_the_bundled_part() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        let (pixels, labels): (Vec<u8>, Vec<u8>) = ((0..20).collect(), (0..10).collect());
        for prefix in ["train", "t10k"] {
            put(&format!("{prefix}-images-idx3-ubyte"), &idx(&[10, 1, 2], &pixels));
            put(&format!("{prefix}-labels-idx1-ubyte"), &idx(&[10], &labels));
        }
        let data = FashionMnist(folder.path().to_owned()).load().unwrap();
        let small = super::super::fashion_mnist_small().unwrap();
        assert_eq!((&data.classes, &data.normalisation), (&small.classes, &small.normalisation));
        assert_eq!(data.test.ids[0], small.test.ids[0]);
    }

    #[test]
    fn labels_that_training_does_not_have_and_missing_files_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[2]);
        let e = from_idx_folder(folder.path()).unwrap_err().to_string();
        assert!(e.contains("test label 2 at index 0; expected labels below 2"), "{e}");
        fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte")).unwrap();
        let e = Mnist(folder.path().to_owned()).load().unwrap_err().to_string();
        assert!(e.contains("t10k-labels-idx1-ubyte: no such file"), "{e}");
        assert!(e.contains("expected the four IDX files of MNIST"), "{e}");
        let e = from_idx_folder(&folder.path().join("nowhere")).unwrap_err().to_string();
        assert!(e.contains("nowhere"), "{e}");
    }
}
