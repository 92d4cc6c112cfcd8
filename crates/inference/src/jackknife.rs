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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn one_replicate_is_no_interval() {
        assert_eq!(jackknife(0.5, &[0.4]), Estimate::bare(0.5));
    }
}
