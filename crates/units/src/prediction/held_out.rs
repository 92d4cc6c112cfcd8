//! What is left unexplained on rows that weights were not fitted on.

use consilience_linalg::{Mat, scaled};

use super::direction::Direction;

/// The rows of an eval set, in the units in which weights were fitted: divided by the deviations of the fit set, about its means.
pub(crate) struct Eval {
    n: f64,
    scatter: Mat<f64>,
    cross: Mat<f64>,
    /// How far the means are from those of the fit set.
    source_shift: Vec<f64>,
    target_shift: Vec<f64>,
    target_squares: Vec<f64>,
    target_variance: Vec<f64>,
}

impl Eval {
    pub(crate) fn new(fit: &Direction, eval: &Direction) -> Self {
        // What did not vary in the fit set has no weight, so its scale does not matter.
        let deviations = |norms: &[f64]| -> Vec<f64> {
            let root = fit.n.sqrt();
            norms.iter().map(|&norm| if norm > 0.0 { norm / root } else { 1.0 }).collect()
        };
        let inverse = |d: &[f64]| -> Vec<f64> { d.iter().map(|d| d.recip()).collect() };
        let (sources, targets) = (deviations(&fit.source_norm), deviations(&fit.target_norm));
        let (by_source, by_target) = (inverse(&sources), inverse(&targets));
        let shift = |eval: &[f64], fit: &[f64], scale: &[f64]| -> Vec<f64> {
            eval.iter().zip(fit).zip(scale).map(|((e, f), s)| (e - f) * s).collect()
        };
        let squares = eval.target_norm.iter().zip(&by_target).map(|(norm, s)| (norm * s).powi(2));
        Self {
            n: eval.n,
            scatter: scaled(eval.scatter.as_ref(), &by_source, &by_source),
            cross: scaled(eval.cross.as_ref(), &by_source, &by_target),
            source_shift: shift(&eval.source_mean, &fit.source_mean, &by_source),
            target_shift: shift(&eval.target_mean, &fit.target_mean, &by_target),
            target_squares: squares.collect(),
            target_variance: targets.iter().map(|d| d * d).collect(),
        }
    }

    /// Sum of squared errors of the prediction of a target by weights on standardised units, in the target's own units.
    pub(crate) fn error(&self, target: usize, weights: &[(usize, f64)]) -> f64 {
        let (mut linear, mut quadratic) = (0.0, 0.0);
        let mut shift = self.target_shift[target];
        for &(i, w) in weights {
            let column = self.scatter.col_as_slice(i);
            quadratic += w * weights.iter().map(|&(k, v)| v * column[k]).sum::<f64>();
            linear += w * self.cross[(i, target)];
            shift -= w * self.source_shift[i];
        }
        let squares = self.target_squares[target] - 2.0 * linear + quadratic;
        self.target_variance[target] * (squares.max(0.0) + self.n * shift * shift)
    }

    /// Sum of squares of a target about its mean over the eval set, in its own units.
    pub(crate) fn total(&self, target: usize) -> f64 {
        self.target_variance[target] * self.target_squares[target]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moments of rows by plain loops: two sources, one target.
    fn direction(rows: &[[f64; 3]]) -> Direction {
        let n = rows.len() as f64;
        let mean: Vec<f64> = (0..3).map(|u| rows.iter().map(|r| r[u]).sum::<f64>() / n).collect();
        let product = |a: usize, b: usize| -> f64 {
            rows.iter().map(|r| (r[a] - mean[a]) * (r[b] - mean[b])).sum()
        };
        Direction {
            n,
            source_mean: mean[..2].to_vec(),
            target_mean: mean[2..].to_vec(),
            source_norm: (0..2).map(|u| product(u, u).sqrt()).collect(),
            target_norm: vec![product(2, 2).sqrt()],
            scatter: Mat::from_fn(2, 2, product),
            cross: Mat::from_fn(2, 1, |i, _| product(i, 2)),
        }
    }

    #[test]
    fn errors_from_moments_are_those_of_the_rows() {
        let rows = |first: usize, n: usize| -> Vec<[f64; 3]> {
            let value = |k: usize| {
                let t = k as f64;
                [(0.7 * t).sin() + 2.0, (1.3 * t).cos() * 3.0, (0.4 * t).sin() - (1.3 * t).cos()]
            };
            (first..first + n).map(value).collect()
        };
        let (fit_rows, eval_rows) = (rows(0, 12), rows(12, 7));
        let (fit, eval) = (direction(&fit_rows), direction(&eval_rows));
        let weights = [(0, 0.4), (1, -0.7)];
        let deviation = |norm: f64| norm / fit.n.sqrt();
        let predict = |row: &[f64; 3]| {
            let z = |i: usize| (row[i] - fit.source_mean[i]) / deviation(fit.source_norm[i]);
            fit.target_mean[0] + deviation(fit.target_norm[0]) * (0.4 * z(0) - 0.7 * z(1))
        };
        let expected: f64 = eval_rows.iter().map(|row| (row[2] - predict(row)).powi(2)).sum();
        let eval = Eval::new(&fit, &eval);
        assert!((eval.error(0, &weights) - expected).abs() < 1e-12 * expected);
        let mean = eval_rows.iter().map(|r| r[2]).sum::<f64>() / 7.0;
        let total: f64 = eval_rows.iter().map(|r| (r[2] - mean).powi(2)).sum();
        assert!((eval.total(0) - total).abs() < 1e-12 * total);
    }
}
