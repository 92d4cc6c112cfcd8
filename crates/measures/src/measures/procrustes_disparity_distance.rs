#![doc = include_str!("../../docs/procrustes-disparity-distance.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{comparison, cosine};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeMoments,
};

/// Sum of squares left after the best rotation and scaling.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcrustesDisparityDistance {}

impl Measure for ProcrustesDisparityDistance {
    const INFO: &'static Info = &Info {
        id: "procrustes-disparity-distance",
        title: "Procrustes disparity",
        summary: "The share of the sum of squares of one cloud of stimuli that the other, turned, reflected and scaled as well as it can be, does not account for.",
        definition: r"$\min_{Q, c} \lVert c\,XQ - Y\rVert_F^2 / \lVert Y\rVert_F^2 = 1 - s^2$ over orthogonal $Q$ and scales $c$, with $s = \lVert X^\top Y\rVert_* / (\lVert X\rVert_F \lVert Y\rVert_F)$, columns centred, over all stimuli: the squared sine of procrustes-angular-distance. Unequal widths: the narrower side gets zero units, which leaves the nuclear norm as it is.",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(p q min(p, q)) for the singular values, shared by all measures of this alignment",
        caveats: &[
            "The disparity of scipy.spatial.procrustes. 1 − disparity is the R² of an orthogonal map with a scale, in sample.",
            "A square: the triangle inequality does not hold. Use procrustes-angular-distance where a metric is needed.",
        ],
        parameters: &[],
        references: &[Reference {
            citation: "Gower 1975, Generalized Procrustes analysis",
            link: "https://doi.org/10.1007/BF02291478",
        }],
        examples: &[Example {
            spec: "procrustes-disparity-distance",
            what: "all stimuli, reflections and a scale allowed",
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

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let s = cosine(Self::INFO.id, moments)?;
        // The product keeps the digits that 1 − s² loses near s = 1.
        Ok(comparison((1.0 - s) * (1.0 + s), moments))
    }
}
