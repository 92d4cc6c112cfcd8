//! Two representations together, over any set of blocks.

use std::sync::Arc;

use consilience_linalg::Mat;

use crate::cross::BlockCross;
use crate::{BlockSet, Cross, Side, SideMoments};

/// Two sides and what is between them: all that a measure of moments may read.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// First representation.
    pub x: &'a Side,
    /// Second representation.
    pub y: &'a Side,
    /// Cross-moments, x by y.
    pub cross: &'a Cross,
}

/// Moments of a pair over one set of blocks.
#[derive(Debug)]
pub struct PairMoments {
    /// Rows.
    pub n: usize,
    /// Moments of x.
    pub x: Arc<SideMoments>,
    /// Moments of y.
    pub y: Arc<SideMoments>,
    /// Σ x yᵀ, p × q, centred at the means over the set.
    pub cross: Mat<f64>,
    /// Σ ‖x‖²‖y‖² of the centred rows.
    pub norms: f64,
    /// Relative rounding of the activations, the coarser of the two sides: what is smaller by that factor is not data.
    pub epsilon: f64,
}

impl Pair<'_> {
    /// Moments over a set of blocks.
    #[must_use]
    pub fn over(&self, set: BlockSet) -> PairMoments {
        let (x, y) = (self.x.over(set), self.y.over(set));
        let mut all = BlockCross::empty(x.n_units(), y.n_units());
        for block in set.iter() {
            all.merge(&self.cross.blocks[block]);
        }
        let epsilon = self.cross.epsilon;
        PairMoments { n: x.n, x, y, cross: all.scatter, norms: all.norms, epsilon }
    }
}

impl PairMoments {
    /// Pearson correlation of unit i of x with unit j of y, p × q. A constant unit has correlation 0 with everything.
    #[must_use]
    pub fn correlation(&self) -> Mat<f64> {
        let inverse = |side: &SideMoments| -> Vec<f64> {
            (0..side.n_units())
                .map(|u| match side.norm(u) {
                    0.0 => 0.0,
                    norm => 1.0 / norm,
                })
                .collect()
        };
        let (a, b) = (inverse(&self.x), inverse(&self.y));
        Mat::from_fn(a.len(), b.len(), |i, j| {
            // Rounding may carry a perfect correlation past 1 by a few units in the last place.
            (self.cross[(i, j)] * a[i] * b[j]).clamp(-1.0, 1.0)
        })
    }
}
