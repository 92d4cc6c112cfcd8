//! Normal equations, singular ones included.

use consilience_linalg::{Mat, MatRef, cholesky, solve_lower, solve_lower_transposed};

/// Share of its variance below which a source is taken to be determined by others. Rounding leaves some 1e-16 times the
/// number of sources.
pub(crate) const DETERMINED: f64 = 1e-10;

/// A Gram matrix factorised on sources that do not determine one another.
pub(crate) struct LeastSquares {
    /// The sources, in the order of the factor.
    chosen: Vec<usize>,
    /// Lower triangular.
    factor: Mat<f64>,
    size: usize,
}

impl LeastSquares {
    /// Takes all sources if it can, else those that pivoting finds.
    pub(crate) fn new(gram: MatRef<'_, f64>) -> Self {
        let size = gram.nrows();
        if size == 0 {
            return Self { chosen: Vec::new(), factor: Mat::zeros(0, 0), size };
        }
        if let Ok(factor) = cholesky(gram) {
            let kept = |i: usize| factor[(i, i)].powi(2) >= DETERMINED * gram[(i, i)];
            if (0..size).all(kept) {
                return Self { chosen: (0..size).collect(), factor, size };
            }
        }
        Self::pivoted(gram)
    }

    /// Takes the sources that pivoting finds.
    pub(crate) fn pivoted(gram: MatRef<'_, f64>) -> Self {
        let (chosen, columns) = pivoted(gram);
        let size = gram.nrows();
        let factor = Mat::from_fn(chosen.len(), chosen.len(), |i, j| {
            if i >= j { columns[j][chosen[i]] } else { 0.0 }
        });
        Self { chosen, factor, size }
    }

    /// The weights that solve the equations of the chosen sources; 0 for the others.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut weights = vec![0.0; self.size];
        if self.chosen.is_empty() {
            return weights;
        }
        let right = Mat::from_fn(self.chosen.len(), 1, |i, _| right[self.chosen[i]]);
        let half = solve_lower(self.factor.as_ref(), right.as_ref());
        let solution = solve_lower_transposed(self.factor.as_ref(), half.as_ref());
        for (&i, &w) in self.chosen.iter().zip(solution.col_as_slice(0)) {
            weights[i] = w;
        }
        weights
    }

    /// A combination of the sources that is nothing, if some determine one another.
    pub(crate) fn dependence(&self, gram: MatRef<'_, f64>) -> Option<Vec<f64>> {
        if self.chosen.len() == self.size {
            return None;
        }
        let determined = (0..self.size).find(|i| !self.chosen.contains(i))?;
        let column: Vec<f64> = gram.col(determined).iter().copied().collect();
        let mut combination = self.solve(&column);
        combination[determined] = -1.0;
        Some(combination)
    }

    /// The square of each target's part that the sources explain, from its products with them (one column a target).
    pub(crate) fn explained(&self, products: MatRef<'_, f64>) -> Vec<f64> {
        if self.chosen.is_empty() {
            return vec![0.0; products.ncols()];
        }
        let chosen =
            Mat::from_fn(self.chosen.len(), products.ncols(), |i, j| products[(self.chosen[i], j)]);
        let half = solve_lower(self.factor.as_ref(), chosen.as_ref());
        (0..half.ncols()).map(|j| half.col_as_slice(j).iter().map(|v| v * v).sum()).collect()
    }
}

/// Cholesky factorisation that takes the source next of which the largest share of variance is left, the first of equals,
/// until none is left: the sources in that order, and the columns of the factor over all sources.
fn pivoted(gram: MatRef<'_, f64>) -> (Vec<usize>, Vec<Vec<f64>>) {
    let size = gram.nrows();
    let mut left: Vec<f64> = (0..size).map(|i| gram[(i, i)]).collect();
    let mut chosen: Vec<usize> = Vec::new();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut taken = vec![false; size];
    while chosen.len() < size {
        let share = |i: usize| {
            if taken[i] || gram[(i, i)] <= 0.0 { 0.0 } else { left[i] / gram[(i, i)] }
        };
        let next = (1..size).fold(0, |best, i| if share(i) > share(best) { i } else { best });
        if share(next) < DETERMINED {
            break;
        }
        let mut column: Vec<f64> = gram.col(next).iter().copied().collect();
        for earlier in &columns {
            crate::gram::subtract(&mut column, earlier[next], earlier);
        }
        let pivot = column[next].max(DETERMINED * gram[(next, next)]).sqrt();
        column.iter_mut().for_each(|v| *v /= pivot);
        left.iter_mut().zip(&column).for_each(|(l, v)| *l -= v * v);
        taken[next] = true;
        chosen.push(next);
        columns.push(column);
    }
    (chosen, columns)
}
