//! Times of measures beyond gathering the moments, five folds, beside what a product and a decomposition of that size take.
//!
//! `cargo bench -p consilience-testkit --bench measures [-- N P Q THREADS SPEC...]`; the default is 5,000 stimuli, 1,024 units a
//! side, two threads, ridge. It prints scores, so that a fast wrong answer shows.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use consilience_linalg::{eigen_symmetric, in_pool, matmul, symmetric_product};
use consilience_testkit::evaluate::{Protocol, Recording, gather};
use consilience_testkit::synthetic::{gaussian_pair, generator};

/// Blocks of stimuli.
const BLOCKS: usize = 20;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let numbers: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let specs: Vec<&str> =
        arguments.iter().filter(|a| a.parse::<usize>().is_err()).map(String::as_str).collect();
    let [n, p, q, threads] = numbers[..].try_into().unwrap_or([5_000, 1_024, 1_024, 2]);
    let specs = if specs.is_empty() { vec!["ridge"] } else { specs };
    in_pool(threads, || measure(n, p, q, &specs)).expect("threads");
}

fn measure(n: usize, p: usize, q: usize, specs: &[&str]) {
    let (x, y, _) = gaussian_pair(n, [p, q], p.div_ceil(4), 1.0, &mut generator(1));
    let (x, y) = (Recording::new(&x), Recording::new(&y));
    let protocol = Protocol::k_fold(&x.ids, BLOCKS, 5).expect("enough stimuli");
    println!("n = {n}, p = {p}, q = {q}, 5 folds");
    for spec in specs {
        // Gathered anew, so that nothing is remembered from the spec before.
        let pair = gather(&x, &y, &protocol.blocks).expect("good data");
        let (seconds, found) =
            timed(|| pair.evaluate(spec, &protocol.design).expect("a spec that has a value"));
        println!("{seconds:>9.3} s  {spec}: {:.12} {:?}", found.score, found.details);
    }
    let scatter = symmetric_product(x.values.transpose(), x.values.as_ref());
    let (product, _) = timed(|| matmul(scatter.as_ref(), scatter.as_ref()));
    let (eigen, _) = timed(|| eigen_symmetric(scatter.as_ref()).expect("finite"));
    println!("{product:>9.3} s  product of two {p} × {p} matrices");
    println!("{eigen:>9.3} s  eigendecomposition of one, on one thread");
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}
