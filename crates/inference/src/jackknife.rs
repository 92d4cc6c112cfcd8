//! Delete-a-block jackknife.

use crate::{Estimate, Method, student_quantile};

/// The value with the standard error and 95 % interval of the delete-a-block jackknife.
///
/// `replicates[b]` is the score without block b. With K of them, SE² = (K − 1)/K · Σ (s_b − s̄)² (Efron & Tibshirani 1993,
/// equation 11.5) and the interval is value ± t₀.₉₇₅(K − 1) · SE. A jackknife and not a bootstrap over stimuli: a
/// resampled set holds duplicates, and duplicates inflate similarity. Fewer than two replicates give no interval.
#[must_use]
pub fn jackknife(value: f64, replicates: &[f64]) -> Estimate {
    let k = replicates.len();
    if k < 2 {
        return Estimate::bare(value);
    }
    let mean = replicates.iter().sum::<f64>() / k as f64;
    let sum: f64 = replicates.iter().map(|s| (s - mean).powi(2)).sum();
    let standard_error = ((k - 1) as f64 / k as f64 * sum).sqrt();
    let half = student_quantile(0.975, k - 1) * standard_error;
    Estimate {
        value,
        standard_error: Some(standard_error),
        interval: Some([value - half, value + half]),
        method: Method::BlockJackknife,
        replicates: k,
    }
}

/// The value of a statistic over independent draws, with the interval that its values without each draw give.
///
/// For a mean over draws this is the interval of Student's t; it also holds for smooth functions of means, as a ratio.
#[must_use]
pub fn over_draws(value: f64, without: &[f64]) -> Estimate {
    let estimate = jackknife(value, without);
    match estimate.method {
        Method::None => estimate,
        _ => Estimate { method: Method::Draws, ..estimate },
    }
}

/// The mean of independent draws with its interval of Student's t.
///
/// # Panics
/// Without a draw.
#[must_use]
pub fn mean_over_draws(draws: &[f64]) -> Estimate {
    assert!(!draws.is_empty(), "a mean of no draws");
    let (n, sum) = (draws.len() as f64, draws.iter().sum::<f64>());
    let without: Vec<f64> = draws.iter().map(|d| (sum - d) / (n - 1.0)).collect();
    over_draws(sum / n, &without)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn for_a_mean_it_is_the_textbook_standard_error() {
        let data = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0];
        let n = data.len() as f64;
        let mean = data.iter().sum::<f64>() / n;
        let without: Vec<f64> = data.iter().map(|x| (mean * n - x) / (n - 1.0)).collect();
        let variance = data.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let estimate = jackknife(mean, &without);
        let se = estimate.standard_error.expect("six replicates");
        assert!((se - (variance / n).sqrt()).abs() < 1e-12);
        let [low, high] = estimate.interval.expect("six replicates");
        // t(0.975, 5) = 2.570582 (any table).
        assert!(((high - low) / 2.0 / se - 2.570_582).abs() < 1e-6);
    }

    #[test]
    fn a_ratio_of_means_is_covered_as_often_as_it_should() {
        // Ratio of the means of exponential draws with means 2 and 1.
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let mut exponential = |mean: f64| -mean * rng.random_range(f64::MIN_POSITIVE..1.0).ln();
        let (repeats, draws, mut covered) = (400, 40, 0);
        for _ in 0..repeats {
            let pairs: Vec<(f64, f64)> =
                (0..draws).map(|_| (exponential(2.0), exponential(1.0))).collect();
            let (a, b) = pairs.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
            let without: Vec<f64> = pairs.iter().map(|p| (a - p.0) / (b - p.1)).collect();
            let estimate = over_draws(a / b, &without);
            assert_eq!(estimate.method, Method::Draws);
            let [low, high] = estimate.interval.expect("forty draws");
            covered += usize::from(low <= 2.0 && 2.0 <= high);
        }
        assert!((370..=396).contains(&covered), "{covered} of {repeats}");
    }

    #[test]
    fn one_replicate_is_no_interval() {
        assert_eq!(jackknife(0.5, &[0.4]), Estimate::bare(0.5));
    }
}
