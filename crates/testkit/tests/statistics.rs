//! Moments against plain computation, and the arithmetic on blocks.

use std::sync::Arc;

use consilience_data::{ArraySource, Precision};
use consilience_linalg::{Mat, MatRef, matmul};
use consilience_statistics::{
    BlockSet, Blocks, Cross, Marginal, Pair, PairMoments, Reading, Rotation, Side, gather_cross,
    gather_marginal,
};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::Recording;
use consilience_testkit::synthetic::{gaussian_pair, generator, permutation, rectified_laplace};

type Rows = Vec<Vec<f64>>;

/// Moments of the given rows in two passes of plain f64 loops.
struct Naive {
    sides: [NaiveSide; 2],
    cross: Rows,
    norms: f64,
}

struct NaiveSide {
    mean: Vec<f64>,
    scatter: Rows,
    norm_4: f64,
}

impl NaiveSide {
    fn unit_norms(&self) -> Vec<f64> {
        (0..self.mean.len()).map(|u| self.scatter[u][u].sqrt()).collect()
    }
}

fn product(a: &Rows, b: &Rows) -> Rows {
    let entry = |i: usize, j: usize| a.iter().zip(b).map(|(a, b)| a[i] * b[j]).sum();
    (0..a[0].len()).map(|i| (0..b[0].len()).map(|j| entry(i, j)).collect()).collect()
}

/// The moments of the chosen rows, of the values as they are stored.
fn naive(x: &Recording, y: &Recording, chosen: &[usize]) -> Naive {
    let side = |r: &Recording| {
        let stored = |v: f64| match r.precision {
            Precision::F32 => f64::from(v as f32),
            Precision::F64 => v,
        };
        let row = |&i: &usize| r.values.row(i).iter().map(|&v| stored(v)).collect::<Vec<f64>>();
        let rows: Rows = chosen.iter().map(row).collect();
        let n = rows.len() as f64;
        let of_unit = |u: usize| {
            let mean = rows.iter().map(|r| r[u]).sum::<f64>() / n;
            // Far from 0 the sum has lost digits, which the differences still have.
            mean + rows.iter().map(|r| r[u] - mean).sum::<f64>() / n
        };
        let mean: Vec<f64> = (0..rows[0].len()).map(of_unit).collect();
        let centred: Rows =
            rows.iter().map(|r| r.iter().zip(&mean).map(|(v, m)| v - m).collect()).collect();
        let norms: Vec<f64> = centred.iter().map(|r| r.iter().map(|v| v * v).sum()).collect();
        let norm_4 = norms.iter().map(|k| k * k).sum();
        (NaiveSide { mean, scatter: product(&centred, &centred), norm_4 }, centred, norms)
    };
    let ((x, x_rows, x_norms), (y, y_rows, y_norms)) = (side(x), side(y));
    Naive {
        sides: [x, y],
        cross: product(&x_rows, &y_rows),
        norms: x_norms.iter().zip(&y_norms).map(|(a, b)| a * b).sum(),
    }
}

/// The greatest error: of a mean relative to the deviation of its unit, of a product to the product of two norms.
fn worst(found: &PairMoments, expected: &Naive) -> f64 {
    let mut errors = vec![(found.norms() - expected.norms).abs() / expected.norms];
    let [x, y] = &expected.sides;
    let mut matrix = |found: MatRef<'_, f64>, expected: &Rows, a: &[f64], b: &[f64]| {
        for (i, row) in expected.iter().enumerate() {
            errors.extend(
                row.iter().enumerate().map(|(j, v)| (found[(i, j)] - v).abs() / (a[i] * b[j])),
            );
        }
    };
    let (a, b) = (x.unit_norms(), y.unit_norms());
    matrix(found.x.scatter(), &x.scatter, &a, &a);
    matrix(found.y.scatter(), &y.scatter, &b, &b);
    matrix(found.cross().as_ref(), &expected.cross, &a, &b);
    let squares = |rows: &Rows| rows.iter().flatten().map(|v| v * v).sum::<f64>();
    let bound = |norms: &[f64]| norms.iter().map(|v| v * v).sum::<f64>();
    let mut norm = |found: f64, expected: &Rows, a: &[f64], b: &[f64]| {
        errors.push((found - squares(expected)).abs() / (bound(a) * bound(b)));
    };
    norm(found.squared_norm(), &expected.cross, &a, &b);
    norm(found.x.squared_norm(), &x.scatter, &a, &a);
    norm(found.y.squared_norm(), &y.scatter, &b, &b);
    for (found, expected, norms) in [(&found.x, x, &a), (&found.y, y, &b)] {
        errors.push((found.trace() - bound(norms)).abs() / bound(norms));
        let root_n = (found.n as f64).sqrt();
        let units = found.mean.iter().zip(&expected.mean).zip(norms);
        errors.extend(units.map(|((f, e), norm)| (f - e).abs() / (norm / root_n)));
        errors.push((found.norm_4() - expected.norm_4).abs() / expected.norm_4);
    }
    // A comparison with NaN is false: NaN counts as the worst.
    errors.into_iter().fold(0.0, |worst, e| if e <= worst { worst } else { e })
}

fn exceeds(error: f64, bound: f64) -> bool {
    error.is_nan() || error > bound
}

struct Gathered {
    marginals: [Marginal; 2],
    cross: Cross,
}

fn gather(sources: [&ArraySource; 2], orders: [Option<&[usize]>; 2], blocks: &Blocks) -> Gathered {
    let [x, y] = [0, 1].map(|s| Reading {
        source: sources[s],
        representation: 0,
        units: None,
        order: orders[s],
    });
    Gathered {
        marginals: [&x, &y].map(|reading| gather_marginal(reading, blocks).expect("good data")),
        cross: gather_cross(&x, &y, blocks).expect("good data"),
    }
}

fn gather_recordings(x: &Recording, y: &Recording, blocks: &Blocks) -> Gathered {
    let (x, y) = (x.source("x").expect("good data"), y.source("y").expect("good data"));
    gather([&x, &y], [None, None], blocks)
}

impl Gathered {
    fn over(self, set: BlockSet) -> Arc<PairMoments> {
        let [x, y] = self.marginals.map(|m| Side::new(Arc::new(m), &[]));
        Pair::new(&x, &y, &Arc::new(self.cross), &[]).over(set)
    }
}

/// Data sets of the moments' tests, with a name: several chunks, one chunk, few rows, sparse, far from 0.
fn recordings(precision: Precision) -> Vec<(String, Recording, Recording)> {
    let mut out = Vec::new();
    let mut add = |name: &str, x: &Mat<f64>, y: &Mat<f64>| {
        let recording = |m| Recording { precision, ..Recording::new(m) };
        out.push((format!("{name}, {precision:?}"), recording(x), recording(y)));
    };
    for (seed, n, widths) in
        [(401, 7000, [5, 7]), (402, 60, [17, 16]), (403, 9, [20, 3]), (404, 40, [1, 1])]
    {
        let (x, y, _) = gaussian_pair(n, widths, 3, 1.0, &mut generator(seed));
        add(&format!("Gaussian {n} × {widths:?} (seed {seed})"), &x, &y);
    }
    let mut rng = generator(405);
    let (x, y) = (rectified_laplace(500, 12, &mut rng), rectified_laplace(500, 9, &mut rng));
    add("sparse (seed 405)", &x, &y);
    // Mean a million deviations away: E[xy] − E[x]E[y] has four digits left here in f64, and none in f32.
    let (x, y, _) = gaussian_pair(6000, [4, 3], 2, 0.5, &mut generator(406));
    let far = |m: &Mat<f64>| Mat::from_fn(m.nrows(), m.ncols(), |i, j| 1e6 + m[(i, j)]);
    add("offset of 1e6 (seed 406)", &far(&x), &far(&y));
    out
}

/// Error of f64 moments: rounding of sums of n terms (random signs, √n · 2⁻⁵³ · a few) and of values that lie 10⁶
/// deviations from 0, whose own last place is 10⁻¹⁰ of a deviation.
const DOUBLE: f64 = 1e-11;
const DOUBLE_FAR: f64 = 1e-9;

/// Error of f32 moments. Centred values are rounded once (2⁻²⁴); a product of chunks of m ≤ 4,096 rows is summed in f32,
/// with an error of at most m · 2⁻²⁴ of the norms, and of some √m · 2⁻²⁴ ≈ 3 · 10⁻⁶ as signs are random; four times that.
/// Above a chunk, f64.
const SINGLE: f64 = 1e-5;

#[test]
fn moments_are_those_of_a_plain_computation() {
    let mut failures = Vec::new();
    for precision in [Precision::F64, Precision::F32] {
        for (name, x, y) in recordings(precision) {
            let all: Vec<usize> = (0..x.ids.len()).collect();
            let expected = naive(&x, &y, &all);
            let bound = match precision {
                Precision::F32 => SINGLE,
                Precision::F64 if name.contains("offset") => DOUBLE_FAR,
                Precision::F64 => DOUBLE,
            };
            for n_blocks in [1, 3, 9] {
                let blocks = Blocks::hashed(&x.ids, n_blocks, 1).expect("enough stimuli");
                let found = gather_recordings(&x, &y, &blocks).over(BlockSet::first(n_blocks));
                let error = worst(&found, &expected);
                if exceeds(error, bound) {
                    failures.push(format!("{name}, {n_blocks} blocks: {error:e}, bound {bound:e}"));
                }
            }
        }
    }
    assert_none(&failures);
}

/// Beside a block of values 10⁵ times as large, the squared norm of all others is 10⁻²⁰ of the whole: no digit of it would
/// be left in a difference.
#[test]
fn norms_without_a_block_are_as_good_whatever_the_block_holds() {
    let (x, y, _) = gaussian_pair(90, [5, 4], 2, 0.5, &mut generator(421));
    let blocks = Blocks::contiguous(90, 9).expect("enough stimuli");
    let large = |m: &Mat<f64>| {
        Mat::from_fn(m.nrows(), m.ncols(), |i, j| if i < 10 { 1e5 * m[(i, j)] } else { m[(i, j)] })
    };
    let recording =
        |m: &Mat<f64>| Recording { precision: Precision::F64, ..Recording::new(&large(m)) };
    let (x, y) = (recording(&x), recording(&y));
    let mut failures = Vec::new();
    for block in 0..9 {
        let set = BlockSet::first(9).minus([block].into_iter().collect());
        let chosen: Vec<usize> = set.iter().flat_map(|b| blocks.members(b).to_vec()).collect();
        let error = worst(&gather_recordings(&x, &y, &blocks).over(set), &naive(&x, &y, &chosen));
        if exceeds(error, DOUBLE) {
            failures.push(format!("without block {block}: {error:e}"));
        }
    }
    assert_none(&failures);
}

#[test]
fn moments_merged_over_any_blocks_are_those_of_their_rows() {
    let mut failures = Vec::new();
    for (name, x, y) in recordings(Precision::F64) {
        let n_blocks = 9;
        let blocks = Blocks::hashed(&x.ids, n_blocks, 1).expect("enough stimuli");
        let bound = if name.contains("offset") { DOUBLE_FAR } else { DOUBLE };
        for seed in 411..417 {
            let kept = 1 + seed as usize % (n_blocks - 1);
            let order = permutation(n_blocks, &mut generator(seed));
            let set: BlockSet = order[..kept].iter().copied().collect();
            let chosen: Vec<usize> = set.iter().flat_map(|b| blocks.members(b).to_vec()).collect();
            // One row has no moments to compare with.
            if chosen.len() < 2 {
                continue;
            }
            let found = gather_recordings(&x, &y, &blocks).over(set);
            let error = worst(&found, &naive(&x, &y, &chosen));
            if found.n != chosen.len() || exceeds(error, bound) {
                failures.push(format!("{name}, {kept} blocks (seed {seed}): {error:e}"));
            }
        }
    }
    assert_none(&failures);
}

#[test]
fn rotated_moments_are_those_of_rotated_rows() {
    let mut failures = Vec::new();
    for (name, x, y) in recordings(Precision::F64) {
        let bound = if name.contains("offset") { DOUBLE_FAR } else { DOUBLE };
        let blocks = Blocks::hashed(&x.ids, 5, 1).expect("enough stimuli");
        let rotation = Rotation::random(x.values.ncols(), &mut generator(421));
        let mut found = gather_recordings(&x, &y, &blocks);
        found.cross = found.cross.rotate_x(&rotation);
        found.marginals[0] = found.marginals[0].rotate(&rotation);
        let rotated = matmul(x.values.as_ref(), rotation.matrix());
        let rotated = Recording { values: rotated, ..x.clone() };
        let all: Vec<usize> = (0..x.ids.len()).collect();
        let error = worst(&found.over(BlockSet::first(5)), &naive(&rotated, &y, &all));
        if exceeds(error, bound) {
            failures.push(format!("{name} (rotation seed 421): {error:e}"));
        }
    }
    assert_none(&failures);
}

/// A shuffled reading shows stimulus `order[i]` in place of i. The same rows in the same order: the same bytes.
#[test]
fn a_shuffled_order_is_a_permutation_of_the_stimuli() {
    let (x, y, _) = gaussian_pair(120, [4, 5], 2, 1.0, &mut generator(431));
    for positions in [1, 3] {
        let (x, y) =
            (Recording::of_positions(&x, positions), Recording::of_positions(&y, positions));
        let order = permutation(x.ids.len(), &mut generator(432));
        let moved = |i: usize| order[i / positions] * positions + i % positions;
        let shuffled = Mat::from_fn(120, 5, |i, j| y.values[(moved(i), j)]);
        let shuffled = Recording { values: shuffled, ..y.clone() };
        let blocks = Blocks::hashed(&x.ids, 6, 1).expect("enough stimuli");
        let sources = [&x, &y, &shuffled].map(|r| r.source("r").expect("good data"));
        let found = gather([&sources[0], &sources[1]], [None, Some(&order)], &blocks);
        let expected = gather([&sources[0], &sources[2]], [None, None], &blocks);
        assert_eq!(found.marginals, expected.marginals, "{positions} positions");
        assert_eq!(found.cross, expected.cross, "{positions} positions");
    }
}
