#![doc = include_str!("../../docs/riemannian-distance.md")]

use consilience_linalg::{
    Mat, MatRef, cholesky, eigen_symmetric, eigenvalues_symmetric, row_gram, scaled, solve_lower,
};
use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::sums_of_squares;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Parameter, Reference,
    Result, SideName, Symmetry, WholeMoments,
};

/// Affine-invariant Riemannian distance of the linear kernels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiemannianDistance {
    /// What is added to the diagonal of each kernel, whose diagonal is 1 in the mean.
    pub ridge: f64,
}

impl Default for RiemannianDistance {
    fn default() -> Self {
        Self { ridge: 0.1 }
    }
}

impl Measure for RiemannianDistance {
    const INFO: &'static Info = &Info {
        id: "riemannian-distance",
        title: "Riemannian distance of kernels",
        summary: "How far apart the similarities among stimuli are along the curved space of positive definite matrices, where halving and doubling are equally far.",
        definition: r"$\lVert \log(A_x^{-1/2} A_y A_x^{-1/2})\rVert_F = \sqrt{\sum_i \log^2 \mu_i}$ with the generalised eigenvalues $\mu_i$ of $A_y$ and $A_x$, where $A_x = n X X^\top / \lVert X\rVert_F^2 + \varepsilon I$ is the linear kernel of centred columns, scaled to a mean diagonal of 1 over all $n$ stimuli, with a ridge $\varepsilon$; the same for $y$. Outside of the space that the columns of $X$ and $Y$ span together the two are equal, so that moments are enough: all but $p + q$ of the $\mu_i$ are 1. A metric.",
        family: Family::Kernel,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-6,
        complexity: "O((p + q)³) for each pair: the slowest of the measures of moments",
        caveats: &[
            "A kernel has rank n − 1 at most and often much less: without a ridge the distance is infinite. The ridge is a choice of ours, and the distance depends on it; wrongu/repsim takes 0 and returns infinity, rsatoolbox optimises it for each pair and returns the negative distance.",
            "Between the covariances of units instead (Shahbazi et al. also do that) units would have to correspond one to one, and widths be equal; that is not this distance.",
            "Small directions count as much as large ones, down to the ridge; it grows with the number of units.",
        ],
        parameters: &[Parameter {
            name: "ridge",
            default: "0.1",
            range: "above 0",
            purpose: "what is added to the diagonal of the kernels, whose mean is 1",
        }],
        references: &[
            Reference {
                citation: "Shahbazi, Shirali, Aghajan & Nili 2021, Using distance on the Riemannian manifold to compare representations in brain and in models",
                link: "https://doi.org/10.1016/j.neuroimage.2021.118271",
            },
            Reference {
                citation: "Pennec, Fillard & Ayache 2006, A Riemannian Framework for Tensor Computing",
                link: "https://doi.org/10.1007/s11263-005-3222-z",
            },
        ],
        examples: &[
            Example { spec: "riemannian-distance", what: "ridge of a tenth of the mean diagonal" },
            Example {
                spec: "riemannian-distance:ridge=1.0",
                what: "ridge as large as the mean diagonal",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        &[Permutation, Shift, IsotropicScale, Orthogonal]
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn validate(&self) -> std::result::Result<(), String> {
        if self.ridge > 0.0 && self.ridge.is_finite() {
            return Ok(());
        }
        Err(format!("ridge is {}, expected a finite number above 0", self.ridge))
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let sums = sums_of_squares(Self::INFO.id, moments)?;
        // Both sides with kernels of mean diagonal 1, in units of the ridge.
        let factors = sums.map(|sum| (moments.n as f64 / sum / self.ridge).sqrt());
        let joint = joint(moments, factors);
        let [x, y] = coordinates(&joint, moments.x.n_units(), moments.dimensions())?;
        let factor = |m: &Mat<f64>| cholesky(kernel(m.as_ref()).as_ref());
        let (lx, ly) = rayon::join(|| factor(&x), || factor(&y));
        let (lx, ly) = (lx?, ly?);
        let (there, back) = rayon::join(|| squared_logs(&lx, &ly), || squared_logs(&ly, &lx));
        Ok(Comparison::of_score((there? + back?).sqrt()))
    }
}

/// Second moments of the units of x and y together, each side times its factor.
fn joint(moments: &PairMoments, factors: [f64; 2]) -> Mat<f64> {
    let p = moments.x.n_units();
    let q = moments.y.n_units();
    let [a, b] = factors;
    Mat::from_fn(p + q, p + q, |i, j| match (i < p, j < p) {
        (true, true) => a * a * moments.x.scatter()[(i, j)],
        (false, false) => b * b * moments.y.scatter()[(i - p, j - p)],
        (true, false) => a * b * moments.cross()[(i, j - p)],
        (false, true) => a * b * moments.cross()[(j, i - p)],
    })
}

/// The units of x and of y in an orthonormal basis of the space over stimuli that they span together.
///
/// With `joint = L Lᵀ` and `[X Y] = W Lᵀ`, `W` orthonormal, the coordinates are the parts of `Lᵀ`. Where units depend on one
/// another there is no such L, and they are the parts of `D^½ Qᵀ` with the eigenvalues D, of which no more than so many
/// `dimensions` are above 0. Small directions need no care: they are small coordinates, and the kernels have a ridge.
fn coordinates(joint: &Mat<f64>, p: usize, dimensions: usize) -> Result<[Mat<f64>; 2]> {
    let units = joint.nrows();
    let all = if units > dimensions { None } else { cholesky(joint.as_ref()).ok() };
    let all = if let Some(lower) = all {
        lower.transpose().to_owned()
    } else {
        let joint = eigen_symmetric(joint.as_ref())?;
        let kept = units.min(dimensions);
        let values = joint.values[units - kept..].iter();
        let roots: Vec<f64> = values.map(|v| v.max(0.0).sqrt()).collect();
        let vectors = joint.vectors.as_ref().subcols(units - kept, kept);
        scaled(vectors.transpose(), &roots, &vec![1.0; units])
    };
    let part = |first: usize, count: usize| all.as_ref().subcols(first, count).to_owned();
    Ok([part(0, p), part(p, units - p)])
}

/// `I + m mᵀ`.
fn kernel(m: MatRef<'_, f64>) -> Mat<f64> {
    let mut out = row_gram(m);
    for i in 0..out.nrows() {
        out[(i, i)] += 1.0;
    }
    out
}

/// Σ log² μ over the generalised eigenvalues μ above 1 of `b bᵀ` and `a aᵀ`, lower triangular both: they are the eigenvalues of
/// `c cᵀ` with `c = a⁻¹ b`, which are known up to rounding of the greatest of them. Those below 1 are the inverses of the ones
/// that an exchange of `a` and `b` gives, so that no digits of small ones are lost.
fn squared_logs(a: &Mat<f64>, b: &Mat<f64>) -> Result<f64> {
    let values =
        eigenvalues_symmetric(row_gram(solve_lower(a.as_ref(), b.as_ref()).as_ref()).as_ref())?;
    Ok(values.iter().filter(|mu| **mu > 1.0).map(|mu| mu.ln().powi(2)).sum())
}
