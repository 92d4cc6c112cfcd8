//! Nested sets of stimuli as unions of blocks.

use consilience_data::StimulusSet;
use consilience_statistics::{Blocks, MAX_BLOCKS, SplitDesign};
use rand::seq::SliceRandom;

use super::KIND;
use crate::tile::generator;
use crate::{Error, Result};

/// All stimuli and their halvings, ascending.
pub(super) fn halved(n: usize, halvings: usize) -> Vec<usize> {
    (0..=halvings).rev().map(|k| n >> k.min(63)).collect()
}

/// Checks that so many stimuli can be dealt to rungs, each into a block a fold.
pub(super) fn check(sizes: &[usize], n: usize, folds: usize) -> Result<()> {
    let problem = |problem: String| Err(Error::Spec { place: format!("study `{KIND}`"), problem });
    let most = MAX_BLOCKS / folds.max(1);
    if sizes.is_empty() || sizes.len() > most {
        return problem(format!(
            "{} numbers of stimuli; expected 1 to {most} with {folds} folds",
            sizes.len()
        ));
    }
    if let Some(last) = sizes.last().filter(|last| **last > n) {
        return problem(format!("stimuli = {last}; there are {n}"));
    }
    let mut before = 0;
    for (rung, &size) in sizes.iter().enumerate() {
        // A fold holds two stimuli at least; further rungs give each fold one more at least.
        let least = before + if rung == 0 { 2 * folds } else { folds };
        if size < least {
            return problem(format!(
                "{size} stimuli after {before}: expected at least {least} with {folds} folds; give fewer halvings, or other numbers of stimuli"
            ));
        }
        before = size;
    }
    Ok(())
}

/// Blocks of one random order, of which every prefix of `folds` blocks times a number is a set of one size, with the
/// cross-validation over each prefix. The order depends on the ids of the stimuli, never on that of the file.
pub(super) fn dealt(
    stimuli: &StimulusSet,
    sizes: &[usize],
    folds: usize,
    seed: u64,
    number: usize,
) -> Result<(Blocks, Vec<SplitDesign>)> {
    let mut order: Vec<usize> = (0..stimuli.len()).collect();
    order.sort_by(|&a, &b| stimuli.ids[a].cmp(&stimuli.ids[b]));
    order.shuffle(&mut generator(seed, "sample-size order", &[number]));
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut start = 0;
    for &end in sizes {
        for fold in 0..folds {
            let mut block: Vec<usize> =
                order[start..end].iter().copied().skip(fold).step_by(folds).collect();
            block.sort_unstable();
            members.push(block);
        }
        start = end;
    }
    let prefix = |rung: usize| {
        let members = members[..(rung + 1) * folds].to_vec();
        SplitDesign::k_fold(&Blocks::explicit(members), folds)
    };
    let designs = (0..sizes.len()).map(prefix).collect::<std::result::Result<_, _>>()?;
    Ok((Blocks::explicit(members), designs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use consilience_statistics::BlockSet;

    fn size(blocks: &Blocks, set: BlockSet) -> usize {
        set.iter().map(|b| blocks.members(b).len()).sum()
    }

    #[test]
    fn prefixes_have_the_sizes_and_folds_of_equal_size() {
        let stimuli = StimulusSet::indexed("test", 103);
        let sizes = [11, 25, 103];
        let (blocks, designs) = dealt(&stimuli, &sizes, 5, 1, 0).expect("valid");
        for (design, size_) in designs.iter().zip(sizes) {
            assert_eq!(size(&blocks, design.all()), size_);
            let folds: Vec<usize> = design.splits().iter().map(|s| size(&blocks, s.eval)).collect();
            assert_eq!(folds.iter().sum::<usize>(), size_);
            // One stimulus more a rung, at the most.
            let (low, high) = (folds.iter().min(), folds.iter().max());
            assert!(high.expect("five") - low.expect("five") <= sizes.len(), "{folds:?}");
            assert!(design.splits().iter().all(|s| s.inner.len() == 4));
        }
        // Nested: a smaller set is part of a larger one.
        assert!(designs[0].all().minus(designs[1].all()).is_empty());
        assert_ne!(blocks, dealt(&stimuli, &sizes, 5, 1, 1).expect("valid").0);
    }

    #[test]
    fn orders_follow_the_ids() {
        let forward = StimulusSet::indexed("test", 40);
        let mut backward = forward.clone();
        backward.ids.reverse();
        let names = |stimuli: &StimulusSet| {
            let (blocks, _) = dealt(stimuli, &[10, 40], 5, 1, 3).expect("valid");
            let ids = |b| {
                let mut ids: Vec<String> =
                    blocks.members(b).iter().map(|&i| stimuli.ids[i].clone()).collect();
                ids.sort();
                ids
            };
            (0..blocks.len()).map(ids).collect::<Vec<_>>()
        };
        assert_eq!(names(&forward), names(&backward));
    }

    #[test]
    fn sizes_that_cannot_be_dealt_are_named() {
        let message = |sizes: &[usize], n| check(sizes, n, 5).expect_err("refused").to_string();
        assert!(message(&halved(300, 6), 300).contains("4 stimuli after 0: expected at least 10"));
        assert!(message(&[50, 52], 100).contains("52 stimuli after 50: expected at least 55"));
        assert!(message(&[50, 200], 100).contains("stimuli = 200; there are 100"));
        assert!(message(&halved(1 << 20, 12), 1 << 20).contains("expected 1 to 12 with 5 folds"));
        assert!(check(&halved(1000, 4), 1000, 5).is_ok());
    }
}
