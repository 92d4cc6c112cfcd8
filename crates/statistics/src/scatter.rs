//! Sums of products over the rows of one block.

use consilience_data::{Activations, RowMajor};
use consilience_linalg::{Mat, MatRef, Real, add_outer, cross, gram, matmul, matmul_atb};

/// A matrix of sums of products. Those of one chunk of f32 rows are f32 numbers, and stay so: what is kept of a block takes
/// half the memory, and no digit is lost.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scatter {
    F32(Mat<f32>),
    F64(Mat<f64>),
}

impl Scatter {
    /// Of no rows: a matrix of no size, so that none is made for what the first chunk replaces.
    pub(crate) fn empty() -> Self {
        Self::F64(Mat::zeros(0, 0))
    }

    /// `xᵀ y`; where precisions differ, the narrower is widened.
    pub(crate) fn between(x: &Activations, y: &Activations) -> Self {
        fn widen(m: &RowMajor<f32>) -> RowMajor<f64> {
            RowMajor {
                values: m.values.iter().map(|&v| f64::from(v)).collect(),
                n_units: m.n_units,
            }
        }
        match (x, y) {
            (Activations::F32(x), Activations::F32(y)) => Self::F32(cross(x.view(), y.view())),
            (Activations::F64(x), Activations::F64(y)) => Self::F64(cross(x.view(), y.view())),
            (Activations::F32(x), Activations::F64(y)) => {
                Self::F64(cross(widen(x).view(), y.view()))
            }
            (Activations::F64(x), Activations::F32(y)) => {
                Self::F64(cross(x.view(), widen(y).view()))
            }
        }
    }

    /// `xᵀ x`.
    pub(crate) fn of(x: &Activations) -> Self {
        match x {
            Activations::F32(x) => Self::F32(gram(x.view())),
            Activations::F64(x) => Self::F64(gram(x.view())),
        }
    }

    pub(crate) fn at(&self, i: usize, j: usize) -> f64 {
        match self {
            Self::F32(m) => f64::from(m[(i, j)]),
            Self::F64(m) => m[(i, j)],
        }
    }

    pub(crate) fn n_columns(&self) -> usize {
        match self {
            Self::F32(m) => m.ncols(),
            Self::F64(m) => m.ncols(),
        }
    }

    pub(crate) fn column(&self, j: usize) -> Column<'_> {
        match self {
            Self::F32(m) => Column::F32(m.col_as_slice(j)),
            Self::F64(m) => Column::F64(m.col_as_slice(j)),
        }
    }

    fn wide(&self) -> Mat<f64> {
        match self {
            Self::F32(m) => Mat::from_fn(m.nrows(), m.ncols(), |i, j| f64::from(m[(i, j)])),
            Self::F64(m) => m.clone(),
        }
    }

    /// Adds another one and `scale · x yᵀ`.
    pub(crate) fn add(&mut self, other: &Self, scale: f64, x: &[f64], y: &[f64]) {
        let mut sum = match std::mem::replace(self, Self::empty()) {
            Self::F64(own) => own,
            narrow @ Self::F32(_) => narrow.wide(),
        };
        for j in 0..sum.ncols() {
            other.column(j).add_to(sum.col_as_slice_mut(j));
        }
        add_outer(&mut sum, scale, x, y);
        *self = Self::F64(sum);
    }

    /// The product with a vector.
    pub(crate) fn times(&self, v: &[f64]) -> Vec<f64> {
        let n_rows = match self {
            Self::F32(m) => m.nrows(),
            Self::F64(m) => m.nrows(),
        };
        let mut out = vec![0.0; n_rows];
        for (j, &factor) in v.iter().enumerate() {
            self.column(j).add_scaled_to(&mut out, factor);
        }
        out
    }

    /// The product of the transpose with a vector.
    pub(crate) fn transpose_times(&self, v: &[f64]) -> Vec<f64> {
        (0..self.n_columns()).map(|j| self.column(j).dot(v)).collect()
    }

    /// With the rows turned: `qᵀ S`.
    pub(crate) fn turned(&self, q: MatRef<'_, f64>) -> Self {
        if self.n_columns() == 0 {
            return Self::empty();
        }
        Self::F64(matmul_atb(q, self.wide().as_ref()))
    }

    /// With the rows and the columns of a symmetric one turned: `qᵀ S q`.
    pub(crate) fn conjugated(&self, q: MatRef<'_, f64>) -> Self {
        if self.n_columns() == 0 {
            return Self::empty();
        }
        let turned = matmul(matmul_atb(q, self.wide().as_ref()).as_ref(), q);
        Self::F64(Mat::from_fn(q.ncols(), q.ncols(), |i, j| {
            f64::midpoint(turned[(i, j)], turned[(j, i)])
        }))
    }
}

/// A column of a matrix of sums of products.
#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    F32(&'a [f32]),
    F64(&'a [f64]),
}

impl Column<'_> {
    pub(crate) fn add_to(self, out: &mut [f64]) {
        fn add<T: Real>(out: &mut [f64], column: &[T]) {
            out.iter_mut().zip(column).for_each(|(o, &v)| *o += v.into());
        }
        match self {
            Self::F32(column) => add(out, column),
            Self::F64(column) => add(out, column),
        }
    }

    fn add_scaled_to(self, out: &mut [f64], factor: f64) {
        fn add<T: Real>(out: &mut [f64], factor: f64, column: &[T]) {
            out.iter_mut().zip(column).for_each(|(o, &v)| *o += factor * v.into());
        }
        match self {
            Self::F32(column) => add(out, factor, column),
            Self::F64(column) => add(out, factor, column),
        }
    }

    fn dot(self, v: &[f64]) -> f64 {
        match self {
            Self::F32(column) => column.iter().zip(v).map(|(a, b)| f64::from(*a) * b).sum(),
            Self::F64(column) => column.iter().zip(v).map(|(a, b)| a * b).sum(),
        }
    }
}
