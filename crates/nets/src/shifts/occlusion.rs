//! `occlusion`: seen through a fence.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift, unit};
use crate::datasets::Pictures;

/// Stripes across a picture.
const STRIPES: f64 = 4.0;

#[derive(Debug)]
pub(super) struct Occlusion;

impl Shift for Occlusion {
    const INFO: Info = Info {
        id: "occlusion",
        definition: "four stripes of mid-grey, upright or lying and at a place as drawn for the stimulus, cover s of the picture",
        unit: "share that is covered",
        strengths: [0.15, 0.3, 0.45, 0.6, 0.75],
        needs: Needs::Anything,
        is_random: true,
        reads_set: false,
        source: "our choice",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        let (upright, phase) = (rng.next_u32() & 1 == 1, unit(rng));
        let covered = |k: usize| {
            let along = if upright {
                (k % set.width) as f64 / set.width as f64
            } else {
                (k / set.width) as f64 / set.height as f64
            };
            (along * STRIPES + phase).fract() < strength
        };
        Picture::of(set, i).map_planes(|_, mut plane| {
            for (k, value) in plane.iter_mut().enumerate() {
                if covered(k) {
                    *value = 0.5;
                }
            }
            plane
        })
    }
}
