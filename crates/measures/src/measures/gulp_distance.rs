#![doc = include_str!("../../docs/gulp-distance.md")]

use consilience_linalg::{scaled, squared_norm};
use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{squared, sums_of_squares};
use crate::caveats::{few_samples, of_canonical};
use crate::correlations::canonical;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Parameter, Reference,
    Result, SideName, Symmetry, WholeMoments,
};

/// Largest difference of predictions by ridge regression from the two representations.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GulpDistance {
    /// Ridge penalty, as a share of the total variance.
    pub lambda: f64,
}

impl Measure for GulpDistance {
    const INFO: &'static Info = &Info {
        id: "gulp-distance",
        title: "GULP distance",
        summary: "How differently ridge regressions from the two representations predict, over targets of every kind.",
        definition: r"$\sqrt{\operatorname{tr}(P_x^2) + \operatorname{tr}(P_y^2) - 2\operatorname{tr}(P_x P_y)}$, the Frobenius distance of the two ridge smoothers $P = X (X^\top X + n \lambda I)^{-1} X^\top$ over all $n$ stimuli; columns centred, and each representation scaled to a total variance of 1, so that $\lambda$ is a share of it. At $\lambda = 0$ the smoothers are projections and the distance is $\sqrt{r_x + r_y - 2\sum_i \rho_i^2}$ with the ranks $r$ and the canonical correlations $\rho_i$ (tolerances and exact ones as for mean-cca). A metric.",
        family: Family::Subspace,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-5,
        complexity: "O(p³ + q³) for the eigendecompositions, shared by all pairs of a representation, and O(p q (p + q)); at lambda = 0 the singular values of mean-cca",
        caveats: &[
            "ReSi returns the square, at lambda = 0. The paper's code writes the square too.",
            "At lambda = 0 it says what eigenspace-overlap says, and like it nothing once stimuli are as few as units.",
            "At lambda = 0 it depends on the ranks, and so, for f32 activations with very small variances, on what cannot be told from rounding (see mean-cca); a small penalty makes it insensitive to that.",
            "Grows with the root of the number of units; at most $\\sqrt{r_x + r_y}$.",
            "No default penalty is recommended by the paper, which sweeps it; 0 is the default of its code.",
        ],
        parameters: &[Parameter {
            name: "lambda",
            default: "0.0",
            range: "0 or more",
            purpose: "ridge penalty as a share of the total variance; larger penalties look at the directions of most variance only",
        }],
        references: &[Reference {
            citation: "Boix-Adserà, Lawrence, Stepaniants & Rigollet 2022, GULP: a prediction-based metric between representations",
            link: "https://arxiv.org/abs/2210.06545",
        }],
        examples: &[
            Example { spec: "gulp-distance", what: "no penalty: distance of projections" },
            Example { spec: "gulp-distance:lambda=0.01", what: "penalty of 1 % of the variance" },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        if self.lambda == 0.0 {
            &Invariance::ALL
        } else {
            &[Permutation, Shift, IsotropicScale, Orthogonal]
        }
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn validate(&self) -> std::result::Result<(), String> {
        if self.lambda >= 0.0 && self.lambda.is_finite() {
            return Ok(());
        }
        Err(format!("lambda is {}, expected a finite number of 0 or more", self.lambda))
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        if self.lambda == 0.0 {
            let found = canonical(Self::INFO.id, moments)?;
            let squares: f64 = found.ranks.iter().map(|&rank| rank as f64).sum();
            let product: f64 = found.correlations.iter().map(|r| r * r).sum();
            let warnings = of_canonical(moments, found);
            let score = squared(squares, product).sqrt();
            return Ok(Comparison { warnings, ..Comparison::of_score(score) });
        }
        let sums = sums_of_squares(Self::INFO.id, moments)?;
        let values = moments.eigen()?.map(|eigen| &eigen.values);
        // Eigenvalues of the covariance with total variance 1; rounding may leave one just below 0.
        let shares = [0, 1].map(|side| -> Vec<f64> {
            values[side].iter().map(|value| value.max(0.0) / sums[side]).collect()
        });
        let own: f64 = shares.iter().flatten().map(|v| (v / (v + self.lambda)).powi(2)).sum();
        let [x, y] = [0, 1].map(|side| -> Vec<f64> {
            shares[side].iter().map(|v| 1.0 / ((v + self.lambda) * sums[side]).sqrt()).collect()
        });
        let cross = moments.cross_in_eigenbases()?;
        let product = squared_norm(scaled(cross.as_ref(), &x, &y).as_ref());
        let score = squared(own, product).sqrt();
        Ok(Comparison { warnings: few_samples(moments), ..Comparison::of_score(score) })
    }
}
