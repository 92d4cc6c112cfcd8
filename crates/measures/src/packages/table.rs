//! The table: one entry a package, one line a quantity. The facts are of the version that is named.

use super::{Package, Protocol, Quantity, Transform};

/// A quantity that a spec reproduces as it is.
const fn same(
    name: &'static str,
    spec: &'static str,
    note: &'static str,
    oracle: &'static [&'static str],
) -> Quantity {
    Quantity { name, spec, transform: Transform::Identity, note, oracle }
}

/// A quantity that a spec reproduces but for what is done with it afterwards.
const fn changed(
    name: &'static str,
    spec: &'static str,
    transform: Transform,
    note: &'static str,
    oracle: &'static [&'static str],
) -> Quantity {
    Quantity { name, spec, transform, note, oracle }
}

/// Why the published projection weighting is met in the third or fourth digit only.
const SIGNS: &str = "adds the means of the units to directions of arbitrary sign: met to two or three digits, exactly for centred activations";

/// What the functions for neighbours of one package leave to its scripts.
const PLATONIC: &str = "the function alone: its pipeline clips and normalises rows first (clip=0.95,neighbours=inner-product,normalise=true)";

/// Packages in alphabetical order.
pub static PACKAGES: &[Package] = &[
    Package {
        name: "netrep",
        version: "0186b8a",
        link: "https://github.com/ahwillia/netrep",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            changed(
                "LinearCKA",
                "linear-cka",
                Transform::ArcCosine,
                "an angle, in spite of its name",
                &["measure/netrep/cka-kernel=linear-hsic=gretton-distance=angular"],
            ),
            same(
                "LinearMetric",
                "shape-distance",
                "alpha = 1, angular",
                &["measure/netrep/shape_metric-alpha={alpha}-distance=angular"],
            ),
            same(
                "LinearMetric, Euclidean",
                "shape-distance:form=euclidean",
                "grows with the root of the number of stimuli",
                &["measure/netrep/shape_metric-alpha={alpha}-distance=euclidean"],
            ),
            same(
                "LinearMetric, alpha = 0",
                "shape-distance:alpha=0.0",
                "fully whitened, angular",
                &[],
            ),
            same(
                "PermutationMetric",
                "permutation-distance",
                "on covariances, angular",
                &["measure/netrep/permutation_metric-distance=angular"],
            ),
            same(
                "PermutationMetric, Euclidean",
                "permutation-distance:form=euclidean",
                "on covariances; grows with the root of the number of stimuli",
                &["measure/netrep/permutation_metric-distance=euclidean"],
            ),
        ],
    },
    Package {
        name: "platonic-rep",
        version: "07ef02a",
        link: "https://github.com/minyoungg/platonic-rep",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            same(
                "mutual_knn",
                "mutual-knn:neighbours=inner-product",
                PLATONIC,
                &["measure/platonic/mutual_knn-topk={topk}"],
            ),
            same(
                "cycle_knn",
                "cycle-knn:direction=x-to-y,neighbours=inner-product",
                PLATONIC,
                &["measure/platonic/cycle_knn-topk={topk}"],
            ),
            same("edit_distance_knn", "edit-knn:neighbours=inner-product", PLATONIC, &[]),
            same(
                "cknna",
                "cknna:direction=x-to-y,neighbours=inner-product",
                "adds 1e-6 to the denominator; the function alone: its pipeline clips and normalises rows first",
                &["measure/platonic/cknna-topk={topk}"],
            ),
            same(
                "cka, kernel_metric=\"rbf\"",
                "rbf-cka:bandwidth=fixed",
                "adds 1e-6 to the denominator",
                &["measure/platonic/cka-kernel=(rbf-sigma={sigma})-hsic=gretton-score"],
            ),
        ],
    },
    Package {
        name: "repsim",
        version: "ecd0a54",
        link: "https://github.com/wrongu/repsim",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            changed(
                "AngularCKA, linear kernel",
                "lange-linear-cka",
                Transform::ArcCosine,
                "diagonals left out after centring, called unbiased there",
                &["measure/repsim/cka-kernel=linear-hsic=lange-distance=angular"],
            ),
            same(
                "AngularShapeMetric",
                "shape-distance:widths=pca",
                "as many principal components as the narrower side has units, if that is what p is set to",
                &["measure/repsim/shape_metric-alpha={alpha}-distance=angular"],
            ),
            same(
                "EuclideanShapeMetric",
                "shape-distance:form=euclidean,widths=pca",
                "as many principal components as the narrower side has units, if that is what p is set to",
                &["measure/repsim/shape_metric-alpha={alpha}-distance=euclidean"],
            ),
        ],
    },
    Package {
        name: "resi",
        version: "24ab9e5",
        link: "https://github.com/mklabunde/resi",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            same(
                "HardCorrelationMatch",
                "permutation",
                "",
                &["measure/resi/hard_correlation_match"],
            ),
            same(
                "SoftCorrelationMatch",
                "semi-matching",
                "best partners, both ways; not the optimal transport of the same name elsewhere",
                &["measure/resi/soft_correlation_match"],
            ),
            same("CKA", "linear-cka", "", &["measure/resi/cka-kernel=linear-hsic=gretton-score"]),
            same(
                "DistanceCorrelation",
                "distance-correlation",
                "",
                &["measure/resi/distance_correlation"],
            ),
            same("JaccardSimilarity", "jaccard-knn", "", &["measure/resi/jaccard_similarity"]),
            same("RankSimilarity", "rank-similarity", "", &["measure/resi/rank_similarity"]),
            same(
                "SecondOrderCosineSimilarity",
                "second-order-cosine:of=distances",
                "of cosine distances, where the paper has similarities",
                &["measure/resi/second_order_cosine_similarity"],
            ),
            same("RSA", "rsa", "", &["measure/resi/rsa-rdm=correlation-compare=spearman"]),
            same("PWCCA", "pwcca:variant=google", SIGNS, &["measure/resi/pwcca-score"]),
            same(
                "OrthogonalAngularShapeMetricCentered",
                "procrustes-angular-distance",
                "",
                &["measure/resi/orthogonal_angular_shape_metric_centered"],
            ),
            same(
                "OrthogonalProcrustesCenteredAndNormalized",
                "procrustes-euclidean-distance",
                "the root of what Ding et al. define",
                &["measure/resi/orthogonal_procrustes_centered_and_normalized"],
            ),
            same(
                "ProcrustesSizeAndShapeDistance",
                "procrustes-euclidean-distance:size=raw",
                "grows with the root of the number of stimuli",
                &["measure/resi/procrustes-distance=euclidean"],
            ),
            same(
                "EigenspaceOverlapScore",
                "eigenspace-overlap:centre=false",
                "divided by units, not by ranks",
                &["measure/resi/eigenspace_overlap_score"],
            ),
            changed(
                "Gulp",
                "gulp-distance",
                Transform::Square,
                "no penalty",
                &["measure/resi/gulp"],
            ),
            same(
                "AlignedCosineSimilarity",
                "aligned-cosine",
                "not centred",
                &["measure/resi/aligned_cosine_similarity"],
            ),
            same(
                "RSMNormDifference",
                "rsm-norm-difference-distance:norm=spectral",
                "its comment says each pair of stimuli once, which is the default here",
                &["measure/resi/rsm_norm_difference"],
            ),
            same(
                "MagnitudeDifference",
                "magnitude-difference-distance",
                "",
                &["measure/resi/magnitude_difference"],
            ),
            same(
                "UniformityDifference",
                "uniformity-difference-distance",
                "patterns as they are, each stimulus with itself too",
                &["measure/resi/uniformity_difference"],
            ),
            same(
                "ConcentricityDifference",
                "concentricity-difference-distance",
                "",
                &["measure/resi/concentricity_difference"],
            ),
        ],
    },
    Package {
        name: "rsatoolbox",
        version: "0.3.2",
        link: "https://github.com/rsagroup/rsatoolbox",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            same(
                "cosine of euclidean RDMs",
                "rsa:compare=cosine,rdm=squared-euclidean",
                "its euclidean is the squared distance over the number of units",
                &["measure/rsatoolbox/rsa-rdm=squared_euclidean-compare=cosine"],
            ),
            same(
                "corr of euclidean RDMs",
                "rsa:compare=pearson,rdm=squared-euclidean",
                "",
                &["measure/rsatoolbox/rsa-rdm=squared_euclidean-compare=pearson"],
            ),
            same(
                "cosine_cov of euclidean RDMs",
                "rsa:compare=whitened-cosine,rdm=squared-euclidean",
                "the same number as linear-cka",
                &["measure/rsatoolbox/rsa-rdm=squared_euclidean-compare=cosine_cov"],
            ),
            same(
                "spearman of correlation RDMs",
                "rsa",
                "",
                &["measure/rsatoolbox/rsa-rdm=correlation-compare=spearman"],
            ),
            same(
                "corr of correlation RDMs",
                "rsa:compare=pearson",
                "",
                &["measure/rsatoolbox/rsa-rdm=correlation-compare=pearson"],
            ),
            same(
                "tau-a of correlation RDMs",
                "rsa:compare=kendall-a",
                "",
                &["measure/rsatoolbox/rsa-rdm=correlation-compare=tau_a"],
            ),
            same(
                "kendall of correlation RDMs",
                "rsa:compare=kendall-b",
                "",
                &["measure/rsatoolbox/rsa-rdm=correlation-compare=kendall"],
            ),
            same(
                "rho-a of correlation RDMs",
                "rsa:compare=rho-a",
                "",
                &["measure/rsatoolbox/rsa-rdm=correlation-compare=rho_a"],
            ),
            same(
                "corr_cov of correlation RDMs",
                "rsa:compare=whitened-pearson",
                "",
                &["measure/rsatoolbox/rsa-rdm=correlation-compare=corr_cov"],
            ),
        ],
    },
    Package {
        name: "scipy",
        version: "1.17.1",
        link: "https://scipy.org",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[same(
            "spatial.procrustes, disparity",
            "procrustes-disparity-distance",
            "equal widths only there",
            &[],
        )],
    },
    Package {
        name: "sim_metric",
        version: "110a4e1",
        link: "https://github.com/js-d/sim_metric",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            changed(
                "lin_cka_dist",
                "linear-cka",
                Transform::OneMinus,
                "",
                &["measure/sim_metric/cka-kernel=linear-hsic=gretton-distance=one_minus_score"],
            ),
            same("mean_cca_corr", "mean-cca", "", &["measure/sim_metric/cca-score"]),
            same(
                "mean_sq_cca_corr",
                "mean-squared-cca",
                "",
                &["measure/sim_metric/cca-squared_score"],
            ),
            changed(
                "pwcca_dist",
                "pwcca",
                Transform::OneMinus,
                "where x is the wider side, its weights include directions without a partner",
                &["measure/sim_metric/pwcca-distance=one_minus_score"],
            ),
            same(
                "procrustes",
                "procrustes-squared-distance:size=raw",
                "of centred activations; the paper scales them to norm 1 first",
                &["measure/sim_metric/procrustes-distance=squared_euclidean"],
            ),
        ],
    },
    Package {
        name: "svcca",
        version: "1f9f7ea",
        link: "https://github.com/google/svcca",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            same(
                "cca_coef1, mean",
                "mean-cca",
                "its own `mean` leaves out trailing correlations beyond 98 % of their sum",
                &["measure/svcca/cca-score"],
            ),
            same(
                "cca_coef1, mean of squares",
                "mean-squared-cca",
                "",
                &["measure/svcca/cca-squared_score"],
            ),
            same("compute_pwcca", "pwcca:variant=google", SIGNS, &["measure/svcca/pwcca-score"]),
        ],
    },
    Package {
        name: "thingsvision",
        version: "2.7.3",
        link: "https://github.com/ViCCo-Group/thingsvision",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            same(
                "CKA",
                "linear-cka",
                "",
                &["measure/thingsvision/cka-kernel=linear-hsic=gretton-score"],
            ),
            same(
                "CKA, unbiased",
                "debiased-linear-cka",
                "",
                &["measure/thingsvision/cka-kernel=linear-hsic=song-score"],
            ),
            same(
                "CKA, rbf kernel",
                "rbf-cka:bandwidth=fixed",
                "with sigma=None the width is that of rbf-cka",
                &["measure/thingsvision/cka-kernel=(rbf-sigma={sigma})-hsic=gretton-score"],
            ),
            same(
                "CKA, rbf kernel, unbiased",
                "debiased-rbf-cka:bandwidth=fixed",
                "with sigma=None the width is that of debiased-rbf-cka",
                &["measure/thingsvision/cka-kernel=(rbf-sigma={sigma})-hsic=song-score"],
            ),
        ],
    },
];
