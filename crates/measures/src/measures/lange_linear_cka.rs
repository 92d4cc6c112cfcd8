#![doc = include_str!("../../docs/lange-linear-cka.md")]

use consilience_statistics::{PairMoments, SideMoments};
use serde::{Deserialize, Serialize};

use crate::caveats::undefined;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Reference, Result,
    SideName, Symmetry, WholeMoments,
};

/// Share of the kernel's sum of squares below which what is left off the diagonal is rounding.
const NULL_SHARE: f64 = 1e-12;

/// Linear centred kernel alignment with the diagonals of the centred kernels left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LangeLinearCka {}

impl Measure for LangeLinearCka {
    const INFO: &'static Info = &Info {
        id: "lange-linear-cka",
        title: "Linear CKA (diagonal left out)",
        summary: "How alike the similarities among different stimuli are in the two representations, by their inner products.",
        definition: r"$\sum_{i \ne j} K_{ij} L_{ij} / \sqrt{\sum_{i \ne j} K_{ij}^2 \, \sum_{i \ne j} L_{ij}^2}$ for the linear kernels $K = XX^\top$, $L = YY^\top$ of centred columns, over all stimuli: centre first, then drop the diagonals. From moments: $\sum_{i \ne j} K_{ij} L_{ij} = \lVert X^\top Y\rVert_F^2 - \sum_i \lVert x_i\rVert^2 \lVert y_i\rVert^2$.",
        family: Family::Kernel,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(p² + q² + p q), independent of the number of stimuli",
        caveats: &[
            "Between linear-cka (diagonals kept) and debiased-linear-cka (diagonals dropped, then centred without bias): less biased than the first, and defined for any kernels that are not diagonal. The three estimators are called Gretton's, Lange's and Song's in similarity-repository.",
            "wrongu/repsim returns the arc cosine, which is a metric.",
        ],
        parameters: &[],
        references: &[Reference {
            citation: "Lange, Kwok, Matelsky, Wang, Rolnick & Kording 2022, Neural Networks as Paths through the Space of Representations",
            link: "https://arxiv.org/abs/2206.10999",
        }],
        examples: &[Example {
            spec: "lange-linear-cka",
            what: "all stimuli, each against the others",
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

    fn naming(&self) -> Naming {
        Naming {
            estimator: "diagonals left out after centring (Lange)".into(),
            ..Naming::usual(self)
        }
    }

    fn expected_by_chance(&self, moments: &PairMoments) -> Option<f64> {
        let PairMoments { n, x, y, .. } = moments;
        // Each order deals the entries off the diagonal anew; those of a centred kernel sum to minus its trace.
        let n = *n as f64;
        let norms = off_diagonal(x)?.sqrt() * off_diagonal(y)?.sqrt();
        Some(x.trace() * y.trace() / (n * (n - 1.0)) / norms)
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let PairMoments { x, y, .. } = moments;
        let (Some(xx), Some(yy)) = (off_diagonal(x), off_diagonal(y)) else {
            let reason = "the similarities among different stimuli are all 0; record other stimuli";
            return Err(undefined(Self::INFO.id, reason.to_owned()));
        };
        let xy = moments.squared_norm() - moments.norms();
        // Cauchy and Schwarz bound the ratio by 1; rounding may pass it by a few units in the last place.
        Ok(Comparison::of_score((xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0)))
    }
}

/// Sum of the squares off the diagonal of the kernel of a side, if there is more than rounding.
fn off_diagonal(side: &SideMoments) -> Option<f64> {
    let all = side.squared_norm();
    let off = all - side.norm_4();
    (off > NULL_SHARE * all).then_some(off)
}
