//! `cue-conflict`: the shape of one class with the texture of another.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::fourier::Fourier;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct CueConflict(Fourier);

impl Shift for CueConflict {
    const INFO: Info = Info {
        id: "cue-conflict",
        definition: "frequencies above 1 - s of the highest one along an axis (half a cycle a pixel) are those of another \
                     picture of the set, of another class, drawn for the stimulus; the label stays that of the low frequencies",
        unit: "share of the frequencies that come from the other picture",
        strengths: [0.4, 0.55, 0.7, 0.8, 0.9],
        needs: Needs::Anything,
        is_random: true,
        reads_set: true,
        source: "hybrid images (Oliva, Torralba & Schyns 2006) in place of the style transfer of Geirhos et al. 2019",
    };

    fn new(set: &Pictures) -> Self {
        Self(Fourier::new(set))
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        let Self(fourier) = self;
        let texture = Picture::of(set, other(set, i, rng));
        Picture::of(set, i).map_planes(|channel, plane| {
            let mut spectrum = fourier.forward(&plane);
            let texture = fourier.forward(&texture.plane(channel));
            for (k, (own, other)) in spectrum.iter_mut().zip(texture).enumerate() {
                if fourier.frequency(k) > 1.0 - strength {
                    *own = other;
                }
            }
            fourier.inverse(spectrum)
        })
    }
}

/// A picture of another class than that of picture `i`; itself if there is no other class.
fn other(set: &Pictures, i: usize, rng: &mut impl Rng) -> usize {
    let others = || (0..set.len()).filter(|&k| set.labels[k] != set.labels[i]);
    let n = others().count().max(1) as u64;
    others().nth((rng.next_u64() % n) as usize).unwrap_or(i)
}
