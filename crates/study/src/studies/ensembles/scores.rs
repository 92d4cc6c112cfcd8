//! Measures of ensembles that are made and not recorded.

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_inference::{Estimate, over_draws};
use consilience_measures::DynMeasure;
use consilience_statistics::{Blocks, SplitDesign, UnitPolicy};
use consilience_teacher::mean_over_pairs;

use crate::tile::{Context, Task, TaskOutcome, compute};
use crate::{Cell, Draws, Outcome, PointOutcome, Result};

/// Ensembles of hidden layers on the same stimuli, all of the same number of students.
pub(crate) struct Layers {
    source: ArraySource,
    n_stimuli: usize,
}

impl Layers {
    pub(crate) fn new(n_stimuli: usize) -> Self {
        Self { source: ArraySource::new(StimulusSet::indexed("noiseless", n_stimuli)), n_stimuli }
    }

    /// Adds the hidden layer of the next student: stimuli × units, row after row.
    pub(crate) fn push(&mut self, student: String, values: Vec<f64>, n_units: usize) -> Result<()> {
        let representation = hidden_layer(student, n_units);
        let array = Activations::F64(RowMajor { values, n_units });
        Ok(self.source.push(representation, array)?)
    }
}

/// The hidden layer of a student, as far as it is known without its values.
pub(crate) fn hidden_layer(student: String, n_units: usize) -> Representation {
    Representation {
        id: RepresentationId {
            network: student,
            checkpoint: String::new(),
            layer: "hidden".to_owned(),
            pooling: Pooling::Flatten,
        },
        depth: 0,
        n_units,
        rows_per_stimulus: 1,
        precision: Precision::F64,
        digest: String::new(),
        checkpoint: Checkpoint::default(),
    }
}

/// How ensembles are compared.
pub(crate) struct Scoring<'a> {
    pub(crate) measures: &'a [Box<dyn DynMeasure>],
    /// Students of an ensemble.
    pub(crate) members: usize,
    pub(crate) folds: usize,
    pub(crate) seed: u64,
    /// What is done with units that do not vary.
    pub(crate) policy: UnitPolicy,
}

/// A mean over the pairs of an ensemble, or what stood in the way.
pub(crate) type Score = std::result::Result<f64, String>;

impl Scoring<'_> {
    /// How stimuli are dealt.
    pub(crate) fn design(&self, n_stimuli: usize) -> Result<(Blocks, SplitDesign)> {
        let blocks = Blocks::contiguous(n_stimuli, self.folds)?;
        let design = SplitDesign::k_fold(&blocks, self.folds)?;
        Ok((blocks, design))
    }

    /// The pairs of students of each of so many ensembles in turn.
    pub(crate) fn cells(&self, n_ensembles: usize) -> Vec<Cell> {
        let draws = Draws { shuffle: 0, rotation: 0 };
        let mut cells = Vec::with_capacity(n_ensembles * n_pairs(self.members));
        for first in (0..n_ensembles).map(|e| e * self.members) {
            for x in first..first + self.members {
                cells.extend((x + 1..first + self.members).map(|y| Cell { x, y, draws }));
            }
        }
        cells
    }

    /// Mean over pairs of each measure, for each ensemble in turn.
    pub(crate) fn of(&self, layers: &Layers) -> Result<Vec<Vec<Score>>> {
        use consilience_data::ActivationSource;
        let n_ensembles = layers.source.representations().len() / self.members;
        let (blocks, design) = self.design(layers.n_stimuli)?;
        let context = Context {
            source: &layers.source,
            blocks: &blocks,
            versions: 1,
            design: &design,
            without: &[],
            policy: self.policy,
            seed: self.seed,
            progress: &Quiet,
        };
        let of_cell =
            |cell: Cell| self.measures.iter().map(move |m| Task { cell, measure: m.as_ref() });
        let tasks: Vec<Task<'_>> = self.cells(n_ensembles).into_iter().flat_map(of_cell).collect();
        let outcomes = compute(&context, &tasks)?;
        let n_measures = self.measures.len();
        let size = n_pairs(self.members) * n_measures;
        let of_ensemble = |e: usize| {
            let outcomes = &outcomes[e * size..(e + 1) * size];
            (0..n_measures).map(|m| mean(outcomes.iter().skip(m).step_by(n_measures))).collect()
        };
        Ok((0..n_ensembles).map(of_ensemble).collect())
    }
}

fn mean<'a>(outcomes: impl Iterator<Item = &'a TaskOutcome>) -> Score {
    let values = outcomes.map(|done| match &done.outcome {
        Outcome::Score { estimate, .. } => Ok(estimate.value),
        Outcome::Error { message } => Err(message.clone()),
    });
    let values = values.collect::<std::result::Result<Vec<f64>, String>>()?;
    Ok(values.iter().sum::<f64>() / values.len() as f64)
}

pub(crate) fn n_pairs(members: usize) -> usize {
    members * (members - 1) / 2
}

/// Mean inner product of the outputs of two students of an ensemble, and mean squared norm of those of one.
pub(crate) fn products(outputs: &[&[f64]]) -> (f64, f64) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let own: f64 = outputs.iter().map(|a| dot(a, a)).sum();
    (mean_over_pairs(outputs, |a, b| dot(a, b)), own / outputs.len() as f64)
}

/// Mean over draws of the scores of an ensemble, each with that of students of noise alone, which is its chance level.
pub(crate) fn beside_noise(
    draws: impl Iterator<Item = (Score, Score)>,
    expected: Option<f64>,
) -> PointOutcome {
    let both = draws.map(|(taught, noise)| Ok((taught?, noise?)));
    match both.collect::<std::result::Result<Vec<(f64, f64)>, String>>() {
        Ok(scores) => PointOutcome::Value {
            estimate: mean_over_draws(scores.iter().map(|s| s.0)),
            expected,
            chance: Some(mean_over_draws(scores.iter().map(|s| s.1)).value),
        },
        Err(message) => PointOutcome::Error { message },
    }
}

/// Mean of the first numbers over the mean of the second, with its interval over draws. The second are squares: where they are
/// all 0, with or without one of the draws, there is no ratio.
pub(crate) fn ratio_of_means(draws: &[(f64, f64)]) -> std::result::Result<Estimate, String> {
    let sum = |f: fn(&(f64, f64)) -> f64| draws.iter().map(f).sum::<f64>();
    let (a, b) = (sum(|d| d.0), sum(|d| d.1));
    let silent = draws.iter().filter(|d| d.1 <= 0.0).count();
    if draws.len() - silent < 2 {
        let all = draws.len();
        return Err(format!(
            "in {silent} of {all} draws all students say 0 to everything; expected something in at least 2"
        ));
    }
    let without: Vec<f64> = draws.iter().map(|d| (a - d.0) / (b - d.1)).collect();
    Ok(over_draws(a / b, &without))
}

/// What came out of an alignment and of that of students of noise alone.
pub(crate) fn aligned(
    taught: std::result::Result<Estimate, String>,
    expected: Option<f64>,
    noise_alone: std::result::Result<Estimate, String>,
) -> PointOutcome {
    match (taught, noise_alone) {
        (Ok(estimate), Ok(chance)) => {
            PointOutcome::Value { estimate, expected, chance: Some(chance.value) }
        }
        (Err(message), _) | (_, Err(message)) => PointOutcome::Error { message },
    }
}

/// Mean over draws, with its interval.
pub(crate) fn mean_over_draws(draws: impl Iterator<Item = f64>) -> Estimate {
    consilience_inference::mean_over_draws(&draws.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_nothing_is_none() {
        let found = ratio_of_means(&[(1.0, 2.0), (2.0, 4.0), (0.0, 0.0)]).expect("two that speak");
        assert_eq!(found.value, 0.5);
        let message = ratio_of_means(&[(1.0, 2.0), (0.0, 0.0)]).expect_err("one that speaks");
        assert!(message.contains("in 1 of 2 draws"), "{message}");
        assert!(ratio_of_means(&[(0.0, 0.0); 3]).is_err());
    }
}
