//! Rows of `results.jsonl`, the public contract: one JSON object a line.

use std::collections::BTreeMap;

use consilience_data::{Checkpoint, Pooling};
use consilience_inference::{Chance, Estimate, Null};
use consilience_measures::Warning;
use serde::{Deserialize, Serialize};

use crate::{GroupPair, PointRow};

mod units;

pub use units::{UnitsLayerRow, UnitsRow};

/// Version of the format of a row.
pub(crate) const SCHEMA: u32 = 2;

/// A line of the results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "kebab-case")]
pub enum Row {
    /// One cell under one measure.
    Cell(Box<CellRow>),
    /// A quantity over several cells.
    Summary(Box<SummaryRow>),
    /// The units of one layer of two networks.
    Units(Box<UnitsRow>),
    /// The units of one layer of all networks.
    UnitsLayer(Box<UnitsLayerRow>),
    /// A point of a curve that a study made itself.
    Point(Box<PointRow>),
}

impl Row {
    /// Digest of everything the row depends on.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Cell(row) => &row.key,
            Self::Summary(row) => &row.key,
            Self::Units(row) => &row.key,
            Self::UnitsLayer(row) => &row.key,
            Self::Point(row) => &row.key,
        }
    }
}

/// One side of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideFacts {
    /// Network.
    pub network: String,
    /// Name of the checkpoint.
    pub checkpoint: String,
    /// Layer.
    pub layer: String,
    /// Position of the layer, 0 for the first recorded one.
    pub depth: usize,
    /// How maps became rows.
    pub pooling: Pooling,
    /// When in training, and how good the network was.
    pub when: Checkpoint,
    /// Units recorded.
    pub n_units: usize,
}

/// The stimuli that a row is about, and where the maps of its measure were fitted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnSet {
    /// Name of the set; empty where the row is about several.
    pub set: String,
    /// The shift that made it of the stimuli of the store, or the other data set; empty for the stimuli of the store, and where
    /// the row is about several sets.
    pub shift: String,
    /// Severity of the shift; 0 for another data set, and where severities differ.
    pub severity: u8,
    /// Where maps were fitted.
    pub maps: Maps,
    /// Number of sets: 1, or so many as the row is about.
    pub n_sets: usize,
}

/// Where maps were fitted that are evaluated on shifted stimuli.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Maps {
    /// On shifted stimuli too: the others of a cross-validation.
    Refitted,
    /// In distribution: on the unshifted fit stimuli, and evaluated on the shifted versions of the held-out ones.
    AsFitted,
    /// On the stimuli that they are evaluated on: nothing is held out.
    InSample,
    /// The measure fits none.
    None,
}

impl std::fmt::Display for Maps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Refitted => "refitted",
            Self::AsFitted => "as fitted",
            Self::InSample => "in sample",
            Self::None => "no map",
        })
    }
}

/// A cell under a measure: the score with its uncertainty and chance levels, or the error that stood in the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellRow {
    /// Version of this format.
    pub schema: u32,
    /// Digest of inputs, spec, split, seed and the measure's revision.
    pub key: String,
    /// Study that asked for the cell.
    pub study: String,
    /// First representation.
    pub x: SideFacts,
    /// Second representation.
    pub y: SideFacts,
    /// Which stimuli, where it is about others than those of the store, or about maps in sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<OnSet>,
    /// Stimuli.
    pub n_stimuli: usize,
    /// Rows compared: stimuli, or stimuli times positions.
    pub n_samples: usize,
    /// Canonical spec of the measure.
    pub measure: String,
    /// Its revision.
    pub revision: u32,
    /// What the score was fitted and scored on: `5-fold`, `in-sample` or `all stimuli`; `5-fold, fitted in distribution` where it
    /// was scored on shifted stimuli.
    pub split: String,
    /// What came out.
    pub outcome: Outcome,
    /// Caveats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// What came out of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A score.
    Score {
        /// The score with its interval.
        estimate: Estimate,
        /// The mean of the score over all orders of the stimuli of y, where it has a closed form: exact, without a draw.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_by_chance: Option<f64>,
        /// Where it stands against each null.
        chance: Vec<Chance>,
        /// The scores under each null, draw by draw.
        draws: BTreeMap<Null, Vec<f64>>,
    },
    /// The cell failed; the study went on.
    Error {
        /// What was found, expected, and what to do.
        message: String,
    },
}

/// What a summary is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Mean score over pairs of networks.
    MeanOverPairs,
    /// Mean score after epoch 1 as a share of the mean score at the last checkpoint.
    ShareAfterEpochOne,
    /// Mean score before training as a share of the mean score at the last checkpoint.
    ShareUntrained,
    /// Mean accuracy after epoch 1 as a share of the mean accuracy at the last checkpoint.
    AccuracyShareAfterEpochOne,
    /// Share of the final score that is there after epoch 1, less the share of the final accuracy.
    ShareAheadOfAccuracy,
    /// What the mean score at the last checkpoint is above the mean of its null: a rotated basis for matchings, shuffled
    /// stimuli otherwise.
    FinalExcess,
    /// What the mean score after epoch 1 is above its chance level, as a share of the same at the last checkpoint. There is
    /// no such share where the interval of the final excess reaches 0. Its chance level is 0.
    ShareAboveChanceAfterEpochOne,
    /// The same before training.
    ShareAboveChanceUntrained,
    /// Mean over networks of the score of a network with itself at its last checkpoint.
    OwnEndState,
    /// Mean score over pairs of networks, each at a checkpoint of its own.
    CrossedCheckpoints,
    /// Mean score of a network after epoch 1 with another at its last checkpoint, either way round, as a share of the mean
    /// score of two at their last checkpoint.
    CrossedShareAfterEpochOne,
    /// The best of the mean scores of all pairs of layers, with the chance level of a best of so many.
    BestLayerPair,
    /// Geometric mean of the mean scores within two groups: how alike two trainings of the same network are.
    SeedCeiling,
    /// Mean score between two groups as a share of their seed-to-seed ceiling.
    ShareOfSeedCeiling,
    /// Share of layers whose best partner in the other network is the one nearest in proportional depth: the mean of the
    /// next two.
    HierarchicalCorrespondence,
    /// The same of layers of the first networks only.
    CorrespondenceFromX,
    /// The same of layers of the second networks only.
    CorrespondenceFromY,
    /// Proportional depth, 0 to 1, of the best partner of a layer, the mean over pairs. The layer is `layer_x` or `layer_y`,
    /// the other of the two is empty.
    BestPartnerDepth,
    /// Score from an earlier layer (`layer_x`) to a later one (`layer_y`), less the score from the later to the earlier.
    Asymmetry,
    /// Mean score of pairs whose networks have the same level of a factor.
    MeanOfSameLevel,
    /// Mean score of pairs whose networks have different levels of a factor.
    MeanOfDifferentLevels,
    /// How much higher the score of pairs with the same level of a factor is, the other factors held.
    FactorEffect,
    /// Share of the variance over pairs that is lost without a factor, the other factors kept.
    FactorShare,
    /// Mean score of pairs whose networks both have one level of a factor.
    MeanWithinLevel,
    /// How much higher the score of pairs of one level of a factor is than that of pairs of different levels, the other
    /// factors held.
    LevelEffect,
    /// The greatest effect of a level of a factor less the smallest: how much more alike networks of one level are among
    /// themselves than those of another.
    LevelSpread,
    /// Share of the variance over pairs that all factors explain together.
    FactorsTogether,
    /// Mean score over all shifts of one severity and pairs of networks.
    MeanOverShifts,
    /// What a set of shifted stimuli takes of the mean score, as a share of it: 1 less their ratio.
    RelativeDrop,
    /// Spearman's correlation, over sets, of the relative drop of a layer with the networks' loss of accuracy.
    DropWithAccuracy,
    /// Slope of the relative drop over proportional depth, mean over sets: how much more the last layer loses than the first.
    DropWithDepth,
    /// What a step of severity adds to the slope over depth, within shifts: the interaction of depth and severity.
    DropWithDepthAndSeverity,
    /// Spearman's correlation, over sets, of the slope over depth with the networks' loss of accuracy.
    DropWithDepthAndAccuracy,
    /// Relative drop of a layer, mean over shifted sets, at one of several checkpoints.
    MeanDrop,
    /// What shifts take of the accuracy of the networks, mean over shifted sets, at one of several checkpoints.
    LossOfAccuracy,
    /// The mean drop of a layer at the last checkpoint less that at the first.
    MeanDropAlongTraining,
    /// The slope of the drop over depth at the last checkpoint less that at the first.
    DropWithDepthAlongTraining,
    /// The interaction of depth and severity at the last checkpoint less that at the first.
    DropWithDepthAndSeverityAlongTraining,
}

/// A quantity over the cells of several pairs of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryRow {
    /// Version of this format.
    pub schema: u32,
    /// Digest of the rows it summarises.
    pub key: String,
    /// Study.
    pub study: String,
    /// What it is.
    pub quantity: Quantity,
    /// Canonical spec of the measure; empty where there is none (accuracy).
    pub measure: String,
    /// Layer of the first networks; empty where there is none.
    pub layer_x: String,
    /// Layer of the second networks.
    pub layer_y: String,
    /// How maps became rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pooling: Option<Pooling>,
    /// Name of the checkpoint; empty where several take part.
    pub checkpoint: String,
    /// Name of the checkpoint of the second networks, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_y: Option<String>,
    /// Steps and epochs of the checkpoint, with the mean accuracy of the networks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Checkpoint>,
    /// Groups of the first and of the second networks, where the spec has groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: GroupPair,
    /// The factor, where the value is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<String>,
    /// The level of the factor that both networks have, where the value is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Which stimuli, where it is about others than those of the store, or about maps in sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<OnSet>,
    /// Number of values that this is the best of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_of: Option<usize>,
    /// Networks.
    pub n_networks: usize,
    /// Pairs of networks.
    pub n_pairs: usize,
    /// The value, with an interval from the bootstrap over networks.
    pub estimate: Estimate,
    /// Where the value stands against each null of it. A mean over pairs has q-values over its table: all means of the
    /// study under this measure, at this checkpoint, against this null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chance: Vec<Chance>,
}
