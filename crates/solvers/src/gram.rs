//! What has to hold of a matrix of products.

use consilience_linalg::MatRef;

use crate::error::{Error, Result};

/// By how much a product may exceed what Cauchy and Schwarz allow: beyond the rounding of moments of f32 activations, and far
/// below what mistaken arguments do.
pub(crate) const SLACK: f64 = 1.001;

/// Refuses what cannot be the products of some units with one another.
pub(crate) fn check(gram: MatRef<'_, f64>) -> Result<()> {
    let (rows, columns) = (gram.nrows(), gram.ncols());
    if rows != columns || rows == 0 {
        return Err(Error::NotSquare { rows, columns });
    }
    for column in 0..columns {
        for row in 0..=column {
            let (value, mirrored) = (gram[(row, column)], gram[(column, row)]);
            let limit = SLACK * (gram[(row, row)] * gram[(column, column)]).sqrt();
            // A negative or infinite diagonal has no finite limit either.
            let good = limit.is_finite()
                && gram[(row, row)] >= 0.0
                && value.abs() <= limit
                && (value - mirrored).abs() <= (SLACK - 1.0) * limit;
            if !good {
                return Err(Error::Gram { row, column, value, mirrored });
            }
        }
    }
    Ok(())
}

/// `to −= factor · column`.
#[expect(clippy::inline_always, reason = "what calls it may be vectorised as a whole")]
#[inline(always)]
pub(crate) fn subtract(to: &mut [f64], factor: f64, column: &[f64]) {
    for (t, c) in to.iter_mut().zip(column) {
        *t -= factor * c;
    }
}
