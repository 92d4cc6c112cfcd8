//! Images of one size made into images of another.

use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, RgbImage};

use super::Images;
use crate::{Error, Result};

/// The images in the size of `like`, and in words what was done to them, if anything: scaled (bilinear, averaging when they
/// become smaller) until they cover the size, their middle kept; grey repeated in three channels, colours to luminance.
///
/// # Errors
/// [`Error::Spec`] if either has another number of channels than 1 or 3.
pub(crate) fn fitted(images: &Images, like: &Images) -> Result<(Images, Option<String>)> {
    if images.size() == like.size() {
        return Ok((images.clone(), None));
    }
    if let Some(other) = [images, like].into_iter().find(|i| ![1, 3].contains(&i.channels)) {
        let found = format!("images of {} for networks of {}", images.size(), like.size());
        let expected = format!("1 or 3 channels, not {}", other.channels);
        return Err(Error::spec("stimuli.datasets", &found, expected));
    }
    let (height, width) = (images.height as u32, images.width as u32);
    let mut pixels = Vec::with_capacity(images.len() * like.height * like.width * like.channels);
    for i in 0..images.len() {
        let values = images.image(i).to_vec();
        let picture = match images.channels {
            1 => GrayImage::from_raw(width, height, values).map(DynamicImage::ImageLuma8),
            _ => RgbImage::from_raw(width, height, values).map(DynamicImage::ImageRgb8),
        };
        let picture = picture.expect("as many values as the size says").resize_to_fill(
            like.width as u32,
            like.height as u32,
            FilterType::Triangle,
        );
        match like.channels {
            1 => pixels.extend(picture.to_luma8().into_raw()),
            _ => pixels.extend(picture.to_rgb8().into_raw()),
        }
    }
    let done = format!("{} made {}, bilinear, the middle kept", images.size(), like.size());
    let (ids, labels) = (images.ids.clone(), images.labels.clone());
    let &Images { channels, height, width, .. } = like;
    Ok((Images { ids, pixels, channels, height, width, labels }, Some(done)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(channels: usize, height: usize, width: usize, pixels: Vec<u8>) -> Images {
        let labels = vec![0; pixels.len() / (channels * height * width)];
        let ids = labels.iter().map(ToString::to_string).collect();
        Images { ids, pixels, channels, height, width, labels }
    }

    #[test]
    fn equal_sizes_are_left_alone_and_others_are_said() {
        let small = images(1, 2, 2, vec![10, 10, 10, 10]);
        assert_eq!(fitted(&small, &small).unwrap(), (small.clone(), None));
        let like = images(3, 4, 6, vec![0; 72]);
        let (found, done) = fitted(&small, &like).unwrap();
        assert_eq!((found.size(), found.pixels.as_slice()), (like.size(), &[10; 72][..]));
        assert_eq!(done.unwrap(), "2 × 2 × 1 made 4 × 6 × 3, bilinear, the middle kept");
        let colour = images(3, 1, 1, vec![255, 255, 255]);
        assert_eq!(fitted(&colour, &small).unwrap().0.pixels, [255; 4]);
        let five = images(5, 1, 1, vec![0; 5]);
        let e = fitted(&five, &small).unwrap_err().to_string();
        assert!(e.contains("images of 1 × 1 × 5 for networks of 2 × 2 × 1"), "{e}");
    }
}
