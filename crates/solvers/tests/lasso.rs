//! LASSO: optimality conditions, a plain oracle, closed forms, and inputs that are no problem at all.
#![allow(missing_docs)]

mod common;

use common::rng;
use consilience_linalg::{Mat, in_pool, matmul_atb};
use consilience_solvers::{Error, LassoOptions, SparseFit, lasso_path, lasso_paths};
use rand::RngExt;

const TIGHT: LassoOptions = LassoOptions { tolerance: 1e-12, sweeps: 10_000 };

/// Moments of `n` rows of `p` sources that share factors, and of `t` targets that are sums of a few of them.
struct Problem {
    gram: Mat<f64>,
    cross: Mat<f64>,
    variances: Vec<f64>,
}

fn problem(n: usize, p: usize, t: usize, seed: u64) -> Problem {
    let rng = &mut rng(seed);
    let mut draw = |rows, columns| Mat::from_fn(rows, columns, |_, _| rng.random_range(-1.0..1.0));
    let (factors, mixing): (Mat<f64>, Mat<f64>) = (draw(n, 3), draw(3, p));
    let x = draw(n, p) + &factors * &mixing;
    let (noise, picks): (Mat<f64>, Mat<f64>) = (draw(n, t), draw(p, t));
    let planted = Mat::from_fn(p, t, |i, k| if (i + k) % 4 == 0 { picks[(i, k)] } else { 0.0 });
    let y = &x * &planted + noise;
    moments(&x, &y)
}

fn moments(x: &Mat<f64>, y: &Mat<f64>) -> Problem {
    let n = x.nrows() as f64;
    let product = |a: &Mat<f64>, b: &Mat<f64>| {
        let sums = matmul_atb(a.as_ref(), b.as_ref());
        Mat::from_fn(sums.nrows(), sums.ncols(), |i, j| sums[(i, j)] / n)
    };
    let own = product(y, y);
    Problem {
        gram: product(x, x),
        cross: product(x, y),
        variances: (0..y.ncols()).map(|k| own[(k, k)]).collect(),
    }
}

impl Problem {
    fn paths(&self, penalties: &[f64], options: LassoOptions) -> Vec<Vec<SparseFit>> {
        lasso_paths(self.gram.as_ref(), self.cross.as_ref(), &self.variances, penalties, options)
            .expect("a problem")
    }

    fn largest_product(&self, target: usize) -> f64 {
        self.cross.col_as_slice(target).iter().fold(0.0, |most, c| c.abs().max(most))
    }

    /// Geometric penalties from where the first weight of any target appears.
    fn penalties(&self, count: usize, down_to: f64) -> Vec<f64> {
        let first = (0..self.variances.len()).map(|t| self.largest_product(t)).fold(0.0, f64::max);
        (0..count).map(|k| first * down_to.powf(k as f64 / (count - 1) as f64)).collect()
    }

    fn gradient(&self, target: usize, weights: &[f64]) -> Vec<f64> {
        let p = weights.len();
        let product = |i: usize| (0..p).map(|j| self.gram[(i, j)] * weights[j]).sum::<f64>();
        (0..p).map(|i| self.cross[(i, target)] - product(i)).collect()
    }

    fn objective(&self, target: usize, weights: &[f64], penalty: f64) -> f64 {
        let gradient = self.gradient(target, weights);
        let explained: f64 =
            (0..weights.len()).map(|i| weights[i] * (self.cross[(i, target)] + gradient[i])).sum();
        let magnitudes: f64 = weights.iter().map(|w| w.abs()).sum();
        0.5 * (self.variances[target] - explained) + penalty * magnitudes
    }

    /// Iterative soft thresholding with momentum (Beck & Teboulle 2009): nothing in common with coordinate descent.
    fn oracle(&self, target: usize, penalty: f64, steps: usize) -> f64 {
        let p = self.gram.nrows();
        let row_sum = |i: usize| (0..p).map(|j| self.gram[(i, j)].abs()).sum::<f64>();
        let lipschitz = (0..p).map(row_sum).fold(0.0, f64::max);
        let (mut weights, mut ahead, mut momentum) = (vec![0.0_f64; p], vec![0.0_f64; p], 1.0_f64);
        for _ in 0..steps {
            let gradient = self.gradient(target, &ahead);
            let next: Vec<f64> = (0..p)
                .map(|i| {
                    let moved = ahead[i] + gradient[i] / lipschitz;
                    (moved.abs() - penalty / lipschitz).max(0.0) * moved.signum()
                })
                .collect();
            let further = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
            let pull = (momentum - 1.0) / further;
            ahead = (0..p).map(|i| next[i] + pull * (next[i] - weights[i])).collect();
            (weights, momentum) = (next, further);
        }
        self.objective(target, &weights, penalty)
    }
}

fn dense(fit: &SparseFit, p: usize) -> Vec<f64> {
    let mut weights = vec![0.0; p];
    for &(i, w) in &fit.weights {
        weights[i] = w;
    }
    weights
}

#[test]
fn optimality_conditions_hold_along_the_path() {
    let shapes = [(50, 1), (50, 2), (40, 15), (60, 16), (40, 17), (300, 60), (30, 80), (200, 200)];
    for (seed, (n, p)) in shapes.into_iter().enumerate() {
        let problem = problem(n, p, 3, seed as u64);
        let penalties = problem.penalties(12, 1e-3);
        for (target, path) in problem.paths(&penalties, TIGHT).iter().enumerate() {
            let variance = problem.variances[target];
            for fit in path {
                let weights = dense(fit, p);
                let gradient = problem.gradient(target, &weights);
                // The gap bounds the objective; its root bounds the gradient.
                let slack = 1e-5 * variance;
                for i in 0..p {
                    assert!(gradient[i].abs() <= fit.penalty + slack, "{n} × {p}: {fit:?}");
                    if weights[i] != 0.0 {
                        let signed = fit.penalty * weights[i].signum();
                        assert!((gradient[i] - signed).abs() <= slack, "{n} × {p}: {fit:?}");
                    }
                }
                assert!(fit.gap <= 0.5e-12 * variance, "{n} × {p}: {fit:?}");
                let cross = problem.cross.col_as_slice(target);
                let anew = fit.certificate_gap(problem.gram.as_ref(), cross, variance);
                assert!((anew - fit.gap).abs() <= 1e-12 * variance, "{anew} {fit:?}");
                let objective = problem.objective(target, &weights, fit.penalty);
                assert!((objective - fit.objective).abs() <= 1e-12 * variance);
            }
        }
    }
}

#[test]
fn objectives_are_those_of_an_obvious_solver() {
    for (seed, (n, p)) in [(40, 1), (60, 7), (80, 20), (12, 25)].into_iter().enumerate() {
        let problem = problem(n, p, 2, 100 + seed as u64);
        let penalties = problem.penalties(4, 0.02);
        for (target, path) in problem.paths(&penalties, TIGHT).iter().enumerate() {
            for fit in path {
                let expected = problem.oracle(target, fit.penalty, 20_000);
                let difference = (fit.objective - expected).abs();
                assert!(difference <= 1e-9 * problem.variances[target], "{difference} {fit:?}");
            }
        }
    }
}

#[test]
fn the_gap_bounds_what_is_missing() {
    let problem = problem(30, 60, 4, 5);
    let penalties = problem.penalties(8, 1e-2);
    let exact = problem.paths(&penalties, TIGHT);
    // Cut short on purpose: the results are poor, and their gaps say how poor.
    let options = LassoOptions { tolerance: 0.0, sweeps: 1 };
    let rough = problem.paths(&penalties, options);
    let mut worst: f64 = 0.0;
    for (rough, exact) in rough.iter().flatten().zip(exact.iter().flatten()) {
        let missing = rough.objective - exact.objective;
        assert!(missing <= rough.gap + 1e-12 && missing >= -exact.gap - 1e-12);
        worst = worst.max(missing);
    }
    assert!(worst > 1e-6, "nothing was cut short: {worst}");
}

#[test]
fn orthonormal_sources_are_soft_thresholded() {
    let gram = Mat::<f64>::identity(5, 5);
    let cross = [0.7, -0.5, 0.1, 0.0, -0.30];
    let penalties = [0.7, 0.4, 0.3, 0.05, 0.0];
    let path = lasso_path(gram.as_ref(), &cross, 1.0, &penalties, TIGHT).expect("a problem");
    for fit in &path {
        let expected: Vec<(usize, f64)> = cross
            .iter()
            .map(|c: &f64| (c.abs() - fit.penalty).max(0.0) * c.signum())
            .enumerate()
            .filter(|(_, w)| *w != 0.0)
            .collect();
        assert_eq!(fit.weights.len(), expected.len(), "{fit:?}");
        for (found, expected) in fit.weights.iter().zip(&expected) {
            assert!(found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-15, "{fit:?}");
        }
    }
}

#[test]
fn nothing_has_a_weight_from_the_largest_product_on() {
    let problem = problem(50, 9, 1, 8);
    let largest = problem.largest_product(0);
    let penalties = [100.0 * largest, largest, largest * (1.0 - 1e-4)];
    let path = &problem.paths(&penalties, TIGHT)[0];
    for fit in &path[..2] {
        assert!(fit.weights.is_empty() && fit.gap == 0.0 && fit.iterations == 0);
        assert_eq!(fit.residual, problem.variances[0]);
    }
    assert_eq!(path[2].weights.len(), 1);
}

#[test]
fn no_penalty_is_least_squares() {
    let problem = problem(80, 12, 3, 9);
    let paths = problem.paths(&[0.1, 0.0], TIGHT);
    for (target, path) in paths.iter().enumerate() {
        let fit = &path[1];
        let gradient = problem.gradient(target, &dense(fit, 12));
        assert!(gradient.iter().all(|g| g.abs() < 1e-14), "{gradient:?}");
        assert!(fit.weights.len() == 12 && fit.gap < 1e-25 && fit.residual < path[0].residual);
    }
}

#[test]
fn copies_and_sums_of_sources_do_no_harm() {
    let rng = &mut rng(11);
    let base = Mat::from_fn(60, 8, |_, _| rng.random_range(-1.0..1.0));
    let mixing = Mat::from_fn(3, 5, |_, _| rng.random_range(-1.0..1.0));
    // Each source twice, the copy inverted for some, and sums of the first three.
    let x = Mat::from_fn(60, 21, |i, j| match j {
        0..16 => base[(i, j % 8)] * if j > 12 { -1.0 } else { 1.0 },
        _ => (0..3).map(|k| base[(i, k)] * mixing[(k, j - 16)]).sum(),
    });
    let y = Mat::from_fn(60, 2, |i, t| base[(i, t)] + 0.5 * base[(i, 5)] + 0.1 * base[(i, 7 - t)]);
    let problem = moments(&x, &y);
    let mut penalties = problem.penalties(15, 1e-4);
    penalties.push(0.0);
    for (target, path) in problem.paths(&penalties, TIGHT).iter().enumerate() {
        for fit in path {
            assert!(fit.gap <= 0.5e-12 * problem.variances[target], "{fit:?}");
            assert!(fit.weights.len() <= 8, "eight dimensions: {fit:?}");
        }
        // The target is a sum of sources: least squares leaves nothing.
        assert!(path[15].residual < 1e-14 && path[14].residual < 1e-6);
    }
}

#[test]
fn fewer_rows_than_sources_are_certified_too() {
    let problem = problem(20, 120, 2, 12);
    let mut penalties = problem.penalties(20, 1e-4);
    penalties.push(0.0);
    for (target, path) in problem.paths(&penalties, TIGHT).iter().enumerate() {
        for fit in path {
            assert!(fit.gap <= 0.5e-12 * problem.variances[target], "{fit:?}");
            assert!(fit.weights.len() <= 20, "{} weights", fit.weights.len());
            // Sweeps alone go on for many thousands here.
            assert!(fit.iterations <= 300, "{} sweeps", fit.iterations);
        }
        assert!(path[20].residual <= 1e-12 * problem.variances[target]);
    }
}

#[test]
fn a_dead_source_has_no_weight() {
    let mut problem = problem(50, 6, 2, 13);
    for i in 0..6 {
        (problem.gram[(2, i)], problem.gram[(i, 2)]) = (0.0, 0.0);
    }
    (0..2).for_each(|t| problem.cross[(2, t)] = 0.0);
    for fit in problem.paths(&[0.05, 0.0], TIGHT).iter().flatten() {
        assert!(fit.weights.iter().all(|(i, _)| *i != 2) && !fit.weights.is_empty());
    }
    // A dead target is predicted by nothing.
    let path = lasso_path(problem.gram.as_ref(), &[0.0; 6], 0.0, &[0.1, 0.0], TIGHT);
    for fit in path.expect("a problem") {
        assert!(fit.weights.is_empty() && fit.gap == 0.0 && fit.objective == 0.0);
    }
}

#[test]
fn scale_of_the_problem_does_not_matter() {
    let problem = problem(40, 10, 1, 14);
    let penalties = problem.penalties(5, 0.05);
    let plain = &problem.paths(&penalties, TIGHT)[0];
    // A power of two, so that every number is scaled exactly.
    let scale = 2.0_f64.powi(-120);
    let scaled = |m: &Mat<f64>| Mat::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)] * scale);
    let small = Problem {
        gram: scaled(&problem.gram),
        cross: scaled(&problem.cross),
        variances: problem.variances.iter().map(|v| v * scale).collect(),
    };
    let penalties: Vec<f64> = penalties.iter().map(|l| l * scale).collect();
    for (small, plain) in small.paths(&penalties, TIGHT)[0].iter().zip(plain) {
        assert_eq!(small.weights, plain.weights);
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_for_targets_alone() {
    let problem = problem(100, 40, 9, 15);
    let mut penalties = problem.penalties(10, 1e-3);
    penalties.push(0.0);
    let options = LassoOptions::default();
    let on = |threads| in_pool(threads, || problem.paths(&penalties, options)).expect("threads");
    let paths = on(1);
    assert_eq!(paths, on(2));
    for (target, path) in paths.iter().enumerate() {
        let cross = problem.cross.col_as_slice(target);
        let variance = problem.variances[target];
        let alone = lasso_path(problem.gram.as_ref(), cross, variance, &penalties, options);
        assert_eq!(path, &alone.expect("a problem"));
    }
}

#[test]
fn what_is_no_problem_is_refused() {
    let gram = Mat::from_fn(2, 2, |i, j| if i == j { 1.0 } else { 0.5 });
    let with = |row, column, value| {
        let mut gram = gram.clone();
        gram[(row, column)] = value;
        gram
    };
    let penalties = [0.5, 0.1];
    let refuse = |gram: &Mat<f64>, cross: &[f64], variance: f64, penalties: &[f64]| {
        lasso_path(gram.as_ref(), cross, variance, penalties, LassoOptions::default())
            .expect_err("refused")
            .to_string()
    };
    let cases: [(String, &str); 12] = [
        (refuse(&Mat::zeros(0, 0), &[], 1.0, &penalties), "0 × 0"),
        (refuse(&Mat::zeros(2, 3), &[0.1, 0.1], 1.0, &penalties), "2 × 3"),
        (refuse(&with(0, 1, f64::NAN), &[0.1, 0.1], 1.0, &penalties), "entry (0, 1)"),
        (refuse(&with(1, 1, f64::INFINITY), &[0.1, 0.1], 1.0, &penalties), "entry (0, 1)"),
        (refuse(&with(0, 0, -1.0), &[0.1, 0.1], 1.0, &penalties), "entry (0, 0) of the Gram"),
        (refuse(&with(1, 0, 0.2), &[0.1, 0.1], 1.0, &penalties), "mirrored 0.2"),
        (refuse(&gram, &[0.1], 1.0, &penalties), "1 × 1; expected 2 × 1"),
        (refuse(&gram, &[0.1, 1.2], 1.0, &penalties), "source 1 with target 0 is 1.2"),
        (refuse(&gram, &[f64::NAN, 0.2], 1.0, &penalties), "source 0 with target 0 is NaN"),
        (refuse(&gram, &[0.1, 0.2], -1.0, &penalties), "variance of target 0 is -1"),
        (refuse(&gram, &[0.1, 0.2], 1.0, &[0.1, 0.5]), "penalty 1 is 0.5"),
        (refuse(&gram, &[0.1, 0.2], 1.0, &[f64::NAN]), "penalty 0 is NaN"),
    ];
    for (found, expected) in &cases {
        assert!(found.contains(expected), "{found} does not say {expected}");
    }
    let negative = lasso_path(gram.as_ref(), &[0.1, 0.2], 1.0, &[-0.1], TIGHT);
    assert_eq!(negative, Err(Error::Penalty { index: 0, value: -0.1 }));
    let none = lasso_path(gram.as_ref(), &[0.1, 0.2], 1.0, &[], TIGHT);
    assert_eq!(none, Ok(Vec::new()));
}

#[test]
fn moments_of_no_data_are_found_out() {
    // Two sources like a third cannot be each other's opposites.
    let entries = [[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]];
    let gram = Mat::from_fn(3, 3, |i, j| entries[i][j]);
    let options = LassoOptions { sweeps: 2000, ..TIGHT };
    let found = lasso_path(gram.as_ref(), &[0.1, 0.5, 0.5], 1.0, &[0.3, 0.001], options);
    let Err(Error::Indefinite { target: 0, residual, .. }) = found else {
        panic!("{found:?}");
    };
    assert!(residual.is_nan() || residual < 0.0);
}
