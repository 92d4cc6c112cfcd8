//! Units in the span of others.
#![allow(missing_docs)]

mod common;

use common::rng;
use consilience_linalg::{Mat, matmul_atb};
use consilience_solvers::{Error, maximum_match};
use rand::RngExt;

/// Products of the columns of both.
fn products(x: &Mat<f64>, y: &Mat<f64>) -> Mat<f64> {
    let both = Mat::from_fn(x.nrows(), x.ncols() + y.ncols(), |i, j| {
        if j < x.ncols() { x[(i, j)] } else { y[(i, j - x.ncols())] }
    });
    matmul_atb(both.as_ref(), both.as_ref())
}

/// Six units on each side: the first four of y are a basis of the span of the first four of x, the others are their own.
fn planted(n: usize, noise: f64) -> (Mat<f64>, Mat<f64>) {
    let rng = &mut rng(3);
    let mut draw = |rows, columns| Mat::from_fn(rows, columns, |_, _| rng.random_range(-1.0..1.0));
    let (x, turn, own, rest): (Mat<f64>, Mat<f64>, Mat<f64>, Mat<f64>) =
        (draw(n, 6), draw(4, 4), draw(n, 2), draw(n, 6));
    let y = Mat::from_fn(n, 6, |i, j| match j {
        0..4 => (0..4).map(|k| x[(i, k)] * turn[(k, j)]).sum::<f64>() + noise * rest[(i, j)],
        _ => own[(i, j - 4)],
    });
    (x, y)
}

#[test]
fn what_was_planted_is_found() {
    for (noise, epsilon) in [(0.0, 1e-4), (0.05, 0.3), (0.0, 0.5)] {
        let (x, y) = planted(400, noise);
        let found = maximum_match(products(&x, &y).as_ref(), 6, epsilon).expect("a match");
        assert_eq!((&found.x, &found.y), (&vec![0, 1, 2, 3], &vec![0, 1, 2, 3]), "{epsilon}");
        assert!(found.x_distance[..4].iter().all(|&d| d <= epsilon));
        assert!(found.y_distance[4..].iter().all(|&d| d > 0.9));
    }
}

#[test]
fn what_supports_one_another_falls_together() {
    // y 0 is near x 0 and x 1 together; x 1 is near nothing else, and falls: then so does y 0, then x 0.
    let units: [[f64; 4]; 3] = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.8, 0.6, 0.0, 0.0]];
    let dot = |i: usize, j: usize| (0..4).map(|k| units[i][k] * units[j][k]).sum::<f64>();
    let gram = Mat::from_fn(3, 3, dot);
    // Distances: x 0 from y 0 is 0.6, x 1 from y 0 is 0.8, y 0 from x 0 alone is 0.6.
    let sizes = |epsilon| {
        let found = maximum_match(gram.as_ref(), 2, epsilon).expect("a match");
        (found.x.len(), found.y.len(), found.passes)
    };
    assert_eq!(sizes(0.85), (2, 1, 1));
    assert_eq!(sizes(0.7), (1, 1, 2));
    assert_eq!(sizes(0.5), (0, 0, 2));
}

#[test]
fn lengths_copies_and_zeros_play_no_part() {
    let (x, y) = planted(300, 0.02);
    let plain = maximum_match(products(&x, &y).as_ref(), 6, 0.3).expect("a match");
    let scaled = Mat::from_fn(300, 6, |i, j| x[(i, j)] * 10f64.powi(3 * j as i32 - 8));
    let found = maximum_match(products(&scaled, &y).as_ref(), 6, 0.3).expect("a match");
    assert_eq!((&found.x, &found.y), (&plain.x, &plain.y));
    // Each unit of x twice, and one of zeros.
    let more = Mat::from_fn(300, 13, |i, j| if j < 12 { x[(i, j / 2)] } else { 0.0 });
    let found = maximum_match(products(&more, &y).as_ref(), 13, 0.3).expect("a match");
    assert_eq!((&found.x, &found.y), (&(0..8).collect(), &plain.y));
    assert_eq!(found.x_distance[12], 1.0);
}

#[test]
fn more_units_than_samples_span_everything() {
    let rng = &mut rng(4);
    let x = Mat::from_fn(8, 12, |_, _| rng.random_range(-1.0..1.0));
    let y = Mat::from_fn(8, 9, |_, _| rng.random_range(-1.0..1.0));
    let found = maximum_match(products(&x, &y).as_ref(), 12, 1e-4).expect("a match");
    assert_eq!((found.x.len(), found.y.len()), (12, 9));
}

#[test]
fn sides_without_units_match_nothing() {
    let gram = Mat::<f64>::identity(3, 3);
    for of_x in [0, 3] {
        let found = maximum_match(gram.as_ref(), of_x, 0.5).expect("a match");
        assert!(found.x.is_empty() && found.y.is_empty());
    }
    let error = maximum_match(gram.as_ref(), 4, 0.5).expect_err("four of three");
    assert_eq!(error, Error::SubspaceSides { of_x: 4, units: 3, epsilon: 0.5 });
    for epsilon in [0.0, 1.0, -0.5, f64::NAN] {
        assert!(maximum_match(gram.as_ref(), 1, epsilon).is_err(), "{epsilon}");
    }
    let mut broken = gram.clone();
    broken[(1, 2)] = f64::NAN;
    assert!(matches!(maximum_match(broken.as_ref(), 1, 0.5), Err(Error::Gram { .. })));
}
