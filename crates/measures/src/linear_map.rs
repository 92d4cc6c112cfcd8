//! How well a linear map of one representation predicts another, from moments alone.

use consilience_linalg::{MatRef, matmul};

use crate::{Comparison, Directed, Warning};

/// Mean over target units of the Pearson correlation, over the rows of `eval`, between the target and `source · weights`.
///
/// With w the column of a unit: r = wᵀc / √(wᵀSw · t), where S is the source's scatter, c the cross-scatter and t the
/// target's sum of squares. A constant prediction (or target) has correlation 0.
pub(crate) fn score_linear_map(weights: MatRef<'_, f64>, eval: Directed<'_>) -> Comparison {
    let spread = matmul(eval.source.scatter(), weights);
    let mut constant = 0;
    let per_unit: Vec<Option<f64>> = (0..weights.ncols())
        .map(|j| {
            let (mut covariance, mut variance) = (0.0, 0.0);
            for i in 0..weights.nrows() {
                covariance += weights[(i, j)] * eval.cross[(i, j)];
                variance += weights[(i, j)] * spread[(i, j)];
            }
            let norm = variance.max(0.0).sqrt() * eval.target.norm(j);
            if norm > 0.0 {
                Some((covariance / norm).clamp(-1.0, 1.0))
            } else {
                constant += 1;
                Some(0.0)
            }
        })
        .collect();
    let of = per_unit.len();
    let score = per_unit.iter().flatten().sum::<f64>() / of as f64;
    let warnings = if constant > 0 {
        vec![Warning::ConstantPrediction { units: constant, of }]
    } else {
        Vec::new()
    };
    Comparison { score, per_unit: Some(per_unit), mappings: Vec::new(), warnings }
}
