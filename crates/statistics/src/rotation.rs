//! A random rotation of a space of units: the control for whether the basis matters.

use consilience_linalg::{Mat, MatRef, random_orthogonal};
use rand::Rng;

/// An orthogonal map of a space of units (reflections included).
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation(Mat<f64>);

impl Rotation {
    /// A rotation of `n_units` dimensions, uniform (Haar) over all.
    #[must_use]
    pub fn random(n_units: usize, rng: &mut impl Rng) -> Self {
        Self(random_orthogonal(n_units, rng))
    }

    /// The orthogonal matrix; rows of activations are multiplied by it from the right.
    #[must_use]
    pub fn matrix(&self) -> MatRef<'_, f64> {
        self.0.as_ref()
    }
}
