//! What the solvers refuse, and extreme input that they must not refuse.

use consilience_linalg::Mat;
use consilience_solvers::{
    Error, Side, assignment, maximum_assignment, transport, uniform_transport,
};

/// A cost matrix with one entry replaced.
fn spoiled(value: f64) -> Mat<f64> {
    Mat::from_fn(4, 20, |i, j| if (i, j) == (2, 17) { value } else { (i * j) as f64 })
}

#[test]
fn costs_that_are_not_finite_are_named() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let cost = spoiled(value);
        let (a, b) = ([0.25; 4], [0.05; 20]);
        for result in [
            assignment(cost.as_ref()).map(|x| x.value),
            maximum_assignment(cost.as_ref()).map(|x| x.value),
            uniform_transport(cost.as_ref()).map(|x| x.value),
            transport(cost.as_ref(), &a, &b).map(|x| x.value),
        ] {
            match result {
                Err(Error::NonFiniteCost { row: 2, column: 17, value: found }) => {
                    assert_eq!(found.to_bits(), value.to_bits());
                }
                other => panic!("{value}: {other:?}"),
            }
        }
    }
}

#[test]
fn costs_whose_sums_would_overflow_are_named() {
    let error = assignment(spoiled(-1e300).as_ref()).unwrap_err();
    let limit = 1e150;
    assert_eq!(error, Error::CostTooLarge { row: 2, column: 17, value: -1e300, limit });
    assert_eq!(
        error.to_string(),
        "cost (2, 17) is -1e300; expected magnitudes up to 1e150; rescale the costs"
    );
}

#[test]
fn nothing_to_match_is_an_error() {
    for (rows, columns) in [(0, 0), (0, 3), (3, 0)] {
        let cost = Mat::<f64>::zeros(rows, columns);
        let expected = Error::Empty { rows, columns };
        assert_eq!(assignment(cost.as_ref()).unwrap_err(), expected);
        assert_eq!(uniform_transport(cost.as_ref()).unwrap_err(), expected);
    }
}

#[test]
fn wrong_masses_are_named() {
    let cost = Mat::from_fn(2, 2, |i, j| (i + j) as f64);
    let solve = |a: &[f64], b: &[f64]| transport(cost.as_ref(), a, b).unwrap_err();
    let half = [0.5, 0.5];
    assert_eq!(
        solve(&[1.0], &half),
        Error::MarginalLength { side: Side::Rows, found: 1, expected: 2 }
    );
    assert_eq!(
        solve(&half, &[0.2; 5]),
        Error::MarginalLength { side: Side::Columns, found: 5, expected: 2 }
    );
    assert_eq!(
        solve(&half, &[1.5, -0.5]),
        Error::InvalidMass { side: Side::Columns, index: 1, value: -0.5 }
    );
    assert!(matches!(
        solve(&[f64::NAN, 0.5], &half),
        Error::InvalidMass { side: Side::Rows, index: 0, .. }
    ));
    assert!(matches!(solve(&[0.0; 2], &half), Error::TotalMass { side: Side::Rows, .. }));
    assert!(matches!(solve(&[1e200; 2], &half), Error::TotalMass { side: Side::Rows, .. }));
    assert!(matches!(solve(&half, &[1e-200; 2]), Error::TotalMass { side: Side::Columns, .. }));
    assert_eq!(
        solve(&half, &[0.5, 0.6]).to_string(),
        "the row masses sum to 1, the column masses to 1.1; expected equal sums (relative difference up to 1e-9); \
         normalise both"
    );
}

#[test]
fn extreme_but_valid_input_is_solved() {
    // The smallest positive number, zero, and costs that differ by 450 orders of magnitude.
    let tiny = f64::from_bits(1);
    let cost = Mat::from_fn(2, 2, |i, j| if i == j { tiny } else { 0.0 });
    let best = maximum_assignment(cost.as_ref()).unwrap();
    assert_eq!((best.value, best.gap), (2.0 * tiny, 0.0));
    let cost = Mat::from_fn(3, 3, |i, j| if i == j { 1e-300 } else { 1e150 });
    let best = assignment(cost.as_ref()).unwrap();
    assert_eq!(best.column_of_row, [Some(0), Some(1), Some(2)]);
    assert_eq!(best.value, 3e-300);
    assert_eq!(assignment(Mat::<f64>::zeros(5, 7).as_ref()).unwrap().value, 0.0);
}

#[test]
fn masses_may_be_zero_tiny_or_huge() {
    let cost = Mat::from_fn(3, 3, |i, j| (i as f64 - j as f64).abs());
    for scale in [1e-100, 1.0, 1e100] {
        let (a, b) = ([0.0, scale, scale], [scale, 0.0, scale]);
        let plan = transport(cost.as_ref(), &a, &b).unwrap();
        let expected = [(1, 0, scale), (2, 2, scale)];
        assert_eq!(plan.entries.len(), expected.len(), "{plan:?}");
        for (entry, expected) in plan.entries.iter().zip(expected) {
            assert_eq!((entry.0, entry.1), (expected.0, expected.1));
            assert!((entry.2 / scale - 1.0).abs() < 1e-12, "{plan:?}");
        }
        // Rows and columns without mass have potentials too.
        for i in 0..3 {
            for j in 0..3 {
                let reduced = cost[(i, j)] - plan.row_potentials[i] - plan.column_potentials[j];
                assert!(reduced >= -1e-12);
            }
        }
    }
}
