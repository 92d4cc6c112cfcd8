//! Rows that are no comparison of two recorded representations: a study makes them itself.

use std::fmt::Debug;

use consilience_data::{ActivationSource, Progress, Representation};
use consilience_measures::{DynMeasure, Reads};

use crate::estimate::Growth;
use crate::plan::Cost;
use crate::{Result, Row, StudySpec};

/// What a job may use.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// The whole spec, for seed, folds and measures.
    pub spec: &'a StudySpec,
    /// The recorded activations; without representations where no study of the spec reads any.
    pub source: &'a dyn ActivationSource,
    /// Who hears of progress.
    pub progress: &'a dyn Progress,
    /// Bytes that may be held at once.
    pub memory: Option<u64>,
}

/// A part of a job.
#[derive(Debug)]
pub struct Excerpt {
    /// The part: a job for the same source.
    pub job: Box<dyn Job>,
    /// How many such parts the job is.
    pub times: f64,
    /// How its time grows with the number of stimuli.
    pub growth: Growth,
}

impl Excerpt {
    /// A part that is to its job in time what its steps are to those of the job.
    pub(crate) fn of(whole: &dyn Job, part: impl Job + 'static, growth: Growth) -> Self {
        let times = whole.steps() as f64 / part.steps().max(1) as f64;
        Self { job: Box::new(part), times, growth }
    }
}

/// How the time of some measures grows with the number of stimuli.
pub(crate) fn growth_of(measures: &[Box<dyn DynMeasure>]) -> Growth {
    let of_rows = measures.iter().any(|m| m.reads() == Reads::WholeRows);
    if of_rows { Growth::Quadratic } else { Growth::Linear }
}

/// A piece of work of a study whose rows are computed together, and are there together or are computed again.
pub trait Job: Debug + Send + Sync {
    /// Digests of everything its rows depend on, one a row, in order. They are known before anything is computed.
    fn keys(&self) -> Vec<String>;

    /// How much there is to do, in steps of which the progress hears.
    fn steps(&self) -> u64;

    /// What its steps read and multiply; nothing where they read no activations.
    fn cost(&self, _catalogue: &[Representation], _n_stimuli: usize, _n_blocks: usize) -> Cost {
        Cost::default()
    }

    /// A small part of it, by whose time the whole is estimated.
    fn excerpt(&self) -> Excerpt;

    /// Bytes held at once at the most, within the limit of the setup.
    ///
    /// # Errors
    /// When the least that can be held at once is more than is allowed.
    fn held(&self, setup: &Setup<'_>) -> Result<u64>;

    /// Whether the rows can be made from this source, as far as that can be told before any work.
    ///
    /// # Errors
    /// When the source does not hold what the work needs.
    fn check(&self, _source: &dyn ActivationSource) -> Result<()> {
        Ok(())
    }

    /// The rows, in the order of the keys.
    ///
    /// # Errors
    /// When the work cannot be done at all. What has no value is a row with its error.
    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>>;
}
