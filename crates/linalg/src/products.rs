//! Matrix products. f32 input is multiplied in f32 and accumulated in f64; f64 stays f64.

use crate::sum_of_squares;
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

    /// `out += product(destination)` for a product in this precision. `scratch` has the size of a tile; entries that the
    /// product leaves out are added as they are there, so `out` must not need them.
    #[doc(hidden)]
    fn accumulate(
        out: MatMut<'_, f64>,
        scratch: &mut Mat<Self>,
        product: impl FnOnce(MatMut<'_, Self>, Accum),
    );

    /// Scratch for tiles of that shape.
    #[doc(hidden)]
    fn scratch(rows: usize, columns: usize) -> Mat<Self>;
}

impl Real for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }

    fn accumulate(
        out: MatMut<'_, f64>,
        _: &mut Mat<f64>,
        product: impl FnOnce(MatMut<'_, f64>, Accum),
    ) {
        product(out, Accum::Add);
    }

    fn scratch(_: usize, _: usize) -> Mat<f64> {
        Mat::zeros(0, 0)
    }
}

impl Real for f32 {
    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn accumulate(
        mut out: MatMut<'_, f64>,
        scratch: &mut Mat<f32>,
        product: impl FnOnce(MatMut<'_, f32>, Accum),
    ) {
        let (rows, columns) = (out.nrows(), out.ncols());
        product(scratch.as_mut().submatrix_mut(0, 0, rows, columns), Accum::Replace);
        for j in 0..columns {
            let narrow = &scratch.col_as_slice(j)[..rows];
            for (o, &v) in out.as_mut().col_mut(j).iter_mut().zip(narrow) {
                *o += f64::from(v);
            }
        }
    }

    fn scratch(rows: usize, columns: usize) -> Mat<f32> {
        Mat::zeros(rows, columns)
    }
}

/// Columns of a tile: a product of this many columns stays in the cache until it is added to the sum. Tiles are what
/// threads share out; their size is fixed, so that no entry depends on the number of threads.
const TILE: usize = 256;

/// Calls `work` with the first column and the columns of each tile of `out`, on several threads if that pays.
fn for_each_tile<T: Real>(
    out: &mut Mat<T>,
    rows: usize,
    work: impl Fn(usize, MatMut<'_, T>) + Sync + Send,
) {
    for_each_tile_with(out, rows, || (), |(), first, tile| work(first, tile));
}

/// As [`for_each_tile`], with scratch that a thread keeps from tile to tile.
fn for_each_tile_with<T: Real, S>(
    out: &mut Mat<T>,
    rows: usize,
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, usize, MatMut<'_, T>) + Sync + Send,
) {
    if rows * out.nrows() * out.ncols() < PARALLEL_FROM || out.ncols() <= TILE {
        let mut scratch = scratch();
        for first in (0..out.ncols()).step_by(TILE) {
            let width = TILE.min(out.ncols() - first);
            work(&mut scratch, first, out.as_mut().subcols_mut(first, width));
        }
    } else {
        let tiles = out.par_col_chunks_mut(TILE).enumerate();
        tiles.for_each_init(scratch, |scratch, (t, tile)| work(scratch, t * TILE, tile));
    }
}

/// `out += xᵀ y`, where the rows of `x` (n × p) and `y` (n × q) are samples and `out` is p × q.
pub fn add_cross<T: Real>(out: &mut Mat<f64>, x: MatRef<'_, T>, y: MatRef<'_, T>) {
    let one = T::from_f64(1.0);
    let (height, widest) = (out.nrows(), TILE.min(out.ncols()));
    let scratch = || T::scratch(height, widest);
    for_each_tile_with(out, x.nrows(), scratch, |scratch, first, tile| {
        let y = y.subcols(first, tile.ncols());
        T::accumulate(tile, scratch, |product, accum| {
            faer_matmul(product, accum, x.transpose(), y, one, Par::Seq);
        });
    });
}

/// `xᵀ y` in the precision of `x` and `y`, entry by entry what [`add_cross`] adds.
#[must_use]
pub fn cross<T: Real>(x: MatRef<'_, T>, y: MatRef<'_, T>) -> Mat<T> {
    let one = T::from_f64(1.0);
    let mut out = Mat::zeros(x.ncols(), y.ncols());
    for_each_tile(&mut out, x.nrows(), |first, tile| {
        let y = y.subcols(first, tile.ncols());
        faer_matmul(tile, Accum::Replace, x.transpose(), y, one, Par::Seq);
    });
    out
}

/// `xᵀ x` in the precision of `x`, half of whose entries are computed, the others copied.
#[must_use]
pub fn gram<T: Real>(x: MatRef<'_, T>) -> Mat<T> {
    use triangular::BlockStructure::{Rectangular, TriangularLower};
    let one = T::from_f64(1.0);
    let mut out = Mat::zeros(x.ncols(), x.ncols());
    for_each_tile(&mut out, x.nrows(), |first, tile| {
        let width = tile.ncols();
        let own = x.subcols(first, width);
        let below = x.subcols(first + width, x.ncols() - first - width);
        let (_, lower) = tile.split_at_row_mut(first);
        let (diagonal, rest) = lower.split_at_row_mut(width);
        let (lower, full, set) = (TriangularLower, Rectangular, Accum::Replace);
        triangular::matmul(diagonal, lower, set, own.transpose(), full, own, full, one, Par::Seq);
        faer_matmul(rest, set, below.transpose(), own, one, Par::Seq);
    });
    mirror(&mut out);
    out
}

/// Copies the lower triangle to the upper one, square by square so that both stay in the cache.
fn mirror<T: Real>(out: &mut Mat<T>) {
    const SQUARE: usize = 32;
    let n = out.nrows();
    for j0 in (0..n).step_by(SQUARE) {
        for i0 in (0..=j0).step_by(SQUARE) {
            for j in j0..(j0 + SQUARE).min(n) {
                for i in i0..(i0 + SQUARE).min(j) {
                    out[(i, j)] = out[(j, i)];
                }
            }
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

/// `a aᵀ`, half of whose entries are computed.
#[must_use]
pub fn row_gram(a: MatRef<'_, f64>) -> Mat<f64> {
    symmetric_product(a, a.transpose())
}

/// `a b` where the product is known to be symmetric: half of its entries are computed, the others copied.
///
/// # Panics
/// If the product is not square.
#[must_use]
pub fn symmetric_product(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    use triangular::BlockStructure::{Rectangular, TriangularLower};
    let (n, inner) = (a.nrows(), a.ncols());
    assert_eq!(n, b.ncols(), "a symmetric product is square");
    let mut out = Mat::zeros(n, n);
    let (lower, full) = (TriangularLower, Rectangular);
    let par = parallelism(n * n * inner / 2);
    triangular::matmul(&mut out, lower, Accum::Replace, a, full, b, full, 1.0, par);
    mirror(&mut out);
    out
}

/// `diag(rows) a diag(columns)`.
#[must_use]
pub fn scaled(a: MatRef<'_, f64>, rows: &[f64], columns: &[f64]) -> Mat<f64> {
    let mut out = a.to_owned();
    for (j, column) in columns.iter().enumerate() {
        for (value, row) in out.col_as_slice_mut(j).iter_mut().zip(rows) {
            *value *= row * column;
        }
    }
    out
}

/// Sum of the squared entries: the square of the Frobenius norm.
#[must_use]
pub fn squared_norm(a: MatRef<'_, f64>) -> f64 {
    let column = |j| match a.col(j).try_as_col_major() {
        Some(column) => sum_of_squares(column.as_slice()),
        None => a.col(j).iter().map(|v| v * v).sum(),
    };
    (0..a.ncols()).map(column).sum()
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
            assert!(self::cross(x.as_ref(), y.as_ref()) == cross);
            let gram = gram(x.as_ref());
            // Dot products of n terms of size at most 1: rounding stays below n² units of the last place.
            let tolerance = (n * n) as f64 * f64::EPSILON;
            let difference = &cross - naive(x.as_ref(), y.as_ref());
            assert!(squared_norm(difference.as_ref()).sqrt() <= tolerance * (p * q) as f64);
            let difference = &gram - naive(x.as_ref(), x.as_ref());
            assert!(squared_norm(difference.as_ref()).sqrt() <= tolerance * (p * p) as f64);
        }
    }

    #[test]
    fn symmetric_products_are_symmetric_and_the_same_for_any_number_of_threads() {
        for (n, inner) in [(1, 1), (17, 5), (300, 190)] {
            let a = matrix::<f64>(n, inner, 0.2);
            let run = |threads| crate::in_pool(threads, || row_gram(a.as_ref())).expect("threads");
            let one = run(1);
            assert!(one.transpose() == one && run(2) == one && run(5) == one);
            let difference = &one - naive(a.transpose(), a.transpose());
            assert!(squared_norm(difference.as_ref()).sqrt() <= (inner * n) as f64 * 1e-14);
        }
    }

    #[test]
    fn scaling_is_a_product_with_diagonals() {
        let a = matrix::<f64>(3, 2, 0.7);
        let found = scaled(a.as_ref(), &[2.0, -1.0, 0.5], &[4.0, 0.0]);
        for (i, row) in [2.0, -1.0, 0.5].into_iter().enumerate() {
            assert_eq!([found[(i, 0)], found[(i, 1)]], [4.0 * row * a[(i, 0)], 0.0]);
        }
    }

    #[test]
    fn same_bytes_for_any_number_of_threads() {
        let (x, y) = (matrix::<f32>(700, 130, 0.3), matrix::<f32>(700, 90, 0.5));
        let run = |threads| {
            crate::in_pool(threads, || {
                let mut cross = Mat::zeros(130, 90);
                add_cross(&mut cross, x.as_ref(), y.as_ref());
                (cross, self::cross(x.as_ref(), y.as_ref()), gram(x.as_ref()))
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
        assert!(sequential == one.1);
    }
}
