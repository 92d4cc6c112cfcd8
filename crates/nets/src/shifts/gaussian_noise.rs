//! `gaussian-noise`: additive noise, each channel for itself.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift, normal};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct GaussianNoise;

impl Shift for GaussianNoise {
    const INFO: Info = Info {
        id: "gaussian-noise",
        definition: "a normal value of standard deviation s is added to every value",
        unit: "standard deviation of the noise",
        strengths: [0.08, 0.12, 0.18, 0.26, 0.38],
        needs: Needs::Anything,
        is_random: true,
        reads_set: false,
        source: "Hendrycks & Dietterich 2019, with their strengths",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        Picture::of(set, i).map(|v| (f64::from(v) + strength * normal(rng)) as f32)
    }
}
