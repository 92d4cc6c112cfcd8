//! Verdicts on units.

use serde::{Deserialize, Serialize};

/// How a unit stands to the other network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// One unit says nearly all of what the other network knows of it, in a stable match, better than an axis of a rotated
    /// copy would.
    OneToOne,
    /// A few units do.
    FewToOne,
    /// Only many units together do.
    SharedSubspace,
    /// The other network knows little of it.
    Idiosyncratic,
}

/// A verdict with the numbers behind it. Shares of variance are held out; they may be below 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The verdict.
    pub kind: VerdictKind,
    /// Share of its variance explained by all units of the other side (at the best common penalty).
    pub explained: f32,
    /// Share explained by a few of them alone (least squares on the first that enter the path).
    pub by_few: f32,
    /// How many these are.
    pub few: u32,
    /// Share explained by its one-to-one partner alone (unmatched: by its best candidate).
    pub by_one: f32,
    /// Largest correlation that it has under a random order of the stimuli: the 95 % point of its own draws where there are 19 or
    /// more, else of those of all units of its side.
    pub chance_r: Option<f32>,
    /// Largest correlation that it has with a randomly rotated copy of the other side (its standardised units are turned): the
    /// 95 % point, likewise.
    pub rotated_r: Option<f32>,
}

/// Shares of the verdicts among the units that vary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// Units of x: one to one, few to one, shared subspace, idiosyncratic; they sum to 1.
    pub x: [f64; 4],
    /// Units of y.
    pub y: [f64; 4],
    /// The same four shares of x when the standardised units of y are rotated at random: what the axes add. Of at most 128 units
    /// of x, and without asking for stability.
    pub rotated: Option<[f64; 4]>,
}
