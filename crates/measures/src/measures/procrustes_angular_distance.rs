#![doc = include_str!("../../docs/procrustes-angular-distance.md")]

use std::f64::consts::FRAC_PI_2;

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{comparison, cosine};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeMoments,
};

/// Angle between two clouds of stimuli after the best rotation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcrustesAngularDistance {}

impl Measure for ProcrustesAngularDistance {
    const INFO: &'static Info = &Info {
        id: "procrustes-angular-distance",
        title: "Procrustes angular distance",
        summary: "The angle that is left between two clouds of stimuli when one is turned (or reflected) onto the other as well as it can be.",
        definition: r"$\arccos s$ with $s = \lVert X^\top Y\rVert_* / (\lVert X\rVert_F \, \lVert Y\rVert_F)$, columns centred, over all stimuli. The nuclear norm, the sum of the singular values, is the greatest $\langle XQ, Y\rangle$ over orthogonal $Q$. Unequal widths: the narrower side gets zero units, which leaves the nuclear norm as it is. A metric.",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, FRAC_PI_2),
        // The arc cosine of 1 − ε is √(2ε).
        identity_tolerance: 1e-6,
        complexity: "O(p q min(p, q)) for the singular values, shared by all measures of this alignment",
        caveats: &[
            "The same number as shape-distance with alpha = 1 (netrep's LinearMetric), ReSi's orthogonal angular shape metric, and the arc cosine of bures-similarity.",
            "In sample: with few stimuli for the number of units any two clouds can be turned onto each other. Compare it with its chance level.",
            "Not the Procrustes predictivity of `procrustes`, which is a mean correlation over units on held-out stimuli.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Williams, Kunz, Kornblith & Linderman 2021, Generalized Shape Metrics on Neural Representations, section 2",
                link: "https://arxiv.org/abs/2110.14739",
            },
            Reference {
                citation: "Kendall 1984, Shape Manifolds, Procrustean Metrics, and Complex Projective Spaces",
                link: "https://doi.org/10.1112/blms/16.2.81",
            },
        ],
        examples: &[Example {
            spec: "procrustes-angular-distance",
            what: "all stimuli, reflections allowed",
        }],
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

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        Ok(comparison(cosine(Self::INFO.id, moments)?.acos(), moments))
    }
}
