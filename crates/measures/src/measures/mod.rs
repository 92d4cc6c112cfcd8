//! The registry: one file and one line a measure. The order here is the order in all lists.

#![expect(
    clippy::doc_markdown,
    reason = "the pages that document the files hold TeX and names of packages"
)]

use crate::Entry;

pub mod accuracy_difference_distance;
pub mod aligned_cosine;
pub mod bures_distance;
pub mod bures_similarity;
pub mod cknna;
pub mod concentricity_difference_distance;
pub mod cycle_knn;
pub mod debiased_linear_cka;
pub mod debiased_rbf_cka;
pub mod disagreement_distance;
pub mod distance_correlation;
pub mod edit_knn;
pub mod eigenspace_overlap;
pub mod error_consistency;
pub mod gulp_distance;
pub mod intrinsic_distance;
pub mod jaccard_knn;
pub mod jensen_shannon_distance;
pub mod lange_linear_cka;
pub mod lasso;
pub mod lcs_knn;
pub mod linear;
pub mod linear_cka;
pub mod magnitude_difference_distance;
pub mod maximum_match;
pub mod mean_cca;
pub mod mean_squared_cca;
pub mod minibatch_cka;
pub mod mutual_knn;
pub mod partial_soft_matching;
pub mod permutation;
pub mod permutation_distance;
pub mod pls;
pub mod procrustes;
pub mod procrustes_angular_distance;
pub mod procrustes_disparity_distance;
pub mod procrustes_euclidean_distance;
pub mod procrustes_squared_distance;
pub mod pwcca;
pub mod rank_similarity;
pub mod rbf_cka;
pub mod ridge;
pub mod riemannian_distance;
pub mod rsa;
pub mod rsm_norm_difference_distance;
pub mod second_order_cosine;
pub mod semi_matching;
pub mod shape_distance;
pub mod soft_matching;
pub mod soft_matching_distance;
pub mod svcca;
pub mod symmetric_cknna;
pub mod uniformity_difference_distance;

/// Every measure.
pub static MEASURES: &[Entry] = &[
    Entry::of::<linear::Linear>(),
    Entry::of::<ridge::Ridge>(),
    Entry::of::<lasso::Lasso>(),
    Entry::of::<pls::Pls>(),
    Entry::of::<procrustes::Procrustes>(),
    Entry::of::<permutation::Permutation>(),
    Entry::of::<semi_matching::SemiMatching>(),
    Entry::of::<soft_matching::SoftMatching>(),
    Entry::of::<partial_soft_matching::PartialSoftMatching>(),
    Entry::of::<procrustes_angular_distance::ProcrustesAngularDistance>(),
    Entry::of::<procrustes_euclidean_distance::ProcrustesEuclideanDistance>(),
    Entry::of::<procrustes_squared_distance::ProcrustesSquaredDistance>(),
    Entry::of::<procrustes_disparity_distance::ProcrustesDisparityDistance>(),
    Entry::of::<shape_distance::ShapeDistance>(),
    Entry::of::<permutation_distance::PermutationDistance>(),
    Entry::of::<soft_matching_distance::SoftMatchingDistance>(),
    Entry::of::<bures_similarity::BuresSimilarity>(),
    Entry::of::<bures_distance::BuresDistance>(),
    Entry::of::<aligned_cosine::AlignedCosine>(),
    Entry::of::<mean_cca::MeanCca>(),
    Entry::of::<mean_squared_cca::MeanSquaredCca>(),
    Entry::of::<svcca::Svcca>(),
    Entry::of::<pwcca::Pwcca>(),
    Entry::of::<linear_cka::LinearCka>(),
    Entry::of::<debiased_linear_cka::DebiasedLinearCka>(),
    Entry::of::<lange_linear_cka::LangeLinearCka>(),
    Entry::of::<riemannian_distance::RiemannianDistance>(),
    Entry::of::<distance_correlation::DistanceCorrelation>(),
    Entry::of::<rbf_cka::RbfCka>(),
    Entry::of::<debiased_rbf_cka::DebiasedRbfCka>(),
    Entry::of::<minibatch_cka::MinibatchCka>(),
    Entry::of::<rsa::Rsa>(),
    Entry::of::<rsm_norm_difference_distance::RsmNormDifferenceDistance>(),
    Entry::of::<mutual_knn::MutualKnn>(),
    Entry::of::<jaccard_knn::JaccardKnn>(),
    Entry::of::<rank_similarity::RankSimilarity>(),
    Entry::of::<second_order_cosine::SecondOrderCosine>(),
    Entry::of::<cycle_knn::CycleKnn>(),
    Entry::of::<lcs_knn::LcsKnn>(),
    Entry::of::<edit_knn::EditKnn>(),
    Entry::of::<cknna::Cknna>(),
    Entry::of::<symmetric_cknna::SymmetricCknna>(),
    Entry::of::<eigenspace_overlap::EigenspaceOverlap>(),
    Entry::of::<maximum_match::MaximumMatch>(),
    Entry::of::<gulp_distance::GulpDistance>(),
    Entry::of::<magnitude_difference_distance::MagnitudeDifferenceDistance>(),
    Entry::of::<uniformity_difference_distance::UniformityDifferenceDistance>(),
    Entry::of::<concentricity_difference_distance::ConcentricityDifferenceDistance>(),
    Entry::of::<intrinsic_distance::IntrinsicDistance>(),
    Entry::of::<disagreement_distance::DisagreementDistance>(),
    Entry::of::<jensen_shannon_distance::JensenShannonDistance>(),
    Entry::of::<accuracy_difference_distance::AccuracyDifferenceDistance>(),
    Entry::of::<error_consistency::ErrorConsistency>(),
];
