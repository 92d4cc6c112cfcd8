//! Seeded data with known structure. A matrix has a row per stimulus and a column per unit.

use consilience_linalg::{Mat, MatRef, matmul, matmul_atb, random_orthogonal, squared_norm};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

use crate::evaluate::{Protocol, Recording};

/// The generator of a seed.
#[must_use]
pub fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Independent standard normal values.
#[must_use]
pub fn normal(rows: usize, units: usize, rng: &mut impl Rng) -> Mat<f64> {
    Mat::from_fn(rows, units, |_, _| StandardNormal.sample(rng))
}

/// The matrix plus independent normal noise.
#[must_use]
pub fn with_noise(m: MatRef<'_, f64>, deviation: f64, rng: &mut impl Rng) -> Mat<f64> {
    Mat::from_fn(m.nrows(), m.ncols(), |i, j| {
        let noise: f64 = StandardNormal.sample(rng);
        m[(i, j)] + deviation * noise
    })
}

/// The units in a random order, and that order: unit j of the copy is unit `order[j]`.
#[must_use]
pub fn permuted_copy(m: MatRef<'_, f64>, rng: &mut impl Rng) -> (Mat<f64>, Vec<usize>) {
    let order = permutation(m.ncols(), rng);
    (Mat::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, order[j])]), order)
}

/// A random order of `0..n`.
#[must_use]
pub fn permutation(n: usize, rng: &mut impl Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(rng);
    order
}

/// The rows times a random orthogonal matrix.
#[must_use]
pub fn rotated_copy(m: MatRef<'_, f64>, rng: &mut impl Rng) -> Mat<f64> {
    matmul(m, random_orthogonal(m.ncols(), rng).as_ref())
}

/// A Gaussian pair with sources in common, and the linear CKA of its population.
///
/// `x = s A + ν e` and `y = s B + ν f` with independent standard normal s, e, f, so that the covariances are `AᵀA + ν² I`,
/// `BᵀB + ν² I` and `AᵀB`.
#[must_use]
pub fn gaussian_pair(
    rows: usize,
    [p, q]: [usize; 2],
    sources: usize,
    noise: f64,
    rng: &mut impl Rng,
) -> (Mat<f64>, Mat<f64>, f64) {
    let (a, b) = (normal(sources, p, rng), normal(sources, q, rng));
    let s = normal(rows, sources, rng);
    let x = with_noise(matmul(s.as_ref(), a.as_ref()).as_ref(), noise, rng);
    let y = with_noise(matmul(s.as_ref(), b.as_ref()).as_ref(), noise, rng);
    let own = |m: &Mat<f64>| {
        let noise =
            Mat::from_fn(m.ncols(), m.ncols(), |i, j| if i == j { noise * noise } else { 0.0 });
        squared_norm((matmul_atb(m.as_ref(), m.as_ref()) + noise).as_ref()).sqrt()
    };
    let cka = squared_norm(matmul_atb(a.as_ref(), b.as_ref()).as_ref()) / (own(&a) * own(&b));
    (x, y, cka)
}

/// Independent sources max(0, Laplace of scale 1): sparse, non-negative, of variance 3/4.
#[must_use]
pub fn rectified_laplace(rows: usize, units: usize, rng: &mut impl Rng) -> Mat<f64> {
    Mat::from_fn(rows, units, |_, _| {
        let size: f64 = Exp1.sample(rng);
        if rng.random::<bool>() { size } else { 0.0 }
    })
}

/// Rectified units, about half of them silent at a time. Unit j of each side follows source j, and all sources a little.
#[must_use]
pub fn sparse_pair(rows: usize, [p, q]: [usize; 2], rng: &mut impl Rng) -> (Mat<f64>, Mat<f64>) {
    let s = normal(rows, p.max(q), rng);
    let mut side = |units: usize| {
        let mixture = matmul(s.as_ref(), normal(s.ncols(), units, rng).as_ref());
        let own = Mat::from_fn(rows, units, |i, j| s[(i, j)] + 0.2 * mixture[(i, j)]);
        let noisy = with_noise(own.as_ref(), 0.4, rng);
        Mat::from_fn(rows, units, |i, j| noisy[(i, j)].max(0.0))
    };
    (side(p), side(q))
}

/// A pair of arrays that the laws are run over.
#[derive(Debug, Clone)]
pub struct DataSet {
    /// What it is, with its seed.
    pub name: String,
    /// First representation.
    pub x: Mat<f64>,
    /// Second representation.
    pub y: Mat<f64>,
    /// Rows of one stimulus.
    pub rows_per_stimulus: usize,
    /// Class of each stimulus, where units are scores of classes.
    pub labels: Option<Vec<u32>>,
}

impl DataSet {
    /// Values recorded on the stimuli of this data set.
    #[must_use]
    pub fn recording(&self, values: &Mat<f64>) -> Recording {
        Recording::of_positions(values, self.rows_per_stimulus).labelled(self.labels.as_deref())
    }

    /// The usual protocols for these stimuli.
    #[must_use]
    pub fn protocols(&self) -> Vec<Protocol> {
        Protocol::usual(&self.recording(&self.x).ids)
    }
}

/// The data sets of the laws: equal and unequal widths, more units than stimuli, sparse and non-negative; scores of classes
/// with two rows a stimulus, and probabilities of classes.
///
/// Means and variances differ from unit to unit; the representations are related, none is a copy.
#[must_use]
pub fn data_sets() -> Vec<DataSet> {
    let gaussian = |what: &str, seed: u64, rows: usize, widths: [usize; 2], sources: usize| {
        let mut rng = generator(seed);
        let (x, y, _) = gaussian_pair(rows, widths, sources, 0.8, &mut rng);
        let (x, y) = (uneven(&x, &mut rng), uneven(&y, &mut rng));
        plain(format!("{what} (seed {seed})"), x, y)
    };
    let sparse = |seed: u64| {
        let (x, y) = sparse_pair(120, [10, 12], &mut generator(seed));
        plain(format!("sparse, non-negative (seed {seed})"), x, y)
    };
    vec![
        gaussian("equal widths", 11, 70, [8, 8], 4),
        gaussian("x wider", 12, 60, [9, 6], 4),
        gaussian("y wider", 13, 80, [5, 8], 3),
        gaussian("more units than stimuli", 14, 40, [52, 46], 5),
        sparse(15),
        class_scores("class scores, two rows a stimulus (seed 16)", 16, [36, 2, 7]),
        probabilities(class_scores("class probabilities (seed 17)", 17, [50, 1, 6])),
    ]
}

fn plain(name: String, x: Mat<f64>, y: Mat<f64>) -> DataSet {
    DataSet { name, x, y, rows_per_stimulus: 1, labels: None }
}

/// What two classifiers say: both favour the class of a stimulus, and err on the same stimuli more often than not.
#[must_use]
pub fn class_scores(
    name: &str,
    seed: u64,
    [stimuli, rows_per_stimulus, classes]: [usize; 3],
) -> DataSet {
    let mut rng = generator(seed);
    let labels: Vec<u32> = (0..stimuli).map(|_| rng.random_range(0..classes as u32)).collect();
    let difficulty = normal(stimuli, classes, &mut rng);
    let mut side = |gain: f64| {
        let bias = normal(1, classes, &mut rng);
        let noise = normal(stimuli * rows_per_stimulus, classes, &mut rng);
        Mat::from_fn(noise.nrows(), classes, |row, class| {
            let stimulus = row / rows_per_stimulus;
            let favoured = if labels[stimulus] as usize == class { 2.0 } else { 0.0 };
            let pattern = gain * (favoured + difficulty[(stimulus, class)]);
            pattern + 0.3 * bias[(0, class)] + 0.6 * noise[(row, class)]
        })
    };
    let (x, y) = (side(1.0), side(0.8));
    DataSet { name: name.into(), x, y, rows_per_stimulus, labels: Some(labels) }
}

/// The softmax of both sides.
#[must_use]
pub fn probabilities(data: DataSet) -> DataSet {
    let softmax = |m: &Mat<f64>| {
        let sum = |row: usize| m.row(row).iter().map(|v| v.exp()).sum::<f64>();
        Mat::from_fn(m.nrows(), m.ncols(), |row, class| m[(row, class)].exp() / sum(row))
    };
    DataSet { x: softmax(&data.x), y: softmax(&data.y), ..data }
}

/// Each unit with a mean and a scale of its own.
fn uneven(m: &Mat<f64>, rng: &mut impl Rng) -> Mat<f64> {
    let scales: Vec<f64> = (0..m.ncols()).map(|_| 2f64.powf(rng.random_range(-1.0..1.0))).collect();
    let means: Vec<f64> = (0..m.ncols()).map(|_| rng.random_range(-3.0..3.0)).collect();
    Mat::from_fn(m.nrows(), m.ncols(), |i, j| means[j] + scales[j] * m[(i, j)])
}
