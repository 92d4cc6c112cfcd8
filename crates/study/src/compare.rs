//! Two representations under some measures, without a store or a study.

use consilience_data::{ActivationSource, Quiet};
use consilience_measures::{DynMeasure, Naming};
use consilience_statistics::{Blocks, SplitDesign};

use crate::summary::fill_q_values;
use crate::tile::{Context, Task, compute};
use crate::{Cell, ConstantUnits, Draws, Outcome, Result};

/// What fitted maps are scored on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scoring {
    /// K-fold cross-validation.
    Folds(usize),
    /// The stimuli that they were fitted on.
    InSample,
}

/// How two representations are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareOptions {
    /// What fitted maps are scored on.
    pub scoring: Scoring,
    /// Blocks of stimuli, the grain of folds and jackknife.
    pub blocks: usize,
    /// Draws from each null.
    pub draws: Draws,
    /// What to do with constant units.
    pub constant_units: ConstantUnits,
    /// Seed of blocks and nulls.
    pub seed: u64,
}

impl Default for CompareOptions {
    /// Five folds, twenty blocks, no draws, constant units refused, seed 1.
    fn default() -> Self {
        Self {
            scoring: Scoring::Folds(5),
            blocks: 20,
            draws: Draws { shuffle: 0, rotation: 0 },
            constant_units: ConstantUnits::Refuse,
            seed: 1,
        }
    }
}

/// A measure's outcome on two representations.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Compared {
    /// Canonical spec.
    pub measure: String,
    /// What it was fitted and scored on.
    pub split: String,
    /// What exactly the number is.
    pub naming: Naming,
    /// Score or error.
    pub outcome: Outcome,
    /// Caveats.
    pub warnings: Vec<consilience_measures::Warning>,
}

/// Compares the representations `x` and `y` of a source under each measure, in order.
///
/// A measure that has no value here is an outcome with its error. The q-values are over the table of all measures that have
/// one, null by null.
///
/// # Errors
/// When the source cannot be read or the design is impossible.
pub fn compare(
    source: &dyn ActivationSource,
    (x, y): (usize, usize),
    measures: &[Box<dyn DynMeasure>],
    options: &CompareOptions,
) -> Result<Vec<Compared>> {
    let blocks = dealt(source, options.blocks, options.seed)?;
    let (design, split) = match options.scoring {
        Scoring::Folds(k) => (SplitDesign::k_fold(&blocks, k)?, format!("{k}-fold")),
        Scoring::InSample => (SplitDesign::in_sample(&blocks), "in-sample".to_owned()),
    };
    let without = without_each(&design, blocks.len());
    let context = Context {
        source,
        blocks: &blocks,
        versions: 1,
        design: &design,
        without: &without,
        policy: options.constant_units.into(),
        seed: options.seed,
        progress: &Quiet,
    };
    let cell = Cell { x, y, draws: options.draws };
    let tasks: Vec<Task<'_>> =
        measures.iter().map(|m| Task { cell, measure: m.as_ref() }).collect();
    let outcomes = compute(&context, &tasks)?;
    let compared = measures.iter().zip(outcomes).map(|(measure, done)| Compared {
        measure: measure.spec(),
        split: crate::run::split_name(measure.as_ref(), &split),
        naming: measure.naming(),
        outcome: done.outcome,
        warnings: done.warnings,
    });
    let mut compared: Vec<Compared> = compared.collect();
    fill_q_values(compared.iter_mut().map(|c| match &mut c.outcome {
        Outcome::Score { chance, .. } => chance.as_mut_slice(),
        Outcome::Error { .. } => &mut [],
    }));
    Ok(compared)
}

/// The design without each block, for the jackknife. A design that nothing is left of is no replicate: of one block, or of
/// two folds of one block each.
pub(crate) fn without_each(design: &SplitDesign, n_blocks: usize) -> Vec<SplitDesign> {
    let without = (0..n_blocks).map(|block| design.without(block));
    without.filter(|design| !design.splits().is_empty()).collect()
}

/// Smallest number of stimuli worth a block of its own.
const STIMULI_PER_BLOCK: usize = 2;

/// Blocks of a source: as many as asked for, fewer if there are fewer than two stimuli a block.
pub(crate) fn dealt(source: &dyn ActivationSource, n_blocks: usize, seed: u64) -> Result<Blocks> {
    let ids = &source.stimuli().ids;
    let n_blocks = n_blocks.min(ids.len() / STIMULI_PER_BLOCK).max(1);
    Ok(Blocks::hashed(ids, n_blocks, seed)?)
}
