//! How networks see pixel values.

use super::Images;

/// Mean and standard deviation of pixel values between 0 and 1, one a channel; networks see `(value - mean) / deviation`.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalisation {
    /// Means.
    pub mean: Vec<f32>,
    /// Standard deviations.
    pub deviation: Vec<f32>,
}

impl Normalisation {
    /// Mean and standard deviation over all pixels of `images`; a deviation of 1 if all pixels are equal.
    #[must_use]
    pub fn of(images: &Images) -> Self {
        let (mean, deviation) = (0..images.channels).map(|channel| of(images, channel)).unzip();
        Self { mean, deviation }
    }

    /// What a network sees for a value between 0 and 1 of a channel.
    #[must_use]
    pub fn apply(&self, value: f32, channel: usize) -> f32 {
        (value - self.mean[channel]) / self.deviation[channel]
    }

    /// What a network sees for each of the 256 values of an 8-bit channel.
    #[must_use]
    pub fn table(&self, channel: usize) -> [f32; 256] {
        std::array::from_fn(|v| self.apply(v as f32 / 255.0, channel))
    }
}

fn of(images: &Images, channel: usize) -> (f32, f32) {
    let values = images.pixels.iter().skip(channel).step_by(images.channels);
    let n = (images.pixels.len() / images.channels).max(1) as f64;
    let (sum, squares) = values.fold((0_u64, 0_u64), |(sum, squares), &v| {
        (sum + u64::from(v), squares + u64::from(v) * u64::from(v))
    });
    // Whole numbers below 2^53: nothing cancels but the last subtraction, at 8 bits far from its limit.
    let mean = sum as f64 / n;
    let deviation = (squares as f64 / n - mean * mean).max(0.0).sqrt();
    let deviation = if deviation > 0.0 { deviation / 255.0 } else { 1.0 };
    ((mean / 255.0) as f32, deviation as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalisation_gives_mean_zero_and_deviation_one_in_every_channel() {
        let pixels: Vec<u8> = (0..=255).flat_map(|v| [v, v / 2]).collect();
        let ids = vec!["a".into()];
        let images = Images { ids, pixels, channels: 2, height: 16, width: 16, labels: vec![0] };
        let normalisation = Normalisation::of(&images);
        for channel in 0..2 {
            let table = normalisation.table(channel);
            let seen: Vec<f32> = images
                .pixels
                .iter()
                .skip(channel)
                .step_by(2)
                .map(|&v| table[usize::from(v)])
                .collect();
            let mean = seen.iter().sum::<f32>() / 256.0;
            let square = seen.iter().map(|v| v * v).sum::<f32>() / 256.0;
            assert!(mean.abs() < 1e-5 && (square - 1.0).abs() < 1e-5, "{mean} {square}");
        }
    }
}
