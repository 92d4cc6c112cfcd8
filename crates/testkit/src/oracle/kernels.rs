//! Kernels and distances of the stimuli, whole matrices at a time.

use super::{Fold, Rows, Spec, mean};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    match spec.id {
        "distance-correlation" => Some(distance_correlation(x, y)),
        _ => None,
    }
}

fn distance_correlation(x: &Rows, y: &Rows) -> f64 {
    let (a, b) = (doubly_centred(x), doubly_centred(y));
    let covariance = |a: &Rows, b: &Rows| -> f64 {
        a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a * b).sum()
    };
    (covariance(&a, &b) / (covariance(&a, &a) * covariance(&b, &b)).sqrt()).sqrt()
}

/// Euclidean distances less their row and column means, plus their mean.
fn doubly_centred(m: &Rows) -> Vec<Vec<f64>> {
    let distance =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let d: Vec<Vec<f64>> = m.iter().map(|a| m.iter().map(|b| distance(a, b)).collect()).collect();
    let means: Vec<f64> = d.iter().map(|row| mean(row)).collect();
    let all = mean(&means);
    let centred = |(row, of_row): (&Vec<f64>, &f64)| {
        row.iter().zip(&means).map(|(d, of_column)| d - of_row - of_column + all).collect()
    };
    d.iter().zip(&means).map(centred).collect()
}
