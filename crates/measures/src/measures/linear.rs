#![doc = include_str!("../../docs/linear.md")]

use consilience_linalg::{Mat, matmul, matmul_atb};
use serde::{Deserialize, Serialize};

use crate::directions::directions;
use crate::map_score::{self, Indifference};
use crate::predictor::{Fitted, Predictor};
use crate::{
    Directed, Direction, Example, Family, Fold, Info, Invariance, MapScore, Orientation, Reference,
    Result, Warning, direction,
};

/// Predictivity by least squares, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linear {
    /// Which representation is predicted from which.
    pub direction: Direction,
    /// What the map is scored by.
    pub score: MapScore,
}

impl Predictor for Linear {
    const ABOUT: &'static Info = &Info {
        id: "linear",
        title: "Linear predictivity",
        summary: "How well the units of one representation are predicted from the other by least squares without a penalty, on stimuli the map has not seen.",
        definition: r"With centred fit moments $S = X^\top X$ and $C = X^\top Y$, $W = S^{+} C$: least squares with an intercept, the map of smallest norm where several fit equally well. Of the eigenvalues of $S$, those below $10^{-10}$ of the largest are null (singular values of $X$ below $10^{-5}$ of the largest; for f32 activations eigenvalues below 8 roundings, $5 \cdot 10^{-7}$), and those beyond the first $n - 1$. The score is the mean over units $j$ of $y$ of the Pearson correlation, over the eval stimuli, between $XW_{\cdot j}$ and $Y_{\cdot j}$, averaged over folds.",
        family: Family::Map,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p³) a fold for the eigendecomposition, shared by all pairs of x and with ridge, and O(p² q) per pair",
        caveats: &[
            "In sample, unrelated Gaussian representations have an expected r2 of $p / (n - 1)$, and 1 if $p \\ge n - 1$. Held out, the score is worst where p is near the number of fit stimuli; ridge does not have that peak.",
            "With $p < n - 1$ any invertible linear map of x leaves the score as it is; with more units than stimuli only a rotation does.",
            "Kornblith et al. and ReSi report the pooled in-sample form, score=r2; scikit-learn's default for several targets is mean-r2; deepdive and the group of Kapoor et al. report a mean Pearson correlation.",
            map_score::CAVEAT,
        ],
        parameters: &[direction::PARAMETER, map_score::PARAMETER],
        references: &[
            Reference {
                citation: "Kornblith, Norouzi, Lee & Hinton 2019, Similarity of Neural Network Representations Revisited, section 5 (linear regression, in sample)",
                link: "https://arxiv.org/abs/1905.00414",
            },
            Reference {
                citation: "Kapoor, Srivastava & Khosla 2025, Bridging Critical Gaps in Convergent Learning (linear mapping, five folds)",
                link: "https://arxiv.org/abs/2502.18710",
            },
        ],
        examples: &[
            Example { spec: "linear", what: "both directions, mean correlation" },
            Example { spec: "linear:direction=x-to-y", what: "y predicted from x" },
            Example {
                spec: "linear:direction=y-to-x,score=r2",
                what: "pooled explained variance of x, predicted from y",
            },
            Example { spec: "linear:score=r2", what: "pooled explained variance, both directions" },
            Example {
                spec: "linear:direction=x-to-y,score=mean-r2",
                what: "mean explained variance of the units of y",
            },
        ],
        revision: 1,
    };
    type Shared = ();

    fn direction(&self) -> Direction {
        self.direction
    }

    fn map_score(&self) -> MapScore {
        self.score
    }

    fn indifference(&self) -> Indifference {
        // Other invertible maps of the source change the score where it has more units than there are stimuli.
        Indifference { source: Invariance::Orthogonal, each_target_alone: true, target_basis: true }
    }

    fn estimator(&self) -> String {
        "least squares, smallest norm".to_owned()
    }

    fn kept(&self, fold: &Fold<'_>, forward: bool) -> Option<Vec<f64>> {
        let source = Directed::of(fold.fit, forward).source;
        let (_, rank) = directions(source, fold.fit.epsilon).ok()?;
        Some(vec![1.0; rank])
    }

    fn shared(&self, _: &Fold<'_>) -> Result<()> {
        Ok(())
    }

    fn fit(&self, fold: &Fold<'_>, (): &(), forward: bool) -> Result<Fitted> {
        let fit = Directed::of(fold.fit, forward);
        let (weights, rank) = least_squares(fit, fold.fit.epsilon)?;
        let of = fit.source.n_units();
        let deficient = (rank < of).then_some(Warning::RankDeficient { rank, of });
        Ok(Fitted { warnings: Vec::from_iter(deficient), ..Fitted::of(weights) })
    }
}

/// The map of smallest norm among those of least squares, and the number of directions that it rests on.
fn least_squares(fit: Directed<'_>, epsilon: f64) -> Result<(Mat<f64>, usize)> {
    let (eigen, rank) = directions(fit.source, epsilon)?;
    let first = eigen.values.len() - rank;
    let vectors = eigen.vectors.subcols(first, rank);
    let mut projected = matmul_atb(vectors, fit.cross);
    for j in 0..projected.ncols() {
        let column = projected.col_as_slice_mut(j).iter_mut();
        column.zip(&eigen.values[first..]).for_each(|(b, d)| *b /= d);
    }
    Ok((matmul(vectors, projected.as_ref()), rank))
}
