//! Sparse prediction over a whole layer: how many units does it take?

use serde::{Deserialize, Serialize};

/// The targets of one side predicted from the units of the other, with an L1 penalty.
///
/// For a standardised target y and sources x: min ½ E(y − wᵀx)² + λ_eff ‖w‖₁. Li et al. minimise a mean over C target
/// channels with λ = λ_eff / C, and print a loss that is half of the unexplained fraction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// Units that predict.
    pub sources: usize,
    /// Units that are predicted: C.
    pub targets: usize,
    /// λ_eff, descending.
    pub penalties: Vec<f64>,
    /// The layer along the penalties, and its controls.
    pub curve: PredictionCurve,
    /// Standard error of the held-out fraction over folds.
    pub held_out_error: Vec<f64>,
    /// Index of the penalty with the least held-out fraction.
    pub best: usize,
    /// Index of the largest penalty within one standard error of it: the one whose weights are listed.
    pub chosen: usize,
    /// Connections of each target at the chosen penalty, sorted, ascending.
    pub sorted_connections: Vec<u32>,
    /// Mean share of a target's L1 mass in its largest weight, at the chosen penalty.
    pub largest_weight_share: Option<f64>,
    /// Share of the weights that are negative, at the chosen penalty.
    pub negative_share: Option<f64>,
    /// Largest duality gap of any problem solved, in units of its target's variance: how far from the optimum it can be.
    pub largest_gap: f64,
    /// Where the layer stands between the controls.
    pub calibration: Calibration,
}

/// Means over targets along the penalties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionCurve {
    /// One point a penalty.
    pub points: Vec<PathPoint>,
}

/// Means over targets at one penalty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathPoint {
    /// The penalty as Li et al. count it: λ_eff / C.
    pub paper_penalty: f64,
    /// Their loss: half of the unexplained fraction.
    pub paper_loss: f64,
    /// Unexplained fraction of variance on the rows fitted on.
    pub unexplained: f64,
    /// The same, held out; `null` for controls, which are not data.
    pub held_out: Option<f64>,
    /// Weights that are not zero.
    pub connections: f64,
    /// Targets with at least one.
    pub alive: usize,
}

/// A copy of the sources whose code is known, with noise: the least unexplained fractions of the real targets, one for each
/// target of the copy (at most 128, drawn at random; other numbers of targets keep the distribution).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// The units in another order: a local code.
    Permuted,
    /// Units turned in small groups: few units.
    BlockRotated,
    /// All units turned together: a distributed code.
    Rotated,
}

/// The curve of a control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlCurve {
    /// Which.
    pub control: Control,
    /// Mean of the best correlation of each target.
    pub semi_matching: f64,
    /// Along the penalties.
    pub curve: PredictionCurve,
}

/// Where a layer stands between its controls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// The controls, from local to distributed.
    pub controls: Vec<ControlCurve>,
    /// Mean unexplained fraction over the penalties above 0, placed between the permuted copy (0) and the rotated
    /// copy (1); `null` if the two do not differ.
    pub distributedness: Option<f64>,
    /// The same for the block-rotated copy.
    pub block_rotated: Option<f64>,
    /// Share of variance that the controls' noise leaves unexplained.
    pub noise: f64,
}
