//! Times of the solvers, with their certificates asserted.
//!
//! `cargo bench -p consilience-solvers` prints a table. With `-- --write DIRECTORY` the large cost matrices are also
//! written as raw little-endian f64 in column-major order, named `problem-ROWSxCOLUMNS.f64`, so that other packages can be
//! timed on the same numbers.
#![expect(clippy::print_stdout, reason = "the table is the result")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use consilience_linalg::Mat;
use consilience_solvers::{
    Assignment, AssignmentWorkspace, PartialCurve, Plan, TransportWorkspace, assignment_with,
    partial_curve, partial_transport, uniform_transport_with,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Seconds to spend on each row of the table, at least one repetition.
const BUDGET_SECONDS: f64 = 1.0;

/// Stimuli and latent factors behind the correlation-like costs.
const STIMULI: usize = 400;
const FACTORS: usize = 50;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let directory = arguments.windows(2).find(|w| w[0] == "--write").map(|w| PathBuf::from(&w[1]));
    println!("{:<34} {:>12} {:>22} {:>10}", "problem", "best seconds", "value", "gap");
    let assignments = [
        (16, 16),
        (32, 32),
        (64, 64),
        (128, 128),
        (64, 128),
        (1000, 1000),
        (1000, 1500),
        (4000, 4000),
    ];
    let transports = [(16, 64), (64, 128), (64, 96), (256, 384), (1000, 1500), (1000, 1501)];
    let mut workspace = AssignmentWorkspace::default();
    for (p, q) in assignments {
        for (family, cost) in problems(p, q) {
            write(directory.as_ref(), family, &cost);
            let (seconds, best): (f64, Assignment) = best_of(|| {
                assignment_with(&mut workspace, cost.as_ref()).expect("a valid problem")
            });
            assert!(best.certificate_gap(cost.as_ref()).abs() < 1e-10);
            report("assignment", family, &cost, seconds, best.value, best.gap);
        }
    }
    let mut workspace = TransportWorkspace::default();
    for (p, q) in transports {
        for (family, cost) in problems(p, q) {
            write(directory.as_ref(), family, &cost);
            let (seconds, plan): (f64, Plan) = best_of(|| {
                uniform_transport_with(&mut workspace, cost.as_ref()).expect("a valid problem")
            });
            let (a, b) = (vec![1.0 / p as f64; p], vec![1.0 / q as f64; q]);
            assert!(plan.certificate_gap(cost.as_ref(), &a, &b).abs() < 1e-12);
            report("transport", family, &cost, seconds, plan.value, plan.gap);
        }
    }
    for (p, q) in [(64, 96), (256, 384), (1000, 1000), (1000, 1500), (1000, 1501)] {
        for (family, cost) in problems(p, q) {
            let (seconds, curve): (f64, PartialCurve) =
                best_of(|| partial_curve(cost.as_ref()).expect("a valid problem"));
            let half = partial_transport(cost.as_ref(), 0.5).expect("a valid problem");
            assert!((curve.cost(0.5) - half.value).abs() < 1e-12);
            assert!(half.certificate_gap(cost.as_ref()).abs() < 1e-12);
            report("partial curve", family, &cost, seconds, half.value, curve.gap);
        }
    }
}

fn report(solver: &str, family: &str, cost: &Mat<f64>, seconds: f64, value: f64, gap: f64) {
    let name = format!("{solver} {family} {}x{}", cost.nrows(), cost.ncols());
    println!("{name:<34} {seconds:>12.3e} {value:>22.15} {gap:>10.1e}");
}

/// Uniform costs, and one minus the correlations of units that share latent factors.
fn problems(p: usize, q: usize) -> [(&'static str, Mat<f64>); 2] {
    let mut rng = ChaCha8Rng::seed_from_u64((p * 10_000 + q) as u64);
    let uniform = Mat::from_fn(p, q, |_, _| rng.random::<f64>());
    let latent = gaussian(STIMULI, FACTORS, &mut rng);
    let mut units = |n: usize| {
        let mut x = &latent * &gaussian(FACTORS, n, &mut rng);
        let noise = gaussian(STIMULI, n, &mut rng);
        for j in 0..n {
            let noisy = |i: usize| x[(i, j)] + 0.5 * (FACTORS as f64).sqrt() * noise[(i, j)];
            let values: Vec<f64> = (0..STIMULI).map(noisy).collect();
            let mean = values.iter().sum::<f64>() / STIMULI as f64;
            let norm = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
            for i in 0..STIMULI {
                x[(i, j)] = (values[i] - mean) / norm;
            }
        }
        x
    };
    let (x, y) = (units(p), units(q));
    let correlation = x.transpose() * &y;
    [("uniform", uniform), ("correlation", Mat::from_fn(p, q, |i, j| 1.0 - correlation[(i, j)]))]
}

/// Sums of twelve uniforms are Gaussian enough for a benchmark.
fn gaussian(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Mat<f64> {
    Mat::from_fn(rows, columns, |_, _| (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0)
}

/// The shortest time of a call within the budget, and its result.
fn best_of<T>(mut call: impl FnMut() -> T) -> (f64, T) {
    let start = Instant::now();
    let mut shortest = f64::INFINITY;
    loop {
        let before = Instant::now();
        let result = black_box(call());
        shortest = shortest.min(before.elapsed().as_secs_f64());
        if start.elapsed().as_secs_f64() > BUDGET_SECONDS {
            return (shortest, result);
        }
    }
}

fn write(directory: Option<&PathBuf>, family: &str, cost: &Mat<f64>) {
    let Some(directory) = directory else { return };
    let (p, q) = (cost.nrows(), cost.ncols());
    let bytes: Vec<u8> =
        (0..q).flat_map(|j| (0..p).flat_map(move |i| cost[(i, j)].to_le_bytes())).collect();
    let path = directory.join(format!("{family}-{p}x{q}.f64"));
    std::fs::write(&path, bytes).expect("the directory can be written to");
}
