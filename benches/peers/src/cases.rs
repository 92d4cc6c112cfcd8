//! What is timed.

use anyhow::bail;

/// Something that several packages compute.
#[derive(Debug)]
pub(crate) struct Case {
    /// Name on the command line and in the table.
    pub(crate) name: &'static str,
    /// What is computed, of what.
    pub(crate) what: &'static str,
    /// What ours is.
    pub(crate) ours: Ours,
    /// The peers, as `peers.py` names them, with what they are.
    pub(crate) peers: &'static [(&'static str, &'static str)],
    /// Largest difference of answers, relative to the larger of 1 and the answer.
    pub(crate) tolerance: f64,
    /// Multiply-adds that cannot be avoided, and in which precision.
    pub(crate) floor: Floor,
}

/// What ours computes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ours {
    /// A measure in sample, from arrays in memory to the score; the rows are the first so many of the arrays, in so many blocks:
    /// the inner folds, where a penalty is chosen.
    Measure { spec: &'static str, rows: usize, blocks: usize },
    /// A measure with draws of the shuffle null.
    Null { spec: &'static str, draws: usize },
    /// Every measure of moments, in sample: gathered once.
    Moments,
    /// An assignment on a cost matrix of the inputs.
    Assignment(&'static str),
    /// Optimal transport with uniform masses.
    Transport(&'static str),
    /// A LASSO path of 20 λ for all targets.
    LassoPath,
}

/// Multiply-adds at the rate of a product, in f32 and in f64.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Floor {
    pub(crate) single: f64,
    pub(crate) double: f64,
}

/// Rows and units of the arrays.
pub(crate) const N: usize = 5000;
pub(crate) const P: usize = 1024;

const NPP: f64 = (N * P * P) as f64;
const NNP: f64 = (N * N * P) as f64;
const PPP: f64 = (P * P * P) as f64;
/// Multiply-adds of a symmetric eigendecomposition with vectors (tridiagonal form, QR sweeps, back-transformation), about
/// 9 p³ operations by the textbook; and of singular values without vectors, about 8/3 p³ operations.
const EIGEN: f64 = 4.5 * PPP;
const SINGULAR_VALUES: f64 = 4.0 / 3.0 * PPP;
const NONE: Floor = Floor { single: 0.0, double: 0.0 };

/// Two scatters (half a product each, being symmetric) and what is between them.
const GATHER: Floor = Floor { single: 2.0 * NPP, double: 0.0 };

const fn measure(spec: &'static str) -> Ours {
    Ours::Measure { spec, rows: N, blocks: 1 }
}

/// Every case.
pub(crate) static CASES: &[Case] = &[
    Case {
        name: "linear-cka",
        what: "linear CKA, n = 5,000, p = q = 1,024",
        ours: measure("linear-cka"),
        peers: &[("numpy", "NumPy, feature space"), ("torch", "torch, feature space")],
        tolerance: 1e-5,
        floor: GATHER,
    },
    Case {
        name: "debiased-cka",
        what: "debiased linear CKA",
        ours: measure("debiased-linear-cka"),
        peers: &[("torch", "torch, n × n Grams"), ("numpy", "NumPy, n × n Grams")],
        tolerance: 1e-5,
        floor: GATHER,
    },
    Case {
        name: "rbf-cka",
        what: "RBF CKA, bandwidth by the median of all squared distances",
        ours: measure("rbf-cka:bandwidth=median-all"),
        peers: &[("torch", "torch, n × n Grams"), ("numpy", "NumPy, n × n Grams")],
        tolerance: 1e-4,
        floor: Floor { single: NNP, double: 0.0 },
    },
    Case {
        name: "procrustes",
        what: "Procrustes angular distance",
        ours: measure("procrustes-angular-distance"),
        peers: &[
            ("scipy", "SciPy, singular values of XᵀY"),
            ("torch", "torch, singular values of XᵀY"),
        ],
        tolerance: 1e-4,
        floor: Floor { single: 2.0 * NPP, double: SINGULAR_VALUES },
    },
    Case {
        name: "cca",
        what: "mean CCA",
        ours: measure("mean-cca"),
        peers: &[
            ("scipy", "SciPy, QR of both sides and singular values"),
            ("numpy", "NumPy, whitening by eigenvectors and singular values"),
        ],
        tolerance: 1e-4,
        floor: Floor { single: 2.0 * NPP, double: 2.0 * PPP / 3.0 + SINGULAR_VALUES + 2.0 * PPP },
    },
    Case {
        name: "ridge",
        what: "ridge, 17 λ chosen by 5 inner folds, 1,024 targets, one direction, in sample",
        ours: Ours::Measure { spec: "ridge:direction=x-to-y", rows: N, blocks: 5 },
        peers: &[
            ("himalaya", "himalaya 0.4 RidgeCV, cv = 5, one λ for all targets by its grid"),
            ("sklearn", "scikit-learn RidgeCV (generalised cross-validation: another choice of λ)"),
        ],
        tolerance: 5e-3,
        floor: Floor { single: 2.0 * NPP, double: 6.0 * EIGEN + 6.0 * 3.0 * PPP },
    },
    Case {
        name: "mutual-knn",
        what: "mutual k-NN, cosine, k = 10",
        ours: measure("mutual-knn:neighbours=cosine"),
        peers: &[
            ("torch", "torch, product and topk"),
            ("sklearn", "scikit-learn NearestNeighbors (brute)"),
        ],
        tolerance: 1e-3,
        floor: Floor { single: NNP, double: 0.0 },
    },
    Case {
        name: "rsa",
        what: "RSA, correlation and Spearman, n = 2,000",
        ours: Ours::Measure { spec: "rsa:compare=spearman", rows: 2000, blocks: 1 },
        peers: &[
            ("rsatoolbox", "rsatoolbox 0.3.2"),
            ("scipy", "NumPy corrcoef and SciPy spearmanr"),
        ],
        tolerance: 1e-4,
        floor: Floor { single: (2000 * 2000 * P) as f64, double: 0.0 },
    },
    Case {
        name: "null",
        what: "linear CKA with 200 draws of the shuffle null",
        ours: Ours::Null { spec: "linear-cka", draws: 200 },
        peers: &[
            ("torch", "torch, XᵀY once a draw"),
            ("calibrated", "calibrated-similarity 0.1.1"),
        ],
        tolerance: 1e-3,
        floor: Floor { single: 2.0 * NPP + 200.0 * NPP, double: 0.0 },
    },
    Case {
        name: "moments",
        what: "every measure of moments on one pair, in sample",
        ours: Ours::Moments,
        peers: &[],
        tolerance: 0.0,
        floor: Floor { single: 2.0 * NPP, double: 2.0 * EIGEN + 3.0 * SINGULAR_VALUES },
    },
    Case {
        name: "assignment-1000",
        what: "assignment, 1,000 × 1,000, uniform random costs",
        ours: Ours::Assignment("random-1000"),
        peers: &[("scipy", "SciPy linear_sum_assignment"), ("lap", "lap 0.5 lapjv")],
        tolerance: 1e-9,
        floor: NONE,
    },
    Case {
        name: "assignment-1000-correlation",
        what: "assignment, 1,000 × 1,000, correlations of two networks' units",
        ours: Ours::Assignment("correlation-1000"),
        peers: &[("scipy", "SciPy linear_sum_assignment"), ("lap", "lap 0.5 lapjv")],
        tolerance: 1e-9,
        floor: NONE,
    },
    Case {
        name: "assignment-4000",
        what: "assignment, 4,000 × 4,000, uniform random costs",
        ours: Ours::Assignment("random-4000"),
        peers: &[("scipy", "SciPy linear_sum_assignment"), ("lap", "lap 0.5 lapjv")],
        tolerance: 1e-9,
        floor: NONE,
    },
    Case {
        name: "assignment-4000-correlation",
        what: "assignment, 4,000 × 4,000, correlations of two networks' units",
        ours: Ours::Assignment("correlation-4000"),
        peers: &[("scipy", "SciPy linear_sum_assignment"), ("lap", "lap 0.5 lapjv")],
        tolerance: 1e-9,
        floor: NONE,
    },
    Case {
        name: "transport",
        what: "optimal transport, 1,000 × 1,500, uniform masses, correlations",
        ours: Ours::Transport("correlation-1500"),
        peers: &[("pot", "POT 0.9 emd")],
        tolerance: 1e-9,
        floor: NONE,
    },
    Case {
        name: "lasso-path",
        what: "LASSO path of 20 λ, 1,024 targets, p = 1,024, relative duality gap 1e-6",
        ours: Ours::LassoPath,
        peers: &[
            (
                "sklearn",
                "scikit-learn lasso_path, precomputed Gram, tol 1e-6 (4 targets, times 256)",
            ),
            ("celer", "celer 0.7 celer_path, from the rows (4 targets, times 256)"),
        ],
        tolerance: 1e-4,
        floor: NONE,
    },
];

pub(crate) fn find(name: &str) -> anyhow::Result<&'static Case> {
    let Some(case) = CASES.iter().find(|c| c.name == name) else {
        let names: Vec<&str> = CASES.iter().map(|c| c.name).collect();
        bail!("no case `{name}`; there are {}", names.join(", "));
    };
    Ok(case)
}
