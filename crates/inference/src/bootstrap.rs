//! Bootstrap over networks.

use rand::{Rng, RngExt};

use crate::{Estimate, Method};

/// Pairs of networks, by index; a value belongs to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePairs {
    /// Number of networks.
    pub n_nodes: usize,
    /// The two networks of each pair; they differ.
    pub pairs: Vec<(usize, usize)>,
}

/// The value of `statistic` over all pairs, with a 95 % interval from resampled networks.
///
/// Pairs that share a network are not independent, so the networks are resampled, not the pairs: a pair weighs the product
/// of the multiplicities of its two networks. `statistic` gets one weight a pair and returns `None` where it has no value
/// (as for a draw of one network only); such draws are left out and the number of those used is reported. With fewer than
/// three networks there is one pair, or none: no interval.
pub fn node_bootstrap(
    nodes: &NodePairs,
    draws: usize,
    rng: &mut impl Rng,
    statistic: impl Fn(&[f64]) -> Option<f64>,
) -> Option<Estimate> {
    let value = statistic(&vec![1.0; nodes.pairs.len()])?;
    if nodes.n_nodes < 3 {
        return Some(Estimate::bare(value));
    }
    let mut replicates: Vec<f64> = (0..draws)
        .filter_map(|_| {
            let mut multiplicity = vec![0.0; nodes.n_nodes];
            for _ in 0..nodes.n_nodes {
                multiplicity[rng.random_range(0..nodes.n_nodes)] += 1.0;
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
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
        NodePairs { n_nodes: n, pairs }
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
    fn two_networks_give_a_value_without_an_interval() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let estimate = node_bootstrap(&all_pairs(2), 100, &mut rng, mean_of(&[0.7]));
        assert_eq!(estimate, Some(Estimate::bare(0.7)));
        assert_eq!(node_bootstrap(&all_pairs(0), 100, &mut rng, |_| None), None);
    }
}
