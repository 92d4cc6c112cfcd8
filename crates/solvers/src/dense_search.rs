//! Shortest augmenting paths by vector loops over whole lines: the faster search for narrow problems.

use crate::cost::CostTable;
use crate::matching::{Matching, NONE};
use crate::scan::{BLOCK, minimum, smaller};

/// Memory of the search.
#[derive(Debug, Clone, Default)]
pub(crate) struct DenseSearch {
    /// Price, or minus infinity for a column that the current search has scanned.
    open_prices: Vec<f64>,
    /// Length of the shortest path to each column not yet scanned, infinite for the others.
    distance: Vec<f64>,
    /// Smallest distance in each block of columns.
    block_least: Vec<f64>,
    /// Scanned columns with their distance.
    scanned: Vec<(u32, f64)>,
}

impl DenseSearch {
    /// Matches one more line along the shortest alternating path to an unmatched column (Dijkstra on reduced costs).
    pub(crate) fn augment(&mut self, start: u32, table: &CostTable, matching: &mut Matching) {
        self.open_prices.clone_from(&matching.prices);
        self.distance.clear();
        self.distance.resize(table.width, f64::INFINITY);
        self.block_least.resize(table.width.div_ceil(BLOCK), 0.0);
        self.scanned.clear();
        let (mut line, mut offset, mut reached) = (start, 0.0, f64::NEG_INFINITY);
        let end = loop {
            self.relax(table.line(line as usize), line, offset, &mut matching.predecessor);
            let (column, distance) = self.nearest(&matching.line_of);
            if distance > reached {
                reached = distance;
            }
            line = matching.line_of[column];
            if line == NONE {
                break column;
            }
            self.scanned.push((column as u32, reached));
            self.open_prices[column] = f64::NEG_INFINITY;
            self.distance[column] = f64::INFINITY;
            offset = table.line(line as usize)[column] - matching.prices[column] - reached;
        };
        matching.take_path(start, end as u32, reached, &self.scanned);
    }

    /// Shortens the distances by the paths that end with this line, and notes the smallest of every block.
    fn relax(&mut self, costs: &[f64], line: u32, offset: f64, predecessor: &mut [u32]) {
        let costs = costs.chunks(BLOCK).zip(self.open_prices.chunks(BLOCK));
        let paths = self.distance.chunks_mut(BLOCK).zip(predecessor.chunks_mut(BLOCK));
        for (((c, v), (distance, predecessor)), least) in
            costs.zip(paths).zip(&mut self.block_least)
        {
            for ((c, v), (d, p)) in c.iter().zip(v).zip(distance.iter_mut().zip(predecessor)) {
                let x = c - v - offset;
                *p = if x < *d { line } else { *p };
                *d = smaller(x, *d);
            }
            *least = minimum(distance);
        }
    }

    /// The nearest column, an unmatched one if there is a choice, else the lowest.
    fn nearest(&self, line_of: &[u32]) -> (usize, f64) {
        let least = minimum(&self.block_least);
        let mut matched = None;
        for (block, distances) in self.distance.chunks(BLOCK).enumerate() {
            if self.block_least[block] != least {
                continue;
            }
            for (column, &d) in (block * BLOCK..).zip(distances) {
                if d == least {
                    if line_of[column] == NONE {
                        return (column, least);
                    }
                    matched.get_or_insert(column);
                }
            }
        }
        (matched.expect("an unmatched column ends the search at the latest"), least)
    }
}
