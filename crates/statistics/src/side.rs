//! Moments of one representation over any set of blocks, remembered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use consilience_linalg::{
    Eigen, Mat, MatRef, eigen_symmetric, matmul_atb, squared_norm, symmetric_product,
};

use crate::canonical::InverseRoot;
use crate::marginal::{BlockMarginal, dot};
use crate::merge::{Norms, Part, Sums, decompose, merged_mean, merged_scatter};
use crate::{BlockSet, Marginal, Result};

/// What was computed, shared by threads.
type Memory<K, V> = Mutex<BTreeMap<K, Arc<V>>>;

/// A marginal with its merged moments and their factorisations remembered, so that all pairs share them.
#[derive(Debug)]
pub struct Side {
    marginal: Arc<Marginal>,
    groups: Vec<BlockSet>,
    whole: Option<Whole>,
    norms: Arc<Norms>,
    merged: Memory<BlockSet, SideMoments>,
    projected: Memory<(BlockSet, BlockSet), Mat<f64>>,
}

/// Where a side with a block left out finds what the block has no part in.
#[derive(Debug)]
struct Whole {
    side: Arc<Side>,
    lost: BlockSet,
}

/// The blocks of those of `whole` that are not among `groups`: they have lost some. What touches none of them is merged from
/// the same parts in the same order either way.
pub(crate) fn lost(whole: &[BlockSet], groups: &[BlockSet]) -> BlockSet {
    let changed = whole.iter().filter(|group| !groups.contains(group));
    changed.fold(BlockSet::default(), |all, group| all.union(*group))
}

impl Side {
    /// A side over all blocks of a marginal, with nothing remembered yet.
    ///
    /// Sets that will be asked for are unions of `groups` (see [`crate::SplitDesign::groups`]) as far as possible: each
    /// group is then merged once.
    #[must_use]
    pub fn new(marginal: Arc<Marginal>, groups: &[BlockSet]) -> Self {
        let groups = groups.to_vec();
        let (merged, projected) = (Mutex::default(), Mutex::default());
        Self { marginal, groups, whole: None, norms: Arc::default(), merged, projected }
    }

    /// The same side for a design that leaves some blocks out, whose sets are unions of `groups`. Sets of blocks that no
    /// changed group is part of are those of `whole`, remembered there; all others are merged anew.
    #[must_use]
    pub fn without(whole: &Arc<Self>, groups: &[BlockSet]) -> Self {
        let lost = lost(&whole.groups, groups);
        let fresh = Self::new(whole.marginal.clone(), groups);
        let norms = whole.norms.clone();
        Self { whole: Some(Whole { side: whole.clone(), lost }), norms, ..fresh }
    }

    /// The side that knows all of these sets already, or has them in common with others.
    fn elsewhere(&self, sets: &[BlockSet]) -> Option<&Self> {
        let whole = self.whole.as_ref()?;
        let untouched = |set: &BlockSet| set.minus(whole.lost) == *set;
        sets.iter().all(untouched).then_some(&*whole.side)
    }

    /// Matrices of the size of the scatter that are remembered here.
    ///
    /// # Panics
    /// If another thread panicked while it held the memory.
    #[must_use]
    pub fn n_matrices(&self) -> usize {
        let merged = self.merged.lock().expect("no thread panicked");
        let of = |m: &Arc<SideMoments>| {
            usize::from(m.scatter.get().is_some()) + usize::from(m.eigen.get().is_some())
        };
        merged.values().map(of).sum::<usize>()
            + self.projected.lock().expect("no thread panicked").len()
    }

    /// The blocks it is made of.
    #[must_use]
    pub fn marginal(&self) -> &Marginal {
        &self.marginal
    }

    /// Moments over a set of blocks, centred at their mean over that set.
    ///
    /// # Panics
    /// If the set is empty, or another thread panicked while it held the memory.
    #[must_use]
    pub fn over(&self, set: BlockSet) -> Arc<SideMoments> {
        if let Some(whole) = self.elsewhere(&[set]) {
            return whole.over(set);
        }
        if let Some(found) = self.merged.lock().expect("no thread panicked").get(&set) {
            return found.clone();
        }
        let (whole, rest) = decompose(set, &self.groups);
        let whole: Vec<Arc<SideMoments>> =
            whole.into_iter().map(|group| self.over(group)).collect();
        let norms = self.norms.clone();
        let moments = Arc::new(SideMoments::merge(&self.marginal, set, (whole, rest), norms));
        self.merged.lock().expect("no thread panicked").entry(set).or_insert(moments).clone()
    }

    /// `Vᵀ S V`: the scatter over `eval` in the eigenbasis of the scatter over `fit`.
    ///
    /// # Errors
    /// When the eigendecomposition fails.
    ///
    /// # Panics
    /// If another thread panicked while it held the memory.
    pub fn projected(&self, fit: BlockSet, eval: BlockSet) -> Result<Arc<Mat<f64>>> {
        if let Some(whole) = self.elsewhere(&[fit, eval]) {
            return whole.projected(fit, eval);
        }
        let key = (fit, eval);
        if let Some(found) = self.projected.lock().expect("no thread panicked").get(&key) {
            return Ok(found.clone());
        }
        let moments = self.over(fit);
        let v = &moments.eigen()?.vectors;
        let turned = matmul_atb(v.as_ref(), self.over(eval).scatter());
        let value = Arc::new(symmetric_product(turned.as_ref(), v.as_ref()));
        Ok(self.projected.lock().expect("no thread panicked").entry(key).or_insert(value).clone())
    }
}

/// Moments of one representation over one set of blocks.
#[derive(Debug)]
pub struct SideMoments {
    /// Rows.
    pub n: usize,
    /// Mean of each unit.
    pub mean: Vec<f64>,
    /// Whether a unit has one value only over these rows (exactly; decided by its range).
    pub constant: Vec<bool>,
    marginal: Arc<Marginal>,
    set: BlockSet,
    /// The same rows as whole groups that are known already, and blocks that are in none of them.
    groups: Vec<Arc<Self>>,
    rest: BlockSet,
    norms: Arc<Norms>,
    trace: OnceLock<f64>,
    scatter: OnceLock<Mat<f64>>,
    eigen: OnceLock<consilience_linalg::Result<Eigen>>,
    inverse_root: OnceLock<Option<InverseRoot>>,
}

impl SideMoments {
    fn merge(
        marginal: &Arc<Marginal>,
        set: BlockSet,
        (groups, rest): (Vec<Arc<Self>>, BlockSet),
        norms: Arc<Norms>,
    ) -> Self {
        let blocks = marginal.filled(rest).map(|b| (b.n, &*b.mean));
        let means: Vec<(usize, &[f64])> =
            groups.iter().map(|g| (g.n, &*g.mean)).chain(blocks).collect();
        Self {
            n: means.iter().map(|(n, _)| n).sum(),
            mean: merged_mean(&means),
            constant: constant_units(marginal, set),
            marginal: marginal.clone(),
            set,
            groups,
            rest,
            norms,
            trace: OnceLock::new(),
            scatter: OnceLock::new(),
            eigen: OnceLock::new(),
            inverse_root: OnceLock::new(),
        }
    }

    /// Σ x xᵀ, centred at the mean, computed once; divide by n for the covariance.
    #[must_use]
    pub fn scatter(&self) -> MatRef<'_, f64> {
        let scatter = self.scatter.get_or_init(|| {
            let groups = self.groups.iter().map(|g| Part {
                n: g.n,
                x_mean: &g.mean,
                y_mean: &g.mean,
                scatter: Sums::Merged(g.scatter()),
            });
            let parts: Vec<Part<'_>> =
                groups.chain(self.marginal.filled(self.rest).map(part)).collect();
            merged_scatter(&parts, &self.mean, &self.mean)
        });
        scatter.as_ref()
    }

    /// Sum of the squared entries of the scatter. No matrix is made for it over all blocks but one, or over all.
    #[must_use]
    pub fn squared_norm(&self) -> f64 {
        let of_set = self.norms.of(self.set, self.marginal.blocks.iter().map(part));
        of_set.unwrap_or_else(|| squared_norm(self.scatter()))
    }

    /// Σ‖x‖⁴ of the centred rows. O(blocks · units²).
    #[must_use]
    pub fn norm_4(&self) -> f64 {
        let blocks = self.marginal.filled(self.set);
        blocks.map(|b| b.norm_4_about(&differences(&b.mean, &self.mean))).sum()
    }

    /// Number of units.
    #[must_use]
    pub fn n_units(&self) -> usize {
        self.mean.len()
    }

    /// Sum of squares of all units, the trace of the scatter.
    #[must_use]
    pub fn trace(&self) -> f64 {
        *self.trace.get_or_init(|| {
            let about = |b: &BlockMarginal| {
                let apart = differences(&b.mean, &self.mean);
                b.trace() + b.n as f64 * dot(&apart, &apart)
            };
            self.marginal.filled(self.set).map(about).sum()
        })
    }

    /// Square root of a unit's sum of squares: 0 for a constant unit.
    #[must_use]
    pub fn norm(&self, unit: usize) -> f64 {
        if self.constant[unit] { 0.0 } else { self.scatter()[(unit, unit)].max(0.0).sqrt() }
    }

    /// Eigendecomposition of the scatter, computed once.
    ///
    /// # Errors
    /// When it does not converge.
    pub fn eigen(&self) -> Result<&Eigen> {
        Ok(self.factorised()?)
    }

    /// As [`Self::eigen`], with the error that can be remembered.
    pub(crate) fn factorised(&self) -> consilience_linalg::Result<&Eigen> {
        let eigen = self.eigen.get_or_init(|| eigen_symmetric(self.scatter()));
        eigen.as_ref().map_err(Clone::clone)
    }

    /// The inverse of the scatter's triangular factor, remembered.
    pub(crate) fn inverse_root(&self) -> Option<&InverseRoot> {
        if self.inverse_root.get().is_none() {
            // Two threads may both compute it: they find the same. It uses several threads, so that nothing may wait for it.
            let _ = self.inverse_root.set(InverseRoot::of(self.scatter()));
        }
        self.inverse_root.get().expect("it was just set").as_ref()
    }
}

/// A block as a part of a merged scatter.
fn part(block: &BlockMarginal) -> Part<'_> {
    let mean = &*block.mean;
    Part { n: block.n, x_mean: mean, y_mean: mean, scatter: Sums::Block(&block.scatter) }
}

/// `a − b`.
pub(crate) fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn constant_units(marginal: &Marginal, set: BlockSet) -> Vec<bool> {
    (0..marginal.n_units())
        .map(|u| {
            let blocks = set.iter().map(|b| &marginal.blocks[b]);
            let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
            for block in blocks {
                min = min.min(block.min[u]);
                max = max.max(block.max[u]);
            }
            min >= max
        })
        .collect()
}
