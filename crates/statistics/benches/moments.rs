//! Time of the moments of a pair against its floor: the multiply-adds at the rate of this process's own matrix product.
//!
//! `cargo bench -p consilience-statistics --bench moments [-- N P Q THREADS]`; the default is 50,000 stimuli, 2,048 units
//! a side, f32, two threads. It prints the ratio and asserts a moment, so that a fast wrong answer fails.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use consilience_data::{Activations, ArraySource, RowMajor, StimulusSet, array_representation};
use consilience_linalg::{Mat, add_cross, in_pool};
use consilience_statistics::{Blocks, Reading, gather_pair};

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs of which the fastest counts.
const RUNS: usize = 3;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let [n, p, q, threads] = match numbers[..] {
        [n, p, q, threads] => [n, p, q, threads],
        _ => [50_000, 2_048, 2_048, 2],
    };
    in_pool(threads, || measure(n, p, q, threads)).expect("threads");
}

fn measure(n: usize, p: usize, q: usize, threads: usize) {
    let mut source = ArraySource::new(StimulusSet::indexed("benchmark", n));
    for (name, units, seed) in [("x", p, 1), ("y", q, 2)] {
        let array = Activations::F32(RowMajor { values: noise(n * units, seed), n_units: units });
        source.push(array_representation(name, &array), array).expect("finite");
    }
    let blocks = Blocks::hashed(&StimulusSet::indexed("benchmark", n).ids, 20, 1).expect("blocks");
    let reading =
        |representation| Reading { source: &source, representation, units: None, order: None };
    let seconds = fastest(|| {
        let (x, y, cross) = gather_pair(&reading(0), &reading(1), &blocks).expect("finite data");
        assert_eq!((x.n_rows(), y.n_rows()), (n, n));
        std::hint::black_box(cross);
    });
    let rate = product_rate();
    // Two symmetric products, of which half is computed, and one full one; two operations a multiply-add.
    let operations = n as f64 * ((p * (p + 1) + q * (q + 1)) as f64 + 2.0 * (p * q) as f64);
    let floor = operations / rate;
    println!("moments of a pair: n = {n}, p = {p}, q = {q}, f32, {threads} threads");
    println!("  matrix product        {:.1} GFLOP/s", rate / 1e9);
    println!("  floor                 {floor:.3} s");
    println!("  moments               {seconds:.3} s");
    println!("  ratio to the floor    {:.2}", seconds / floor);
}

/// Operations a second of a square f32 product, accumulated in f64 as moments are.
fn product_rate() -> f64 {
    const SIZE: usize = 4096;
    let a = RowMajor { values: noise(SIZE * SIZE, 3), n_units: SIZE };
    let mut out = Mat::zeros(SIZE, SIZE);
    let seconds = fastest(|| add_cross(&mut out, a.view(), a.view()));
    2.0 * (SIZE as f64).powi(3) / seconds
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn fastest(mut work: impl FnMut()) -> f64 {
    let time = |()| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    [(); RUNS].map(time).into_iter().fold(f64::INFINITY, f64::min)
}

/// Numbers between -1 and 1 from a linear congruential generator: cheap, and as good as any for timing.
fn noise(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32) / (1u32 << 23) as f32 - 1.0
    };
    (0..n).map(|_| next()).collect()
}
