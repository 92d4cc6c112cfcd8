//! `translation`: moved aside.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift, unit};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Translation;

impl Shift for Translation {
    const INFO: Info = Info {
        id: "translation",
        definition: "the picture is moved by s times its sides, rounded to whole pixels, in the direction drawn for the \
                     stimulus; what comes in is the mirrored picture",
        unit: "share of the sides",
        strengths: [0.05, 0.1, 0.15, 0.2, 0.3],
        needs: Needs::Anything,
        is_random: true,
        reads_set: false,
        source: "our choice",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        let (sine, cosine) = (std::f64::consts::TAU * unit(rng)).sin_cos();
        let down = (strength * set.height as f64 * sine).round();
        let right = (strength * set.width as f64 * cosine).round();
        Picture::of(set, i).warped(|y, x| (y as f64 - down, x as f64 - right))
    }
}
