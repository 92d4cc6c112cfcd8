//! Rank correlation.

/// Spearman's rank correlation; equal values share their mean rank. Nothing if either side has one value only.
pub(crate) fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    let centre = (a.len() as f64 - 1.0) / 2.0;
    let product = |u: &[f64], v: &[f64]| -> f64 {
        u.iter().zip(v).map(|(u, v)| (u - centre) * (v - centre)).sum()
    };
    let (own, other) = (product(&a, &a), product(&b, &b));
    (own > 0.0 && other > 0.0).then(|| (product(&a, &b) / (own * other).sqrt()).clamp(-1.0, 1.0))
}

/// Ranks from 0, ascending.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for class in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = first as f64 + (class.len() as f64 - 1.0) / 2.0;
        class.iter().for_each(|&i| ranks[i] = mean);
        first += class.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_order_counts_and_ties_share_a_rank() {
        assert_eq!(rank_correlation(&[1.0, 5.0, 2.0], &[10.0, 12.0, 11.0]), Some(1.0));
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(-1.0));
        assert_eq!(ranks(&[2.0, 7.0, 2.0, 1.0]), [1.5, 3.0, 1.5, 0.0]);
        assert_eq!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(rank_correlation(&[], &[]), None);
    }
}
