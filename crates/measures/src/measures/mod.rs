//! The registry: one file and one line a measure. The order here is the order in all lists.

#![expect(
    clippy::doc_markdown,
    reason = "the pages that document the files hold TeX and names of packages"
)]

use crate::Entry;

pub mod accuracy_difference_distance;
pub mod debiased_linear_cka;
pub mod disagreement_distance;
pub mod distance_correlation;
pub mod error_consistency;
pub mod jensen_shannon_distance;
pub mod linear;
pub mod linear_cka;
pub mod permutation;
pub mod procrustes;
pub mod ridge;
pub mod semi_matching;
pub mod soft_matching;

/// Every measure.
pub static MEASURES: &[Entry] = &[
    Entry::of::<linear::Linear>(),
    Entry::of::<ridge::Ridge>(),
    Entry::of::<procrustes::Procrustes>(),
    Entry::of::<permutation::Permutation>(),
    Entry::of::<semi_matching::SemiMatching>(),
    Entry::of::<soft_matching::SoftMatching>(),
    Entry::of::<linear_cka::LinearCka>(),
    Entry::of::<debiased_linear_cka::DebiasedLinearCka>(),
    Entry::of::<distance_correlation::DistanceCorrelation>(),
    Entry::of::<disagreement_distance::DisagreementDistance>(),
    Entry::of::<jensen_shannon_distance::JensenShannonDistance>(),
    Entry::of::<accuracy_difference_distance::AccuracyDifferenceDistance>(),
    Entry::of::<error_consistency::ErrorConsistency>(),
];
