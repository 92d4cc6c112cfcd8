//! Laws that optimal solutions obey at any size: the dual certificate, marginals, and symmetries of the value.

mod common;

use common::{matrix, rng, transposed};
use consilience_linalg::Mat;
use consilience_solvers::{
    AssignmentWorkspace, Plan, TransportWorkspace, assignment, assignment_with, maximum_assignment,
    transport, transport_with, uniform_transport, uniform_transport_with,
};
use rand::RngExt;

const FAMILIES: [&str; 9] = [
    "uniform",
    "ties",
    "equal",
    "duplicated rows",
    "huge and small",
    "tiny",
    "products",
    "line",
    "correlation",
];

/// Around vector and block lengths, wide, tall, divisible and coprime.
const SHAPES: [(usize, usize); 20] = [
    (1, 1),
    (1, 9),
    (9, 1),
    (2, 2),
    (15, 15),
    (16, 16),
    (17, 17),
    (15, 17),
    (17, 16),
    (3, 200),
    (200, 3),
    (64, 128),
    (129, 128),
    (100, 100),
    (60, 90),
    (61, 90),
    (1, 300),
    (250, 250),
    (180, 250),
    (251, 100),
];

/// Rounding that a sum over so many costs of this size may show.
fn tolerance(cost: &Mat<f64>) -> f64 {
    16.0 * f64::EPSILON * (cost.nrows() + cost.ncols()) as f64 * cost.norm_max()
}

/// Every family at every shape.
fn cases() -> Vec<(String, Mat<f64>)> {
    let mut rng = rng(3);
    let shapes = SHAPES.iter().flat_map(|&shape| FAMILIES.map(|family| (family, shape)));
    shapes
        .map(|(family, (p, q))| (format!("{family} {p}x{q}"), matrix(family, p, q, &mut rng)))
        .collect()
}

#[test]
fn assignments_carry_a_valid_certificate() {
    let mut workspace = AssignmentWorkspace::default();
    for (name, cost) in cases() {
        let (p, q) = (cost.nrows(), cost.ncols());
        let tolerance = tolerance(&cost);
        let best = assignment_with(&mut workspace, cost.as_ref()).unwrap();
        let (u, v) = (&best.row_potentials, &best.column_potentials);
        assert_eq!(best.column_of_row.iter().flatten().count(), p.min(q), "{name}");
        assert!((0.0..=tolerance).contains(&best.gap), "{name}: gap {}", best.gap);
        let gap = best.certificate_gap(cost.as_ref());
        assert!(gap.abs() <= tolerance, "{name}: recomputed gap {gap}");
        let dual: f64 = u.iter().sum::<f64>() + v.iter().sum::<f64>();
        assert!((best.value - dual).abs() <= 4.0 * tolerance, "{name}: {} {dual}", best.value);
        for i in 0..p {
            for j in 0..q {
                assert!(cost[(i, j)] - u[i] - v[j] >= -tolerance, "{name}: ({i}, {j}) infeasible");
            }
        }
        if p < q {
            assert!(v.iter().all(|&v| v <= 0.0), "{name}: sign of column potentials");
        }
        if p > q {
            assert!(u.iter().all(|&u| u <= 0.0), "{name}: sign of row potentials");
        }
    }
}

#[test]
fn maximum_is_the_minimum_of_the_negated_costs() {
    for (name, cost) in cases() {
        let negated = Mat::from_fn(cost.nrows(), cost.ncols(), |i, j| -cost[(i, j)]);
        let most = maximum_assignment(cost.as_ref()).unwrap();
        let least = assignment(negated.as_ref()).unwrap();
        assert_eq!(most.column_of_row, least.column_of_row, "{name}");
        assert_eq!(most.value, -least.value, "{name}");
        assert!(most.certificate_gap(cost.as_ref()).abs() <= tolerance(&cost), "{name}");
    }
}

#[test]
fn plans_carry_a_valid_certificate() {
    let mut rng = rng(4);
    let mut workspace = TransportWorkspace::default();
    for (name, cost) in cases() {
        let (p, q) = (cost.nrows(), cost.ncols());
        let (a, b) = (vec![1.0 / p as f64; p], vec![1.0 / q as f64; q]);
        let plan = uniform_transport_with(&mut workspace, cost.as_ref()).unwrap();
        check_plan(&name, &plan, &cost, &a, &b);
        let (a, b) = masses(p, q, &mut rng);
        let plan = transport_with(&mut workspace, cost.as_ref(), &a, &b).unwrap();
        check_plan(&format!("{name}, masses"), &plan, &cost, &a, &b);
    }
}

/// Random masses of sum 1, a fifth of them zero.
fn masses(p: usize, q: usize, rng: &mut impl RngExt) -> (Vec<f64>, Vec<f64>) {
    let mut draw = |n: usize| {
        let raw: Vec<f64> = (0..n).map(|_| (rng.random_range(-0.25..1.0_f64)).max(0.0)).collect();
        let sum: f64 = raw.iter().sum::<f64>() + 0.5;
        let mut masses: Vec<f64> = raw.iter().map(|m| m / sum).collect();
        masses[n / 2] += 0.5 / sum;
        masses
    };
    (draw(p), draw(q))
}

fn check_plan(name: &str, plan: &Plan, cost: &Mat<f64>, a: &[f64], b: &[f64]) {
    let (p, q) = (cost.nrows(), cost.ncols());
    let tolerance = tolerance(cost);
    assert!(plan.entries.len() < p + q, "{name}: {} entries", plan.entries.len());
    assert!(plan.entries.is_sorted_by(|x, y| (x.0, x.1) < (y.0, y.1)), "{name}: order");
    assert!(plan.entries.iter().all(|entry| entry.2 > 0.0), "{name}: positive");
    assert!((0.0..=tolerance).contains(&plan.gap), "{name}: gap {}", plan.gap);
    let dense = plan.to_dense();
    for i in 0..p {
        let sum: f64 = (0..q).map(|j| dense[(i, j)]).sum();
        assert!((sum - a[i]).abs() < 1e-12, "{name}: row {i} has {sum} of {}", a[i]);
    }
    for j in 0..q {
        let sum: f64 = (0..p).map(|i| dense[(i, j)]).sum();
        assert!((sum - b[j]).abs() < 1e-12, "{name}: column {j} has {sum} of {}", b[j]);
    }
    // Masses are met to about 1e-13, and so is the value.
    let loose = tolerance + 1e-12 * cost.norm_max();
    let gap = plan.certificate_gap(cost.as_ref(), a, b);
    assert!(gap.abs() <= loose, "{name}: recomputed gap {gap}");
    let (u, v) = (&plan.row_potentials, &plan.column_potentials);
    for i in 0..p {
        for j in 0..q {
            assert!(cost[(i, j)] - u[i] - v[j] >= -tolerance, "{name}: ({i}, {j}) infeasible");
        }
    }
    for &(i, j, _) in &plan.entries {
        assert!(cost[(i, j)] - u[i] - v[j] <= tolerance, "{name}: ({i}, {j}) not tight");
    }
}

#[test]
fn values_do_not_depend_on_which_side_is_called_rows() {
    let mut rng = rng(5);
    for (name, cost) in cases() {
        let turned = transposed(&cost);
        let (a, b) = masses(cost.nrows(), cost.ncols(), &mut rng);
        let pairs = [
            (assignment(cost.as_ref()).unwrap().value, assignment(turned.as_ref()).unwrap().value),
            (
                uniform_transport(cost.as_ref()).unwrap().value,
                uniform_transport(turned.as_ref()).unwrap().value,
            ),
            (
                transport(cost.as_ref(), &a, &b).unwrap().value,
                transport(turned.as_ref(), &b, &a).unwrap().value,
            ),
        ];
        for (x, y) in pairs {
            assert!((x - y).abs() <= 4.0 * tolerance(&cost), "{name}: {x} {y}");
        }
    }
}

#[test]
fn layout_in_memory_does_not_matter() {
    for (name, cost) in cases() {
        let turned = transposed(&cost);
        // A view whose steps are neither 1 along rows nor along columns.
        let reversed = cost.reverse_rows().to_owned();
        let backwards = reversed.reverse_rows();
        for view in [turned.transpose(), backwards] {
            assert_eq!(assignment(cost.as_ref()), assignment(view), "{name}");
            assert_eq!(uniform_transport(cost.as_ref()), uniform_transport(view), "{name}");
        }
    }
}

#[test]
fn equal_sizes_make_transport_an_assignment() {
    let mut rng = rng(6);
    for family in FAMILIES {
        for n in [1, 2, 15, 16, 17, 80] {
            let cost = matrix(family, n, n, &mut rng);
            let matched = assignment(cost.as_ref()).unwrap().value / n as f64;
            let uniform = uniform_transport(cost.as_ref()).unwrap();
            let masses = vec![1.0 / n as f64; n];
            let general = transport(cost.as_ref(), &masses, &masses).unwrap();
            assert!((uniform.value - matched).abs() <= tolerance(&cost), "{family} {n}");
            assert!((general.value - matched).abs() <= tolerance(&cost), "{family} {n}");
            assert_eq!(uniform.entries.len(), n);
        }
    }
}

#[test]
fn constants_on_rows_move_the_value_and_nothing_else() {
    let mut rng = rng(7);
    for (p, q) in [(12, 12), (12, 31)] {
        let cost = matrix("uniform", p, q, &mut rng);
        let shifted = Mat::from_fn(p, q, |i, j| cost[(i, j)] + i as f64);
        let (x, y) = (assignment(cost.as_ref()).unwrap(), assignment(shifted.as_ref()).unwrap());
        assert_eq!(x.column_of_row, y.column_of_row);
        assert!((y.value - x.value - 66.0).abs() < 1e-11);
        let (x, y) = (
            uniform_transport(cost.as_ref()).unwrap(),
            uniform_transport(shifted.as_ref()).unwrap(),
        );
        assert_eq!(x.entries, y.entries);
        assert!((y.value - x.value - 5.5).abs() < 1e-12);
    }
}

#[test]
fn a_planted_permutation_is_found() {
    let mut rng = rng(8);
    for n in [5, 64, 200] {
        let target: Vec<usize> = (0..n).map(|i| (i * 7 + 3) % n).collect();
        let noise = matrix("uniform", n, n, &mut rng);
        let gain =
            Mat::from_fn(n, n, |i, j| if target[i] == j { 1.0 } else { 0.4 * noise[(i, j)] });
        let best = maximum_assignment(gain.as_ref()).unwrap();
        assert!((0..n).all(|i| best.column_of_row[i] == Some(target[i])));
        assert_eq!(best.value, n as f64);
    }
}

#[test]
fn a_workspace_forgets_earlier_problems() {
    let mut rng = rng(9);
    let mut assignments = AssignmentWorkspace::default();
    let mut transports = TransportWorkspace::default();
    for (p, q) in [(40, 60), (3, 3), (60, 40), (1, 1), (30, 30), (7, 100)] {
        let cost = matrix("ties", p, q, &mut rng);
        assert_eq!(assignment_with(&mut assignments, cost.as_ref()), assignment(cost.as_ref()));
        assert_eq!(
            uniform_transport_with(&mut transports, cost.as_ref()),
            uniform_transport(cost.as_ref())
        );
    }
}
