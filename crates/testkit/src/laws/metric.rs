//! Metrics obey the triangle inequality.

use consilience_linalg::Mat;
use consilience_measures::{Comparison, Orientation, Result, Symmetry, parse};

use super::{compare_all, is_of_other_data, specs};
use crate::synthetic::{data_sets, generator, normal, rotated_copy};

/// `d(x, z) ≤ d(x, y) + d(y, z)` for every spec that is declared a metric, over triples of representations; and a metric is a
/// symmetric distance.
#[must_use]
pub fn triangle() -> Vec<String> {
    let all = specs();
    let is_metric = |spec: &str| parse(spec).expect("an example parses").is_metric();
    let mut failures = Vec::new();
    for spec in all.iter().filter(|spec| is_metric(spec)) {
        let measure = parse(spec).expect("an example parses");
        let is_distance = measure.info().orientation == Orientation::Distance;
        if !is_distance || measure.symmetry() != Symmetry::Symmetric {
            failures.push(format!("{spec} is declared a metric, but is no symmetric distance"));
        }
    }
    let mut checked = vec![0; all.len()];
    for data in data_sets() {
        let protocol = &data.protocols()[0];
        let points = points(&data.x, &data.y);
        let count = points.len();
        let distance =
            |a: usize, b: usize| compare_all(&data, &points[a].1, &points[b].1, protocol);
        let between: Vec<Vec<Vec<Result<Comparison>>>> =
            (0..count).map(|a| (0..a).map(|b| distance(a, b)).collect()).collect();
        for (i, spec) in all.iter().enumerate().filter(|(_, spec)| is_metric(spec)) {
            let errors = between.iter().flatten().filter(|found| !is_of_other_data(&found[i]));
            let errors = errors.filter_map(|found| found[i].as_ref().err());
            failures.extend(errors.map(|error| format!("{spec}, {}: {error}", data.name)));
            // Some distances are between representations of one kind or width only.
            let of = |a: usize, b: usize| {
                between[a.max(b)][a.min(b)][i].as_ref().ok().map(|found| found.score)
            };
            // Near 0 a distance is the root of a difference of numbers of its size, and errs as the distance to itself does.
            let pairs = (0..count).flat_map(|a| (0..a).map(move |b| (a, b)));
            let greatest = pairs.clone().filter_map(|(a, b)| of(a, b)).fold(1.0, f64::max);
            let info = parse(spec).expect("an example parses").info();
            let rounding = 3.0 * info.identity_tolerance * greatest;
            for (a, b) in pairs {
                for middle in (0..count).filter(|&m| m != a && m != b) {
                    let (Some(direct), Some(there), Some(on)) =
                        (of(a, b), of(a, middle), of(middle, b))
                    else {
                        continue;
                    };
                    checked[i] += 1;
                    if direct > there + on + rounding {
                        failures.push(format!(
                            "{spec}, {}: {direct} from {} to {}, but {} by way of {}",
                            data.name,
                            points[a].0,
                            points[b].0,
                            there + on,
                            points[middle].0
                        ));
                    }
                }
            }
        }
    }
    for (spec, checked) in all.iter().zip(checked) {
        if is_metric(spec) && checked == 0 {
            failures.push(format!("{spec} is declared a metric, but has no triple of distances"));
        }
    }
    failures
}

/// Representations of several widths: apart, between each other, and opposite to each other.
fn points(x: &Mat<f64>, y: &Mat<f64>) -> Vec<(&'static str, Mat<f64>)> {
    let (rows, p, q) = (x.nrows(), x.ncols(), y.ncols());
    let mut rng = generator(91);
    let padded = |m: &Mat<f64>, i: usize, j: usize| if j < m.ncols() { m[(i, j)] } else { 0.0 };
    let between =
        Mat::from_fn(rows, p.max(q), |i, j| f64::midpoint(padded(x, i, j), padded(y, i, j)));
    let together = Mat::from_fn(rows, p + q, |i, j| {
        0.5_f64.sqrt() * if j < p { x[(i, j)] } else { y[(i, j - p)] }
    });
    // Half of the units and half of their opposites: near to x and to -x.
    let both_signs =
        Mat::from_fn(
            rows,
            2 * p,
            |i, j| if j < p { 0.5 * x[(i, j)] } else { -0.5 * x[(i, j - p)] },
        );
    vec![
        ("x", x.clone()),
        ("y", y.clone()),
        ("the mean of x and y", between),
        ("x and y together", together),
        ("-x", Mat::from_fn(rows, p, |i, j| -x[(i, j)])),
        ("x and -x together", both_signs),
        ("half of x", Mat::from_fn(rows, p.div_ceil(2), |i, j| x[(i, j)])),
        ("x rotated", rotated_copy(x.as_ref(), &mut rng)),
        ("noise", normal(rows, p + 3, &mut rng)),
    ]
}
