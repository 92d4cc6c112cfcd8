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
}

impl std::fmt::Display for Null {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shuffle => "shuffle",
            Self::Rotation => "rotation",
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

/// Level of the threshold.
const LEVEL: f64 = 0.05;

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
}

/// Where `observed` stands among `draws`. `None` without draws.
#[must_use]
pub fn chance(null: Null, observed: f64, draws: &[f64], tail: Tail) -> Option<Chance> {
    if draws.is_empty() {
        return None;
    }
    let sign = if tail == Tail::Upper { 1.0 } else { -1.0 };
    let n = draws.len();
    let mean = draws.iter().sum::<f64>() / n as f64;
    let sum: f64 = draws.iter().map(|d| (d - mean).powi(2)).sum();
    let beyond = draws.iter().filter(|d| sign * **d >= sign * observed).count();
    let mut together: Vec<f64> = draws.iter().chain([&observed]).map(|d| sign * d).collect();
    together.sort_by(f64::total_cmp);
    let rank = ((1.0 - LEVEL) * (n + 1) as f64).ceil() as usize;
    Some(Chance {
        null,
        draws: n,
        mean,
        standard_deviation: if n > 1 { (sum / (n - 1) as f64).sqrt() } else { 0.0 },
        threshold: sign * together[rank - 1],
        p_value: (1 + beyond) as f64 / (n + 1) as f64,
    })
}

/// The chance level of a mean over pairs: the draws of all pairs, draw by draw, averaged first.
///
/// Draw k of every pair comes from the same permutation of the stimuli, so the mean over pairs is itself one draw of the
/// null of the mean. `draws[pair][k]`; pairs with fewer draws shorten the null to the common length.
#[must_use]
pub fn pooled_chance(null: Null, observed: f64, draws: &[Vec<f64>], tail: Tail) -> Option<Chance> {
    let common = draws.iter().map(Vec::len).min()?;
    let n = draws.len() as f64;
    let means: Vec<f64> =
        (0..common).map(|k| draws.iter().map(|pair| pair[k]).sum::<f64>() / n).collect();
    chance(null, observed, &means, tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_count_the_score_itself() {
        let draws: Vec<f64> = (0..19).map(f64::from).collect();
        let above = chance(Null::Shuffle, 20.0, &draws, Tail::Upper).expect("draws");
        assert_eq!((above.p_value, above.threshold, above.mean), (0.05, 18.0, 9.0));
        let inside = chance(Null::Shuffle, 9.0, &draws, Tail::Upper).expect("draws");
        assert_eq!(inside.p_value, 11.0 / 20.0);
        let below = chance(Null::Shuffle, -1.0, &draws, Tail::Lower).expect("draws");
        assert_eq!((below.p_value, below.threshold), (0.05, 0.0));
        assert_eq!(chance(Null::Rotation, 1.0, &[], Tail::Upper), None);
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
            sum += chance(Null::Shuffle, observed, &draws, Tail::Upper).expect("draws").p_value;
        }
        assert!((sum / 10.0 - 0.55).abs() < 1e-12);
    }

    #[test]
    fn the_null_of_a_mean_is_narrower_than_that_of_a_pair() {
        let draws = vec![vec![0.0, 1.0, 0.0, 1.0], vec![1.0, 0.0, 1.0, 0.0]];
        let pooled = pooled_chance(Null::Shuffle, 0.9, &draws, Tail::Upper).expect("draws");
        assert_eq!((pooled.mean, pooled.standard_deviation), (0.5, 0.0));
        assert_eq!(pooled.p_value, 0.2);
    }
}
