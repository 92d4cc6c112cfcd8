//! Optimal transport of a part of the mass, and its cost for every part.
//!
//! Successive shortest paths: mass moves along the cheapest path from rows that have some left to columns that have room,
//! again and again. After each step the plan is the cheapest of its mass, so one run passes through the optima of every
//! mass, and its costs are the whole curve: convex, with a kink wherever the cheapest path changes.

use consilience_linalg::MatRef;

use crate::certificate;
use crate::cost::{CostTable, Objective};
use crate::error::{Error, Result};
use crate::partial_search::{NONE, Search, Step};
use crate::scan::smaller;

/// A plan of a given mass with the least cost, and its proof.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct PartialPlan {
    /// `(row, column, mass)`, sorted by row and column; all masses are positive.
    pub entries: Vec<(usize, usize, f64)>,
    /// The mass that was asked for, and that the entries hold.
    pub mass: f64,
    /// The sum of mass times cost, added in order of the entries.
    pub value: f64,
    /// What the next piece of mass would cost at least: the slope of the curve.
    pub level: f64,
    /// One number `u[i]` for each row, at most `level`: `u[i] + v[j] <= cost[i, j]` everywhere, with equality where the plan
    /// has mass, and `u[i] = level` where a row has mass left.
    pub row_potentials: Vec<f64>,
    /// One number `v[j]` for each column, at most 0; 0 where a column has room.
    pub column_potentials: Vec<f64>,
    /// How far `value` can be from the optimum, by the potentials: 0 up to rounding.
    pub gap: f64,
}

impl PartialPlan {
    /// How far the plan can be from the optimum of `cost`, computed anew from the potentials.
    ///
    /// Weak duality: for any `v <= 0` and any level, no plan of this mass between uniform marginals costs less than
    /// `mass · level + mean_i min(0, min_j (cost[i, j] - v[j]) - level) + mean_j v[j]`. Takes `p q` steps.
    ///
    /// # Panics
    ///
    /// If the shapes are not those of the problem.
    pub fn certificate_gap(&self, cost: MatRef<'_, f64>) -> f64 {
        certificate::partial_gap(self, cost)
    }
}

/// The least cost of every mass: piecewise linear and convex.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct PartialCurve {
    /// Masses at the kinks, ascending, from 0 to 1.
    pub masses: Vec<f64>,
    /// The least cost of each.
    pub costs: Vec<f64>,
    /// How far any of the costs can be from the optimum, by the potentials at that kink.
    pub gap: f64,
}

impl PartialCurve {
    /// The least cost of a mass between 0 and 1.
    ///
    /// # Panics
    ///
    /// For a mass outside.
    #[must_use]
    pub fn cost(&self, mass: f64) -> f64 {
        assert!((0.0..=1.0).contains(&mass), "a mass of {mass} is not between 0 and 1");
        let above = self.masses.partition_point(|&m| m < mass);
        if above == 0 {
            return 0.0;
        }
        let [low, high] = [above - 1, above.min(self.masses.len() - 1)];
        let share = (mass - self.masses[low]) / (self.masses[high] - self.masses[low]);
        self.costs[low] + share * (self.costs[high] - self.costs[low])
    }

    /// The mass of a grid at which the curve bends most: the middle of the three neighbours with the largest second
    /// difference in magnitude, the first on ties (the L-curve rule of Kapoor, Williams & Khosla 2026).
    ///
    /// # Panics
    ///
    /// For fewer than three masses, or masses outside 0 to 1.
    #[must_use]
    pub fn corner(&self, grid: &[f64]) -> f64 {
        assert!(grid.len() >= 3, "{} masses have no second difference", grid.len());
        let costs: Vec<f64> = grid.iter().map(|&mass| self.cost(mass)).collect();
        let bend = |k: usize| (costs[k - 1] - 2.0 * costs[k] + costs[k + 1]).abs();
        let sharper = |best, k| if bend(k) > bend(best) { k } else { best };
        grid[(1..grid.len() - 1).fold(1, sharper)]
    }
}

/// The plan of smallest total cost that moves `mass` from rows of at most `1/p` to columns of at most `1/q` each.
///
/// With mass 1 it is [`uniform_transport`](crate::uniform_transport). Masses are counted in units of `1 / lcm(p, q)`. As many
/// shortest paths as masses allow, some p + q as a rule, each of a few lines of costs.
///
/// # Errors
///
/// Those of [`assignment`](crate::assignment), and [`Error::PartialMass`] unless the mass is between 0 and 1.
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
///
/// let cost = [[0.1, 0.9], [0.8, 0.6]];
/// let cost = Mat::from_fn(2, 2, |i, j| cost[i][j]);
/// let plan = consilience_solvers::partial_transport(cost.as_ref(), 0.75)?;
/// assert_eq!(plan.entries, [(0, 0, 0.5), (1, 1, 0.25)]);
/// assert!((plan.value - 0.2).abs() < 1e-15 && (plan.level - 0.6).abs() < 1e-15);
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn partial_transport(cost: MatRef<'_, f64>, mass: f64) -> Result<PartialPlan> {
    if !(0.0..=1.0).contains(&mass) {
        return Err(Error::PartialMass { mass });
    }
    let mut table = CostTable::default();
    table.load(cost, Objective::Minimum)?;
    let mut flow = PartialFlow::new(&table);
    let wanted = mass * flow.units as f64;
    // Whole units but for the last step.
    let mut moved = 0.0;
    while moved < wanted {
        moved += flow.augment(&table, wanted - moved).0;
    }
    let mut entries = Vec::new();
    for (column, flows) in flow.of_column.iter().enumerate() {
        for &(line, units) in flows.iter().filter(|(_, units)| *units > 0.0) {
            let (row, column) = table.cell(line as usize, column);
            entries.push((row, column, units / flow.units as f64));
        }
    }
    entries.sort_unstable_by_key(|&(row, column, _)| (row, column));
    let value =
        entries.iter().fold(0.0, |sum, &(row, column, mass)| sum + mass * cost[(row, column)]);
    let (mut lines, columns) = flow.potentials();
    // In the table lines have the level and columns the sign rule; which of them are rows depends on the shape.
    let level = table.signed(flow.level);
    let shift = if table.flipped { flow.level } else { 0.0 };
    lines.iter_mut().for_each(|u| *u -= shift);
    let columns: Vec<f64> = columns.iter().map(|v| v + shift).collect();
    let (row_potentials, column_potentials) = table.potentials(&lines, &columns);
    let gap = table.amount(flow.gap(moved));
    Ok(PartialPlan { entries, mass, value, level, row_potentials, column_potentials, gap })
}

/// The least cost of every mass that can be moved from rows of at most `1/p` to columns of at most `1/q` each.
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
/// let cost = [[0.1, 0.9], [0.8, 0.6]];
/// let curve = consilience_solvers::partial_curve(Mat::from_fn(2, 2, |i, j| cost[i][j]).as_ref())?;
/// assert_eq!(curve.masses, [0.0, 0.5, 1.0]);
/// assert!((curve.cost(0.75) - 0.2).abs() < 1e-15);
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn partial_curve(cost: MatRef<'_, f64>) -> Result<PartialCurve> {
    let mut table = CostTable::default();
    table.load(cost, Objective::Minimum)?;
    let mut flow = PartialFlow::new(&table);
    let units = flow.units as f64;
    let (mut moved, mut value, mut gap) = (0.0, 0.0, 0.0_f64);
    let (mut masses, mut costs, mut slopes): (Vec<f64>, Vec<f64>, Vec<f64>) =
        (vec![0.0], vec![0.0], Vec::new());
    while moved < units {
        let (step, slope) = flow.augment(&table, units - moved);
        moved += step;
        value += step * slope;
        gap = gap.max(flow.gap(moved));
        // Steps of one slope are one piece.
        if slopes.last() == Some(&slope) {
            masses.pop();
            costs.pop();
        } else {
            slopes.push(slope);
        }
        masses.push(moved / units);
        costs.push(table.signed(value / units));
    }
    Ok(PartialCurve { masses, costs, gap: table.amount(gap) })
}

/// A plan on its way, in units in which every line and column holds a whole number. Reduced costs `c - u - v` are not
/// negative, and zero where the plan has mass.
struct PartialFlow {
    /// All mass.
    units: u64,
    /// What lines have left.
    supply: Vec<f64>,
    /// What columns have room for.
    room: Vec<f64>,
    /// Lines that a column gets mass from.
    of_column: Vec<Vec<(u32, f64)>>,
    /// Potentials of the lines that have nothing left; the others are at the level.
    u: Vec<f64>,
    v: Vec<f64>,
    level: f64,
    /// For each column the least cost of a line that has mass left, and that line.
    nearest: Vec<(f64, u32)>,
    search: Search,
    /// Cost of what was moved.
    value: f64,
    /// All that a line holds.
    line_mass: f64,
    /// All that a column holds.
    column_mass: f64,
}

impl PartialFlow {
    fn new(table: &CostTable) -> Self {
        let (lines, width) = (table.lines, table.width);
        let divisor = crate::transport::greatest_common_divisor(lines, width);
        let (line_mass, column_mass) = (width / divisor, lines / divisor);
        let mut flow = Self {
            units: (lines * line_mass) as u64,
            supply: vec![line_mass as f64; lines],
            room: vec![column_mass as f64; width],
            of_column: vec![Vec::new(); width],
            u: vec![0.0; lines],
            v: vec![0.0; width],
            level: 0.0,
            nearest: vec![(f64::INFINITY, NONE); width],
            search: Search::default(),
            value: 0.0,
            line_mass: line_mass as f64,
            column_mass: column_mass as f64,
        };
        (0..width).for_each(|column| flow.find_nearest(table, column));
        flow.level = flow.nearest.iter().map(|n| n.0).fold(f64::INFINITY, smaller);
        flow
    }

    fn find_nearest(&mut self, table: &CostTable, column: usize) {
        self.nearest[column] = (f64::INFINITY, NONE);
        for (line, &supply) in self.supply.iter().enumerate() {
            let cost = table.line(line)[column];
            if supply > 0.0 && cost < self.nearest[column].0 {
                self.nearest[column] = (cost, line as u32);
            }
        }
    }

    /// Potentials of lines and columns.
    fn potentials(&self) -> (Vec<f64>, Vec<f64>) {
        let of =
            |(line, &supply): (usize, &f64)| if supply > 0.0 { self.level } else { self.u[line] };
        (self.supply.iter().enumerate().map(of).collect(), self.v.clone())
    }

    /// Cost less its lower bound, for mass 1.
    fn gap(&self, moved: f64) -> f64 {
        let below = |(line, &supply): (usize, &f64)| {
            if supply > 0.0 { 0.0 } else { self.u[line] - self.level }
        };
        let lines: f64 = self.supply.iter().enumerate().map(below).sum();
        let columns: f64 = self.v.iter().sum();
        let bound = moved * self.level + lines * self.line_mass + columns * self.column_mass;
        ((self.value - bound) / self.units as f64).max(0.0)
    }

    /// Moves mass along the cheapest path, at most `limit` units; how much, and the cost of a unit.
    fn augment(&mut self, table: &CostTable, limit: f64) -> (f64, f64) {
        let distance = self.shortest_path(table);
        let path = self.search.path(table, &self.nearest, &self.v, self.level);
        self.level += distance;
        for reached in &self.search.reached {
            self.u[reached.line as usize] += distance - reached.distance;
        }
        for scanned in &self.search.scanned {
            self.v[scanned.column as usize] -= distance - scanned.distance;
        }
        let first = path[path.len() - 1].line as usize;
        let step = self.push(&path, limit);
        self.value += step * self.level;
        if self.supply[first] == 0.0 {
            self.u[first] = self.level;
            let widowed =
                |(column, n): (usize, &(f64, u32))| (n.1 as usize == first).then_some(column);
            let columns: Vec<usize> = self.nearest.iter().enumerate().filter_map(widowed).collect();
            columns.into_iter().for_each(|column| self.find_nearest(table, column));
        }
        (step, self.level)
    }

    /// Searches as far as the nearest column with room; how much dearer than the level the way to it is.
    fn shortest_path(&mut self, table: &CostTable) -> f64 {
        let Self { search, nearest, v, u, level, room, of_column, supply, .. } = self;
        search.start(nearest, v, *level, supply.len());
        loop {
            let (column, distance) = search.next();
            if room[column] > 0.0 {
                return distance;
            }
            for &(line, units) in &of_column[column] {
                let i = line as usize;
                if units > 0.0 && supply[i] == 0.0 && !search.is_reached(line) {
                    search.reach(line, column as u32, distance, distance - u[i]);
                    search.relax(table.line(i));
                }
            }
        }
    }

    /// Pushes as much as a path allows, or `limit`.
    fn push(&mut self, path: &[Step], limit: f64) -> f64 {
        let (end, first) = (path[0].column as usize, path[path.len() - 1].line as usize);
        let mut amount = smaller(limit, smaller(self.room[end], self.supply[first]));
        for step in path.iter().filter(|step| step.back != NONE) {
            amount = smaller(amount, *units_of(&mut self.of_column[step.back as usize], step.line));
        }
        self.room[end] -= amount;
        self.supply[first] -= amount;
        for step in path {
            *units_of(&mut self.of_column[step.column as usize], step.line) += amount;
            if step.back != NONE {
                *units_of(&mut self.of_column[step.back as usize], step.line) -= amount;
            }
        }
        amount
    }
}

/// What a column gets from a line.
fn units_of(flows: &mut Vec<(u32, f64)>, line: u32) -> &mut f64 {
    let known = flows.iter().position(|f| f.0 == line);
    let index = known.unwrap_or_else(|| {
        flows.retain(|f| f.1 > 0.0);
        flows.push((line, 0.0));
        flows.len() - 1
    });
    &mut flows[index].1
}
