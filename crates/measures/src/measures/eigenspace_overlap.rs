#![doc = include_str!("../../docs/eigenspace-overlap.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::caveats::of_canonical;
use crate::chance::of_projections;
use crate::correlations::{about_zero, canonical};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeMoments,
};

/// Overlap of the spaces that the units span over stimuli.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EigenspaceOverlap {
    /// Whether the mean of each unit is subtracted.
    pub centre: bool,
}

impl Default for EigenspaceOverlap {
    fn default() -> Self {
        Self { centre: true }
    }
}

impl Measure for EigenspaceOverlap {
    const INFO: &'static Info = &Info {
        id: "eigenspace-overlap",
        title: "Eigenspace overlap",
        summary: "How much of the spaces that the units span over stimuli is common to both, as a share of the larger one, whatever the variance in them.",
        definition: r"$\lVert U_x^\top U_y\rVert_F^2 / \max(r_x, r_y)$ with orthonormal bases $U$ of the centred columns, over all stimuli, of ranks $r$: the sum of the squared canonical correlations over the larger rank. Tolerances and exact ones as for mean-cca.",
        family: Family::Subspace,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p³ + q³) for triangular factors, or eigendecompositions where ranks are in doubt, shared by all pairs of a representation, and O(p q min(p, q)) for the singular values, shared by all measures of canonical correlations; centre=false shares nothing",
        caveats: &[
            "Equal ranks: the same as mean-squared-cca, which divides by the smaller rank.",
            "The paper compares embeddings as they are, and so does ReSi: centre=false. ReSi divides by the larger number of units, not by the rank, so that a rank-deficient representation does not overlap fully with itself there.",
            "For independent Gaussian representations the expectation is min(p, q)/(n − 1). With n < p + q stimuli part of the overlap, and with n ≤ min(p, q) all of it, is certain; a warning says so.",
        ],
        parameters: &[Parameter {
            name: "centre",
            default: "true",
            range: "true, false",
            purpose: "whether the mean of each unit is subtracted; false is the paper's definition",
        }],
        references: &[Reference {
            citation: "May, Zhang, Dao & Ré 2019, On the Downstream Performance of Compressed Word Embeddings (eigenspace overlap score)",
            link: "https://arxiv.org/abs/1909.01264",
        }],
        examples: &[
            Example { spec: "eigenspace-overlap", what: "centred units" },
            Example {
                spec: "eigenspace-overlap:centre=false",
                what: "units as they are, as in the paper",
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
            aggregation: "sum of squared correlations over the larger rank".into(),
            ..Naming::usual(self)
        }
    }

    fn expected_by_chance(&self, moments: &PairMoments) -> Option<f64> {
        let [rx, ry] = moments.canonical().ok().filter(|_| self.centre)?.ranks;
        of_projections(moments.n, [rx, ry]).map(|sum| sum / rx.max(ry) as f64)
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
        let [rx, ry] = found.ranks;
        let warnings = of_canonical(moments, found);
        Ok(Comparison { warnings, ..Comparison::of_score(sum / rx.max(ry) as f64) })
    }
}
