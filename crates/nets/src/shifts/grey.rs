//! `grey`: colours fade.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Grey;

impl Shift for Grey {
    const INFO: Info = Info {
        id: "grey",
        definition: "every pixel becomes (1 - s) times itself plus s times its luminance (ITU-R BT.601)",
        unit: "share of luminance",
        strengths: [0.2, 0.4, 0.6, 0.8, 1.0],
        needs: Needs::Colours,
        is_random: false,
        reads_set: false,
        source: "greyscale of Geirhos et al. 2021 at severity 5",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let picture = Picture::of(set, i);
        let luminance = picture.luminance();
        picture.mixed(&luminance, strength)
    }
}
