//! Which blocks a map is fitted on, and which it is evaluated on.

use crate::{BlockSet, Blocks, Error, Result};

/// Smallest number of stimuli a fold may have: with fewer, a correlation over the fold says nothing.
const STIMULI_PER_FOLD: usize = 2;

/// A fit set, an eval set, and the folds inside the fit set by which parameters are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Blocks that maps are fitted on.
    pub fit: BlockSet,
    /// Blocks that fitted maps are scored on.
    pub eval: BlockSet,
    /// Eval sets of the folds inside `fit`; the rest of `fit` is theirs to fit on.
    pub inner: Vec<BlockSet>,
}

impl Split {
    /// Whether maps are scored on the stimuli they were fitted on.
    #[must_use]
    pub fn is_in_sample(&self) -> bool {
        self.fit == self.eval
    }
}

/// The splits whose scores are averaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitDesign {
    splits: Vec<Split>,
}

impl SplitDesign {
    /// Splits as given, for designs that the other constructors do not make.
    #[must_use]
    pub fn explicit(splits: Vec<Split>) -> Self {
        Self { splits }
    }

    /// K-fold cross-validation: fold f is the blocks b with b mod k = f. Inside a fit set the other folds take turns.
    ///
    /// # Errors
    /// [`Error::Design`] for fewer than 2 folds or fewer blocks than folds, [`Error::TooFewStimuli`].
    pub fn k_fold(blocks: &Blocks, k: usize) -> Result<Self> {
        if blocks.n_stimuli() < STIMULI_PER_FOLD * k {
            return Err(Error::TooFewStimuli {
                found: blocks.n_stimuli(),
                folds: k,
                expected: STIMULI_PER_FOLD * k,
                advice: "use more stimuli, or fewer folds",
            });
        }
        if k < 2 || k > blocks.len() {
            let expected = format!("2 to {} (the number of blocks)", blocks.len());
            return Err(Error::Design { name: "number of folds", found: k, expected });
        }
        let groups = groups(blocks.len(), k);
        let all = BlockSet::first(blocks.len());
        let others = |f: usize| groups.iter().enumerate().filter(move |(g, _)| *g != f);
        let split = |(f, &eval): (usize, &BlockSet)| Split {
            fit: all.minus(eval),
            eval,
            inner: others(f).map(|(_, &g)| g).collect(),
        };
        Ok(Self { splits: groups.iter().enumerate().map(split).collect() })
    }

    /// Fit and eval set are all stimuli. Parameters are still chosen by folds (five, or as many as there are blocks).
    #[must_use]
    pub fn in_sample(blocks: &Blocks) -> Self {
        let all = BlockSet::first(blocks.len());
        let inner = groups(blocks.len(), 5.min(blocks.len()));
        Self { splits: vec![Split { fit: all, eval: all, inner }] }
    }

    /// Disjoint sets of blocks that the sets of the design are unions of, as far as there are such: the folds.
    #[must_use]
    pub fn groups(&self) -> Vec<BlockSet> {
        let mut taken = BlockSet::default();
        let mut groups = Vec::new();
        for split in &self.splits {
            let sets = split.inner.iter().chain([&split.eval]);
            for &set in sets.filter(|s| !s.is_empty()) {
                if set.minus(taken) == set {
                    taken = taken.union(set);
                    groups.push(set);
                }
            }
        }
        groups
    }

    /// The same design over blocks that are the groups of this one, in their order.
    ///
    /// # Panics
    /// If a set of the design is not a union of groups: of those that [`Self::k_fold`] and [`Self::in_sample`] make, all are.
    #[must_use]
    pub fn coarse(&self) -> Self {
        let groups = self.groups();
        let coarse = |set: BlockSet| -> BlockSet {
            let within = |g: &BlockSet| g.minus(set).is_empty();
            let members: BlockSet =
                groups.iter().enumerate().filter(|(_, g)| within(g)).map(|(i, _)| i).collect();
            let covered = members.iter().fold(BlockSet::default(), |all, i| all.union(groups[i]));
            assert_eq!(covered, set, "a set of the design is not a union of its groups");
            members
        };
        let splits = self.splits.iter().map(|s| Split {
            fit: coarse(s.fit),
            eval: coarse(s.eval),
            inner: s.inner.iter().map(|&g| coarse(g)).collect(),
        });
        Self { splits: splits.collect() }
    }

    /// All blocks of the design.
    #[must_use]
    pub fn all(&self) -> BlockSet {
        self.splits.iter().flat_map(|s| s.fit.iter().chain(s.eval.iter())).collect()
    }

    /// The design without one block; a fold that becomes empty is left out.
    #[must_use]
    pub fn without(&self, block: usize) -> Self {
        let gone: BlockSet = [block].into_iter().collect();
        let left = self.splits.iter().map(|s| Split {
            fit: s.fit.minus(gone),
            eval: s.eval.minus(gone),
            inner: s.inner.iter().map(|g| g.minus(gone)).filter(|g| !g.is_empty()).collect(),
        });
        Self { splits: left.filter(|s| !s.eval.is_empty() && !s.fit.is_empty()).collect() }
    }

    /// The splits, in order.
    #[must_use]
    pub fn splits(&self) -> &[Split] {
        &self.splits
    }
}

fn groups(n_blocks: usize, k: usize) -> Vec<BlockSet> {
    (0..k).map(|f| (0..n_blocks).filter(|b| b % k == f).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_partition_the_blocks_and_inner_folds_the_fit_set() {
        let blocks = Blocks::contiguous(100, 20).expect("valid");
        let design = SplitDesign::k_fold(&blocks, 5).expect("valid");
        for design in [design.clone(), design.without(7), SplitDesign::in_sample(&blocks)] {
            let splits = design.splits();
            let evaluated: BlockSet = splits.iter().flat_map(|s| s.eval.iter()).collect();
            assert_eq!(evaluated, design.all());
            for split in splits {
                assert!(split.is_in_sample() || split.fit.minus(split.eval) == split.fit);
                assert_eq!(split.inner.iter().map(|g| g.len()).sum::<usize>(), split.fit.len());
                assert!(split.inner.iter().all(|g| g.minus(split.fit).is_empty()));
            }
        }
        assert!(!design.without(7).all().contains(7));
    }

    #[test]
    fn too_few_stimuli_for_the_folds_say_so() {
        let blocks = Blocks::contiguous(9, 9).expect("valid");
        let error = SplitDesign::k_fold(&blocks, 5).expect_err("9 stimuli, 5 folds");
        assert!(error.to_string().contains("9 stimuli cannot be split into 5 folds"), "{error}");
        assert!(SplitDesign::k_fold(&blocks, 1).is_err());
        assert!(SplitDesign::k_fold(&blocks, 10).is_err());
    }
}
