//! Orthogonal matrices: random ones and nearest ones.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch as apply_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as apply,
};
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::{Conj, Mat, MatRef, Par, Spec};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::error::check_finite;
use crate::{Result, Svd, matmul_abt, svd};

/// Orthogonal matrix from the uniform (Haar) distribution over all n × n ones, reflections included.
///
/// The columns of a Gaussian matrix made orthonormal one after the other, with the signs that Gram–Schmidt would give them: those
/// that reflections leave say nothing about the data and would have to be drawn (Mezzadri 2007).
#[must_use]
pub fn random_orthogonal(n: usize, rng: &mut impl Rng) -> Mat<f64> {
    let gaussian = Mat::<f64>::from_fn(n, n, |_, _| StandardNormal.sample(rng));
    let mut q = orthonormal(gaussian.as_ref());
    for j in 0..n {
        let column = q.col_as_slice_mut(j);
        let along: f64 = column.iter().zip(gaussian.col_as_slice(j)).map(|(q, g)| q * g).sum();
        if along < 0.0 {
            column.iter_mut().for_each(|v| *v = -*v);
        }
    }
    q
}

/// The polar factor `U Vᵀ` of a p × q matrix: a partial isometry, from its singular value decomposition.
///
/// It maximises `tr(Qᵀ a)` over matrices with orthonormal columns (p ≥ q) or rows (p ≤ q): the solution of the orthogonal
/// Procrustes problem (Schönemann 1966). Directions that `a` does not determine are mapped to zero, so that the answer is
/// unique where the rank is below min(p, q): singular values below the share `null` of the largest, which is how exactly
/// `a` is known, and those beyond the first `rank`, where more is known of how `a` came about.
///
/// # Errors
/// As [`svd`].
pub fn polar_factor(a: MatRef<'_, f64>, null: f64, rank: usize) -> Result<Mat<f64>> {
    let Svd { u, values, v } = svd(a)?;
    let cut = null * values.first().copied().unwrap_or(0.0);
    let rank = values.iter().take(rank).take_while(|&&s| s > cut).count();
    Ok(matmul_abt(u.subcols(0, rank), v.subcols(0, rank)))
}

/// The columns made orthonormal one after the other: column j of the result is the part of column j of `a` that is
/// orthogonal to those before it, of norm 1. `a` has no more columns than rows. The signs are arbitrary.
///
/// # Errors
/// [`crate::Error::NonFinite`] for NaN or infinite input.
pub fn orthonormal_columns(a: MatRef<'_, f64>) -> Result<Mat<f64>> {
    check_finite("matrix given to the orthogonalisation", a)?;
    Ok(orthonormal(a))
}

/// The same of finite numbers.
fn orthonormal(a: MatRef<'_, f64>) -> Mat<f64> {
    let (rows, columns) = (a.nrows(), a.ncols());
    let block = recommended_block_size::<f64>(rows, columns);
    let mut basis = a.to_owned();
    let mut factor = Mat::zeros(block, rows.min(columns));
    let scratch = qr_in_place_scratch::<f64>(rows, columns, block, Par::Seq, Spec::default());
    let scratch = StackReq::any_of(&[scratch, apply_scratch::<f64>(rows, block, columns)]);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    qr_in_place(basis.as_mut(), factor.as_mut(), Par::Seq, stack, Spec::default());
    let mut q = Mat::identity(rows, columns);
    apply(basis.as_ref(), factor.as_ref(), Conj::No, q.as_mut(), Par::Seq, stack);
    q
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{matmul, matmul_atb, squared_norm};
    use rand::SeedableRng;

    #[test]
    fn random_ones_are_orthogonal_and_differ() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for n in [0, 1, 2, 16, 90] {
            let (a, b) = (random_orthogonal(n, &mut rng), random_orthogonal(n, &mut rng));
            let difference = matmul_atb(a.as_ref(), a.as_ref()) - Mat::<f64>::identity(n, n);
            assert!(squared_norm(difference.as_ref()).sqrt() <= 1e-13 * n as f64);
            assert!(n <= 1 || a != b);
        }
    }

    #[test]
    fn random_ones_have_the_signs_of_gram_schmidt() {
        let rng = || rand_chacha::ChaCha8Rng::seed_from_u64(4);
        let q = random_orthogonal(40, &mut rng());
        let mut again = rng();
        let gaussian = Mat::<f64>::from_fn(40, 40, |_, _| StandardNormal.sample(&mut again));
        let r = matmul_atb(q.as_ref(), gaussian.as_ref());
        assert!((0..40).all(|j| r[(j, j)] > 0.0));
        assert!((0..40).all(|j| (j + 1..40).all(|i| r[(i, j)].abs() < 1e-12)));
    }

    #[test]
    fn polar_factor_recovers_a_rotation() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let q = random_orthogonal(12, &mut rng);
        let stretch = Mat::from_fn(12, 12, |i, j| if i == j { 1.0 + i as f64 } else { 0.0 });
        let stretched = crate::matmul(q.as_ref(), stretch.as_ref());
        let found = polar_factor(stretched.as_ref(), 1e-10, 12).expect("finite");
        assert!(squared_norm((&found - &q).as_ref()).sqrt() < 1e-12);
        // The squared norm of a partial isometry is its rank. The singular values are 1 to 12.
        for (null, most, rank) in [(1e-10, 5, 5.0), (0.49, 12, 7.0)] {
            let part = polar_factor(stretched.as_ref(), null, most).expect("finite");
            assert!((squared_norm(part.as_ref()) - rank).abs() < 1e-12);
        }
    }

    #[test]
    fn columns_become_orthonormal_in_their_order() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        for (rows, columns) in [(1, 1), (7, 7), (40, 9), (130, 65)] {
            let a = Mat::<f64>::from_fn(rows, columns, |_, _| StandardNormal.sample(&mut rng));
            let q = orthonormal_columns(a.as_ref()).expect("finite");
            let own = matmul_atb(q.as_ref(), q.as_ref()) - Mat::<f64>::identity(columns, columns);
            assert!(squared_norm(own.as_ref()).sqrt() < 1e-13 * rows as f64);
            // Column j is a combination of the first j + 1 new ones: QᵀA is upper triangular, and A = Q QᵀA.
            let r = matmul_atb(q.as_ref(), a.as_ref());
            let below = (0..columns).flat_map(|j| (j + 1..columns).map(move |i| (i, j)));
            assert!(below.map(|at| r[at].abs()).fold(0.0, f64::max) < 1e-12 * rows as f64);
            let difference = matmul(q.as_ref(), r.as_ref()) - &a;
            assert!(squared_norm(difference.as_ref()).sqrt() < 1e-12 * rows as f64);
        }
    }
}
