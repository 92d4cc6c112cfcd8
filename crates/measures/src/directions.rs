//! Which directions of a source the data determine.

use consilience_linalg::Eigen;
use consilience_statistics::SideMoments;

use crate::Result;

/// Eigenvalues of a scatter below this share of the largest do not count as directions of the data: from f64 moments they
/// are known to some 1e-14 of the largest, and here to four digits. Of singular values of the data it is the square
/// root, 1e-5.
const NULL_EIGENVALUE: f64 = 1e-10;

/// The same for coarser activations, in units of their rounding.
const NULL_ROUNDINGS: f64 = 8.0;

/// The share of the largest below which a sum of squares is rounding, of activations that are known to `epsilon`.
pub(crate) fn null_share(epsilon: f64) -> f64 {
    NULL_EIGENVALUE.max(NULL_ROUNDINGS * epsilon)
}

/// The eigenvectors of a scatter, and how many of them, counted from the largest, are directions of the data.
///
/// What lies beyond is rounding: a fit would divide noise by noise there. n centred rows span n − 1 dimensions at most.
/// `epsilon` is the relative rounding of the activations.
pub(crate) fn directions(side: &SideMoments, epsilon: f64) -> Result<(&Eigen, usize)> {
    let eigen = side.eigen()?;
    let cut = null_share(epsilon) * eigen.values.last().copied().unwrap_or(0.0);
    let most = side.n.saturating_sub(1);
    let rank = eigen.values.iter().rev().take(most).take_while(|&&d| d > cut).count();
    Ok((eigen, rank))
}
