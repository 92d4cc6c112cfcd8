//! How alike two kinds of networks are, against how alike two trainings of one kind are.

use rand::Rng;

use crate::{Estimate, NodePairs, node_bootstrap};

/// The value of a pair of networks, which are given by their index within their kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairValue {
    /// The two networks.
    pub networks: (usize, usize),
    /// The score or distance.
    pub value: f64,
}

/// Values of pairs of networks of two kinds: two architectures, say, each trained from several seeds.
#[derive(Debug, Clone, Copy)]
pub struct TwoKinds<'a> {
    /// Networks of each kind.
    pub n_networks: [usize; 2],
    /// Pairs of different networks of one kind.
    pub within: [&'a [PairValue]; 2],
    /// Pairs of a network of the first kind with one of the second.
    pub between: &'a [PairValue],
}

/// A value between two kinds beside the seed-to-seed ceiling.
#[derive(Debug, Clone, PartialEq)]
pub struct Ceiling {
    /// Mean over pairs of networks of different kinds.
    pub between: Estimate,
    /// The seed-to-seed ceiling: geometric mean of the two means over pairs of networks of one kind.
    pub ceiling: Estimate,
    /// The first divided by the second: 1 where networks of different kinds are as alike as two trainings of one kind.
    pub share: Estimate,
}

/// How alike two kinds of networks are, as a share of how alike two trainings of the same kind are.
///
/// Two trainings of one network are not the same either: what they share is the most that a network of another kind can be
/// expected to share with one of them. With b̄ the mean value between the kinds and w̄₁, w̄₂ the mean values within them, the
/// ceiling is √(w̄₁ w̄₂) and the share b̄ / √(w̄₁ w̄₂). The geometric mean, because it is exact where it can be: if every network
/// holds a part common to its kind and an independent part of its own, a correlation (or a cosine, as CKA is one) between two
/// networks is the one of the common parts times the root of each side's reliability, and w̄₁, w̄₂ are the two reliabilities.
/// It is Spearman's correction for attenuation (1904). For a distance the share counts upward: 2 is twice as far apart as two
/// trainings of one kind. A share may pass 1; it is not cut off.
///
/// Networks are resampled within their kind, and the draws of the three quantities are the same. `None` where there is
/// no pair within a kind or between them, or where a mean within a kind is not positive: a share of nothing is no number.
///
/// # Panics
/// If a pair names a network that its kind does not have.
pub fn seed_ceiling(
    kinds: &TwoKinds<'_>,
    draws: usize,
    rng: &(impl Rng + Clone),
) -> Option<Ceiling> {
    let [n, m] = kinds.n_networks;
    let groups = [(kinds.within[0], (0, 0)), (kinds.within[1], (n, n)), (kinds.between, (0, n))];
    let sizes = [(n, n), (m, m), (n, m)];
    let mut nodes = NodePairs { kinds: vec![0; n], pairs: Vec::new() };
    nodes.kinds.resize(n + m, 1);
    for ((pairs, offset), size) in groups.iter().zip(sizes) {
        nodes.pairs.extend(pairs.iter().map(|pair| {
            let (a, b) = pair.networks;
            assert!(
                a < size.0 && b < size.1,
                "a pair ({a}, {b}) of {} and {} networks",
                size.0,
                size.1
            );
            (offset.0 + a, offset.1 + b)
        }));
    }
    let mean = |group: usize, weights: &[f64]| {
        let start: usize = groups[..group].iter().map(|g| g.0.len()).sum();
        let pairs = groups[group].0;
        let weights = &weights[start..start + pairs.len()];
        let total: f64 = weights.iter().sum();
        let sum: f64 = pairs.iter().zip(weights).map(|(pair, w)| pair.value * w).sum();
        (total > 0.0).then(|| sum / total)
    };
    let ceiling = |weights: &[f64]| {
        let (first, second) = (mean(0, weights)?, mean(1, weights)?);
        (first > 0.0 && second > 0.0).then(|| (first * second).sqrt())
    };
    let estimate = |statistic: &dyn Fn(&[f64]) -> Option<f64>| {
        node_bootstrap(&nodes, draws, &mut rng.clone(), statistic)
    };
    Some(Ceiling {
        between: estimate(&|w| mean(2, w))?,
        ceiling: estimate(&ceiling)?,
        share: estimate(&|w| Some(mean(2, w)? / ceiling(w)?))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn within(n: usize, value: impl Fn(usize, usize) -> f64) -> Vec<PairValue> {
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        pairs.map(|(a, b)| PairValue { networks: (a, b), value: value(a, b) }).collect()
    }

    fn between(n: usize, m: usize, value: impl Fn(usize, usize) -> f64) -> Vec<PairValue> {
        let pairs = (0..n).flat_map(|a| (0..m).map(move |b| (a, b)));
        pairs.map(|(a, b)| PairValue { networks: (a, b), value: value(a, b) }).collect()
    }

    fn correlation(x: &[f64], y: &[f64]) -> f64 {
        let n = x.len() as f64;
        let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
        let sum = |a: &[f64], ma: f64, b: &[f64], mb: f64| {
            a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>()
        };
        sum(x, mx, y, my) / (sum(x, mx, x, mx) * sum(y, my, y, my)).sqrt()
    }

    #[test]
    fn the_noise_of_training_is_divided_out() {
        // Two kinds whose common parts correlate by 0.8; the networks hold them with reliabilities 0.9 and 0.5.
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let n_stimuli = 20_000;
        // Sum of four uniform numbers of variance 1/3: variance 4/3.
        let mut draw = || (0..4).map(|_| rng.random_range(-1.0..1.0)).sum::<f64>();
        let mut noise = || (0..n_stimuli).map(|_| draw()).collect::<Vec<f64>>();
        let mix = |share: f64, a: &[f64], b: &[f64]| -> Vec<f64> {
            a.iter().zip(b).map(|(a, b)| share.sqrt() * a + (1.0 - share).sqrt() * b).collect()
        };
        let first = noise();
        let second = mix(0.64, &first, &noise());
        let x: Vec<Vec<f64>> = (0..4).map(|_| mix(0.9, &first, &noise())).collect();
        let y: Vec<Vec<f64>> = (0..5).map(|_| mix(0.5, &second, &noise())).collect();
        let of_x = within(4, |a, b| correlation(&x[a], &x[b]));
        let of_y = within(5, |a, b| correlation(&y[a], &y[b]));
        let across = between(4, 5, |a, b| correlation(&x[a], &y[b]));
        let kinds = TwoKinds { n_networks: [4, 5], within: [&of_x, &of_y], between: &across };
        let found = seed_ceiling(&kinds, 500, &rng).expect("all pairs");
        // A correlation over 20,000 stimuli errs by less than 0.0071.
        assert!((found.ceiling.value - 0.45_f64.sqrt()).abs() < 0.02, "{:?}", found.ceiling);
        assert!((found.between.value - 0.8 * 0.45_f64.sqrt()).abs() < 0.02, "{:?}", found.between);
        assert!((found.share.value - 0.8).abs() < 0.03, "{:?}", found.share);
        let [low, high] = found.share.interval.expect("four and five networks");
        assert!(low <= found.share.value && found.share.value <= high && high - low < 0.1);
    }

    #[test]
    fn kinds_that_do_not_differ_reach_the_ceiling() {
        let rng = ChaCha8Rng::seed_from_u64(7);
        let (of_x, of_y) = (within(3, |_, _| 0.6), within(2, |_, _| 0.6));
        let across = between(3, 2, |_, _| 0.6);
        let kinds = TwoKinds { n_networks: [3, 2], within: [&of_x, &of_y], between: &across };
        let found = seed_ceiling(&kinds, 100, &rng).expect("all pairs");
        assert!((found.share.value - 1.0).abs() < 1e-15);
        assert_eq!(found.share.interval, None, "two networks of the second kind");
    }

    #[test]
    fn a_share_of_nothing_is_no_number() {
        let rng = ChaCha8Rng::seed_from_u64(8);
        let (some, none) = (within(3, |_, _| 0.5), within(3, |_, _| 0.0));
        let across = between(3, 3, |_, _| 0.1);
        let of = |first, second, between| {
            seed_ceiling(
                &TwoKinds { n_networks: [3, 3], within: [first, second], between },
                10,
                &rng,
            )
        };
        assert_eq!(of(&some, &none, &across), None);
        assert_eq!(of(&some, &[], &across), None);
        assert_eq!(of(&some, &some, &[]), None);
        assert!(of(&some, &some, &across).is_some());
    }
}
