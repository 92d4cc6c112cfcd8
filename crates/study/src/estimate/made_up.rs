//! Activations that stand in for recorded ones where only the time counts that something takes on them.

use consilience_data::store::RecordedSet;
use consilience_data::{
    ActivationSource, Activations, ReceptiveField, Representation, Result, RowMajor, StimulusSet,
};
use rand::RngExt;

use crate::tile::generator;

/// Directions that all representations share.
const SHARED: usize = 8;

/// Numbers that noise is taken from, from a place on that depends on representation and row.
const NOISE: usize = 1 << 16;

/// The representations of a source on another number of stimuli: a few directions that all of them share, and noise. Nothing
/// is read, and nothing is held.
pub(super) struct MadeUp<'a> {
    /// Asked for sets and for where positions look.
    of: Option<&'a dyn ActivationSource>,
    stimuli: StimulusSet,
    representations: Vec<Representation>,
    noise: Vec<f32>,
}

impl<'a> MadeUp<'a> {
    pub(super) fn like(source: &'a dyn ActivationSource, n_stimuli: usize) -> Self {
        let mut made_up = Self::without_sets(source, n_stimuli);
        made_up.of = Some(source);
        made_up
    }

    /// With one row a stimulus: for what reads moments, rows are rows.
    pub(super) fn of_single_rows(source: &'a dyn ActivationSource, n_stimuli: usize) -> Self {
        let mut made_up = Self::like(source, n_stimuli);
        made_up.representations.iter_mut().for_each(|r| r.rows_per_stimulus = 1);
        made_up
    }

    fn without_sets(source: &dyn ActivationSource, n_stimuli: usize) -> Self {
        let classes = source.stimuli().classes.clone();
        let labels = || (0..n_stimuli).map(|i| (i % classes.len()) as u32).collect();
        let mut rng = generator(0, "made-up activations", &[]);
        Self {
            of: None,
            stimuli: StimulusSet {
                labels: (!classes.is_empty()).then(labels),
                classes,
                ..StimulusSet::indexed("made up", n_stimuli)
            },
            representations: source.representations().to_vec(),
            noise: (0..NOISE).map(|_| rng.random_range(-1.0..1.0)).collect(),
        }
    }

    /// So many numbers that follow from two others.
    fn numbers(&self, a: usize, b: usize, n: usize) -> impl Iterator<Item = f32> + '_ {
        let mixed = (a as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ (b as u64 + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let start = (mixed >> 20) as usize % NOISE;
        self.noise[start..].iter().chain(self.noise.iter().cycle()).take(n).copied()
    }

    /// The values of a row, appended.
    fn row(&self, representation: usize, row: usize, weights: &[f32], out: &mut Vec<f32>) {
        let mut shared = [0.0; SHARED];
        shared.iter_mut().zip(self.numbers(usize::MAX - 1, row, SHARED)).for_each(|(s, v)| *s = v);
        let noise = self.numbers(representation, row, weights.len() / SHARED);
        out.extend(weights.chunks_exact(SHARED).zip(noise).map(|(weights, noise)| {
            noise + weights.iter().zip(&shared).map(|(w, s)| w * s).sum::<f32>()
        }));
    }
}

impl ActivationSource for MadeUp<'_> {
    fn stimuli(&self) -> &StimulusSet {
        &self.stimuli
    }

    fn representations(&self) -> &[Representation] {
        &self.representations
    }

    fn read(&self, representation: usize, stimuli: &[usize], out: &mut Activations) -> Result<()> {
        let of = &self.representations[representation];
        let weights: Vec<f32> =
            self.numbers(representation, usize::MAX - 1, of.n_units * SHARED).collect();
        let per_stimulus = of.rows_per_stimulus;
        let rows = stimuli.iter().flat_map(|s| s * per_stimulus..(s + 1) * per_stimulus);
        match out {
            Activations::F32(RowMajor { values, .. }) => {
                rows.for_each(|row| self.row(representation, row, &weights, values));
            }
            Activations::F64(RowMajor { values, .. }) => {
                let mut narrow = Vec::with_capacity(of.n_units);
                for row in rows {
                    narrow.clear();
                    self.row(representation, row, &weights, &mut narrow);
                    values.extend(narrow.iter().map(|v| f64::from(*v)));
                }
            }
        }
        Ok(())
    }

    fn receptive_field(&self, representation: usize) -> Option<ReceptiveField> {
        self.of?.receptive_field(representation)
    }

    fn sets(&self) -> Result<Vec<RecordedSet>> {
        self.of.map_or_else(|| Ok(Vec::new()), ActivationSource::sets)
    }

    fn on(&self, set: &str) -> Result<Box<dyn ActivationSource + '_>> {
        let of = self.of.expect("a set of stimuli has no sets of its own");
        Ok(Box::new(Self::without_sets(&*of.on(set)?, self.stimuli.len())))
    }
}

#[cfg(test)]
mod tests {
    use consilience_data::{ArraySource, Precision, array_representation};

    use super::*;

    fn like(n_units: [usize; 2], n_stimuli: usize) -> ArraySource {
        let mut source = ArraySource::new(StimulusSet::indexed("real", 4));
        for (i, n_units) in n_units.into_iter().enumerate() {
            let values = vec![0.0; 4 * n_units];
            let array = Activations::F32(RowMajor { values, n_units });
            source.push(array_representation(&i.to_string(), &array), array).expect("finite");
        }
        let made_up = MadeUp::like(&source, n_stimuli);
        let mut read = ArraySource::new(made_up.stimuli().clone());
        for (r, of) in made_up.representations().iter().enumerate() {
            let mut array = Activations::empty(Precision::F32, of.n_units);
            let all: Vec<usize> = (0..n_stimuli).collect();
            made_up.read(r, &all, &mut array).expect("made up");
            read.push(of.clone(), array).expect("as many rows as stimuli");
        }
        read
    }

    #[test]
    fn representations_have_full_rank_and_share_directions() {
        let source = like([40, 24], 200);
        let options = crate::CompareOptions::default();
        let measures = ["linear", "linear-cka"].map(|m| consilience_measures::parse(m).expect(m));
        for found in crate::compare(&source, (0, 1), &measures, &options).expect("two of them") {
            let crate::Outcome::Score { estimate, .. } = found.outcome else {
                panic!("{found:?}: there should be a score, as moments have full rank")
            };
            assert!((0.2..0.999).contains(&estimate.value), "{}: {estimate:?}", found.measure);
        }
    }
}
