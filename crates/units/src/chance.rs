//! What correlations are by chance: in another order of the stimuli, and with axes turned at random.

use consilience_linalg::{Mat, MatRef, matmul};

use crate::draws::{rotation, side_by_side};
use crate::partners::{best_of_rows, likeness, one_to_one};
use crate::transport::{partial, soft};
use crate::{Parameters, Result};

/// Largest likeness of every unit under one draw, and the means of the matchings.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    /// Of the units of x, and of y.
    pub(crate) best: [Vec<f64>; 2],
    /// Means in the order of [`crate::MatchKind`].
    pub(crate) means: [f64; 5],
}

/// Correlations of x with y after a rotation of the standardised units of y. Raw units would not do: the few with the
/// largest variance would fill every new axis.
pub(crate) fn rotated(
    between: MatRef<'_, f64>,
    within_y: MatRef<'_, f64>,
    turn: MatRef<'_, f64>,
) -> Mat<f64> {
    let mut r = matmul(between, turn);
    let half = matmul(within_y, turn);
    for k in 0..turn.ncols() {
        let variance: f64 = (0..turn.nrows()).map(|j| turn[(j, k)] * half[(j, k)]).sum();
        // Units that copy one another leave directions without variance: what is there is rounding.
        let scale = if variance > 1e-12 { variance.sqrt().recip() } else { 0.0 };
        r.col_as_slice_mut(k).iter_mut().for_each(|r| *r = (*r * scale).clamp(-1.0, 1.0));
    }
    r
}

/// Draws of the rotation null.
pub(crate) fn rotations(
    between: &Mat<f64>,
    within_y: &Mat<f64>,
    mass: f64,
    parameters: &Parameters,
    at_once: usize,
) -> Result<Vec<Draw>> {
    let draw = |k: usize| {
        let turn = rotation(parameters.seed, k, between.ncols());
        let r = rotated(between.as_ref(), within_y.as_ref(), turn.as_ref());
        draw(&r, mass, parameters)
    };
    side_by_side(parameters.rotations, at_once, draw)
}

/// A draw, from its correlations; the partial matching moves the mass that it moves without chance.
pub(crate) fn draw(r: &Mat<f64>, mass: f64, parameters: &Parameters) -> Result<Draw> {
    let by = likeness(r, parameters.correlation);
    let best = [best(by.as_ref()), best(by.transpose())];
    let pairs = by.nrows().min(by.ncols()) as f64;
    let means = [
        mean(&best[0]),
        mean(&best[1]),
        one_to_one(by.as_ref())?.value / pairs,
        soft(by.as_ref())?.mean,
        partial(by.as_ref(), mass)?.mean,
    ];
    Ok(Draw { best, means })
}

fn best(likeness: MatRef<'_, f64>) -> Vec<f64> {
    let partners = best_of_rows(likeness, 0.0);
    partners.into_iter().enumerate().map(|(i, j)| likeness[(i, j)]).collect()
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Draws from which on a 95 % point of a single unit is one of its own draws.
const DRAWS_OF_A_UNIT: usize = 19;

/// The 95 % point of each unit's largest likeness: of its own draws where there are 19 or more, else of those of all units of
/// its side together. Nothing without a draw.
pub(crate) fn upper_points(draws: &[&[f64]], n_units: usize) -> Vec<Option<f64>> {
    if draws.is_empty() {
        return vec![None; n_units];
    }
    if draws.len() >= DRAWS_OF_A_UNIT {
        let of = |unit: usize| upper_point(draws.iter().map(|draw| draw[unit]).collect());
        return (0..n_units).map(|unit| Some(of(unit))).collect();
    }
    let all = upper_point(draws.iter().flat_map(|draw| draw.iter().copied()).collect());
    vec![Some(all); n_units]
}

/// The smallest value that 95 % of m draws and a further one do not exceed: ⌈0.95 (m + 1)⌉ in their order, or the largest.
fn upper_point(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (19 * (values.len() + 1)).div_ceil(20);
    values[rank.min(values.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_points_are_of_the_unit_or_of_all() {
        let draws: Vec<Vec<f64>> = (0..19).map(|k| vec![f64::from(k), -f64::from(k)]).collect();
        let draws: Vec<&[f64]> = draws.iter().map(Vec::as_slice).collect();
        assert_eq!(upper_points(&draws, 2), [Some(18.0), Some(0.0)]);
        let one: Vec<f64> = (1..=100).map(f64::from).collect();
        // 95.95 of 101 ranks: the 96th of 100.
        assert!(upper_points(&[&one], 100).iter().all(|p| *p == Some(96.0)));
        assert_eq!(upper_points(&[], 2), [None, None]);
    }

    #[test]
    fn a_rotated_copy_of_independent_units_has_the_entries_of_the_rotation() {
        let turn = rotation(3, 0, 6);
        let identity = Mat::<f64>::identity(6, 6);
        let r = rotated(identity.as_ref(), identity.as_ref(), turn.as_ref());
        let apart = |i, j| (r[(i, j)] - turn[(i, j)]).abs();
        assert!((0..6).all(|i| (0..6).all(|j| apart(i, j) < 1e-12)));
    }

    #[test]
    fn directions_without_variance_have_no_correlation() {
        // Two copies of one unit; the second axis is their difference.
        let half = 0.5_f64.sqrt();
        let turn = Mat::from_fn(2, 2, |i, j| if (i, j) == (1, 1) { -half } else { half });
        let ones = Mat::from_fn(2, 2, |_, _| 1.0);
        let r = rotated(ones.as_ref(), ones.as_ref(), turn.as_ref());
        assert!((r[(0, 0)] - 1.0).abs() < 1e-12);
        assert_eq!(r[(0, 1)], 0.0);
    }
}
