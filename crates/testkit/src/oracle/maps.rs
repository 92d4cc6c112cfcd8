//! Maps that are fitted on some rows and scored on others.

use super::{
    Fold, Jacobi, Rows, Spec, centred, column, in_directions, mean, pearson, polar, product, solve,
};

/// The score of a map, or nothing if the measure is none.
pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, folds: &[Fold]) -> Option<f64> {
    let fit: &dyn Fn(&Rows, &Rows, &Fold) -> Vec<Vec<f64>> = match spec.id {
        "linear" => &|x, y, fold| least_squares(x, y, &fold.fit),
        "procrustes" => &|x, y, fold| procrustes(x, y, &fold.fit),
        "ridge" => &|x, y, fold| ridge(x, y, fold, spec),
        _ => return None,
    };
    let directed = |x: &Rows, y: &Rows, fold: &Fold| {
        let predictions = predict(x, &fit(x, y, fold), &fold.fit, &fold.eval);
        scored(&predictions, &centred(y, &fold.eval, &fold.fit), spec.parameter("score"))
    };
    Some(in_directions(spec, x, y, folds, &directed))
}

/// Predictions of the rows `eval` by `weights`, both sides about their means over the rows `fit`.
fn predict(x: &Rows, weights: &Rows, fit: &[usize], eval: &[usize]) -> Vec<Vec<f64>> {
    let of_row = |row: Vec<f64>| -> Vec<f64> {
        let at = |j: usize| row.iter().zip(weights).map(|(v, w)| v * w[j]).sum::<f64>();
        (0..weights[0].len()).map(at).collect()
    };
    centred(x, eval, fit).into_iter().map(of_row).collect()
}

fn scored(predictions: &Rows, truth: &Rows, score: Option<&str>) -> f64 {
    let units = 0..truth[0].len();
    let all: Vec<usize> = (0..truth.len()).collect();
    let sides = |j: usize| (column(predictions, &all, j), column(truth, &all, j));
    // Squared error, and squared distance from the mean of the eval rows.
    let sums = |j: usize| {
        let (predicted, truth) = sides(j);
        let centre = mean(&truth);
        let error: f64 = truth.iter().zip(&predicted).map(|(t, p)| (t - p) * (t - p)).sum();
        (error, truth.iter().map(|t| (t - centre) * (t - centre)).sum::<f64>())
    };
    match score {
        Some("r2") => {
            let (error, total) =
                units.map(sums).fold((0.0, 0.0), |(error, total), (e, t)| (error + e, total + t));
            1.0 - error / total
        }
        Some("mean-r2") => {
            mean(&units.map(sums).map(|(error, total)| 1.0 - error / total).collect::<Vec<f64>>())
        }
        _ => {
            let r = |j: usize| {
                let (predicted, truth) = sides(j);
                pearson(&predicted, &truth)
            };
            mean(&units.map(r).collect::<Vec<f64>>())
        }
    }
}

/// The pseudo-inverse by singular values of the centred rows; those below 1e-5 of the greatest are zero.
fn least_squares(x: &Rows, y: &Rows, fit: &[usize]) -> Vec<Vec<f64>> {
    let (xc, yc) = (centred(x, fit, fit), centred(y, fit, fit));
    let Jacobi { u, sizes, v } = Jacobi::of(&xc);
    let greatest = sizes.iter().copied().fold(0.0, f64::max);
    let along = product(&u, &yc);
    let weight = |i: usize, j: usize| -> f64 {
        let kept = (0..sizes.len()).filter(|&k| sizes[k] > 1e-5 * greatest);
        kept.map(|k| v[i][k] * along[k][j] / (sizes[k] * sizes[k])).sum()
    };
    (0..sizes.len()).map(|i| (0..yc[0].len()).map(|j| weight(i, j)).collect()).collect()
}

/// The polar factor times the scale of least squares.
fn procrustes(x: &Rows, y: &Rows, fit: &[usize]) -> Vec<Vec<f64>> {
    let (xc, yc) = (centred(x, fit, fit), centred(y, fit, fit));
    let rotation = polar(&product(&xc, &yc));
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (x, y) in xc.iter().zip(&yc) {
        for (j, truth) in y.iter().enumerate() {
            let turned: f64 = x.iter().zip(&rotation).map(|(v, q)| v * q[j]).sum();
            covariance += turned * truth;
            variance += turned * turned;
        }
    }
    let scale = covariance / variance;
    rotation.iter().map(|row| row.iter().map(|q| scale * q).collect()).collect()
}

/// Absolute penalties are `alpha` times the mean sum of squares of a source unit.
fn ridge(x: &Rows, y: &Rows, fold: &Fold, spec: Spec<'_>) -> Vec<Vec<f64>> {
    let xc = centred(x, &fold.fit, &fold.fit);
    let scale = xc.iter().flatten().map(|v| v * v).sum::<f64>() / x[0].len() as f64;
    let targets = y[0].len();
    let alphas: Vec<f64> = match (spec.parameter("alpha"), spec.parameter("penalty")) {
        (Some(alpha), _) => vec![alpha.parse().expect("alpha is a number"); targets],
        (None, Some("per-target")) => {
            (0..targets).map(|j| chosen(x, &only(y, j), fold, scale)).collect()
        }
        _ => vec![chosen(x, y, fold, scale); targets],
    };
    let of_target = |j: usize| ridge_weights(x, &only(y, j), &fold.fit, alphas[j] * scale);
    let columns: Vec<Vec<Vec<f64>>> = (0..targets).map(of_target).collect();
    (0..x[0].len()).map(|i| columns.iter().map(|column| column[i][0]).collect()).collect()
}

/// One unit.
fn only(y: &Rows, unit: usize) -> Vec<Vec<f64>> {
    y.iter().map(|row| vec![row[unit]]).collect()
}

/// The alpha of the smallest squared error over the inner folds. From the largest penalty down: of equal errors the larger
/// penalty stays.
fn chosen(x: &Rows, y: &Rows, fold: &Fold, scale: f64) -> f64 {
    let grid = (-8..=8).rev().map(|k| 10f64.powi(k));
    let mut errors = grid.map(|alpha| {
        (alpha, inner_error(x, y, fold, &|fit| ridge_weights(x, y, fit, alpha * scale)))
    });
    let first = errors.next().expect("the grid is not empty");
    errors.fold(first, |best, next| if next.1 < best.1 { next } else { best }).0
}

fn ridge_weights(x: &Rows, y: &Rows, fit: &[usize], penalty: f64) -> Vec<Vec<f64>> {
    let (xc, yc) = (centred(x, fit, fit), centred(y, fit, fit));
    let mut s = product(&xc, &xc);
    for (i, row) in s.iter_mut().enumerate() {
        row[i] += penalty;
    }
    solve(s, product(&xc, &yc))
}

/// Squared error over the folds inside the fit rows, intercepts (the means over the rows fitted on) included.
fn inner_error(
    x: &Rows,
    y: &Rows,
    fold: &Fold,
    weights: &dyn Fn(&[usize]) -> Vec<Vec<f64>>,
) -> f64 {
    let of_fold = |held: &Vec<usize>| -> f64 {
        let fit: Vec<usize> = fold.fit.iter().copied().filter(|row| !held.contains(row)).collect();
        let (predictions, truth) = (predict(x, &weights(&fit), &fit, held), centred(y, held, &fit));
        let pairs = predictions.iter().flatten().zip(truth.iter().flatten());
        pairs.map(|(p, t)| (t - p) * (t - p)).sum()
    };
    fold.inner.iter().map(of_fold).sum()
}
