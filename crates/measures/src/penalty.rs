//! Ridge penalties chosen by cross-validation inside the fit set, from moments.

use consilience_linalg::{Mat, matmul, matmul_atb, row_gram};
use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::directions::directions;
use crate::{Directed, Fold, Result};

/// Exponents of the penalty grid, in tens: from far below to far above any useful penalty.
const GRID: std::ops::RangeInclusive<i32> = -8..=8;

/// Whether target units share a chosen penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Penalty {
    /// One penalty for all: that of the smallest total error.
    #[default]
    Shared,
    /// Each target unit has the penalty of its own smallest error.
    PerTarget,
}

/// `1 / (d + λ)` for the last `rank` eigenvalues, and 0 for those before, which are no directions of the data.
pub(crate) fn shrinkage(eigenvalues: &[f64], rank: usize, penalty: f64) -> Vec<f64> {
    let null = eigenvalues.len() - rank;
    let of = |(i, d): (usize, &f64)| if i < null { 0.0 } else { 1.0 / (d + penalty) };
    eigenvalues.iter().enumerate().map(of).collect()
}

/// The penalty, in units of `scale`, with the smallest squared error over the folds inside the fit set, the larger one on
/// ties: one for all targets, or one for each.
pub(crate) fn choose(
    penalty: Penalty,
    fold: &Fold<'_>,
    forward: bool,
    scale: f64,
) -> Result<Vec<f64>> {
    // Descending, so that the first of equal errors has the larger penalty.
    let grid: Vec<f64> = GRID.rev().map(|k| 10f64.powi(k)).collect();
    let mut errors: Option<Mat<f64>> = None;
    for (fit, eval) in fold.inner() {
        let source = if forward { fold.pair.x } else { fold.pair.y };
        let scatter = source.projected(fit, eval)?;
        let (fit, eval) = (fold.pair.over(fit), fold.pair.over(eval));
        let held_out = HeldOut::new(&fit, &eval, forward, &scatter)?;
        let penalties: Vec<f64> = grid.iter().map(|alpha| alpha * scale).collect();
        let found = match penalty {
            Penalty::Shared => held_out.total_errors(&penalties),
            Penalty::PerTarget => held_out.errors(&penalties),
        };
        errors = Some(errors.map_or_else(|| found.clone(), |sum| sum + &found));
    }
    // Without folds inside the fit set all penalties are as good, and the largest is taken.
    let Some(errors) = errors else { return Ok(vec![grid[0]]) };
    let least = |row: usize| {
        (0..grid.len())
            .fold(0, |best, k| if errors[(row, k)] < errors[(row, best)] { k } else { best })
    };
    Ok((0..errors.nrows()).map(|row| grid[least(row)]).collect())
}

/// A fit and the rows it did not see, in the eigenbasis V of the fit scatter, about the *fit* means: that is how the
/// intercept comes in.
///
/// The map of a penalty is `V F B` with `B = VᵀC` and `F = diag 1/(d + λ)`. With A and E the eval scatter and cross-scatter in
/// that basis, the squared error of target j, less the part that no penalty changes, is
/// `Σ F_i F_k A_ik B_ij B_kj − 2 Σ F_i B_ij E_ij`.
struct HeldOut<'a> {
    eigenvalues: &'a [f64],
    rank: usize,
    /// A without the shift between the means.
    scatter: &'a Mat<f64>,
    /// Root of n times the shift of the source means, in the eigenbasis: A is `scatter + shift shiftᵀ`.
    shift: Vec<f64>,
    b: Mat<f64>,
    e: Mat<f64>,
}

impl<'a> HeldOut<'a> {
    fn new(
        fit: &'a PairMoments,
        eval: &PairMoments,
        forward: bool,
        scatter: &'a Mat<f64>,
    ) -> Result<Self> {
        let epsilon = fit.epsilon;
        let (fit, eval) = (Directed::of(fit, forward), Directed::of(eval, forward));
        let (eigen, rank) = directions(fit.source, epsilon)?;
        let v = eigen.vectors.as_ref();
        let root = (eval.source.n as f64).sqrt();
        let apart = |a: &[f64], b: &[f64]| -> Vec<f64> {
            a.iter().zip(b).map(|(a, b)| root * (a - b)).collect()
        };
        let source_shift = apart(&eval.source.mean, &fit.source.mean);
        let target_shift = apart(&eval.target.mean, &fit.target.mean);
        let along = |i: usize| v.col(i).iter().zip(&source_shift).map(|(v, s)| v * s).sum();
        let shift: Vec<f64> = (0..source_shift.len()).map(along).collect();
        let b = matmul_atb(v, fit.cross);
        let mut e = matmul_atb(v, eval.cross);
        for (j, target) in target_shift.iter().enumerate() {
            for (e, source) in e.col_as_slice_mut(j).iter_mut().zip(&shift) {
                *e += source * target;
            }
        }
        Ok(Self { eigenvalues: &eigen.values, rank, scatter, shift, b, e })
    }

    /// One column a penalty.
    fn factors(&self, penalties: &[f64]) -> Mat<f64> {
        let of = |&penalty: &f64| shrinkage(self.eigenvalues, self.rank, penalty);
        let columns: Vec<Vec<f64>> = penalties.iter().map(of).collect();
        Mat::from_fn(self.shift.len(), penalties.len(), |i, k| columns[k][i])
    }

    /// Errors summed over targets, 1 × penalties. The sum over targets is `A ∘ BBᵀ`: then p² operations a penalty.
    fn total_errors(&self, penalties: &[f64]) -> Mat<f64> {
        let mut quadratic = row_gram(self.b.as_ref());
        for (k, shift_k) in self.shift.iter().enumerate() {
            let a = self.scatter.col_as_slice(k).iter().zip(&self.shift);
            for (entry, (a, shift_i)) in quadratic.col_as_slice_mut(k).iter_mut().zip(a) {
                *entry *= a + shift_i * shift_k;
            }
        }
        let mut linear = vec![0.0; self.shift.len()];
        for j in 0..self.b.ncols() {
            let columns = self.b.col_as_slice(j).iter().zip(self.e.col_as_slice(j));
            linear.iter_mut().zip(columns).for_each(|(sum, (b, e))| *sum += b * e);
        }
        let f = self.factors(penalties);
        let products = matmul(quadratic.as_ref(), f.as_ref());
        Mat::from_fn(1, penalties.len(), |_, k| {
            let column = products.col_as_slice(k).iter().zip(&linear).zip(f.col_as_slice(k));
            column.map(|((q, l), f)| f * (q - 2.0 * l)).sum()
        })
    }

    /// Errors of each target, targets × penalties. A product of p² q operations a penalty.
    fn errors(&self, penalties: &[f64]) -> Mat<f64> {
        let f = self.factors(penalties);
        let mut out = Mat::zeros(self.b.ncols(), penalties.len());
        for k in 0..penalties.len() {
            let f = f.col_as_slice(k);
            let map = Mat::from_fn(f.len(), self.b.ncols(), |i, j| f[i] * self.b[(i, j)]);
            let spread = matmul(self.scatter.as_ref(), map.as_ref());
            for j in 0..map.ncols() {
                let map = map.col_as_slice(j);
                let about_mean: f64 = map.iter().zip(&self.shift).map(|(w, s)| w * s).sum();
                let columns = map.iter().zip(spread.col_as_slice(j)).zip(self.e.col_as_slice(j));
                let error = columns.map(|((w, s), e)| w * (s - 2.0 * e)).sum::<f64>();
                out[(j, k)] = error + about_mean * about_mean;
            }
        }
        out
    }
}
