//! Singular value decompositions.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd as faer_svd, svd_scratch};
use faer::{Mat, MatRef, Par, Spec};

use crate::error::check_finite;
use crate::{Error, Result};

/// `a = U diag(values) Vᵀ`, thin: with k = min(rows, columns), U is rows × k and V is columns × k.
#[derive(Debug, Clone)]
pub struct Svd {
    /// Left singular vectors, one a column.
    pub u: Mat<f64>,
    /// Singular values, descending.
    pub values: Vec<f64>,
    /// Right singular vectors, one a column.
    pub v: Mat<f64>,
}

/// Thin singular value decomposition. O(rows · columns · k).
///
/// # Errors
/// [`Error::NonFinite`] for NaN or infinite input, [`Error::NoConvergence`] otherwise.
pub fn svd(a: MatRef<'_, f64>) -> Result<Svd> {
    let k = a.nrows().min(a.ncols());
    let mut u = Mat::zeros(a.nrows(), k);
    let mut v = Mat::zeros(a.ncols(), k);
    let values = decompose(a, Some((&mut u, &mut v)))?;
    Ok(Svd { u, values, v })
}

/// Singular values, descending.
///
/// # Errors
/// As [`svd`].
pub fn singular_values(a: MatRef<'_, f64>) -> Result<Vec<f64>> {
    decompose(a, None)
}

fn decompose(
    a: MatRef<'_, f64>,
    vectors: Option<(&mut Mat<f64>, &mut Mat<f64>)>,
) -> Result<Vec<f64>> {
    check_finite("matrix given to the singular value decomposition", a)?;
    let (rows, columns) = (a.nrows(), a.ncols());
    let compute = if vectors.is_some() { ComputeSvdVectors::Thin } else { ComputeSvdVectors::No };
    let mut values = Diag::zeros(rows.min(columns));
    let scratch = svd_scratch::<f64>(rows, columns, compute, compute, Par::Seq, Spec::default());
    let (u, v) = match vectors {
        Some((u, v)) => (Some(u.as_mut()), Some(v.as_mut())),
        None => (None, None),
    };
    faer_svd(
        a,
        values.as_mut(),
        u,
        v,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NoConvergence {
        what: "singular value decomposition",
        rows,
        columns,
    })?;
    Ok(values.column_vector().iter().copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{matmul_abt, squared_norm};

    #[test]
    fn reconstructs_tall_wide_and_rank_deficient_matrices() {
        for (rows, columns) in [(1, 1), (16, 16), (5, 40), (40, 5)] {
            let a = Mat::from_fn(rows, columns, |i, j| (0.2 + (i * 3 + j) as f64).sin());
            let Svd { u, values, v } = svd(a.as_ref()).expect("finite");
            let scaled = Mat::from_fn(rows, values.len(), |i, j| u[(i, j)] * values[j]);
            let difference = &matmul_abt(scaled.as_ref(), v.as_ref()) - &a;
            let scale = squared_norm(a.as_ref()).sqrt();
            assert!(
                squared_norm(difference.as_ref()).sqrt() <= 1e-13 * scale,
                "{rows} × {columns}"
            );
            let alone = singular_values(a.as_ref()).expect("finite");
            assert!(alone.iter().zip(&values).all(|(x, y)| (x - y).abs() <= 1e-12 * scale));
        }
    }
}
