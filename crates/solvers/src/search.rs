//! Shortest augmenting paths that read candidate lists and, where those end, whole lines.
//!
//! A line enters the queue a second time with the distance at which columns off its list could begin. As a rule the search is
//! over before that. If not, the line is read as a whole, so every path is truly the shortest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::candidates::GROUP;
use crate::cost::CostTable;
use crate::matching::{Matching, NONE};

/// Memory of the search.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// Length of the shortest path to each column found so far: infinite if none, minus infinity if the column is scanned.
    distance: Vec<f64>,
    /// Columns whose distance must be reset.
    touched: Vec<u32>,
    /// Scanned columns with their distance.
    scanned: Vec<(u32, f64)>,
    /// Distance plus price minus cost, for the lines of the current search.
    offsets: Vec<f64>,
    /// Distances as bits (they are not negative, so bits order like numbers), with a column, or a line above the columns.
    queue: BinaryHeap<Reverse<(u64, u32)>>,
    /// The nearest unmatched column found, and its distance.
    end: u32,
    end_distance: f64,
    /// Distance of the column scanned last; nothing found later is nearer.
    reached: f64,
    /// Lines read as a whole, in all searches for this problem.
    lines_read: usize,
}

impl Search {
    /// Prepares for a problem.
    pub(crate) fn reset(&mut self, table: &CostTable) {
        self.distance.clear();
        self.distance.resize(table.width, f64::INFINITY);
        self.offsets.resize(table.lines, 0.0);
        self.lines_read = 0;
    }

    /// How many lines were read as a whole since the last reset: the work that lists did not save.
    pub(crate) fn lines_read(&self) -> usize {
        self.lines_read
    }

    /// Matches one more line along the shortest alternating path to an unmatched column.
    pub(crate) fn augment(&mut self, start: u32, table: &CostTable, matching: &mut Matching) {
        self.queue.clear();
        self.scanned.clear();
        (self.end, self.end_distance, self.reached) = (NONE, f64::INFINITY, 0.0);
        let first = matching.candidates.two_least(start as usize, table, &matching.prices);
        let (mut line, mut offset) = (start, first.least);
        loop {
            self.scan_list(line, offset, matching);
            let Some(column) = self.nearest(table, matching) else { break };
            line = matching.line_of[column];
            offset = table.line(line as usize)[column] - matching.prices[column] - self.reached;
        }
        matching.take_path(start, self.end, self.end_distance, &self.scanned);
        for &column in &self.touched {
            self.distance[column as usize] = f64::INFINITY;
        }
        self.touched.clear();
    }

    /// Shortens distances by the candidates of a line.
    fn scan_list(&mut self, line: u32, offset: f64, matching: &mut Matching) {
        let Matching { candidates, prices, line_of, predecessor, .. } = matching;
        for (column, c) in candidates.of(line as usize) {
            self.shorten(column, c - prices[column] - offset, line, line_of, predecessor);
        }
        let beyond = candidates.bound(line as usize) - offset;
        if beyond < self.end_distance {
            self.offsets[line as usize] = offset;
            let key = if beyond > self.reached { beyond } else { self.reached };
            self.queue.push(Reverse((key.to_bits(), self.distance.len() as u32 + line)));
        }
    }

    /// Notes a path to a column if it is the shortest so far.
    #[inline]
    fn shorten(
        &mut self,
        column: usize,
        length: f64,
        line: u32,
        line_of: &[u32],
        predecessor: &mut [u32],
    ) {
        if length >= self.end_distance || length >= self.distance[column] {
            return;
        }
        // Rounding may make the path shorter than one that is part of it.
        let length = if length > self.reached { length } else { self.reached };
        self.distance[column] = length;
        predecessor[column] = line;
        self.touched.push(column as u32);
        if line_of[column] == NONE {
            (self.end, self.end_distance) = (column as u32, length);
        } else {
            self.queue.push(Reverse((length.to_bits(), column as u32)));
        }
    }

    /// Takes the nearest matched column off the queue; none if the nearest column is unmatched.
    fn nearest(&mut self, table: &CostTable, matching: &mut Matching) -> Option<usize> {
        let width = self.distance.len();
        while let Some(Reverse((bits, id))) = self.queue.pop() {
            let distance = f64::from_bits(bits);
            if distance >= self.end_distance {
                break;
            }
            self.reached = distance;
            let id = id as usize;
            if id >= width {
                self.read_line(id - width, table, matching);
            } else if self.distance[id].to_bits() == bits {
                self.distance[id] = f64::NEG_INFINITY;
                self.scanned.push((id as u32, distance));
                return Some(id);
            }
        }
        None
    }

    /// Shortens distances by all columns of a line.
    fn read_line(&mut self, line: usize, table: &CostTable, matching: &mut Matching) {
        let Matching { candidates, prices, line_of, predecessor, .. } = matching;
        candidates.read(line, table, prices);
        self.lines_read += 1;
        let (costs, offset) = (table.line(line), self.offsets[line]);
        for (group, least) in candidates.group_least().iter().enumerate() {
            if least - offset < self.end_distance {
                for j in group * GROUP..((group + 1) * GROUP).min(costs.len()) {
                    let length = costs[j] - prices[j] - offset;
                    self.shorten(j, length, line as u32, line_of, predecessor);
                }
            }
        }
    }
}
