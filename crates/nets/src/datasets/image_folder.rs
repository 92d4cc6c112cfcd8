//! Folders of PNG and JPEG files.

use std::fs;
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{DynamicImage, ImageReader};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::spec::Source;
use super::{Dataset, Images, Normalisation, files};
use crate::{Error, Result};

/// `{ images = { folder = "DIR", size = 64 } }`: pictures in `DIR/train/CLASS/` and `DIR/test/CLASS/`, or, with `test_share`,
/// in `DIR/CLASS/`. Every picture is scaled (bilinear, averaging when it becomes smaller) until its shorter side is
/// `size`, and the middle square is kept.
///
/// | option | default | purpose |
/// |---|---|---|
/// | `folder` | | where the pictures are |
/// | `size` | | side of the squares |
/// | `colours` | `"rgb"` | or `"grey"`: luminance |
/// | `test_share` | | share of the pictures that are for testing, chosen by a hash of their names |
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImageFolder {
    folder: PathBuf,
    size: u32,
    #[serde(default)]
    colours: Colours,
    test_share: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Colours {
    #[default]
    Rgb,
    Grey,
}

/// A picture to read: its class and its name below the class.
type Listed = (usize, String, PathBuf);

impl Source for ImageFolder {
    fn load(&self) -> Result<Dataset> {
        let name = files::folder_name(&self.folder)?;
        if self.size == 0 {
            return Err(Error::spec("dataset.images.size", &0, "at least 1 pixel"));
        }
        let (classes, train, test) = match self.test_share {
            Some(share) => self.split(share)?,
            None => self.parts()?,
        };
        let train = self.read(&name, "train", &classes, &train)?;
        let test = self.read(&name, "test", &classes, &test)?;
        let normalisation = Normalisation::of(&train);
        Ok(Dataset { name, classes, train, test, normalisation })
    }
}

impl ImageFolder {
    /// Classes and pictures of `train` and `test`; the classes are those of `train`.
    fn parts(&self) -> Result<(Vec<String>, Vec<Listed>, Vec<Listed>)> {
        let [train, test] = ["train", "test"].map(|part| self.folder.join(part));
        if !train.is_dir() || !test.is_dir() {
            return Err(Error::Format {
                path: self.folder.clone(),
                found: "no folders train and test".into(),
                expected: "train/CLASS/*.png and test/CLASS/*.png (or .jpg, .jpeg)".into(),
                advice: "or give test_share = 0.2 to split the folders of classes at random".into(),
            });
        }
        let classes = subfolders(&train)?;
        for class in subfolders(&test)? {
            if !classes.contains(&class) {
                let expected = format!("one of train: {}", classes.join(", "));
                return Err(files::wrong(&test.join(&class), format!("class {class}"), &expected));
            }
        }
        let (train, test) = (list(&train, &classes)?, list(&test, &classes)?);
        Ok((classes, train, test))
    }

    /// Classes of the folder itself, and its pictures split by a hash of their names: adding one moves no other.
    fn split(&self, share: f64) -> Result<(Vec<String>, Vec<Listed>, Vec<Listed>)> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::spec(
                "dataset.images.test_share",
                &share,
                "a number between 0 and 1",
            ));
        }
        let classes = subfolders(&self.folder)?;
        let is_test = |(class, file, _): &Listed| {
            let digest = Sha256::digest(format!("{}/{file}", classes[*class]));
            let first =
                digest.iter().take(8).fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
            (first as f64 / 2_f64.powi(64)) < share
        };
        let (test, train) = list(&self.folder, &classes)?.into_iter().partition(is_test);
        Ok((classes, train, test))
    }

    fn read(
        &self,
        name: &str,
        part: &str,
        classes: &[String],
        listed: &[Listed],
    ) -> Result<Images> {
        if listed.is_empty() {
            let found = format!("no picture for {part}");
            return Err(files::wrong(
                &self.folder,
                found,
                "PNG or JPEG files in folders of classes",
            ));
        }
        let side = self.size as usize;
        let channels = if self.colours == Colours::Rgb { 3 } else { 1 };
        let mut pixels = Vec::with_capacity(listed.len() * side * side * channels);
        for (_, _, path) in listed {
            let picture = open(path)?.resize_to_fill(self.size, self.size, FilterType::Triangle);
            match self.colours {
                Colours::Rgb => pixels.extend(picture.to_rgb8().into_raw()),
                Colours::Grey => pixels.extend(picture.to_luma8().into_raw()),
            }
        }
        let id = |(class, file, _): &Listed| format!("{name}/{part}/{}/{file}", classes[*class]);
        let ids = listed.iter().map(id).collect();
        let labels = listed.iter().map(|(class, ..)| *class as u32).collect();
        Ok(Images { ids, pixels, channels, height: side, width: side, labels })
    }
}

fn open(path: &Path) -> Result<DynamicImage> {
    let wrong = |found: String, advice: &str| Error::Format {
        path: path.to_owned(),
        found,
        expected: "a whole, opaque PNG or JPEG picture".into(),
        advice: advice.into(),
    };
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format);
    let picture = reader
        .map_err(Error::io("read", path))?
        .decode()
        .map_err(|e| wrong(e.to_string(), "remove it or copy it again"))?;
    let has_alpha = picture.color().has_alpha();
    if has_alpha && picture.to_rgba8().pixels().any(|pixel| pixel[3] != 255) {
        return Err(wrong("transparent pixels".into(), "put it on a background of your choice"));
    }
    Ok(picture)
}

/// Names in a folder, sorted, without those that begin with a dot.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let name = entry.map_err(Error::io("read", folder))?.file_name();
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn subfolders(folder: &Path) -> Result<Vec<String>> {
    let mut names = names(folder)?;
    names.retain(|name| folder.join(name).is_dir());
    Ok(names)
}

/// The pictures of every class that are below `folder`, by class and name.
fn list(folder: &Path, classes: &[String]) -> Result<Vec<Listed>> {
    let mut listed = Vec::new();
    for (label, class) in classes.iter().enumerate() {
        let folder = folder.join(class);
        if !folder.is_dir() {
            continue;
        }
        for file in names(&folder)? {
            let lower = file.to_lowercase();
            if [".png", ".jpg", ".jpeg"].iter().any(|end| lower.ends_with(end)) {
                let path = folder.join(&file);
                listed.push((label, file, path));
            }
        }
    }
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    /// A picture that is `left` on its left half and black on its right.
    fn save(path: &Path, width: u32, height: u32, left: [u8; 3]) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let pixel = |x, _| if x < width / 2 { Rgb(left) } else { Rgb([0; 3]) };
        RgbImage::from_fn(width, height, pixel).save(path).unwrap();
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        save(&folder.path().join("train/cat/1.png"), 8, 8, [200, 0, 0]);
        save(&folder.path().join("train/dog/1.jpg"), 16, 16, [0, 0, 0]);
        save(&folder.path().join("test/dog/a.png"), 12, 4, [0, 100, 0]);
        fs::write(folder.path().join("test/dog/notes.txt"), "no picture").unwrap();
        folder
    }

    fn source(folder: &Path, colours: Colours, test_share: Option<f64>) -> ImageFolder {
        ImageFolder { folder: folder.to_owned(), size: 4, colours, test_share }
    }

    #[test]
    fn pictures_are_scaled_and_their_middle_is_kept() {
        let folder = folder();
        let data = source(folder.path(), Colours::Rgb, None).load().unwrap();
        assert_eq!(data.classes, ["cat", "dog"]);
        assert_eq!(
            (data.train.labels.as_slice(), data.test.labels.as_slice()),
            (&[0, 1][..], &[1][..])
        );
        assert_eq!(data.train.image(0)[..3], [200, 0, 0]);
        // 12 × 4: the middle square of 4 × 4 is half green, half black.
        let row: Vec<u8> = data.test.image(0)[..12].iter().skip(1).step_by(3).copied().collect();
        assert_eq!(row, [100, 100, 0, 0]);
        assert!(data.test.ids[0].ends_with("/test/dog/a.png"));
        let grey = source(folder.path(), Colours::Grey, None).load().unwrap();
        assert_eq!((grey.train.channels, grey.train.image(1)), (1, &[0; 16][..]));
    }

    #[test]
    fn folders_of_classes_are_split_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..40 {
            save(&folder.path().join(format!("c{}/{i}.png", i % 2)), 4, 4, [i, i, i]);
        }
        let load = || source(folder.path(), Colours::Grey, Some(0.25)).load().unwrap();
        let data = load();
        assert_eq!(data.train.len() + data.test.len(), 40);
        assert!((4..=18).contains(&data.test.len()), "{}", data.test.len());
        save(&folder.path().join("c0/new.png"), 4, 4, [1, 1, 1]);
        let more = load();
        assert!(data.test.ids.iter().all(|id| more.test.ids.contains(id)), "none moves");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let folder = folder();
        let message =
            |share| source(folder.path(), Colours::Rgb, share).load().unwrap_err().to_string();
        assert!(message(Some(1.5)).contains("test_share: 1.5"));
        fs::write(folder.path().join("test/dog/b.png"), b"\x89PNG broken").unwrap();
        assert!(message(None).contains("b.png"), "{}", message(None));
        let clear = RgbaImage::from_pixel(4, 4, Rgba([1, 2, 3, 128]));
        clear.save(folder.path().join("test/dog/b.png")).unwrap();
        assert!(message(None).contains("b.png: transparent pixels"), "{}", message(None));
        fs::rename(folder.path().join("test/dog"), folder.path().join("test/cow")).unwrap();
        assert!(message(None).contains("class cow; expected one of train: cat, dog"));
        fs::remove_dir_all(folder.path().join("test")).unwrap();
        assert!(message(None).contains("no folders train and test"), "{}", message(None));
    }
}
