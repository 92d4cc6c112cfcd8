//! All pairs of rows, held whole: kernels and similarities whose shuffle draws must not multiply rows again.

use std::ops::Range;

use consilience_data::Activations;
use consilience_linalg::{Mat, Real, vectorised};
use rayon::prelude::*;

use super::{ROWS_PER_BAND, RowSet};

/// Columns that are computed at a time: a tile of a band stays in the cache of a core.
pub(super) const COLUMNS_PER_TILE: usize = 1024;

/// Rows that are mirrored together: a line of the cache holds so many f32.
const LINE: usize = 16;

/// A symmetric table over the rows, in the precision of their values.
///
/// Take care of memory: [`RowSet::may_hold_pairs`] says whether there should be one.
#[derive(Debug)]
pub struct PairTable {
    n_rows: usize,
    values: Held,
}

#[derive(Debug)]
enum Held {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl RowSet {
    /// Whether a table of all pairs of rows is small enough to be held.
    #[must_use]
    pub fn may_hold_pairs(&self) -> bool {
        let most = match self.values() {
            Activations::F32(_) => self.most_remembered::<f32>(),
            Activations::F64(_) => self.most_remembered::<f64>(),
        };
        self.n_rows().saturating_mul(self.n_rows()) <= most
    }

    /// Inner products of all pairs of rows.
    #[must_use]
    pub fn product_table(&self) -> PairTable {
        self.table(|rows, columns| self.products(rows, columns))
    }

    /// Squared Euclidean distances of all pairs of rows; see [`Self::squared_distances`].
    #[must_use]
    pub fn distance_table(&self) -> PairTable {
        self.table(|rows, columns| self.squared_distances(rows, columns))
    }

    fn table(&self, tile: impl Fn(Range<usize>, Range<usize>) -> Mat<f64> + Sync) -> PairTable {
        let n_rows = self.n_rows();
        let values = match self.values() {
            Activations::F32(_) => Held::F32(symmetric(n_rows, tile)),
            Activations::F64(_) => Held::F64(symmetric(n_rows, tile)),
        };
        PairTable { n_rows, values }
    }
}

impl PairTable {
    /// Number of rows, and of columns.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// One entry.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        match &self.values {
            Held::F32(v) => v[i * self.n_rows + j].into(),
            Held::F64(v) => v[i * self.n_rows + j],
        }
    }

    /// Each entry off the diagonal replaced; the diagonal is set to 0.
    #[must_use]
    pub fn map_off_diagonal(mut self, change: impl Fn(f64) -> f64 + Sync + Send) -> Self {
        match &mut self.values {
            Held::F32(v) => replace(v, self.n_rows, change),
            Held::F64(v) => replace(v, self.n_rows, change),
        }
        self
    }

    /// Sum and sum of squares of each row.
    #[must_use]
    pub fn row_sums(&self) -> Vec<(f64, f64)> {
        match &self.values {
            Held::F32(v) => row_sums(v, self.n_rows),
            Held::F64(v) => row_sums(v, self.n_rows),
        }
    }

    /// Σ of the products of the entries above the diagonal with those of another table, of which row and column `order[i]`
    /// belong to row and column i of this one.
    ///
    /// # Panics
    /// If the tables differ in size.
    #[must_use]
    pub fn inner_product_above(&self, other: &Self, order: Option<&[usize]>) -> f64 {
        assert_eq!(self.n_rows, other.n_rows, "the tables differ in size");
        let n = self.n_rows;
        match (&self.values, &other.values) {
            (Held::F32(a), Held::F32(b)) => inner_product(a, b, n, order),
            (Held::F32(a), Held::F64(b)) => inner_product(a, b, n, order),
            (Held::F64(a), Held::F32(b)) => inner_product(a, b, n, order),
            (Held::F64(a), Held::F64(b)) => inner_product(a, b, n, order),
        }
    }

    /// For each band of rows what `visit` makes of the entries above the diagonal, shown piece by piece.
    pub(super) fn fold_above<A: Send>(
        &self,
        start: impl Fn() -> A + Sync,
        visit: impl Fn(&mut A, &[f64]) + Sync,
    ) -> Vec<A> {
        match &self.values {
            Held::F32(v) => fold_above(v, self.n_rows, start, visit),
            Held::F64(v) => fold_above(v, self.n_rows, start, visit),
        }
    }
}

/// Tiles above the diagonal, rounded, then mirrored below it.
fn symmetric<T: Real + Send + Sync>(
    n: usize,
    tile: impl Fn(Range<usize>, Range<usize>) -> Mat<f64> + Sync,
) -> Vec<T> {
    let mut values = vec![T::from_f64(0.0); n * n];
    let bands = values.par_chunks_mut((ROWS_PER_BAND * n).max(1)).enumerate().with_max_len(1);
    bands.for_each(|(band, out)| {
        let first = band * ROWS_PER_BAND;
        let rows = first..first + out.len() / n;
        for start in (first..n).step_by(COLUMNS_PER_TILE) {
            let columns = start..(start + COLUMNS_PER_TILE).min(n);
            let tile = tile(rows.clone(), columns.clone());
            for (j, row) in out.chunks_exact_mut(n).enumerate() {
                let part = row[columns.clone()].iter_mut().zip(tile.col_as_slice(j));
                part.for_each(|(v, &t)| *v = T::from_f64(t));
            }
        }
    });
    mirror(&mut values, n);
    values
}

/// Copies what is above the diagonal below it. Within a band both are computed and the same.
fn mirror<T: Real + Send + Sync>(values: &mut [T], n: usize) {
    for first in (ROWS_PER_BAND..n).step_by(ROWS_PER_BAND) {
        let last = (first + ROWS_PER_BAND).min(n);
        let (above, rest) = values.split_at_mut(first * n);
        let lines = rest[..(last - first) * n].par_chunks_mut(LINE * n).enumerate();
        lines.for_each(|(l, rows)| {
            let i = first + l * LINE;
            for (j, above) in above.chunks_exact(n).enumerate() {
                let mirrored = rows.chunks_exact_mut(n).zip(&above[i..]);
                mirrored.for_each(|(row, &v)| row[j] = v);
            }
        });
    }
}

fn replace<T: Real + Send + Sync>(values: &mut [T], n: usize, change: impl Fn(f64) -> f64 + Sync) {
    let rows = values.par_chunks_mut(n.max(1)).enumerate();
    rows.for_each(|(i, row)| {
        vectorised(
            #[inline(always)]
            || row.iter_mut().for_each(|v| *v = T::from_f64(change((*v).into()))),
        );
        row[i] = T::from_f64(0.0);
    });
}

/// Partial sums that are added up side by side.
const LANES: usize = 8;

fn row_sums<T: Real + Send + Sync>(values: &[T], n: usize) -> Vec<(f64, f64)> {
    let of_row = |row: &[T]| {
        vectorised(
            #[inline(always)]
            || {
                let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
                let (chunks, rest) = row.as_chunks::<LANES>();
                for chunk in chunks {
                    for l in 0..LANES {
                        let v: f64 = chunk[l].into();
                        sums[l] += v;
                        squares[l] += v * v;
                    }
                }
                let rest = rest.iter().map(|&v| v.into());
                let (sum, square) = rest.fold((0.0, 0.0), |(s, q), v: f64| (s + v, q + v * v));
                (sums.iter().sum::<f64>() + sum, squares.iter().sum::<f64>() + square)
            },
        )
    };
    values.par_chunks_exact(n.max(1)).map(of_row).collect()
}

fn dot<T: Real, U: Real>(a: &[T], b: &[U]) -> f64 {
    vectorised(
        #[inline(always)]
        || {
            let mut sums = [0.0; LANES];
            let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
            for (a, b) in a.iter().zip(b) {
                for l in 0..LANES {
                    sums[l] += a[l].into() * b[l].into();
                }
            }
            let rest = a_rest.iter().zip(b_rest).map(|(&a, &b)| a.into() * b.into());
            sums.iter().sum::<f64>() + rest.sum::<f64>()
        },
    )
}

fn inner_product<T: Real + Send + Sync, U: Real + Send + Sync>(
    a: &[T],
    b: &[U],
    n: usize,
    order: Option<&[usize]>,
) -> f64 {
    let above = |i: usize| i * n + i + 1..(i + 1) * n;
    let rows = (0..n).into_par_iter();
    let parts: Vec<f64> = match order {
        None => rows.map(|i| dot(&a[above(i)], &b[above(i)])).collect(),
        Some(order) => rows
            .map_init(
                || Vec::with_capacity(n),
                |moved, i| {
                    let row = &b[order[i] * n..(order[i] + 1) * n];
                    moved.clear();
                    moved.extend(order[i + 1..].iter().map(|&j| row[j]));
                    dot(&a[above(i)], moved)
                },
            )
            .collect(),
    };
    parts.iter().sum()
}

fn fold_above<T: Real + Send + Sync, A: Send>(
    values: &[T],
    n: usize,
    start: impl Fn() -> A + Sync,
    visit: impl Fn(&mut A, &[f64]) + Sync,
) -> Vec<A> {
    let of_band = |band: Range<usize>| {
        let mut state = start();
        let mut wide = Vec::with_capacity(COLUMNS_PER_TILE);
        for i in band {
            for part in values[i * n + i + 1..(i + 1) * n].chunks(COLUMNS_PER_TILE) {
                wide.clear();
                wide.extend(part.iter().map(|&v| -> f64 { v.into() }));
                visit(&mut state, &wide);
            }
        }
        state
    };
    super::bands(n).into_par_iter().map(of_band).collect()
}
