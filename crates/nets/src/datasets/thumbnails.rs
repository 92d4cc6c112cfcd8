//! Small grey pictures of stimuli, for people to look at.

use consilience_data::Thumbnails;

use super::Pictures;

/// Longest side of a thumbnail; larger images are reduced.
const SIDE: usize = 64;

/// Weights of red, green and blue in the luminance of Recommendation ITU-R BT.601.
pub(crate) const LUMINANCE: [f32; 3] = [0.299, 0.587, 0.114];

/// Grey value of a pixel: its luminance, or the mean of its channels if they are not red, green and blue.
pub(crate) fn grey(pixel: &[f32]) -> f32 {
    match *pixel {
        [grey] => grey,
        [red, green, blue] => red * LUMINANCE[0] + green * LUMINANCE[1] + blue * LUMINANCE[2],
        _ => pixel.iter().sum::<f32>() / pixel.len() as f32,
    }
}

/// A thumbnail of every image: its luminance, 8 bits; of images with a longer side than 64 pixels the mean of each square
/// of so many pixels that the thumbnail is not larger.
pub(crate) fn of(pictures: &Pictures) -> Thumbnails {
    let block = pictures.height.max(pictures.width).div_ceil(SIDE);
    let (height, width) = (pictures.height.div_ceil(block), pictures.width.div_ceil(block));
    let mut pixels = Vec::with_capacity(pictures.len() * height * width);
    for i in 0..pictures.len() {
        let image = pictures.image(i);
        let at = |y: usize, x: usize| {
            let first = (y * pictures.width + x) * pictures.channels;
            grey(&image[first..first + pictures.channels])
        };
        for y in (0..pictures.height).step_by(block) {
            for x in (0..pictures.width).step_by(block) {
                let (mut sum, mut n) = (0.0, 0.0_f32);
                for y in y..(y + block).min(pictures.height) {
                    for x in x..(x + block).min(pictures.width) {
                        sum += at(y, x);
                        n += 1.0;
                    }
                }
                pixels.push((sum / n * 255.0).round() as u8);
            }
        }
    }
    Thumbnails { width, height, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::Images;

    fn thumbnails(channels: usize, height: usize, width: usize, pixels: Vec<u8>) -> Thumbnails {
        let labels = vec![0; pixels.len() / (channels * height * width)];
        let ids = labels.iter().map(ToString::to_string).collect();
        of(&Pictures::from(&Images { ids, pixels, channels, height, width, labels }))
    }

    #[test]
    fn small_grey_images_are_their_own_thumbnails() {
        let pixels: Vec<u8> = (0..=255).collect();
        assert_eq!(thumbnails(1, 8, 16, pixels.clone()).pixels, pixels);
    }

    #[test]
    fn colours_become_luminance_and_large_images_become_small() {
        let pure = thumbnails(3, 1, 3, vec![255, 0, 0, 0, 255, 0, 0, 0, 255]);
        assert_eq!(pure.pixels, [76, 150, 29]);
        let large = thumbnails(1, 2, 130, (0..260).map(|i| (i % 130) as u8).collect());
        assert_eq!((large.width, large.height), (44, 1));
        assert_eq!(large.pixels[..2], [1, 4]);
        assert_eq!(large.pixels[43], 129, "the last block has fewer pixels");
    }
}
