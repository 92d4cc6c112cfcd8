//! Scores of representations whose stimuli do not belong together: means over all orders of the stimuli, in closed form.

/// The mean of `tr(KL) / (‖K‖ ‖L‖)` over all orders of the stimuli of L, for centred n × n kernels: of a centred matrix all
/// orders together leave the trace, spread over the n − 1 directions that are orthogonal to the constant. Arguments are the
/// traces and the Frobenius norms.
pub(crate) fn of_aligned_kernels(n: usize, traces: (f64, f64), norms: (f64, f64)) -> Option<f64> {
    let by = (n as f64 - 1.0) * norms.0 * norms.1;
    (by > 0.0).then(|| traces.0 * traces.1 / by)
}

/// The mean of the sum of the squared canonical correlations over all orders of the stimuli of y: the same of two projections
/// onto centred spaces of so many dimensions, whose traces these are.
pub(crate) fn of_projections(n: usize, ranks: [usize; 2]) -> Option<f64> {
    (n > 1 && ranks[0] * ranks[1] > 0).then(|| (ranks[0] * ranks[1]) as f64 / (n as f64 - 1.0))
}

/// The mean, over all orders of the stimuli of the targets, of the variance that a linear smoother of the sources explains
/// in sample: Σ (2h − h²) / (n − 1) with its shrinkage factors h. Least squares has h = 1 in each of its directions.
pub(crate) fn of_explained_variance(n: usize, shrinkage: impl Iterator<Item = f64>) -> Option<f64> {
    (n > 1).then(|| shrinkage.map(|h| 2.0 * h - h * h).sum::<f64>() / (n as f64 - 1.0))
}
