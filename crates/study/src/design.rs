//! What a study is: cells to compare, and what to say of the results.

use std::fmt::Debug;

use consilience_data::{ActivationSource, Representation};

use crate::{Draws, Groups, Job, Result, Run, Section, StudySpec, SummaryRow, Table};

/// A pair of representations to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Index of the first representation in the catalogue.
    pub x: usize,
    /// Index of the second.
    pub y: usize,
    /// Draws from each null.
    pub draws: Draws,
}

/// A kind of study with its parameters.
///
/// A study lists cells and speaks about rows; it computes no score.
pub trait Study: Debug + Send + Sync {
    /// Its kind, which its rows carry.
    fn kind(&self) -> &'static str;

    /// The cells to compare, in the order of their rows. Networks of an earlier group are the first of their pairs.
    ///
    /// # Errors
    /// When the catalogue does not hold what the study needs.
    fn design(&self, catalogue: &[Representation], groups: &Groups) -> Result<Vec<Cell>>;

    /// Whether it reads recorded activations.
    fn reads_activations(&self) -> bool {
        true
    }

    /// Whether it compares by the measures of the spec.
    fn uses_measures(&self) -> bool {
        true
    }

    /// Whether its rows name single stimuli, so that the folder of results has to say which they are.
    fn shows_stimuli(&self) -> bool {
        false
    }

    /// Work whose rows are no comparison of two representations; its rows stand before those of the cells.
    ///
    /// # Errors
    /// When the spec or the source does not hold what the study needs.
    fn jobs(&self, _spec: &StudySpec, _source: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
        Ok(Vec::new())
    }

    /// Quantities over several cells, from finished rows.
    fn summaries(&self, table: &Table, spec: &StudySpec) -> Vec<SummaryRow>;

    /// What to show and say, from finished rows.
    fn sections(&self, table: &Table, run: &Run) -> Vec<Section>;
}
