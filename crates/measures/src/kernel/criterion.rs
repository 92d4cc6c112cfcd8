//! The independence criterion of two kernels, and their alignment.

use consilience_statistics::RowPair;

use super::values::Kernel;

/// Below this part of the sum of products a criterion is what rounding left.
const ROUNDING: f64 = 1e-12;

/// How the criterion is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Estimator {
    /// Of Gretton et al.: whole kernels, doubly centred.
    Biased,
    /// Of Song et al.: diagonals left out.
    Unbiased,
}

impl Estimator {
    pub(super) fn fewest_stimuli(self) -> usize {
        match self {
            Self::Biased => 2,
            Self::Unbiased => 4,
        }
    }

    /// The criterion, times a number that depends on n alone, of kernels without their diagonals: the sum of the products of
    /// their entries, that of the products of their row sums, and the product of their totals.
    pub(crate) fn criterion(self, n: f64, products: f64, row_sums: f64, totals: f64) -> f64 {
        match self {
            Self::Biased => products - 2.0 / n * row_sums + totals / (n * n),
            Self::Unbiased => {
                products + totals / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * row_sums
            }
        }
    }
}

/// Two kernels of the same stimuli.
pub(super) struct Criterion<'a> {
    pub(super) x: &'a Kernel,
    pub(super) y: &'a Kernel,
    pub(super) rows: &'a RowPair<'a>,
    pub(super) estimator: Estimator,
}

impl Criterion<'_> {
    /// The alignment, or why there is none.
    pub(super) fn alignment(&self) -> Result<f64, String> {
        let (x, y) = (self.x, self.y);
        let own = |side: &Kernel, name: &str| {
            let value = side.criterion(self.estimator);
            let scale = side.squares() + side.n_rows() as f64 * side.diagonal();
            if value > ROUNDING * scale {
                return Ok(value);
            }
            Err(format!(
                "the criterion of {name} with itself is {:.3e} of what it could be, it has to be positive; use more stimuli or another factor",
                value / scale
            ))
        };
        let (xx, yy) = (own(x, "x")?, own(y, "y")?);
        let products = x.inner_product(y, self.rows);
        let xy = value(self.estimator, x, y, products, |i| self.rows.partner(i));
        let ratio = xy / (xx.sqrt() * yy.sqrt());
        // Cauchy and Schwarz bound both; positive kernels have no negative biased criterion.
        Ok(match self.estimator {
            Estimator::Biased => ratio.clamp(0.0, 1.0),
            Estimator::Unbiased => ratio.clamp(-1.0, 1.0),
        })
    }
}

impl Kernel {
    /// The criterion of a kernel with itself; of the biased one it is the squared norm of the centred kernel.
    pub(super) fn criterion(&self, estimator: Estimator) -> f64 {
        value(estimator, self, self, self.squares(), |i| i)
    }
}

/// The criterion of two kernels, of which row `of(i)` of the second belongs to row i of the first.
fn value(
    estimator: Estimator,
    a: &Kernel,
    b: &Kernel,
    products: f64,
    of: impl Fn(usize) -> usize,
) -> f64 {
    let n = a.n_rows() as f64;
    let (p, q) = match estimator {
        Estimator::Biased => (a.diagonal(), b.diagonal()),
        Estimator::Unbiased => (0.0, 0.0),
    };
    let sums = (0..a.n_rows()).map(|i| (a.sums()[i] + p) * (b.sums()[of(i)] + q));
    let totals = (a.total() + n * p) * (b.total() + n * q);
    estimator.criterion(n, products + n * p * q, sums.sum(), totals)
}
