//! `high-pass`: low frequencies are taken away.

use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex;

use super::Picture;
use super::fourier::Fourier;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct HighPass(Fourier);

impl Shift for HighPass {
    const INFO: Info = Info {
        id: "high-pass",
        definition: "frequencies below s of the highest one along an axis (half a cycle a pixel) are set to zero, sharply, and \
                     the mean becomes mid-grey, so that what is left can be seen on both sides of it",
        unit: "share of the frequencies that is taken away",
        strengths: [0.1, 0.2, 0.3, 0.4, 0.55],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "after Geirhos et al. 2018, who filter with a Gaussian and give all pictures one mean; the sharp limit is ours",
    };

    fn new(set: &Pictures) -> Self {
        Self(Fourier::new(set))
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let Self(fourier) = self;
        Picture::of(set, i).map_planes(|_, plane| {
            let mut spectrum = fourier.forward(&plane);
            for (k, value) in spectrum.iter_mut().enumerate() {
                if fourier.frequency(k) < strength {
                    *value = Complex::default();
                }
            }
            spectrum[0] = Complex::new(0.5 * plane.len() as f64, 0.0);
            fourier.inverse(spectrum)
        })
    }
}
