//! `colour-opponent`: colours become those on the other side of grey.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct ColourOpponent;

impl Shift for ColourOpponent {
    const INFO: Info = Info {
        id: "colour-opponent",
        definition: "the difference of every pixel from its luminance is multiplied by 1 - 2 s: at one half the picture is \
                     grey, at 1 every colour is its opponent with the luminance kept. Pictures of one channel have one pair \
                     of opponents, black and white: their difference from mid-grey is multiplied by 1 - 2 s",
        unit: "share of the way to the opponent",
        strengths: [0.2, 0.4, 0.6, 0.8, 1.0],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "false colour of Geirhos et al. 2021 at severity 5, there in another colour space",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let picture = Picture::of(set, i);
        let grey = match picture.channels {
            1 => vec![0.5; picture.values.len()],
            _ => picture.luminance(),
        };
        // (1 - 2s) · value + 2s · grey.
        picture.mixed(&grey, 2.0 * strength)
    }
}
