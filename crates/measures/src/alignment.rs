//! Two clouds of stimuli laid over one another by the best orthogonal map.

use consilience_linalg::{Mat, MatRef, polar_factor};
use consilience_statistics::PairMoments;

use crate::caveats::{few_samples, undefined};
use crate::{Comparison, Result, Size};

/// Singular values below this share of the largest are noise of f64 moments: their vectors carry no correspondence.
const NULL_SINGULAR_VALUE: f64 = 1e-10;

/// The same for coarser activations, in units of their rounding. Entries of the cross-product of f32 activations err by
/// a few roundings of the product of two norms, and so do singular values.
const NULL_ROUNDINGS: f64 = 8.0;

/// The orthogonal map from x to y of least squares, given `xᵀ y` of activations of that relative rounding, whose rows span
/// at most so many dimensions. Directions that are not determined are mapped to zero.
pub(crate) fn rotation(
    cross: MatRef<'_, f64>,
    epsilon: f64,
    dimensions: usize,
) -> Result<Mat<f64>> {
    let null = NULL_SINGULAR_VALUE.max(NULL_ROUNDINGS * epsilon);
    Ok(polar_factor(cross, null, dimensions)?)
}

/// Centred sums of squares of x and of y, both positive.
///
/// # Errors
/// [`crate::Error::Undefined`] for a representation without variance.
pub(crate) fn sums_of_squares(id: &'static str, moments: &PairMoments) -> Result<[f64; 2]> {
    let sums = [moments.x.trace(), moments.y.trace()];
    match ["x", "y"].into_iter().zip(sums).find(|(_, sum)| *sum <= 0.0) {
        Some((side, _)) => {
            Err(undefined(id, format!("{side} has no variance; record other stimuli")))
        }
        None => Ok(sums),
    }
}

/// The greatest cosine of the angle between the two clouds, as vectors, over orthogonal maps of one of them: the nuclear norm
/// of the cross-scatter over the product of the norms, in 0..=1.
pub(crate) fn cosine(id: &'static str, moments: &PairMoments) -> Result<f64> {
    let [x, y] = sums_of_squares(id, moments)?;
    // The inequality of von Neumann bounds the ratio by 1; rounding may pass it by a few units in the last place.
    Ok((moments.nuclear_norm()? / (x.sqrt() * y.sqrt())).min(1.0))
}

/// The least squared Frobenius distance of the two clouds over orthogonal maps of one of them.
pub(crate) fn squared_distance(id: &'static str, moments: &PairMoments, size: Size) -> Result<f64> {
    let [x, y] = sums_of_squares(id, moments)?;
    if size == Size::Unit {
        return Ok(2.0 - 2.0 * cosine(id, moments)?);
    }
    let [a, b] = [x, y].map(|sum| size.factor(sum, moments.n));
    Ok(squared(a * a * x + b * b * y, a * b * moments.nuclear_norm()?))
}

/// `‖a‖² + ‖b‖² − 2⟨a, b⟩`, which rounding may carry below 0.
pub(crate) fn squared(squares: f64, product: f64) -> f64 {
    (squares - 2.0 * product).max(0.0)
}

/// A comparison by alignment, with what there is to say of the number of samples.
pub(crate) fn comparison(score: f64, moments: &PairMoments) -> Comparison {
    Comparison { warnings: few_samples(moments), ..Comparison::of_score(score) }
}
