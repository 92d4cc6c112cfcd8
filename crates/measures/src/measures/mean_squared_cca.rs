#![doc = include_str!("../../docs/mean-squared-cca.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::caveats::of_canonical;
use crate::chance::of_projections;
use crate::correlations::{about_zero, canonical};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeMoments,
};

/// Mean squared canonical correlation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanSquaredCca {
    /// Whether the mean of each unit is subtracted.
    pub centre: bool,
}

impl Default for MeanSquaredCca {
    fn default() -> Self {
        Self { centre: true }
    }
}

impl Measure for MeanSquaredCca {
    const INFO: &'static Info = &Info {
        id: "mean-squared-cca",
        title: "Mean squared canonical correlation",
        summary: "How much of the directions of one representation is found in those of the other, as a share of the smaller space, whatever the variance along them.",
        definition: r"$\frac{1}{\min(r_x, r_y)} \sum_i \rho_i^2 = \lVert Q_y^\top Q_x\rVert_F^2 / \min(r_x, r_y)$ with the canonical correlations $\rho_i$ and orthonormal bases $Q$ of the columns, over all stimuli; ranks $r$, tolerances and exact ones as for mean-cca. It is the $R^2_{CCA}$ of Kornblith et al.",
        family: Family::Cca,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p³ + q³) for triangular factors, or eigendecompositions where ranks are in doubt, shared by all pairs of a representation, and O(p q min(p, q)) for the singular values, shared by all measures of canonical correlations; centre=false shares nothing",
        caveats: &[
            "The published demonstration of Kornblith et al. (0.54312 for its first pair) does not centre: centre=false gives that number, the default 0.54540.",
            "With n < p + q stimuli some correlations, and with n ≤ min(p, q) all, are 1 for any data; a warning counts them.",
            "For independent Gaussian representations the expectation is max(p, q)/(n − 1): use ten or more times as many stimuli as units, or compare with the chance level.",
            "Equal widths: the same as eigenspace-overlap, which divides by the larger rank.",
        ],
        parameters: &[Parameter {
            name: "centre",
            default: "true",
            range: "true, false",
            purpose: "whether the mean of each unit is subtracted; false is the demonstration of Kornblith et al.",
        }],
        references: &[Reference {
            citation: "Kornblith, Norouzi, Lee & Hinton 2019, Similarity of Neural Network Representations Revisited, table 1",
            link: "https://arxiv.org/abs/1905.00414",
        }],
        examples: &[
            Example { spec: "mean-squared-cca", what: "all stimuli, all directions" },
            Example {
                spec: "mean-squared-cca:centre=false",
                what: "second moments about 0, as in the demonstration of Kornblith et al.",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{InvertibleLinear, IsotropicScale, Orthogonal, Permutation, UnitScale};
        if self.centre {
            &Invariance::ALL
        } else {
            &[Permutation, IsotropicScale, UnitScale, Orthogonal, InvertibleLinear]
        }
    }

    fn naming(&self) -> Naming {
        Naming {
            aggregation: "mean over the smaller rank of squares".into(),
            ..Naming::usual(self)
        }
    }

    fn expected_by_chance(&self, moments: &PairMoments) -> Option<f64> {
        let [rx, ry] = moments.canonical().ok().filter(|_| self.centre)?.ranks;
        of_projections(moments.n, [rx, ry]).map(|sum| sum / rx.min(ry) as f64)
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let uncentred;
        let found = if self.centre {
            canonical(Self::INFO.id, moments)?
        } else {
            uncentred = about_zero(Self::INFO.id, moments)?;
            &uncentred
        };
        let sum: f64 = found.correlations.iter().map(|r| r * r).sum();
        let score = sum / found.correlations.len() as f64;
        let warnings = of_canonical(moments, found);
        Ok(Comparison { warnings, ..Comparison::of_score(score) })
    }
}
