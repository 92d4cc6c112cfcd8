//! How two tables of dissimilarities are compared.

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use super::kendall::orders;
use super::pairing::Pairing;
use super::ranks::{centred_products, doubled_ranks};
use super::{Rsa, values};
use crate::dissimilarity::pair;
use crate::{Error, Info, Measure, Result, chance};

/// How two tables of dissimilarities are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparator {
    /// Spearman's rank correlation, equal dissimilarities at their mean rank.
    #[default]
    Spearman,
    /// Pearson's correlation.
    Pearson,
    /// Kendall's rank correlation, ties in the denominator.
    KendallA,
    /// Kendall's rank correlation, ties taken out of the denominator.
    KendallB,
    /// The mean of Spearman's correlation over all ways to break ties.
    RhoA,
    /// The cosine.
    Cosine,
    /// The cosine after whitening by the covariance that dissimilarities have of each other.
    WhitenedCosine,
    /// The same after the mean dissimilarity is subtracted.
    WhitenedPearson,
}

/// Relative spread below which dissimilarities are one and the same value and rounding.
const SPREAD: f64 = 1e-11;

/// Terms that are added up before they are added to the rest.
const TERMS: usize = 4096;

impl Comparator {
    pub(super) fn score(self, rsa: &Rsa, rows: &RowPair<'_>, pairing: &Pairing) -> Result<f64> {
        match self {
            Self::Spearman | Self::KendallA | Self::KendallB | Self::RhoA => {
                let ranks = |side| {
                    rsa.rdm.remember(INFO.id, side, "ranks", |values| doubled_ranks(&values))
                };
                let (x, y) = (ranks(rows.x)?, ranks(rows.y)?);
                self.of_ranks(&x, &pairing.beside_x(&y))
            }
            _ => {
                let (x, y) = (values(rsa, rows.x)?, values(rsa, rows.y)?);
                self.of_values(&x, &pairing.beside_x(&y), pairing.conditions)
            }
        }
    }

    fn of_ranks(self, x: &[u32], y: &[u32]) -> Result<f64> {
        let m = x.len() as f64;
        match self {
            Self::KendallA => {
                let counts = orders(x, y);
                Ok(counts.excess as f64 / counts.pairs as f64)
            }
            Self::KendallB => {
                let counts = orders(x, y);
                let untied = |tied: u64| (counts.pairs - tied) as f64;
                ratio(counts.excess as f64, untied(counts.tied_x), untied(counts.tied_y))
            }
            Self::RhoA => Ok(3.0 * centred_products(x, y) as f64 / (m * (m * m - 1.0))),
            _ => {
                let sum = |a: &[u32], b: &[u32]| centred_products(a, b) as f64;
                ratio(sum(x, y), sum(x, x), sum(y, y))
            }
        }
    }

    fn of_values(self, x: &[f64], y: &[f64], conditions: usize) -> Result<f64> {
        let (x, y) = (Table::of(x, self.centres()), Table::of(y, self.centres()));
        if !self.whitens() {
            return ratio(x.products(&y), x.squares(), y.squares());
        }
        let (a, b) = (Margins::of(&x, conditions), Margins::of(&y, conditions));
        ratio(a.whitened(x.products(&y), &b), a.squares(&x), b.squares(&y))
    }

    fn centres(self) -> bool {
        matches!(self, Self::Pearson | Self::WhitenedPearson)
    }

    fn whitens(self) -> bool {
        matches!(self, Self::WhitenedCosine | Self::WhitenedPearson)
    }

    /// The mean over all orders of the conditions of y. Every order has each pair of conditions in the place of each other
    /// one equally often, so that what is centred, or counts pairs of places in either order, has mean 0.
    pub(super) fn expected(self, rsa: &Rsa, rows: &RowPair<'_>, pairing: &Pairing) -> Option<f64> {
        if !matches!(self, Self::Cosine | Self::WhitenedCosine) {
            return Some(0.0);
        }
        let (x, y) = (values(rsa, rows.x).ok()?, values(rsa, rows.y).ok()?);
        let (x, y) = (Table::of(&x, false), Table::of(&y, false));
        if self.whitens() {
            let n = pairing.conditions;
            let (a, b) = (Margins::of(&x, n), Margins::of(&y, n));
            let norms = (a.squares(&x).sqrt(), b.squares(&y).sqrt());
            // A doubly centred table has the trace −total / n; the signs cancel.
            let traces = (a.total / n as f64, b.total / n as f64);
            return chance::of_aligned_kernels(n, traces, norms);
        }
        let norms = x.squares().sqrt() * y.squares().sqrt();
        let m = x.values.len() as f64;
        (norms > 0.0).then(|| m * mean(x.values) * mean(y.values) / norms)
    }
}

/// Dissimilarities less a constant.
struct Table<'a> {
    values: &'a [f64],
    less: f64,
}

impl<'a> Table<'a> {
    fn of(values: &'a [f64], centre: bool) -> Self {
        Self { values, less: if centre { mean(values) } else { 0.0 } }
    }

    /// Sum over pairs.
    fn products(&self, other: &Self) -> f64 {
        sum(self.values, other.values, |a, b| (a - self.less) * (b - other.less))
    }

    /// Sum of squares; 0 where there is nothing but rounding about a mean.
    fn squares(&self) -> f64 {
        let (squares, rounding) = (self.products(self), self.less.abs() * SPREAD);
        if squares <= rounding * rounding * self.values.len() as f64 { 0.0 } else { squares }
    }
}

const INFO: &Info = Rsa::INFO;

/// `between / √(x y)`, in the range of a correlation.
fn ratio(between: f64, x: f64, y: f64) -> Result<f64> {
    for (side, own) in [("x", x), ("y", y)] {
        if own <= 0.0 {
            let reason = format!(
                "all dissimilarities of {side} are equal, or 0; use more stimuli, or another rdm"
            );
            return Err(Error::Undefined { id: INFO.id, reason });
        }
    }
    Ok((between / (x.sqrt() * y.sqrt())).clamp(-1.0, 1.0))
}

/// Sums over the rows of the symmetric table of a side.
struct Margins {
    rows: Vec<f64>,
    total: f64,
}

impl Margins {
    fn of(table: &Table<'_>, conditions: usize) -> Self {
        let mut rows = vec![0.0; conditions];
        for i in 0..conditions {
            for j in i + 1..conditions {
                let value = table.values[pair(conditions, i, j)] - table.less;
                rows[i] += value;
                rows[j] += value;
            }
        }
        let total = rows.iter().sum();
        Self { rows, total }
    }

    /// Inner product of the doubly centred tables, with 0 on the diagonals before, from the sum of products over pairs.
    fn whitened(&self, products: f64, other: &Self) -> f64 {
        let n = self.rows.len() as f64;
        let rows: f64 = self.rows.iter().zip(&other.rows).map(|(a, b)| a * b).sum();
        2.0 * products - 2.0 / n * rows + self.total / n * (other.total / n)
    }

    /// Sum of squares of the doubly centred table; 0 where cancellation leaves nothing but rounding.
    fn squares(&self, table: &Table<'_>) -> f64 {
        let products = table.products(table);
        let white = self.whitened(products, self);
        let size = products.max(table.less * table.less * table.values.len() as f64);
        if white <= SPREAD * SPREAD * size { 0.0 } else { white }
    }
}

fn mean(values: &[f64]) -> f64 {
    sum(values, values, |v, _| v) / values.len() as f64
}

/// Sum over places, in parts, so that few roundings add up.
fn sum(a: &[f64], b: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let parts = a.chunks(TERMS).zip(b.chunks(TERMS));
    parts.map(|(a, b)| a.iter().zip(b).map(|(&a, &b)| term(a, b)).sum::<f64>()).sum()
}
