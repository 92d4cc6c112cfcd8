//! Maps that are fitted on some rows and scored on others.

use super::{
    Fold, Jacobi, Rows, Spec, centred, column, in_directions, mean, pearson, polar, product, solve,
};

/// The score of a map, or nothing if the measure is none.
pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, folds: &[Fold]) -> Option<f64> {
    let fit: &dyn Fn(&Rows, &Rows, &Fold) -> Vec<Vec<f64>> = match spec.id {
        "lasso" => &|x, y, fold| lasso(x, y, fold, spec),
        "linear" => &|x, y, fold| least_squares(x, y, &fold.fit),
        "pls" => &|x, y, fold| pls(x, y, &fold.fit, spec),
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
                // No weight, no prediction.
                let is_constant = predicted.iter().all(|p| *p == predicted[0]);
                if is_constant { 0.0 } else { pearson(&predicted, &truth) }
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

/// NIPALS: both sides deflated, row by row.
fn pls(x: &Rows, y: &Rows, fit: &[usize], spec: Spec<'_>) -> Vec<Vec<f64>> {
    let (mut xc, mut yc) = (centred(x, fit, fit), centred(y, fit, fit));
    let mut scales = [vec![1.0; xc[0].len()], vec![1.0; yc[0].len()]];
    if spec.parameter("standardise") == Some("true") {
        for (rows, scales) in [&mut xc, &mut yc].into_iter().zip(&mut scales) {
            for (j, scale) in scales.iter_mut().enumerate() {
                *scale = rows.iter().map(|row| row[j] * row[j]).sum::<f64>().sqrt();
                rows.iter_mut().for_each(|row| row[j] /= *scale);
            }
        }
    }
    let asked = spec.parameter("components").map_or(25, |c| c.parse().expect("a number"));
    let most = asked.min(xc[0].len()).min(fit.len() - 1);
    let (mut w, mut p, mut q) = (Vec::new(), Vec::new(), Vec::new());
    let (mut first, all) = (0.0, xc.iter().flatten().map(|v| v * v).sum::<f64>());
    while w.len() < most {
        let (left, sizes, _) = super::svd(&product(&xc, &yc));
        first = f64::max(first, sizes[0]);
        let direction: Vec<f64> = left.iter().map(|row| row[0]).collect();
        let along = |row: &Vec<f64>| row.iter().zip(&direction).map(|(v, d)| v * d).sum::<f64>();
        let t: Vec<Vec<f64>> = xc.iter().map(|row| vec![along(row)]).collect();
        let square = t.iter().flatten().map(|v| v * v).sum::<f64>();
        if sizes[0] <= 1e-10 * first || square <= 1e-10 * all {
            break;
        }
        let deflate = |rows: &mut Vec<Vec<f64>>| -> Vec<f64> {
            let loading: Vec<f64> = product(&t, rows)[0].iter().map(|v| v / square).collect();
            for (row, t) in rows.iter_mut().zip(&t) {
                row.iter_mut().zip(&loading).for_each(|(v, l)| *v -= t[0] * l);
            }
            loading
        };
        p.push(deflate(&mut xc));
        q.push(deflate(&mut yc));
        w.push(direction);
    }
    // W (PᵀW)⁻¹ Qᵀ, components being rows here.
    let inner: Vec<Vec<f64>> = p
        .iter()
        .map(|p| w.iter().map(|w| p.iter().zip(w).map(|(p, w)| p * w).sum()).collect())
        .collect();
    let map = product(&w, &solve(inner, q));
    let [sources, targets] = scales;
    let rescaled =
        |(row, s): (&Vec<f64>, &f64)| row.iter().zip(&targets).map(|(v, t)| v * t / s).collect();
    map.iter().zip(&sources).map(rescaled).collect()
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

/// Each target by itself.
fn lasso(x: &Rows, y: &Rows, fold: &Fold, spec: Spec<'_>) -> Vec<Vec<f64>> {
    let targets = y[0].len();
    let grid: Vec<f64> = (0..=12).map(|k| 10f64.powf(-f64::from(k) / 4.0)).collect();
    let variance = |j: usize| {
        let truth = centred(&only(y, j), &fold.fit, &fold.fit);
        truth.iter().map(|row| row[0] * row[0]).sum::<f64>()
    };
    // Squared error over the inner folds, in units of the variance over the fit rows.
    let errors = |j: usize| -> Vec<f64> {
        let y = only(y, j);
        let error = |&penalty: &f64| {
            inner_error(x, &y, fold, &|fit| lasso_weights(x, &y, fit, penalty)) / variance(j)
        };
        grid.iter().map(error).collect()
    };
    let least = |errors: &[f64]| {
        grid[(1..grid.len()).fold(0, |best, k| if errors[k] < errors[best] { k } else { best })]
    };
    let penalties: Vec<f64> = match (spec.parameter("lambda"), spec.parameter("penalty")) {
        (Some(lambda), _) => vec![lambda.parse().expect("lambda is a number"); targets],
        (None, Some("per-target")) => (0..targets).map(|j| least(&errors(j))).collect(),
        _ => {
            let all: Vec<Vec<f64>> = (0..targets).map(errors).collect();
            let total = |k: usize| all.iter().map(|errors| errors[k]).sum();
            vec![least(&(0..grid.len()).map(total).collect::<Vec<f64>>()); targets]
        }
    };
    let of_target = |j: usize| lasso_weights(x, &only(y, j), &fold.fit, penalties[j]);
    let columns: Vec<Vec<Vec<f64>>> = (0..targets).map(of_target).collect();
    (0..x[0].len()).map(|i| columns.iter().map(|column| column[i][0]).collect()).collect()
}

/// Units standardised over the fit rows.
fn lasso_weights(x: &Rows, y: &Rows, fit: &[usize], penalty: f64) -> Vec<Vec<f64>> {
    let standardised = |m: &Rows| -> (Vec<Vec<f64>>, Vec<f64>) {
        let rows = centred(m, fit, fit);
        let norm = |j: usize| rows.iter().map(|row| row[j] * row[j]).sum::<f64>().sqrt();
        let norms: Vec<f64> = (0..m[0].len()).map(norm).collect();
        let scaled = |row: &Vec<f64>| row.iter().zip(&norms).map(|(v, d)| v / d).collect();
        (rows.iter().map(scaled).collect(), norms)
    };
    let ((x, x_norms), (y, y_norms)) = (standardised(x), standardised(y));
    let products: Vec<f64> = product(&x, &y).iter().map(|row| row[0]).collect();
    let weights = homotopy(&product(&x, &x), products, penalty);
    weights.iter().zip(&x_norms).map(|(w, d)| vec![w * y_norms[0] / d]).collect()
}

/// LASSO by its path, which is made of straight lines (Osborne, Presnell & Turlach 2000): from the penalty at which the first
/// source enters down to the one asked for, from one entry or exit of a source to the next.
fn homotopy(gram: &Rows, mut products: Vec<f64>, penalty: f64) -> Vec<f64> {
    let size = products.len();
    let mut weights = vec![0.0; size];
    let mut level = products.iter().fold(0.0, |most: f64, c| most.max(c.abs()));
    let first = products.iter().position(|c| c.abs() == level).expect("there is a greatest");
    let (mut active, mut left) = (vec![first], None);
    while level > penalty {
        let sub = active.iter().map(|&i| active.iter().map(|&j| gram[i][j]).collect()).collect();
        let signs = active.iter().map(|&i| vec![products[i].signum()]).collect();
        let direction: Vec<f64> = solve(sub, signs).into_iter().map(|row| row[0]).collect();
        // By how much each product falls for each unit by which the level falls.
        let fall =
            |j: usize| -> f64 { active.iter().zip(&direction).map(|(&i, d)| gram[j][i] * d).sum() };
        let falls: Vec<f64> = (0..size).map(fall).collect();
        // (how far the level falls until then, who, whether it enters)
        let mut next = (level - penalty, None, false);
        let mut sooner = |at: f64, who: usize, enters: bool| {
            if at > 1e-14 && at < next.0 {
                next = (at, Some(who), enters);
            }
        };
        for j in (0..size).filter(|j| !active.contains(j)) {
            for sign in [1.0, -1.0] {
                // Who has just left is where it left, and can only come back on the other side.
                if left != Some((j, sign)) {
                    sooner((level - sign * products[j]) / (1.0 - sign * falls[j]), j, true);
                }
            }
        }
        for (&i, d) in active.iter().zip(&direction) {
            sooner(-weights[i] / d, i, false);
        }
        let (step, who, enters) = next;
        level -= step;
        active.iter().zip(&direction).for_each(|(&i, d)| weights[i] += step * d);
        products.iter_mut().zip(&falls).for_each(|(c, fall)| *c -= step * fall);
        left = None;
        match who {
            Some(j) if enters => active.push(j),
            Some(i) => {
                weights[i] = 0.0;
                active.retain(|&j| j != i);
                left = Some((i, products[i].signum()));
            }
            None => break,
        }
    }
    weights
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
