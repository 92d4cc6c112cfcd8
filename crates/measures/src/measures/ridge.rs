#![doc = include_str!("../../docs/ridge.md")]

use consilience_linalg::{matmul, matmul_atb};
use serde::{Deserialize, Serialize};

use crate::directions::directions;
use crate::map_score::{self, Indifference};
use crate::penalty::{Penalty, choose, shrinkage};
use crate::predictor::{Fitted, Predictor};
use crate::{
    Detail, Directed, Direction, Example, Family, Fold, Info, Invariance, MapScore, Orientation,
    Parameter, Quantity, Reference, Result, direction,
};

/// Predictivity by ridge regression, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ridge {
    /// Penalty in units of the mean sum of squares of a source unit; chosen by cross-validation if absent.
    pub alpha: Option<f64>,
    /// Which representation is predicted from which.
    pub direction: Direction,
    /// Whether target units share a chosen penalty.
    pub penalty: Penalty,
    /// What the map is scored by.
    pub score: MapScore,
}

impl Predictor for Ridge {
    const ABOUT: &'static Info = &Info {
        id: "ridge",
        title: "Ridge predictivity",
        summary: "How well the units of one representation are predicted from the other by a penalised linear map, on stimuli the map has not seen.",
        definition: r"With centred fit moments $S = X^\top X$ and $C = X^\top Y$, $W = (S + \lambda I)^{-1} C$. The score is the mean over units $j$ of $y$ of the Pearson correlation, over the eval stimuli, between $XW_{\cdot j}$ and $Y_{\cdot j}$, averaged over folds. $\lambda = \alpha \operatorname{tr}(S)/p$, and $\alpha \in \{10^{-8}, 10^{-7}, \dots, 10^{8}\}$ is chosen inside the fit set by the smallest squared error over its folds (intercepts included; the larger $\alpha$ on ties), one for all units together or one for each.",
        family: Family::Map,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-6,
        complexity: "O(f² p³) for the eigendecompositions of f folds within folds, shared by all pairs of x, and O(f² p² q) per pair; 17 times that for penalty=per-target",
        caveats: &[
            "The penalty is relative to the scale of the source, so the score does not change when a representation is multiplied by a number. Packages with an absolute penalty (fixed at 1 in several) do not have this property.",
            "RidgeCV, used by the group of Kapoor et al., chooses the penalty by leave-one-out error inside the fit set; here it is chosen by folds, which needs moments only. Their code scales x by its own standard deviation on the fit and on the eval set separately; here nothing is scaled.",
            "One penalty for all targets is the default of RidgeCV in scikit-learn; himalaya chooses one for each target, which is penalty=per-target.",
            "Many more units than stimuli in the fit set make the score depend on the penalty more than on the data.",
            map_score::CAVEAT,
        ],
        parameters: &[
            Parameter {
                name: "alpha",
                default: "null",
                range: "null or a number > 0",
                purpose: "penalty in units of tr(S)/p; null lets cross-validation inside the fit set choose",
            },
            direction::PARAMETER,
            Parameter {
                name: "penalty",
                default: "shared",
                range: "shared, per-target",
                purpose: "whether one chosen penalty serves all target units or each has its own; with alpha given all share it",
            },
            map_score::PARAMETER,
        ],
        references: &[
            Reference {
                citation: "Kapoor, Srivastava & Khosla 2025, Bridging Critical Gaps in Convergent Learning (linear mapping, five folds)",
                link: "https://arxiv.org/abs/2502.18710",
            },
            Reference {
                citation: "Hoerl & Kennard 1970, Ridge Regression",
                link: "https://doi.org/10.1080/00401706.1970.10488634",
            },
        ],
        examples: &[
            Example { spec: "ridge", what: "both directions, penalty by cross-validation" },
            Example { spec: "ridge:direction=x-to-y", what: "y predicted from x" },
            Example {
                spec: "ridge:alpha=0.1,direction=y-to-x",
                what: "x predicted from y, penalty fixed",
            },
            Example {
                spec: "ridge:direction=x-to-y,penalty=per-target",
                what: "y predicted from x, a penalty for each unit of y",
            },
            Example { spec: "ridge:score=r2", what: "pooled explained variance, both directions" },
            Example {
                spec: "ridge:direction=y-to-x,penalty=per-target,score=mean-r2",
                what: "mean explained variance of the units of x, a penalty for each",
            },
        ],
        revision: 1,
    };
    type Shared = ();

    fn check(&self) -> std::result::Result<(), String> {
        match self.alpha {
            Some(alpha) if !(alpha > 0.0 && alpha.is_finite()) => {
                Err(format!("alpha is {alpha}; expected a number above 0"))
            }
            Some(alpha) if self.penalty == Penalty::PerTarget => Err(format!(
                "alpha={alpha} serves all targets; leave alpha or penalty=per-target out"
            )),
            _ => Ok(()),
        }
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn map_score(&self) -> MapScore {
        self.score
    }

    fn indifference(&self) -> Indifference {
        let per_target = self.penalty == Penalty::PerTarget;
        Indifference {
            source: Invariance::Orthogonal,
            // A penalty chosen for all weighs the errors of large targets more; a fixed one treats each target alone.
            each_target_alone: per_target || self.alpha.is_some(),
            target_basis: !per_target,
        }
    }

    fn estimator(&self) -> String {
        let penalty = match (self.alpha, self.penalty) {
            (Some(alpha), _) => format!("α = {alpha}"),
            (None, Penalty::Shared) => "α by folds of the fit set".to_owned(),
            (None, Penalty::PerTarget) => "α of each target by folds of the fit set".to_owned(),
        };
        format!("penalised linear map, {penalty}")
    }

    fn kept(&self, fold: &Fold<'_>, forward: bool) -> Option<Vec<f64>> {
        let source = Directed::of(fold.fit, forward).source;
        let penalty = self.alpha? * source.trace() / source.n_units() as f64;
        let (eigen, rank) = directions(source, fold.fit.epsilon).ok()?;
        Some(eigen.values.iter().rev().take(rank).map(|d| d / (d + penalty)).collect())
    }

    fn shared(&self, fold: &Fold<'_>) -> Result<()> {
        if self.alpha.is_none() {
            fold.prepare_inner(self.direction);
        }
        Ok(())
    }

    fn fit(&self, fold: &Fold<'_>, (): &(), forward: bool) -> Result<Fitted> {
        let fit = Directed::of(fold.fit, forward);
        let scale = fit.source.trace() / fit.source.n_units() as f64;
        let alphas = match self.alpha {
            Some(alpha) => vec![alpha],
            None => choose(self.penalty, fold, forward, scale)?,
        };
        let (eigen, rank) = directions(fit.source, fold.fit.epsilon)?;
        let mut projected = matmul_atb(eigen.vectors.as_ref(), fit.cross);
        let mut factors = Vec::new();
        for j in 0..projected.ncols() {
            // One penalty for all, or one for each.
            if let Some(alpha) = alphas.get(j) {
                factors = shrinkage(&eigen.values, rank, alpha * scale);
            }
            let column = projected.col_as_slice_mut(j).iter_mut();
            column.zip(&factors).for_each(|(b, factor)| *b *= factor);
        }
        let weights = matmul(eigen.vectors.as_ref(), projected.as_ref());
        let logs = alphas.iter().map(|alpha| (alpha * scale).log10()).sum::<f64>();
        let value = logs / alphas.len() as f64;
        let details = vec![Detail { quantity: Quantity::Log10Penalty, value }];
        Ok(Fitted { details, ..Fitted::of(weights) })
    }
}
