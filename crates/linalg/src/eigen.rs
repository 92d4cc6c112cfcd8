//! Eigenvalues and eigenvectors of symmetric matrices.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, MatRef, Par};

use crate::error::check_finite;
use crate::{Error, Result};

/// `a = V diag(values) Vᵀ`.
#[derive(Debug, Clone)]
pub struct Eigen {
    /// Eigenvalues, ascending.
    pub values: Vec<f64>,
    /// Orthonormal eigenvectors, one a column, in the order of the values.
    pub vectors: Mat<f64>,
}

/// Eigenvalues (ascending) and eigenvectors of a symmetric p × p matrix, of which the lower triangle is read. O(p³).
///
/// # Errors
/// [`Error::NonFinite`] for NaN or infinite input, [`Error::NoConvergence`] otherwise.
pub fn eigen_symmetric(a: MatRef<'_, f64>) -> Result<Eigen> {
    let mut vectors = Mat::zeros(a.nrows(), a.nrows());
    let values = decompose(a, Some(&mut vectors))?;
    Ok(Eigen { values, vectors })
}

/// Eigenvalues (ascending) of a symmetric p × p matrix, of which the lower triangle is read. O(p³).
///
/// # Errors
/// As [`eigen_symmetric`].
pub fn eigenvalues_symmetric(a: MatRef<'_, f64>) -> Result<Vec<f64>> {
    decompose(a, None)
}

fn decompose(a: MatRef<'_, f64>, vectors: Option<&mut Mat<f64>>) -> Result<Vec<f64>> {
    check_finite("matrix given to the eigendecomposition", a)?;
    let n = a.nrows();
    let compute =
        if vectors.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let mut values = faer::diag::Diag::zeros(n);
    let scratch = self_adjoint_evd_scratch::<f64>(n, compute, Par::Seq, faer::Spec::default());
    self_adjoint_evd(
        a,
        values.as_mut(),
        vectors.map(Mat::as_mut),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        faer::Spec::default(),
    )
    .map_err(|_| Error::NoConvergence { what: "eigendecomposition", rows: n, columns: n })?;
    Ok(values.column_vector().iter().copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{matmul, matmul_abt, squared_norm};

    #[test]
    fn reconstructs_the_matrix_with_ascending_values() {
        for n in [1, 2, 15, 16, 17, 80] {
            let b = Mat::from_fn(n, n, |i, j| (1.0 + 2.1 * i as f64 + 0.3 * (i * j) as f64).cos());
            let a = &b + b.transpose();
            let Eigen { values, vectors } = eigen_symmetric(a.as_ref()).expect("finite");
            assert!(values.windows(2).all(|w| w[0] <= w[1]));
            let scaled = Mat::from_fn(n, n, |i, j| vectors[(i, j)] * values[j]);
            let difference = &matmul_abt(scaled.as_ref(), vectors.as_ref()) - &a;
            let scale = squared_norm(a.as_ref()).sqrt();
            assert!(
                squared_norm(difference.as_ref()).sqrt() <= 16.0 * n as f64 * f64::EPSILON * scale
            );
            let identity = matmul(vectors.transpose(), vectors.as_ref());
            assert!((identity[(0, 0)] - 1.0).abs() < 1e-12);
            let alone = eigenvalues_symmetric(a.as_ref()).expect("finite");
            assert!(alone.iter().zip(&values).all(|(a, b)| (a - b).abs() <= 1e-13 * scale));
        }
    }

    #[test]
    fn names_the_first_value_that_is_not_finite() {
        let mut a = Mat::<f64>::identity(3, 3);
        a[(2, 1)] = f64::NAN;
        let error = eigen_symmetric(a.as_ref()).expect_err("NaN");
        assert!(matches!(error, Error::NonFinite { row: 2, column: 1, .. }), "{error}");
    }
}
