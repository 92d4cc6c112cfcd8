//! One number of each representation, row by row.

use super::{Fold, Rows, Spec, mean, symmetric_eigen};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    let of: &dyn Fn(&Rows) -> f64 = match spec.id {
        "magnitude-difference-distance" => &|m| norm(&mean_row(m)),
        "concentricity-difference-distance" => &concentricity,
        "uniformity-difference-distance" => &|m| uniformity(spec, m),
        "intrinsic-distance" => return Some(intrinsic_distance(spec, x, y)),
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

fn intrinsic_distance(spec: Spec<'_>, x: &Rows, y: &Rows) -> f64 {
    let k: usize = spec.parameter("k").map_or(5, |k| k.parse().expect("a number"));
    let (x, y) = (spectrum(x, k), spectrum(y, k));
    let trace =
        |values: &[f64], t: f64| mean(&values.iter().map(|v| (-t * v).exp()).collect::<Vec<f64>>());
    let weighted = |i: u32| {
        let t = 10_f64.powf(f64::from(i) / 127.5 - 1.0);
        (-2.0 * t - 2.0 / t).exp() * (trace(&x, t) - trace(&y, t)).abs()
    };
    1e6 * (0..256).map(weighted).fold(0.0, f64::max)
}

/// Eigenvalues of the normalised Laplacian of the graph of nearest neighbours.
fn spectrum(m: &Rows, k: usize) -> Vec<f64> {
    let n = m.len();
    let mut joined = vec![vec![0.0; n]; n];
    for i in 0..n {
        let squared =
            |j: usize| m[i].iter().zip(&m[j]).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        let mut others: Vec<usize> = (0..n).filter(|&j| j != i).collect();
        others.sort_by(|&a, &b| squared(a).total_cmp(&squared(b)));
        for &j in &others[..k] {
            joined[i][j] = 1.0;
            joined[j][i] = 1.0;
        }
    }
    let degree: Vec<f64> = joined.iter().map(|row| row.iter().sum()).collect();
    let entry = |i: usize, j: usize| {
        f64::from(u8::from(i == j)) - joined[i][j] / (degree[i] * degree[j]).sqrt()
    };
    let laplacian: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
    // Zeros, one a component of the graph, are left out of it.
    let mut values = symmetric_eigen(&laplacian).0;
    values.resize(n, 0.0);
    values
}
