//! Bootstrap over networks.

use rand::{Rng, RngExt};

use crate::{Estimate, Method};

/// Networks a kind has to have for an interval: of two there is one pair.
const NETWORKS_FOR_AN_INTERVAL: usize = 3;

/// Pairs of networks, by index; a value belongs to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePairs {
    /// The kind (architecture, say) of each network, counted from 0. Networks are resampled within their kind.
    pub kinds: Vec<usize>,
    /// The two networks of each pair; they differ.
    pub pairs: Vec<(usize, usize)>,
}

impl NodePairs {
    /// Pairs of so many networks of one kind.
    #[must_use]
    pub fn of_one_kind(n_nodes: usize, pairs: Vec<(usize, usize)>) -> Self {
        Self { kinds: vec![0; n_nodes], pairs }
    }

    /// The networks of each kind.
    fn members(&self) -> Vec<Vec<usize>> {
        let n_kinds = self.kinds.iter().max().map_or(0, |last| last + 1);
        let of_kind = |kind| (0..self.kinds.len()).filter(|&n| self.kinds[n] == kind).collect();
        (0..n_kinds).map(of_kind).filter(|members: &Vec<usize>| !members.is_empty()).collect()
    }
}

/// The value of `statistic` over all pairs, with a 95 % interval from resampled networks.
///
/// Pairs that share a network are not independent, so the networks are resampled, not the pairs: a pair weighs the product
/// of the multiplicities of its two networks. `statistic` gets one weight a pair and returns `None` where it has no value
/// (as for a draw of one network only); such draws are left out and the number of those used is reported. Where a kind has
/// fewer than three networks there is no interval.
pub fn node_bootstrap(
    nodes: &NodePairs,
    draws: usize,
    rng: &mut impl Rng,
    statistic: impl Fn(&[f64]) -> Option<f64>,
) -> Option<Estimate> {
    let value = statistic(&vec![1.0; nodes.pairs.len()])?;
    let members = nodes.members();
    if members.iter().any(|kind| kind.len() < NETWORKS_FOR_AN_INTERVAL) {
        return Some(Estimate::bare(value));
    }
    let mut replicates: Vec<f64> = (0..draws)
        .filter_map(|_| {
            let mut multiplicity = vec![0.0; nodes.kinds.len()];
            for kind in &members {
                for _ in kind {
                    multiplicity[kind[rng.random_range(0..kind.len())]] += 1.0;
                }
            }
            let weights: Vec<f64> =
                nodes.pairs.iter().map(|&(a, b)| multiplicity[a] * multiplicity[b]).collect();
            if weights.iter().all(|w| *w == 0.0) { None } else { statistic(&weights) }
        })
        .collect();
    let k = replicates.len();
    if k < 2 {
        return Some(Estimate::bare(value));
    }
    replicates.sort_by(f64::total_cmp);
    let mean = replicates.iter().sum::<f64>() / k as f64;
    let variance = replicates.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (k - 1) as f64;
    Some(Estimate {
        value,
        standard_error: Some(variance.sqrt()),
        interval: Some([quantile(&replicates, 0.025), quantile(&replicates, 0.975)]),
        method: Method::NodeBootstrap,
        replicates: k,
    })
}

/// Linear interpolation between order statistics (Hyndman & Fan's type 7).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let position = p * (sorted.len() - 1) as f64;
    let (low, high) = (position.floor() as usize, position.ceil() as usize);
    sorted[low] + (position - low as f64) * (sorted[high] - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn all_pairs(n: usize) -> NodePairs {
        NodePairs::of_one_kind(n, (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect())
    }

    fn mean_of(values: &[f64]) -> impl Fn(&[f64]) -> Option<f64> + '_ {
        move |w| {
            let total: f64 = w.iter().sum();
            (total > 0.0).then(|| w.iter().zip(values).map(|(w, v)| w * v).sum::<f64>() / total)
        }
    }

    #[test]
    fn covers_a_mean_over_dependent_pairs_where_pairs_alone_would_not() {
        // Pair value = sum of two network effects: the pairs are far from independent.
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let (n, repeats) = (12, 200);
        let nodes = all_pairs(n);
        let mut covered = 0;
        for _ in 0..repeats {
            let effect: Vec<f64> = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
            let values: Vec<f64> =
                nodes.pairs.iter().map(|&(a, b)| effect[a] + effect[b]).collect();
            let estimate = node_bootstrap(&nodes, 400, &mut rng, mean_of(&values)).expect("pairs");
            let [low, high] = estimate.interval.expect("twelve networks");
            covered += usize::from(low <= 0.0 && 0.0 <= high);
        }
        // Nominal 95 %; the percentile bootstrap of 12 nodes is a little short, 66 independent pairs would give about 55 %.
        let share = f64::from(u32::try_from(covered).expect("small")) / f64::from(repeats);
        assert!((0.85..=0.99).contains(&share), "covered {share}");
    }

    #[test]
    fn networks_are_resampled_within_their_kind() {
        // The value of a pair is that of its network of the first kind: the second kind has no say in the spread, and the
        // mean of both kinds together is never drawn.
        let values = [1.0, 2.0, 6.0];
        let pairs: Vec<(usize, usize)> = (0..3).flat_map(|a| (3..6).map(move |b| (a, b))).collect();
        let of_pair: Vec<f64> = pairs.iter().map(|&(a, _)| values[a]).collect();
        let nodes = NodePairs { kinds: vec![0, 0, 0, 1, 1, 1], pairs };
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let estimate =
            node_bootstrap(&nodes, 4000, &mut rng, mean_of(&of_pair)).expect("two kinds");
        // The bootstrap's deviation of a mean of three: the root of the variance over three, divided by n.
        let expected = (values.iter().map(|v: &f64| (v - 3.0).powi(2)).sum::<f64>() / 9.0).sqrt();
        let found = estimate.standard_error.expect("three of each kind");
        // The standard error of a standard deviation of 4,000 draws is about 1 %.
        assert!((found / expected - 1.0).abs() < 0.04, "{found} against {expected}");
        assert_eq!((estimate.value, estimate.replicates), (3.0, 4000));
        let two = NodePairs { kinds: vec![0, 0, 0, 1, 1], pairs: vec![(0, 3), (1, 4)] };
        let estimate = node_bootstrap(&two, 100, &mut rng, mean_of(&[0.2, 0.4]));
        assert_eq!(estimate.expect("a value").interval, None);
    }

    #[test]
    fn two_networks_give_a_value_without_an_interval() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let estimate = node_bootstrap(&all_pairs(2), 100, &mut rng, mean_of(&[0.7]));
        assert_eq!(estimate, Some(Estimate::bare(0.7)));
        assert_eq!(node_bootstrap(&all_pairs(0), 100, &mut rng, |_| None), None);
    }
}
