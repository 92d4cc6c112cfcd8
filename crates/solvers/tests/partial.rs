//! Partial transport against transport with a dummy on either side, and its curve.

mod common;

use common::{matrix, rng, transposed};
use consilience_linalg::Mat;
use consilience_solvers::{
    Error, PartialPlan, partial_curve, partial_transport, transport, uniform_transport,
};
use rand::RngExt;

const FAMILIES: [&str; 8] = [
    "uniform",
    "ties",
    "equal",
    "duplicated rows",
    "huge and small",
    "products",
    "line",
    "correlation",
];

const SHAPES: [(usize, usize); 12] = [
    (1, 1),
    (1, 7),
    (7, 1),
    (3, 3),
    (4, 6),
    (6, 4),
    (15, 17),
    (16, 16),
    (17, 16),
    (40, 60),
    (61, 30),
    (100, 100),
];

/// Rounding that a mean over so many costs of this size may show.
fn tolerance(cost: &Mat<f64>) -> f64 {
    64.0 * f64::EPSILON * (cost.nrows() + cost.ncols()) as f64 * cost.norm_max()
}

/// The problem with a row that fills columns and a column that empties rows for nothing. What goes from the one to the other
/// would add to the mass that is really moved, at a price that no pair can pay back.
fn by_dummies(cost: &Mat<f64>, mass: f64) -> f64 {
    let (p, q) = (cost.nrows(), cost.ncols());
    // Costs from 0, so that no pair is better than none.
    let least = (0..p).flat_map(|i| (0..q).map(move |j| (i, j))).map(|c| cost[c]);
    let least = least.fold(f64::INFINITY, f64::min);
    let extended = Mat::from_fn(p + 1, q + 1, |i, j| match (i < p, j < q) {
        (true, true) => cost[(i, j)] - least,
        (false, false) => 4.0 * cost.norm_max(),
        _ => 0.0,
    });
    let side = |n: usize| [vec![1.0 / n as f64; n], vec![1.0 - mass]].concat();
    let plan = transport(extended.as_ref(), &side(p), &side(q)).unwrap();
    let real = plan.entries.iter().filter(|(i, j, _)| *i < p && *j < q);
    real.map(|&(i, j, mass)| mass * cost[(i, j)]).sum()
}

fn check(name: &str, plan: &PartialPlan, cost: &Mat<f64>) {
    let (p, q) = (cost.nrows(), cost.ncols());
    let tolerance = tolerance(cost);
    let (mut rows, mut columns) = (vec![0.0; p], vec![0.0; q]);
    for &(i, j, mass) in &plan.entries {
        assert!(mass > 0.0, "{name}");
        rows[i] += mass;
        columns[j] += mass;
        let (u, v) = (plan.row_potentials[i], plan.column_potentials[j]);
        assert!((cost[(i, j)] - u - v).abs() <= tolerance, "{name}: ({i}, {j}) not tight");
    }
    assert!(plan.entries.is_sorted_by(|x, y| (x.0, x.1) < (y.0, y.1)), "{name}: order");
    assert!((rows.iter().sum::<f64>() - plan.mass).abs() < 1e-12, "{name}: mass");
    for (held, n, potentials, slack) in
        [(&rows, p, &plan.row_potentials, plan.level), (&columns, q, &plan.column_potentials, 0.0)]
    {
        for (held, potential) in held.iter().zip(potentials) {
            assert!(*held <= 1.0 / n as f64 + 1e-12, "{name}: {held} of 1/{n}");
            assert!(*potential <= slack + tolerance, "{name}: sign of {potential}");
            let is_full = *held >= 1.0 / n as f64 - 1e-12;
            assert!(is_full || (potential - slack).abs() <= tolerance, "{name}: not full");
        }
    }
    assert!((0.0..=tolerance).contains(&plan.gap), "{name}: gap {}", plan.gap);
    let gap = plan.certificate_gap(cost.as_ref());
    assert!(gap.abs() <= tolerance, "{name}: recomputed gap {gap}");
}

#[test]
fn partial_plans_cost_what_dummies_say_and_carry_a_certificate() {
    let mut rng = rng(41);
    let mut failures = Vec::new();
    for family in FAMILIES {
        for (p, q) in SHAPES {
            let cost = matrix(family, p, q, &mut rng);
            let some = rng.random_range(0.05..0.95);
            for mass in [0.0, 1e-3, 1.0 / 3.0, some, 0.999, 1.0] {
                let name = format!("{family} {p}x{q}, {mass}");
                let plan = partial_transport(cost.as_ref(), mass).unwrap();
                check(&name, &plan, &cost);
                let expected = by_dummies(&cost, mass);
                if (plan.value - expected).abs() > tolerance(&cost) {
                    failures.push(format!("{name}: {}, dummies {expected}", plan.value));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_curve_is_convex_and_holds_every_plan() {
    let mut rng = rng(42);
    for family in FAMILIES {
        for (p, q) in SHAPES {
            let cost = matrix(family, p, q, &mut rng);
            let name = format!("{family} {p}x{q}");
            let curve = partial_curve(cost.as_ref()).unwrap();
            let tolerance = tolerance(&cost);
            assert!((0.0..=tolerance).contains(&curve.gap), "{name}: gap {}", curve.gap);
            assert_eq!((curve.masses[0], curve.costs[0]), (0.0, 0.0));
            assert_eq!(curve.masses.last(), Some(&1.0), "{name}");
            let slopes: Vec<f64> = (1..curve.masses.len())
                .map(|k| {
                    (curve.costs[k] - curve.costs[k - 1]) / (curve.masses[k] - curve.masses[k - 1])
                })
                .collect();
            // A slope errs by the rounding of two costs over the mass between them, 1 / lcm at least.
            let loose = tolerance * (p * q) as f64;
            assert!(slopes.windows(2).all(|w| w[0] <= w[1] + loose), "{name}: not convex");
            for mass in [0.0, 0.2, rng.random_range(0.0..1.0), 1.0] {
                let plan = partial_transport(cost.as_ref(), mass).unwrap();
                assert!((curve.cost(mass) - plan.value).abs() <= tolerance, "{name} at {mass}");
            }
            let whole = uniform_transport(cost.as_ref()).unwrap().value;
            assert!((curve.cost(1.0) - whole).abs() <= tolerance, "{name}: {whole}");
        }
    }
}

#[test]
fn rows_and_columns_may_change_places() {
    let mut rng = rng(43);
    for (p, q) in SHAPES {
        let cost = matrix("uniform", p, q, &mut rng);
        let turned = transposed(&cost);
        let (a, b) = (
            partial_transport(cost.as_ref(), 0.4).unwrap(),
            partial_transport(turned.as_ref(), 0.4).unwrap(),
        );
        let mut back: Vec<_> = b.entries.iter().map(|&(i, j, mass)| (j, i, mass)).collect();
        back.sort_by_key(|&(i, j, _)| (i, j));
        assert_eq!(a.entries.len(), back.len());
        assert!(a.entries.iter().zip(&back).all(|(x, y)| (x.0, x.1) == (y.0, y.1)));
        assert!((a.value - b.value).abs() <= tolerance(&cost));
        assert!((a.level - b.level).abs() <= tolerance(&cost));
    }
}

#[test]
fn the_corner_is_where_the_curve_bends_most() {
    // Two pairs for nothing, then one that costs 1: the bend is at two thirds.
    let cost = Mat::from_fn(3, 3, |i, j| if i == j && i < 2 { 0.0 } else { 1.0 });
    let curve = partial_curve(cost.as_ref()).unwrap();
    let grid: Vec<f64> = (0..=12).map(|k| f64::from(k) / 12.0).collect();
    assert!((curve.corner(&grid) - 2.0 / 3.0).abs() < 1e-12);
    assert!((curve.cost(0.75) - 1.0 / 12.0).abs() < 1e-15);
}

#[test]
fn a_mass_outside_is_named() {
    let cost = Mat::from_fn(2, 2, |i, j| (i + j) as f64);
    for mass in [-0.1, 1.1, f64::NAN] {
        let error = partial_transport(cost.as_ref(), mass).unwrap_err();
        assert!(matches!(error, Error::PartialMass { .. }), "{error}");
    }
    assert!(matches!(partial_curve(Mat::zeros(0, 2).as_ref()), Err(Error::Empty { .. })));
    let error = partial_transport(Mat::from_fn(1, 1, |_, _| f64::NAN).as_ref(), 0.5).unwrap_err();
    assert!(matches!(error, Error::NonFiniteCost { row: 0, column: 0, .. }), "{error}");
}
