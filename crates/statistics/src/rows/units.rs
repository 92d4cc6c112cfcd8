//! Rows in f64, and products of units with units: what an alignment of two representations needs.

use std::ops::Range;

use consilience_data::{Activations, RowMajor};
use consilience_linalg::{Mat, add_cross};

use super::RowSet;

/// Rows that are widened at a time.
const ROWS_AT_A_TIME: usize = 1024;

impl RowSet {
    /// Some rows in f64.
    #[must_use]
    pub fn in_f64(&self, rows: Range<usize>) -> RowMajor<f64> {
        let p = self.n_units();
        let range = rows.start * p..rows.end * p;
        let values = match self.values() {
            Activations::F32(m) => m.values[range].iter().map(|&v| v.into()).collect(),
            Activations::F64(m) => m.values[range].to_vec(),
        };
        RowMajor { values, n_units: p }
    }

    /// `xᵀ y`: inner products of the units with those of another set over the same rows, of whatever precision, in f64.
    ///
    /// # Panics
    /// If the numbers of rows differ.
    #[must_use]
    pub fn products_of_units(&self, y: &Self) -> Mat<f64> {
        assert_eq!(self.n_rows(), y.n_rows(), "{} and {}: rows differ", self.name(), y.name());
        let mut out = Mat::zeros(self.n_units(), y.n_units());
        for start in (0..self.n_rows()).step_by(ROWS_AT_A_TIME) {
            let rows = start..(start + ROWS_AT_A_TIME).min(self.n_rows());
            let (a, b) = (self.in_f64(rows.clone()), y.in_f64(rows));
            add_cross(&mut out, a.view(), b.view());
        }
        out
    }
}
