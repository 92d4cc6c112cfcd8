//! Matching a part of the units' mass, by trying everything.

use super::{Fold, Rows, Spec, correlations};

/// Masses 1/p and 1/q are lcm(p, q) equal pieces. The best plan of a number of pieces is an assignment of so many; in between,
/// where the least cost is a straight line, it is the mean of the two.
pub(super) fn soft_matching(x: &Rows, y: &Rows, fold: &Fold, spec: Spec<'_>) -> f64 {
    let (p, q) = (x[0].len(), y[0].len());
    let pieces = (1..=q).map(|k| k * p).find(|m| m % q == 0).expect("there is a common multiple");
    let (i_of, j_of) = (|a: usize| a * p / pieces, |b: usize| b * q / pieces);
    let (fit, r) = (correlations(x, y, &fold.fit), correlations(x, y, &fold.eval));
    let value: Vec<Vec<f64>> =
        (0..pieces).map(|a| (0..pieces).map(|b| fit[i_of(a)][j_of(b)] - 1.0).collect()).collect();
    let plans = best_partial_assignments(&value);
    let sum = |plan: &Vec<(usize, usize)>, of: &dyn Fn(usize, usize) -> f64| {
        plan.iter().map(|&(a, b)| of(a, b)).sum::<f64>() / pieces as f64
    };
    let costs: Vec<f64> = plans.iter().map(|plan| -sum(plan, &|a, b| value[a][b])).collect();
    let matched: Vec<f64> =
        plans.iter().map(|plan| sum(plan, &|a, b| r[i_of(a)][j_of(b)])).collect();
    let at = |mass: f64, of: &[f64]| {
        let below = ((mass * pieces as f64) as usize).min(pieces - 1);
        of[below] + (mass * pieces as f64 - below as f64) * (of[below + 1] - of[below])
    };
    let bend = || {
        let grid: Vec<f64> = (0..100).map(|k| 0.999 * f64::from(k) / 99.0).collect();
        let cost = |k: usize| at(grid[k], &costs);
        let bend = |k: usize| (cost(k - 1) - 2.0 * cost(k) + cost(k + 1)).abs();
        grid[(1..99).fold(1, |best, k| if bend(k) > bend(best) { k } else { best })]
    };
    let given = spec.parameter("mass").map(|mass| mass.parse().expect("mass is a number"));
    let mass = given.unwrap_or_else(bend);
    match spec.parameter("sum") {
        Some("one-minus-cost") => 1.0 - mass + at(mass, &matched),
        _ => at(mass, &matched) / mass,
    }
}

/// For each number of pairs those with the greatest sum: every set of columns is tried, row after row.
fn best_partial_assignments(value: &Rows) -> Vec<Vec<(usize, usize)>> {
    let size = value.len();
    assert!(size <= 18, "{size} pieces are too many to try everything");
    let mut best = vec![f64::NEG_INFINITY; 1 << size];
    best[0] = 0.0;
    // choice[row][set]: the column that the row takes in the best way to fill the set with rows up to it, if it takes one.
    let mut choice = Vec::new();
    for row in value {
        let mut taken = vec![None; 1 << size];
        // Larger sets first, so that a row is not used twice.
        for set in (0..1_usize << size).rev() {
            for (column, v) in row.iter().enumerate().filter(|(column, _)| set >> column & 1 == 0) {
                let next = set | 1 << column;
                if best[set] + v > best[next] {
                    best[next] = best[set] + v;
                    taken[next] = Some(column);
                }
            }
        }
        choice.push(taken);
    }
    let plan = |pairs: usize| {
        let sets = (0..best.len()).filter(|set| set.count_ones() as usize == pairs);
        let mut set = sets.reduce(|a, b| if best[b] > best[a] { b } else { a }).expect("a set");
        let mut plan = Vec::new();
        for (row, taken) in choice.iter().enumerate().rev() {
            if let Some(column) = taken[set] {
                plan.push((row, column));
                set &= !(1 << column);
            }
        }
        assert_eq!((set, plan.len()), (0, pairs), "the plan was followed back to its start");
        plan
    };
    (0..=size).map(plan).collect()
}
