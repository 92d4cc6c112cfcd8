//! Numbers that a fit settled on, beside the score.

use serde::Serialize;

/// A number that a fit settled on; in a comparison the mean over folds, and over directions where there are two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Detail {
    /// What is counted or chosen.
    pub quantity: Quantity,
    /// The number.
    pub value: f64,
}

/// What a [`Detail`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Source units with a weight that is not zero, for a target unit on average.
    Connections,
    /// Decimal logarithm of the penalty, on average over targets where each has its own.
    Log10Penalty,
    /// Latent components of the map.
    Components,
    /// Share of the units' mass that is matched.
    Mass,
    /// Mean of the score over all orders of the stimuli of y; exact, without a draw. Rows count as stimuli.
    ExpectedByChance,
}

impl Quantity {
    /// Name in prose.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections of a predicted unit",
            Self::Log10Penalty => "log10 of the penalty",
            Self::Components => "components",
            Self::Mass => "matched mass",
            Self::ExpectedByChance => "expected by chance",
        }
    }
}

/// The mean of each quantity, in the order in which they first occur.
pub(crate) fn mean(all: impl IntoIterator<Item = Detail>) -> Vec<Detail> {
    let mut sums: Vec<(Detail, f64)> = Vec::new();
    for detail in all {
        match sums.iter_mut().find(|(sum, _)| sum.quantity == detail.quantity) {
            Some((sum, n)) => {
                sum.value += detail.value;
                *n += 1.0;
            }
            None => sums.push((detail, 1.0)),
        }
    }
    sums.into_iter().map(|(sum, n)| Detail { value: sum.value / n, ..sum }).collect()
}
