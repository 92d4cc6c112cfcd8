#![doc = include_str!("../../docs/ridge.md")]

use consilience_linalg::{Mat, matmul, matmul_atb};
use consilience_statistics::{Pair, PairMoments, Split};
use serde::{Deserialize, Serialize};

use crate::linear_map::score_linear_map;
use crate::{
    Comparison, Directed, Direction, Example, Family, Fold, HeldOutMoments, Info, Invariance,
    Measure, Orientation, Parameter, Reference, Result, Scale, SideName, Symmetry,
};

/// Exponents of the penalty grid, in tens: from far below to far above any useful penalty.
const GRID: std::ops::RangeInclusive<i32> = -8..=8;

/// Predictivity by ridge regression, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ridge {
    /// Penalty in units of the mean sum of squares of a source unit; chosen by cross-validation if absent.
    pub alpha: Option<f64>,
    /// Which representation is predicted from which.
    pub direction: Direction,
}

impl Measure for Ridge {
    const INFO: &'static Info = &Info {
        id: "ridge",
        title: "Ridge predictivity",
        summary: "How well the units of one representation are predicted from the other by a penalised linear map, on stimuli the map has not seen.",
        definition: r"With centred fit moments $S = X^\top X$ and $C = X^\top Y$, $W = (S + \lambda I)^{-1} C$. The score is the mean over units $j$ of $y$ of the Pearson correlation, over the eval stimuli, between $XW_{\cdot j}$ and $Y_{\cdot j}$, averaged over folds. One $\lambda = \alpha \operatorname{tr}(S)/p$ serves all units; $\alpha \in \{10^{-8}, 10^{-7}, \dots, 10^{8}\}$ is chosen inside the fit set by the smallest squared error over its folds (intercepts included; the larger $\alpha$ on ties).",
        family: Family::Map,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-6,
        complexity: "O(f² p³) for the eigendecompositions of f folds within folds, shared by all pairs of x, and O(f² p² q) per pair",
        caveats: &[
            "The penalty is relative to the scale of the source, so the score does not change when a representation is multiplied by a number. Packages with an absolute penalty (fixed at 1 in several) do not have this property.",
            "RidgeCV, used by the group of Kapoor et al., chooses the penalty by leave-one-out error inside the fit set; here it is chosen by folds, which needs moments only. Their code scales x by its own standard deviation on the fit and on the eval set separately; here nothing is scaled.",
            "Many more units than stimuli in the fit set make the score depend on the penalty more than on the data.",
        ],
        parameters: &[
            Parameter {
                name: "alpha",
                default: "null",
                range: "null or a number > 0",
                purpose: "penalty in units of tr(S)/p; null lets cross-validation inside the fit set choose",
            },
            Parameter {
                name: "direction",
                default: "both",
                range: "x-to-y, y-to-x, both",
                purpose: "which representation is predicted from which; both averages the two",
            },
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
        ],
        revision: 1,
    };
    type Statistic = HeldOutMoments;

    fn validate(&self) -> std::result::Result<(), String> {
        match self.alpha {
            Some(alpha) if !(alpha > 0.0 && alpha.is_finite()) => {
                Err(format!("alpha is {alpha}; expected a number above 0"))
            }
            _ => Ok(()),
        }
    }

    fn symmetry(&self) -> Symmetry {
        self.direction.symmetry()
    }

    fn invariances(&self, side: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift, UnitScale};
        let is_source = match self.direction {
            Direction::Both => return &[Permutation, Shift, IsotropicScale],
            Direction::XToY => side == SideName::X,
            Direction::YToX => side == SideName::Y,
        };
        match (is_source, self.alpha) {
            (true, _) => &[Permutation, Shift, IsotropicScale, Orthogonal],
            // A chosen penalty weighs the errors of large targets more; a fixed one treats each target alone.
            (false, None) => &[Permutation, Shift, IsotropicScale],
            (false, Some(_)) => &[Permutation, Shift, IsotropicScale, UnitScale],
        }
    }

    fn scale(&self) -> Scale {
        Scale::HeldOutCorrelation
    }

    fn compare(&self, fold: Fold<'_>) -> Result<Comparison> {
        self.direction.average(|forward| {
            let fit = Directed::of(fold.fit, forward);
            let scale = fit.source.trace() / fit.source.n_units() as f64;
            let alpha = match self.alpha {
                Some(alpha) => alpha,
                None => choose_alpha(fold.pair, fold.split, forward, scale)?,
            };
            let eigen = fit.source.eigen()?;
            let mut projected = matmul_atb(eigen.vectors.as_ref(), fit.cross);
            for j in 0..projected.ncols() {
                for (b, d) in projected.col_as_slice_mut(j).iter_mut().zip(&eigen.values) {
                    *b *= shrinkage(*d, alpha * scale);
                }
            }
            let weights = matmul(eigen.vectors.as_ref(), projected.as_ref());
            Ok(score_linear_map(weights.as_ref(), Directed::of(fold.eval, forward)))
        })
    }
}

/// `1 / (d + λ)`; rounding may leave an eigenvalue of a scatter just below 0.
fn shrinkage(eigenvalue: f64, penalty: f64) -> f64 {
    1.0 / (eigenvalue.max(0.0) + penalty)
}

/// The penalty with the smallest squared error over the folds inside the fit set; the larger one on ties.
fn choose_alpha(pair: &Pair<'_>, split: &Split, forward: bool, scale: f64) -> Result<f64> {
    let grid: Vec<f64> = GRID.rev().map(|k| 10f64.powi(k)).collect();
    let mut errors = vec![0.0; grid.len()];
    for &eval in &split.inner {
        let fit = split.fit.minus(eval);
        if fit.is_empty() {
            continue;
        }
        let (fit_moments, eval_moments) = (pair.over(fit), pair.over(eval));
        let source = if forward { pair.x } else { pair.y };
        let scatter = source.projected(fit, eval)?;
        let penalties = grid.iter().map(|alpha| alpha * scale);
        let found = squared_errors(&fit_moments, &eval_moments, forward, &scatter, penalties)?;
        errors.iter_mut().zip(found).for_each(|(sum, error)| *sum += error);
    }
    let best = (0..grid.len()).fold(0, |best, i| if errors[i] < errors[best] { i } else { best });
    Ok(grid[best])
}

/// Squared error on an eval set, less the part that no penalty changes, for each penalty.
///
/// In the eigenbasis V of the fit scatter the map is `V F B` with `B = VᵀC` and `F = diag 1/(d + λ)`, so that the error is
/// `Σ F_i F_j A_ij (BBᵀ)_ij − 2 Σ F_i (BEᵀ)_ii`: p² operations a penalty. A and E are the eval moments in that basis, about
/// the *fit* means, which is how the intercept comes in.
fn squared_errors(
    fit: &PairMoments,
    eval: &PairMoments,
    forward: bool,
    scatter: &Mat<f64>,
    penalties: impl Iterator<Item = f64>,
) -> Result<Vec<f64>> {
    let (fit, eval) = (Directed::of(fit, forward), Directed::of(eval, forward));
    let eigen = fit.source.eigen()?;
    let v = eigen.vectors.as_ref();
    let b = matmul_atb(v, fit.cross);
    let e = matmul_atb(v, eval.cross);
    let n = eval.source.n as f64;
    let apart = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let source_shift = apart(&eval.source.mean, &fit.source.mean);
    let target_shift = apart(&eval.target.mean, &fit.target.mean);
    let p = source_shift.len();
    let delta: Vec<f64> =
        (0..p).map(|i| v.col(i).iter().zip(&source_shift).map(|(v, s)| v * s).sum()).collect();
    let products = matmul(b.as_ref(), b.transpose());
    let mut linear = vec![0.0; p];
    for (j, shift) in target_shift.iter().enumerate() {
        let columns = b.col_as_slice(j).iter().zip(e.col_as_slice(j)).zip(&delta);
        for (sum, ((b, e), delta)) in linear.iter_mut().zip(columns) {
            *sum += b * (e + n * delta * shift);
        }
    }
    let mut quadratic = products;
    for (j, delta_j) in delta.iter().enumerate() {
        let factors = scatter.col_as_slice(j).iter().zip(&delta);
        for (entry, (a, delta_i)) in quadratic.col_as_slice_mut(j).iter_mut().zip(factors) {
            *entry *= a + n * delta_i * delta_j;
        }
    }
    // One column a penalty: all quadratic forms in one product.
    let factors: Vec<Vec<f64>> = penalties
        .map(|penalty| eigen.values.iter().map(|&d| shrinkage(d, penalty)).collect())
        .collect();
    let f = Mat::from_fn(p, factors.len(), |i, k| factors[k][i]);
    let products = matmul(quadratic.as_ref(), f.as_ref());
    let error = |(k, f): (usize, &Vec<f64>)| {
        let column = products.col_as_slice(k).iter().zip(&linear).zip(f);
        column.map(|((q, l), f)| f * (q - 2.0 * l)).sum()
    };
    Ok(factors.iter().enumerate().map(error).collect())
}
