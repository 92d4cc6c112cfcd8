//! Canonical correlations and what follows from them, by orthonormal bases of the columns.

use super::{Fold, Rows, Spec, centred, column, gram, product, svd};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    let number = |name: &str| spec.parameter(name).map(|v| v.parse::<f64>().expect("a number"));
    let all: Vec<usize> = (0..x.len()).collect();
    let is_centred = spec.parameter("centre") != Some("false");
    let (x, y) = if is_centred {
        (centred(x, &all, &all), centred(y, &all, &all))
    } else {
        (x.to_vec(), y.to_vec())
    };
    let found = || Canonical::of(&svd(&x).0, &svd(&y).0);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let squares = || found().correlations.iter().map(|r| r * r).collect::<Vec<f64>>();
    Some(match spec.id {
        "mean-cca" => mean(&found().correlations),
        "mean-squared-cca" => mean(&squares()),
        "eigenspace-overlap" => {
            let [rx, ry] = found().ranks;
            squares().iter().sum::<f64>() / rx.max(ry) as f64
        }
        "svcca" => {
            let share = number("variance").unwrap_or(0.99);
            mean(&Canonical::of(&leading(&x, share), &leading(&y, share)).correlations)
        }
        "pwcca" => pwcca(spec, &x, &y),
        "gulp-distance" => gulp(&x, &y, number("lambda").unwrap_or(0.0)),
        "lange-linear-cka" => lange(&x, &y),
        _ => return None,
    })
}

struct Canonical {
    correlations: Vec<f64>,
    ranks: [usize; 2],
    /// Directions in the bases, one a column.
    directions: [Vec<Vec<f64>>; 2],
}

impl Canonical {
    /// Of two orthonormal bases.
    fn of(x: &Rows, y: &Rows) -> Self {
        let ranks = [x[0].len(), y[0].len()];
        let (u, mut correlations, v) = svd(&product(x, y));
        // Uncorrelated directions have no singular vector.
        correlations.resize(ranks[0].min(ranks[1]), 0.0);
        Self { correlations, ranks, directions: [u, v] }
    }
}

/// Basis of the fewest principal components that hold the share of the variance.
fn leading(m: &Rows, share: f64) -> Vec<Vec<f64>> {
    let (u, s, _) = svd(m);
    let total: f64 = s.iter().map(|s| s * s).sum();
    let held =
        |k: usize| s[..k].iter().map(|s| s * s).sum::<f64>() >= share * total * (1.0 - 1e-12);
    let kept = (1..=s.len()).find(|&k| held(k)).expect("all components hold all variance");
    u.iter().map(|row| row[..kept].to_vec()).collect()
}

/// NaN where some but not all correlations are equal: their directions are arbitrary.
fn pwcca(spec: Spec<'_>, x: &Rows, y: &Rows) -> f64 {
    let bases = [svd(x).0, svd(y).0];
    let Canonical { correlations, directions, .. } = Canonical::of(&bases[0], &bases[1]);
    if correlations[0] - correlations[correlations.len() - 1] < 1e-9 {
        return correlations[0];
    }
    if correlations.windows(2).any(|pair| pair[0] - pair[1] < 1e-9) {
        return f64::NAN;
    }
    let all: Vec<usize> = (0..x.len()).collect();
    let of_side = |side: usize| -> f64 {
        let m = [x, y][side];
        // Variates over stimuli: basis times direction.
        let along = |k: usize, basis: &Rows| -> Vec<f64> {
            basis
                .iter()
                .map(|row| row.iter().zip(&directions[side]).map(|(b, d)| b * d[k]).sum())
                .collect()
        };
        let variates: Vec<Vec<f64>> = if spec.parameter("variant") == Some("google") {
            // X u, with u in the coordinates of the units, is the basis with its columns times the singular values.
            let sizes = svd(m).1;
            let stretched: Vec<Vec<f64>> = bases[side]
                .iter()
                .map(|row| row.iter().zip(&sizes).map(|(b, s)| b * s).collect())
                .collect();
            gram_schmidt((0..correlations.len()).map(|k| along(k, &stretched)).collect())
        } else {
            (0..correlations.len()).map(|k| along(k, &bases[side])).collect()
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let weight = |h: &Vec<f64>| -> f64 {
            (0..m[0].len()).map(|unit| dot(h, &column(m, &all, unit)).abs()).sum()
        };
        let weights: Vec<f64> = variates.iter().map(weight).collect();
        let sum: f64 = weights.iter().zip(&correlations).map(|(w, r)| w * r).sum();
        sum / weights.iter().sum::<f64>()
    };
    match spec.parameter("weights") {
        Some("y") => of_side(1),
        Some("both") => f64::midpoint(of_side(0), of_side(1)),
        _ => of_side(0),
    }
}

fn gram_schmidt(vectors: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut done: Vec<Vec<f64>> = Vec::new();
    for mut v in vectors {
        for _ in 0..2 {
            for u in &done {
                let overlap: f64 = u.iter().zip(&v).map(|(a, b)| a * b).sum();
                v.iter_mut().zip(u).for_each(|(v, u)| *v -= overlap * u);
            }
        }
        let size = v.iter().map(|v| v * v).sum::<f64>().sqrt();
        done.push(v.into_iter().map(|v| v / size).collect());
    }
    done
}

/// Frobenius distance of the n × n smoothers.
fn gulp(x: &Rows, y: &Rows, lambda: f64) -> f64 {
    let n = x.len();
    let smoother = |m: &Rows| -> Vec<Vec<f64>> {
        let (u, s, _) = svd(m);
        let total: f64 = s.iter().map(|s| s * s).sum();
        let shares: Vec<f64> = s.iter().map(|s| s * s / total).map(|v| v / (v + lambda)).collect();
        let entry = |i: usize, j: usize| (0..s.len()).map(|k| u[i][k] * shares[k] * u[j][k]).sum();
        (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
    };
    let (a, b) = (smoother(x), smoother(y));
    let differences = a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b) * (a - b));
    differences.sum::<f64>().sqrt()
}

/// By the n × n kernels of centred rows, diagonals left out.
fn lange(x: &Rows, y: &Rows) -> f64 {
    let (k, l) = (gram(x), gram(y));
    let inner = |a: &Rows, b: &Rows| -> f64 {
        let pairs =
            (0..a.len()).flat_map(|i| (0..a.len()).filter(move |&j| j != i).map(move |j| (i, j)));
        pairs.map(|(i, j)| a[i][j] * b[i][j]).sum()
    };
    inner(&k, &l) / (inner(&k, &k) * inner(&l, &l)).sqrt()
}
