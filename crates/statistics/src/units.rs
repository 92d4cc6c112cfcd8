//! Which units can be compared at all: decided once, before any measure, and reported.

use crate::{BlockSet, Error, Marginal, Result, SplitDesign};

/// What to do with units that are constant over a fit or eval set, whose correlation is undefined there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnitPolicy {
    /// They are an error.
    #[default]
    Refuse,
    /// They are left out of every measure, and counted.
    Drop,
}

/// The units of a representation that take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSelection {
    /// Indices of the units that stay, ascending.
    pub kept: Vec<usize>,
    /// Indices of the units left out, ascending.
    pub dropped: Vec<usize>,
}

/// The units that vary over every fit and every eval set of every given design.
///
/// Give the design of the score and those of its jackknife replicates together: the set of units is then the same in
/// all of them.
///
/// # Errors
/// [`Error::ConstantUnits`] under [`UnitPolicy::Refuse`], [`Error::NoUnits`] if none is left.
pub fn select_units(
    marginal: &Marginal,
    designs: &[SplitDesign],
    policy: UnitPolicy,
) -> Result<UnitSelection> {
    let sets: std::collections::BTreeSet<BlockSet> =
        designs.iter().flat_map(SplitDesign::splits).flat_map(|s| [s.fit, s.eval]).collect();
    let n_units = marginal.n_units();
    let varies = |unit: usize| sets.iter().all(|&set| varies_over(marginal, set, unit));
    let (kept, dropped): (Vec<usize>, Vec<usize>) = (0..n_units).partition(|&u| varies(u));
    let representation = || marginal.name().to_owned();
    match dropped.first() {
        Some(_) if kept.is_empty() => {
            Err(Error::NoUnits { representation: representation(), n_units })
        }
        Some(&first) if policy == UnitPolicy::Refuse => Err(Error::ConstantUnits {
            representation: representation(),
            first,
            count: dropped.len(),
            n_units,
        }),
        _ => Ok(UnitSelection { kept, dropped }),
    }
}

fn varies_over(marginal: &Marginal, set: BlockSet, unit: usize) -> bool {
    let ranges = set.iter().map(|b| (marginal.blocks[b].min[unit], marginal.blocks[b].max[unit]));
    let (min, max) = ranges
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (min, max)| (a.min(min), b.max(max)));
    min < max
}
