//! Squared distances of all pairs of rows, and their median.

use std::sync::Arc;

use super::table::COLUMNS_PER_TILE;
use super::{PairTable, RowSet};

/// Squared distances of all pairs of rows.
#[derive(Debug)]
pub enum SquaredDistances {
    /// Held whole.
    Held(PairTable),
    /// Too many to be held: computed anew in each pass.
    Streamed(Arc<RowSet>),
}

/// Bins of a histogram of f32 values that are not negative, 256 to the octave.
const BINS: usize = 1 << 16;

/// The bin of a value: of two values the greater one is in the same or a later bin.
fn bin(value: f64) -> usize {
    ((value as f32).to_bits() >> 15) as usize
}

impl SquaredDistances {
    /// Those of the given rows. Where units are far from 0 the rows should be centred.
    #[must_use]
    pub fn new(rows: &Arc<RowSet>) -> Self {
        if rows.may_hold_pairs() {
            Self::Held(rows.distance_table())
        } else {
            Self::Streamed(rows.clone())
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Held(table) => table.n_rows(),
            Self::Streamed(rows) => rows.n_rows(),
        }
    }

    /// The median over all pairs of two rows; with `all`, over all entries of the table, each pair twice and the zeros of the
    /// diagonal too. The mean of the two middle ones of an even number. Exact, in two passes.
    ///
    /// # Panics
    /// If there are fewer than two rows.
    #[must_use]
    pub fn median(&self, all: bool) -> f64 {
        let n = self.n_rows();
        assert!(n > 1, "one row has no distances");
        let entries = if all { n * n } else { pairs(n) };
        let [low, high] = [(entries - 1) / 2, entries / 2].map(|rank| match (all, rank < n) {
            (false, _) => Some(rank),
            (true, true) => None,
            (true, false) => Some((rank - n) / 2),
        });
        let histogram = self.histogram();
        let of_rank = |rank: usize| {
            let mut before = 0;
            let bin = histogram.iter().position(|&count| {
                before += count;
                before > rank
            });
            bin.expect("the rank is below the number of pairs")
        };
        let wanted: Vec<usize> = [low, high].into_iter().flatten().map(of_rank).collect();
        let (Some(&first), Some(&last)) = (wanted.first(), wanted.last()) else { return 0.0 };
        let collect = |found: &mut Vec<f64>, part: &[f64]| {
            found.extend(part.iter().filter(|&&v| (first..=last).contains(&bin(v))));
        };
        let mut middle: Vec<f64> = self.fold(Vec::new, collect).into_iter().flatten().collect();
        middle.sort_unstable_by(f64::total_cmp);
        let before: usize = histogram[..first].iter().sum();
        let value = |rank: Option<usize>| rank.map_or(0.0, |rank| middle[rank - before]);
        f64::midpoint(value(low), value(high))
    }

    fn histogram(&self) -> Vec<usize> {
        let count = |counts: &mut Vec<u32>, part: &[f64]| {
            part.iter().for_each(|&v| counts[bin(v)] += 1);
        };
        let mut histogram = vec![0; BINS];
        for counts in self.fold(|| vec![0_u32; BINS], count) {
            histogram.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count as usize);
        }
        histogram
    }

    /// For each band of rows what `visit` makes of the distances of later rows, shown piece by piece.
    fn fold<A: Send>(
        &self,
        start: impl Fn() -> A + Sync + Send,
        visit: impl Fn(&mut A, &[f64]) + Sync + Send,
    ) -> Vec<A> {
        let rows = match self {
            Self::Held(table) => return table.fold_above(start, visit),
            Self::Streamed(rows) => rows,
        };
        rows.map_bands(|band| {
            let mut state = start();
            for from in (band.start..rows.n_rows()).step_by(COLUMNS_PER_TILE) {
                let columns = from..(from + COLUMNS_PER_TILE).min(rows.n_rows());
                let tile = rows.squared_distances(band.clone(), columns.clone());
                for (j, row) in band.clone().enumerate() {
                    let above = (row + 1).saturating_sub(columns.start).min(columns.len());
                    visit(&mut state, &tile.col_as_slice(j)[above..]);
                }
            }
            state
        })
    }
}

fn pairs(n: usize) -> usize {
    n * n.saturating_sub(1) / 2
}
