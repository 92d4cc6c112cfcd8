//! Which units can be compared at all: decided once, before any measure, and reported.

use std::borrow::Cow;
use std::collections::BTreeSet;

use consilience_data::{Activations, RowMajor};

use crate::{BlockSet, Blocks, Error, Marginal, Reading, Result, SplitDesign};

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

/// Smallest and largest value of each unit over one block.
struct Range<'a> {
    min: Cow<'a, [f64]>,
    max: Cow<'a, [f64]>,
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
    let blocks = marginal.blocks.iter();
    let ranges: Vec<Range<'_>> =
        blocks.map(|b| Range { min: (&b.min).into(), max: (&b.max).into() }).collect();
    let is_varying = varying(&ranges, marginal.n_units(), designs);
    select(marginal.name(), &is_varying, policy)
}

/// The units that vary over every fit and every eval set of designs over several ways to deal the stimuli to blocks.
///
/// For each way the stimuli are read once. As [`select_units`], of which the set of units holds for one way only.
///
/// # Errors
/// As [`select_units`], and when the source cannot be read.
pub fn select_units_of_dealings(
    reading: &Reading<'_>,
    dealings: &[(Blocks, Vec<SplitDesign>)],
    policy: UnitPolicy,
) -> Result<UnitSelection> {
    let mut is_varying = vec![true; reading.n_units()];
    for (blocks, designs) in dealings {
        let range = |b: usize| {
            Ok(match reading.read(blocks.members(b), reading.buffer())? {
                Activations::F32(m) => range_of(&m),
                Activations::F64(m) => range_of(&m),
            })
        };
        let ranges: Vec<Range<'_>> = (0..blocks.len()).map(range).collect::<Result<_>>()?;
        let here = varying(&ranges, reading.n_units(), designs);
        is_varying.iter_mut().zip(here).for_each(|(all, here)| *all &= here);
    }
    select(&reading.name(), &is_varying, policy)
}

fn range_of<T: Copy + Into<f64>>(rows: &RowMajor<T>) -> Range<'static> {
    let mut min = vec![f64::INFINITY; rows.n_units];
    let mut max = vec![f64::NEG_INFINITY; rows.n_units];
    for row in rows.values.chunks_exact(rows.n_units) {
        for ((low, high), &value) in min.iter_mut().zip(&mut max).zip(row) {
            let value = value.into();
            *low = low.min(value);
            *high = high.max(value);
        }
    }
    Range { min: min.into(), max: max.into() }
}

/// Whether each unit varies over all sets of all designs.
fn varying(blocks: &[Range<'_>], n_units: usize, designs: &[SplitDesign]) -> Vec<bool> {
    let sets: BTreeSet<BlockSet> =
        designs.iter().flat_map(SplitDesign::splits).flat_map(|s| [s.fit, s.eval]).collect();
    let varies_over = |set: BlockSet, unit: usize| {
        let ranges = set.iter().map(|b| (blocks[b].min[unit], blocks[b].max[unit]));
        let (min, max) = ranges.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (min, max)| {
            (a.min(min), b.max(max))
        });
        min < max
    };
    (0..n_units).map(|unit| sets.iter().all(|&set| varies_over(set, unit))).collect()
}

fn select(representation: &str, is_varying: &[bool], policy: UnitPolicy) -> Result<UnitSelection> {
    let n_units = is_varying.len();
    let (kept, dropped): (Vec<usize>, Vec<usize>) = (0..n_units).partition(|&u| is_varying[u]);
    let representation = || representation.to_owned();
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
