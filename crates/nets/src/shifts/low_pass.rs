//! `low-pass`: high frequencies are taken away.

use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex;

use super::Picture;
use super::fourier::Fourier;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct LowPass(Fourier);

impl Shift for LowPass {
    const INFO: Info = Info {
        id: "low-pass",
        definition: "frequencies above 1 - s of the highest one along an axis (half a cycle a pixel) are set to zero, sharply",
        unit: "share of the frequencies that is taken away",
        strengths: [0.4, 0.55, 0.7, 0.8, 0.9],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "after Geirhos et al. 2018, who filter with a Gaussian: see blur; the sharp limit is ours",
    };

    fn new(set: &Pictures) -> Self {
        Self(Fourier::new(set))
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let Self(fourier) = self;
        Picture::of(set, i).map_planes(|_, plane| {
            let mut spectrum = fourier.forward(&plane);
            for (k, value) in spectrum.iter_mut().enumerate() {
                if fourier.frequency(k) > 1.0 - strength {
                    *value = Complex::default();
                }
            }
            fourier.inverse(spectrum)
        })
    }
}
