//! Exact optimal transport between two discrete distributions.
//!
//! A primal network simplex (see `simplex.rs`) on integer masses, so that flows do not drift however many pivots there are.
//! Uniform masses are integers in units of their common denominator. Other masses are rounded to find the optimal basis,
//! and the flows of that basis are computed from the masses as given.

use consilience_linalg::{Mat, MatRef};

use crate::assignment::{AssignmentWorkspace, assignment_with};
use crate::certificate;
use crate::cost::{CostTable, Objective};
use crate::error::{Error, Result, Side};
use crate::scan::least;
use crate::simplex::Simplex;

/// Largest relative difference between the two sums of masses that is taken for rounding.
const SUM_TOLERANCE: f64 = 1e-9;

/// Sums of masses must lie between the reciprocal of this and this, so that products with costs stay finite.
const LARGEST_SUM: f64 = 1e150;

/// An optimal transport plan with its proof of optimality.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Plan {
    /// `(row, column, mass)`, sorted by row and column; all masses are positive, and there are at most `p + q - 1`.
    pub entries: Vec<(usize, usize, f64)>,
    /// The sum of mass times cost, added in order of the entries.
    pub value: f64,
    /// One number `u[i]` for each row: `u[i] + v[j] <= cost[i, j]` everywhere and equality where the plan has mass.
    /// Potentials are unique at most up to a constant moved from `u` to `v`.
    pub row_potentials: Vec<f64>,
    /// One number `v[j]` for each column, see `row_potentials`.
    pub column_potentials: Vec<f64>,
    /// How far `value` can be from the optimum, by the potentials: 0 up to rounding, never negative.
    pub gap: f64,
}

impl Plan {
    /// The plan as a p × q matrix.
    pub fn to_dense(&self) -> Mat<f64> {
        let mut dense = Mat::zeros(self.row_potentials.len(), self.column_potentials.len());
        for &(i, j, mass) in &self.entries {
            dense[(i, j)] = mass;
        }
        dense
    }

    /// How far the plan can be from the optimum of `cost` between `a` and `b`, computed anew from the potentials.
    ///
    /// Weak duality: for any `v`, no plan costs less than `sum_i a[i] min_j (cost[i, j] - v[j]) + sum_j b[j] v[j]`. The
    /// result is the value of the plan minus this bound. Takes `p q` steps.
    ///
    /// # Panics
    ///
    /// If the shapes are not those of the problem.
    pub fn certificate_gap(&self, cost: MatRef<'_, f64>, a: &[f64], b: &[f64]) -> f64 {
        certificate::transport_gap(self, cost, a, b)
    }
}

/// Memory of [`transport_with`] and [`uniform_transport_with`]: it grows to the largest problem and is used again.
#[derive(Debug, Clone, Default)]
pub struct TransportWorkspace {
    table: CostTable,
    line_masses: Vec<i64>,
    column_masses: Vec<i64>,
    simplex: Simplex,
    /// Lines, columns and masses of the plan.
    entries: Vec<(usize, usize, f64)>,
    line_potentials: Vec<f64>,
    assignment: AssignmentWorkspace,
}

/// The plan that moves the row masses `a` to the column masses `b` at the smallest total cost, with its certificate.
///
/// `cost` is p × q, `a` has p and `b` q masses, not negative, of any positive sum; `b` is rescaled to the sum of `a`, from
/// which it may differ by rounding. Entries below `p + q` rounding errors of the sum are left out. Network simplex: no useful
/// bound on the steps; in practice some ten pivots for each row and column, each of a few lines of costs. Memory for one
/// copy of the costs.
///
/// # Errors
///
/// Those of [`assignment`](crate::assignment); [`Error::MarginalLength`], [`Error::InvalidMass`], [`Error::TotalMass`] and
/// [`Error::UnequalMass`].
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
///
/// let cost = Mat::from_fn(2, 3, |i, j| (i as f64 - j as f64).powi(2));
/// let plan = consilience_solvers::transport(cost.as_ref(), &[0.5, 0.5], &[0.25, 0.5, 0.25])?;
/// assert_eq!(plan.entries, [(0, 0, 0.25), (0, 1, 0.25), (1, 1, 0.25), (1, 2, 0.25)]);
/// assert_eq!((plan.value, plan.gap), (0.5, 0.0));
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn transport(cost: MatRef<'_, f64>, a: &[f64], b: &[f64]) -> Result<Plan> {
    transport_with(&mut TransportWorkspace::default(), cost, a, b)
}

/// [`transport`] in memory that the caller keeps from one problem to the next.
///
/// # Errors
///
/// As [`transport`].
pub fn transport_with(
    workspace: &mut TransportWorkspace,
    cost: MatRef<'_, f64>,
    a: &[f64],
    b: &[f64],
) -> Result<Plan> {
    workspace.table.load(cost, Objective::Minimum)?;
    let (sum_a, sum_b) =
        (total(Side::Rows, a, cost.nrows())?, total(Side::Columns, b, cost.ncols())?);
    if (sum_a - sum_b).abs() > SUM_TOLERANCE * sum_a.max(sum_b) {
        return Err(Error::UnequalMass { rows: sum_a, columns: sum_b, tolerance: SUM_TOLERANCE });
    }
    workspace.count_masses(a, b, sum_a, sum_b);
    let TransportWorkspace { table, line_masses, column_masses, simplex, entries, .. } =
        &mut *workspace;
    simplex.solve(table, line_masses, column_masses);

    let rescaled: Vec<f64> = b.iter().map(|mass| mass * (sum_a / sum_b)).collect();
    let (lines, columns) = if table.flipped { (&rescaled[..], a) } else { (a, &rescaled[..]) };
    let noise = f64::EPSILON * (a.len() + b.len()) as f64 * sum_a;
    entries.clear();
    simplex.flows_for(lines, columns, |line, column, mass| {
        if mass > noise {
            entries.push((line, column, mass));
        }
    });
    Ok(workspace.plan(cost))
}

/// The plan of smallest total cost between p rows of mass `1/p` and q columns of mass `1/q`, with its certificate.
///
/// The masses are counted in units of `1 / lcm(p, q)`, so every entry is the exact multiple, rounded once. With p = q this is
/// the assignment, each pair with mass `1/p`.
///
/// # Errors
///
/// Those of [`assignment`](crate::assignment).
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
///
/// let cost = Mat::from_fn(2, 3, |i, j| (i as f64 - j as f64).powi(2));
/// let plan = consilience_solvers::uniform_transport(cost.as_ref())?;
/// let masses: Vec<f64> = plan.entries.iter().map(|entry| 6.0 * entry.2).collect();
/// assert_eq!(masses, [2.0, 1.0, 1.0, 2.0]);
/// assert_eq!(plan.value, 0.5);
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn uniform_transport(cost: MatRef<'_, f64>) -> Result<Plan> {
    uniform_transport_with(&mut TransportWorkspace::default(), cost)
}

/// [`uniform_transport`] in memory that the caller keeps from one problem to the next.
///
/// # Errors
///
/// As [`uniform_transport`].
pub fn uniform_transport_with(
    workspace: &mut TransportWorkspace,
    cost: MatRef<'_, f64>,
) -> Result<Plan> {
    let (p, q) = (cost.nrows(), cost.ncols());
    if p == q && p > 0 {
        return matching_plan(&mut workspace.assignment, cost);
    }
    workspace.table.load(cost, Objective::Minimum)?;
    let divisor = greatest_common_divisor(p, q);
    let (mut lines, mut columns) = (&mut workspace.line_masses, &mut workspace.column_masses);
    if workspace.table.flipped {
        (lines, columns) = (columns, lines);
    }
    for (masses, n, mass) in [(lines, p, q / divisor), (columns, q, p / divisor)] {
        masses.clear();
        masses.resize(n, mass.cast_signed() as i64);
    }
    let TransportWorkspace { table, line_masses, column_masses, simplex, entries, .. } =
        &mut *workspace;
    simplex.solve(table, line_masses, column_masses);

    let units = (p / divisor * q) as f64;
    let flows = simplex.flows().filter(|&(_, _, flow)| flow > 0);
    entries.clear();
    entries.extend(flows.map(|(i, j, flow)| (i, j, flow as f64 / units)));
    Ok(workspace.plan(cost))
}

/// The optimal assignment as a plan.
fn matching_plan(workspace: &mut AssignmentWorkspace, cost: MatRef<'_, f64>) -> Result<Plan> {
    let best = assignment_with(workspace, cost)?;
    let n = cost.nrows() as f64;
    let pairs = best.column_of_row.iter().enumerate();
    Ok(Plan {
        entries: pairs.filter_map(|(i, &j)| j.map(|j| (i, j, 1.0 / n))).collect(),
        value: best.value / n,
        row_potentials: best.row_potentials,
        column_potentials: best.column_potentials,
        gap: best.gap / n,
    })
}

impl TransportWorkspace {
    /// Rounds masses to integers with equal sums, fine enough to find the basis that is optimal for the masses.
    fn count_masses(&mut self, a: &[f64], b: &[f64], sum_a: f64, sum_b: f64) {
        // The simplex multiplies by at most 2 (nodes + 1), and sums must stay below 2^63.
        let nodes = a.len() + b.len();
        let bits = 60 - (2 * nodes + 2).ilog2().cast_signed();
        let (mut lines, mut columns) = (&mut self.line_masses, &mut self.column_masses);
        if self.table.flipped {
            (lines, columns) = (columns, lines);
        }
        let per_mass = 2.0_f64.powi(bits - sum_a.log2().ceil() as i32);
        for (counts, masses, factor) in [(&mut *lines, a, 1.0), (&mut *columns, b, sum_a / sum_b)] {
            counts.clear();
            // A mass of zero becomes one unit, so that every row and column is part of the network and has a potential.
            counts.extend(masses.iter().map(|m| ((m * factor * per_mass).round() as i64).max(1)));
        }
        // Rounding leaves the sums apart by some units: the largest mass of the lesser side takes them.
        let excess = lines.iter().sum::<i64>() - columns.iter().sum::<i64>();
        let lesser = if excess > 0 { columns } else { lines };
        if let Some(largest) = lesser.iter_mut().max_by_key(|mass| **mass) {
            *largest += excess.abs();
        }
    }

    /// The plan with these entries of the table, and its certificate. The line potentials are computed from the prices, so
    /// they are feasible whatever was rounded on the way, and the gap is a sum of nonnegative terms.
    fn plan(&mut self, cost: MatRef<'_, f64>) -> Plan {
        let (table, prices) = (&self.table, self.simplex.prices());
        let lines = &mut self.line_potentials;
        lines.clear();
        lines.extend(table.iter().map(|line| least(line, prices)));
        let slack = |&(line, column, mass): &(usize, usize, f64)| {
            mass * (table.line(line)[column] - prices[column] - lines[line])
        };
        let gap = table.amount(self.entries.iter().map(slack).sum());
        let in_matrix = |&(line, column, mass): &(usize, usize, f64)| {
            let (row, column) = table.cell(line, column);
            (row, column, mass)
        };
        let mut entries: Vec<_> = self.entries.iter().map(in_matrix).collect();
        entries.sort_unstable_by_key(|&(row, column, _)| (row, column));
        let value = entries.iter().fold(0.0, |sum, &(i, j, mass)| sum + mass * cost[(i, j)]);
        let (row_potentials, column_potentials) = table.potentials(lines, prices);
        Plan { entries, value, row_potentials, column_potentials, gap }
    }
}

/// The sum of one side's masses, checked.
fn total(side: Side, masses: &[f64], expected: usize) -> Result<f64> {
    if masses.len() != expected {
        return Err(Error::MarginalLength { side, found: masses.len(), expected });
    }
    if let Some(index) = masses.iter().position(|m| !m.is_finite() || *m < 0.0) {
        return Err(Error::InvalidMass { side, index, value: masses[index] });
    }
    let sum = masses.iter().sum::<f64>();
    if (LARGEST_SUM.recip()..=LARGEST_SUM).contains(&sum) {
        Ok(sum)
    } else {
        Err(Error::TotalMass { side, sum, limit: LARGEST_SUM })
    }
}

/// Euclid's algorithm.
pub(crate) fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
