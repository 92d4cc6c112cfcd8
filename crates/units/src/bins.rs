//! Values of a unit in bins, for histograms.

use crate::InformationEstimator;

/// Values up to this are zeros in the code of Li et al.
const PAPER_ZERO: f32 = 1e-6;

/// Most bins of a unit: one for zeros and ten quantile bins.
pub(crate) const MOST_BINS: usize = 11;

/// The values of one unit as numbers of bins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binned {
    /// Bin of each row.
    pub(crate) codes: Vec<u8>,
    /// Rows in each bin.
    pub(crate) counts: [u32; MOST_BINS],
}

/// Puts the values of a unit into a bin for zeros (0) and quantile bins for the others. Equal values share a bin.
pub(crate) fn binned(values: &[f32], estimator: InformationEstimator) -> Binned {
    let edges = match estimator {
        InformationEstimator::MillerMadow => quantile_edges(values),
        InformationEstimator::Paper => paper_edges(values),
    };
    let is_zero = |value: f32| match estimator {
        InformationEstimator::MillerMadow => value == 0.0,
        InformationEstimator::Paper => value < PAPER_ZERO,
    };
    let mut counts = [0; MOST_BINS];
    let code = |&value: &f32| {
        let bin = if is_zero(value) { 0 } else { 1 + edges.partition_point(|&edge| edge <= value) };
        counts[bin] += 1;
        bin as u8
    };
    let codes = values.iter().map(code).collect();
    Binned { codes, counts }
}

/// Nine edges between ten bins of as many of the values other than zero each.
fn quantile_edges(values: &[f32]) -> Vec<f32> {
    let mut others: Vec<f32> = values.iter().copied().filter(|&v| v != 0.0).collect();
    others.sort_unstable_by(f32::total_cmp);
    let n = others.len();
    let edge = |k: usize| others[(k * n / 10).min(n - 1)];
    if n == 0 { Vec::new() } else { (1..10).map(edge).collect() }
}

/// Eight edges between the nine bins of Li et al.: percentiles at equal steps from 100.1 times the share of zeros to 100, as
/// NumPy interpolates them; the first of the ten bounds the bin of zeros, the last is the largest value.
fn paper_edges(values: &[f32]) -> Vec<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let n = sorted.len();
    let zeros = sorted.partition_point(|&v| v < PAPER_ZERO) as f64 / n.max(1) as f64;
    let first = (zeros * 100.1).min(100.0);
    let percentile = |share: f64| {
        let at = share / 100.0 * (n - 1) as f64;
        let below = sorted[at.floor() as usize];
        let above = sorted[(at.floor() as usize + 1).min(n - 1)];
        below + (above - below) * at.fract() as f32
    };
    let step = (100.0 - first) / 9.0;
    if n == 0 {
        Vec::new()
    } else {
        (1..9).map(|k| percentile(first + f64::from(k) * step)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use InformationEstimator::{MillerMadow, Paper};

    #[test]
    fn zeros_have_a_bin_and_the_rest_is_shared_out_evenly() {
        let values: Vec<f32> = (0..300).map(|i| if i < 100 { 0.0 } else { i as f32 }).collect();
        let found = binned(&values, MillerMadow);
        assert_eq!(found.counts, [100, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20]);
        assert_eq!((found.codes[99], found.codes[100], found.codes[299]), (0, 1, 10));
        let paper = binned(&values, Paper);
        assert_eq!((paper.counts[0], paper.counts[10]), (100, 0));
        assert!(paper.counts[1..10].iter().all(|c| (20..=25).contains(c)), "{:?}", paper.counts);
    }

    #[test]
    fn ties_stay_together_and_negative_values_are_no_zeros() {
        let values = [-1.0, -1.0, -1.0, 0.0, 2.0, 2.0];
        let found = binned(&values, MillerMadow);
        assert_eq!(found.counts[0], 1);
        assert_eq!(found.codes[0], found.codes[2]);
        assert_eq!(found.codes[4], found.codes[5]);
        assert_ne!(found.codes[0], found.codes[4]);
        assert_eq!(binned(&[0.0; 4], MillerMadow).counts[0], 4);
        assert_eq!(binned(&[], Paper).codes.len(), 0);
    }
}
