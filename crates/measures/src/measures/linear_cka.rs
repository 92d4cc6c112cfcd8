#![doc = include_str!("../../docs/linear-cka.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::caveats::few_samples;
use crate::chance::of_aligned_kernels;
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Naming, Orientation, Reference,
    Result, SideName, Symmetry, WholeMoments,
};

/// Linear centred kernel alignment, biased estimator.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinearCka {}

impl Measure for LinearCka {
    const INFO: &'static Info = &Info {
        id: "linear-cka",
        title: "Linear CKA (biased)",
        summary: "How alike the similarities among stimuli are in the two representations, by their inner products.",
        definition: r"$\lVert X^\top Y\rVert_F^2 / (\lVert X^\top X\rVert_F \, \lVert Y^\top Y\rVert_F)$ with centred columns, over all stimuli. The same as the normalised Hilbert–Schmidt independence criterion of the linear kernels (Gretton's estimator).",
        family: Family::Kernel,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(p² + q² + p q)",
        caveats: &[
            "Biased upward: for independent Gaussian representations with equal variances it is about √(pq / ((n + p)(n + q))), which grows with units per sample and tends to 1. Use debiased-linear-cka where stimuli are fewer than some ten times the units.",
            "Some packages return the arc cosine under the same name; some add 1e-6 to the denominator. The RV coefficient of multivariate statistics (Escoufier 1973) is the same number.",
            "Dominated by directions of large variance; insensitive to the loss of many small ones (Ding et al. 2021).",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Kornblith, Norouzi, Lee & Hinton 2019, Similarity of Neural Network Representations Revisited, equation 5 and section 3",
                link: "https://arxiv.org/abs/1905.00414",
            },
            Reference {
                citation: "Ding, Denain & Steinhardt 2021, Grounding Representation Similarity with Statistical Testing",
                link: "https://arxiv.org/abs/2108.01661",
            },
        ],
        examples: &[Example { spec: "linear-cka", what: "all stimuli, biased estimator" }],
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

    fn naming(&self) -> Naming {
        Naming { estimator: "biased criteria (Gretton)".into(), ..Naming::usual(self) }
    }

    fn expected_by_chance(&self, moments: &PairMoments) -> Option<f64> {
        let PairMoments { n, x, y, .. } = moments;
        let norms = (x.squared_norm().sqrt(), y.squared_norm().sqrt());
        of_aligned_kernels(*n, (x.trace(), y.trace()), norms)
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let own = moments.x.squared_norm() * moments.y.squared_norm();
        if own <= 0.0 {
            let reason = "a representation has no variance; record other stimuli".to_owned();
            return Err(Error::Undefined { id: Self::INFO.id, reason });
        }
        // Cauchy and Schwarz bound the ratio by 1; rounding may pass it by a few units in the last place.
        let score = (moments.squared_norm() / own.sqrt()).min(1.0);
        Ok(Comparison { warnings: few_samples(moments), ..Comparison::of_score(score) })
    }
}
