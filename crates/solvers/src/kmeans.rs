//! K-means: groups of points around their means.
//!
//! Greedy k-means++ seeding (Arthur & Vassilvitskii 2007), then the iteration of Lloyd (1982) with distances from one matrix
//! product. The problem has no dual worth having: what is certified is a fixed point, and that no restart found better.

use consilience_linalg::{Mat, MatRef, matmul_abt};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::error::{Error, Result};

/// How the iteration of [`kmeans`] is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KmeansOptions {
    /// Seedings; the partition of the smallest sum of squares counts.
    pub restarts: usize,
    /// Most iterations of a restart. A fixed point is reached long before as a rule.
    pub iterations: usize,
    /// Restart r draws from the generator of this seed, stream r.
    pub seed: u64,
}

impl Default for KmeansOptions {
    /// Ten restarts of at most 300 iterations, seed 1.
    fn default() -> Self {
        Self { restarts: 10, iterations: 300, seed: 1 }
    }
}

/// Points in groups.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Partition {
    /// Group of each point. Groups are numbered in the order of their first points.
    pub group: Vec<usize>,
    /// Mean of each group, one a row.
    pub centres: Mat<f64>,
    /// Sum of squared distances of the points from the means of their groups.
    pub sum_of_squares: f64,
    /// Whether no point is nearer to another mean: else the iteration was cut short.
    pub fixed_point: bool,
}

/// `k` groups of the points (one a row, n × d) with a small sum of squared distances from their means; no group is empty.
///
/// A local optimum, the best of some restarts. The result depends on points, options and seed, not on threads: restarts
/// run side by side, and of equal ones the first counts. O(n d k) an iteration.
///
/// # Errors
///
/// [`Error::Groups`] unless 1 ≤ k ≤ n, [`Error::NonFinitePoint`].
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
/// use consilience_solvers::{KmeansOptions, kmeans};
///
/// let line = [0.0, 5.0, 0.2, 5.4, 0.1];
/// let points = Mat::from_fn(5, 1, |i, _| line[i]);
/// let found = kmeans(points.as_ref(), 2, KmeansOptions::default())?;
/// assert_eq!(found.group, [0, 1, 0, 1, 0]);
/// assert!((found.sum_of_squares - 0.1).abs() < 1e-12 && found.fixed_point);
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn kmeans(points: MatRef<'_, f64>, k: usize, options: KmeansOptions) -> Result<Partition> {
    let n = points.nrows();
    if k == 0 || k > n {
        return Err(Error::Groups { groups: k, points: n });
    }
    for point in 0..n {
        for coordinate in 0..points.ncols() {
            let value = points[(point, coordinate)];
            if !value.is_finite() {
                return Err(Error::NonFinitePoint { point, coordinate, value });
            }
        }
    }
    let columns = points.to_owned();
    let run = |restart: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream(restart);
        let seeds = seeds(&columns, k, &mut rng);
        iterate(points, &seeds, options.iterations)
    };
    let further: Vec<Partition> =
        (1..options.restarts.max(1) as u64).into_par_iter().map(run).collect();
    let better = |best: Partition, next: Partition| {
        if next.sum_of_squares < best.sum_of_squares { next } else { best }
    };
    Ok(further.into_iter().fold(run(0), better))
}

/// Points that serve as first means: the first at random, each further one the best of some drawn with probability
/// proportional to the squared distance from the nearest so far.
fn seeds(points: &Mat<f64>, k: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let n = points.nrows();
    let trials = 2 + (k as f64).ln() as usize;
    let mut seeds = vec![rng.random_range(0..n)];
    let mut nearest = squared_distances(points, seeds[0]);
    while seeds.len() < k {
        let total: f64 = nearest.iter().sum();
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for _ in 0..trials {
            let seed = draw(&nearest, rng.random::<f64>() * total);
            let mut distances = squared_distances(points, seed);
            distances.iter_mut().zip(&nearest).for_each(|(d, &least)| *d = least.min(*d));
            let potential = distances.iter().sum();
            if best.as_ref().is_none_or(|(least, ..)| potential < *least) {
                best = Some((potential, seed, distances));
            }
        }
        let (_, seed, distances) = best.expect("there is a trial");
        seeds.push(seed);
        nearest = distances;
    }
    seeds
}

/// The index at which the running sum passes `level`; the last with a positive weight if rounding hides it. If all points
/// are seeds or equal to one, the first point.
fn draw(weights: &[f64], level: f64) -> usize {
    let mut sum = 0.0;
    let passes = |weight: &f64| {
        sum += weight;
        *weight > 0.0 && sum > level
    };
    let last = || weights.iter().rposition(|weight| *weight > 0.0);
    weights.iter().position(passes).or_else(last).unwrap_or(0)
}

/// Squared distances of all points from one of them, coordinate by coordinate: columns are contiguous.
fn squared_distances(points: &Mat<f64>, from: usize) -> Vec<f64> {
    let mut out = vec![0.0; points.nrows()];
    for c in 0..points.ncols() {
        let column = points.col_as_slice(c);
        let own = column[from];
        out.iter_mut().zip(column).for_each(|(o, v)| *o += (v - own) * (v - own));
    }
    out
}

/// Lloyd's iteration until no point changes its group.
fn iterate(points: MatRef<'_, f64>, seeds: &[usize], iterations: usize) -> Partition {
    let mut centres = Mat::from_fn(seeds.len(), points.ncols(), |g, c| points[(seeds[g], c)]);
    let mut group: Vec<usize> = Vec::new();
    let mut fixed_point = false;
    for _ in 0..iterations.max(1) {
        let next = nearest(points, centres.as_ref(), &group);
        fixed_point = next == group;
        group = next;
        if fixed_point {
            break;
        }
        centres = means(points, &mut group, seeds.len());
    }
    renumber(&mut group, &mut centres);
    let deviation = |(i, &g): (usize, &usize)| -> f64 {
        (0..points.ncols()).map(|c| (points[(i, c)] - centres[(g, c)]).powi(2)).sum()
    };
    let sum_of_squares = group.iter().enumerate().map(deviation).sum();
    Partition { group, centres, sum_of_squares, fixed_point }
}

/// The nearest centre of each point: of equals the one that it has, else the first.
fn nearest(points: MatRef<'_, f64>, centres: MatRef<'_, f64>, group: &[usize]) -> Vec<usize> {
    let products = matmul_abt(centres, points);
    let own: Vec<f64> =
        (0..centres.nrows()).map(|g| centres.row(g).iter().map(|v| v * v).sum()).collect();
    (0..points.nrows())
        .map(|i| {
            let distance = |g: usize| own[g] - 2.0 * products[(g, i)];
            let first = group.get(i).copied().unwrap_or(0);
            let nearer = |best, g| if distance(g) < distance(best) { g } else { best };
            (0..own.len()).fold(first, nearer)
        })
        .collect()
}

/// The means of the groups. A group that has lost all its points takes the one that is farthest from its own mean.
fn means(points: MatRef<'_, f64>, group: &mut [usize], k: usize) -> Mat<f64> {
    loop {
        let mut sizes = vec![0_usize; k];
        let mut centres = Mat::<f64>::zeros(k, points.ncols());
        for (i, &g) in group.iter().enumerate() {
            sizes[g] += 1;
            for c in 0..points.ncols() {
                centres[(g, c)] += points[(i, c)];
            }
        }
        for g in 0..k {
            for c in 0..points.ncols() {
                centres[(g, c)] /= sizes[g].max(1) as f64;
            }
        }
        let Some(empty) = sizes.iter().position(|&size| size == 0) else { return centres };
        // There are as many points as groups at least, so that some group has two.
        let distance = |i: usize| -> f64 {
            let g = group[i];
            (0..points.ncols()).map(|c| (points[(i, c)] - centres[(g, c)]).powi(2)).sum()
        };
        let candidates = (0..group.len()).filter(|&i| sizes[group[i]] > 1);
        let farthest = candidates.reduce(|a, b| if distance(b) > distance(a) { b } else { a });
        group[farthest.expect("some group has two points")] = empty;
    }
}

/// Numbers the groups in the order of their first points.
fn renumber(group: &mut [usize], centres: &mut Mat<f64>) {
    let mut order: Vec<usize> = Vec::new();
    for g in group {
        let number = order.iter().position(|o| o == g).unwrap_or_else(|| {
            order.push(*g);
            order.len() - 1
        });
        *g = number;
    }
    *centres = Mat::from_fn(centres.nrows(), centres.ncols(), |g, c| centres[(order[g], c)]);
}
