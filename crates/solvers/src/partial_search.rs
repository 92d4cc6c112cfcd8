//! Shortest paths from the lines that have mass left to the columns that have room.
//!
//! Distances are kept for columns only, and which line a distance came from is found afterwards, for the few columns of
//! the path: so that the inner loop is one pass of minima over a line of costs.

use crate::cost::CostTable;
use crate::scan::{least_column, smaller};

/// No line or column.
pub(crate) const NONE: u32 = u32::MAX;

/// Memory of a search.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// Length of the shortest way to each column found so far; infinite for a scanned column.
    open: Vec<f64>,
    /// Potentials of the columns; minus infinity for a scanned column, which no way shortens.
    prices: Vec<f64>,
    zeros: Vec<f64>,
    pub(crate) scanned: Vec<Scanned>,
    pub(crate) reached: Vec<Reached>,
    /// Place of a line among those reached.
    place: Vec<u32>,
}

/// A full column on the way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned {
    pub(crate) column: u32,
    pub(crate) distance: f64,
    /// Its distance as it was computed, before rounding was mended.
    length: f64,
    /// Lines reached before it.
    lines: u32,
}

/// A line that was reached by taking mass back from a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reached {
    pub(crate) line: u32,
    pub(crate) distance: f64,
    offset: f64,
    column: u32,
}

/// A part of a path: the column gets more from the line, and the column `back`, if there is one, gets less from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) back: u32,
}

impl Search {
    /// Begins at the lines that have mass left; `nearest` are the least costs from one of them.
    pub(crate) fn start(&mut self, nearest: &[(f64, u32)], v: &[f64], level: f64, lines: usize) {
        self.open.clear();
        self.open.extend(nearest.iter().zip(v).map(|(n, v)| first_length(n.0, *v, level)));
        self.prices.clear();
        self.prices.extend(v);
        self.zeros.resize(v.len(), 0.0);
        self.place.clear();
        self.place.resize(lines, NONE);
        self.scanned.clear();
        self.reached.clear();
    }

    /// Takes the nearest column that is not scanned, the first of equals, and marks it.
    pub(crate) fn next(&mut self) -> (usize, f64) {
        let (length, column) = least_column(&self.open, &self.zeros);
        // Rounding may make a way shorter than one that is part of it.
        let before = self.scanned.last().map_or(0.0, |s| s.distance);
        let distance = if length > before { length } else { before };
        let lines = self.reached.len() as u32;
        self.scanned.push(Scanned { column: column as u32, distance, length, lines });
        self.open[column] = f64::INFINITY;
        self.prices[column] = f64::NEG_INFINITY;
        (column, distance)
    }

    pub(crate) fn is_reached(&self, line: u32) -> bool {
        self.place[line as usize] != NONE
    }

    /// Notes a line; `offset` is its distance less its potential.
    pub(crate) fn reach(&mut self, line: u32, column: u32, distance: f64, offset: f64) {
        self.place[line as usize] = self.reached.len() as u32;
        self.reached.push(Reached { line, distance, offset, column });
    }

    /// Shortens distances by way of the line that was reached last.
    pub(crate) fn relax(&mut self, costs: &[f64]) {
        let Some(&Reached { offset, .. }) = self.reached.last() else { return };
        for (open, (c, price)) in self.open.iter_mut().zip(costs.iter().zip(&self.prices)) {
            *open = smaller(c - price + offset, *open);
        }
    }

    /// The path to the column that was scanned last, from its end to its beginning.
    ///
    /// The same expressions give the same numbers, so a column came from the first line whose length is its own. Prices and
    /// potentials are still those of the search.
    pub(crate) fn path(
        &self,
        table: &CostTable,
        nearest: &[(f64, u32)],
        v: &[f64],
        level: f64,
    ) -> Vec<Step> {
        let mut path = Vec::new();
        let Some(mut at) = self.scanned.last().copied() else { return path };
        loop {
            let column = at.column as usize;
            let (cost, line) = nearest[column];
            if first_length(cost, v[column], level) == at.length {
                path.push(Step { line, column: at.column, back: NONE });
                return path;
            }
            let leads = |r: &&Reached| {
                table.line(r.line as usize)[column] - v[column] + r.offset == at.length
            };
            let found = self.reached[..at.lines as usize].iter().find(leads);
            let reached = found.expect("a column is reached from a line");
            path.push(Step { line: reached.line, column: at.column, back: reached.column });
            let before = self.scanned.iter().find(|s| s.column == reached.column);
            at = *before.expect("a line is reached from a scanned column");
        }
    }
}

/// Length of the way from a line that has mass left.
fn first_length(cost: f64, v: f64, level: f64) -> f64 {
    cost - v - level
}
