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

/// The probabilities of 0, 1, … k common members of two sets of `k` out of `n`, all sets being equally likely.
pub(crate) fn in_common_by_chance(n: usize, k: usize) -> impl Iterator<Item = f64> {
    // Relative to the least possible number, so that nothing overflows or vanishes before its neighbours do.
    let least = (2 * k).saturating_sub(n);
    let ratio = |m: usize| {
        let (n, k, m) = (n as f64, k as f64, m as f64);
        (k - m) * (k - m) / ((m + 1.0) * (n - 2.0 * k + m + 1.0))
    };
    let mut logs = vec![f64::NEG_INFINITY; k + 1];
    logs[least] = 0.0;
    for m in least..k {
        logs[m + 1] = logs[m] + ratio(m).ln();
    }
    let greatest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|l| (l - greatest).exp()).sum();
    logs.into_iter().map(move |l| (l - greatest).exp() / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_in_common_are_counted() {
        // Two pairs out of four: of the six, one is the same, one has nothing in common.
        let found: Vec<f64> = in_common_by_chance(4, 2).collect();
        let expected = [1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15));
        assert_eq!(in_common_by_chance(3, 3).collect::<Vec<_>>(), [0.0, 0.0, 0.0, 1.0]);
        for (n, k) in [(7, 5), (100, 10), (5_000, 1_000), (20_000, 10)] {
            let mean: f64 = in_common_by_chance(n, k).enumerate().map(|(m, p)| m as f64 * p).sum();
            let expected = (k * k) as f64 / n as f64;
            assert!((mean / expected - 1.0).abs() < 1e-9, "{n}, {k}: {mean}, not {expected}");
        }
    }
}
