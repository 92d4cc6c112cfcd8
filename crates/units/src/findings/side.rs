//! What is known of each unit of one side.

use consilience_data::ReceptiveField;
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::Quantised;

/// The units of one representation. Every list but the marked ones has an entry a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideFindings {
    /// Units recorded.
    pub n_units: usize,
    /// Whether a unit varies.
    pub state: Vec<UnitState>,
    /// Mean activation over all rows.
    pub mean: Vec<f32>,
    /// Standard deviation (divisor n).
    pub deviation: Vec<f32>,
    /// Share of rows in which the value is exactly 0.
    pub zeros: Vec<f32>,
    /// Mean activations sorted, descending: the spectrum. Not in the order of the units.
    pub spectrum: Vec<f32>,
    /// The stimuli that drive a unit most, the strongest first; a stimulus once, at its strongest position.
    pub top: Vec<Vec<TopStimulus>>,
    /// Where in the image a position looks; `null` if the store does not know.
    pub receptive_field: Option<ReceptiveField>,
    /// A few rows for scatter plots.
    pub sample: Sample,
    /// The unit of the other side with the largest correlation (semi-matching).
    pub semi: Vec<Option<Partner>>,
    /// The partner in the one-to-one matching with the largest sum of correlations.
    pub matched: Vec<Option<Partner>>,
    /// The units of the other side with the largest correlations, the largest first: unit and correlation.
    pub candidates: Vec<Vec<(u32, f32)>>,
    /// Soft matching: where the mass of a unit goes, the largest share first.
    pub soft: Vec<Vec<SoftPartner>>,
    /// Partial matching: where the mass that is left goes; empty for a unit that takes no part.
    pub partial: Vec<Vec<SoftPartner>>,
    /// The unit of the other side with the largest mutual information, with its nats; empty if not estimated.
    pub information: Vec<Option<(u32, f32)>>,
    /// Share of the other networks through which the unit's matching comes back to its partner: x → k → y against
    /// x → y; `null` with two networks.
    pub cycle: Vec<Option<f32>>,
    /// Share of the earlier checkpoints at which the unit has the partner of the last one; `null` if there are none.
    pub checkpoints: Vec<Option<f32>>,
    /// The name of the first checkpoint from which on the partner stays the same.
    pub settled: Vec<Option<String>>,
    /// How the unit is predicted from units of the other side, along the penalties.
    pub path: Vec<Option<UnitPath>>,
    /// The units of the other side that predict it at the chosen penalty, the largest magnitude first.
    pub predictors: Vec<Vec<Weight>>,
    /// Index of its cluster.
    pub cluster: Vec<Option<u32>>,
    /// Verdict with the numbers behind it; `null` for a unit that does not vary.
    pub verdict: Vec<Option<Verdict>>,
}

/// Whether a unit varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitState {
    /// It takes more than one value.
    Varies,
    /// It has one value other than 0 for all stimuli.
    Constant,
    /// It is 0 for all stimuli.
    Dead,
}

/// A stimulus that drives a unit: index of the stimulus, index of the position (0 where there is one), value.
pub type TopStimulus = (u32, u32, f32);

/// A seeded sample of rows, the same rows for x and y.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Stimulus of each row. Not one an entry a unit.
    pub stimuli: Vec<u32>,
    /// Position of each row.
    pub positions: Vec<u32>,
    /// Smallest value of each unit in the sample: what 0 stands for.
    pub low: Vec<f32>,
    /// Largest value of each unit in the sample: what 1 stands for.
    pub high: Vec<f32>,
    /// Units × rows, each unit scaled to 0…1.
    pub values: Quantised,
}

/// A partner of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// Unit of the other side.
    pub unit: u32,
    /// Pearson correlation with it, −1 to 1.
    pub r: f32,
    /// r (|r| where partners are chosen by it) less that of the best other candidate; negative where the matching had to
    /// give the best one to another unit. `null` if there is no other candidate.
    pub margin: Option<f32>,
    /// Share of half-splits of the blocks in which the same partner is found, 0 to 1; `null` with one block.
    pub stability: Option<f32>,
    /// Whether another unit of the other side has the very same correlation: the choice is the first of equals.
    pub tie: bool,
}

/// Unit of the other side, and the share of the unit's own mass that goes there, 0 to 1.
pub type SoftPartner = (u32, f32);

/// Unit of the other side and its weight on standardised units.
pub type Weight = (u32, f32);

/// How a unit is predicted, along [`crate::Prediction::penalties`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitPath {
    /// Fraction of its variance left unexplained on the rows that weights were fitted on.
    pub unexplained: Vec<f32>,
    /// The same, held out.
    pub held_out: Vec<f32>,
    /// Weights that are not zero.
    pub connections: Vec<u32>,
}
