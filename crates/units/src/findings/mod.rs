//! What is found out, as plain data: the rows of results hold it, and a report draws it without computing.
//!
//! Lists over units have one entry a unit of the recorded layer, in its order, dead units included; what is undefined for a unit
//! is `null`. Numbers of single units are rounded to f32. *Other side*: y for the units of x, and x for those of y.

mod clusters;
mod layer;
mod matching;
mod prediction;
mod side;
mod subspaces;
mod verdicts;

use serde::{Deserialize, Serialize};

pub use clusters::{Cluster, Clusters, Cut, Merge};
pub use layer::{CycleShare, LayerFindings, NetworkSpectrum, Triple};
pub use matching::{Agreement, MatchKind, Matching, PartialMatching, Summary};
pub use prediction::{Calibration, Control, ControlCurve, PathPoint, Prediction, PredictionCurve};
pub use side::{
    Partner, Sample, SideFindings, SoftPartner, TopStimulus, UnitPath, UnitState, Weight,
};
pub use subspaces::{EpsilonMatch, SimpleMatch, Subspaces};
pub use verdicts::{Shares, Verdict, VerdictKind};

use crate::{Parameters, Quantised};

/// A part of the findings, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part<T> {
    /// It was found.
    Found(T),
    /// It is undefined here; why, and what to do.
    Undefined(String),
}

impl<T> Part<T> {
    /// What was found, if anything was.
    #[must_use]
    pub fn found(&self) -> Option<&T> {
        match self {
            Self::Found(value) => Some(value),
            Self::Undefined(_) => None,
        }
    }
}

/// All that is found out about the units of two representations x and y of the same stimuli.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// Parameters, all defaults filled in.
    pub parameters: Parameters,
    /// Blocks of stimuli that resamplings and folds are made of.
    pub blocks: usize,
    /// The units of x, and what is known of each.
    pub x: SideFindings,
    /// The units of y.
    pub y: SideFindings,
    /// Correlations, as pictures.
    pub correlation: Correlations,
    /// Who corresponds to whom, over the whole layer.
    pub matching: Part<Matching>,
    /// Mutual information against correlation.
    pub information: Part<Information>,
    /// Units of y predicted from few units of x.
    pub y_from_x: Part<Prediction>,
    /// Units of x predicted from few units of y.
    pub x_from_y: Part<Prediction>,
    /// Clusters of the units of both.
    pub clusters: Part<Clusters>,
    /// Spaces that several units span together.
    pub subspaces: Part<Subspaces>,
    /// Shares of the verdicts.
    pub shares: Part<Shares>,
}

/// Pearson correlations between units, −1 to 1, quantised. A unit that does not vary has 0 with every other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correlations {
    /// Units of x with units of x.
    pub x: Quantised,
    /// Units of y with units of y.
    pub y: Quantised,
    /// Units of x (rows) with units of y (columns).
    pub between: Quantised,
    /// Units of x in the order in which the cycles of the one-to-one matching are followed (as Li et al. draw them where
    /// widths are equal; elsewhere by falling correlation with the partner), unmatched ones last.
    pub order_x: Vec<u32>,
    /// Units of y in the order of their partners, unmatched ones last: then the diagonal is the matching.
    pub order_y: Vec<u32>,
    /// Units of x whose units of equal index are partners in turn: one cycle after the other. Only for equal widths.
    pub cycles: Vec<Vec<u32>>,
}

/// Mutual information between units of x and y, in nats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Information {
    /// Rows it was estimated on, a seeded sample of all.
    pub rows: usize,
    /// Largest information of each unit of x with a unit of y (bias taken off), sorted, descending.
    pub sorted_x: Vec<f32>,
    /// The same of each unit of y.
    pub sorted_y: Vec<f32>,
    /// Share of the units of x whose partner by information is their partner by correlation.
    pub same_partner_x: f64,
    /// The same for y.
    pub same_partner_y: f64,
    /// Of the eight units of x with the largest correlation, how many have the same partner by information.
    pub best_eight_same: usize,
    /// How many units of x that is out of: eight, or all there are.
    pub best_eight: usize,
    /// Spearman's rank correlation between information and correlation of partners, over units of x.
    pub rank_correlation: Option<f64>,
    /// Largest information of a unit of x when the rows of y are in random order: the level of chance (mean, largest).
    pub chance: (f32, f32),
}
