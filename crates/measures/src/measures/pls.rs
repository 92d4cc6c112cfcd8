#![doc = include_str!("../../docs/pls.md")]

use consilience_linalg::{Mat, MatRef, leading_left_vector, matmul_abt};
use serde::{Deserialize, Serialize};

use crate::directions::null_share;
use crate::map_score::{self, Indifference};
use crate::predictor::{Fitted, Predictor};
use crate::{
    Detail, Directed, Direction, Example, Family, Fold, Info, Invariance, MapScore, Orientation,
    Parameter, Quantity, Reference, Result, Warning, direction,
};

/// Predictivity by partial least squares, held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pls {
    /// Latent components, as far as the data have so many.
    pub components: usize,
    /// Which representation is predicted from which.
    pub direction: Direction,
    /// What the map is scored by.
    pub score: MapScore,
    /// Whether units are standardised over the fit stimuli first.
    pub standardise: bool,
}

impl Default for Pls {
    /// 25 components of units as they are, both directions, mean correlation.
    fn default() -> Self {
        let (direction, score) = (Direction::default(), MapScore::default());
        Self { components: 25, direction, score, standardise: false }
    }
}

impl Predictor for Pls {
    const ABOUT: &'static Info = &Info {
        id: "pls",
        title: "PLS predictivity",
        summary: "How well the units of one representation are predicted from the other through a few components that covary most, on stimuli the map has not seen.",
        definition: r"With centred fit moments, $X_1 = X$ and for $a = 1, \dots, A$: $w_a$ is the leading left singular vector of $X_a^\top Y$, $t_a = X_a w_a$, $p_a = X_a^\top t_a / t_a^\top t_a$, $q_a = Y^\top t_a / t_a^\top t_a$, $X_{a+1} = X_a - t_a p_a^\top$. The map is $W (P^\top W)^{-1} Q^\top$ (NIPALS, run to convergence; all of it follows from the moments). The score is the mean over units $j$ of $y$ of the Pearson correlation, over the eval stimuli, between prediction and $Y_{\cdot j}$, averaged over folds. A is the number of components asked for, $p$ or $n - 1$, whichever is least, or fewer if nothing is left that covaries.",
        family: Family::Map,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-2,
        complexity: "O(p² + p q k) a component and fold, k some tens of Lanczos steps, and O(p q A) for the map",
        caveats: &[
            "With fewer units or stimuli than components asked for, as many are used as there are, and a warning says so; scikit-learn refuses. With all components it is least squares.",
            "Brain-Score uses 25 components of units as they are, which is the default here; scikit-learn standardises by default, which is standardise=true.",
            "For several targets this is NIPALS (scikit-learn's PLSRegression), not SIMPLS: from the second component on, the two differ.",
            "The units of large variance weigh more, in x and in y, unless standardised.",
            map_score::CAVEAT,
        ],
        parameters: &[
            Parameter {
                name: "components",
                default: "25",
                range: "1 or more",
                purpose: "latent components, as far as the data have so many",
            },
            direction::PARAMETER,
            map_score::PARAMETER,
            Parameter {
                name: "standardise",
                default: "false",
                range: "false, true",
                purpose: "whether units of both sides are brought to variance 1 over the fit stimuli first",
            },
        ],
        references: &[
            Reference {
                citation: "Wold, Sjöström & Eriksson 2001, PLS-regression: a basic tool of chemometrics",
                link: "https://doi.org/10.1016/S0169-7439(01)00155-1",
            },
            Reference {
                citation: "Schrimpf et al. 2018, Brain-Score: Which Artificial Neural Network for Object Recognition is most Brain-Like? (25 components)",
                link: "https://doi.org/10.1101/407007",
            },
        ],
        examples: &[
            Example { spec: "pls", what: "25 components, both directions" },
            Example {
                spec: "pls:components=3,direction=x-to-y",
                what: "y through 3 components of x",
            },
            Example {
                spec: "pls:components=2,score=r2,standardise=true",
                what: "pooled explained variance, standardised units",
            },
            Example {
                spec: "pls:components=2,direction=y-to-x,score=mean-r2,standardise=true",
                what: "mean explained variance of the units of x",
            },
        ],
        revision: 1,
    };
    type Shared = ();

    fn check(&self) -> std::result::Result<(), String> {
        let none = self.components == 0;
        if none { Err("components is 0; expected 1 or more".to_owned()) } else { Ok(()) }
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn map_score(&self) -> MapScore {
        self.score
    }

    fn indifference(&self) -> Indifference {
        let source = if self.standardise { Invariance::UnitScale } else { Invariance::Orthogonal };
        Indifference {
            source,
            each_target_alone: self.standardise,
            target_basis: !self.standardise,
        }
    }

    fn estimator(&self) -> String {
        let units = if self.standardise { ", standardised units" } else { "" };
        format!("partial least squares, {} components{units}", self.components)
    }

    fn shared(&self, _: &Fold<'_>) -> Result<()> {
        Ok(())
    }

    fn fit(&self, fold: &Fold<'_>, (): &(), forward: bool) -> Result<Fitted> {
        let fit = Directed::of(fold.fit, forward);
        let (weights, components) = self.weights(fit, null_share(fold.fit.epsilon))?;
        let asked = self.components;
        let fewer = (components < asked).then_some(Warning::FewerComponents { components, asked });
        let details = vec![Detail { quantity: Quantity::Components, value: components as f64 }];
        Ok(Fitted { weights, details, warnings: Vec::from_iter(fewer) })
    }
}

impl Pls {
    /// The map between units as they are, and the number of components that it rests on.
    fn weights(&self, fit: Directed<'_>, null: f64) -> Result<(Mat<f64>, usize)> {
        let factor = |norm: f64| match (self.standardise, norm > 0.0) {
            (false, _) => 1.0,
            (true, true) => 1.0 / norm,
            (true, false) => 0.0,
        };
        let source: Vec<f64> =
            (0..fit.source.n_units()).map(|i| factor(fit.source.norm(i))).collect();
        let target: Vec<f64> =
            (0..fit.target.n_units()).map(|j| factor(fit.target.norm(j))).collect();
        let scaled = |m: MatRef<'_, f64>, columns: &[f64]| {
            Mat::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)] * source[i] * columns[j])
        };
        let mut scatter = scaled(fit.source.scatter(), &source);
        let mut cross = scaled(fit.cross, &target);
        let most = self.components.min(source.len()).min(fit.source.n.saturating_sub(1));
        let (rotations, loadings) = components(&mut scatter, &mut cross, most, null)?;
        let mut map = matmul_abt(rotations.as_ref(), loadings.as_ref());
        for (j, t) in target.iter().enumerate() {
            let column = map.col_as_slice_mut(j).iter_mut();
            column.zip(&source).for_each(|(w, s)| *w *= if *t > 0.0 { s / t } else { 0.0 });
        }
        Ok((map, rotations.ncols()))
    }
}

/// `W (PᵀW)⁻¹` and Q, one column a component; the moments are deflated on the way.
///
/// Components end where the covariance that is left is `null` of what there was, or the scatter along its direction is.
fn components(
    scatter: &mut Mat<f64>,
    cross: &mut Mat<f64>,
    most: usize,
    null: f64,
) -> Result<(Mat<f64>, Mat<f64>)> {
    let (p, q) = (cross.nrows(), cross.ncols());
    let trace = |m: &Mat<f64>| (0..p).map(|i| m[(i, i)]).sum::<f64>();
    let all = trace(scatter);
    let (mut rotations, mut scores): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
    let (mut sources, mut first) = (Vec::<Vec<f64>>::new(), 0.0);
    while rotations.len() < most {
        let (value, direction) = leading_left_vector(cross.as_ref())?;
        if rotations.is_empty() {
            first = value;
        }
        let spread = times(scatter.as_ref(), &direction);
        let square = dot(&spread, &direction);
        if value <= null * first || square <= null * all {
            break;
        }
        let p_loading: Vec<f64> = spread.iter().map(|s| s / square).collect();
        let q_loading: Vec<f64> =
            (0..q).map(|j| dot(cross.col_as_slice(j), &direction) / square).collect();
        for (j, along) in p_loading.iter().enumerate() {
            subtract(scatter.col_as_slice_mut(j), square * along, &p_loading);
        }
        for (j, along) in q_loading.iter().enumerate() {
            subtract(cross.col_as_slice_mut(j), square * along, &p_loading);
        }
        // Before it was deflated: PᵀW is triangular, with ones on its diagonal.
        let mut rotation = direction.clone();
        for (earlier, loading) in rotations.iter().zip(&sources) {
            subtract(&mut rotation, dot(loading, &direction), earlier);
        }
        rotations.push(rotation);
        sources.push(p_loading);
        scores.push(q_loading);
    }
    let columns = |of: &[Vec<f64>], rows: usize| Mat::from_fn(rows, of.len(), |i, a| of[a][i]);
    Ok((columns(&rotations, p), columns(&scores, q)))
}

fn times(m: MatRef<'_, f64>, right: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; m.nrows()];
    for (j, factor) in right.iter().enumerate() {
        out.iter_mut().zip(m.col(j).iter()).for_each(|(o, v)| *o += factor * v);
    }
    out
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn subtract(from: &mut [f64], factor: f64, what: &[f64]) {
    from.iter_mut().zip(what).for_each(|(f, w)| *f -= factor * w);
}
