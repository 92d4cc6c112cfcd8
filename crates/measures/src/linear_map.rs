//! How well a linear map of one representation predicts another, from moments alone.

use consilience_linalg::{MatRef, matmul};

use crate::{Comparison, Directed, Error, MapScore, Result, Warning};

/// Sums over the eval rows for one target unit.
struct Sums {
    /// Prediction times target, both centred.
    covariance: f64,
    /// Square of the centred prediction.
    variance: f64,
    /// Norm of the centred target; 0 exactly if it is constant.
    norm: f64,
    /// Mean of target less prediction, the means of the fit rows being the intercept.
    bias: f64,
    n: f64,
}

impl Sums {
    /// r = wᵀc / √(wᵀSw · t). A constant prediction (or target) has none.
    fn correlation(&self) -> Option<f64> {
        let norm = self.variance.max(0.0).sqrt() * self.norm;
        (norm > 0.0).then(|| (self.covariance / norm).clamp(-1.0, 1.0))
    }

    fn total(&self) -> f64 {
        self.norm * self.norm
    }

    /// Squared error: t − 2 wᵀc + wᵀSw about the means, and n times the square of the bias. Not negative but for rounding.
    fn squared_error(&self) -> f64 {
        let about_means = self.total() - 2.0 * self.covariance + self.variance;
        about_means.clamp(0.0, f64::INFINITY) + self.n * self.bias * self.bias
    }
}

/// The score, over the rows of `eval`, of predicting the target by `source · weights` with the means over the rows of `fit`
/// as the intercept.
///
/// With w the column of a unit, S the source's scatter, c the cross-scatter and t the target's sum of squares, all over
/// `eval`, every score is a function of wᵀc, wᵀSw, t and the means.
pub(crate) fn score_linear_map(
    id: &'static str,
    weights: MatRef<'_, f64>,
    fit: Directed<'_>,
    eval: Directed<'_>,
    score: MapScore,
) -> Result<Comparison> {
    let sums = sums(weights, fit, eval);
    let of = sums.len();
    let mut warnings = Vec::new();
    let (score, per_unit) = match score {
        MapScore::Pearson => {
            let found: Vec<Option<f64>> = sums.iter().map(Sums::correlation).collect();
            let units = found.iter().filter(|r| r.is_none()).count();
            if units > 0 {
                warnings.push(Warning::ConstantPrediction { units, of });
            }
            let parts: Vec<Option<f64>> = found.iter().map(|r| Some(r.unwrap_or(0.0))).collect();
            (parts.iter().flatten().sum::<f64>() / of as f64, parts)
        }
        MapScore::R2 | MapScore::MeanR2 => {
            let share =
                |error: f64, total: f64| (1.0 - error / total).clamp(f64::NEG_INFINITY, 1.0);
            let explained = |s: &Sums| share(s.squared_error(), s.total());
            let parts: Vec<Option<f64>> =
                sums.iter().map(|s| (s.total() > 0.0).then(|| explained(s))).collect();
            let units = parts.iter().filter(|part| part.is_none()).count();
            if units > 0 {
                warnings.push(Warning::ConstantTarget { units, of });
            }
            if units == of {
                let reason = "every target unit is constant over an eval set, so there is no variance to explain; use more stimuli".to_owned();
                return Err(Error::Undefined { id, reason });
            }
            let pooled = |of: &dyn Fn(&Sums) -> f64| sums.iter().map(of).sum::<f64>();
            let score = if score == MapScore::R2 {
                share(pooled(&Sums::squared_error), pooled(&Sums::total))
            } else {
                parts.iter().flatten().sum::<f64>() / of as f64
            };
            (score, parts)
        }
    };
    Ok(Comparison { per_unit: Some(per_unit), warnings, ..Comparison::of_score(score) })
}

/// Squared error of each target over the rows of `eval`, the means over the rows of `fit` being the intercepts.
pub(crate) fn squared_errors(
    weights: MatRef<'_, f64>,
    fit: Directed<'_>,
    eval: Directed<'_>,
) -> Vec<f64> {
    sums(weights, fit, eval).iter().map(Sums::squared_error).collect()
}

fn sums(weights: MatRef<'_, f64>, fit: Directed<'_>, eval: Directed<'_>) -> Vec<Sums> {
    let spread = matmul(eval.source.scatter(), weights);
    let moved = |of: fn(Directed<'_>) -> &[f64]| {
        of(eval).iter().zip(of(fit)).map(|(a, b)| a - b).collect::<Vec<f64>>()
    };
    let (source, target) = (moved(|d| &d.source.mean), moved(|d| &d.target.mean));
    (0..weights.ncols())
        .map(|j| {
            let (mut covariance, mut variance, mut shift) = (0.0, 0.0, 0.0);
            for i in 0..weights.nrows() {
                covariance += weights[(i, j)] * eval.cross[(i, j)];
                variance += weights[(i, j)] * spread[(i, j)];
                shift += weights[(i, j)] * source[i];
            }
            let (norm, n) = (eval.target.norm(j), eval.source.n as f64);
            Sums { covariance, variance, norm, bias: target[j] - shift, n }
        })
        .collect()
}
