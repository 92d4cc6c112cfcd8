//! `uniform-noise`: additive noise of a bounded size.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift, symmetric};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct UniformNoise;

impl Shift for UniformNoise {
    const INFO: Info = Info {
        id: "uniform-noise",
        definition: "a value drawn uniformly from -s to s is added to every pixel, the same to all its channels",
        unit: "half width of the noise",
        strengths: [0.1, 0.2, 0.35, 0.6, 0.9],
        needs: Needs::Anything,
        is_random: true,
        reads_set: false,
        source: "Geirhos et al. 2018 and 2021, there after a reduction of the contrast to 30 %",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        let mut picture = Picture::of(set, i);
        for pixel in picture.values.chunks_exact_mut(picture.channels) {
            let noise = strength * symmetric(rng);
            pixel.iter_mut().for_each(|v| *v = (f64::from(*v) + noise) as f32);
        }
        picture
    }
}
