//! From what a part of some work takes on a few stimuli to what it takes on all.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Cell, Result};

/// How the time that some work takes beside the products of moments grows with the number of stimuli.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// It does not read them, or its time is the same for any number of them.
    None,
    /// With the number.
    Linear,
    /// With the number of their pairs.
    Quadratic,
}

/// Seconds that one part may take, about, so that `plan` does not take as long as what it plans.
const SECONDS: f64 = 1.5;

/// How many times as many stimuli as at first are timed at the least: with fewer, how the time grows is lost in what it varies by.
const AT_LEAST: usize = 4;

impl Growth {
    fn work(self, n_stimuli: usize) -> f64 {
        let n = n_stimuli as f64;
        match self {
            Self::None => 1.0,
            Self::Linear => n,
            Self::Quadratic => n * n,
        }
    }

    /// Seconds at `n` stimuli, from what it takes at `first` and, if that is less than all, at as many as there is time for.
    pub(super) fn seconds(
        self,
        (first, n): (usize, usize),
        mut at: impl FnMut(usize) -> Result<f64>,
    ) -> Result<f64> {
        let first = first.min(n);
        // The first time there is memory to be got.
        let of_first = at(first)?.min(at(first)?);
        if first == n || self == Self::None {
            return Ok(of_first);
        }
        let more = SECONDS / of_first.max(1e-6);
        let more = if self == Self::Quadratic { more.sqrt() } else { more };
        let second = ((first as f64 * more) as usize).max(AT_LEAST * first).min(n);
        let of_second = at(second)?;
        if second == n {
            return Ok(of_second);
        }
        let (a, b, all) = (self.work(first), self.work(second), self.work(n));
        let each = ((of_second - of_first) / (b - a)).max(0.0);
        Ok(of_second + each * (all - b))
    }
}

/// Cells that tell in time what all take, and representations that they are of, at the most.
const CELLS: usize = 48;
const SIDES: usize = 16;

/// Places of some cells: of few representations that have many cells with one another, as all of them have.
pub(crate) fn close_together(cells: &[Cell]) -> Vec<usize> {
    let mut chosen: BTreeSet<usize> = BTreeSet::new();
    let within = |chosen: &BTreeSet<usize>| {
        let is_within = |&c: &usize| chosen.contains(&cells[c].x) && chosen.contains(&cells[c].y);
        (0..cells.len()).filter(is_within).take(CELLS).collect::<Vec<usize>>()
    };
    while chosen.len() < SIDES && within(&chosen).len() < CELLS.min(cells.len()) {
        // How many cells each of the others has with those that are chosen; of the best one from anywhere, as widths differ.
        let mut more: BTreeMap<usize, usize> = BTreeMap::new();
        for cell in cells {
            for (one, other) in [(cell.x, cell.y), (cell.y, cell.x)] {
                if !chosen.contains(&one) {
                    *more.entry(one).or_default() += usize::from(chosen.contains(&other));
                }
            }
        }
        let anywhere = |r: usize| (r as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let best = more.iter().max_by_key(|&(&r, &n)| (n, anywhere(r)));
        let Some((&best, _)) = best else { break };
        chosen.insert(best);
    }
    within(&chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out for work of known seconds, and the numbers of stimuli that were tried.
    fn found(growth: Growth, n: usize, seconds: impl Fn(f64) -> f64) -> (f64, Vec<usize>) {
        let mut tried = Vec::new();
        let found = growth.seconds((100, n), |n| {
            tried.push(n);
            Ok(seconds(n as f64))
        });
        (found.expect("no errors"), tried)
    }

    #[test]
    fn what_grows_as_it_is_said_to_is_found() {
        let (seconds, tried) = found(Growth::Linear, 1_000_000, |n| 0.3 + 1e-4 * n);
        assert!((seconds - 100.3).abs() < 1e-6, "{seconds}");
        assert_eq!(tried, [100, 100, 483], "no more than there is time for");
        let (seconds, _) = found(Growth::Quadratic, 100_000, |n| 0.01 + 1e-8 * n * n);
        assert!((seconds - 100.01).abs() < 1e-6, "{seconds}");
        let (seconds, tried) = found(Growth::None, 1_000_000, |_| 0.2);
        assert_eq!((seconds, tried.len()), (0.2, 2));
        let (seconds, tried) = found(Growth::Quadratic, 2_000, |n| n * n / 4e6);
        assert_eq!((seconds, tried.last()), (1.0, Some(&2_000)), "all, if there is time for that");
    }

    #[test]
    fn cells_are_chosen_that_share_their_representations() {
        let draws = crate::Draws { shuffle: 0, rotation: 0 };
        // Five layers of eight networks, each with the same layer of every other.
        let of_layer = |l: usize| {
            let pairs = (0..8).flat_map(|x| (x + 1..8).map(move |y| (x, y)));
            pairs.map(move |(x, y)| Cell { x: 5 * x + l, y: 5 * y + l, draws })
        };
        let cells: Vec<Cell> = (0..5).flat_map(of_layer).collect();
        let chosen = close_together(&cells);
        let sides: BTreeSet<usize> =
            chosen.iter().flat_map(|&c| [cells[c].x, cells[c].y]).collect();
        assert_eq!((chosen.len(), sides.len()), (48, 15), "pairs of two layers, and of no third");
        let one = [Cell { x: 3, y: 3, draws }];
        assert_eq!(close_together(&one), [0]);
    }

    #[test]
    fn few_stimuli_are_not_made_more() {
        let (seconds, tried) = found(Growth::Linear, 40, |n| n);
        assert_eq!((seconds, tried), (40.0, vec![40, 40]));
    }
}
