//! `phase-scrambling`: where things are is lost, how much there is of each frequency stays.

use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex;

use super::Picture;
use super::fourier::Fourier;
use super::shift::{Info, Needs, Shift, symmetric};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct PhaseScrambling(Fourier);

impl Shift for PhaseScrambling {
    const INFO: Info = Info {
        id: "phase-scrambling",
        definition: "an angle drawn uniformly from -s to s is added to the phase of every frequency, the same for all \
                     channels and the opposite for the opposite frequency; amplitudes and the mean stay",
        unit: "half width of the angles, degrees",
        strengths: [30.0, 60.0, 90.0, 120.0, 180.0],
        needs: Needs::Anything,
        is_random: true,
        reads_set: false,
        source: "Geirhos et al. 2021 (phase noise), with five of their strengths",
    };

    fn new(set: &Pictures) -> Self {
        Self(Fourier::new(set))
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture {
        let Self(fourier) = self;
        let mut turns = vec![Complex::new(1.0, 0.0); set.height * set.width];
        for k in 0..turns.len() {
            let opposite = fourier.opposite(k);
            // A frequency that is its own opposite has a real value, and keeps it.
            if k < opposite {
                turns[k] = Complex::from_polar(1.0, (strength * symmetric(rng)).to_radians());
                turns[opposite] = turns[k].conj();
            }
        }
        Picture::of(set, i).map_planes(|_, plane| {
            let spectrum = fourier.forward(&plane);
            fourier.inverse(spectrum.iter().zip(&turns).map(|(value, turn)| value * turn).collect())
        })
    }
}
