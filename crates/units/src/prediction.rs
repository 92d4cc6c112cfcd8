//! Sparse prediction: how few units of one network it takes to predict a unit of the other.

mod controls;
mod direction;
mod few;
mod held_out;

use consilience_linalg::MatRef;
use consilience_solvers::{LassoOptions, SparseFit, lasso_paths_map};
use rayon::prelude::*;

pub(crate) use direction::Direction;
use held_out::Eval;

use crate::chance::mean;
use crate::{Parameters, PathPoint, Prediction, PredictionCurve, Result, UnitPath};

/// Moments of a fold: what weights are fitted on, and what they are judged on.
#[derive(Debug, Clone)]
pub(crate) struct Fold {
    pub(crate) fit: Direction,
    pub(crate) eval: Direction,
}

/// What is known of the targets on rows that nothing was fitted on: shares of variance explained.
#[derive(Debug, Clone)]
pub(crate) struct HeldOut {
    /// Unexplained fraction of each target along the penalties.
    pub(crate) unexplained: Vec<Vec<f64>>,
    /// Mean over targets of each fold along the penalties.
    fold_means: Vec<Vec<f64>>,
    /// Explained by a few sources.
    pub(crate) by_few: Vec<f64>,
    /// The most sources that these were in any fold.
    pub(crate) few: Vec<usize>,
    /// Explained by one source.
    pub(crate) by_one: Vec<f64>,
}

impl HeldOut {
    /// Mean over targets along the penalties.
    fn curve(&self) -> Vec<f64> {
        let penalties = self.unexplained.first().map_or(0, Vec::len);
        (0..penalties)
            .map(|k| mean(&self.unexplained.iter().map(|of| of[k]).collect::<Vec<_>>()))
            .collect()
    }

    /// Index of the penalty with the least mean unexplained fraction; of equals the largest penalty.
    pub(crate) fn best(&self) -> usize {
        let curve = self.curve();
        (0..curve.len()).fold(0, |best, k| if curve[k] < curve[best] { k } else { best })
    }

    /// Standard error of the mean over folds, along the penalties.
    fn errors(&self) -> Vec<f64> {
        let folds = self.fold_means.len() as f64;
        let error = |k: usize| {
            let values: Vec<f64> = self.fold_means.iter().map(|fold| fold[k]).collect();
            let centre = mean(&values);
            let squares: f64 = values.iter().map(|v| (v - centre).powi(2)).sum();
            (squares / (folds - 1.0) / folds).sqrt()
        };
        (0..self.fold_means.first().map_or(0, Vec::len)).map(error).collect()
    }
}

/// Errors of one fold, in the units of the targets.
struct FoldErrors {
    along: Vec<Vec<f64>>,
    by_few: Vec<f64>,
    few: Vec<usize>,
    by_one: Vec<f64>,
    total: Vec<f64>,
    gap: f64,
}

/// Paths of all targets on the fit set of each fold, judged on its eval set. `one` is the source that speaks alone for each
/// target. With it the largest duality gap.
pub(crate) fn held_out(
    folds: &[Fold],
    one: &[usize],
    parameters: &Parameters,
) -> Result<(HeldOut, f64)> {
    let errors: Vec<Result<FoldErrors>> =
        folds.par_iter().map(|fold| fold_errors(fold, one, parameters)).collect();
    let folds = errors.into_iter().collect::<Result<Vec<FoldErrors>>>()?;
    let total = |t: usize| -> f64 { folds.iter().map(|fold| fold.total[t]).sum() };
    let totals: Vec<f64> = (0..one.len()).map(total).collect();
    let penalties = parameters.prediction.penalties.len();
    // A unit that varies between folds only has nothing to explain within one.
    let share = |t: usize, of: &dyn Fn(&FoldErrors) -> f64| match totals[t] {
        0.0 => 1.0,
        total => folds.iter().map(of).sum::<f64>() / total,
    };
    let along = |t: usize| (0..penalties).map(|k| share(t, &|fold| fold.along[t][k])).collect();
    // A fold's mean uses the variance over all folds: that of a sparse unit over one fold may be next to nothing.
    let fold_mean = |fold: &FoldErrors, k: usize| {
        let share = |t: usize| match totals[t] {
            0.0 => 1.0,
            total => fold.along[t][k] * folds.len() as f64 / total,
        };
        (0..one.len()).map(share).sum::<f64>() / one.len() as f64
    };
    let held_out = HeldOut {
        unexplained: (0..one.len()).map(along).collect(),
        fold_means: folds
            .iter()
            .map(|fold| (0..penalties).map(|k| fold_mean(fold, k)).collect())
            .collect(),
        by_few: (0..one.len()).map(|t| 1.0 - share(t, &|fold| fold.by_few[t])).collect(),
        few: (0..one.len())
            .map(|t| folds.iter().map(|fold| fold.few[t]).max().unwrap_or(0))
            .collect(),
        by_one: (0..one.len()).map(|t| 1.0 - share(t, &|fold| fold.by_one[t])).collect(),
    };
    Ok((held_out, folds.iter().fold(0.0, |largest: f64, fold| largest.max(fold.gap))))
}

fn fold_errors(fold: &Fold, one: &[usize], parameters: &Parameters) -> Result<FoldErrors> {
    let (gram, cross) = fold.fit.correlations();
    let eval = Eval::new(&fold.fit, &fold.eval);
    let target = |t: usize, path: Vec<SparseFit>| -> Result<(Vec<f64>, f64, usize, f64, f64)> {
        let along = path.iter().map(|fit| eval.error(t, &fit.weights)).collect();
        let column = cross.col_as_slice(t);
        let chosen = few::first_to_enter(&path, parameters.verdicts.few);
        let weights = few::least_squares(gram.as_ref(), column, &chosen)?;
        let alone = eval.error(t, &[(one[t], column[one[t]])]);
        Ok((along, eval.error(t, &weights), chosen.len(), alone, largest_gap(&path)))
    };
    let penalties = &parameters.prediction.penalties;
    let targets = paths(gram.as_ref(), cross.as_ref(), penalties, target)?;
    let mut errors = FoldErrors {
        along: Vec::with_capacity(one.len()),
        by_few: Vec::with_capacity(one.len()),
        few: Vec::with_capacity(one.len()),
        by_one: Vec::with_capacity(one.len()),
        total: (0..one.len()).map(|t| eval.total(t)).collect(),
        gap: 0.0,
    };
    for target in targets {
        let (along, by_few, few, by_one, gap) = target?;
        errors.gap = errors.gap.max(gap);
        errors.along.push(along);
        errors.by_few.push(by_few);
        errors.few.push(few);
        errors.by_one.push(by_one);
    }
    Ok(errors)
}

/// What `of` makes of the path of each target.
fn paths<T: Send>(
    gram: MatRef<'_, f64>,
    cross: MatRef<'_, f64>,
    penalties: &[f64],
    of: impl Fn(usize, Vec<SparseFit>) -> T + Sync,
) -> Result<Vec<T>> {
    let variances = vec![1.0; cross.ncols()];
    Ok(lasso_paths_map(gram, cross, &variances, penalties, LassoOptions::default(), of)?)
}

fn largest_gap(path: &[SparseFit]) -> f64 {
    path.iter().fold(0.0, |largest, fit| largest.max(fit.gap))
}

/// A path without its weights, of which there may be as many as sources at every penalty.
struct Along {
    /// Unexplained fraction along the penalties.
    residual: Vec<f64>,
    /// Number of weights.
    connections: Vec<usize>,
    gap: f64,
}

impl Along {
    fn of(path: &[SparseFit]) -> Self {
        Self {
            residual: path.iter().map(|fit| fit.residual).collect(),
            connections: path.iter().map(|fit| fit.weights.len()).collect(),
            gap: largest_gap(path),
        }
    }
}

/// The largest gap of several paths.
fn largest_gap_of(paths: &[Along]) -> f64 {
    paths.iter().fold(0.0, |largest, path| largest.max(path.gap))
}

/// A layer predicted, and what that says of each target.
pub(crate) struct Predicted {
    pub(crate) prediction: Prediction,
    pub(crate) paths: Vec<UnitPath>,
    /// Source (index) and weight at the chosen penalty, the largest magnitude first.
    pub(crate) predictors: Vec<Vec<(usize, f64)>>,
    pub(crate) held_out: HeldOut,
}

/// All targets of a direction predicted from its sources: over all rows, held out, and beside the controls.
pub(crate) fn predict(
    all: &Direction,
    folds: &[Fold],
    one: &[usize],
    parameters: &Parameters,
) -> Result<Predicted> {
    let penalties = &parameters.prediction.penalties;
    let (held_out, fold_gap) = held_out(folds, one, parameters)?;
    let (gram, cross) = all.correlations();
    let (sources, targets) = all.size();
    let (best, errors) = (held_out.best(), held_out.errors());
    let held = held_out.curve();
    let chosen = (0..=best).find(|&k| held[k] <= held[best] + errors[best]).unwrap_or(best);
    let of_target = |_, mut path: Vec<SparseFit>| (Along::of(&path), path.swap_remove(chosen));
    let found = paths(gram.as_ref(), cross.as_ref(), penalties, of_target)?;
    let (paths, at_chosen): (Vec<Along>, Vec<SparseFit>) = found.into_iter().unzip();
    let curve = curve(&paths, Some(&held), penalties, targets);
    let mut sorted: Vec<u32> = at_chosen.iter().map(|fit| fit.weights.len() as u32).collect();
    sorted.sort_unstable();
    let (calibration, control_gap) =
        controls::calibrate(gram.as_ref(), &paths, &curve, targets, parameters)?;
    let prediction = Prediction {
        sources,
        targets,
        penalties: penalties.clone(),
        held_out_error: errors,
        best,
        chosen,
        sorted_connections: sorted,
        largest_weight_share: largest_weight_share(&at_chosen),
        negative_share: negative_share(&at_chosen),
        largest_gap: fold_gap.max(control_gap).max(largest_gap_of(&paths)),
        calibration,
        curve,
    };
    let unit_paths = paths.iter().zip(&held_out.unexplained).map(|(path, held)| UnitPath {
        unexplained: path.residual.iter().map(|&share| share as f32).collect(),
        held_out: held.iter().map(|&share| share as f32).collect(),
        connections: path.connections.iter().map(|&n| n as u32).collect(),
    });
    Ok(Predicted {
        paths: unit_paths.collect(),
        predictors: at_chosen.iter().map(|fit| by_magnitude(&fit.weights)).collect(),
        prediction,
        held_out,
    })
}

fn by_magnitude(weights: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let mut sorted = weights.to_vec();
    sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    sorted
}

/// Means over targets along the penalties.
fn curve(
    paths: &[Along],
    held_out: Option<&[f64]>,
    penalties: &[f64],
    targets: usize,
) -> PredictionCurve {
    let point = |(k, &penalty): (usize, &f64)| {
        let connections = || paths.iter().map(|path| path.connections[k]);
        let n = paths.len() as f64;
        let unexplained = paths.iter().map(|path| path.residual[k]).sum::<f64>() / n;
        PathPoint {
            paper_penalty: penalty / targets as f64,
            paper_loss: unexplained / 2.0,
            unexplained,
            held_out: held_out.map(|curve| curve[k]),
            connections: connections().map(|n| n as f64).sum::<f64>() / n,
            alive: connections().filter(|n| *n > 0).count(),
        }
    };
    PredictionCurve { points: penalties.iter().enumerate().map(point).collect() }
}

/// Mean over targets with a weight of the share of the largest in the sum of magnitudes.
fn largest_weight_share(fits: &[SparseFit]) -> Option<f64> {
    let share = |fit: &SparseFit| {
        let sizes = || fit.weights.iter().map(|w| w.1.abs());
        let sum: f64 = sizes().sum();
        (sum > 0.0).then(|| sizes().fold(0.0, f64::max) / sum)
    };
    let shares: Vec<f64> = fits.iter().filter_map(share).collect();
    (!shares.is_empty()).then(|| mean(&shares))
}

fn negative_share(fits: &[SparseFit]) -> Option<f64> {
    let weights = || fits.iter().flat_map(|fit| &fit.weights);
    let n = weights().count();
    (n > 0).then(|| weights().filter(|w| w.1 < 0.0).count() as f64 / n as f64)
}
