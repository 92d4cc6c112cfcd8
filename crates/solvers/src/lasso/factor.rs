//! The triangular factor of the sources that have a weight, changed as they come and go.

use consilience_linalg::{
    Mat, cholesky, matmul_atb, solve_lower, solve_lower_transposed, vectorised,
};

use super::problem::Sources;
use super::square::Square;
use crate::least_squares::DETERMINED;

/// To take a source out of the factor reads and writes it about once, at the speed of memory; to factorise anew costs as much
/// as this share of all sources, one in so many.
const ANEW_FROM: usize = 64;

/// The lower triangular factor of the Gram matrix of some sources, none of which the others determine.
#[derive(Default)]
pub(super) struct Factor {
    /// The sources, in the order of the rows.
    sources: Vec<usize>,
    lower: Square,
}

impl Factor {
    pub(super) fn clear(&mut self) {
        self.sources.clear();
        self.lower.clear();
    }

    /// The sources, in the order of what is solved.
    pub(super) fn sources(&self) -> &[usize] {
        &self.sources
    }

    /// Takes out the sources that are not `wanted`.
    pub(super) fn retain(&mut self, wanted: impl Fn(usize) -> bool) {
        let leaving = self.sources.iter().filter(|&&source| !wanted(source)).count();
        if leaving > 1 + self.sources.len() / ANEW_FROM {
            return self.clear();
        }
        for row in (0..self.sources.len()).rev() {
            if !wanted(self.sources[row]) {
                self.remove(row);
            }
        }
    }

    /// Takes out the source of a row: the columns from there on lose their triangle by one diagonal, and rotations of
    /// neighbours give it back.
    fn remove(&mut self, row: usize) {
        self.sources.remove(row);
        self.lower.remove_row(row);
        let size = self.sources.len();
        for k in row..size {
            let (left, right) = self.lower.neighbours_mut(k);
            let length = left[k].hypot(right[k]);
            let (cos, sin) = (left[k] / length, right[k] / length);
            vectorised(|| {
                for (l, r) in left[k..size].iter_mut().zip(&mut right[k..size]) {
                    (*l, *r) = (cos * *l + sin * *r, cos * *r - sin * *l);
                }
            });
        }
        self.lower.pop();
    }

    /// Adds sources; whether it could: not if a source, new or there, would be determined by others. Then nothing changes.
    pub(super) fn add(&mut self, new: &[usize], all: &Sources) -> bool {
        if new.is_empty() {
            return true;
        }
        let (before, count) = (self.sources.len(), new.len());
        let between = Mat::from_fn(before, count, |i, j| all.column(new[j])[self.sources[i]]);
        let across = match before {
            0 => between,
            _ => solve_lower(self.lower.view(), between.as_ref()),
        };
        let explained = matmul_atb(across.as_ref(), across.as_ref());
        let own = Mat::from_fn(count, count, |i, j| all.column(new[j])[new[i]] - explained[(i, j)]);
        let Ok(own) = cholesky(own.as_ref()) else { return false };
        let is_free = |i: usize| own[(i, i)].powi(2) >= DETERMINED * all.diagonal(new[i]);
        if !(0..count).all(is_free) {
            return false;
        }
        self.lower.grow(before + count);
        for i in 0..before {
            let below = &mut self.lower.column_mut(i)[before..];
            below.iter_mut().enumerate().for_each(|(j, v)| *v = across[(i, j)]);
        }
        for j in 0..count {
            self.lower.column_mut(before + j)[before..].copy_from_slice(own.col_as_slice(j));
        }
        self.sources.extend_from_slice(new);
        true
    }

    /// The weights of the sources that solve their normal equations.
    pub(super) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let right = Mat::from_fn(right.len(), 1, |i, _| right[i]);
        let half = solve_lower(self.lower.view(), right.as_ref());
        let solution = solve_lower_transposed(self.lower.view(), half.as_ref());
        solution.col_as_slice(0).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(size: usize) -> Sources {
        let x =
            Mat::from_fn(2 * size, size, |i, j| (1.3 + (7 * i + 3) as f64 * (j + 2) as f64).sin());
        Sources::new(matmul_atb(x.as_ref(), x.as_ref()).as_ref()).expect("moments")
    }

    /// The factor times its transpose is the Gram matrix of its sources.
    fn check(factor: &Factor, all: &Sources) {
        let lower = factor.lower.view();
        let entry = |i: usize, j: usize| if i >= j { lower[(i, j)] } else { 0.0 };
        for (i, &a) in factor.sources.iter().enumerate() {
            for (j, &b) in factor.sources.iter().enumerate() {
                let product: f64 = (0..=i.min(j)).map(|k| entry(i, k) * entry(j, k)).sum();
                let expected = all.column(b)[a];
                assert!((product - expected).abs() <= 1e-12 * all.diagonal(a), "{i} {j}");
            }
        }
    }

    #[test]
    fn sources_come_and_go() {
        let all = sources(40);
        let mut factor = Factor::default();
        assert!(factor.add(&[3, 1, 30], &all) && factor.add(&[7], &all));
        check(&factor, &all);
        for leaving in [7, 3, 30] {
            factor.retain(|source| source != leaving);
            assert!(!factor.sources().contains(&leaving));
            check(&factor, &all);
        }
        let many: Vec<usize> = (2..40).collect();
        assert!(factor.add(&many, &all));
        check(&factor, &all);
        factor.retain(|source| source != 20);
        assert_eq!(factor.sources().len(), 38);
        check(&factor, &all);
        // So many at once are not taken out one by one.
        factor.retain(|source| source % 2 == 0);
        assert!(factor.sources().is_empty());
    }

    #[test]
    fn what_others_determine_is_not_added() {
        let gram =
            Mat::from_fn(3, 3, |i, j| [[1.0, 0.0, 0.6], [0.0, 1.0, 0.8], [0.6, 0.8, 1.0]][i][j]);
        let all = Sources::new(gram.as_ref()).expect("moments");
        let mut factor = Factor::default();
        assert!(factor.add(&[0, 2], &all));
        assert!(!factor.add(&[1], &all));
        assert_eq!(factor.sources(), [0, 2]);
        let solution = factor.solve(&[1.0, 0.6]);
        assert!((solution[0] - 1.0).abs() < 1e-15 && solution[1].abs() < 1e-15);
        check(&factor, &all);
    }
}
