//! The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of one or two label bytes and 3,072 pixels,
//! 32 × 32 of red, then of green, then of blue.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::spec::Source;
use super::{Dataset, Images, Normalisation, files};
use crate::{Error, Result};

const SIDE: usize = 32;
const CHANNELS: usize = 3;
const PIXELS: usize = SIDE * SIDE;

/// `{ cifar-10 = "DIR" }`: DIR holds `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin` and `batches.meta.txt`.
#[derive(Debug, Deserialize)]
pub(super) struct Cifar10(PathBuf);

/// `{ cifar-100 = { folder = "DIR" } }`: DIR holds `train.bin`, `test.bin`, `fine_label_names.txt` and
/// `coarse_label_names.txt`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cifar100 {
    folder: PathBuf,
    #[serde(default)]
    labels: Labels,
}

/// Which of the two labels of CIFAR-100 is the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Labels {
    #[default]
    Fine,
    Coarse,
}

impl Source for Cifar10 {
    fn load(&self) -> Result<Dataset> {
        let batches: Vec<String> = (1..=5).map(|i| format!("data_batch_{i}.bin")).collect();
        let batches: Vec<&str> = batches.iter().map(String::as_str).collect();
        let layout = Layout { name: "cifar-10", official: "CIFAR-10", label_bytes: 1, label: 0 };
        layout.load(&self.0, "batches.meta.txt", &batches, "test_batch.bin")
    }
}

impl Source for Cifar100 {
    fn load(&self) -> Result<Dataset> {
        // Coarse comes first in a record.
        let (name, label, names) = match self.labels {
            Labels::Fine => ("cifar-100", 1, "fine_label_names.txt"),
            Labels::Coarse => ("cifar-100-coarse", 0, "coarse_label_names.txt"),
        };
        let layout = Layout { name, official: "CIFAR-100", label_bytes: 2, label };
        layout.load(&self.folder, names, &["train.bin"], "test.bin")
    }
}

/// How records lie in the files.
struct Layout {
    name: &'static str,
    official: &'static str,
    /// Bytes before the pixels of an image.
    label_bytes: usize,
    /// Which of them is the class.
    label: usize,
}

impl Layout {
    fn load(&self, folder: &Path, names: &str, train: &[&str], test: &str) -> Result<Dataset> {
        let classes = self.classes(&folder.join(names))?;
        let train = self.part(folder, train, "train", classes.len())?;
        let test = self.part(folder, &[test], "test", classes.len())?;
        files::agree(folder, &train, &test)?;
        let normalisation = Normalisation::of(&train);
        Ok(Dataset { name: self.name.into(), classes, train, test, normalisation })
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        if !path.is_file() {
            let what = format!("the binary version of {}", self.official);
            return Err(files::missing(path, &what, self.official));
        }
        fs::read(path).map_err(Error::io("read", path))
    }

    /// One name a line.
    fn classes(&self, path: &Path) -> Result<Vec<String>> {
        let text = String::from_utf8_lossy(&self.read(path)?).into_owned();
        Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect())
    }

    fn part(&self, folder: &Path, names: &[&str], part: &str, n_classes: usize) -> Result<Images> {
        let record = self.label_bytes + CHANNELS * PIXELS;
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for name in names {
            let path = folder.join(name);
            let bytes = self.read(&path)?;
            if bytes.is_empty() || !bytes.len().is_multiple_of(record) {
                let found = format!("{} bytes", bytes.len());
                let expected = format!("whole records of {record} bytes, at least one");
                return Err(files::wrong(&path, found, &expected));
            }
            for (i, record) in bytes.chunks_exact(record).enumerate() {
                let label = u32::from(record[self.label]);
                if label as usize >= n_classes {
                    let found = format!("label {label} in record {i}");
                    let expected = format!("labels below {n_classes}, the number of class names");
                    return Err(files::wrong(&path, found, &expected));
                }
                labels.push(label);
                let planes = &record[self.label_bytes..];
                pixels.extend(
                    (0..PIXELS).flat_map(|i| (0..CHANNELS).map(move |c| planes[c * PIXELS + i])),
                );
            }
        }
        let ids = (0..labels.len()).map(|i| format!("{}/{part}/{i:05}", self.name)).collect();
        Ok(Images { ids, pixels, channels: CHANNELS, height: SIDE, width: SIDE, labels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record whose planes are constant.
    fn record(labels: &[u8], colour: [u8; 3]) -> Vec<u8> {
        let mut bytes = labels.to_vec();
        colour.iter().for_each(|&v| bytes.extend([v; PIXELS]));
        bytes
    }

    fn cifar_10() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        for i in 1..=5 {
            put(&format!("data_batch_{i}.bin"), &record(&[i % 2], [i, 10 * i, 20 * i]));
        }
        put("test_batch.bin", &record(&[1], [7, 8, 9]));
        put("batches.meta.txt", b"airplane\nautomobile\n\n");
        folder
    }

    #[test]
    fn planes_become_pixels_of_three_channels() {
        let folder = cifar_10();
        let data = Cifar10(folder.path().to_owned()).load().unwrap();
        assert_eq!(data.classes, ["airplane", "automobile"]);
        assert_eq!(data.train.labels, [1, 0, 1, 0, 1]);
        assert_eq!(data.train.image(1)[..6], [2, 20, 40, 2, 20, 40]);
        assert_eq!(data.test.size(), "32 × 32 × 3");
        assert_eq!(data.test.ids, ["cifar-10/test/00000"]);
        assert!((data.normalisation.mean[1] - 30.0 / 255.0).abs() < 1e-6);
    }

    #[test]
    fn either_label_of_cifar_100_can_be_the_class() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        for part in ["train.bin", "test.bin"] {
            put(part, &[record(&[0, 2], [1, 2, 3]), record(&[1, 0], [1, 2, 3])].concat());
        }
        put("fine_label_names.txt", b"apple\nbee\ncan\n");
        put("coarse_label_names.txt", b"food\nthings\n");
        let load = |labels| Cifar100 { folder: folder.path().to_owned(), labels }.load().unwrap();
        let (fine, coarse) = (load(Labels::Fine), load(Labels::Coarse));
        assert_eq!((fine.classes.len(), fine.train.labels), (3, vec![2, 0]));
        assert_eq!((coarse.classes.len(), coarse.train.labels), (2, vec![0, 1]));
        assert_ne!(fine.name, coarse.name);
    }

    #[test]
    fn missing_and_damaged_files_are_named() {
        let folder = cifar_10();
        let message = || Cifar10(folder.path().to_owned()).load().unwrap_err().to_string();
        let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        put("data_batch_3.bin", &[0; 100]);
        assert!(message().contains("data_batch_3.bin: 100 bytes; expected whole records of 3073"));
        put("data_batch_3.bin", &record(&[9], [0; 3]));
        assert!(message().contains("label 9 in record 0; expected labels below 2"));
        fs::remove_file(folder.path().join("data_batch_3.bin")).unwrap();
        let e = message();
        assert!(
            e.contains("data_batch_3.bin: no such file; expected the binary version of CIFAR-10"),
            "{e}"
        );
    }
}
