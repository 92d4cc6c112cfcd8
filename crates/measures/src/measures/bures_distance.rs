#![doc = include_str!("../../docs/bures-distance.md")]

use std::f64::consts::SQRT_2;

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{comparison, squared_distance};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Parameter, Reference,
    Result, SideName, Size, Symmetry, WholeMoments,
};

/// Bures distance of the linear kernels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuresDistance {
    /// What is done with the sizes of the clouds, which are the roots of the kernels' traces.
    pub size: Size,
}

impl Default for BuresDistance {
    fn default() -> Self {
        Self { size: Size::PerStimulus }
    }
}

impl Measure for BuresDistance {
    const INFO: &'static Info = &Info {
        id: "bures-distance",
        title: "Bures distance",
        summary: "How far apart the similarities among stimuli are, as covariances of Gaussian variables are in optimal transport.",
        definition: r"$\sqrt{\operatorname{tr}K + \operatorname{tr}L - 2\operatorname{tr}\big((K^{1/2} L K^{1/2})^{1/2}\big)}$ for the linear kernels $K = XX^\top / n$, $L = YY^\top / n$ of centred columns, over all $n$ stimuli (kernels without the factor $1/n$ at size=raw, of trace 1 at size=unit). It equals the Procrustes Euclidean distance of the clouds, so that it needs no n × n matrix. A metric.",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        // The root of a difference of numbers of the size of the variance.
        identity_tolerance: 1e-5,
        complexity: "O(p q min(p, q)) for the singular values, shared by all measures of this alignment",
        caveats: &[
            "The number of procrustes-euclidean-distance of the same size, under the name that it has for kernels. The default differs: here the variance of a representation counts, there its shape alone.",
            "nn_similarity_index computes size=raw. rsatoolbox's Bures metric is the square, of kernels divided by the number of units.",
            "In the unit of the activations, unless size=unit: representations of different scale are far apart.",
        ],
        parameters: &[Parameter {
            name: "size",
            default: "per-stimulus",
            range: "unit, per-stimulus, raw",
            purpose: "kernels of trace 1; kernels divided by the number of stimuli; or as they are",
        }],
        references: &[
            Reference {
                citation: "Bhatia, Jain & Lim 2019, On the Bures–Wasserstein distance between positive definite matrices",
                link: "https://arxiv.org/abs/1712.01504",
            },
            Reference {
                citation: "Harvey, Larsen & Williams 2024, Duality of Bures and Shape Distances with Implications for Comparing Neural Representations",
                link: "https://arxiv.org/abs/2311.11436",
            },
        ],
        examples: &[
            Example { spec: "bures-distance", what: "kernels divided by the number of stimuli" },
            Example { spec: "bures-distance:size=raw", what: "kernels as they are" },
            Example { spec: "bures-distance:size=unit", what: "kernels of trace 1" },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        match self.size {
            Size::Unit => &[Permutation, Shift, IsotropicScale, Orthogonal],
            Size::PerStimulus | Size::Raw => &[Permutation, Shift, Orthogonal],
        }
    }

    fn range(&self) -> (f64, f64) {
        match self.size {
            Size::Unit => (0.0, SQRT_2),
            Size::PerStimulus | Size::Raw => Self::INFO.range,
        }
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let squared = squared_distance(Self::INFO.id, moments, self.size)?;
        Ok(comparison(squared.sqrt(), moments))
    }
}
