//! The state of an assignment problem on its way to the optimum, and the phases before shortest paths.
//!
//! Throughout, a matched column has the least reduced cost `c - price` of its line; in rectangular problems unmatched columns
//! have price 0 and no price is positive. So when all lines are matched, the prices prove that no matching is cheaper.
//! Prices only ever fall, which is what makes the candidate lists of `candidates.rs` exact.

use crate::candidates::Candidates;
use crate::cost::CostTable;
use crate::scan::{TwoLeast, smaller, two_least_values};
use crate::search::Search;

/// No line or column.
pub(crate) const NONE: u32 = u32::MAX;

/// Sweeps of augmenting row reduction before shortest paths take over; the paper's number.
const SWEEPS: usize = 2;

/// Bids that a sweep may make for each free line. Lines that want the same columns can outbid each other in steps as small
/// as the costs are fine; shortest paths finish such a contest in one go.
const BIDS_PER_FREE_LINE: usize = 3;

/// Searches may read whole lines this many times for each line before the network simplex takes over. Random costs and
/// correlations need less than one (measured at 64 to 4000 lines); costs of rank one or two need many.
const READS_PER_LINE: usize = 16;

/// A partial matching of lines to columns, and the prices of the columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matching {
    /// Price of each column: its dual variable.
    pub(crate) prices: Vec<f64>,
    pub(crate) column_of: Vec<u32>,
    pub(crate) line_of: Vec<u32>,
    /// Line before each column on its shortest path; in column reduction, its cheapest line.
    pub(crate) predecessor: Vec<u32>,
    free: Vec<u32>,
    next_free: Vec<u32>,
    pub(crate) candidates: Candidates,
    search: Search,
}

impl Matching {
    /// Matches every line at the least total cost; false if shortest paths turn out to be the wrong tool, and then the
    /// matching is incomplete.
    ///
    /// Costs such as `-x_i y_j` are the worst case of shortest paths: each of them visits nearly all lines. The network
    /// simplex does not mind, but is slower on the rest.
    pub(crate) fn solve(&mut self, table: &CostTable) -> bool {
        let (lines, width) = (table.lines, table.width);
        for (array, length) in [(&mut self.column_of, lines), (&mut self.line_of, width)] {
            array.clear();
            array.resize(length, NONE);
        }
        self.prices.clear();
        self.prices.resize(width, 0.0);
        self.predecessor.resize(width, NONE);
        self.free.clear();
        if lines == width {
            self.reduce_columns(table);
        } else {
            self.free.extend(0..lines as u32);
        }
        self.candidates.reset(lines);
        for _ in 0..SWEEPS {
            self.reduce_rows(table);
        }
        let mut search = std::mem::take(&mut self.search);
        search.reset(table);
        let mut complete = true;
        for k in 0..self.free.len() {
            search.augment(self.free[k], table, self);
            if search.lines_read() > READS_PER_LINE * lines {
                complete = k + 1 == self.free.len();
                break;
            }
        }
        self.search = search;
        complete
    }

    /// Takes over prices and the column of each line.
    pub(crate) fn replace(
        &mut self,
        prices: impl Iterator<Item = f64>,
        pairs: impl Iterator<Item = (usize, usize)>,
    ) {
        self.prices.clear();
        self.prices.extend(prices);
        self.line_of.fill(NONE);
        for (line, column) in pairs {
            self.column_of[line] = column as u32;
            self.line_of[column] = line as u32;
        }
        // The prices of unmatched columns are zero up to rounding.
        if self.column_of.len() < self.line_of.len() {
            for (price, &line) in self.prices.iter_mut().zip(&self.line_of) {
                *price = if line == NONE { 0.0 } else { price.min(0.0) };
            }
        }
    }

    /// The column of each line.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.column_of.iter().map(|&column| column as usize)
    }

    /// Sets each price to the least cost of its column, gives columns to lines that are cheapest there, and lets lines
    /// with one such column pay as much as their second choice allows.
    fn reduce_columns(&mut self, table: &CostTable) {
        const ONCE: u32 = 1;
        let Self { prices, predecessor: cheapest, next_free: wanted, .. } = self;
        prices.copy_from_slice(table.line(0));
        cheapest.fill(0);
        for (i, line) in (0..).zip(table.iter()).skip(1) {
            for ((price, cheapest), &c) in prices.iter_mut().zip(cheapest.iter_mut()).zip(line) {
                *cheapest = if c < *price { i } else { *cheapest };
                *price = smaller(c, *price);
            }
        }
        wanted.clear();
        wanted.resize(table.lines, 0);
        // From the last column to the first, so that a line with a choice gets its lowest column.
        for j in (0..table.width).rev() {
            let i = cheapest[j] as usize;
            if self.column_of[i] != NONE {
                self.line_of[self.column_of[i] as usize] = NONE;
            }
            self.column_of[i] = j as u32;
            self.line_of[j] = i as u32;
            wanted[i] += 1;
        }
        for (i, &times) in wanted.iter().enumerate() {
            match self.column_of[i] {
                NONE => self.free.push(i as u32),
                j if times == ONCE && table.width > 1 => {
                    prices[j as usize] -= two_least_values(table.line(i), prices).1;
                }
                _ => {}
            }
        }
    }

    /// One sweep of augmenting row reduction: each free line takes its best column, lowers that column's price until its
    /// second best is as good, and frees the line that held it; a line freed by a true bid bids next.
    fn reduce_rows(&mut self, table: &CostTable) {
        let mut bids = BIDS_PER_FREE_LINE * self.free.len();
        self.next_free.clear();
        let mut k = 0;
        while k < self.free.len() {
            if bids == 0 {
                self.next_free.extend_from_slice(&self.free[k..]);
                break;
            }
            let i = self.free[k];
            bids -= 1;
            k += 1;
            let TwoLeast { least, mut column, second, second_column } =
                self.candidates.two_least(i as usize, table, &self.prices);
            let price = self.prices[column];
            // An infinite second choice means that there is one column, and nobody to bid against.
            let bid = if second.is_finite() { price - (second - least) } else { price };
            let lowered = bid < price;
            if lowered {
                self.prices[column] = bid;
            } else if self.line_of[column] != NONE {
                column = second_column;
            }
            let displaced = std::mem::replace(&mut self.line_of[column], i);
            self.column_of[i as usize] = column as u32;
            if displaced != NONE {
                self.column_of[displaced as usize] = NONE;
                if lowered {
                    k -= 1;
                    self.free[k] = displaced;
                } else {
                    self.next_free.push(displaced);
                }
            }
        }
        std::mem::swap(&mut self.free, &mut self.next_free);
    }

    /// Lowers the prices of the columns that a search scanned at these distances, and moves every line on the path from
    /// `start` to the unmatched column `end`, found at distance `reached`, to its new column.
    pub(crate) fn take_path(&mut self, start: u32, end: u32, reached: f64, scanned: &[(u32, f64)]) {
        for &(column, distance) in scanned {
            self.prices[column as usize] += distance - reached;
        }
        let mut column = end;
        loop {
            let line = self.predecessor[column as usize];
            self.line_of[column as usize] = line;
            std::mem::swap(&mut self.column_of[line as usize], &mut column);
            if line == start {
                break;
            }
        }
    }
}
