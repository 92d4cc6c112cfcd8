//! What maps explain in sample of representations that have nothing to do with their source.

use consilience_linalg::{Mat, eigen_symmetric, matmul_atb};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Protocol, Recording, gather};
use consilience_testkit::synthetic::{generator, normal};

/// Source units.
const P: usize = 12;
/// Target units: independent of one another, so each is a draw.
const Q: usize = 400;

/// In-sample explained variance of independent normal targets: with an orthonormal basis of the centred rows in which the
/// prediction is `h_i` times coordinate i, it is `Σ (2 h_i − h_i²) g_i² / Σ g_i²` for n − 1 independent normal g. Its
/// expectation is `Σ (2 h_i − h_i²) / (n − 1)` exactly: the directions of a normal vector are independent of its length.
/// Least squares has h = 1 in p directions, hence p / (n − 1).
///
/// One target deviates by at most that of p / (n − 1) from least squares, a Beta variable of variance below
/// 2 p / (n − 1)²; 400 targets, five deviations.
#[test]
fn unrelated_targets_are_explained_as_much_as_the_closed_form_says() {
    let mut failures = Vec::new();
    for (n, seed) in [(30, 601), (60, 602), (200, 603)] {
        let mut rng = generator(seed);
        let (x, y) = (normal(n, P, &mut rng), normal(n, Q, &mut rng));
        let rows = Recording::new(&x);
        let protocol = Protocol::in_sample(&rows.ids, 10).expect("enough stimuli");
        let pair = gather(&rows, &Recording::new(&y), &protocol.blocks).expect("good data");
        let d = eigenvalues(&x);
        let mean = d.iter().sum::<f64>() / P as f64;
        let degrees = (n - 1) as f64;
        let shrunk = |alpha: f64| {
            let h = d.iter().map(|d| d / (d + alpha * mean));
            h.map(|h| 2.0 * h - h * h).sum::<f64>() / degrees
        };
        for (spec, expected) in [
            ("linear:direction=x-to-y,score=mean-r2", P as f64 / degrees),
            ("ridge:alpha=0.1,direction=x-to-y,score=mean-r2", shrunk(0.1)),
            ("ridge:alpha=1,direction=x-to-y,score=mean-r2", shrunk(1.0)),
        ] {
            let found = pair.evaluate(spec, &protocol.design).expect(spec).score;
            let deviation = (2.0 * P as f64 / Q as f64).sqrt() / degrees;
            if (found - expected).abs() > 5.0 * deviation {
                failures.push(format!("{spec}, n = {n} (seed {seed}): {found}, not {expected}"));
            }
        }
    }
    assert_none(&failures);
}

/// Of the scatter of the centred rows.
fn eigenvalues(x: &Mat<f64>) -> Vec<f64> {
    let n = x.nrows() as f64;
    let means: Vec<f64> = (0..P).map(|j| x.col(j).iter().sum::<f64>() / n).collect();
    let centred = Mat::from_fn(x.nrows(), P, |i, j| x[(i, j)] - means[j]);
    let scatter = matmul_atb(centred.as_ref(), centred.as_ref());
    eigen_symmetric(scatter.as_ref()).expect("the scatter is finite").values
}

/// With as many independent directions as there are degrees of freedom everything is explained, and the comparison says
/// that the fit is not unique.
#[test]
fn more_units_than_stimuli_explain_everything_in_sample() {
    let mut rng = generator(611);
    let (x, y) = (normal(20, 25, &mut rng), normal(20, 4, &mut rng));
    let rows = Recording::new(&x);
    let protocol = Protocol::in_sample(&rows.ids, 10).expect("enough stimuli");
    let pair = gather(&rows, &Recording::new(&y), &protocol.blocks).expect("good data");
    let spec = "linear:direction=x-to-y,score=r2";
    let found = pair.evaluate(spec, &protocol.design).expect(spec);
    assert!((found.score - 1.0).abs() < 1e-9, "{}", found.score);
    let said = found.warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(said.len() == 1 && said[0].contains("19 independent directions of 25"), "{said:?}");
}
