//! Linear assignment: the matching of rows to columns with the smallest total cost.
//!
//! Shortest augmenting paths after Jonker and Volgenant (1987), with their column reduction, reduction transfer and
//! augmenting row reduction in front where the problem is square, and with augmenting row reduction alone where it is
//! rectangular (Crouse 2016 treats that case). The code below is ours and written from the papers.

use consilience_linalg::MatRef;

use crate::cost::{CostTable, Objective};
use crate::scan::{BLOCK, TwoLeast, least, smaller, two_least};
use crate::{Result, certificate};

/// No line or column.
const NONE: u32 = u32::MAX;

/// Sweeps of augmenting row reduction before shortest paths take over; the paper's number.
const SWEEPS: usize = 2;

/// Row scans that a sweep may spend for each free line. Bidding between lines that want the same columns can take
/// steps as small as the costs are fine; shortest paths finish such a contest in one go.
const SCANS_PER_FREE_LINE: usize = 8;

/// An optimal assignment with its proof of optimality.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Assignment {
    /// The column of each row. `None` only if there are more rows than columns.
    pub column_of_row: Vec<Option<usize>>,
    /// The sum of the matched costs, added in order of the rows.
    pub value: f64,
    /// One number `u[i]` for each row. For a minimum, `u[i] + v[j] <= cost[i, j]` everywhere and equality where matched;
    /// for a maximum, `>=`. With more rows than columns, no `u[i]` has the sign that would gain from an unmatched row
    /// (minimum: all `<= 0`, maximum: all `>= 0`), and unmatched rows have 0.
    pub row_potentials: Vec<f64>,
    /// One number `v[j]` for each column, see `row_potentials`; with more columns than rows the sign rule is theirs.
    pub column_potentials: Vec<f64>,
    /// How far `value` can be from the optimum, by the potentials: 0 up to rounding, never negative.
    pub gap: f64,
    /// What was optimised.
    pub objective: Objective,
}

impl Assignment {
    /// How far the matching can be from the optimum of `cost`, computed anew from the potentials.
    ///
    /// Weak duality, for a minimum with `p <= q`: for any `v <= 0`, no assignment costs less than
    /// `sum_i min_j (cost[i, j] - v[j]) + sum_j v[j]`. The result is the value of the matching minus this bound, so it does
    /// not trust the solver. Takes `p q` steps.
    ///
    /// # Panics
    ///
    /// If `cost` has another shape than the problem had, or the fields were changed into something that is no assignment.
    pub fn certificate_gap(&self, cost: MatRef<'_, f64>) -> f64 {
        certificate::assignment_gap(self, cost)
    }
}

/// Memory of [`assignment_with`] and [`maximum_assignment_with`]: it grows to the largest problem and is used again.
#[derive(Debug, Clone, Default)]
pub struct AssignmentWorkspace {
    table: CostTable,
    /// Price of each column: its dual variable.
    prices: Vec<f64>,
    column_of: Vec<u32>,
    line_of: Vec<u32>,
    free: Vec<u32>,
    next_free: Vec<u32>,
    /// Price, or minus infinity for a column that the current search has scanned.
    open_prices: Vec<f64>,
    /// Length of the shortest path to each column not yet scanned, infinite for the others.
    distance: Vec<f64>,
    /// Line before each column on its shortest path.
    predecessor: Vec<u32>,
    /// Smallest distance in each block of columns.
    block_least: Vec<f64>,
    /// Scanned columns with their distance.
    scanned: Vec<(u32, f64)>,
    line_potentials: Vec<f64>,
}

/// The assignment of rows to columns with the smallest total cost, with its certificate.
///
/// `cost` is p × q; `min(p, q)` pairs are matched. At most `O(min(p, q)^2 max(p, q))` steps, far fewer as a rule; memory for
/// one copy of the costs. Ties are broken by the lowest index in every search, so the result depends on the values of
/// `cost` alone, not on its layout in memory.
///
/// # Errors
///
/// [`Error::Empty`](crate::Error::Empty), [`Error::NonFiniteCost`](crate::Error::NonFiniteCost) and
/// [`Error::CostTooLarge`](crate::Error::CostTooLarge).
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
///
/// let cost = [[4.0, 1.0, 3.0], [2.0, 0.0, 5.0]];
/// let cost = Mat::from_fn(2, 3, |i, j| cost[i][j]);
/// let best = consilience_solvers::assignment(cost.as_ref())?;
/// assert_eq!(best.column_of_row, [Some(1), Some(0)]);
/// assert_eq!((best.value, best.gap), (3.0, 0.0));
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn assignment(cost: MatRef<'_, f64>) -> Result<Assignment> {
    assignment_with(&mut AssignmentWorkspace::default(), cost)
}

/// [`assignment`] in memory that the caller keeps from one problem to the next.
///
/// # Errors
///
/// As [`assignment`].
pub fn assignment_with(
    workspace: &mut AssignmentWorkspace,
    cost: MatRef<'_, f64>,
) -> Result<Assignment> {
    workspace.run(cost, Objective::Minimum)
}

/// The assignment of rows to columns with the largest total, as [`assignment`] of the negated costs.
///
/// # Errors
///
/// As [`assignment`].
pub fn maximum_assignment(cost: MatRef<'_, f64>) -> Result<Assignment> {
    maximum_assignment_with(&mut AssignmentWorkspace::default(), cost)
}

/// [`maximum_assignment`] in memory that the caller keeps from one problem to the next.
///
/// # Errors
///
/// As [`assignment`].
pub fn maximum_assignment_with(
    workspace: &mut AssignmentWorkspace,
    cost: MatRef<'_, f64>,
) -> Result<Assignment> {
    workspace.run(cost, Objective::Maximum)
}

impl AssignmentWorkspace {
    fn run(&mut self, cost: MatRef<'_, f64>, objective: Objective) -> Result<Assignment> {
        self.table.load(cost, objective)?;
        self.solve();
        Ok(self.result(cost, objective))
    }

    /// Matches every line; afterwards the prices prove that no matching is cheaper.
    ///
    /// Throughout, matched pairs have the least reduced cost of their line, and in rectangular problems unmatched columns
    /// have price 0 and no price is positive.
    fn solve(&mut self) {
        let (lines, width) = (self.table.lines, self.table.width);
        for (array, length) in [(&mut self.column_of, lines), (&mut self.line_of, width)] {
            array.clear();
            array.resize(length, NONE);
        }
        self.prices.clear();
        self.prices.resize(width, 0.0);
        self.predecessor.resize(width, NONE);
        self.free.clear();
        if lines == width {
            self.reduce_columns();
        } else {
            self.free.extend(0..lines as u32);
        }
        for _ in 0..SWEEPS {
            self.reduce_rows();
        }
        for k in 0..self.free.len() {
            self.augment(self.free[k]);
        }
    }

    /// Sets each price to the least cost of its column, gives columns to lines that are cheapest there, and lets lines
    /// with one such column pay as much as their second choice allows.
    fn reduce_columns(&mut self) {
        let Self { table, prices, predecessor: cheapest, .. } = self;
        prices.copy_from_slice(table.line(0));
        cheapest.fill(0);
        for (i, line) in (0..).zip(table.iter()).skip(1) {
            for ((price, cheapest), &c) in prices.iter_mut().zip(cheapest.iter_mut()).zip(line) {
                *cheapest = if c < *price { i } else { *cheapest };
                *price = smaller(c, *price);
            }
        }
        // From the last column to the first, so that a line with a choice gets its lowest column.
        const ONCE: u32 = 1;
        let wanted = &mut self.next_free;
        wanted.clear();
        wanted.resize(table.lines, 0);
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
                    let second = two_least(table.line(i), prices).second;
                    prices[j as usize] -= second;
                }
                _ => {}
            }
        }
    }

    /// One sweep of augmenting row reduction: each free line takes its best column, lowers that column's price until its
    /// second best is as good, and frees the line that held it; a line freed by a true bid bids next.
    fn reduce_rows(&mut self) {
        let mut bids = SCANS_PER_FREE_LINE * self.free.len();
        self.next_free.clear();
        let mut k = 0;
        while k < self.free.len() {
            let i = self.free[k];
            if bids == 0 {
                self.next_free.extend_from_slice(&self.free[k..]);
                break;
            }
            bids -= 1;
            k += 1;
            let TwoLeast { least, mut column, second, second_column } =
                two_least(self.table.line(i as usize), &self.prices);
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

    /// Matches one more line along the shortest alternating path to an unmatched column (Dijkstra on reduced costs).
    fn augment(&mut self, start: u32) {
        self.open_prices.clone_from(&self.prices);
        self.distance.clear();
        self.distance.resize(self.table.width, f64::INFINITY);
        self.block_least.resize(self.table.width.div_ceil(BLOCK), 0.0);
        self.scanned.clear();
        let (mut line, mut offset, mut reached) = (start, 0.0, f64::NEG_INFINITY);
        let end = loop {
            self.relax(line, offset);
            let (column, distance) = self.nearest();
            if distance > reached {
                reached = distance;
            }
            line = self.line_of[column];
            if line == NONE {
                break column;
            }
            self.scanned.push((column as u32, reached));
            self.open_prices[column] = f64::NEG_INFINITY;
            self.distance[column] = f64::INFINITY;
            self.block_least[column / BLOCK] = f64::INFINITY;
            offset = self.table.line(line as usize)[column] - self.prices[column] - reached;
        };
        for &(column, distance) in &self.scanned {
            self.prices[column as usize] += distance - reached;
        }
        let mut column = end as u32;
        loop {
            let line = self.predecessor[column as usize];
            self.line_of[column as usize] = line;
            std::mem::swap(&mut self.column_of[line as usize], &mut column);
            if line == start {
                break;
            }
        }
    }

    /// Shortens the distances by the paths that end with this line, and notes the smallest of every block.
    fn relax(&mut self, line: u32, offset: f64) {
        let costs = self.table.line(line as usize).chunks(BLOCK);
        let prices = self.open_prices.chunks(BLOCK);
        let distance = self.distance.chunks_mut(BLOCK);
        let predecessor = self.predecessor.chunks_mut(BLOCK);
        let blocks = costs.zip(prices).zip(distance.zip(predecessor)).zip(&mut self.block_least);
        for (((costs, prices), (distance, predecessor)), block_least) in blocks {
            for ((&c, &v), (d, p)) in
                costs.iter().zip(prices).zip(distance.iter_mut().zip(predecessor))
            {
                let x = c - v - offset;
                *p = if x < *d { line } else { *p };
                *d = smaller(x, *d);
            }
            *block_least = minimum(distance);
        }
    }

    /// The nearest column, an unmatched one if there is a choice, else the lowest.
    fn nearest(&self) -> (usize, f64) {
        let least = minimum(&self.block_least);
        let mut matched = None;
        for (block, distances) in self.distance.chunks(BLOCK).enumerate() {
            if self.block_least[block] != least {
                continue;
            }
            for (k, &d) in distances.iter().enumerate() {
                if d == least {
                    let column = block * BLOCK + k;
                    if self.line_of[column] == NONE {
                        return (column, least);
                    }
                    matched.get_or_insert(column);
                }
            }
        }
        (matched.expect("a search ends at an unmatched column at the latest"), least)
    }

    /// The result in terms of the matrix. The line potentials are computed from the prices, so they are feasible whatever
    /// was rounded on the way, and the gap is a sum of nonnegative terms.
    fn result(&mut self, cost: MatRef<'_, f64>, objective: Objective) -> Assignment {
        let table = &self.table;
        self.line_potentials.clear();
        self.line_potentials.extend(table.iter().map(|line| least(line, &self.prices)));
        let mut gap = 0.0;
        let mut column_of_row = vec![None; cost.nrows()];
        for (line, &column) in self.column_of.iter().enumerate() {
            let column = column as usize;
            gap += table.line(line)[column] - self.prices[column] - self.line_potentials[line];
            let (row, column) = table.cell(line, column);
            column_of_row[row] = Some(column);
        }
        let matched = column_of_row.iter().enumerate();
        let value = matched.filter_map(|(i, &j)| j.map(|j| cost[(i, j)])).fold(0.0, |s, c| s + c);
        let (row_potentials, column_potentials) =
            table.potentials(&self.line_potentials, &self.prices);
        let gap = table.amount(gap);
        Assignment { column_of_row, value, row_potentials, column_potentials, gap, objective }
    }
}

/// The smallest of some numbers, none NaN; infinite if there are none.
fn minimum(numbers: &[f64]) -> f64 {
    let mut lanes = [f64::INFINITY; 8];
    let (chunks, rest) = numbers.as_chunks::<8>();
    for chunk in chunks {
        for k in 0..8 {
            lanes[k] = smaller(chunk[k], lanes[k]);
        }
    }
    rest.iter().copied().chain(lanes).fold(f64::INFINITY, smaller)
}
