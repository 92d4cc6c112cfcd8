//! `rotation`: turned about the middle.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift, symmetric};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Rotation;

impl Shift for Rotation {
    const INFO: Info = Info {
        id: "rotation",
        definition: "the picture is turned about its middle by s, to the left or to the right as drawn for the stimulus; between \
                     pixels it is interpolated bilinearly, beyond its border it goes on mirrored",
        unit: "degrees",
        strengths: [15.0, 30.0, 45.0, 60.0, 90.0],
        needs: Needs::Anything,
        is_random: true,
        reads_set: false,
        source: "Geirhos et al. 2018 and 2021 turn by 90, 180 and 270 degrees; the smaller angles are ours",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        let (sine, cosine) = (strength.to_radians() * symmetric(rng).signum()).sin_cos();
        let middle = ((set.height - 1) as f64 / 2.0, (set.width - 1) as f64 / 2.0);
        Picture::of(set, i).warped(|y, x| {
            let (y, x) = (y as f64 - middle.0, x as f64 - middle.1);
            (middle.0 + cosine * y - sine * x, middle.1 + sine * y + cosine * x)
        })
    }
}
