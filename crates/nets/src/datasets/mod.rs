//! Labelled images to train on, and to be the stimuli.

mod bundled;
mod folder;
mod idx;

use std::path::PathBuf;

use consilience_data::{StimulusSet, Thumbnails, hexadecimal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Result;

pub use bundled::fashion_mnist_small;
pub use folder::from_idx_folder;

/// Which data set a spec asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DatasetSpec {
    /// `dataset = "fashion-mnist-small"`: the bundled 5,000 + 1,000 images.
    #[default]
    #[serde(rename = "fashion-mnist-small")]
    FashionMnistSmall,
    /// `dataset = { idx = "DIR" }`: the four IDX files of MNIST and its relatives, gzipped or plain.
    #[serde(rename = "idx")]
    Idx(PathBuf),
}

impl DatasetSpec {
    /// The data set, read and checked.
    ///
    /// # Errors
    /// [`crate::Error::Io`] and [`crate::Error::Format`] for a folder that does not hold whole IDX files.
    pub fn load(&self) -> Result<Dataset> {
        match self {
            Self::FashionMnistSmall => fashion_mnist_small(),
            Self::Idx(folder) => from_idx_folder(folder),
        }
    }
}

/// Labelled 8-bit grey images, all of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// One id an image, stable from run to run, for instance `fashion-mnist/test/00042`.
    pub ids: Vec<String>,
    /// `n * height * width` values, image after image, row after row.
    pub pixels: Vec<u8>,
    /// Height of an image.
    pub height: usize,
    /// Width of an image.
    pub width: usize,
    /// One class an image.
    pub labels: Vec<u8>,
}

impl Images {
    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of image `i`.
    #[must_use]
    pub fn image(&self, i: usize) -> &[u8] {
        let size = self.height * self.width;
        &self.pixels[i * size..(i + 1) * size]
    }
}

/// Mean and standard deviation of pixel values between 0 and 1; networks see `(value - mean) / deviation`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalisation {
    /// Mean.
    pub mean: f32,
    /// Standard deviation.
    pub deviation: f32,
}

impl Normalisation {
    /// Mean and standard deviation over all pixels of `images`; a deviation of 1 if all pixels are equal.
    #[must_use]
    pub fn of(images: &Images) -> Self {
        let n = images.pixels.len().max(1) as f64;
        let (sum, squares) = images.pixels.iter().fold((0_u64, 0_u64), |(sum, squares), &v| {
            (sum + u64::from(v), squares + u64::from(v) * u64::from(v))
        });
        // Whole numbers below 2^53: nothing cancels but the last subtraction, at 8 bits far from its limit.
        let mean = sum as f64 / n;
        let deviation = (squares as f64 / n - mean * mean).max(0.0).sqrt();
        let deviation = if deviation > 0.0 { deviation / 255.0 } else { 1.0 };
        Self { mean: (mean / 255.0) as f32, deviation: deviation as f32 }
    }

    /// What a network sees for each of the 256 pixel values.
    #[must_use]
    pub fn table(self) -> [f32; 256] {
        std::array::from_fn(|v| (v as f32 / 255.0 - self.mean) / self.deviation)
    }
}

/// Training images, test images, and how networks see them.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name, for instance `fashion-mnist-small`.
    pub name: String,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// What networks learn from.
    pub train: Images,
    /// What they are tested and recorded on.
    pub test: Images,
    /// Applied to both.
    pub normalisation: Normalisation,
}

impl Dataset {
    /// The test images as stimuli, with labels and thumbnails.
    #[must_use]
    pub fn stimuli(&self) -> StimulusSet {
        let test = &self.test;
        StimulusSet {
            name: format!("{}/test", self.name),
            ids: test.ids.clone(),
            labels: Some(test.labels.iter().map(|&label| u32::from(label)).collect()),
            classes: self.classes.clone(),
            thumbnails: Some(Thumbnails {
                width: test.width,
                height: test.height,
                pixels: test.pixels.clone(),
            }),
        }
    }

    /// sha256, hexadecimal, over sizes, pixels, labels, ids and normalisation: two equal data sets give equal networks.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for images in [&self.train, &self.test] {
            for size in [images.len(), images.height, images.width, self.classes.len()] {
                hash.update((size as u64).to_le_bytes());
            }
            hash.update(&images.pixels);
            hash.update(&images.labels);
            for id in &images.ids {
                hash.update((id.len() as u64).to_le_bytes());
                hash.update(id.as_bytes());
            }
        }
        hash.update(self.normalisation.mean.to_le_bytes());
        hash.update(self.normalisation.deviation.to_le_bytes());
        hexadecimal(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalisation_gives_mean_zero_and_deviation_one() {
        let pixels: Vec<u8> = (0..=255).collect();
        let labels = vec![0];
        let images = Images { ids: vec!["a".into()], pixels, height: 16, width: 16, labels };
        let table = Normalisation::of(&images).table();
        let mean = table.iter().sum::<f32>() / 256.0;
        let square = table.iter().map(|v| v * v).sum::<f32>() / 256.0;
        assert!(mean.abs() < 1e-5 && (square - 1.0).abs() < 1e-5, "{mean} {square}");
    }
}
