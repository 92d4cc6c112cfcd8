#![doc = include_str!("../../docs/procrustes-squared-distance.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{comparison, squared_distance};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Parameter, Reference,
    Result, SideName, Size, Symmetry, WholeMoments,
};

/// Squared distance of two clouds of stimuli after the best rotation: the Procrustes distance of Ding et al.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcrustesSquaredDistance {
    /// What is done with the sizes of the clouds.
    pub size: Size,
}

impl Measure for ProcrustesSquaredDistance {
    const INFO: &'static Info = &Info {
        id: "procrustes-squared-distance",
        title: "Procrustes squared distance",
        summary: "The sum of squares that is left between two clouds of stimuli when one is turned (or reflected) onto the other as well as it can be.",
        definition: r"$\lVert A\rVert_F^2 + \lVert B\rVert_F^2 - 2\lVert A^\top B\rVert_*$ for the two centred clouds $A$, $B$ over all stimuli, scaled to norm 1 by default: $2 - 2s$ with $s = \lVert X^\top Y\rVert_* / (\lVert X\rVert_F \lVert Y\rVert_F)$. It is the square of procrustes-euclidean-distance. Unequal widths: the narrower side gets zero units, which leaves the nuclear norm as it is.",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-12,
        complexity: "O(p q min(p, q)) for the singular values, shared by all measures of this alignment",
        caveats: &[
            "A square: the triangle inequality does not hold. Use procrustes-euclidean-distance where a metric is needed.",
            "The paper scales to norm 1; its code (sim_metric) takes what it is fed, which is size=raw for centred activations. anatome returns half of it, 1 − s.",
        ],
        parameters: &[Parameter {
            name: "size",
            default: "unit",
            range: "unit, per-stimulus, raw",
            purpose: "each cloud scaled to Frobenius norm 1; divided by the root of the number of stimuli; or as it is",
        }],
        references: &[Reference {
            citation: "Ding, Denain & Steinhardt 2021, Grounding Representation Similarity with Statistical Testing, section 2",
            link: "https://arxiv.org/abs/2108.01661",
        }],
        examples: &[
            Example { spec: "procrustes-squared-distance", what: "as in Ding et al." },
            Example {
                spec: "procrustes-squared-distance:size=raw",
                what: "the sum of squares of the activations themselves",
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
        match self.size {
            Size::Unit => &[Permutation, Shift, IsotropicScale, Orthogonal],
            Size::PerStimulus | Size::Raw => &[Permutation, Shift, Orthogonal],
        }
    }

    fn range(&self) -> (f64, f64) {
        match self.size {
            Size::Unit => (0.0, 2.0),
            Size::PerStimulus | Size::Raw => Self::INFO.range,
        }
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        Ok(comparison(squared_distance(Self::INFO.id, moments, self.size)?, moments))
    }
}
