//! For each line, the few columns that can matter soon.
//!
//! A list holds the columns whose reduced cost was below a bound when the list was made. Prices only fall, so reduced costs
//! only rise, and every column that is not on the list stays at or above the bound for ever: what a list says is exact,
//! and the whole line has to be read again only when a search gets as far as the bound.

use crate::cost::CostTable;
use crate::scan::{TwoLeast, least, two_least};

/// Columns of one group: a group is read further only if its least reduced cost is below the bound.
pub(crate) const GROUP: usize = 16;

/// Groups that have a column below the bound, where ties permit. With random costs a list gets a few more columns.
const GROUPS_LISTED: usize = 16;

/// Most columns of one list.
const CAPACITY: usize = 48;

/// The lists of all lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates {
    columns: Vec<u32>,
    costs: Vec<f64>,
    counts: Vec<usize>,
    bounds: Vec<f64>,
    /// Least reduced cost of each group of the line read last.
    group_least: Vec<f64>,
    ranked: Vec<f64>,
}

impl Candidates {
    /// Empties all lists, with bounds that promise nothing.
    pub(crate) fn reset(&mut self, lines: usize) {
        self.columns.resize(lines * CAPACITY, 0);
        self.costs.resize(lines * CAPACITY, 0.0);
        self.counts.clear();
        self.counts.resize(lines, 0);
        self.bounds.clear();
        self.bounds.resize(lines, f64::NEG_INFINITY);
    }

    /// Reduced costs of columns off the list are at least this.
    pub(crate) fn bound(&self, line: usize) -> f64 {
        self.bounds[line]
    }

    /// Columns and costs on the list, columns ascending.
    pub(crate) fn of(&self, line: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let list = line * CAPACITY..line * CAPACITY + self.counts[line];
        self.columns[list.clone()].iter().map(|&j| j as usize).zip(self.costs[list].iter().copied())
    }

    /// Least reduced cost of each group of columns, of the line that [`Self::read`] read last.
    pub(crate) fn group_least(&self) -> &[f64] {
        &self.group_least
    }

    /// Reads a whole line and makes its list anew.
    pub(crate) fn read(&mut self, line: usize, table: &CostTable, prices: &[f64]) {
        let costs = table.line(line);
        self.group_least.clear();
        let groups = costs.chunks(GROUP).zip(prices.chunks(GROUP));
        self.group_least.extend(groups.map(|(c, v)| least(c, v)));
        self.ranked.clone_from(&self.group_least);
        let mut rank = GROUPS_LISTED.min(self.ranked.len() - 1);
        loop {
            let bound = *self.ranked.select_nth_unstable_by(rank, f64::total_cmp).1;
            self.bounds[line] = bound;
            if self.gather(line, costs, prices, bound) {
                break;
            }
            // Too many: at rank 0 nothing is below the bound, so this ends.
            rank /= 2;
        }
    }

    /// Lists the columns below the bound; false if there are too many.
    fn gather(&mut self, line: usize, costs: &[f64], prices: &[f64], bound: f64) -> bool {
        let start = line * CAPACITY;
        let mut count = 0;
        for (group, _) in self.group_least.iter().enumerate().filter(|(_, least)| **least < bound) {
            for j in group * GROUP..((group + 1) * GROUP).min(costs.len()) {
                if costs[j] - prices[j] < bound {
                    if count == CAPACITY {
                        return false;
                    }
                    self.columns[start + count] = j as u32;
                    self.costs[start + count] = costs[j];
                    count += 1;
                }
            }
        }
        self.counts[line] = count;
        true
    }

    /// The two least reduced costs of a line, from its list if that is certain.
    pub(crate) fn two_least(&mut self, line: usize, table: &CostTable, prices: &[f64]) -> TwoLeast {
        for attempt in 0..2 {
            let mut two = TwoLeast {
                least: f64::INFINITY,
                column: 0,
                second: f64::INFINITY,
                second_column: 0,
            };
            for (j, c) in self.of(line) {
                let x = c - prices[j];
                if x < two.least {
                    (two.second, two.second_column) = (two.least, two.column);
                    (two.least, two.column) = (x, j);
                } else if x < two.second {
                    (two.second, two.second_column) = (x, j);
                }
            }
            if two.second.is_finite() && two.second <= self.bounds[line] {
                return two;
            }
            if attempt == 0 {
                self.read(line, table, prices);
            }
        }
        two_least(table.line(line), prices)
    }
}
