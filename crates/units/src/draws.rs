//! Random draws: a generator of its own for each purpose and index.

use consilience_linalg::{Mat, random_orthogonal};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::Result;

/// What numbers are drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Which half of the blocks.
    Half = 1,
    /// Orders of the stimuli.
    Shuffle,
    /// Rotations of y.
    Rotation,
    /// Rows on which mutual information is estimated.
    InformationRows,
    /// The order of these rows at chance.
    InformationOrder,
    /// Rows for scatter plots.
    ScatterRows,
    /// The copies that sparse prediction is read against.
    Control,
    /// Clusters, and the order of units under their null.
    Clusters,
    /// Units for the chance level of principal angles.
    Subspaces,
}

/// A generator for a purpose and up to two indices, whatever was drawn before.
pub(crate) fn generator(seed: u64, purpose: Purpose, [a, b]: [usize; 2]) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream((purpose as u64) << 56 | (a as u64 & 0xfff_ffff) << 28 | b as u64 & 0xfff_ffff);
    rng
}

/// What `work` makes of 0 to n − 1, at most so many of them at once; the results do not depend on it.
pub(crate) fn side_by_side<T: Send>(
    n: usize,
    at_once: usize,
    work: impl Fn(usize) -> Result<T> + Sync + Send,
) -> Result<Vec<T>> {
    let mut all = Vec::with_capacity(n);
    for first in (0..n).step_by(at_once.clamp(1, n.max(1))) {
        let some = first..n.min(first.saturating_add(at_once.max(1)));
        let found: Vec<Result<T>> = some.into_par_iter().map(&work).collect();
        all.extend(found.into_iter().collect::<Result<Vec<T>>>()?);
    }
    Ok(all)
}

/// 0 to n − 1 in random order.
pub(crate) fn order(n: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(rng);
    order
}

/// A rotation of the standardised units of y: one draw serves all pairs of that width.
pub(crate) fn rotation(seed: u64, draw: usize, n_units: usize) -> Mat<f64> {
    random_orthogonal(n_units, &mut generator(seed, Purpose::Rotation, [draw, n_units]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_and_index_has_its_own_numbers() {
        let draw = |seed, purpose, at| order(20, &mut generator(seed, purpose, at));
        let one = draw(1, Purpose::Half, [0, 0]);
        assert_eq!(one, draw(1, Purpose::Half, [0, 0]));
        let others = [
            draw(2, Purpose::Half, [0, 0]),
            draw(1, Purpose::Shuffle, [0, 0]),
            draw(1, Purpose::Half, [1, 0]),
            draw(1, Purpose::Half, [0, 1]),
        ];
        assert!(others.iter().all(|other| *other != one));
    }
}
