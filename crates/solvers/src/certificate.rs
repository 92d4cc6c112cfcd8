//! Optimality checked without trust in the solver: weak duality, evaluated from the costs.
//!
//! Half of the potentials suffice. Given prices `v`, the best `u` is `u_i = min_j (c_ij - v_j)`, and the pair is feasible by
//! construction; whatever the prices, the dual value is a lower bound on every solution.

use consilience_linalg::MatRef;

use crate::cost::Objective;
use crate::least_squares::LeastSquares;
use crate::{Assignment, PartialPlan, Plan, SparseFit};

/// Value of a matching minus the bound from its potentials (reversed for a maximum).
pub(crate) fn assignment_gap(assignment: &Assignment, cost: MatRef<'_, f64>) -> f64 {
    let (p, q) = (cost.nrows(), cost.ncols());
    assert_eq!(assignment.column_of_row.len(), p, "the matching has as many rows as the costs");
    assert_eq!(assignment.column_potentials.len(), q, "one potential for each column of the costs");
    let mut taken = vec![false; q];
    for &j in assignment.column_of_row.iter().flatten() {
        assert!(!std::mem::replace(&mut taken[j], true), "column {j} is matched once");
    }
    let matched = assignment.column_of_row.iter().flatten().count();
    assert_eq!(matched, p.min(q), "every row or every column is matched");

    let sign = match assignment.objective {
        Objective::Minimum => 1.0,
        Objective::Maximum => -1.0,
    };
    // The long side may stay unmatched, so its prices must not be positive in the minimisation.
    let price = |v: &f64| if p == q { sign * v } else { (sign * v).min(0.0) };
    let bound = if p <= q {
        let prices: Vec<f64> = assignment.column_potentials.iter().map(price).collect();
        let u = (0..p).map(|i| best(q, |j| sign * cost[(i, j)] - prices[j]));
        u.sum::<f64>() + prices.iter().sum::<f64>()
    } else {
        let prices: Vec<f64> = assignment.row_potentials.iter().map(price).collect();
        let v = (0..q).map(|j| best(p, |i| sign * cost[(i, j)] - prices[i]));
        v.sum::<f64>() + prices.iter().sum::<f64>()
    };
    let pairs = assignment.column_of_row.iter().enumerate();
    let value: f64 = pairs.filter_map(|(i, &j)| j.map(|j| sign * cost[(i, j)])).sum();
    value - bound
}

/// Value of a plan minus the bound from its column potentials.
pub(crate) fn transport_gap(plan: &Plan, cost: MatRef<'_, f64>, a: &[f64], b: &[f64]) -> f64 {
    let (p, q) = (cost.nrows(), cost.ncols());
    assert_eq!((a.len(), b.len()), (p, q), "one mass for each row and each column of the costs");
    assert_eq!(plan.column_potentials.len(), q, "one potential for each column of the costs");
    let v = &plan.column_potentials;
    let rows: f64 = (0..p).map(|i| a[i] * best(q, |j| cost[(i, j)] - v[j])).sum();
    let columns: f64 = (0..q).map(|j| b[j] * v[j]).sum();
    let value: f64 = plan.entries.iter().map(|&(i, j, mass)| mass * cost[(i, j)]).sum();
    value - (rows + columns)
}

/// Value of a partial plan minus the bound from its column potentials and its level.
pub(crate) fn partial_gap(plan: &PartialPlan, cost: MatRef<'_, f64>) -> f64 {
    let (p, q) = (cost.nrows(), cost.ncols());
    assert_eq!(plan.row_potentials.len(), p, "one potential for each row of the costs");
    assert_eq!(plan.column_potentials.len(), q, "one potential for each column of the costs");
    let v: Vec<f64> = plan.column_potentials.iter().map(|v| v.min(0.0)).collect();
    let rows: f64 = (0..p).map(|i| (best(q, |j| cost[(i, j)] - v[j]) - plan.level).min(0.0)).sum();
    let bound = plan.mass * plan.level + rows / p as f64 + v.iter().sum::<f64>() / q as f64;
    let value: f64 = plan.entries.iter().map(|&(i, j, mass)| mass * cost[(i, j)]).sum();
    value - bound
}

/// Value of sparse weights minus the bound from their residual.
pub(crate) fn lasso_gap(fit: &SparseFit, gram: MatRef<'_, f64>, cross: &[f64], v: f64) -> f64 {
    let (p, penalty) = (gram.nrows(), fit.penalty);
    assert_eq!((gram.ncols(), cross.len()), (p, p), "one product for each source");
    let product = |i: usize| fit.weights.iter().map(|&(j, w)| gram[(i, j)] * w).sum::<f64>();
    let gradient: Vec<f64> = (0..p).map(|i| cross[i] - product(i)).collect();
    if penalty == 0.0 {
        let step = LeastSquares::new(gram).solve(&gradient);
        return 0.5 * step.iter().zip(&gradient).map(|(s, g)| s * g).sum::<f64>();
    }
    let (mut with_target, mut with_residual, mut magnitudes) = (0.0, 0.0, 0.0);
    for &(i, w) in &fit.weights {
        with_target += w * cross[i];
        with_residual += w * gradient[i];
        magnitudes += w.abs();
    }
    let residual = v - with_target - with_residual;
    let steepest = gradient.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
    let scale = if steepest > penalty { penalty / steepest } else { 1.0 };
    let value = 0.5 * residual + penalty * magnitudes;
    let bound = scale * (residual + with_residual) - 0.5 * scale * scale * residual;
    value - bound
}

/// The smallest of `f(0), …, f(n - 1)`.
fn best(n: usize, f: impl Fn(usize) -> f64) -> f64 {
    (0..n).map(f).fold(f64::INFINITY, f64::min)
}
