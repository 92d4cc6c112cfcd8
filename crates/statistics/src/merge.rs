//! Merging many sets of rows at once: the update of Chan, Golub & LeVeque for all of them together.

use consilience_linalg::{Mat, add_cross, sum};

use crate::BlockSet;

/// Rows that are merged: how many, the means of both sides, and the scatter about these means.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) n: usize,
    pub(crate) x_mean: &'a [f64],
    pub(crate) y_mean: &'a [f64],
    pub(crate) scatter: &'a Mat<f64>,
}

/// Scatter of all rows about their common means: Σ S_b + Σ n_b δ_b ε_bᵀ with δ, ε the distances of the means of a part
/// from the common ones. One sum and one product of rank K, whatever the number of rows.
pub(crate) fn merged_scatter(parts: &[Part<'_>], x_mean: &[f64], y_mean: &[f64]) -> Mat<f64> {
    let scatters: Vec<&Mat<f64>> = parts.iter().map(|p| p.scatter).collect();
    let mut out = sum(&scatters);
    let apart = |of: &dyn Fn(&Part<'_>) -> Vec<f64>, mean: &[f64]| {
        let rows: Vec<(f64, Vec<f64>)> =
            parts.iter().map(|p| ((p.n as f64).sqrt(), of(p))).collect();
        Mat::from_fn(parts.len(), mean.len(), |b, i| rows[b].0 * (rows[b].1[i] - mean[i]))
    };
    let dx = apart(&|p| p.x_mean.to_vec(), x_mean);
    let dy = apart(&|p| p.y_mean.to_vec(), y_mean);
    add_cross(&mut out, dx.as_ref(), dy.as_ref());
    out
}

/// Mean of all rows: that of the first part, moved by the weighted differences from it, which are small.
pub(crate) fn merged_mean(parts: &[(usize, &[f64])]) -> Vec<f64> {
    let n: usize = parts.iter().map(|p| p.0).sum();
    let Some((_, first)) = parts.first() else { return Vec::new() };
    let mut mean = first.to_vec();
    for (i, m) in mean.iter_mut().enumerate() {
        let moved: f64 = parts.iter().map(|(n, other)| *n as f64 * (other[i] - first[i])).sum();
        *m += moved / n as f64;
    }
    mean
}

/// A set as a union of whole groups and single blocks, so that what is known of a group serves every set that holds it.
pub(crate) fn decompose(set: BlockSet, groups: &[BlockSet]) -> (Vec<BlockSet>, BlockSet) {
    let mut rest = set;
    let mut whole = Vec::new();
    for &group in groups {
        if group != set && !group.is_empty() && group.minus(rest).is_empty() {
            whole.push(group);
            rest = rest.minus(group);
        }
    }
    (whole, rest)
}
