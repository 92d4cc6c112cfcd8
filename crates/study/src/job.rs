//! Rows that are no comparison of two recorded representations: a study makes them itself.

use std::fmt::Debug;

use consilience_data::{ActivationSource, Progress, Representation};

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

    /// Bytes held at once at the most, of a job that keeps within the limit of the setup; nothing of one that does not.
    ///
    /// # Errors
    /// [`crate::Error::Memory`] where one comparison alone takes more than is allowed.
    fn held(&self, _setup: &Setup<'_>) -> Result<Option<u64>> {
        Ok(None)
    }

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
