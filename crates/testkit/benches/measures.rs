//! Times of measures beyond gathering the moments, five folds, beside what a product and a decomposition of that size take.
//!
//! `cargo bench -p consilience-testkit --bench measures [-- N P Q THREADS SPEC...]`; the default is 5,000 stimuli, 1,024 units a
//! side, two threads, ridge. It prints scores, so that a fast wrong answer shows. With `--shared` one pair serves all specs of
//! moments, one after the other, as in a study: what one measure has factorised, the next ones find.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use consilience_linalg::{
    eigen_symmetric, in_pool, matmul, singular_values, svd, symmetric_product,
};
use consilience_measures::parse;
use consilience_statistics::Evidence;
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
    let is_shared = std::env::args().any(|a| a == "--shared");
    in_pool(threads, || measure(n, p, q, &specs, is_shared)).expect("threads");
}

fn measure(n: usize, p: usize, q: usize, specs: &[&str], is_shared: bool) {
    let (x, y, _) = gaussian_pair(n, [p, q], p.div_ceil(4), 1.0, &mut generator(1));
    let (x, y) = (Recording::new(&x), Recording::new(&y));
    let protocol = Protocol::k_fold(&x.ids, BLOCKS, 5).expect("enough stimuli");
    println!("n = {n}, p = {p}, q = {q}, 5 folds");
    let first = gather(&x, &y, &protocol.blocks).expect("good data");
    let evidence = Evidence { moments: Some(first.pair()), rows: None };
    let mut total = 0.0;
    for spec in specs {
        // Gathered anew where nothing is to be remembered from the spec before.
        let anew = (!is_shared).then(|| gather(&x, &y, &protocol.blocks).expect("good data"));
        let (seconds, found) = timed(|| match &anew {
            Some(pair) => pair.evaluate(spec, &protocol.design),
            None => parse(spec).and_then(|m| m.evaluate(&evidence, &protocol.design)),
        });
        let found = found.expect("a spec that has a value");
        println!("{seconds:>9.3} s  {spec}: {:.12} {:?}", found.score, found.details);
        total += seconds;
    }
    println!("{total:>9.3} s  all of these");
    let scatter = symmetric_product(x.values.transpose(), x.values.as_ref());
    let (product, _) = timed(|| matmul(scatter.as_ref(), scatter.as_ref()));
    let (eigen, _) = timed(|| eigen_symmetric(scatter.as_ref()).expect("finite"));
    let (values, _) = timed(|| singular_values(scatter.as_ref()).expect("finite"));
    let (vectors, _) = timed(|| svd(scatter.as_ref()).expect("finite"));
    println!("{product:>9.3} s  product of two {p} × {p} matrices");
    println!("{eigen:>9.3} s  eigendecomposition of one, on one thread");
    println!("{values:>9.3} s  singular values of one, on one thread");
    println!("{vectors:>9.3} s  singular value decomposition of one, on one thread");
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}
