//! Merging many sets of rows at once: the update of Chan, Golub & LeVeque for all of them together.

#![expect(clippy::inline_always, reason = "what is not inlined is not compiled for wider vectors")]

use std::sync::OnceLock;

use consilience_linalg::{Mat, MatRef, Real, squared_norm, sum_of_squares, vectorised};
use rayon::prelude::*;

use crate::BlockSet;
use crate::scatter::{Column, Scatter};

/// Rows that are merged: how many, the means of both sides, and the scatter about these means.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) n: usize,
    pub(crate) x_mean: &'a [f64],
    pub(crate) y_mean: &'a [f64],
    pub(crate) scatter: Sums<'a>,
}

/// The scatter of a part: of one block, or merged before.
#[derive(Clone, Copy)]
pub(crate) enum Sums<'a> {
    Block(&'a Scatter),
    Merged(MatRef<'a, f64>),
}

impl<'a> Sums<'a> {
    fn column(self, j: usize) -> Column<'a> {
        match self {
            Self::Block(scatter) => scatter.column(j),
            Self::Merged(scatter) => {
                let column = scatter.col(j).try_as_col_major();
                Column::F64(column.expect("made column by column").as_slice())
            }
        }
    }
}

/// Parts about their common means: scatter of all rows is Σ S_b + Σ n_b δ_b ε_bᵀ with δ, ε the distances of the means of a
/// part from the common ones.
struct Merging<'a> {
    parts: &'a [Part<'a>],
    n: usize,
    /// √n_b δ_b of every part, and √n_b ε_b.
    dx: Vec<Vec<f64>>,
    dy: Vec<Vec<f64>>,
}

impl<'a> Merging<'a> {
    fn new(parts: &'a [Part<'a>], x_mean: &[f64], y_mean: &[f64]) -> Self {
        let apart = |n: usize, own: &[f64], mean: &[f64]| -> Vec<f64> {
            let root = (n as f64).sqrt();
            own.iter().zip(mean).map(|(own, mean)| root * (own - mean)).collect()
        };
        Self {
            parts,
            n: parts.iter().map(|p| p.n).sum(),
            dx: parts.iter().map(|p| apart(p.n, p.x_mean, x_mean)).collect(),
            dy: parts.iter().map(|p| apart(p.n, p.y_mean, y_mean)).collect(),
        }
    }

    /// Writes a column of the scatter of all rows: every part is passed over once.
    #[inline(always)]
    fn column(&self, j: usize, out: &mut [f64]) {
        out.fill(0.0);
        for ((part, dx), dy) in self.parts.iter().zip(&self.dx).zip(&self.dy) {
            match part.scatter.column(j) {
                Column::F32(own) => add_part(out, own, dx, dy[j]),
                Column::F64(own) => add_part(out, own, dx, dy[j]),
            }
        }
    }

    /// Adds the squares of a column of the scatter without each part, from that of all rows: without b it is
    /// S − S_b − n n_b / (n − n_b) δ_b ε_bᵀ.
    #[inline(always)]
    fn add_squares_without(&self, j: usize, all: &[f64], sums: &mut [f64]) {
        for (b, sum) in sums.iter_mut().enumerate() {
            let rest = self.n - self.parts[b].n;
            let factor = self.n as f64 / rest.max(1) as f64 * self.dy[b][j];
            *sum += match self.parts[b].scatter.column(j) {
                Column::F32(own) => squares_without(all, own, &self.dx[b], factor),
                Column::F64(own) => squares_without(all, own, &self.dx[b], factor),
            };
        }
    }
}

#[inline(always)]
fn add_part<T: Real>(out: &mut [f64], own: &[T], dx: &[f64], dy: f64) {
    assert_eq!(out.len(), own.len(), "shapes differ");
    for ((o, &v), d) in out.iter_mut().zip(own).zip(dx) {
        *o += v.into() + d * dy;
    }
}

/// Σ (all − own − factor · dx)², in eight interleaved sums as a fixed order.
#[inline(always)]
fn squares_without<T: Real>(all: &[f64], own: &[T], dx: &[f64], factor: f64) -> f64 {
    let left = |a: f64, v: T, d: f64| {
        let left = a - v.into() - factor * d;
        left * left
    };
    let mut sums = [0.0; 8];
    let (a8, v8, d8) = (all.chunks_exact(8), own.chunks_exact(8), dx.chunks_exact(8));
    let rest = a8.remainder().iter().zip(v8.remainder()).zip(d8.remainder());
    let rest: f64 = rest.map(|((&a, &v), &d)| left(a, v, d)).sum();
    for ((a, v), d) in a8.zip(v8).zip(d8) {
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum += left(a[k], v[k], d[k]);
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// Scatter of all rows about their common means, in one pass over the parts.
pub(crate) fn merged_scatter(parts: &[Part<'_>], x_mean: &[f64], y_mean: &[f64]) -> Mat<f64> {
    let merging = Merging::new(parts, x_mean, y_mean);
    let mut out = Mat::zeros(x_mean.len(), y_mean.len());
    vectorised(
        #[inline(always)]
        || (0..y_mean.len()).for_each(|j| merging.column(j, out.col_as_slice_mut(j))),
    );
    out
}

/// Squared Frobenius norms of the scatter of all rows, and of the scatter without each of the parts.
#[derive(Debug)]
struct SquaredNorms {
    whole: f64,
    /// Without each part; 0 where no other part has rows.
    without: Vec<f64>,
}

/// Squared norms over all blocks and without each, remembered.
#[derive(Debug, Default)]
pub(crate) struct Norms(OnceLock<SquaredNorms>);

impl Norms {
    /// The squared norm over a set of blocks, if it is that of all or lacks one; `parts` are all blocks.
    ///
    /// It depends on nothing but the blocks, so that whoever asks first, in whatever way the set is put together, finds the
    /// same.
    pub(crate) fn of<'a>(
        &self,
        set: BlockSet,
        parts: impl Iterator<Item = Part<'a>>,
    ) -> Option<f64> {
        let (blocks, parts): (Vec<usize>, Vec<Part<'a>>) =
            parts.enumerate().filter(|(_, part)| part.n > 0).unzip();
        let mut missing = (0..blocks.len()).filter(|&k| !set.contains(blocks[k]));
        let (missing, more) = (missing.next(), missing.next());
        if parts.is_empty() || more.is_some() || (missing.is_some() && parts.len() == 1) {
            return None;
        }
        if self.0.get().is_none() {
            // Threads that come at the same time find the same. Several work on it, so that nothing may wait for it.
            let _ = self.0.set(SquaredNorms::of(&parts));
        }
        let norms = self.0.get().expect("it was just set");
        Some(missing.map_or(norms.whole, |k| norms.without[k]))
    }
}

/// Columns whose norms are summed one after the other; these sums are added up in order, whatever the threads.
const COLUMNS: usize = 64;

/// Share of the squared norm of the whole below which that of the rest is a difference of large numbers.
const LEFT_TO_ROUNDING: f64 = 1e-6;

impl SquaredNorms {
    /// One pass over the parts, column by column while they are at hand. No matrix is made, but where a part holds nearly all
    /// of the whole: what is left is then not found by a difference.
    pub(crate) fn of(parts: &[Part<'_>]) -> Self {
        let (x_mean, y_mean) = common_means(parts);
        let q = y_mean.len();
        let merging = Merging::new(parts, &x_mean, &y_mean);
        let starts: Vec<usize> = (0..q).step_by(COLUMNS).collect();
        let strip = |&start: &usize| {
            let mut sums = Self { whole: 0.0, without: vec![0.0; parts.len()] };
            let mut all = vec![0.0; x_mean.len()];
            vectorised(
                #[inline(always)]
                || {
                    for j in start..(start + COLUMNS).min(q) {
                        merging.column(j, &mut all);
                        sums.whole += sum_of_squares(&all);
                        merging.add_squares_without(j, &all, &mut sums.without);
                    }
                },
            );
            sums
        };
        let strips: Vec<Self> = starts.par_iter().map(strip).collect();
        let mut sums = Self { whole: 0.0, without: vec![0.0; parts.len()] };
        for strip in strips {
            sums.whole += strip.whole;
            sums.without.iter_mut().zip(strip.without).for_each(|(a, b)| *a += b);
        }
        for (b, sum) in sums.without.iter_mut().enumerate() {
            if *sum < LEFT_TO_ROUNDING * sums.whole {
                let others = parts.iter().enumerate().filter(|(other, _)| *other != b);
                let others: Vec<Part<'_>> = others.map(|(_, part)| *part).collect();
                *sum = if others.is_empty() { 0.0 } else { own_squared_norm(&others) };
            }
        }
        sums
    }
}

/// The squared norm by the matrix itself.
fn own_squared_norm(parts: &[Part<'_>]) -> f64 {
    let (x_mean, y_mean) = common_means(parts);
    squared_norm(merged_scatter(parts, &x_mean, &y_mean).as_ref())
}

/// Means of both sides over all rows.
fn common_means(parts: &[Part<'_>]) -> (Vec<f64>, Vec<f64>) {
    let x: Vec<(usize, &[f64])> = parts.iter().map(|p| (p.n, p.x_mean)).collect();
    let y: Vec<(usize, &[f64])> = parts.iter().map(|p| (p.n, p.y_mean)).collect();
    (merged_mean(&x), merged_mean(&y))
}

/// Mean of all rows: that of the first part, moved by the weighted differences from it, which are small.
pub(crate) fn merged_mean(parts: &[(usize, &[f64])]) -> Vec<f64> {
    let n: usize = parts.iter().map(|p| p.0).sum();
    let Some((_, first)) = parts.first() else { return Vec::new() };
    let mut moved = vec![0.0; first.len()];
    for (rows, other) in parts {
        let rows = *rows as f64;
        for ((m, a), b) in moved.iter_mut().zip(*other).zip(*first) {
            *m += rows * (a - b);
        }
    }
    first.iter().zip(moved).map(|(first, moved)| first + moved / n as f64).collect()
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
