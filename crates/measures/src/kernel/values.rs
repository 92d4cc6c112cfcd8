//! The entries of a Gaussian kernel: held, or computed anew.

use std::ops::Range;
use std::sync::Arc;

use consilience_linalg::vectorised;
use consilience_statistics::{PairTable, RowPair, RowSet, SquaredDistances};

use super::exponential::exponential_less;

/// Columns that are computed at a time.
const COLUMNS_PER_TILE: usize = 1024;

/// What entries are of a squared distance d: exp(−d / 2σ²) − c.
///
/// With c = 1 where similarities are near 1: what differs among them keeps its digits. Centring removes any constant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gaussian {
    exponent: f64,
    near_one: bool,
}

impl Gaussian {
    /// `mean` is the mean squared distance of two stimuli.
    pub(super) fn new(exponent: f64, mean: f64) -> Self {
        Self { exponent, near_one: (exponent * mean).exp() > 0.5 }
    }

    #[expect(clippy::inline_always, reason = "loops over it are vectorised as a whole")]
    #[inline(always)]
    fn of(self, squared_distance: f64) -> f64 {
        exponential_less(self.constant(), self.exponent * squared_distance)
    }

    /// The constant c.
    fn constant(self) -> f64 {
        f64::from(u8::from(self.near_one))
    }

    /// Entries of some rows and columns, in the layout of [`RowSet::products`].
    fn tile(self, rows: &RowSet, band: Range<usize>, columns: Range<usize>) -> Vec<Vec<f64>> {
        let distances = rows.squared_distances(band, columns);
        let of_row = |j: usize| {
            let mut row = distances.col_as_slice(j).to_vec();
            vectorised(
                #[inline(always)]
                || row.iter_mut().for_each(|v| *v = self.of(*v)),
            );
            row
        };
        (0..distances.ncols()).map(of_row).collect()
    }
}

/// A kernel of one side, less a constant, with the sums that centring needs. The diagonal takes no part in them.
#[derive(Debug)]
pub(super) struct Kernel {
    rows: Arc<RowSet>,
    gaussian: Gaussian,
    table: Option<PairTable>,
    /// Sum of each row.
    sums: Vec<f64>,
    /// Sum of all squares.
    squares: f64,
}

impl Kernel {
    pub(super) fn new(rows: &Arc<RowSet>, distances: SquaredDistances, gaussian: Gaussian) -> Self {
        let (table, sums) = match distances {
            SquaredDistances::Held(table) => {
                let table = table.map_off_diagonal(
                    #[inline(always)]
                    |d| gaussian.of(d),
                );
                let sums = table.row_sums();
                (Some(table), sums)
            }
            SquaredDistances::Streamed(rows) => (None, streamed_sums(&rows, gaussian)),
        };
        let squares = sums.iter().map(|s| s.1).sum();
        let sums = sums.into_iter().map(|s| s.0).collect();
        Self { rows: rows.clone(), gaussian, table, sums, squares }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.rows.n_rows()
    }

    pub(super) fn sums(&self) -> &[f64] {
        &self.sums
    }

    pub(super) fn total(&self) -> f64 {
        self.sums.iter().sum()
    }

    pub(super) fn squares(&self) -> f64 {
        self.squares
    }

    /// The entries of the diagonal.
    pub(super) fn diagonal(&self) -> f64 {
        1.0 - self.gaussian.constant()
    }

    /// Trace of the doubly centred kernel.
    pub(super) fn centred_trace(&self) -> f64 {
        let n = self.n_rows() as f64;
        n * self.diagonal() - (self.total() + n * self.diagonal()) / n
    }

    /// Mean similarity of two different stimuli.
    pub(super) fn mean_similarity(&self) -> f64 {
        let n = self.n_rows() as f64;
        self.total() / (n * (n - 1.0)) + self.gaussian.constant()
    }

    /// Sum of the squared similarities of two different stimuli.
    pub(super) fn squared_similarities(&self) -> f64 {
        let (n, c) = (self.n_rows() as f64, self.gaussian.constant());
        self.squares + 2.0 * c * self.total() + c * c * n * (n - 1.0)
    }

    /// Σ over all pairs of two stimuli of the products of their entries, both ways.
    pub(super) fn inner_product(&self, y: &Self, rows: &RowPair<'_>) -> f64 {
        if let (Some(a), Some(b)) = (&self.table, &y.table) {
            return 2.0 * a.inner_product_above(b, rows.order());
        }
        let y_rows = rows.aligned(&y.rows);
        let n = self.n_rows();
        let bands = self.rows.map_bands(|band| {
            let mut sum = 0.0;
            for columns in tiles(band.start, n) {
                let a = self.gaussian.tile(&self.rows, band.clone(), columns.clone());
                let b = y.gaussian.tile(&y_rows, band.clone(), columns.clone());
                for (row, (a, b)) in band.clone().zip(a.iter().zip(&b)) {
                    let above = first_above(row, &columns);
                    sum += a[above..].iter().zip(&b[above..]).map(|(a, b)| a * b).sum::<f64>();
                }
            }
            sum
        });
        2.0 * bands.iter().sum::<f64>()
    }
}

/// Sum and sum of squares of each row without its diagonal, from the entries above it.
fn streamed_sums(rows: &RowSet, gaussian: Gaussian) -> Vec<(f64, f64)> {
    let n = rows.n_rows();
    let bands = rows.map_bands(|band| {
        let mut sums = vec![(0.0, 0.0); n - band.start];
        for columns in tiles(band.start, n) {
            let tile = gaussian.tile(rows, band.clone(), columns.clone());
            for (row, entries) in band.clone().zip(&tile) {
                let above = first_above(row, &columns);
                for (column, v) in columns.clone().zip(entries).skip(above) {
                    for i in [row, column] {
                        let (sum, squares) = &mut sums[i - band.start];
                        *sum += v;
                        *squares += v * v;
                    }
                }
            }
        }
        sums
    });
    let mut all = vec![(0.0, 0.0); n];
    for sums in bands {
        let start = n - sums.len();
        for (all, sums) in all[start..].iter_mut().zip(sums) {
            *all = (all.0 + sums.0, all.1 + sums.1);
        }
    }
    all
}

fn tiles(start: usize, end: usize) -> impl Iterator<Item = Range<usize>> {
    (start..end).step_by(COLUMNS_PER_TILE).map(move |from| from..(from + COLUMNS_PER_TILE).min(end))
}

/// The place among some columns of the first one above the diagonal.
fn first_above(row: usize, columns: &Range<usize>) -> usize {
    (row + 1).saturating_sub(columns.start).min(columns.len())
}
