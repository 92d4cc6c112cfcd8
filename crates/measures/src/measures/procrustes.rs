#![doc = include_str!("../../docs/procrustes.md")]

use consilience_linalg::polar_factor;
use serde::{Deserialize, Serialize};

use crate::linear_map::score_linear_map;
use crate::{
    Comparison, Directed, Direction, Example, Family, Fold, HeldOutMoments, Info, Invariance,
    Measure, Orientation, Parameter, Reference, Result, Scale, SideName, Symmetry,
};

/// Singular values below this share of the largest are noise of f64 moments: their vectors carry no correspondence.
const NULL_SINGULAR_VALUE: f64 = 1e-10;

/// The same for coarser activations, in units of their rounding. Entries of the cross-scatter of f32 activations err by
/// a few roundings of the product of two norms, and so do singular values.
const NULL_ROUNDINGS: f64 = 8.0;

/// Predictivity by an orthogonal map, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procrustes {
    /// Which representation is predicted from which.
    pub direction: Direction,
}

impl Measure for Procrustes {
    const INFO: &'static Info = &Info {
        id: "procrustes",
        title: "Procrustes predictivity",
        summary: "How well the units of one representation are predicted from the other by a rotation or reflection, on stimuli it has not seen.",
        definition: r"With centred fit data, $X^\top Y = U \Sigma V^\top$ and $Q = U V^\top$ (a partial isometry where widths or ranks differ: singular values below $10^{-10}$ of the largest, or 8 roundings of f32 activations, are left out, and those beyond the first $n - 1$). The score is the mean over units $j$ of $y$ of the Pearson correlation, over the eval stimuli, between $XQ_{\cdot j}$ and $Y_{\cdot j}$, averaged over folds.",
        family: Family::Map,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p q min(p, q)) a fold for the singular value decomposition",
        caveats: &[
            "Not the Procrustes distance, angle or normalised nuclear norm: those are other quantities of the same fit. A mean correlation over units is what can be compared with ridge and with matching.",
            "The rotation minimises squared error, not the mean correlation: units of large variance weigh more in the fit than in the score.",
        ],
        parameters: &[Parameter {
            name: "direction",
            default: "both",
            range: "x-to-y, y-to-x, both",
            purpose: "which representation is predicted from which; both averages the two (the rotation is the same, the units scored are not)",
        }],
        references: &[
            Reference {
                citation: "Schönemann 1966, A generalized solution of the orthogonal Procrustes problem",
                link: "https://doi.org/10.1007/BF02289451",
            },
            Reference {
                citation: "Kapoor, Srivastava & Khosla 2025, Bridging Critical Gaps in Convergent Learning (orthogonal mapping; the form of the score is our reading)",
                link: "https://arxiv.org/abs/2502.18710",
            },
        ],
        examples: &[
            Example { spec: "procrustes", what: "both directions" },
            Example { spec: "procrustes:direction=x-to-y", what: "y predicted from x" },
        ],
        revision: 1,
    };
    type Statistic = HeldOutMoments;

    fn symmetry(&self) -> Symmetry {
        self.direction.symmetry()
    }

    fn invariances(&self, side: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        let is_source = match self.direction {
            Direction::Both => false,
            Direction::XToY => side == SideName::X,
            Direction::YToX => side == SideName::Y,
        };
        if is_source {
            &[Permutation, Shift, IsotropicScale, Orthogonal]
        } else {
            &[Permutation, Shift, IsotropicScale]
        }
    }

    fn scale(&self) -> Scale {
        Scale::HeldOutCorrelation
    }

    fn compare(&self, fold: Fold<'_>) -> Result<Comparison> {
        let null = NULL_SINGULAR_VALUE.max(NULL_ROUNDINGS * fold.fit.epsilon);
        // n centred rows span n − 1 dimensions at most.
        let rank = fold.fit.n.saturating_sub(1);
        let rotation = polar_factor(fold.fit.cross.as_ref(), null, rank)?;
        self.direction.average(|forward| {
            let weights = if forward { rotation.as_ref() } else { rotation.transpose() };
            Ok(score_linear_map(weights, Directed::of(fold.eval, forward)))
        })
    }
}
