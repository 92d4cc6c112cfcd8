//! What the machine can do: multiply-adds a second of a product, in this process.

use std::time::Instant;

use consilience::linalg::{Mat, Real, add_cross, in_pool};

/// Multiply-adds a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) single: f64,
    pub(crate) double: f64,
}

/// Measures the best of a few products of 4,096 × 2,048 by 2,048.
pub(crate) fn measure(threads: usize) -> anyhow::Result<Rates> {
    Ok(in_pool(threads, || Rates { single: rate::<f32>(), double: rate::<f64>() })?)
}

fn rate<T: Real>() -> f64 {
    let (n, p) = (4096, 2048);
    let a = Mat::<T>::from_fn(n, p, |i, j| T::from_f64(((i * 31 + j * 17) % 97) as f64 / 97.0));
    let mut out = Mat::zeros(p, p);
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        add_cross(&mut out, a.as_ref(), a.as_ref());
        best = best.min(start.elapsed().as_secs_f64());
    }
    std::hint::black_box(&out);
    (n * p * p) as f64 / best
}
