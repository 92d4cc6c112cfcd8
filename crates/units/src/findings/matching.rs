//! Who corresponds to whom, over a whole layer.

use serde::{Deserialize, Serialize};

/// The matchings of a layer. Units that do not vary take no part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Units of x and y that take part.
    pub units: (usize, usize),
    /// One line a kind of matching.
    pub summaries: Vec<Summary>,
    /// Semi-matching against one-to-one matching, from x.
    pub agreement_x: Agreement,
    /// The same from y.
    pub agreement_y: Agreement,
    /// Number of different partners that the units of x have in the semi-matching, and the largest number that share one.
    pub semi_partners_x: (usize, usize),
    /// The same for the units of y.
    pub semi_partners_y: (usize, usize),
    /// How far the one-to-one matching can be from the optimum, in summed correlation, by its dual solution.
    pub matching_gap: f64,
    /// How far the soft matching can be from the optimum, by its dual solution.
    pub soft_gap: f64,
    /// The partial matching.
    pub partial: PartialMatching,
    /// Networks in whose company cycles were followed, without x and y.
    pub through: Vec<String>,
    /// Share of the units of x that come back x → k → y = x → y, mean over the other networks; `null` with two networks.
    pub cycle_share: Option<f64>,
    /// Earlier checkpoints by name, and the share of the units of x that have their last partner there already.
    pub checkpoints: Vec<(String, f64)>,
}

/// A kind of matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchKind {
    /// For each unit of x the best of y.
    SemiX,
    /// For each unit of y the best of x.
    SemiY,
    /// One to one, with the largest sum.
    OneToOne,
    /// Optimal transport between uniform masses.
    Soft,
    /// The part of it that is worth matching.
    Partial,
}

/// One kind of matching over a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Kind.
    pub kind: MatchKind,
    /// Mean correlation of partners (soft and partial: weighted by mass).
    pub mean: f64,
    /// Correlation of each unit with its partner, sorted, descending (soft and partial: mean over its partners).
    pub sorted: Vec<f32>,
    /// The mean under each random order of the stimuli.
    pub shuffled: Vec<f64>,
    /// The mean under each random rotation of y.
    pub rotated: Vec<f64>,
    /// Mean over units of the share of half-splits that find the same partner; `null` where it is not measured.
    pub stability: Option<f64>,
}

/// Semi-matching against one-to-one matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Share of the units that have the same partner in both.
    pub same_partner: f64,
    /// Share of the units that are the first choice of their own first choice.
    pub mutual: f64,
    /// Units with the largest correlations in the semi-matching, the largest first (at most eight).
    pub best: Vec<u32>,
    /// Units with the smallest, the smallest last (at most eight).
    pub worst: Vec<u32>,
}

/// The partial matching: the masses tried and the one that was chosen (Kapoor, Williams & Khosla 2026).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialMatching {
    /// Masses tried, ascending, 0 to 1.
    pub masses: Vec<f64>,
    /// Cost Σ P (1 − r) of each: convex in the mass.
    pub costs: Vec<f64>,
    /// Mass at the corner of that curve: what is worth matching.
    pub mass: f64,
    /// Share of the units of x that keep at least half of their mass.
    pub kept_x: f64,
    /// Share of the units of y that do.
    pub kept_y: f64,
    /// How far the chosen one can be from the optimum, by its dual solution.
    pub gap: f64,
}
