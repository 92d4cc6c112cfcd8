//! Warnings and errors that several measures give.

use consilience_statistics::{Canonical, PairMoments};

use crate::{Error, Warning};

/// Samples per unit below which chance alone makes representations clearly alike: linear CKA, canonical correlations and
/// alignments of independent Gaussian representations grow with units per sample.
const SAMPLES_PER_UNIT: usize = 10;

/// A measure without a value.
pub(crate) fn undefined(id: &'static str, reason: String) -> Error {
    Error::Undefined { id, reason }
}

/// A warning if there are few samples for the wider side.
pub(crate) fn few_samples(moments: &PairMoments) -> Vec<Warning> {
    let (p, q) = (moments.x.n_units(), moments.y.n_units());
    if moments.n < SAMPLES_PER_UNIT * p.max(q) {
        vec![Warning::FewSamples { samples: moments.n, units: p + q }]
    } else {
        Vec::new()
    }
}

/// Warnings about canonical correlations: ranks, correlations that are certain, few samples.
pub(crate) fn of_canonical(moments: &PairMoments, found: &Canonical) -> Vec<Warning> {
    let mut warnings = of_ranks(moments, found.ranks);
    if found.certain > 0 {
        warnings.push(Warning::CertainCorrelations {
            certain: found.certain,
            of: found.correlations.len(),
            samples: moments.n,
        });
    } else {
        warnings.extend(few_samples(moments));
    }
    warnings
}

/// A warning for each side whose units span fewer dimensions than they are.
pub(crate) fn of_ranks(moments: &PairMoments, ranks: [usize; 2]) -> Vec<Warning> {
    let units = [moments.x.n_units(), moments.y.n_units()];
    let sides = ["x", "y"].into_iter().zip(ranks.into_iter().zip(units));
    sides
        .filter(|(_, (rank, of))| rank < of)
        .map(|(side, (rank, of))| Warning::DependentUnits { side: side.to_owned(), rank, of })
        .collect()
}
