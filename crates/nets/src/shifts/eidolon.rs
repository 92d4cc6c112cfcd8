//! `eidolon`: locally disarrayed, as behind uneven glass.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::picture::blurred;
use super::shift::{Info, Needs, Shift, normal};
use crate::datasets::Pictures;

/// Standard deviation of the Gaussian that smooths the displacements, as a share of the shorter side.
const GRAIN: f64 = 0.06;

#[derive(Debug)]
pub(super) struct Eidolon;

impl Shift for Eidolon {
    const INFO: Info = Info {
        id: "eidolon",
        definition: "every pixel is taken from elsewhere: displacements are white Gaussian noise, smoothed with a standard \
                     deviation of 0.06 times the shorter side and scaled to a root mean square of s times the shorter side",
        unit: "root mean square displacement along each axis, share of the shorter side",
        strengths: [0.01, 0.02, 0.04, 0.06, 0.1],
        needs: Needs::Anything,
        is_random: true,
        reads_set: false,
        source: "after the eidolons of Koenderink et al. 2017 with full coherence (all scales move together, eidolon I of \
                 Geirhos et al. 2018); grain and strengths are ours",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        let picture = Picture::of(set, i);
        let reach = strength * picture.side();
        let mut field = || {
            let noise: Vec<f64> = (0..set.height * set.width).map(|_| normal(rng)).collect();
            let smooth = blurred(&noise, set.height, set.width, GRAIN * picture.side());
            let square = smooth.iter().map(|v| v * v).sum::<f64>() / smooth.len() as f64;
            let scale = if square > 0.0 { reach / square.sqrt() } else { 0.0 };
            smooth.into_iter().map(|v| v * scale).collect::<Vec<f64>>()
        };
        let (down, right) = (field(), field());
        picture.warped(|y, x| {
            let k = y * set.width + x;
            (y as f64 + down[k], x as f64 + right[k])
        })
    }
}
