//! `contrast`: everything moves towards mid-grey.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Contrast;

impl Shift for Contrast {
    const INFO: Info = Info {
        id: "contrast",
        definition: "every value becomes (1 - s) times itself plus s / 2",
        unit: "share of mid-grey",
        strengths: [0.5, 0.7, 0.85, 0.9, 0.95],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "Geirhos et al. 2018 and 2021: nominal contrasts of 50, 30, 15, 10 and 5 %",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        Picture::of(set, i).map(|v| ((1.0 - strength) * f64::from(v) + strength * 0.5) as f32)
    }
}
