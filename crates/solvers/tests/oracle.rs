//! Fast solvers against the obvious ones, on every small shape.

mod common;

use common::{exact_transport, matrix, permutation_optimum, rng, transposed};
use consilience_linalg::Mat;
use consilience_solvers::{
    AssignmentWorkspace, TransportWorkspace, assignment_with, maximum_assignment_with, transport,
    transport_with, uniform_transport_with,
};
use rand::RngExt;

/// Names of cost families; `common::matrix` knows how to draw them.
const FAMILIES: [&str; 6] =
    ["uniform", "ties", "equal", "duplicated rows", "huge and small", "products"];

#[test]
fn assignment_equals_the_best_permutation() {
    let mut rng = rng(1);
    let mut workspace = AssignmentWorkspace::default();
    let mut failures = Vec::new();
    for family in FAMILIES {
        for (p, q) in (1..=6).flat_map(|p| (1..=6).map(move |q| (p, q))) {
            for repetition in 0..6 {
                let cost = matrix(family, p, q, &mut rng);
                let least = assignment_with(&mut workspace, cost.as_ref()).unwrap();
                let most = maximum_assignment_with(&mut workspace, cost.as_ref()).unwrap();
                let negated = Mat::from_fn(p, q, |i, j| -cost[(i, j)]);
                let tolerance = 1e-13 * cost.norm_max();
                let expected = (permutation_optimum(&cost), -permutation_optimum(&negated));
                if (least.value - expected.0).abs() > tolerance
                    || (most.value - expected.1).abs() > tolerance
                    || least.gap > tolerance
                    || most.gap > tolerance
                {
                    failures.push(format!("{family} {p}x{q} #{repetition}: {least:?} {most:?}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn transport_equals_the_best_vertex() {
    let mut rng = rng(2);
    let mut workspace = TransportWorkspace::default();
    let mut failures = Vec::new();
    for family in FAMILIES {
        for (p, q) in (1..=3).flat_map(|p| (1..=4).map(move |q| (p, q))) {
            for repetition in 0..4 {
                let cost = matrix(family, p, q, &mut rng);
                let tolerance = 1e-12 * cost.norm_max();
                let uniform = (vec![q.cast_signed() as i64; p], vec![p.cast_signed() as i64; q]);
                let expected = exact_transport(&cost, &uniform.0, &uniform.1) / (p * q) as f64;
                let plan = uniform_transport_with(&mut workspace, cost.as_ref()).unwrap();
                let turned =
                    uniform_transport_with(&mut workspace, transposed(&cost).as_ref()).unwrap();
                if (plan.value - expected).abs() > tolerance
                    || (turned.value - expected).abs() > tolerance
                    || plan.gap > tolerance
                {
                    failures.push(format!("{family} {p}x{q} #{repetition}: {expected} {plan:?}"));
                }
                let (a, b) = integer_masses(p, q, &mut rng);
                let expected = exact_transport(&cost, &a, &b);
                let as_floats =
                    |masses: &[i64]| masses.iter().map(|&m| m as f64).collect::<Vec<_>>();
                let (a, b) = (as_floats(&a), as_floats(&b));
                let plan = transport_with(&mut workspace, cost.as_ref(), &a, &b).unwrap();
                let total: f64 = a.iter().sum();
                if (plan.value - expected).abs() > tolerance * total {
                    failures.push(format!(
                        "{family} {p}x{q} #{repetition} {a:?} {b:?}: {expected} {plan:?}"
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Random masses with equal sums; some are zero.
fn integer_masses(p: usize, q: usize, rng: &mut impl RngExt) -> (Vec<i64>, Vec<i64>) {
    let mut a: Vec<i64> = (0..p).map(|_| rng.random_range(0..5)).collect();
    let mut b: Vec<i64> = (0..q).map(|_| rng.random_range(0..5)).collect();
    let (sum_a, sum_b) = (a.iter().sum::<i64>(), b.iter().sum::<i64>());
    a[0] += (sum_b - sum_a).max(0) + 1;
    b[0] += (sum_a - sum_b).max(0) + 1;
    (a, b)
}

#[test]
fn soft_matching_example_has_the_known_plan() {
    // Centred, squared-distance costs of a worked example with 3 and 5 units (see the guide of the crate).
    let x =
        |i: usize, j: usize| (1.0 + 1.7 * i as f64 + 2.3 * j as f64 + 0.5 * (i * j) as f64).sin();
    let y = |i: usize, j: usize| {
        (0.4 + 1.1 * i as f64 - 0.7 * j as f64 + 0.3 * (i * j) as f64).cos() + 0.5 * x(i, j % 3)
    };
    let centred = |unit: &dyn Fn(usize) -> f64| {
        let values: Vec<f64> = (0..20).map(unit).collect();
        let mean = values.iter().sum::<f64>() / 20.0;
        values.into_iter().map(|v| v - mean).collect::<Vec<_>>()
    };
    let cost = Mat::from_fn(3, 5, |j, k| {
        let (x, y) = (centred(&|i| x(i, j)), centred(&|i| y(i, k)));
        x.iter().zip(&y).map(|(x, y)| (x - y).powi(2)).sum()
    });
    let plan = consilience_solvers::uniform_transport(cost.as_ref()).unwrap();
    assert!((plan.value.sqrt() - 3.596_683).abs() < 5e-7, "{}", plan.value.sqrt());
    let general = transport(cost.as_ref(), &[1.0 / 3.0; 3], &[0.2; 5]).unwrap();
    assert!((general.value - plan.value).abs() < 1e-12);
    assert_eq!(general.entries.len(), plan.entries.len());
}
