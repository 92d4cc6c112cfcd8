//! Two representations together, over any set of blocks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use consilience_linalg::{Eigen, Mat, matmul, matmul_atb, singular_values, squared_norm};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::cross::BlockCross;
use crate::merge::{Norms, Part, Sums, decompose, merged_mean, merged_scatter};
use crate::side::{differences, lost};
use crate::{BlockSet, Canonical, Cross, Result, Side, SideMoments};

/// What was computed once, or why it could not be.
type Remembered<T> = OnceLock<consilience_linalg::Result<T>>;

/// Two sides and what is between them, with the merged moments remembered: all that a measure of moments may read.
///
/// One pair serves all measures of a cell, and the same cell with a block left out.
#[derive(Debug)]
pub struct Pair<'a> {
    /// First representation.
    pub x: &'a Side,
    /// Second representation.
    pub y: &'a Side,
    cross: &'a Arc<Cross>,
    groups: &'a [BlockSet],
    /// The pair over all blocks, and the groups that have lost a block.
    whole: Option<(&'a Self, BlockSet)>,
    norms: Arc<Norms>,
    merged: Mutex<BTreeMap<BlockSet, Arc<PairMoments>>>,
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
    /// Relative rounding of the activations, the coarser of the two sides: what is smaller by that factor is not data.
    pub epsilon: f64,
    x_mean: Vec<f64>,
    y_mean: Vec<f64>,
    blocks: Arc<Cross>,
    set: BlockSet,
    /// The same rows as whole groups that are known already, and blocks that are in none of them.
    groups: Vec<Arc<Self>>,
    rest: BlockSet,
    norms: Arc<Norms>,
    cross: OnceLock<Mat<f64>>,
    correlation: OnceLock<Mat<f64>>,
    nuclear_norm: Remembered<f64>,
    turned: Remembered<Mat<f64>>,
    canonical: Remembered<Canonical>,
}

impl<'a> Pair<'a> {
    /// A pair with nothing remembered yet. `groups` as for [`Side::new`].
    #[must_use]
    pub fn new(x: &'a Side, y: &'a Side, cross: &'a Arc<Cross>, groups: &'a [BlockSet]) -> Self {
        let (norms, merged) = (Arc::default(), Mutex::default());
        Self { x, y, cross, groups, whole: None, norms, merged }
    }

    /// The same pair for a design that leaves some blocks out: see [`Side::without`].
    #[must_use]
    pub fn without(whole: &'a Self, x: &'a Side, y: &'a Side, groups: &'a [BlockSet]) -> Self {
        let lost = lost(whole.groups, groups);
        let norms = whole.norms.clone();
        Self { whole: Some((whole, lost)), norms, ..Self::new(x, y, whole.cross, groups) }
    }

    /// Matrices of the size of the cross-scatter that are remembered here.
    ///
    /// # Panics
    /// If another thread panicked while it held the memory.
    #[must_use]
    pub fn n_matrices(&self) -> usize {
        let merged = self.merged.lock().expect("no thread panicked");
        let of = |moments: &Arc<PairMoments>| {
            let made = [
                moments.cross.get().is_some(),
                moments.correlation.get().is_some(),
                moments.turned.get().is_some(),
                moments.canonical.get().is_some(),
            ];
            made.into_iter().filter(|there| *there).count()
        };
        merged.values().map(of).sum()
    }

    /// Moments over a set of blocks.
    ///
    /// # Panics
    /// If the set is empty, or another thread panicked while it held the memory.
    #[must_use]
    pub fn over(&self, set: BlockSet) -> Arc<PairMoments> {
        if let Some((whole, lost)) = self.whole
            && set.minus(lost) == set
        {
            return whole.over(set);
        }
        if let Some(found) = self.merged.lock().expect("no thread panicked").get(&set) {
            return found.clone();
        }
        let (groups, rest) = decompose(set, self.groups);
        let groups: Vec<Arc<PairMoments>> =
            groups.into_iter().map(|group| self.over(group)).collect();
        let moments = Arc::new(self.merge(set, groups, rest));
        self.merged.lock().expect("no thread panicked").entry(set).or_insert(moments).clone()
    }

    /// Computes the eigendecompositions of the scatters over sets of x and over sets of y, several at a time.
    ///
    /// A decomposition runs on one thread so that its bytes do not depend on their number; this is how many of them use
    /// several. An error is remembered with it, for who asks for it.
    pub fn factorise(&self, x: &[BlockSet], y: &[BlockSet]) {
        let x = x.iter().map(|&set| self.x.over(set));
        let moments: Vec<Arc<SideMoments>> =
            x.chain(y.iter().map(|&set| self.y.over(set))).collect();
        moments.par_iter().for_each(|moments| drop(moments.eigen()));
    }

    fn merge(&self, set: BlockSet, groups: Vec<Arc<PairMoments>>, rest: BlockSet) -> PairMoments {
        let blocks = || self.cross.filled(rest);
        let of_x = blocks().map(|b| (b.n, &*b.x.mean));
        let of_y = blocks().map(|b| (b.n, &*b.y.mean));
        let x: Vec<(usize, &[f64])> =
            groups.iter().map(|g| (g.n, &*g.x_mean)).chain(of_x).collect();
        let y: Vec<(usize, &[f64])> =
            groups.iter().map(|g| (g.n, &*g.y_mean)).chain(of_y).collect();
        PairMoments {
            n: x.iter().map(|(n, _)| n).sum(),
            x: self.x.over(set),
            y: self.y.over(set),
            epsilon: self.cross.epsilon,
            x_mean: merged_mean(&x),
            y_mean: merged_mean(&y),
            blocks: self.cross.clone(),
            set,
            groups,
            rest,
            norms: self.norms.clone(),
            cross: OnceLock::new(),
            correlation: OnceLock::new(),
            nuclear_norm: OnceLock::new(),
            turned: OnceLock::new(),
            canonical: OnceLock::new(),
        }
    }
}

/// A block as a part of a merged scatter.
fn part(block: &BlockCross) -> Part<'_> {
    let (x_mean, y_mean) = (&*block.x.mean, &*block.y.mean);
    Part { n: block.n, x_mean, y_mean, scatter: Sums::Block(&block.scatter) }
}

impl PairMoments {
    /// Σ x yᵀ, p × q, centred at the means over the set, computed once.
    #[must_use]
    pub fn cross(&self) -> &Mat<f64> {
        self.cross.get_or_init(|| {
            let groups = self.groups.iter().map(|g| Part {
                n: g.n,
                x_mean: &g.x_mean,
                y_mean: &g.y_mean,
                scatter: Sums::Merged(g.cross().as_ref()),
            });
            let parts: Vec<Part<'_>> =
                groups.chain(self.blocks.filled(self.rest).map(part)).collect();
            merged_scatter(&parts, &self.x_mean, &self.y_mean)
        })
    }

    /// Sum of the squared entries of the cross-scatter. No matrix is made for it over all blocks but one, or over all.
    #[must_use]
    pub fn squared_norm(&self) -> f64 {
        let of_set = self.norms.of(self.set, self.blocks.blocks.iter().map(part));
        of_set.unwrap_or_else(|| squared_norm(self.cross().as_ref()))
    }

    /// Σ ‖x‖²‖y‖² of the centred rows. O(blocks · units of x · units of y).
    #[must_use]
    pub fn norms(&self) -> f64 {
        let blocks = self.blocks.filled(self.set);
        let about = |b: &BlockCross| {
            let delta = differences(&b.x.mean, &self.x_mean);
            b.norms_about(&delta, &differences(&b.y.mean, &self.y_mean))
        };
        blocks.map(about).sum()
    }

    /// Pearson correlation of unit i of x with unit j of y, p × q. A constant unit has correlation 0 with everything.
    #[must_use]
    pub fn correlation(&self) -> &Mat<f64> {
        self.correlation.get_or_init(|| {
            let (a, b) = (inverse_norms(&self.x), inverse_norms(&self.y));
            let mut out = self.cross().clone();
            for (j, b) in b.iter().enumerate() {
                for (r, a) in out.col_as_slice_mut(j).iter_mut().zip(&a) {
                    // Rounding may carry a perfect correlation past 1 by a few units in the last place.
                    *r = (*r * a * b).clamp(-1.0, 1.0);
                }
            }
            out
        })
    }

    /// Sum of the singular values of the cross-scatter, computed once: the greatest `tr(Qᵀ Xᵀ Y)` over orthogonal maps Q.
    ///
    /// # Errors
    /// When the decomposition does not converge.
    pub fn nuclear_norm(&self) -> Result<f64> {
        let norm = self
            .nuclear_norm
            .get_or_init(|| Ok(singular_values(self.cross().as_ref())?.iter().sum()));
        Ok(norm.clone()?)
    }

    /// Eigendecompositions of the scatters of x and of y, each computed once.
    ///
    /// # Errors
    /// When one does not converge.
    pub fn eigen(&self) -> Result<[&Eigen; 2]> {
        Ok(self.factorised()?)
    }

    /// Side by side: each runs on one thread.
    fn factorised(&self) -> consilience_linalg::Result<[&Eigen; 2]> {
        let (x, y) = (&self.x, &self.y);
        let (x, y) = rayon::join(|| x.factorised(), || y.factorised());
        Ok([x?, y?])
    }

    /// `Vᵀ Σxyᵀ W`: the cross-scatter in the eigenbases of the two scatters, in the order of their eigenvalues (ascending),
    /// computed once.
    ///
    /// # Errors
    /// When an eigendecomposition does not converge.
    pub fn cross_in_eigenbases(&self) -> Result<&Mat<f64>> {
        Ok(self.turned()?)
    }

    fn turned(&self) -> consilience_linalg::Result<&Mat<f64>> {
        let sides = self.factorised();
        let turned = self.turned.get_or_init(|| {
            let [x, y] = sides?;
            let half = matmul_atb(x.vectors.as_ref(), self.cross().as_ref());
            Ok(matmul(half.as_ref(), y.vectors.as_ref()))
        });
        turned.as_ref().map_err(Clone::clone)
    }

    /// Canonical correlations, computed once.
    ///
    /// # Errors
    /// When a decomposition does not converge.
    pub fn canonical(&self) -> Result<&Canonical> {
        let canonical = self.canonical.get_or_init(|| {
            let (cross, dimensions) = (self.cross().as_ref(), self.dimensions());
            let sides = [&*self.x, &*self.y];
            if let Some(found) = Canonical::of_full_rank(sides, cross, dimensions, self.epsilon) {
                return found;
            }
            let sides = self.factorised()?;
            Canonical::of(sides, self.turned()?.as_ref(), self.dimensions(), self.epsilon)
        });
        Ok(canonical.as_ref().map_err(Clone::clone)?)
    }

    /// How many dimensions the rows can span: centred ones one less than there are.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.n.saturating_sub(1)
    }
}

fn inverse_norms(side: &SideMoments) -> Vec<f64> {
    let inverse = |u| match side.norm(u) {
        0.0 => 0.0,
        norm => 1.0 / norm,
    };
    (0..side.n_units()).map(inverse).collect()
}
