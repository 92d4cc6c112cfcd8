//! The registry: one file and one line a measure. The order here is the order in all lists.

#![expect(
    clippy::doc_markdown,
    reason = "the pages that document the files hold TeX and names of packages"
)]

use crate::Entry;

pub mod accuracy_difference_distance;
pub mod bures_distance;
pub mod bures_similarity;
pub mod debiased_linear_cka;
pub mod disagreement_distance;
pub mod distance_correlation;
pub mod eigenspace_overlap;
pub mod error_consistency;
pub mod gulp_distance;
pub mod jensen_shannon_distance;
pub mod lange_linear_cka;
pub mod linear;
pub mod linear_cka;
pub mod mean_cca;
pub mod mean_squared_cca;
pub mod permutation;
pub mod permutation_distance;
pub mod procrustes;
pub mod procrustes_angular_distance;
pub mod procrustes_disparity_distance;
pub mod procrustes_euclidean_distance;
pub mod procrustes_squared_distance;
pub mod pwcca;
pub mod ridge;
pub mod riemannian_distance;
pub mod rsa;
pub mod semi_matching;
pub mod shape_distance;
pub mod soft_matching;
pub mod soft_matching_distance;
pub mod svcca;

/// Every measure.
pub static MEASURES: &[Entry] = &[
    Entry::of::<linear::Linear>(),
    Entry::of::<ridge::Ridge>(),
    Entry::of::<procrustes::Procrustes>(),
    Entry::of::<permutation::Permutation>(),
    Entry::of::<semi_matching::SemiMatching>(),
    Entry::of::<soft_matching::SoftMatching>(),
    Entry::of::<procrustes_angular_distance::ProcrustesAngularDistance>(),
    Entry::of::<procrustes_euclidean_distance::ProcrustesEuclideanDistance>(),
    Entry::of::<procrustes_squared_distance::ProcrustesSquaredDistance>(),
    Entry::of::<procrustes_disparity_distance::ProcrustesDisparityDistance>(),
    Entry::of::<shape_distance::ShapeDistance>(),
    Entry::of::<permutation_distance::PermutationDistance>(),
    Entry::of::<soft_matching_distance::SoftMatchingDistance>(),
    Entry::of::<bures_similarity::BuresSimilarity>(),
    Entry::of::<bures_distance::BuresDistance>(),
    Entry::of::<mean_cca::MeanCca>(),
    Entry::of::<mean_squared_cca::MeanSquaredCca>(),
    Entry::of::<svcca::Svcca>(),
    Entry::of::<pwcca::Pwcca>(),
    Entry::of::<linear_cka::LinearCka>(),
    Entry::of::<debiased_linear_cka::DebiasedLinearCka>(),
    Entry::of::<lange_linear_cka::LangeLinearCka>(),
    Entry::of::<riemannian_distance::RiemannianDistance>(),
    Entry::of::<distance_correlation::DistanceCorrelation>(),
    Entry::of::<rsa::Rsa>(),
    Entry::of::<eigenspace_overlap::EigenspaceOverlap>(),
    Entry::of::<gulp_distance::GulpDistance>(),
    Entry::of::<disagreement_distance::DisagreementDistance>(),
    Entry::of::<jensen_shannon_distance::JensenShannonDistance>(),
    Entry::of::<accuracy_difference_distance::AccuracyDifferenceDistance>(),
    Entry::of::<error_consistency::ErrorConsistency>(),
];
