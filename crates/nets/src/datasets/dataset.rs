//! Training images and test images that belong together.

use consilience_data::{StimulusSet, hexadecimal};
use sha2::{Digest, Sha256};

use super::{Images, Normalisation, Pictures, thumbnails};

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
        StimulusSet {
            name: format!("{}/test", self.name),
            ids: self.test.ids.clone(),
            labels: Some(self.test.labels.clone()),
            classes: self.classes.clone(),
            thumbnails: Some(thumbnails::of(&Pictures::from(&self.test))),
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
            // A byte a label where one is enough, and no number of channels where it is 1: the digests of grey images of
            // few classes are those of the first version.
            if self.classes.len() <= 256 {
                images.labels.iter().for_each(|&label| hash.update([label as u8]));
            } else {
                images.labels.iter().for_each(|&label| hash.update(label.to_le_bytes()));
            }
            if images.channels != 1 {
                hash.update((images.channels as u64).to_le_bytes());
            }
            for id in &images.ids {
                hash.update((id.len() as u64).to_le_bytes());
                hash.update(id.as_bytes());
            }
        }
        for value in self.normalisation.mean.iter().chain(&self.normalisation.deviation) {
            hash.update(value.to_le_bytes());
        }
        hexadecimal(hash)
    }
}
