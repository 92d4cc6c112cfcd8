//! Canonical correlations from moments.

use consilience_linalg::{
    Eigen, Mat, MatRef, cholesky, matmul, matmul_abt, row_gram, scaled, singular_values,
    solve_lower, squared_norm,
};

use crate::SideMoments;

/// Eigenvalues of a scatter below this share of the largest are rounding of f64 moments, which was 2e-15 at most for 256 to
/// 1,024 units. A direction whose standard deviation is a millionth of the largest is as good as absent: moments square what
/// is small.
const NULL_EIGENVALUE: f64 = 1e-12;

/// The same for coarser activations, in units of their rounding: entries of the scatter err by a few roundings of the
/// product of two norms, and so do eigenvalues. For f32 that is a share of 1e-6; null eigenvalues were found at 8e-8 at most.
const NULL_ROUNDINGS: f64 = 8.0;

/// Share of the largest eigenvalue that all others have to exceed for whitening by a triangular factor, which costs a tenth of
/// the eigenvectors: far above what is null, so that the correlations are as good.
const WELL_CONDITIONED: f64 = 1e-8;

/// Canonical correlations of two representations.
#[derive(Debug, Clone, PartialEq)]
pub struct Canonical {
    /// The correlations, descending, in 0..=1; as many as the smaller of the two ranks.
    pub correlations: Vec<f64>,
    /// Dimensions that x spans, and y.
    pub ranks: [usize; 2],
    /// How many of the correlations are exactly 1 whatever the data: two spaces inside one of fewer dimensions than they
    /// have together meet.
    pub certain: usize,
}

impl Canonical {
    /// From the eigendecompositions of the two scatters and the cross-scatter in their eigenbases, of rows that span at most
    /// so many `dimensions`. `epsilon` is the relative rounding of the activations.
    ///
    /// # Errors
    /// When the singular value decomposition does not converge.
    pub fn of(
        [x, y]: [&Eigen; 2],
        turned: MatRef<'_, f64>,
        dimensions: usize,
        epsilon: f64,
    ) -> consilience_linalg::Result<Self> {
        let ranks = [x, y].map(|side| rank(side, dimensions, epsilon));
        Self::of_leading([x, y], turned, ranks, dimensions)
    }

    /// The same from the scatters themselves, if they are certain to have full rank and rows span more dimensions than both:
    /// then no eigenvector is needed.
    pub(crate) fn of_full_rank(
        [x, y]: [&SideMoments; 2],
        cross: MatRef<'_, f64>,
        dimensions: usize,
        epsilon: f64,
    ) -> Option<consilience_linalg::Result<Self>> {
        let ranks = [x.n_units(), y.n_units()];
        if ranks[0] + ranks[1] > dimensions {
            return None;
        }
        let (x, y) = rayon::join(|| x.inverse_root(), || y.inverse_root());
        let least = WELL_CONDITIONED.max(NULL_ROUNDINGS * epsilon);
        let [x, y] = [x?, y?].map(|root| (root.share > least).then_some(root.inverse.as_ref()));
        let whitened = matmul_abt(matmul(x?, cross).as_ref(), y?);
        let found = singular_values(whitened.as_ref());
        // Rounding may carry a correlation past 1 by a few units in the last place.
        let within = |found: Vec<f64>| found.into_iter().map(|r| r.clamp(0.0, 1.0)).collect();
        Some(found.map(|found| Self { correlations: within(found), ranks, certain: 0 }))
    }

    /// The same between the spaces of the first principal components, so many of x and of y.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn of_leading(
        sides: [&Eigen; 2],
        turned: MatRef<'_, f64>,
        components: [usize; 2],
        dimensions: usize,
    ) -> consilience_linalg::Result<Self> {
        let [rx, ry] = components;
        let smaller = rx.min(ry);
        let certain = (rx + ry).saturating_sub(dimensions).min(smaller);
        let correlations = if certain == smaller {
            vec![1.0; smaller]
        } else {
            let mut found = singular_values(whitened(sides, turned, components).as_ref())?;
            for (i, r) in found.iter_mut().enumerate() {
                // Rounding may carry a correlation past 1 by a few units in the last place.
                *r = if i < certain { 1.0 } else { r.clamp(0.0, 1.0) };
            }
            found
        };
        Ok(Self { correlations, ranks: components, certain })
    }
}

/// The inverse of the triangular factor L of a scatter `L Lᵀ`.
#[derive(Debug)]
pub(crate) struct InverseRoot {
    inverse: Mat<f64>,
    /// Share of the largest eigenvalue that all others are certain to exceed.
    share: f64,
}

impl InverseRoot {
    /// Nothing if the scatter is not positive definite, as far as rounding tells.
    pub(crate) fn of(scatter: MatRef<'_, f64>) -> Option<Self> {
        let factor = cholesky(scatter).ok()?;
        let identity = Mat::identity(scatter.nrows(), scatter.nrows());
        let inverse = solve_lower(factor.as_ref(), identity.as_ref());
        // The largest eigenvalue is at most the Frobenius norm, and the smallest at least 1 over that of the inverse.
        let of_inverse = squared_norm(row_gram(inverse.transpose()).as_ref());
        let share = 1.0 / (squared_norm(scatter) * of_inverse).sqrt();
        Some(Self { inverse, share })
    }
}

/// Dimensions that a side spans: eigenvalues of its scatter that are more than rounding, no more than rows allow.
#[must_use]
pub fn rank(side: &Eigen, dimensions: usize, epsilon: f64) -> usize {
    let cut = NULL_EIGENVALUE.max(NULL_ROUNDINGS * epsilon)
        * side.values.last().copied().unwrap_or(0.0).max(0.0);
    side.values.iter().rev().take(dimensions).take_while(|&&value| value > cut).count()
}

/// The cross-scatter between the first principal components, so many of x and of y, each scaled to sum of squares 1: its
/// singular values are the canonical correlations. Rows and columns in ascending order of the eigenvalues.
#[must_use]
pub fn whitened([x, y]: [&Eigen; 2], turned: MatRef<'_, f64>, [rx, ry]: [usize; 2]) -> Mat<f64> {
    let scales = |side: &Eigen, rank: usize| -> Vec<f64> {
        side.values[side.values.len() - rank..].iter().map(|v| 1.0 / v.sqrt()).collect()
    };
    let (p, q) = (x.values.len(), y.values.len());
    scaled(turned.submatrix(p - rx, q - ry, rx, ry), &scales(x, rx), &scales(y, ry))
}
