//! A row that is a point of a curve.

use std::collections::BTreeMap;

use consilience_inference::Estimate;
use consilience_measures::Warning;
use serde::{Deserialize, Serialize};

/// A point of a curve: a quantity of some ensemble at one place of an axis, with what theory says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointRow {
    /// Version of this format.
    pub schema: u32,
    /// Digest of everything the point depends on.
    pub key: String,
    /// Study.
    pub study: String,
    /// Which curve it is on: names and values, as `signal-to-noise` and `10`.
    pub series: BTreeMap<String, String>,
    /// What is along the axis.
    pub axis: String,
    /// Where on the axis.
    pub at: f64,
    /// What was measured: the canonical spec of a measure, or the name of a quantity of the study.
    pub quantity: String,
    /// Independent draws.
    pub n_draws: usize,
    /// Pairs of networks a draw.
    pub n_pairs: usize,
    /// What came out.
    pub outcome: PointOutcome,
    /// Caveats, each kind once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// What came out at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointOutcome {
    /// A value.
    Value {
        /// The value with its interval over draws.
        estimate: Estimate,
        /// What theory says, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<f64>,
        /// The chance level: the same of ensembles that have nothing to agree on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chance: Option<f64>,
    },
    /// No value; the study went on.
    Error {
        /// What was found, expected, and what to do.
        message: String,
    },
}

impl PointRow {
    /// The value, where there is one.
    #[must_use]
    pub fn estimate(&self) -> Option<&Estimate> {
        match &self.outcome {
            PointOutcome::Value { estimate, .. } => Some(estimate),
            PointOutcome::Error { .. } => None,
        }
    }

    /// What theory says of the value.
    #[must_use]
    pub fn expected(&self) -> Option<f64> {
        match &self.outcome {
            PointOutcome::Value { expected, .. } => *expected,
            PointOutcome::Error { .. } => None,
        }
    }

    /// The chance level.
    #[must_use]
    pub fn chance(&self) -> Option<f64> {
        match &self.outcome {
            PointOutcome::Value { chance, .. } => *chance,
            PointOutcome::Error { .. } => None,
        }
    }
}
