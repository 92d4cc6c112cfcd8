//! Moments of units that predict, and of them with the units that are predicted.

use std::sync::Arc;

use consilience_linalg::{Mat, MatRef, matmul, matmul_atb, scaled, symmetric_product};
use consilience_statistics::{BlockSet, Cross, SideMoments};

use crate::layer::{Network, with_moments};

/// Moments over some rows, centred at their means: sources, and sources with targets.
#[derive(Debug, Clone)]
pub(crate) struct Direction {
    pub(crate) n: f64,
    pub(crate) source_mean: Vec<f64>,
    pub(crate) target_mean: Vec<f64>,
    /// Roots of the sums of squares; exactly 0 for a unit that does not vary over these rows.
    pub(crate) source_norm: Vec<f64>,
    pub(crate) target_norm: Vec<f64>,
    /// Scatter of the sources.
    pub(crate) scatter: Mat<f64>,
    /// Sources × targets.
    pub(crate) cross: Mat<f64>,
}

/// The varying units of one side over a set of blocks.
struct Units {
    mean: Vec<f64>,
    norm: Vec<f64>,
    scatter: Mat<f64>,
}

impl Units {
    fn of(moments: &SideMoments, varying: &[usize]) -> Self {
        let p = varying.len();
        let scatter = moments.scatter();
        Self {
            mean: varying.iter().map(|&u| moments.mean[u]).collect(),
            norm: varying.iter().map(|&u| moments.norm(u)).collect(),
            scatter: Mat::from_fn(p, p, |i, j| scatter[(varying[i], varying[j])]),
        }
    }
}

impl Direction {
    /// Both directions between two networks over a set of blocks: y from x, and x from y.
    pub(crate) fn both(sides: [&Network; 2], cross: &Arc<Cross>, set: BlockSet) -> [Self; 2] {
        let [x, y] = sides;
        with_moments([x.marginal(), y.marginal()], cross, set, |moments| {
            let units = [Units::of(&moments.x, &x.varying), Units::of(&moments.y, &y.varying)];
            let (p, q) = (x.varying.len(), y.varying.len());
            let between = Mat::from_fn(p, q, |i, j| moments.cross()[(x.varying[i], y.varying[j])]);
            let direction = |source: usize, cross: Mat<f64>| {
                let (from, to) = (&units[source], &units[1 - source]);
                Self {
                    n: moments.n as f64,
                    source_mean: from.mean.clone(),
                    target_mean: to.mean.clone(),
                    source_norm: from.norm.clone(),
                    target_norm: to.norm.clone(),
                    scatter: from.scatter.clone(),
                    cross,
                }
            };
            let turned = between.transpose().to_owned();
            [direction(0, between), direction(1, turned)]
        })
    }

    /// The same for some targets, with the sources divided by `deviation` and turned.
    pub(crate) fn turned(
        &self,
        deviation: &[f64],
        turn: MatRef<'_, f64>,
        targets: &[usize],
    ) -> Self {
        let inverse: Vec<f64> = deviation.iter().map(|d| d.recip()).collect();
        let cross = Mat::from_fn(inverse.len(), targets.len(), |i, t| {
            self.cross[(i, targets[t])] * inverse[i]
        });
        let scatter = scaled(self.scatter.as_ref(), &inverse, &inverse);
        let half = matmul_atb(turn, scatter.as_ref());
        let scatter = symmetric_product(half.as_ref(), turn);
        let mean = Mat::from_fn(1, inverse.len(), |_, i| self.source_mean[i] * inverse[i]);
        let mean = matmul(mean.as_ref(), turn);
        Self {
            n: self.n,
            source_mean: (0..turn.ncols()).map(|j| mean[(0, j)]).collect(),
            target_mean: targets.iter().map(|&t| self.target_mean[t]).collect(),
            source_norm: (0..turn.ncols()).map(|j| scatter[(j, j)].max(0.0).sqrt()).collect(),
            target_norm: targets.iter().map(|&t| self.target_norm[t]).collect(),
            scatter,
            cross: matmul_atb(turn, cross.as_ref()),
        }
    }

    /// Number of sources and of targets.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.cross.nrows(), self.cross.ncols())
    }

    /// Correlations among the sources, and of sources with targets. A unit that does not vary here has 0, with itself too.
    pub(crate) fn correlations(&self) -> (Mat<f64>, Mat<f64>) {
        let inverse = |norms: &[f64]| -> Vec<f64> {
            norms.iter().map(|&n| if n > 0.0 { n.recip() } else { 0.0 }).collect()
        };
        let (sources, targets) = (inverse(&self.source_norm), inverse(&self.target_norm));
        let mut gram = scaled(self.scatter.as_ref(), &sources, &sources);
        for (i, &inverse) in sources.iter().enumerate() {
            gram[(i, i)] = if inverse > 0.0 { 1.0 } else { 0.0 };
        }
        let mut cross = scaled(self.cross.as_ref(), &sources, &targets);
        for j in 0..cross.ncols() {
            cross.col_as_slice_mut(j).iter_mut().for_each(|r| *r = r.clamp(-1.0, 1.0));
        }
        (gram, cross)
    }
}
