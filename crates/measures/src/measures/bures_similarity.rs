#![doc = include_str!("../../docs/bures-similarity.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{comparison, cosine};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeMoments,
};

/// Normalised Bures similarity: the fidelity of the similarities among stimuli.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuresSimilarity {}

impl Measure for BuresSimilarity {
    const INFO: &'static Info = &Info {
        id: "bures-similarity",
        title: "Normalised Bures similarity (NBS)",
        summary: "How alike the similarities among stimuli are, by the fidelity of the two kernels; the cosine that the best rotation of one cloud onto the other reaches.",
        definition: r"$\operatorname{tr}\big((K^{1/2} L K^{1/2})^{1/2}\big) / \sqrt{\operatorname{tr}K \, \operatorname{tr}L}$ for the linear kernels $K = XX^\top$, $L = YY^\top$ of centred columns, over all stimuli. It equals $\lVert X^\top Y\rVert_* / (\lVert X\rVert_F \lVert Y\rVert_F)$, so that it is the Procrustes score and needs no n × n matrix.",
        family: Family::Shape,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(p q min(p, q)) for the singular values, shared by all measures of this alignment",
        caveats: &[
            "Where linear CKA adds up the squares of the singular values of the cross-scatter, this adds up the values: directions of small variance count for more.",
            "In sample: with few stimuli for the number of units it is high for any two representations. Compare it with its chance level.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Tang, Maddox, Dickens, Diethe & Damianou 2020, Similarity of Neural Networks with Gradients (normalised Bures similarity)",
                link: "https://arxiv.org/abs/2003.11498",
            },
            Reference {
                citation: "Harvey, Larsen & Williams 2024, Duality of Bures and Shape Distances with Implications for Comparing Neural Representations",
                link: "https://arxiv.org/abs/2311.11436",
            },
        ],
        examples: &[Example { spec: "bures-similarity", what: "all stimuli, linear kernels" }],
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

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        Ok(comparison(cosine(Self::INFO.id, moments)?, moments))
    }
}
