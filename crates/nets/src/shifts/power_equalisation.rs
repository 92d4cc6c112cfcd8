//! `power-equalisation`: every picture has as much of each frequency as the mean picture of the set.

use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex;

use super::Picture;
use super::fourier::Fourier;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct PowerEqualisation {
    fourier: Fourier,
    /// Mean amplitude of every frequency over the set, one list a channel.
    means: Vec<Vec<f64>>,
}

impl Shift for PowerEqualisation {
    const INFO: Info = Info {
        id: "power-equalisation",
        definition: "the amplitude A of every frequency becomes A^(1 - s) M^s, where M is its mean over the set; phases stay",
        unit: "share of the way to the mean amplitude, logarithmic",
        strengths: [0.2, 0.4, 0.6, 0.8, 1.0],
        needs: Needs::Anything,
        is_random: false,
        reads_set: true,
        source: "Geirhos et al. 2021 at severity 5",
    };

    fn new(set: &Pictures) -> Self {
        let fourier = Fourier::new(set);
        let mut means = vec![vec![0.0; set.height * set.width]; set.channels];
        for i in 0..set.len() {
            let picture = Picture::of(set, i);
            for (channel, mean) in means.iter_mut().enumerate() {
                let spectrum = fourier.forward(&picture.plane(channel));
                mean.iter_mut().zip(spectrum).for_each(|(mean, value)| *mean += value.norm());
            }
        }
        means.iter_mut().flatten().for_each(|mean| *mean /= set.len() as f64);
        Self { fourier, means }
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let Self { fourier, means } = self;
        Picture::of(set, i).map_planes(|channel, plane| {
            let spectrum = fourier.forward(&plane);
            let equalised = spectrum.iter().zip(&means[channel]).map(|(value, mean)| {
                let amplitude = value.norm();
                // Nothing has no phase: the real direction is as good as any, and is its own conjugate.
                let phase =
                    if amplitude > 0.0 { value / amplitude } else { Complex::new(1.0, 0.0) };
                phase * amplitude.powf(1.0 - strength) * mean.powf(strength)
            });
            fourier.inverse(equalised.collect())
        })
    }
}
