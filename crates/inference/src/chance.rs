//! Chance levels: what a score is worth against a null.

use serde::{Deserialize, Serialize};

/// What a null breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Null {
    /// The correspondence of stimuli: one side sees them in random order.
    Shuffle,
    /// The basis: one side's space of units is rotated at random.
    Rotation,
    /// The order of the layers: the depths of one network's layers are dealt anew.
    Layers,
    /// What a network is: the levels of a factor are dealt anew among networks that agree in every other factor.
    Levels,
}

impl std::fmt::Display for Null {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shuffle => "shuffle",
            Self::Rotation => "rotation",
            Self::Layers => "layers",
            Self::Levels => "levels",
        })
    }
}

/// Which end of the null is the remarkable one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// Larger values are more remarkable (scores).
    Upper,
    /// Smaller values are (distances).
    Lower,
}

/// Where likeness lies on the scale of a measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// The end of the null that is remarkable.
    pub tail: Tail,
    /// The value of perfect likeness; infinite where the scale has no such end.
    pub best: f64,
}

impl Likeness {
    /// More is more alike, up to `best`.
    #[must_use]
    pub fn score(best: f64) -> Self {
        Self { tail: Tail::Upper, best }
    }

    /// Less is more alike, down to `best`.
    #[must_use]
    pub fn distance(best: f64) -> Self {
        Self { tail: Tail::Lower, best }
    }

    /// The more alike of two values; the first where they are equal.
    #[must_use]
    pub fn better(self, a: f64, b: f64) -> f64 {
        if self.sign() * b > self.sign() * a { b } else { a }
    }

    /// 1 where more is more alike, −1 where less is.
    pub(crate) fn sign(self) -> f64 {
        if self.tail == Tail::Upper { 1.0 } else { -1.0 }
    }
}

/// Level of the threshold.
const LEVEL: f64 = 0.05;

/// The fewest draws among which a score can pass the threshold.
const DRAWS_FOR_A_THRESHOLD: usize = 19;

/// Where a score stands among scores under a null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    /// Which null.
    pub null: Null,
    /// Draws from it.
    pub draws: usize,
    /// Their mean, the chance level.
    pub mean: f64,
    /// Their standard deviation.
    pub standard_deviation: f64,
    /// Value that a score has to pass at the 5 % level: the ⌈0.95 (draws + 1)⌉-th of the null and the score together.
    /// With fewer than 19 draws nothing can pass it.
    pub threshold: f64,
    /// Share of the null and the score together that is at least as remarkable: (1 + #{null ≥ score}) / (draws + 1).
    pub p_value: f64,
    /// The false discovery rate at which this is a discovery, in the table it belongs to (see [`crate::benjamini_hochberg`]).
    /// `None` until the table is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q_value: Option<f64>,
    /// Share of the way from the threshold to perfect likeness: max((score − threshold) / (best − threshold), 0), which
    /// for distances is max((threshold − distance) / (threshold − best), 0) (Gröger, Wen & Brbić 2026). `None` where the
    /// scale has no best value, the threshold reaches it, or nothing could pass the threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrated: Option<f64>,
}

/// Where `observed` stands among `draws`. `None` without draws.
#[must_use]
pub fn chance(null: Null, observed: f64, draws: &[f64], likeness: Likeness) -> Option<Chance> {
    if draws.is_empty() {
        return None;
    }
    let sign = likeness.sign();
    let n = draws.len();
    let mean = draws.iter().sum::<f64>() / n as f64;
    let sum: f64 = draws.iter().map(|d| (d - mean).powi(2)).sum();
    let beyond = draws.iter().filter(|d| sign * **d >= sign * observed).count();
    let mut together: Vec<f64> = draws.iter().chain([&observed]).map(|d| sign * d).collect();
    together.sort_by(f64::total_cmp);
    let rank = ((1.0 - LEVEL) * (n + 1) as f64).ceil() as usize;
    let threshold = together[rank - 1];
    let room = sign * likeness.best - threshold;
    let is_calibrated = n >= DRAWS_FOR_A_THRESHOLD && room.is_finite() && room > 0.0;
    Some(Chance {
        null,
        draws: n,
        mean,
        standard_deviation: if n > 1 { (sum / (n - 1) as f64).sqrt() } else { 0.0 },
        threshold: sign * threshold,
        p_value: (1 + beyond) as f64 / (n + 1) as f64,
        q_value: None,
        calibrated: is_calibrated.then(|| ((sign * observed - threshold) / room).max(0.0)),
    })
}

/// The draws of a mean over pairs: draw by draw the mean of the draws of all pairs.
///
/// Draw k of every pair comes from the same permutation of the stimuli, so the mean over pairs is itself one draw of the
/// null of the mean. `draws[pair][k]`; pairs with fewer draws shorten the null to the common length.
#[must_use]
pub fn draws_of_mean(draws: &[Vec<f64>]) -> Vec<f64> {
    let n = draws.len() as f64;
    (0..common(draws)).map(|k| draws.iter().map(|pair| pair[k]).sum::<f64>() / n).collect()
}

/// The draws of the best of several values: draw by draw the best of the draws of all of them.
///
/// A best over many values (over all pairs of layers, say) is high by being the best of many: it has to be held against
/// the best of as many values under the null, never against the null of one. As draw k of every value comes from the same
/// permutation of the stimuli, their best is one draw of the null of the best, whatever the values have to do with one
/// another. `draws[value][k]`; values with fewer draws shorten the null to the common length.
#[must_use]
pub fn draws_of_best(draws: &[Vec<f64>], likeness: Likeness) -> Vec<f64> {
    let best = |k: usize| draws.iter().map(|value| value[k]).reduce(|a, b| likeness.better(a, b));
    (0..common(draws)).filter_map(best).collect()
}

fn common(draws: &[Vec<f64>]) -> usize {
    draws.iter().map(Vec::len).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const UP: Likeness = Likeness { tail: Tail::Upper, best: 1.0 };
    const DOWN: Likeness = Likeness { tail: Tail::Lower, best: 0.0 };

    #[test]
    fn p_values_count_the_score_itself() {
        let draws: Vec<f64> = (0..19).map(f64::from).collect();
        let above = chance(Null::Shuffle, 20.0, &draws, Likeness::score(29.0)).expect("draws");
        assert_eq!((above.p_value, above.threshold, above.mean), (0.05, 18.0, 9.0));
        let inside = chance(Null::Shuffle, 9.0, &draws, Likeness::score(29.0)).expect("draws");
        assert_eq!(inside.p_value, 11.0 / 20.0);
        let below = chance(Null::Shuffle, -1.0, &draws, Likeness::distance(-1.0)).expect("draws");
        assert_eq!((below.p_value, below.threshold), (0.05, 0.0));
        assert_eq!(chance(Null::Rotation, 1.0, &[], UP), None);
    }

    #[test]
    fn under_the_null_p_values_are_uniform() {
        // Every rank of the score among its own draws is equally likely: the mean p of all ranks is (n + 2) / (2 (n + 1)).
        let n = 9;
        let all: Vec<f64> = (0..=n).map(f64::from).collect();
        let mut sum = 0.0;
        for score in 0..all.len() {
            let mut draws = all.clone();
            let observed = draws.remove(score);
            sum += chance(Null::Shuffle, observed, &draws, UP).expect("draws").p_value;
        }
        assert!((sum / 10.0 - 0.55).abs() < 1e-12);
    }

    #[test]
    fn calibrated_scores_are_shares_of_the_way_from_the_threshold() {
        let draws: Vec<f64> = (0..19).map(f64::from).collect();
        let calibrated = |observed, draws: &[f64], likeness| {
            chance(Null::Shuffle, observed, draws, likeness).expect("draws").calibrated
        };
        // The threshold is the 19th of the draws and the score: 18, or the score itself where it is below that.
        assert_eq!(calibrated(20.0, &draws, Likeness::score(26.0)), Some(0.25));
        assert_eq!(calibrated(26.0, &draws, Likeness::score(26.0)), Some(1.0));
        assert_eq!(calibrated(18.0, &draws, Likeness::score(26.0)), Some(0.0));
        assert_eq!(calibrated(3.0, &draws, Likeness::score(26.0)), Some(0.0));
        // The mirror: the same numbers from above.
        let above: Vec<f64> = draws.iter().map(|d| 30.0 - d).collect();
        assert_eq!(calibrated(10.0, &above, Likeness::distance(4.0)), Some(0.25));
        assert_eq!(calibrated(4.0, &above, Likeness::distance(4.0)), Some(1.0));
        assert_eq!(calibrated(27.0, &above, Likeness::distance(4.0)), Some(0.0));
        // No end of the scale, no room above the threshold, or a threshold that nothing can pass.
        assert_eq!(calibrated(20.0, &draws, Likeness::score(f64::INFINITY)), None);
        assert_eq!(calibrated(18.0, &draws, Likeness::score(18.0)), None);
        assert_eq!(calibrated(20.0, &draws[..18], Likeness::score(26.0)), None);
    }

    #[test]
    fn the_null_of_a_mean_is_narrower_than_that_of_a_pair() {
        let draws = vec![vec![0.0, 1.0, 0.0, 1.0], vec![1.0, 0.0, 1.0, 0.0, 7.0]];
        let pooled = chance(Null::Shuffle, 0.9, &draws_of_mean(&draws), UP).expect("draws");
        assert_eq!((pooled.mean, pooled.standard_deviation), (0.5, 0.0));
        assert_eq!(pooled.p_value, 0.2);
        assert_eq!(draws_of_mean(&[]), Vec::<f64>::new());
    }

    #[test]
    fn the_best_of_many_is_high_by_chance() {
        // The largest of m uniform numbers has mean m / (m + 1) and variance m / ((m + 1)² (m + 2)).
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let n = 4000;
        for m in [1_usize, 4, 25, 100] {
            let draws: Vec<Vec<f64>> =
                (0..m).map(|_| (0..n).map(|_| rng.random_range(0.0..1.0)).collect()).collect();
            let k = m as f64;
            let deviation = (k / ((k + 1.0).powi(2) * (k + 2.0)) / f64::from(n)).sqrt();
            for (likeness, expected) in [(UP, k / (k + 1.0)), (DOWN, 1.0 / (k + 1.0))] {
                let best = draws_of_best(&draws, likeness);
                let mean = best.iter().sum::<f64>() / f64::from(n);
                assert!((mean - expected).abs() < 4.0 * deviation, "best of {m}: {mean}");
            }
        }
        assert_eq!(draws_of_best(&[vec![1.0, 2.0], vec![3.0]], UP), [3.0]);
    }
}
