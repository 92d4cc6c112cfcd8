//! `sample-size`: a layer of pairs of networks along the number of stimuli.

mod job;
mod ladder;
mod sections;
mod verdicts;

use consilience_data::{ActivationSource, Representation};
use serde::{Deserialize, Serialize};

use self::job::Curve;
use super::selection::Selection;
use crate::{
    Cell, Draws, Error, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow, Table,
};

/// Scores of growing sets of the recorded stimuli.
///
/// The stimuli are put into several random orders; of each order the first n are compared. Nested sets are unions of blocks,
/// so the data is read once and every score is arithmetic on moments that were gathered once an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SampleSize {
    /// Which comparisons.
    #[serde(flatten)]
    pub selection: Selection,
    /// Numbers of stimuli, ascending; the last is what bias is held against. Empty for all of them and their halvings.
    pub stimuli: Vec<usize>,
    /// How often all stimuli are halved where no numbers are given.
    pub halvings: usize,
    /// Random orders of the stimuli.
    pub orders: usize,
    /// Draws from each null at every number of stimuli.
    pub draws: Draws,
    /// How far a score may be from its value at all stimuli and count as settled.
    pub tolerance: f64,
    /// Measures whose bias another measure of the spec is said to take away, with the name of that measure.
    pub debiased: std::collections::BTreeMap<String, String>,
}

impl Default for SampleSize {
    /// Four halvings, ten orders, twenty shuffles, a tolerance of 0.02.
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            stimuli: Vec::new(),
            halvings: 4,
            orders: 10,
            draws: Draws { shuffle: 20, rotation: 0 },
            tolerance: 0.02,
            debiased: std::collections::BTreeMap::new(),
        }
    }
}

const KIND: &str = "sample-size";
/// The score itself.
const SCORE: &str = "score";
/// The score less what it is at all stimuli of the same order.
const BIAS: &str = "bias";

impl SampleSize {
    fn check(&self, spec: &StudySpec) -> Result<()> {
        let problem =
            |problem: String| Err(Error::Spec { place: format!("study `{KIND}`"), problem });
        if self.orders < 2 {
            return problem(format!("orders = {}; expected at least 2", self.orders));
        }
        if !self.stimuli.is_sorted_by(|a, b| a < b) {
            return problem(format!("stimuli = {:?}; expected ascending numbers", self.stimuli));
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return problem(format!("tolerance = {}; expected a number above 0", self.tolerance));
        }
        let named = self.debiased.iter().flat_map(|(a, b)| [a, b]);
        match named.into_iter().find(|m| !spec.measures.contains(m)) {
            Some(m) => problem(format!(
                "debiased names `{m}`, which is not among the measures ({})",
                spec.measures.join(", ")
            )),
            None => Ok(()),
        }
    }
}

impl Study for SampleSize {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn design(&self, _: &[Representation], _: &Groups) -> Result<Vec<Cell>> {
        Ok(Vec::new())
    }

    fn jobs(&self, spec: &StudySpec, source: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
        let catalogue = source.representations();
        self.check(spec)?;
        let places = self.selection.places(KIND, catalogue, &spec.groups)?;
        let job = |place| Ok(Box::new(Curve::new(self, spec, catalogue, place)?) as Box<dyn Job>);
        places.into_iter().map(job).collect()
    }

    fn summaries(&self, _: &Table, _: &StudySpec) -> Vec<SummaryRow> {
        Vec::new()
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        vec![sections::sample_size(self, table, run)]
    }
}
