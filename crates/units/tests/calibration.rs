//! What sparse prediction reads for codes that are known: a table that was computed elsewhere with an exact solver.

mod networks;

use consilience_linalg::{Mat, matmul, random_orthogonal};
use consilience_testkit::synthetic::{
    generator, permuted_copy, rectified_laplace, rotated_copy, with_noise,
};
use consilience_units::{MatchKind, Parameters, Prediction};
use networks::{findings, quick};

const UNITS: usize = 48;
const ROWS: usize = 5000;
/// λ_eff, descending.
const PENALTIES: [f64; 6] = [0.5, 0.3, 0.2, 0.1, 0.03, 0.0];

/// Unexplained fraction and connections along the penalties, and the mean of the semi-matching.
struct Expected {
    semi: f64,
    points: [(f64, f64); 6],
}

const PERMUTED: Expected = Expected {
    semi: 0.958,
    points: [(0.333, 1.0), (0.173, 1.0), (0.123, 1.0), (0.093, 1.0), (0.084, 1.0), (0.082, 39.0)],
};
const BLOCKS: Expected = Expected {
    semi: 0.519,
    points: [(0.652, 1.6), (0.343, 2.4), (0.212, 2.9), (0.119, 3.5), (0.086, 3.8), (0.082, 40.0)],
};
const ROTATED: Expected = Expected {
    semi: 0.298,
    points: [(1.0, 0.0), (0.970, 1.3), (0.797, 7.2), (0.389, 23.0), (0.120, 40.0), (0.082, 48.0)],
};

fn standardised(m: &Mat<f64>) -> Mat<f64> {
    let n = m.nrows() as f64;
    let column = |j: usize| (0..m.nrows()).map(move |i| m[(i, j)]);
    let mean: Vec<f64> = (0..m.ncols()).map(|j| column(j).sum::<f64>() / n).collect();
    let deviation = |j: usize| (column(j).map(|v| (v - mean[j]).powi(2)).sum::<f64>() / n).sqrt();
    let deviation: Vec<f64> = (0..m.ncols()).map(deviation).collect();
    Mat::from_fn(m.nrows(), m.ncols(), |i, j| (m[(i, j)] - mean[j]) / deviation[j])
}

fn parameters() -> Parameters {
    let mut parameters = quick();
    parameters.half_splits = 0;
    parameters.rotations = 0;
    parameters.shuffles = 0;
    parameters.information.rows = 0;
    parameters.clusters.null_draws = 0;
    parameters.prediction.penalties = PENALTIES.to_vec();
    parameters
}

/// The fraction errs by the sampling of noise and rotations: 48 targets, of which the hardest differ by 0.2 or so from their
/// mean. A connection counts from a weight of 0 here, from a small one there; without a penalty that is a matter of rounding,
/// and not compared.
fn check(name: &str, semi: f64, points: &[(f64, f64)], expected: &Expected) {
    assert!((semi - expected.semi).abs() < 0.03, "{name}: semi-matching {semi}");
    for ((k, found), expected) in points.iter().enumerate().zip(&expected.points) {
        let penalty = PENALTIES[k];
        assert!((found.0 - expected.0).abs() < 0.035, "{name}, {penalty}: {found:?}, {expected:?}");
        if penalty > 0.0 {
            let most = 0.15 * expected.1 + 0.3;
            assert!(
                (found.1 - expected.1).abs() < most,
                "{name}, {penalty}: {found:?}, {expected:?}"
            );
        }
    }
}

fn points(prediction: &Prediction) -> Vec<(f64, f64)> {
    prediction.curve.points.iter().map(|p| (p.unexplained, p.connections)).collect()
}

#[test]
fn the_table_of_known_codes_is_reproduced_by_data_and_by_controls() {
    let rng = &mut generator(21);
    let x = standardised(&rectified_laplace(ROWS, UNITS, rng));
    let (permuted, _) = permuted_copy(x.as_ref(), rng);
    let mut turn = Mat::<f64>::zeros(UNITS, UNITS);
    for first in (0..UNITS).step_by(4) {
        let block = random_orthogonal(4, rng);
        (0..4).for_each(|a| (0..4).for_each(|b| turn[(first + a, first + b)] = block[(a, b)]));
    }
    let copies = [
        ("permuted", permuted, PERMUTED),
        ("turned in blocks", matmul(x.as_ref(), turn.as_ref()), BLOCKS),
        ("turned", rotated_copy(x.as_ref(), rng), ROTATED),
    ];
    for (name, copy, expected) in copies {
        let y = with_noise(standardised(&copy).as_ref(), 0.3, rng);
        let found = findings(&x, &y, &parameters());
        let matching = found.matching.found().expect("defined");
        let semi = matching.summaries.iter().find(|s| s.kind == MatchKind::SemiY);
        let prediction = found.y_from_x.found().expect("defined");
        check(name, semi.expect("a line").mean, &points(prediction), &expected);
        assert!(prediction.largest_gap < 1e-6);
        // The controls are made from the moments of x alone, and say the same.
        let controls = prediction.calibration.controls.iter();
        for (control, expected) in controls.zip([&PERMUTED, &BLOCKS, &ROTATED]) {
            let points: Vec<(f64, f64)> =
                control.curve.points.iter().map(|p| (p.unexplained, p.connections)).collect();
            check(
                &format!("{name}, {:?}", control.control),
                control.semi_matching,
                &points,
                expected,
            );
        }
    }
}

#[test]
fn penalties_and_losses_are_those_of_the_paper_up_to_the_number_of_targets() {
    let rng = &mut generator(22);
    let x = rectified_laplace(400, 8, rng);
    let y = with_noise(x.as_ref(), 0.4, rng);
    let found = findings(&x, &y, &parameters());
    let prediction = found.y_from_x.found().expect("defined");
    assert_eq!((prediction.sources, prediction.targets), (8, 8));
    for (point, penalty) in prediction.curve.points.iter().zip(&prediction.penalties) {
        assert!((point.paper_penalty * 8.0 - penalty).abs() < 1e-15);
        assert!((point.paper_loss * 2.0 - point.unexplained).abs() < 1e-15);
    }
    // A target has a connection from where the penalty falls below its best correlation.
    let best = |t: usize| {
        let list = &found.y.candidates[t];
        list.iter().map(|(_, r)| f64::from(r.abs())).fold(0.0, f64::max)
    };
    for (point, &penalty) in prediction.curve.points.iter().zip(&prediction.penalties) {
        assert_eq!(point.alive, (0..8).filter(|&t| best(t) > penalty).count(), "{penalty}");
    }
}
