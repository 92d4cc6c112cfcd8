//! Dissimilarities among the rows of one representation: the kinds, and the table of all pairs.
//!
//! Tables are computed in f64 whatever the rows are in: a dissimilarity is a difference, and loses digits that a product has.

mod noise;
mod patterns;

use consilience_statistics::RowSet;
use serde::{Deserialize, Serialize};

use patterns::Patterns;

use crate::{Error, Result};

/// How unlike two rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dissimilarity {
    /// 1 less the Pearson correlation of two rows over units.
    #[default]
    Correlation,
    /// Euclidean distance.
    Euclidean,
    /// Its square.
    SquaredEuclidean,
    /// 1 less the cosine of two rows.
    Cosine,
    /// Squared Mahalanobis distance.
    Mahalanobis,
    /// Cross-validated squared Mahalanobis distance of two stimuli, whose rows are repeats.
    Crossnobis,
}

impl Dissimilarity {
    /// Name in specs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Correlation => "correlation",
            Self::Euclidean => "euclidean",
            Self::SquaredEuclidean => "squared-euclidean",
            Self::Cosine => "cosine",
            Self::Mahalanobis => "mahalanobis",
            Self::Crossnobis => "crossnobis",
        }
    }

    /// Rows that make one condition, between which there are dissimilarities.
    pub(crate) fn rows_per_condition(self, rows: &RowSet) -> usize {
        if self == Self::Crossnobis { rows.rows_per_stimulus() } else { 1 }
    }

    /// Number of conditions.
    pub(crate) fn conditions(self, rows: &RowSet) -> usize {
        rows.n_rows() / self.rows_per_condition(rows)
    }

    /// What is told of these rows by the dissimilarities of all pairs, remembered under the name of what it is.
    ///
    /// The dissimilarities are those of conditions (0, 1), (0, 2) … (1, 2) …, see [`pair`]. Squared ones are relative to the
    /// square of the largest value.
    pub(crate) fn remember<T: Send + Sync + 'static>(
        self,
        id: &'static str,
        rows: &RowSet,
        what: &str,
        of: impl FnOnce(Vec<f64>) -> T,
    ) -> Result<std::sync::Arc<T>> {
        let conditions = self.conditions(rows);
        // Tables are in f64, whatever the rows are in.
        let most = most_conditions(rows.most_remembered::<f64>());
        if conditions > most {
            return Err(Error::TooManyRows { id, found: conditions, most });
        }
        let name = format!("{what} of {} dissimilarities", self.name());
        // What is remembered is never an error: the table is made before.
        if let Some(found) = rows.recall(&name) {
            return Ok(found);
        }
        let table = self.table(id, rows)?;
        Ok(rows.remember(&name, |_| of(table)))
    }

    /// The dissimilarities of all pairs of conditions.
    fn table(self, id: &'static str, rows: &RowSet) -> Result<Vec<f64>> {
        let table = match self {
            Self::Correlation => Patterns::correlation(id, rows)?.table(|s| 0.5 * s),
            Self::Cosine => Patterns::cosine(id, rows)?.table(|s| 0.5 * s),
            Self::SquaredEuclidean => Patterns::centred(rows).table(|s| s),
            Self::Euclidean => {
                let patterns = Patterns::centred(rows);
                let scale = patterns.scale();
                patterns.table(|s| scale * s.sqrt())
            }
            Self::Mahalanobis => noise::whitened(id, rows)?.table(|s| s),
            Self::Crossnobis => noise::cross_validated(id, rows)?,
        };
        if let Some(value) = table.iter().find(|v| !v.is_finite()) {
            let reason =
                format!("a dissimilarity of {} is {value}; rescale the activations", rows.name());
            return Err(Error::Undefined { id, reason });
        }
        Ok(table)
    }
}

/// Where the pair of two different conditions out of n stands.
pub(crate) fn pair(n: usize, a: usize, b: usize) -> usize {
    let (a, b) = (a.min(b), a.max(b));
    a * (2 * n - a - 1) / 2 + b - a - 1
}

/// The greatest number of conditions that have at most so many pairs.
fn most_conditions(pairs: usize) -> usize {
    (1 + 8 * pairs).isqrt().div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(n: usize) -> usize {
        n * n.saturating_sub(1) / 2
    }

    #[test]
    fn pairs_stand_row_after_row() {
        for n in [2, 3, 7] {
            let all = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
            assert!(all.enumerate().all(|(k, (a, b))| pair(n, a, b) == k && pair(n, b, a) == k));
            assert_eq!(pairs(n), pair(n, n - 2, n - 1) + 1);
        }
        assert_eq!((pairs(0), pairs(1)), (0, 0));
        for most in 1..200 {
            let n = most_conditions(most);
            assert!(pairs(n) <= most && most < pairs(n + 1));
        }
    }
}
