//! Labelled images, as they lie in files and as networks see them.

use super::Normalisation;

/// Labelled 8-bit images, all of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// One id an image, stable from run to run, for instance `fashion-mnist/test/00042`.
    pub ids: Vec<String>,
    /// `n * height * width * channels` values: image after image, row after row, and the channels of a pixel together.
    pub pixels: Vec<u8>,
    /// Channels of a pixel: 1 for grey, 3 for red, green, blue.
    pub channels: usize,
    /// Height of an image.
    pub height: usize,
    /// Width of an image.
    pub width: usize,
    /// One class an image.
    pub labels: Vec<u32>,
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

    /// The values of image `i`.
    #[must_use]
    pub fn image(&self, i: usize) -> &[u8] {
        let size = self.height * self.width * self.channels;
        &self.pixels[i * size..(i + 1) * size]
    }

    /// `28 × 28 × 1`: height, width, channels.
    #[must_use]
    pub fn size(&self) -> String {
        format!("{} × {} × {}", self.height, self.width, self.channels)
    }
}

/// Images as numbers between 0 and 1, all of one size: what networks are recorded on.
#[derive(Debug, Clone, PartialEq)]
pub struct Pictures {
    /// One id an image.
    pub ids: Vec<String>,
    /// `n * height * width * channels` values in [0, 1], in the order of [`Images::pixels`].
    pub values: Vec<f32>,
    /// Channels of a pixel.
    pub channels: usize,
    /// Height of an image.
    pub height: usize,
    /// Width of an image.
    pub width: usize,
    /// One class an image.
    pub labels: Vec<u32>,
}

impl From<&Images> for Pictures {
    fn from(images: &Images) -> Self {
        let &Images { channels, height, width, .. } = images;
        let values = images.pixels.iter().map(|&v| f32::from(v) / 255.0).collect();
        let (ids, labels) = (images.ids.clone(), images.labels.clone());
        Self { ids, values, channels, height, width, labels }
    }
}

impl Pictures {
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

    /// Values of one image.
    #[must_use]
    pub fn size(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// The values of image `i`.
    #[must_use]
    pub fn image(&self, i: usize) -> &[f32] {
        &self.values[i * self.size()..(i + 1) * self.size()]
    }

    /// Appends image `i` to `out` as networks see it: normalised, channel after channel.
    pub(crate) fn append(&self, i: usize, normalisation: &Normalisation, out: &mut Vec<f32>) {
        let image = self.image(i);
        for channel in 0..self.channels {
            let values = image.iter().skip(channel).step_by(self.channels);
            out.extend(values.map(|&v| normalisation.apply(v, channel)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_see_channel_after_channel_and_each_normalised() {
        let images = Images {
            ids: vec!["a".into()],
            pixels: vec![0, 255, 51, 102],
            channels: 2,
            height: 1,
            width: 2,
            labels: vec![0],
        };
        let normalisation = Normalisation { mean: vec![0.0, 1.0], deviation: vec![1.0, 0.5] };
        let mut out = Vec::new();
        Pictures::from(&images).append(0, &normalisation, &mut out);
        assert_eq!(out, [0.0, 51.0 / 255.0, 0.0, (102.0 / 255.0 - 1.0) / 0.5]);
    }
}
