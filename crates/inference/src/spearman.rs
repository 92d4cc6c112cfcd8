//! Rank correlation.

/// Spearman's rank correlation of paired numbers, from -1 to 1: Pearson's correlation of their ranks, equal numbers at their
/// mean rank. `None` for fewer than two pairs, and where one side has the same number everywhere.
///
/// # Panics
/// If the lists differ in length.
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "one y for each x");
    let (x, y) = (centred_ranks(x), centred_ranks(y));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let norm = (product(&x, &x) * product(&y, &y)).sqrt();
    // Centred ranks are multiples of a quarter: a norm of zero is exact.
    (norm > 0.0).then(|| product(&x, &y) / norm)
}

/// Mean ranks, less their mean.
fn centred_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let middle = f64::midpoint(values.len() as f64, 1.0);
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = before as f64 + f64::midpoint(ties.len() as f64, 1.0);
        ties.iter().for_each(|&i| ranks[i] = rank - middle);
        before += ties.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_alone_counts_and_ties_have_their_mean_rank() {
        let x = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(spearman(&x, &[0.1, 0.2, 7.0, 1e9]), Some(1.0));
        assert_eq!(spearman(&x, &[4.0, 3.0, 2.0, 1.0]), Some(-1.0));
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 over the root of 4.5 · 5.
        let tied = spearman(&x, &[0.0, 5.0, 5.0, 6.0]).expect("not constant");
        assert!((tied - 4.5 / (4.5f64 * 5.0).sqrt()).abs() < 1e-15, "{tied}");
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(spearman(&[1.0, 2.0], &[3.0, 3.0]), None);
        assert_eq!(spearman(&[1.0], &[3.0]), None);
        assert_eq!(spearman(&[], &[]), None);
        // Zero and minus zero are the same number.
        assert_eq!(spearman(&[1.0, 2.0], &[0.0, -0.0]), None);
    }
}
