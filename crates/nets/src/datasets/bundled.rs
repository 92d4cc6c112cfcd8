//! The bundled part of Fashion-MNIST; see `assets/fashion-mnist/README.md` for what it is and how it was made.

use std::path::Path;

use super::{Dataset, Images, Normalisation, idx};
use crate::Result;

macro_rules! asset {
    ($name:literal) => {
        (concat!("bundled ", $name), include_bytes!(concat!("../../assets/fashion-mnist/", $name)))
    };
}

/// Class names of Fashion-MNIST, in the order of its labels.
pub(super) const CLASSES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// Mean and standard deviation of all 60,000 training images, as everybody uses them.
pub(super) fn normalisation() -> Normalisation {
    Normalisation { mean: vec![0.2860], deviation: vec![0.3530] }
}

/// The bundled data set: of each class of Fashion-MNIST the first 500 training and the first 100 test images.
///
/// # Errors
/// None in a sound build; a damaged asset is reported as [`crate::Error::Format`].
pub fn fashion_mnist_small() -> Result<Dataset> {
    let train = part(
        "train",
        asset!("train-images.idx.gz"),
        asset!("train-labels.idx.gz"),
        asset!("train-index.idx.gz"),
    )?;
    let test = part(
        "test",
        asset!("test-images.idx.gz"),
        asset!("test-labels.idx.gz"),
        asset!("test-index.idx.gz"),
    )?;
    Ok(Dataset {
        name: "fashion-mnist-small".into(),
        classes: CLASSES.map(String::from).to_vec(),
        train,
        test,
        normalisation: normalisation(),
    })
}

fn part(
    name: &str,
    images: (&str, &[u8]),
    labels: (&str, &[u8]),
    index: (&str, &[u8]),
) -> Result<Images> {
    let unzip = |(name, bytes): (&str, &[u8])| idx::unzip(Path::new(name), bytes.to_vec());
    let index = idx::indices(Path::new(index.0), &unzip(index)?)?;
    let ids = index.iter().map(|i| format!("fashion-mnist/{name}/{i:05}")).collect();
    let labels = (Path::new(labels.0), unzip(labels)?);
    let images = (Path::new(images.0), unzip(images)?);
    idx::images((images.0, &images.1), (labels.0, &labels.1), |_| ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use consilience_data::hexadecimal;
    use sha2::{Digest, Sha256};

    #[test]
    fn every_class_has_as_many_images_as_promised() {
        let data = fashion_mnist_small().unwrap();
        for (images, per_class) in [(&data.train, 500), (&data.test, 100)] {
            let mut counts = [0; 10];
            images.labels.iter().for_each(|&label| counts[label as usize] += 1);
            assert_eq!(counts, [per_class; 10]);
        }
        assert_eq!((data.test.height, data.test.width), (28, 28));
        data.stimuli().validate().unwrap();
    }

    #[test]
    fn ids_name_the_place_in_the_original_file() {
        let data = fashion_mnist_small().unwrap();
        assert_eq!(data.test.ids[0], "fashion-mnist/test/00000");
        assert_eq!(data.test.ids[999], "fashion-mnist/test/01092");
        assert_eq!(data.train.ids[4999], "fashion-mnist/train/05402");
    }

    #[test]
    fn pixels_are_those_of_the_public_files() {
        let data = fashion_mnist_small().unwrap();
        let digest = |pixels: &[u8]| hexadecimal(Sha256::new_with_prefix(pixels));
        assert_eq!(digest(&data.train.pixels), TRAIN_SHA256);
        assert_eq!(digest(&data.test.pixels), TEST_SHA256);
    }

    /// Computed apart from this code from the files of the public package.
    const TRAIN_SHA256: &str = "219e0834d6dbbfcccb72e61d67310bfef387e43aba6c40b2bc63758d7ad925c9";
    const TEST_SHA256: &str = "3d7f6d64869a3f2d1afe64ae33ffb9b20670a91b31e3bbf0657e3999ec7b35cf";
}
