//! One picture, and the ways to look at it that several shifts share.

use crate::datasets::{Pictures, thumbnails};

/// One picture: `height × width × channels` values, the channels of a pixel together.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The values; in [0, 1] unless a shift is half done.
    pub values: Vec<f32>,
    /// Height.
    pub height: usize,
    /// Width.
    pub width: usize,
    /// Channels of a pixel.
    pub channels: usize,
}

/// Reach of a Gaussian kernel, in standard deviations; beyond are 0.3 % of its mass.
const REACH: f64 = 3.0;

impl Picture {
    /// Picture `i` of a set.
    #[must_use]
    pub fn of(set: &Pictures, i: usize) -> Self {
        let &Pictures { height, width, channels, .. } = set;
        Self { values: set.image(i).to_vec(), height, width, channels }
    }

    /// The same with every value changed.
    pub(super) fn map(mut self, f: impl FnMut(f32) -> f32) -> Self {
        let mut f = f;
        self.values.iter_mut().for_each(|v| *v = f(*v));
        self
    }

    /// `(1 - share) · self + share · other`; `other` has one value a pixel.
    pub(super) fn mixed(mut self, other: &[f64], share: f64) -> Self {
        for (pixel, &other) in self.values.chunks_exact_mut(self.channels).zip(other) {
            for value in pixel {
                *value = ((1.0 - share) * f64::from(*value) + share * other) as f32;
            }
        }
        self
    }

    /// Luminance of every pixel.
    pub(super) fn luminance(&self) -> Vec<f64> {
        let pixels = self.values.chunks_exact(self.channels);
        pixels.map(|pixel| f64::from(thumbnails::grey(pixel))).collect()
    }

    /// One channel.
    pub(super) fn plane(&self, channel: usize) -> Vec<f64> {
        let values = self.values.iter().skip(channel).step_by(self.channels);
        values.map(|&v| f64::from(v)).collect()
    }

    /// The same with the planes of its channels replaced by what `f` makes of them.
    pub(super) fn map_planes(mut self, mut f: impl FnMut(usize, Vec<f64>) -> Vec<f64>) -> Self {
        for channel in 0..self.channels {
            let plane = f(channel, self.plane(channel));
            let values = self.values.iter_mut().skip(channel).step_by(self.channels);
            values.zip(plane).for_each(|(value, new)| *value = new as f32);
        }
        self
    }

    /// The same with pixel (y, x) taken from where `from` says, between pixels by bilinear interpolation; beyond the border
    /// the picture goes on mirrored.
    pub(super) fn warped(&self, from: impl Fn(usize, usize) -> (f64, f64)) -> Self {
        let Self { height, width, channels, .. } = *self;
        let at = |y: f64, x: f64, channel| {
            let (y, x) = (mirrored(y as i64, height), mirrored(x as i64, width));
            f64::from(self.values[(y * width + x) * channels + channel])
        };
        let mut values = Vec::with_capacity(self.values.len());
        for y in 0..height {
            for x in 0..width {
                let (y, x) = from(y, x);
                let (above, left) = (y.floor(), x.floor());
                let (down, right) = (y - above, x - left);
                for channel in 0..channels {
                    let upper = (1.0 - right) * at(above, left, channel)
                        + right * at(above, left + 1.0, channel);
                    let lower = (1.0 - right) * at(above + 1.0, left, channel)
                        + right * at(above + 1.0, left + 1.0, channel);
                    values.push(((1.0 - down) * upper + down * lower) as f32);
                }
            }
        }
        Self { values, ..*self }
    }

    /// The shorter side.
    pub(super) fn side(&self) -> f64 {
        self.height.min(self.width) as f64
    }
}

/// The index that `i` is the mirror image of, for `n` pixels that are mirrored at both ends.
pub(super) fn mirrored(i: i64, n: usize) -> usize {
    let n = n as i64;
    let i = i.rem_euclid(2 * n);
    (if i < n { i } else { 2 * n - 1 - i }) as usize
}

/// A plane convolved with a Gaussian of standard deviation `sigma` pixels, mirrored at the border.
pub(super) fn blurred(plane: &[f64], height: usize, width: usize, sigma: f64) -> Vec<f64> {
    let reach = (REACH * sigma).ceil() as i64;
    let kernel: Vec<f64> =
        (-reach..=reach).map(|d| (-0.5 * (d as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = kernel.iter().sum();
    let along = |plane: &[f64], rows: bool| -> Vec<f64> {
        let mut out = Vec::with_capacity(plane.len());
        for y in 0..height {
            for x in 0..width {
                let weighted = kernel.iter().zip(-reach..=reach).map(|(weight, d)| {
                    let (y, x) = if rows {
                        (mirrored(y as i64 + d, height), x)
                    } else {
                        (y, mirrored(x as i64 + d, width))
                    };
                    weight * plane[y * width + x]
                });
                out.push(weighted.sum::<f64>() / sum);
            }
        }
        out
    };
    along(&along(plane, false), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_go_on_mirrored() {
        let found: Vec<usize> = (-7..8).map(|i| mirrored(i, 3)).collect();
        assert_eq!(found, [0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1]);
    }

    #[test]
    fn blurring_keeps_the_mean_and_spreads_a_point_as_a_gaussian() {
        let mut plane = vec![0.0; 21 * 21];
        plane[10 * 21 + 10] = 1.0;
        let found = blurred(&plane, 21, 21, 1.5);
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let ratio = found[10 * 21 + 12] / found[10 * 21 + 10];
        assert!((ratio - (-0.5 * (2.0_f64 / 1.5).powi(2)).exp()).abs() < 1e-12);
    }

    #[test]
    fn warping_interpolates_between_pixels() {
        let picture =
            Picture { values: vec![0.0, 1.0, 0.5, 0.25], height: 2, width: 2, channels: 1 };
        assert_eq!(picture.warped(|y, x| (y as f64, x as f64)), picture);
        let half = picture.warped(|_, _| (0.5, 0.5));
        assert_eq!(half.values, [0.4375; 4]);
        let beyond = picture.warped(|y, x| (y as f64 + 2.0, x as f64));
        assert_eq!(beyond.values, [0.5, 0.25, 0.0, 1.0], "the next picture is mirrored");
    }
}
