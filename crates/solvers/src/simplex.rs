//! Primal network simplex for the transportation problem.
//!
//! A basis is a spanning tree of the graph of lines and columns; its arcs carry the flow, and potentials make the reduced cost
//! of every tree arc zero. A pivot brings in an arc of negative reduced cost, pushes flow around the cycle that it closes,
//! and drops the arc that runs empty. Arcs are searched in blocks of lines that continue where the last search stopped, the
//! rule that Bonneel et al. (2011) and the LEMON library found fastest for dense problems; here all arcs of a line are
//! priced by one vector loop, since the graph is complete.
//!
//! # No cycling
//!
//! Degenerate pivots, which move no flow, are the rule in transport between uniform masses. Charnes' perturbation
//! removes them exactly: with integer masses times `K > lines`, plus 1 for each line, and plus `lines` for the last column,
//! no proper subset of lines and columns balances (modulo `K` the lines would have to be none or all), so every tree
//! arc carries positive flow, every pivot lowers the cost, and the arc that leaves is unique. Flows of the original
//! problem are the quotients, rounded: the perturbation adds at most `lines` in magnitude, and `K = 2 (lines + 1)`.

use crate::cost::CostTable;
use crate::scan::{least, least_column, smaller};

/// No node.
const NONE: u32 = u32::MAX;

/// A block of lines has about this many times the square root of the number of arcs (measured: 1 to 3 are alike).
const BLOCK_FACTOR: f64 = 2.0;

/// Reduced costs above minus this many units in the last place of the largest cost, times the root of the number of
/// nodes, count as zero: potentials are sums along tree paths, and their rounding errors grow like a random walk.
const TOLERANCE_ULPS: f64 = 4.0;

/// Spanning tree, flows and potentials. Nodes are the lines, then the columns; node 0 is the root.
#[derive(Debug, Clone, Default)]
pub(crate) struct Simplex {
    lines: usize,
    scale: i64,
    parent: Vec<u32>,
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
    previous_sibling: Vec<u32>,
    /// Nodes in the subtree.
    size: Vec<u32>,
    /// Flow on the arc to the parent, in perturbed units.
    flow: Vec<i64>,
    potential: Vec<f64>,
    supply: Vec<i64>,
    demand: Vec<i64>,
    /// Arcs of the first basis with their flow.
    arcs: Vec<(u32, u32, i64)>,
    scratch: Vec<f64>,
    order: Vec<u32>,
}

impl Simplex {
    /// Finds the optimal basis. Masses are positive, with equal sums.
    pub(crate) fn solve(&mut self, table: &CostTable, line_masses: &[i64], column_masses: &[i64]) {
        self.perturb(line_masses, column_masses);
        self.start(table);
        self.build_tree();
        self.refresh(table);
        let nodes = self.parent.len();
        let mut tolerance = TOLERANCE_ULPS * f64::EPSILON * (nodes as f64).sqrt();
        let arcs = (table.lines * table.width) as f64;
        let block = (BLOCK_FACTOR * arcs.sqrt() / table.width as f64).ceil() as usize;
        let mut cost = f64::INFINITY;
        let (mut line, mut pivots, mut fresh) = (0, 0, true);
        loop {
            match self.entering_arc(table, &mut line, block, tolerance) {
                Some((line, column, reduced)) => {
                    self.pivot(line, column, reduced);
                    fresh = false;
                    pivots += 1;
                }
                None if fresh => break,
                None => pivots = nodes,
            }
            if pivots >= nodes {
                self.refresh(table);
                (pivots, fresh) = (0, true);
                // Every pivot lowers the cost. If a round of them did not, what is left is rounding.
                let now = self.cost(table);
                if now >= cost {
                    tolerance *= 2.0;
                }
                cost = now;
            }
        }
    }

    /// Potentials of the columns in the optimal basis.
    pub(crate) fn prices(&self) -> &[f64] {
        &self.potential[self.lines..]
    }

    /// Potential of a line in the optimal basis.
    pub(crate) fn line_potential(&self, line: usize) -> f64 {
        self.potential[line]
    }

    /// Calls `arc(line, column, flow)` for each tree arc, with flows computed from masses that are not integers.
    ///
    /// The flow on an arc is what the subtree below it has in excess, so every row and column is met up to rounding.
    pub(crate) fn flows_for(
        &mut self,
        line_masses: &[f64],
        column_masses: &[f64],
        mut arc: impl FnMut(usize, usize, f64),
    ) {
        self.order.clear();
        let mut node = 0;
        while node != NONE {
            self.order.push(node);
            node = self.after(node, 0);
        }
        let excess = &mut self.scratch;
        excess.clear();
        excess.extend(line_masses);
        excess.extend(column_masses.iter().map(|mass| -mass));
        for k in (1..self.order.len()).rev() {
            let node = self.order[k] as usize;
            let flow = self.scratch[node];
            self.scratch[self.parent[node] as usize] += flow;
            let (line, column) = self.arc(node);
            arc(line, column, if node < self.lines { flow } else { -flow });
        }
    }

    /// Tree arcs as (line, column, flow), flows in the units of the masses.
    pub(crate) fn flows(&self) -> impl Iterator<Item = (usize, usize, i64)> + '_ {
        (1..self.parent.len()).map(|node| {
            let (line, column) = self.arc(node);
            (line, column, (self.flow[node] + self.scale / 2) / self.scale)
        })
    }

    /// Line and column of the arc from a node to its parent.
    fn arc(&self, node: usize) -> (usize, usize) {
        let parent = self.parent[node] as usize;
        let (line, column) = if node < self.lines { (node, parent) } else { (parent, node) };
        (line, column - self.lines)
    }

    /// Sets up the perturbed masses.
    fn perturb(&mut self, line_masses: &[i64], column_masses: &[i64]) {
        self.lines = line_masses.len();
        let lines = self.lines.cast_signed() as i64;
        self.scale = 2 * (lines + 1);
        self.supply.clear();
        self.supply.extend(line_masses.iter().map(|mass| mass * self.scale + 1));
        self.demand.clear();
        self.demand.extend(column_masses.iter().map(|mass| mass * self.scale));
        if let Some(last) = self.demand.last_mut() {
            *last += lines;
        }
    }

    /// A first basis: the lines in turn fill one column each, the cheapest that is left, until all is placed. Costs count
    /// from the least of their column, else the first lines would take what the others need more. Every step exhausts a
    /// line or a column, and never both before the end, so the arcs form a spanning tree.
    fn start(&mut self, table: &CostTable) {
        let prices = &mut self.scratch;
        prices.clear();
        prices.resize(table.width, f64::INFINITY);
        for line in table.iter() {
            for (price, &c) in prices.iter_mut().zip(line) {
                *price = smaller(c, *price);
            }
        }
        self.arcs.clear();
        while self.arcs.len() + 1 < table.lines + table.width {
            for (i, line) in table.iter().enumerate() {
                if self.supply[i] == 0 {
                    continue;
                }
                let (_, j) = least_column(line, prices);
                let flow = self.supply[i].min(self.demand[j]);
                self.supply[i] -= flow;
                self.demand[j] -= flow;
                if self.demand[j] == 0 {
                    prices[j] = f64::NEG_INFINITY;
                }
                self.arcs.push((i as u32, (self.lines + j) as u32, flow));
            }
        }
    }

    /// Hangs the first basis on node 0.
    fn build_tree(&mut self) {
        let nodes = self.arcs.len() + 1;
        for list in [&mut self.parent, &mut self.first_child, &mut self.next_sibling] {
            list.clear();
            list.resize(nodes, NONE);
        }
        self.previous_sibling.clear();
        self.previous_sibling.resize(nodes, NONE);
        self.size.clear();
        self.size.resize(nodes, 1);
        self.flow.clear();
        self.flow.resize(nodes, 0);
        self.potential.clear();
        self.potential.resize(nodes, 0.0);
        // Arcs at each node, by counting: `starts[n]..starts[n + 1]` of `incident`.
        let mut starts = vec![0_usize; nodes + 1];
        for &(i, j, _) in &self.arcs {
            starts[i as usize + 1] += 1;
            starts[j as usize + 1] += 1;
        }
        for n in 0..nodes {
            starts[n + 1] += starts[n];
        }
        let mut fill = starts.clone();
        let mut incident = vec![0_u32; 2 * self.arcs.len()];
        for (k, &(i, j, _)) in self.arcs.iter().enumerate() {
            for n in [i as usize, j as usize] {
                incident[fill[n]] = k as u32;
                fill[n] += 1;
            }
        }
        self.order.clear();
        self.order.push(0);
        for k in 0..nodes {
            let node = self.order[k];
            for &arc in &incident[starts[node as usize]..starts[node as usize + 1]] {
                let (i, j, flow) = self.arcs[arc as usize];
                let child = if i == node { j } else { i };
                if child != self.parent[node as usize] {
                    self.attach(child, node);
                    self.flow[child as usize] = flow;
                    self.order.push(child);
                }
            }
        }
        for k in (1..nodes).rev() {
            let node = self.order[k] as usize;
            let parent = self.parent[node] as usize;
            self.size[parent] += self.size[node];
        }
    }

    /// Computes all potentials anew from the root, which removes what rounding has piled up.
    fn refresh(&mut self, table: &CostTable) {
        self.potential[0] = 0.0;
        let mut node = self.first_child[0];
        while node != NONE {
            let n = node as usize;
            let (line, column) = self.arc(n);
            self.potential[n] = table.line(line)[column] - self.potential[self.parent[n] as usize];
            node = self.after(node, 0);
        }
    }

    /// The node that follows in preorder within the subtree of `top`.
    fn after(&self, mut node: u32, top: u32) -> u32 {
        if self.first_child[node as usize] != NONE {
            return self.first_child[node as usize];
        }
        while node != top {
            let next = self.next_sibling[node as usize];
            if next != NONE {
                return next;
            }
            node = self.parent[node as usize];
        }
        NONE
    }

    /// Total cost of the flow.
    fn cost(&self, table: &CostTable) -> f64 {
        (1..self.parent.len()).fold(0.0, |sum, node| {
            let (line, column) = self.arc(node);
            sum + self.flow[node] as f64 * table.line(line)[column]
        })
    }

    /// The arc of least reduced cost in the first block of lines that has a negative one.
    fn entering_arc(
        &self,
        table: &CostTable,
        next: &mut usize,
        block: usize,
        tolerance: f64,
    ) -> Option<(usize, usize, f64)> {
        let (lines, prices) = self.potential.split_at(self.lines);
        let mut best = (-tolerance, NONE as usize);
        for scanned in 1..=lines.len() {
            let line = *next;
            *next = if line + 1 == lines.len() { 0 } else { line + 1 };
            let reduced = least(table.line(line), prices) - lines[line];
            if reduced < best.0 {
                best = (reduced, line);
            }
            if scanned % block == 0 && best.1 != NONE as usize {
                break;
            }
        }
        let (reduced, line) = best;
        if line == NONE as usize {
            return None;
        }
        let (_, column) = least_column(table.line(line), prices);
        Some((line, column, reduced))
    }

    /// Exchanges the arc that runs empty for the entering arc.
    fn pivot(&mut self, line: usize, column: usize, reduced: f64) {
        let (line, column) = (line as u32, (self.lines + column) as u32);
        let (leaving, join) = self.leaving_arc(line, column);
        let flow = self.flow[leaving.node as usize];
        self.push(line, join, flow, true);
        self.push(column, join, flow, false);
        let (inside, outside) = if leaving.on_line_side { (line, column) } else { (column, line) };
        self.move_subtree(leaving.node, inside, outside, join, flow);
        // The moved subtree shifts so that the entering arc gets reduced cost zero.
        let shift = if leaving.on_line_side { reduced } else { -reduced };
        let mut node = inside;
        while node != NONE {
            if (node as usize) < self.lines {
                self.potential[node as usize] += shift;
            } else {
                self.potential[node as usize] -= shift;
            }
            node = self.after(node, inside);
        }
    }

    /// The arc of the cycle that runs empty first, and the node where the two paths to the root meet.
    ///
    /// Flow enters on line → column. Going up from the line, arcs above lines lose flow; going up from the column, arcs
    /// above columns do.
    fn leaving_arc(&self, line: u32, column: u32) -> (Leaving, u32) {
        let (mut x, mut y) = (line, column);
        let mut least = i64::MAX;
        let mut leaving = Leaving { node: NONE, on_line_side: true };
        while x != y {
            // The smaller subtree cannot contain the other node, so it is not their meeting point.
            if self.size[x as usize] <= self.size[y as usize] {
                if (x as usize) < self.lines && self.flow[x as usize] < least {
                    least = self.flow[x as usize];
                    leaving = Leaving { node: x, on_line_side: true };
                }
                x = self.parent[x as usize];
            } else {
                if (y as usize) >= self.lines && self.flow[y as usize] < least {
                    least = self.flow[y as usize];
                    leaving = Leaving { node: y, on_line_side: false };
                }
                y = self.parent[y as usize];
            }
        }
        (leaving, x)
    }

    /// Changes the flow on the path from an end of the entering arc to the meeting point.
    fn push(&mut self, from: u32, join: u32, flow: i64, on_line_side: bool) {
        let mut node = from as usize;
        while node != join as usize {
            if (node < self.lines) == on_line_side {
                self.flow[node] -= flow;
            } else {
                self.flow[node] += flow;
            }
            node = self.parent[node] as usize;
        }
    }

    /// Cuts the subtree of `top` off, hangs it by its node `inside`, and attaches that to `outside`.
    fn move_subtree(&mut self, top: u32, inside: u32, outside: u32, join: u32, flow: i64) {
        let moved = self.size[top as usize];
        let mut node = self.parent[top as usize];
        while node != join {
            self.size[node as usize] -= moved;
            node = self.parent[node as usize];
        }
        let mut node = outside;
        while node != join {
            self.size[node as usize] += moved;
            node = self.parent[node as usize];
        }
        // Turn the path from `inside` to `top` upside down.
        let (mut node, mut parent, mut flow, mut below) = (inside, outside, flow, 0);
        loop {
            let n = node as usize;
            let old_parent = self.parent[n];
            let size = self.size[n];
            self.detach(node);
            self.attach(node, parent);
            std::mem::swap(&mut self.flow[n], &mut flow);
            self.size[n] = moved - below;
            below = size;
            if node == top {
                break;
            }
            (parent, node) = (node, old_parent);
        }
    }

    fn attach(&mut self, node: u32, parent: u32) {
        let first = std::mem::replace(&mut self.first_child[parent as usize], node);
        if first != NONE {
            self.previous_sibling[first as usize] = node;
        }
        self.next_sibling[node as usize] = first;
        self.previous_sibling[node as usize] = NONE;
        self.parent[node as usize] = parent;
    }

    fn detach(&mut self, node: u32) {
        let (previous, next) =
            (self.previous_sibling[node as usize], self.next_sibling[node as usize]);
        if previous == NONE {
            self.first_child[self.parent[node as usize] as usize] = next;
        } else {
            self.next_sibling[previous as usize] = next;
        }
        if next != NONE {
            self.previous_sibling[next as usize] = previous;
        }
    }
}

/// The arc that leaves the basis: the one above `node`.
#[derive(Debug, Clone, Copy)]
struct Leaving {
    node: u32,
    /// Whether it lies between the line of the entering arc and the meeting point.
    on_line_side: bool,
}
