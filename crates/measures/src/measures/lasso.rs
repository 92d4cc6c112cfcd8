#![doc = include_str!("../../docs/lasso.md")]

use consilience_linalg::{Mat, MatRef};
use consilience_solvers::{LassoOptions, SparseFit, lasso_paths};
use serde::{Deserialize, Serialize};

use crate::linear_map::squared_errors;
use crate::map_score::{self, Indifference};
use crate::penalty::Penalty;
use crate::predictor::{Fitted, Predictor};
use crate::{
    Detail, Directed, Direction, Example, Family, Fold, Info, Invariance, MapScore, Orientation,
    Parameter, Quantity, Reference, Result, direction,
};

/// Penalties to choose from are 10^(−k/4) for k up to this: from 1, at which no unit has a weight, to 0.001.
const QUARTERS: i32 = 12;

/// Far below what a score shows. Exact steps reach it without further sweeps.
const OPTIONS: LassoOptions = LassoOptions { tolerance: 1e-12, sweeps: 10_000 };

/// Predictivity by few units, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lasso {
    /// Penalty on standardised units; chosen by cross-validation if absent.
    pub lambda: Option<f64>,
    /// Which representation is predicted from which.
    pub direction: Direction,
    /// Whether target units share a chosen penalty.
    pub penalty: Penalty,
    /// What the map is scored by.
    pub score: MapScore,
}

impl Predictor for Lasso {
    const ABOUT: &'static Info = &Info {
        id: "lasso",
        title: "Sparse predictivity",
        summary: "How well each unit of one representation is predicted from few units of the other, on stimuli the map has not seen.",
        definition: r"Units are standardised over the fit stimuli. Each target unit $y_j$ has the weights $w$ that minimise $\tfrac12 \operatorname{mean}(y_j - w^\top x)^2 + \lambda \lVert w \rVert_1$, solved to a relative duality gap of $10^{-12}$. The score is the mean over units $j$ of $y$ of the Pearson correlation, over the eval stimuli, between prediction and $y_j$, averaged over folds. $\lambda \in \{10^{-k/4} : k = 0, \dots, 12\}$ is chosen inside the fit set by the smallest squared error over its folds (intercepts included, each target in units of its variance over the fit set; the larger $\lambda$ on ties), one for all units together or one for each.",
        family: Family::Map,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-6,
        complexity: "for each penalty and target O(s³ + s p) with s connections: a fold costs f + 1 paths of 13 penalties for all targets, 1 without a choice",
        caveats: &[
            "A target correlates with no source by $\\lambda$ or more: then it has no connections, its prediction is constant and its correlation counts as 0.",
            "Weights are shrunk, which correlations do not notice but `r2` and `mean-r2` do.",
            "Of two sources that are copies of one another either may have the weight; predictions are the same.",
            "Li et al. average their loss over the C target channels, so that their penalty is $\\lambda / C$; they report half of the unexplained fraction, in sample, and count weights above 0.001 because their optimiser leaves none at zero. scikit-learn's Lasso has the same objective and does not standardise.",
            map_score::CAVEAT,
        ],
        parameters: &[
            Parameter {
                name: "lambda",
                default: "null",
                range: "null or a number above 0 and below 1",
                purpose: "penalty on standardised units, the correlation below which a lone source has no weight; null lets cross-validation inside the fit set choose",
            },
            direction::PARAMETER,
            Parameter {
                name: "penalty",
                default: "shared",
                range: "shared, per-target",
                purpose: "whether one chosen penalty serves all target units or each has its own; with lambda given all share it",
            },
            map_score::PARAMETER,
        ],
        references: &[
            Reference {
                citation: "Li, Yosinski, Clune, Lipson & Hopcroft 2016, Convergent Learning, section 3.3 (sparse prediction with an L1 penalty)",
                link: "https://arxiv.org/abs/1511.07543",
            },
            Reference {
                citation: "Tibshirani 1996, Regression Shrinkage and Selection via the Lasso",
                link: "https://doi.org/10.1111/j.2517-6161.1996.tb02080.x",
            },
        ],
        examples: &[
            Example { spec: "lasso", what: "both directions, penalty by cross-validation" },
            Example { spec: "lasso:direction=x-to-y,lambda=0.1", what: "y from x, penalty fixed" },
            Example {
                spec: "lasso:direction=x-to-y,penalty=per-target",
                what: "y predicted from x, a penalty for each unit of y",
            },
            Example {
                spec: "lasso:direction=y-to-x,lambda=0.02,score=r2",
                what: "pooled explained variance of x, predicted from y",
            },
            Example {
                spec: "lasso:direction=x-to-y,lambda=0.2,score=mean-r2",
                what: "mean explained variance of the units of y, penalty fixed",
            },
        ],
        revision: 1,
    };
    type Shared = ();

    fn check(&self) -> std::result::Result<(), String> {
        match self.lambda {
            Some(lambda) if !(lambda > 0.0 && lambda < 1.0) => Err(format!(
                "lambda is {lambda}; expected a number above 0 (that is `linear`) and below 1 (from there on no unit has a weight)"
            )),
            Some(lambda) if self.penalty == Penalty::PerTarget => Err(format!(
                "lambda={lambda} serves all targets; leave lambda or penalty=per-target out"
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
        Indifference { source: Invariance::UnitScale, each_target_alone: true, target_basis: false }
    }

    fn estimator(&self) -> String {
        let penalty = match (self.lambda, self.penalty) {
            (Some(lambda), _) => format!("λ = {lambda}"),
            (None, Penalty::Shared) => "λ by folds of the fit set".to_owned(),
            (None, Penalty::PerTarget) => "λ of each target by folds of the fit set".to_owned(),
        };
        format!("LASSO on standardised units, {penalty}")
    }

    fn shared(&self, _: &Fold<'_>) -> Result<()> {
        Ok(())
    }

    fn fit(&self, fold: &Fold<'_>, (): &(), forward: bool) -> Result<Fitted> {
        let fit = Directed::of(fold.fit, forward);
        let chosen = match self.lambda {
            Some(lambda) => vec![lambda; fit.target.n_units()],
            None => choose(self.penalty, fold, forward)?,
        };
        let least = chosen.iter().copied().fold(1.0, f64::min);
        let mut penalties = grid();
        penalties.retain(|&penalty| penalty > least);
        penalties.push(least);
        let paths = paths(fit, &penalties)?;
        // Fixed penalties may be none of the grid, and are the last of the path then.
        let at = |target: usize| penalties.partition_point(|&penalty| penalty > chosen[target]);
        let of: Vec<&SparseFit> =
            paths.iter().enumerate().map(|(target, path)| &path[at(target)]).collect();
        let mean = |sum: f64| sum / of.len() as f64;
        let connections = mean(of.iter().map(|fit| fit.weights.len() as f64).sum());
        let logs = mean(of.iter().map(|fit| fit.penalty.log10()).sum());
        let details = vec![
            Detail { quantity: Quantity::Connections, value: connections },
            Detail { quantity: Quantity::Log10Penalty, value: logs },
        ];
        Ok(Fitted { details, ..Fitted::of(weights(fit, &of)) })
    }
}

/// Descending, so that the first of equal errors has the larger penalty.
fn grid() -> Vec<f64> {
    (0..=QUARTERS).map(|k| 10f64.powf(-f64::from(k) / 4.0)).collect()
}

/// Each target along the penalties, units standardised.
fn paths(fit: Directed<'_>, penalties: &[f64]) -> Result<Vec<Vec<SparseFit>>> {
    let inverse = |norm: f64| if norm > 0.0 { 1.0 / norm } else { 0.0 };
    let source: Vec<f64> = (0..fit.source.n_units()).map(|i| inverse(fit.source.norm(i))).collect();
    let target: Vec<f64> = (0..fit.target.n_units()).map(|j| inverse(fit.target.norm(j))).collect();
    let scaled = |m: MatRef<'_, f64>, columns: &[f64]| {
        Mat::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)] * source[i] * columns[j])
    };
    let gram = scaled(fit.source.scatter(), &source);
    let cross = scaled(fit.cross, &target);
    let variances: Vec<f64> = target.iter().map(|&t| f64::from(u8::from(t > 0.0))).collect();
    Ok(lasso_paths(gram.as_ref(), cross.as_ref(), &variances, penalties, OPTIONS)?)
}

/// The map between units as they are, of one fit a target.
fn weights(fit: Directed<'_>, of: &[&SparseFit]) -> Mat<f64> {
    let mut weights = Mat::zeros(fit.source.n_units(), of.len());
    for (j, found) in of.iter().enumerate() {
        let norm = fit.target.norm(j);
        for &(i, weight) in &found.weights {
            weights[(i, j)] = weight * norm / fit.source.norm(i);
        }
    }
    weights
}

/// The penalty of each target: that of the smallest squared error over the folds inside the fit set, the larger on ties.
fn choose(penalty: Penalty, fold: &Fold<'_>, forward: bool) -> Result<Vec<f64>> {
    let penalties = grid();
    let outer = Directed::of(fold.fit, forward).target;
    let targets = outer.n_units();
    let mut errors = Mat::<f64>::zeros(targets, penalties.len());
    for (fit, eval) in fold.inner() {
        let (fit, eval) = (fold.pair.over(fit), fold.pair.over(eval));
        let (fit, eval) = (Directed::of(&fit, forward), Directed::of(&eval, forward));
        let paths = paths(fit, &penalties)?;
        for k in 0..penalties.len() {
            let of: Vec<&SparseFit> = paths.iter().map(|path| &path[k]).collect();
            let found = squared_errors(weights(fit, &of).as_ref(), fit, eval);
            for (j, error) in found.into_iter().enumerate() {
                let norm = outer.norm(j);
                errors[(j, k)] += if norm > 0.0 { error / (norm * norm) } else { 0.0 };
            }
        }
    }
    let least = |error: &dyn Fn(usize) -> f64| {
        let better = |best, k| if error(k) < error(best) { k } else { best };
        penalties[(1..penalties.len()).fold(0, better)]
    };
    Ok(match penalty {
        Penalty::Shared => {
            let totals: Vec<f64> =
                (0..penalties.len()).map(|k| errors.col_as_slice(k).iter().sum()).collect();
            vec![least(&|k| totals[k]); targets]
        }
        Penalty::PerTarget => (0..targets).map(|j| least(&|k| errors[(j, k)])).collect(),
    })
}
