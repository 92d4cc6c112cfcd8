//! Rows as columns of f64, prepared so that squared Euclidean distances of them are what a dissimilarity is made of.

use consilience_linalg::{Mat, matmul_atb};
use consilience_statistics::RowSet;

use crate::{Error, Result};

/// A squared distance below this share of the two squared norms is computed anew, term by term: the difference of norms and
/// products has lost eight binary digits there.
const CANCELLED: f64 = 1.0 / 256.0;

/// One column a row of the representation.
pub(super) struct Patterns<'a> {
    rows: &'a RowSet,
    values: Mat<f64>,
    /// What the values were divided by.
    scale: f64,
}

impl<'a> Patterns<'a> {
    /// The rows less the mean of each unit, divided by the greatest size of any value.
    pub(super) fn centred(rows: &'a RowSet) -> Self {
        let (n, p) = (rows.n_rows(), rows.n_units());
        let mut values = Mat::zeros(p, n);
        let mut mean = vec![0.0; p];
        for i in 0..n {
            let row = rows.row(i);
            values.col_as_slice_mut(i).copy_from_slice(&row);
            mean.iter_mut().zip(&row).for_each(|(m, v)| *m += v / n as f64);
        }
        let mut scale = 0.0_f64;
        for i in 0..n {
            for (v, mean) in values.col_as_slice_mut(i).iter_mut().zip(&mean) {
                *v -= mean;
                scale = scale.max(v.abs());
            }
        }
        if scale > 0.0 {
            (0..n).for_each(|i| values.col_as_slice_mut(i).iter_mut().for_each(|v| *v /= scale));
        }
        Self { rows, values, scale }
    }

    /// Each row less its mean over units, of norm 1.
    pub(super) fn correlation(id: &'static str, rows: &'a RowSet) -> Result<Self> {
        let flat = |row: &[f64]| row.iter().all(|v| *v == row[0]);
        Self::unit(
            id,
            rows,
            flat,
            "has one value for all units, so that it correlates with nothing",
            |row| {
                let mean = row.iter().sum::<f64>() / row.len() as f64;
                row.iter_mut().for_each(|v| *v -= mean);
            },
        )
    }

    /// Each row, of norm 1.
    pub(super) fn cosine(id: &'static str, rows: &'a RowSet) -> Result<Self> {
        let silent = |row: &[f64]| row.iter().all(|v| *v == 0.0);
        Self::unit(id, rows, silent, "is 0 for all units, so that it has no direction", |_| {})
    }

    fn unit(
        id: &'static str,
        rows: &'a RowSet,
        degenerate: impl Fn(&[f64]) -> bool,
        found: &'static str,
        prepare: impl Fn(&mut [f64]),
    ) -> Result<Self> {
        let mut values = Mat::zeros(rows.n_units(), rows.n_rows());
        for i in 0..rows.n_rows() {
            let mut row = rows.row(i);
            if degenerate(&row) {
                let stimulus = rows.stimuli()[i / rows.rows_per_stimulus()];
                let name = rows.name().to_owned();
                return Err(Error::NeedsVariedRows { id, name, stimulus, found });
            }
            // By the greatest value first, so that no square overflows or vanishes.
            divide(&mut row, |row| row.iter().fold(0.0, |a: f64, v| a.max(v.abs())));
            prepare(&mut row);
            divide(&mut row, |row| row.iter().map(|v| v * v).sum::<f64>().sqrt());
            values.col_as_slice_mut(i).copy_from_slice(&row);
        }
        Ok(Self { rows, values, scale: 1.0 })
    }

    /// What the values were divided by.
    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// The values, units × rows.
    pub(super) fn values(&self) -> &Mat<f64> {
        &self.values
    }

    /// The same rows with other values, units × rows.
    pub(super) fn with_values(&self, values: Mat<f64>) -> Self {
        Self { values, ..*self }
    }

    /// `of` the squared Euclidean distances of all pairs of columns, column after column.
    pub(super) fn table(&self, of: impl Fn(f64) -> f64 + Sync + Send) -> Vec<f64> {
        let n = self.values.ncols();
        let column = |i: usize| self.values.col_as_slice(i);
        let norms: Vec<f64> = (0..n).map(|i| column(i).iter().map(|v| v * v).sum()).collect();
        let bands = self.rows.map_bands(|band| {
            let products = matmul_atb(
                self.values.subcols(band.start, n - band.start),
                self.values.subcols(band.start, band.len()),
            );
            let mut out = Vec::with_capacity(band.len() * (n - band.start));
            for i in band.clone() {
                let products = products.col_as_slice(i - band.start);
                for j in i + 1..n {
                    let sum = norms[i] + norms[j];
                    let squared = sum - 2.0 * products[j - band.start];
                    let cancelled = squared < CANCELLED * sum;
                    let squared = if cancelled { between(column(i), column(j)) } else { squared };
                    out.push(of(squared));
                }
            }
            out
        });
        bands.concat()
    }
}

fn divide(row: &mut [f64], by: impl Fn(&[f64]) -> f64) {
    let size = by(row);
    row.iter_mut().for_each(|v| *v /= size);
}

/// Squared Euclidean distance, in eight sums that the processor adds side by side.
fn between(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, b) = (a.chunks(8), b.chunks(8));
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += (a - b) * (a - b);
        }
    }
    sums.iter().sum()
}
