//! The lists of both sides, in the rows of the first.

use std::sync::Arc;

use consilience_statistics::{Neighbours, RowPair};
use rayon::prelude::*;

use crate::{Comparison, Error, Result, Warning};

/// Share of stimuli with undecided neighbours from which it is worth a warning.
const MANY_UNDECIDED: f64 = 0.01;

/// Neighbour lists of the two sides of a pair.
pub(crate) struct Lists {
    id: &'static str,
    x: Arc<Neighbours>,
    y: Arc<Neighbours>,
    /// For each row of x its partner in y.
    partner: Vec<u32>,
    /// For each row of y the row of x that it belongs to.
    place: Vec<u32>,
}

impl Lists {
    pub(super) fn new(
        id: &'static str,
        x: Arc<Neighbours>,
        y: Arc<Neighbours>,
        rows: &RowPair<'_>,
    ) -> Self {
        let partner: Vec<u32> = (0..rows.n_rows()).map(|i| rows.partner(i) as u32).collect();
        let mut place = vec![0; partner.len()];
        partner.iter().enumerate().for_each(|(i, &p)| place[p as usize] = i as u32);
        Self { id, x, y, partner, place }
    }

    pub(crate) fn k(&self) -> usize {
        self.x.k()
    }

    pub(crate) fn n_stimuli(&self) -> usize {
        self.partner.len()
    }

    /// The lists of x, and those of y in the rows of y.
    pub(crate) fn sides(&self) -> [&Neighbours; 2] {
        [&self.x, &self.y]
    }

    /// For each row of x its partner in y.
    pub(crate) fn partners(&self) -> &[u32] {
        &self.partner
    }

    /// The row of x that a row of y belongs to.
    pub(crate) fn place_of(&self, row: u32) -> u32 {
        self.place[row as usize]
    }

    /// Neighbours of stimulus `i` in x.
    pub(crate) fn x(&self, i: usize) -> &[u32] {
        self.x.of(i)
    }

    /// Neighbours of stimulus `i` in y, as rows of x.
    pub(crate) fn y(&self, i: usize) -> impl Iterator<Item = u32> {
        self.y.of(self.partner[i] as usize).iter().map(|&j| self.place[j as usize])
    }

    /// The comparison that is a mean over stimuli: `of_stimulus` sees the index of a stimulus and its two lists. A stimulus
    /// that has no neighbours that mean anything, on either side, takes no part.
    ///
    /// # Errors
    /// When no stimulus takes part.
    pub(crate) fn mean(
        &self,
        of_stimulus: impl Fn(usize, &[u32], &mut [u32]) -> f64 + Sync,
    ) -> Result<Comparison> {
        let of_each = |y: &mut Vec<u32>, i: usize| {
            let partner = self.partner[i] as usize;
            if self.x.is_without_direction(i) || self.y.is_without_direction(partner) {
                return None;
            }
            y.clear();
            y.extend(self.y(i));
            Some(of_stimulus(i, self.x(i), y))
        };
        let values: Vec<Option<f64>> = (0..self.n_stimuli())
            .into_par_iter()
            .map_init(|| Vec::with_capacity(self.k()), of_each)
            .collect();
        let (sum, taking_part) =
            values.iter().flatten().fold((0.0, 0_usize), |(s, n), value| (s + value, n + 1));
        if taking_part == 0 {
            let reason = "no stimulus has a direction in both representations".to_owned();
            return Err(Error::Undefined { id: self.id, reason });
        }
        Ok(self.comparison(sum / taking_part as f64))
    }

    /// A score with what is to be said of the lists.
    pub(crate) fn comparison(&self, score: f64) -> Comparison {
        let mut comparison = Comparison::of_score(score);
        let of = self.n_stimuli();
        for (side, lists) in [("x", &self.x), ("y", &self.y)] {
            let silent = (0..of).filter(|&i| lists.is_without_direction(i)).count();
            if silent > 0 {
                let side = side.to_owned();
                comparison.warnings.push(Warning::WithoutDirection { side, stimuli: silent, of });
            }
            let stimuli = lists.undecided();
            if stimuli as f64 > MANY_UNDECIDED * of as f64 {
                let side = side.to_owned();
                comparison.warnings.push(Warning::TiedNeighbours { side, stimuli, of });
            }
        }
        comparison
    }
}

/// Number of rows that two lists have in common; the second one is left sorted.
pub(crate) fn common(x: &[u32], y: &mut [u32]) -> usize {
    y.sort_unstable();
    x.iter().filter(|row| y.binary_search(row).is_ok()).count()
}

/// For each row of the first list its place in the second, if it is there.
pub(crate) fn places<'a>(x: &'a [u32], y: &[u32]) -> impl Iterator<Item = Option<usize>> + 'a {
    let mut sorted: Vec<(u32, usize)> = y.iter().enumerate().map(|(p, &row)| (row, p)).collect();
    sorted.sort_unstable();
    x.iter().map(move |row| {
        sorted.binary_search_by_key(row, |entry| entry.0).ok().map(|found| sorted[found].1)
    })
}
