//! Triangular factors of positive definite matrices.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{
    LltError, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::{Mat, MatRef, Par, Spec};

use crate::error::check_finite;
use crate::{Error, Result};

/// The lower triangular L with `a = L Lᵀ`, of a symmetric positive definite p × p matrix, of which the lower triangle is
/// read. O(p³).
///
/// # Errors
/// [`Error::NonFinite`] for NaN or infinite input, [`Error::NotPositive`] if it is not positive definite.
pub fn cholesky(a: MatRef<'_, f64>) -> Result<Mat<f64>> {
    check_finite("matrix given to the Cholesky factorisation", a)?;
    let n = a.nrows();
    let mut l = Mat::from_fn(n, n, |i, j| if i >= j { a[(i, j)] } else { 0.0 });
    let scratch = cholesky_in_place_scratch::<f64>(n, Par::Seq, Spec::default());
    cholesky_in_place(
        l.as_mut(),
        LltRegularization::default(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|LltError::NonPositivePivot { index }| Error::NotPositive { index, size: n })?;
    // The factorisation may use what lies above the diagonal as working space.
    for j in 0..n {
        l.col_as_slice_mut(j)[..j].fill(0.0);
    }
    Ok(l)
}

/// `L⁻¹ b` for a lower triangular L with a diagonal of positive entries.
#[must_use]
pub fn solve_lower(l: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    let mut out = b.to_owned();
    solve_lower_triangular_in_place(l, out.as_mut(), Par::Seq);
    out
}

/// `L⁻ᵀ b` for a lower triangular L with a diagonal of positive entries.
#[must_use]
pub fn solve_lower_transposed(l: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    let mut out = b.to_owned();
    solve_upper_triangular_in_place(l.transpose(), out.as_mut(), Par::Seq);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{matmul, matmul_abt, matmul_atb, squared_norm};

    #[test]
    fn factors_reconstruct_and_solve() {
        for n in [1, 2, 15, 16, 17, 130] {
            let b = Mat::from_fn(n, n, |i, j| (0.4 + 1.7 * i as f64 + 0.9 * (i * j) as f64).sin());
            let a = matmul_abt(b.as_ref(), b.as_ref()) + Mat::<f64>::identity(n, n);
            let l = cholesky(a.as_ref()).expect("positive definite");
            assert!((0..n).all(|j| (0..j).all(|i| l[(i, j)] == 0.0)));
            let scale = squared_norm(a.as_ref()).sqrt();
            let difference = matmul_abt(l.as_ref(), l.as_ref()) - &a;
            assert!(squared_norm(difference.as_ref()).sqrt() <= 1e-14 * n as f64 * scale);
            let difference = matmul(l.as_ref(), solve_lower(l.as_ref(), b.as_ref()).as_ref()) - &b;
            assert!(squared_norm(difference.as_ref()).sqrt() <= 1e-13 * n as f64);
            let solution = solve_lower_transposed(l.as_ref(), b.as_ref());
            let difference = matmul_atb(l.as_ref(), solution.as_ref()) - &b;
            assert!(squared_norm(difference.as_ref()).sqrt() <= 1e-13 * n as f64);
        }
    }

    #[test]
    fn an_indefinite_matrix_is_refused() {
        let mut a = Mat::<f64>::identity(4, 4);
        a[(2, 2)] = -1.0;
        let error = cholesky(a.as_ref()).expect_err("indefinite");
        assert_eq!(error, Error::NotPositive { index: 2, size: 4 });
    }
}
