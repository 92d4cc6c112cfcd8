//! Blocks of stimuli: the grain of cross-validation, jackknife and merging.

use crate::{Error, Result};

/// Largest number of blocks: a [`BlockSet`] is one machine word.
pub const MAX_BLOCKS: usize = 64;

/// Which block each stimulus belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    members: Vec<Vec<usize>>,
}

impl Blocks {
    /// Deals the stimuli, in the order of a seeded hash of their ids, to `n_blocks` blocks of equal size (within one).
    ///
    /// The order of the files plays no part: the same ids give the same blocks in any order.
    ///
    /// # Errors
    /// [`Error::Design`] if there are no blocks, more than [`MAX_BLOCKS`], or more blocks than stimuli.
    pub fn hashed(ids: &[String], n_blocks: usize, seed: u64) -> Result<Self> {
        check(n_blocks, ids.len())?;
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_cached_key(|&i| (hash(seed, &ids[i]), ids[i].clone()));
        let mut members = vec![Vec::new(); n_blocks];
        for (rank, stimulus) in order.into_iter().enumerate() {
            members[rank % n_blocks].push(stimulus);
        }
        for m in &mut members {
            m.sort_unstable();
        }
        Ok(Self { members })
    }

    /// Neighbouring stimuli share a block: for time series, whose neighbours are not independent.
    ///
    /// # Errors
    /// As [`Self::hashed`].
    pub fn contiguous(n_stimuli: usize, n_blocks: usize) -> Result<Self> {
        check(n_blocks, n_stimuli)?;
        let start = |b: usize| b * n_stimuli / n_blocks;
        Ok(Self { members: (0..n_blocks).map(|b| (start(b)..start(b + 1)).collect()).collect() })
    }

    /// Blocks with the given members, for designs that are fixed elsewhere.
    #[must_use]
    pub fn explicit(members: Vec<Vec<usize>>) -> Self {
        Self { members }
    }

    /// Number of blocks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no block. Never true for a value built by the constructors.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The blocks of each group merged into one.
    #[must_use]
    pub fn coarsen(&self, groups: &[BlockSet]) -> Self {
        let merged = groups.iter().map(|group| {
            let mut members: Vec<usize> =
                group.iter().flat_map(|b| self.members[b].iter().copied()).collect();
            members.sort_unstable();
            members
        });
        Self { members: merged.collect() }
    }

    /// Number of stimuli in all blocks.
    #[must_use]
    pub fn n_stimuli(&self) -> usize {
        self.members.iter().map(Vec::len).sum()
    }

    /// Indices of the stimuli of one block, ascending.
    #[must_use]
    pub fn members(&self, block: usize) -> &[usize] {
        &self.members[block]
    }
}

fn check(n_blocks: usize, n_stimuli: usize) -> Result<()> {
    let most = MAX_BLOCKS.min(n_stimuli);
    if (1..=most).contains(&n_blocks) {
        return Ok(());
    }
    let expected = format!("1 to {most} for {n_stimuli} stimuli");
    Err(Error::Design { name: "number of blocks", found: n_blocks, expected })
}

/// 2⁶⁴ over the golden ratio: multiples of it are far from one another.
pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// FNV-1a over the id, then the finaliser of SplitMix64: stable over versions and machines.
pub(crate) fn hash(seed: u64, id: &str) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(GOLDEN);
    for byte in id.bytes() {
        h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    scramble(h)
}

/// The finaliser of SplitMix64: every bit of the result depends on every bit of the argument.
pub(crate) fn scramble(mut h: u64) -> u64 {
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}

/// A set of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct BlockSet(u64);

impl BlockSet {
    /// The blocks `0..n`.
    ///
    /// # Panics
    /// If `n` exceeds [`MAX_BLOCKS`].
    #[must_use]
    pub fn first(n: usize) -> Self {
        (0..n).collect()
    }

    /// Whether a block is in the set.
    #[must_use]
    pub fn contains(self, block: usize) -> bool {
        block < MAX_BLOCKS && self.0 >> block & 1 == 1
    }

    /// The set without the blocks of another.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The blocks of both sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Number of blocks.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is no block in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The blocks, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..MAX_BLOCKS).filter(move |&b| self.contains(b))
    }
}

impl FromIterator<usize> for BlockSet {
    fn from_iter<I: IntoIterator<Item = usize>>(blocks: I) -> Self {
        Self(blocks.into_iter().fold(0, |set, b| {
            assert!(b < MAX_BLOCKS, "block {b} is beyond the last, {}", MAX_BLOCKS - 1);
            set | 1 << b
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("image-{i}")).collect()
    }

    #[test]
    fn blocks_follow_ids_and_not_file_order() {
        let forward = ids(103);
        let mut backward = forward.clone();
        backward.reverse();
        let (a, b) = (Blocks::hashed(&forward, 20, 7), Blocks::hashed(&backward, 20, 7));
        let (a, b) = (a.expect("valid"), b.expect("valid"));
        for block in 0..20 {
            let mut names: Vec<&String> = b.members(block).iter().map(|&i| &backward[i]).collect();
            names.sort_by_key(|name| name[6..].parse::<usize>().expect("number"));
            let expected: Vec<&String> = a.members(block).iter().map(|&i| &forward[i]).collect();
            assert_eq!(names, expected);
            assert!((5..=6).contains(&names.len()));
        }
        assert_ne!(a, Blocks::hashed(&forward, 20, 8).expect("valid"));
    }

    #[test]
    fn every_stimulus_is_in_one_block() {
        for blocks in [Blocks::hashed(&ids(50), 7, 1), Blocks::contiguous(50, 7)] {
            let blocks = blocks.expect("valid");
            let mut all: Vec<usize> = (0..7).flat_map(|b| blocks.members(b).to_vec()).collect();
            all.sort_unstable();
            assert_eq!(all, (0..50).collect::<Vec<_>>());
        }
    }

    #[test]
    fn impossible_numbers_of_blocks_are_refused() {
        for n_blocks in [0, 11, 65] {
            assert!(Blocks::contiguous(10, n_blocks).is_err());
        }
    }
}
