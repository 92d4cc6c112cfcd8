//! Whether a partner is found again on half of the stimuli.

use std::sync::Arc;

use consilience_linalg::{Mat, MatRef};
use consilience_statistics::{BlockSet, Cross};

use crate::draws::{Purpose, generator, order, side_by_side};
use crate::layer::{Network, correlation};
use crate::partners::{best_of_rows, inverse, likeness, one_to_one};
use crate::{Parameters, Result};

/// Partners over all stimuli: indices among the varying units.
pub(crate) struct Partners {
    /// Of each unit of x, and of y, in the semi-matching.
    pub(crate) semi: [Vec<usize>; 2],
    /// The same in the one-to-one matching.
    pub(crate) matched: [Vec<Option<usize>>; 2],
}

impl Partners {
    /// The partners by correlations `r`.
    pub(crate) fn of(r: &Mat<f64>, parameters: &Parameters, tie: f64) -> Result<Self> {
        let by = likeness(r, parameters.correlation);
        Ok(Self::with(by.as_ref(), one_to_one(by.as_ref())?.column_of_row, tie))
    }

    /// The partners by a likeness whose one-to-one matching is known.
    pub(crate) fn with(by: MatRef<'_, f64>, matched: Vec<Option<usize>>, tie: f64) -> Self {
        let semi = [best_of_rows(by, tie), best_of_rows(by.transpose(), tie)];
        let of_y = inverse(&matched, by.ncols());
        Self { semi, matched: [matched, of_y] }
    }
}

/// Share of half-splits in which a unit of x, or of y, has the partner that it has over all stimuli, 0 to 1.
pub(crate) struct Stability {
    pub(crate) semi: [Vec<f64>; 2],
    pub(crate) matched: [Vec<f64>; 2],
}

/// Stability over random halves of the blocks; nothing if there is one block, or no half is asked for.
pub(crate) fn stability(
    sides: [&Network; 2],
    cross: &Arc<Cross>,
    all: &Partners,
    parameters: &Parameters,
    tie: f64,
    at_once: usize,
) -> Result<Option<Stability>> {
    let blocks = sides[0].marginal().n_blocks();
    if blocks < 2 || parameters.half_splits == 0 {
        return Ok(None);
    }
    let half = |split: usize| -> Result<Partners> {
        let rng = &mut generator(parameters.seed, Purpose::Half, [split, 0]);
        let half: BlockSet = order(blocks, rng).into_iter().take(blocks / 2).collect();
        Partners::of(&correlation(sides, cross, half), parameters, tie)
    };
    let halves = side_by_side(parameters.half_splits, at_once, half)?;
    let share = |same: &dyn Fn(&Partners) -> bool| {
        halves.iter().filter(|half| same(half)).count() as f64 / halves.len() as f64
    };
    let semi = |side: usize| {
        let units = 0..all.semi[side].len();
        units.map(|i| share(&|half| half.semi[side][i] == all.semi[side][i])).collect()
    };
    let matched = |side: usize| {
        let units = 0..all.matched[side].len();
        units.map(|i| share(&|half| half.matched[side][i] == all.matched[side][i])).collect()
    };
    Ok(Some(Stability { semi: [semi(0), semi(1)], matched: [matched(0), matched(1)] }))
}
