//! `blur`: out of focus.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::picture::blurred;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Blur;

impl Shift for Blur {
    const INFO: Info = Info {
        id: "blur",
        definition: "every channel is convolved with a Gaussian whose standard deviation is s times the shorter side; \
                     the picture goes on mirrored beyond its border",
        unit: "standard deviation, share of the shorter side",
        strengths: [0.015, 0.03, 0.05, 0.08, 0.12],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "low-pass of Geirhos et al. 2018 is such a convolution; strengths are ours",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let picture = Picture::of(set, i);
        let (height, width, sigma) = (set.height, set.width, strength * picture.side());
        picture.map_planes(|_, plane| blurred(&plane, height, width, sigma))
    }
}
