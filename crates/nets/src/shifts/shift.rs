//! What every shift is, and how it is applied to a set.

use std::thread;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use super::{Picture, SHIFTS};
use crate::datasets::Pictures;
use crate::{Error, Result};

/// The largest severity.
pub const MOST_SEVERE: u8 = 5;

/// Facts about a shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Info {
    /// Name in a spec.
    pub id: &'static str,
    /// What is done to a picture, with the strength as `s`.
    pub definition: &'static str,
    /// What the strength is measured in.
    pub unit: &'static str,
    /// Strength of the severities 1 to 5.
    pub strengths: [f64; MOST_SEVERE as usize],
    /// Which pictures it changes.
    pub needs: Needs,
    /// Whether a seed is drawn from.
    pub is_random: bool,
    /// Whether a shifted picture depends on the others of its set.
    pub reads_set: bool,
    /// Where it comes from.
    pub source: &'static str,
}

/// Which pictures a shift can be applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// All.
    Anything,
    /// Those of three channels: red, green, blue.
    Colours,
}

impl Needs {
    /// Whether pictures of so many channels have what is needed.
    #[must_use]
    pub fn are_met(self, channels: usize) -> bool {
        self == Self::Anything || channels == 3
    }
}

impl Info {
    /// Strength of a severity; 0 for severity 0, which is no shift at all.
    #[must_use]
    pub fn strength(&self, severity: u8) -> f64 {
        match severity {
            0 => 0.0,
            _ => self.strengths[usize::from(severity.min(MOST_SEVERE)) - 1],
        }
    }
}

/// A way to change pictures.
pub(super) trait Shift: Sync + Sized {
    const INFO: Info;

    /// What is the same for all pictures of a set.
    fn new(set: &Pictures) -> Self;

    /// Picture `i` of the set, changed. Values may leave [0, 1].
    fn apply(&self, set: &Pictures, i: usize, strength: f64, rng: &mut ChaCha8Rng) -> Picture;
}

/// A line of the registry.
#[derive(Debug)]
pub struct Entry {
    /// Facts about the shift.
    pub info: Info,
    run: fn(&Pictures, f64, u64, usize) -> Vec<f32>,
}

impl Entry {
    pub(super) const fn of<S: Shift>() -> Self {
        Self { info: S::INFO, run: run::<S> }
    }
}

/// The shift of this id.
///
/// # Errors
/// [`Error::Spec`] with the known ids.
pub fn find(id: &str) -> Result<&'static Entry> {
    SHIFTS.iter().find(|entry| entry.info.id == id).ok_or_else(|| {
        let known: Vec<_> = SHIFTS.iter().map(|entry| entry.info.id).collect();
        Error::spec("shift", &id, format!("one of: {}", known.join(", ")))
    })
}

/// The set with a shift of a severity from 0 to 5 applied to every picture; ids and labels stay. The result does not depend on
/// the number of threads.
///
/// # Errors
/// [`Error::Spec`] for a severity above 5, or a shift of colours for pictures without.
pub fn apply(
    entry: &Entry,
    severity: u8,
    set: &Pictures,
    seed: u64,
    threads: usize,
) -> Result<Pictures> {
    let Info { id, needs, .. } = entry.info;
    if severity > MOST_SEVERE {
        let expected = format!("0 (no shift) to {MOST_SEVERE}");
        return Err(Error::spec(&format!("severity of {id}"), &severity, expected));
    }
    if !needs.are_met(set.channels) {
        let found = format!("{id} of pictures with {} channel", set.channels);
        return Err(Error::spec("shift", &found, "pictures of three channels, or another shift"));
    }
    let values = match severity {
        0 => set.values.clone(),
        _ => (entry.run)(set, entry.info.strength(severity), seed, threads),
    };
    let (ids, labels) = (set.ids.clone(), set.labels.clone());
    Ok(Pictures { ids, values, labels, ..*set })
}

fn run<S: Shift>(set: &Pictures, strength: f64, seed: u64, threads: usize) -> Vec<f32> {
    let shift = S::new(set);
    let one = |i: usize| {
        let mut rng = generator(seed, S::INFO.id, &set.ids[i]);
        let shifted = shift.apply(set, i, strength, &mut rng).values;
        shifted.into_iter().map(|v| v.clamp(0.0, 1.0))
    };
    let all: Vec<usize> = (0..set.len()).collect();
    let chunks = all.chunks(set.len().div_ceil(threads.max(1)).max(1));
    thread::scope(|scope| {
        let workers: Vec<_> = chunks
            .map(|chunk| {
                scope.spawn(move || chunk.iter().flat_map(|&i| one(i)).collect::<Vec<f32>>())
            })
            .collect();
        let join = |worker: thread::ScopedJoinHandle<'_, Vec<f32>>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect()
    })
}

/// The generator of one stimulus: a function of the seed, the shift and the stimulus, not of its place in the set.
fn generator(seed: u64, shift: &str, stimulus: &str) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update((shift.len() as u64).to_le_bytes());
    hash.update(shift);
    hash.update(stimulus);
    ChaCha8Rng::from_seed(hash.finalize().into())
}

/// Uniform in [−1, 1).
pub(super) fn symmetric(rng: &mut impl Rng) -> f64 {
    2.0 * unit(rng) - 1.0
}

/// Uniform in [0, 1) from the upper 53 bits of a draw.
pub(super) fn unit(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / 2_f64.powi(53)
}

/// Standard normal (Box & Muller 1958).
pub(super) fn normal(rng: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - unit(rng)).ln()).sqrt();
    radius * (std::f64::consts::TAU * unit(rng)).cos()
}
