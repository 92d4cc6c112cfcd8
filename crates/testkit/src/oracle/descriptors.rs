//! One number of each representation, row by row.

use super::{Fold, Rows, Spec, mean};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    let of: &dyn Fn(&Rows) -> f64 = match spec.id {
        "magnitude-difference-distance" => &|m| norm(&mean_row(m)),
        "concentricity-difference-distance" => &concentricity,
        "uniformity-difference-distance" => &|m| uniformity(spec, m),
        _ => return None,
    };
    Some((of(x) - of(y)).abs())
}

fn norm(row: &[f64]) -> f64 {
    row.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn mean_row(m: &Rows) -> Vec<f64> {
    let unit = |j: usize| mean(&m.iter().map(|row| row[j]).collect::<Vec<f64>>());
    (0..m[0].len()).map(unit).collect()
}

fn concentricity(m: &Rows) -> f64 {
    let centre = mean_row(m);
    let cosine = |row: &Vec<f64>| {
        let product: f64 = row.iter().zip(&centre).map(|(a, b)| a * b).sum();
        if norm(row) > 0.0 { product / (norm(row) * norm(&centre)) } else { 0.0 }
    };
    mean(&m.iter().map(cosine).collect::<Vec<f64>>())
}

fn uniformity(spec: Spec<'_>, m: &Rows) -> f64 {
    let t: f64 = spec.parameter("t").map_or(2.0, |t| t.parse().expect("a number"));
    let length = |row: &[f64]| match (spec.parameter("normalise"), norm(row)) {
        (Some("true"), length) if length > 0.0 => length,
        _ => 1.0,
    };
    let unit = |row: &Vec<f64>| -> Vec<f64> { row.iter().map(|v| v / length(row)).collect() };
    let m: Vec<Vec<f64>> = m.iter().map(unit).collect();
    let mut exponents = Vec::new();
    for (i, a) in m.iter().enumerate() {
        for (j, b) in m.iter().enumerate() {
            if i != j || spec.parameter("pairs").is_none() {
                let squared: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
                exponents.push(-t * squared);
            }
        }
    }
    let greatest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let terms: Vec<f64> = exponents.iter().map(|e| (e - greatest).exp()).collect();
    greatest + mean(&terms).ln()
}
