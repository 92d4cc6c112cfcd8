//! Inputs and slow, obvious solvers.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::collections::BTreeMap;

use consilience_linalg::Mat;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

pub(crate) fn transposed(cost: &Mat<f64>) -> Mat<f64> {
    cost.transpose().to_owned()
}

/// A cost matrix of a named family.
pub(crate) fn matrix(family: &str, p: usize, q: usize, rng: &mut impl RngExt) -> Mat<f64> {
    let mut uniform = || rng.random_range(-1.0..1.0);
    match family {
        "uniform" => Mat::from_fn(p, q, |_, _| uniform()),
        "ties" => Mat::from_fn(p, q, |_, _| f64::round(1.6 * uniform())),
        "equal" => Mat::from_fn(p, q, |_, _| 0.3),
        "duplicated rows" => {
            let base = Mat::from_fn(p.div_ceil(3), q, |_, _| uniform());
            Mat::from_fn(p, q, |i, j| base[(i / 3, j)])
        }
        "huge and small" => {
            Mat::from_fn(p, q, |i, j| uniform() * if (i + j) % 2 == 0 { 1e140 } else { 1e130 })
        }
        "tiny" => Mat::from_fn(p, q, |_, _| 1e-300 * uniform()),
        // Machol-Wien products: the hard case of augmenting paths.
        "products" => Mat::from_fn(p, q, |i, j| ((i + 1) * (j + 1)) as f64),
        // One-dimensional points: optimal potentials vary a lot, many pivots are degenerate.
        "line" => Mat::from_fn(p, q, |i, j| (i as f64 / p as f64 - j as f64 / q as f64).powi(2)),
        // Correlations of units that share a few latent factors, negated.
        "correlation" => {
            let factors = Mat::from_fn(p + q, 6, |_, _| uniform());
            let norm = |i: usize| (0..6).map(|k| factors[(i, k)].powi(2)).sum::<f64>().sqrt();
            Mat::from_fn(p, q, |i, j| {
                let dot: f64 = (0..6).map(|k| factors[(i, k)] * factors[(p + j, k)]).sum();
                -dot / (norm(i) * norm(p + j))
            })
        }
        _ => panic!("no family is called {family}"),
    }
}

/// The least total cost over all injections of the short side into the long one.
pub(crate) fn permutation_optimum(cost: &Mat<f64>) -> f64 {
    if cost.nrows() > cost.ncols() {
        return permutation_optimum(&transposed(cost));
    }
    cheapest_completion(cost, 0, 0)
}

/// The least cost of matching the rows from this one on with columns that are not taken.
fn cheapest_completion(cost: &Mat<f64>, row: usize, taken: u32) -> f64 {
    if row == cost.nrows() {
        return 0.0;
    }
    (0..cost.ncols())
        .filter(|j| taken & (1 << j) == 0)
        .map(|j| cost[(row, j)] + cheapest_completion(cost, row + 1, taken | 1 << j))
        .fold(f64::INFINITY, f64::min)
}

/// The least cost of a transport between integer masses, by dynamic programming over whole units: some vertex of the
/// polytope is optimal, and vertices are integer.
pub(crate) fn exact_transport(cost: &Mat<f64>, a: &[i64], b: &[i64]) -> f64 {
    let mut best = BTreeMap::from([(b.to_vec(), 0.0)]);
    for (i, &mass) in a.iter().enumerate() {
        let mut next = BTreeMap::new();
        for (left, value) in best {
            spread(cost, i, 0, mass, left, value, &mut next);
        }
        best = next;
    }
    best[&vec![0; b.len()]]
}

/// Tries every way to put the mass of row `i` into columns `j` and above.
fn spread(
    cost: &Mat<f64>,
    i: usize,
    j: usize,
    mass: i64,
    left: Vec<i64>,
    value: f64,
    next: &mut BTreeMap<Vec<i64>, f64>,
) {
    if j == left.len() {
        if mass == 0 {
            let entry = next.entry(left).or_insert(f64::INFINITY);
            *entry = entry.min(value);
        }
        return;
    }
    for moved in 0..=mass.min(left[j]) {
        let mut left = left.clone();
        left[j] -= moved;
        spread(cost, i, j + 1, mass - moved, left, value + moved as f64 * cost[(i, j)], next);
    }
}
