//! Linear assignment: the matching of rows to columns with the smallest total cost.
//!
//! Shortest augmenting paths after Jonker and Volgenant (1987), with their column reduction, reduction transfer and
//! augmenting row reduction in front where the problem is square, and with augmenting row reduction alone where it is
//! rectangular (`matching.rs`). Lines are read through candidate lists (`candidates.rs`, `search.rs`).

use consilience_linalg::MatRef;

use crate::cost::{CostTable, Objective};
use crate::matching::Matching;
use crate::scan::least;
use crate::simplex::Simplex;
use crate::{Result, certificate};

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
    matching: Matching,
    simplex: Simplex,
    line_potentials: Vec<f64>,
}

/// The assignment of rows to columns with the smallest total cost, with its certificate.
///
/// `cost` is p × q; `min(p, q)` pairs are matched. At most `O(min(p, q)^2 max(p, q))` steps up to a logarithm, in practice a
/// few passes over the costs; memory for one copy of the costs. Of equally good choices every search keeps the first in
/// order of index, so the result depends on the values of `cost` alone, not on its layout in memory.
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
        if !self.matching.solve(&self.table) {
            self.solve_by_simplex();
        }
        Ok(self.result(cost, objective))
    }

    /// Solves the problem as transport between unit masses, where one more line of zero costs takes the columns that stay
    /// unmatched.
    fn solve_by_simplex(&mut self) {
        let Self { table, matching, simplex, .. } = self;
        let (lines, spare) = (table.lines, table.width - table.lines);
        let mut line_masses = vec![1; lines];
        if spare > 0 {
            line_masses.push(spare.cast_signed() as i64);
            table.push_zero_line();
        }
        simplex.solve(table, &line_masses, &vec![1; table.width]);
        let mut level = 0.0;
        if spare > 0 {
            table.pop_line();
            level = simplex.line_potential(lines);
        }
        let pairs = simplex.flows().filter(|&(line, _, flow)| line < lines && flow > 0);
        let prices = simplex.prices().iter().map(|price| price + level);
        matching.replace(prices, pairs.map(|(line, column, _)| (line, column)));
    }

    /// The result in terms of the matrix. The line potentials are computed from the prices, so they are feasible whatever
    /// was rounded on the way, and the gap is a sum of nonnegative terms.
    fn result(&mut self, cost: MatRef<'_, f64>, objective: Objective) -> Assignment {
        let (table, prices) = (&self.table, &self.matching.prices);
        self.line_potentials.clear();
        self.line_potentials.extend(table.iter().map(|line| least(line, prices)));
        let mut gap = 0.0;
        let mut column_of_row = vec![None; cost.nrows()];
        for (line, column) in self.matching.columns().enumerate() {
            gap += table.line(line)[column] - prices[column] - self.line_potentials[line];
            let (row, column) = table.cell(line, column);
            column_of_row[row] = Some(column);
        }
        let matched = column_of_row.iter().enumerate();
        let value = matched.filter_map(|(i, &j)| j.map(|j| cost[(i, j)])).fold(0.0, |s, c| s + c);
        let (row_potentials, column_potentials) = table.potentials(&self.line_potentials, prices);
        let gap = table.amount(gap);
        Assignment { column_of_row, value, row_potentials, column_potentials, gap, objective }
    }
}
