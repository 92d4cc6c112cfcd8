//! The bundled digits of UCI; see `assets/digits/README.md` for what they are and how the files were made.

use std::path::Path;

use super::{Dataset, Images, Normalisation, idx};
use crate::Result;

/// Images that are for training; the others are for testing.
const N_TRAIN: usize = 797;

/// Pixels count the dark points of 4 × 4: from 0 to this.
const LARGEST: u8 = 16;

/// Optical Recognition of Handwritten Digits (Alpaydin & Kaynak 1998), the part of its 13 last writers: 8 × 8, grey, 797
/// training and 1,000 test images. Small enough for quick runs, and an out-of-distribution set for networks of clothes.
///
/// # Errors
/// None in a sound build; a damaged asset is reported as [`crate::Error::Format`].
pub fn digits() -> Result<Dataset> {
    let read = |name: &str, bytes: &[u8]| idx::unzip(Path::new(name), bytes.to_vec());
    let images = read("bundled digits", include_bytes!("../../assets/digits/images.idx.gz"))?;
    let labels = read("bundled labels", include_bytes!("../../assets/digits/labels.idx.gz"))?;
    let all = idx::images(
        (Path::new("bundled digits"), &images),
        (Path::new("bundled labels"), &labels),
        |n| (0..n).map(|i| format!("digits/{i:04}")).collect(),
    )?;
    let part = |from: usize, to: usize| Images {
        ids: all.ids[from..to].to_vec(),
        pixels: all.pixels[from * 64..to * 64].iter().map(|&v| scale(v)).collect(),
        labels: all.labels[from..to].to_vec(),
        ..all
    };
    let (train, test) = (part(0, N_TRAIN), part(N_TRAIN, all.len()));
    Ok(Dataset {
        name: "digits".into(),
        classes: (0..10).map(|digit| digit.to_string()).collect(),
        normalisation: Normalisation::of(&train),
        train,
        test,
    })
}

/// 0 to 16 as 0 to 255, rounded.
fn scale(value: u8) -> u8 {
    ((u16::from(value.min(LARGEST)) * 255 + u16::from(LARGEST) / 2) / u16::from(LARGEST)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_digits_as_promised() {
        let data = digits().unwrap();
        assert_eq!((data.train.len(), data.test.len()), (797, 1000));
        assert_eq!(data.test.size(), "8 × 8 × 1");
        data.stimuli().validate().unwrap();
        let (darkest, brightest) = (data.test.pixels.iter().min(), data.test.pixels.iter().max());
        assert_eq!((darkest, brightest), (Some(&0), Some(&255)));
        // The first image of the public file, a zero: 0 0 5 13 9 1 0 0 in its first row.
        assert_eq!((data.train.labels[0], &data.train.image(0)[..4]), (0, &[0, 0, 80, 207][..]));
    }
}
