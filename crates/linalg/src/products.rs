//! Matrix products. f32 input is multiplied in f32 and accumulated in f64; f64 stays f64.

use faer::linalg::matmul::{matmul as faer_matmul, triangular};
use faer::traits::ComplexField;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};

/// Multiply-adds from which a product is worth more than one thread: below it (about 0.1 ms of work on one core) the
/// hand-over costs more than it saves. The result has the same bytes either way.
const PARALLEL_FROM: usize = 1 << 22;

/// Threads for a product of that many multiply-adds.
fn parallelism(multiply_adds: usize) -> Par {
    if multiply_adds < PARALLEL_FROM { Par::Seq } else { Par::rayon(0) }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// f32 or f64: what activations are made of.
pub trait Real: sealed::Sealed + ComplexField + Copy + Into<f64> + PartialOrd + 'static {
    /// The value rounded to this precision.
    fn from_f64(value: f64) -> Self;

    /// `out += aᵀ b` with `out` in f64.
    fn accumulate(out: MatMut<'_, f64>, a: MatRef<'_, Self>, b: MatRef<'_, Self>);

    /// Lower triangle of `out += aᵀ a` with `out` in f64.
    fn accumulate_lower(out: MatMut<'_, f64>, a: MatRef<'_, Self>);
}

impl Real for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }

    fn accumulate(out: MatMut<'_, f64>, a: MatRef<'_, f64>, b: MatRef<'_, f64>) {
        let par = parallelism(a.nrows() * a.ncols() * b.ncols());
        faer_matmul(out, Accum::Add, a.transpose(), b, 1.0, par);
    }

    fn accumulate_lower(out: MatMut<'_, f64>, a: MatRef<'_, f64>) {
        lower_product(out, Accum::Add, a);
    }
}

impl Real for f32 {
    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn accumulate(out: MatMut<'_, f64>, a: MatRef<'_, f32>, b: MatRef<'_, f32>) {
        let mut product = Mat::<f32>::zeros(a.ncols(), b.ncols());
        let par = parallelism(a.nrows() * a.ncols() * b.ncols());
        faer_matmul(&mut product, Accum::Replace, a.transpose(), b, 1.0, par);
        add_widened(out, &product, |_| 0);
    }

    fn accumulate_lower(out: MatMut<'_, f64>, a: MatRef<'_, f32>) {
        let mut product = Mat::<f32>::zeros(a.ncols(), a.ncols());
        lower_product(product.as_mut(), Accum::Replace, a);
        add_widened(out, &product, |j| j);
    }
}

/// `out += product` from row `first(j)` on in each column j; columns in parallel where there are enough of them.
fn add_widened(out: MatMut<'_, f64>, product: &Mat<f32>, first: impl Fn(usize) -> usize + Sync) {
    let add = |(j, column): (usize, faer::ColMut<'_, f64>)| {
        let from = first(j);
        let widened = product.col_as_slice(j)[from..].iter();
        for (o, &v) in column.iter_mut().skip(from).zip(widened) {
            *o += f64::from(v);
        }
    };
    if product.nrows() * product.ncols() < PARALLEL_FROM / 8 {
        out.col_iter_mut().enumerate().for_each(add);
    } else {
        out.par_col_iter_mut().enumerate().for_each(add);
    }
}

fn lower_product<T: Real>(out: MatMut<'_, T>, accumulate: Accum, a: MatRef<'_, T>) {
    use triangular::BlockStructure::{Rectangular, TriangularLower};
    let par = parallelism(a.nrows() * a.ncols() * a.ncols() / 2);
    let one = T::from_f64(1.0);
    triangular::matmul(
        out,
        TriangularLower,
        accumulate,
        a.transpose(),
        Rectangular,
        a,
        Rectangular,
        one,
        par,
    );
}

/// `out += xᵀ y`, where the rows of `x` (n × p) and `y` (n × q) are samples and `out` is p × q.
pub fn add_cross<T: Real>(out: &mut Mat<f64>, x: MatRef<'_, T>, y: MatRef<'_, T>) {
    T::accumulate(out.as_mut(), x, y);
}

/// `out += xᵀ x` for `x` (n × p) and a symmetric `out` (p × p); half the multiply-adds of [`add_cross`].
pub fn add_gram<T: Real>(out: &mut Mat<f64>, x: MatRef<'_, T>) {
    T::accumulate_lower(out.as_mut(), x);
    for j in 0..out.ncols() {
        for i in 0..j {
            out[(i, j)] = out[(j, i)];
        }
    }
}

/// `out += scale · x yᵀ` for vectors `x` and `y`.
pub fn add_outer(out: &mut Mat<f64>, scale: f64, x: &[f64], y: &[f64]) {
    for (j, &v) in y.iter().enumerate() {
        let factor = scale * v;
        for (o, &u) in out.col_as_slice_mut(j).iter_mut().zip(x) {
            *o += factor * u;
        }
    }
}

/// Sum of matrices of one shape, in the order given. One pass over the result.
///
/// # Panics
/// If there is no matrix, or shapes differ.
#[must_use]
pub fn sum(terms: &[&Mat<f64>]) -> Mat<f64> {
    let (first, rest) = terms.split_first().expect("at least one matrix");
    let mut out = (*first).clone();
    for j in 0..out.ncols() {
        let column = out.col_as_slice_mut(j);
        for term in rest {
            let term = term.col_as_slice(j);
            assert_eq!(column.len(), term.len(), "shapes differ");
            column.iter_mut().zip(term).for_each(|(o, t)| *o += t);
        }
    }
    out
}

fn product(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    let mut out = Mat::zeros(a.nrows(), b.ncols());
    let par = parallelism(a.nrows() * a.ncols() * b.ncols());
    faer_matmul(&mut out, Accum::Replace, a, b, 1.0, par);
    out
}

/// `a b`.
#[must_use]
pub fn matmul(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    product(a, b)
}

/// `aᵀ b`.
#[must_use]
pub fn matmul_atb(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    product(a.transpose(), b)
}

/// `a bᵀ`.
#[must_use]
pub fn matmul_abt(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    product(a, b.transpose())
}

/// Sum of the squared entries: the square of the Frobenius norm.
#[must_use]
pub fn squared_norm(a: MatRef<'_, f64>) -> f64 {
    (0..a.ncols()).map(|j| a.col(j).iter().map(|v| v * v).sum::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix<T: Real>(n: usize, p: usize, seed: f64) -> Mat<T> {
        Mat::from_fn(n, p, |i, j| T::from_f64((seed + 1.3 * i as f64 + 0.7 * (i * j) as f64).sin()))
    }

    fn naive(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Mat<f64> {
        Mat::from_fn(x.ncols(), y.ncols(), |i, j| {
            (0..x.nrows()).map(|r| x[(r, i)] * y[(r, j)]).sum()
        })
    }

    #[test]
    fn products_equal_the_plain_loops() {
        for (n, p, q) in [(1, 1, 1), (15, 16, 17), (40, 3, 70), (300, 65, 2)] {
            let (x, y) = (matrix::<f64>(n, p, 0.1), matrix::<f64>(n, q, 0.9));
            let mut cross = Mat::zeros(p, q);
            add_cross(&mut cross, x.as_ref(), y.as_ref());
            let mut gram = Mat::zeros(p, p);
            add_gram(&mut gram, x.as_ref());
            // Dot products of n terms of size at most 1: rounding stays below n² units of the last place.
            let tolerance = (n * n) as f64 * f64::EPSILON;
            let difference = &cross - naive(x.as_ref(), y.as_ref());
            assert!(squared_norm(difference.as_ref()).sqrt() <= tolerance * (p * q) as f64);
            let difference = &gram - naive(x.as_ref(), x.as_ref());
            assert!(squared_norm(difference.as_ref()).sqrt() <= tolerance * (p * p) as f64);
        }
    }

    #[test]
    fn same_bytes_for_any_number_of_threads() {
        let (x, y) = (matrix::<f32>(700, 130, 0.3), matrix::<f32>(700, 90, 0.5));
        let run = |threads| {
            crate::in_pool(threads, || {
                let mut cross = Mat::zeros(130, 90);
                add_cross(&mut cross, x.as_ref(), y.as_ref());
                let mut gram = Mat::zeros(130, 130);
                add_gram(&mut gram, x.as_ref());
                (cross, gram)
            })
            .expect("threads")
        };
        let one = run(1);
        for threads in [2, 3, 8] {
            assert!(run(threads) == one, "{threads} threads differ from one");
        }
        let mut sequential = Mat::<f32>::zeros(130, 90);
        faer_matmul(&mut sequential, Accum::Replace, x.transpose(), &y, 1.0, Par::Seq);
        assert!((0..90).all(|j| (0..130).all(|i| f64::from(sequential[(i, j)]) == one.0[(i, j)])));
    }
}
