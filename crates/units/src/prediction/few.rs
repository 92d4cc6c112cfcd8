//! What a few units say alone.

use consilience_linalg::{Mat, MatRef};
use consilience_solvers::{LassoOptions, SparseFit, lasso_path};

use crate::Result;

/// The first sources that enter a path, at most so many: in the order of the penalties, and of those that enter together the
/// one with the largest weight first.
pub(super) fn first_to_enter(path: &[SparseFit], few: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::with_capacity(few);
    for fit in path {
        let mut new: Vec<(usize, f64)> =
            fit.weights.iter().copied().filter(|(i, _)| !chosen.contains(i)).collect();
        new.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        chosen.extend(new.into_iter().map(|(i, _)| i).take(few - chosen.len()));
        if chosen.len() == few {
            break;
        }
    }
    chosen
}

/// Weights of least squares on some sources, for standardised units.
pub(super) fn least_squares(
    gram: MatRef<'_, f64>,
    cross: &[f64],
    chosen: &[usize],
) -> Result<Vec<(usize, f64)>> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let own = Mat::from_fn(chosen.len(), chosen.len(), |a, b| gram[(chosen[a], chosen[b])]);
    let with_target: Vec<f64> = chosen.iter().map(|&i| cross[i]).collect();
    let path = lasso_path(own.as_ref(), &with_target, 1.0, &[0.0], LassoOptions::default())?;
    Ok(path[0].weights.iter().map(|&(a, weight)| (chosen[a], weight)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(weights: &[(usize, f64)]) -> SparseFit {
        let (penalty, objective, residual) = (0.1, 0.5, 1.0);
        SparseFit {
            penalty,
            weights: weights.to_vec(),
            objective,
            residual,
            gap: 0.0,
            iterations: 0,
        }
    }

    #[test]
    fn sources_enter_in_the_order_of_penalties_then_of_weights() {
        let path =
            [fit(&[]), fit(&[(4, 0.2)]), fit(&[(1, -0.3), (4, 0.3), (7, 0.1)]), fit(&[(0, 1.0)])];
        assert_eq!(first_to_enter(&path, 3), [4, 1, 7]);
        assert_eq!(first_to_enter(&path, 2), [4, 1]);
        assert_eq!(first_to_enter(&path, 9), [4, 1, 7, 0]);
        assert_eq!(first_to_enter(&path[..1], 2), [0; 0]);
    }
}
