//! `inversion`: bright becomes dark.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Inversion;

impl Shift for Inversion {
    const INFO: Info = Info {
        id: "inversion",
        definition: "values of 1 - s and above become 1 minus themselves, from the brightest (solarised) to all (the negative)",
        unit: "range that is inverted, from white",
        strengths: [0.2, 0.4, 0.6, 0.8, 1.0],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "solarising, so that no severity on the way to the negative is a uniform grey; our choice",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let from = (1.0 - strength) as f32;
        Picture::of(set, i).map(|v| if v >= from { 1.0 - v } else { v })
    }
}
