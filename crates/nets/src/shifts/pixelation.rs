//! `pixelation`: fewer, larger pixels.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Pixelation;

impl Shift for Pixelation {
    const INFO: Info = Info {
        id: "pixelation",
        definition: "each side is cut into 1 - s times as many cells as it has pixels (rounded up), and every pixel becomes the \
                     mean of its cell",
        unit: "share of the resolution that is taken away, along each axis",
        strengths: [0.4, 0.55, 0.7, 0.8, 0.9],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "Hendrycks & Dietterich 2019 resize to 60 to 25 % of the side; the harder strengths are ours",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let &Pictures { height, width, .. } = set;
        let cells = |side: usize| (((1.0 - strength) * side as f64).ceil() as usize).clamp(1, side);
        let (rows, columns) = (cells(height), cells(width));
        let cell = |k: usize| k / width * rows / height * columns + k % width * columns / width;
        Picture::of(set, i).map_planes(|_, plane| {
            let mut sums = vec![(0.0, 0.0); rows * columns];
            for (k, value) in plane.iter().enumerate() {
                sums[cell(k)].0 += value;
                sums[cell(k)].1 += 1.0;
            }
            (0..plane.len()).map(|k| sums[cell(k)].0 / sums[cell(k)].1).collect()
        })
    }
}
