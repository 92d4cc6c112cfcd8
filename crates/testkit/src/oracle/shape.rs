//! Alignments of clouds of stimuli, by the singular vectors of the rows.

use super::{
    Fold, Rows, Spec, best_assignment, centred, correlations, gram, mean, polar, product, svd,
    symmetric_eigen,
};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    let number = |name: &str| spec.parameter(name).map(|v| v.parse::<f64>().expect("a number"));
    let all: Vec<usize> = (0..x.len()).collect();
    if spec.id == "aligned-cosine" && spec.parameter("centre").is_none() {
        return Some(aligned_cosine(x, y));
    }
    let (x, y) = (centred(x, &all, &all), centred(y, &all, &all));
    let is_raw = spec.parameter("size") == Some("raw");
    let per_stimulus = spec.parameter("size") == Some("per-stimulus")
        || spec.id == "bures-distance" && spec.parameter("size").is_none();
    let sized = |m: &Rows| {
        let size = match (is_raw, per_stimulus) {
            (true, _) => 1.0,
            (_, true) => (m.len() as f64).sqrt(),
            _ => norm(m),
        };
        times(m, 1.0 / size)
    };
    Some(match spec.id {
        "procrustes-angular-distance" => angle(aligned(&x, &y), &x, &y),
        "procrustes-euclidean-distance" | "bures-distance" => left(&sized(&x), &sized(&y)).sqrt(),
        "procrustes-squared-distance" => left(&sized(&x), &sized(&y)),
        "procrustes-disparity-distance" => angle(aligned(&x, &y), &x, &y).sin().powi(2),
        "aligned-cosine" => aligned_cosine(&x, &y),
        "bures-similarity" => fidelity(&x, &y),
        "shape-distance" => {
            let alpha = number("alpha").unwrap_or(1.0);
            let most = if spec.parameter("widths") == Some("pca") {
                x[0].len().min(y[0].len())
            } else {
                x[0].len().max(y[0].len())
            };
            let (x, y) = (whitened(&x, alpha, most), whitened(&y, alpha, most));
            match spec.parameter("form") {
                Some("euclidean") => left(&x, &y).sqrt(),
                _ => angle(aligned(&x, &y), &x, &y),
            }
        }
        "permutation-distance" => permutation(spec, &x, &y),
        "soft-matching-distance" => soft_matching(spec, &x, &y),
        "riemannian-distance" => riemannian(&x, &y, number("ridge").unwrap_or(0.1)),
        _ => return None,
    })
}

fn norm(m: &Rows) -> f64 {
    m.iter().flatten().map(|v| v * v).sum::<f64>().sqrt()
}

fn times(m: &Rows, factor: f64) -> Vec<Vec<f64>> {
    m.iter().map(|row| row.iter().map(|v| factor * v).collect()).collect()
}

fn transposed(m: &Rows) -> Vec<Vec<f64>> {
    (0..m[0].len()).map(|j| m.iter().map(|row| row[j]).collect()).collect()
}

fn angle(product: f64, x: &Rows, y: &Rows) -> f64 {
    (product / (norm(x) * norm(y))).clamp(-1.0, 1.0).acos()
}

/// Greatest inner product over rotations of one cloud.
fn aligned(x: &Rows, y: &Rows) -> f64 {
    svd(&product(x, y)).1.iter().sum()
}

/// Mean cosine of the rows that are not zero, after the best rotation.
fn aligned_cosine(x: &Rows, y: &Rows) -> f64 {
    let rotation = polar(&product(x, y));
    let cosine = |(a, b): (&Vec<f64>, &Vec<f64>)| {
        let turned = |j: usize| a.iter().zip(&rotation).map(|(v, row)| v * row[j]).sum::<f64>();
        let product: f64 = b.iter().enumerate().map(|(j, v)| v * turned(j)).sum();
        let squares = |row: &[f64]| row.iter().map(|v| v * v).sum::<f64>();
        let lengths = (squares(a) * squares(b)).sqrt();
        (lengths > 0.0).then(|| product / lengths)
    };
    mean(&x.iter().zip(y).filter_map(cosine).collect::<Vec<f64>>())
}

/// Sum of squares that is left after the best rotation.
fn left(x: &Rows, y: &Rows) -> f64 {
    (norm(x).powi(2) + norm(y).powi(2) - 2.0 * aligned(x, y)).max(0.0)
}

/// By the kernels: the sum of the roots of the eigenvalues of `K^½ L K^½`, with the singular values of `K^½ L^½`.
fn fidelity(x: &Rows, y: &Rows) -> f64 {
    let root = |m: &Rows| {
        let (u, s, _) = svd(m);
        let entry =
            |i: usize, j: usize| -> f64 { (0..s.len()).map(|k| u[i][k] * s[k] * u[j][k]).sum() };
        (0..m.len()).map(|i| (0..m.len()).map(|j| entry(i, j)).collect()).collect()
    };
    let (k, l): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (root(x), root(y));
    svd(&product(&k, &l)).1.iter().sum::<f64>() / (norm(x) * norm(y))
}

/// The first principal components, each times `alpha + (1 − alpha) / size`, scaled to the sum of squares they had.
fn whitened(m: &Rows, alpha: f64, most: usize) -> Vec<Vec<f64>> {
    let (u, s, _) = svd(m);
    let kept = most.min(s.len());
    let sizes: Vec<f64> = s[..kept].iter().map(|s| alpha * s + (1.0 - alpha)).collect();
    let total = |sizes: &[f64]| sizes.iter().map(|s| s * s).sum::<f64>();
    let scale = (total(&s[..kept]) / total(&sizes)).sqrt();
    u.iter().map(|row| (0..kept).map(|k| scale * row[k] * sizes[k]).collect()).collect()
}

fn permutation(spec: Spec<'_>, x: &Rows, y: &Rows) -> f64 {
    if x[0].len() > y[0].len() {
        return permutation(spec, y, x);
    }
    let mut gain = product(x, y);
    if spec.parameter("partners") == Some("free") {
        gain.iter_mut().flatten().for_each(|g| *g = g.max(0.0));
    }
    let total: f64 = best_assignment(&gain).iter().enumerate().map(|(i, &j)| gain[i][j]).sum();
    match spec.parameter("form") {
        Some("euclidean") => (norm(x).powi(2) + norm(y).powi(2) - 2.0 * total).max(0.0).sqrt(),
        _ => angle(total, x, y),
    }
}

/// Uniform masses are equal pieces, so that the plan is an assignment of pieces.
fn soft_matching(spec: Spec<'_>, x: &Rows, y: &Rows) -> f64 {
    let (p, q) = (x[0].len(), y[0].len());
    let pieces = (1..=q).map(|k| k * p).find(|m| m % q == 0).expect("there is a common multiple");
    let all: Vec<usize> = (0..x.len()).collect();
    let (r, xs, ys) = (correlations(x, y, &all), transposed(x), transposed(y));
    let cost = |i: usize, j: usize| match spec.parameter("normalise") {
        Some("unit") => 2.0 - 2.0 * r[i][j],
        _ => xs[i].iter().zip(&ys[j]).map(|(a, b)| (a - b) * (a - b)).sum::<f64>(),
    };
    let value: Vec<Vec<f64>> = (0..pieces)
        .map(|a| (0..pieces).map(|b| -cost(a * p / pieces, b * q / pieces)).collect())
        .collect();
    let plan = best_assignment(&value);
    let total: f64 = plan.iter().enumerate().map(|(a, &b)| -value[a][b]).sum();
    (total / pieces as f64).max(0.0).sqrt()
}

/// By the n × n kernels.
fn riemannian(x: &Rows, y: &Rows, ridge: f64) -> f64 {
    let n = x.len();
    let kernel = |m: &Rows| {
        let mut k = times(&gram(m), n as f64 / norm(m).powi(2));
        (0..n).for_each(|i| k[i][i] += ridge);
        k
    };
    let (values, vectors) = symmetric_eigen(&kernel(x));
    // A_x^-½ in the eigenbasis of A_x, on both sides of A_y.
    let rows: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|k| vectors[i][k] / values[k].sqrt()).collect()).collect();
    let inner = product(&rows, &product(&transposed(&kernel(y)), &rows));
    let logs = symmetric_eigen(&inner).0.into_iter().map(|mu| mu.ln().powi(2));
    logs.sum::<f64>().sqrt()
}
