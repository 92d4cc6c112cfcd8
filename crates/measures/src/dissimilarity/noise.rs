//! Dissimilarities in units of the noise: rows whitened by a covariance of the units, and their cross-validated form.

use consilience_linalg::{Mat, MatRef, cholesky, matmul_abt, matmul_atb, solve_lower};
use consilience_statistics::RowSet;

use super::patterns::Patterns;
use crate::{Error, Result};

/// What is left of a unit's variance after that of other units, below which it is rounding.
const SINGULAR: f64 = 1e-12;

/// The centred rows in coordinates in which the covariance of the units is the identity.
pub(super) fn whitened<'a>(id: &'static str, rows: &'a RowSet) -> Result<Patterns<'a>> {
    let p = rows.n_units();
    let undefined = |reason: String| Error::Undefined { id, reason };
    if p * p > rows.most_remembered::<f64>() {
        let name = rows.name();
        return Err(undefined(format!(
            "the covariance of {p} units of {name} takes too much memory; pool the layer, or ask for rdm=euclidean"
        )));
    }
    if let Some(unit) = unvarying_unit(rows) {
        let what = if rows.rows_per_stimulus() > 1 { "among the rows of a stimulus" } else { "" };
        return Err(undefined(format!(
            "unit {unit} of {} does not vary {what}, so that its noise is unknown; leave it out, or ask for rdm=euclidean",
            rows.name()
        )));
    }
    let patterns = Patterns::centred(rows);
    let mut residuals = residuals(rows, patterns.values());
    let stimuli = if rows.rows_per_stimulus() > 1 { rows.stimuli().len() } else { 1 };
    let freedom = (rows.n_rows() - stimuli) as f64;
    let deviations: Vec<f64> = (0..p)
        .map(|u| (residuals.row(u).iter().map(|e| e * e).sum::<f64>() / freedom).sqrt())
        .collect();
    divide_units(&mut residuals, &deviations);
    let root = cholesky(shrunk(residuals.as_ref(), freedom).as_ref()).map_err(|error| {
        undefined(format!(
            "the covariance of the units of {} is singular ({error}); ask for rdm=euclidean",
            rows.name()
        ))
    })?;
    // The pivots of a correlation matrix are shares of 1.
    if let Some(unit) = (0..p).find(|&u| root[(u, u)] * root[(u, u)] <= SINGULAR) {
        return Err(undefined(format!(
            "unit {unit} of {} is a sum of others; leave it out, or ask for rdm=euclidean",
            rows.name()
        )));
    }
    let mut standard = patterns.values().clone();
    divide_units(&mut standard, &deviations);
    Ok(patterns.with_values(solve_lower(root.as_ref(), standard.as_ref())))
}

/// The first unit with one value only among all rows, or among the rows of each stimulus if there are several.
fn unvarying_unit(rows: &RowSet) -> Option<usize> {
    let group = if rows.rows_per_stimulus() > 1 { rows.rows_per_stimulus() } else { rows.n_rows() };
    let mut varies = vec![false; rows.n_units()];
    for start in (0..rows.n_rows()).step_by(group) {
        let first = rows.row(start);
        for i in start + 1..start + group {
            let other = rows.row(i);
            varies.iter_mut().zip(first.iter().zip(&other)).for_each(|(v, (a, b))| *v |= a != b);
        }
    }
    varies.iter().position(|v| !v)
}

/// Rows less the mean row of their stimulus, or as they are (centred) where each stimulus has one row.
fn residuals(rows: &RowSet, values: &Mat<f64>) -> Mat<f64> {
    let mut out = values.clone();
    let repeats = rows.rows_per_stimulus();
    if repeats == 1 {
        return out;
    }
    for start in (0..rows.n_rows()).step_by(repeats) {
        let mean = sum_of_columns(values, start, repeats);
        for i in start..start + repeats {
            let terms = out.col_as_slice_mut(i).iter_mut().zip(&mean);
            terms.for_each(|(v, sum)| *v -= sum / repeats as f64);
        }
    }
    out
}

fn sum_of_columns(values: &Mat<f64>, start: usize, n: usize) -> Vec<f64> {
    let mut sum = vec![0.0; values.nrows()];
    for i in start..start + n {
        sum.iter_mut().zip(values.col_as_slice(i)).for_each(|(s, v)| *s += v);
    }
    sum
}

fn divide_units(values: &mut Mat<f64>, by: &[f64]) {
    for i in 0..values.ncols() {
        values.col_as_slice_mut(i).iter_mut().zip(by).for_each(|(v, by)| *v /= by);
    }
}

/// The correlation matrix of standardised residuals (units × rows), drawn towards the identity: off the diagonal times
/// 1 − λ, with λ the sum of the estimated variances of the correlations over the sum of their squares, at most 1.
fn shrunk(residuals: MatRef<'_, f64>, freedom: f64) -> Mat<f64> {
    let (p, n) = (residuals.nrows(), residuals.ncols() as f64);
    let products = matmul_abt(residuals, residuals);
    let squares = Mat::from_fn(p, residuals.ncols(), |u, i| residuals[(u, i)] * residuals[(u, i)]);
    let squares = matmul_abt(squares.as_ref(), squares.as_ref());
    let (mut variances, mut sizes) = (0.0, 0.0);
    for j in 0..p {
        for i in j + 1..p {
            let mean = products[(i, j)] / (n - 1.0);
            variances += n / (freedom * freedom) * (squares[(i, j)] / (n - 1.0) - mean * mean);
            sizes += mean * mean;
        }
    }
    let kept = if sizes > 0.0 { 1.0 - (variances / sizes).clamp(0.0, 1.0) } else { 0.0 };
    Mat::from_fn(p, p, |i, j| if i == j { 1.0 } else { kept * products[(i, j)] / freedom })
}

/// Cross-validated dissimilarities of all pairs of stimuli: the mean over pairs of different repeats f and g of
/// (x_if − x_jf)ᵀ (x_ig − x_jg), of whitened rows.
///
/// Summed over all f and g it is a squared distance of the stimuli's sums; those with f = g are taken off.
pub(super) fn cross_validated(id: &'static str, rows: &RowSet) -> Result<Vec<f64>> {
    let (n, repeats) = (rows.stimuli().len(), rows.rows_per_stimulus());
    if repeats < 2 {
        return Err(Error::NeedsRepeats { id, found: repeats });
    }
    let white = whitened(id, rows)?;
    let values = white.values();
    let mut sums = Mat::zeros(values.nrows(), n);
    for i in 0..n {
        let sum = sum_of_columns(values, i * repeats, repeats);
        sums.col_as_slice_mut(i).copy_from_slice(&sum);
    }
    // The rows of a stimulus one after the other.
    let p = values.nrows();
    let own = Mat::from_fn(p * repeats, n, |k, i| values[(k % p, i * repeats + k / p)]);
    let between = |m: &Mat<f64>, first: std::ops::Range<usize>| {
        matmul_atb(m.subcols(first.start, n - first.start), m.subcols(first.start, first.len()))
    };
    let norm = |m: &Mat<f64>, i: usize| m.col_as_slice(i).iter().map(|v| v * v).sum::<f64>();
    let norms: Vec<f64> = (0..n).map(|i| norm(&sums, i) - norm(&own, i)).collect();
    let pairs = (repeats * (repeats - 1)) as f64;
    // There are fewer stimuli than rows: the last bands of rows have none.
    let bands = rows.map_bands(|band| {
        let band = band.start.min(n)..band.end.min(n);
        let products = between(&sums, band.clone()) - between(&own, band.clone());
        let mut out = Vec::new();
        for i in band.clone() {
            let products = products.col_as_slice(i - band.start);
            let others = i + 1..n;
            out.extend(
                others.map(|j| (norms[i] + norms[j] - 2.0 * products[j - band.start]) / pairs),
            );
        }
        out
    });
    Ok(bands.concat())
}
