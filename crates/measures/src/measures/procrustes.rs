#![doc = include_str!("../../docs/procrustes.md")]

use consilience_linalg::{Mat, MatRef, matmul};
use serde::{Deserialize, Serialize};

use crate::alignment::rotation;
use crate::map_score::{self, Indifference};
use crate::predictor::{Fitted, Predictor};
use crate::{
    Directed, Direction, Example, Family, Fold, Info, Invariance, MapScore, Orientation, Parameter,
    Reference, Result,
};

/// Predictivity by an orthogonal map, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procrustes {
    /// Which representation is predicted from which.
    pub direction: Direction,
    /// What the map is scored by.
    pub score: MapScore,
}

impl Predictor for Procrustes {
    const ABOUT: &'static Info = &Info {
        id: "procrustes",
        title: "Procrustes predictivity",
        summary: "How well the units of one representation are predicted from the other by a rotation or reflection, on stimuli it has not seen.",
        definition: r"With centred fit data, $X^\top Y = U \Sigma V^\top$ and $Q = U V^\top$ (a partial isometry where widths or ranks differ: singular values below $10^{-10}$ of the largest, or 8 roundings of f32 activations, are left out, and those beyond the first $n - 1$). The score is the mean over units $j$ of $y$ of the Pearson correlation, over the eval stimuli, between $XQ_{\cdot j}$ and $Y_{\cdot j}$, averaged over folds. For explained variance the prediction is $s XQ$ with the scale of least squares, $s = \operatorname{tr}(Q^\top X^\top Y) / \lVert XQ \rVert^2$ over the fit stimuli; a correlation does not notice it.",
        family: Family::Map,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p q min(p, q)) a fold for the singular value decomposition",
        caveats: &[
            "Not the Procrustes distance, angle or normalised nuclear norm: those are other quantities of the same fit. A mean correlation over units is what can be compared with ridge and with matching.",
            "The rotation minimises squared error, not the mean correlation: units of large variance weigh more in the fit than in the score.",
            "Without a scale, explained variance would depend on the unit of measurement of the source. In sample and with equal widths, r2 is the square of the normalised nuclear norm.",
            map_score::CAVEAT,
        ],
        parameters: &[
            Parameter {
                name: "direction",
                default: "both",
                range: "x-to-y, y-to-x, both",
                purpose: "which representation is predicted from which; both averages the two (the rotation is the same, the units scored are not)",
            },
            map_score::PARAMETER,
        ],
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
            Example {
                spec: "procrustes:score=r2",
                what: "pooled explained variance, both directions",
            },
            Example {
                spec: "procrustes:direction=y-to-x,score=mean-r2",
                what: "mean explained variance of the units of x",
            },
        ],
        revision: 1,
    };
    type Shared = Mat<f64>;

    fn direction(&self) -> Direction {
        self.direction
    }

    fn map_score(&self) -> MapScore {
        self.score
    }

    fn indifference(&self) -> Indifference {
        Indifference {
            source: Invariance::Orthogonal,
            each_target_alone: false,
            target_basis: true,
        }
    }

    fn estimator(&self) -> String {
        "orthogonal map".to_owned()
    }

    /// The rotation from x to y; its transpose is that from y to x.
    fn shared(&self, fold: &Fold<'_>) -> Result<Mat<f64>> {
        // n centred rows span n − 1 dimensions at most.
        let dimensions = fold.fit.n.saturating_sub(1);
        rotation(fold.fit.cross().as_ref(), fold.fit.epsilon, dimensions)
    }

    fn fit(&self, fold: &Fold<'_>, rotation: &Mat<f64>, forward: bool) -> Result<Fitted> {
        let turned = if forward { rotation.as_ref() } else { rotation.transpose() };
        Ok(Fitted::of(match self.score {
            MapScore::Pearson => turned.to_owned(),
            MapScore::R2 | MapScore::MeanR2 => scaled(turned, Directed::of(fold.fit, forward)),
        }))
    }
}

/// The rotation times the scale of least squares; zero if it predicts a constant.
fn scaled(rotation: MatRef<'_, f64>, fit: Directed<'_>) -> Mat<f64> {
    let spread = matmul(fit.source.scatter(), rotation);
    let (mut covariance, mut variance) = (0.0, 0.0);
    for j in 0..rotation.ncols() {
        for i in 0..rotation.nrows() {
            covariance += rotation[(i, j)] * fit.cross[(i, j)];
            variance += rotation[(i, j)] * spread[(i, j)];
        }
    }
    let scale = if variance > 0.0 { covariance / variance } else { 0.0 };
    Mat::from_fn(rotation.nrows(), rotation.ncols(), |i, j| scale * rotation[(i, j)])
}
