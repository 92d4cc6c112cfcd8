//! Shifts: ways to turn stimuli out of the distribution that networks were trained on, each with five severities.
//!
//! A shift is a function of the picture, the severity, a seed and the id of the stimulus; some also look at the whole set.
//! Severity 0 is the picture itself; from 1 to 5 the strength grows. What is random (a direction, a noise) is drawn once a
//! stimulus and is the same for all severities, so that these differ in strength alone. Values are clipped to [0, 1] at the
//! end. To add a shift: its file, and its line in [`SHIFTS`].

mod blur;
mod colour_opponent;
mod contrast;
mod cue_conflict;
mod edges;
mod eidolon;
mod fourier;
mod gaussian_noise;
mod grey;
mod high_pass;
mod inversion;
mod low_pass;
mod occlusion;
mod phase_scrambling;
mod picture;
mod pixelation;
mod power_equalisation;
mod rotation;
mod shift;
mod silhouettes;
mod translation;
mod uniform_noise;

#[cfg(test)]
mod tests;

pub use picture::Picture;
pub use shift::{Entry, Info, MOST_SEVERE, Needs, apply, find};

/// Every shift; the order is that of the documentation: light and colour, noise, frequencies, geometry, structure.
pub static SHIFTS: &[Entry] = &[
    Entry::of::<grey::Grey>(),
    Entry::of::<colour_opponent::ColourOpponent>(),
    Entry::of::<contrast::Contrast>(),
    Entry::of::<inversion::Inversion>(),
    Entry::of::<uniform_noise::UniformNoise>(),
    Entry::of::<gaussian_noise::GaussianNoise>(),
    Entry::of::<blur::Blur>(),
    Entry::of::<low_pass::LowPass>(),
    Entry::of::<high_pass::HighPass>(),
    Entry::of::<phase_scrambling::PhaseScrambling>(),
    Entry::of::<power_equalisation::PowerEqualisation>(),
    Entry::of::<rotation::Rotation>(),
    Entry::of::<translation::Translation>(),
    Entry::of::<eidolon::Eidolon>(),
    Entry::of::<pixelation::Pixelation>(),
    Entry::of::<occlusion::Occlusion>(),
    Entry::of::<edges::Edges>(),
    Entry::of::<silhouettes::Silhouettes>(),
    Entry::of::<cue_conflict::CueConflict>(),
];
