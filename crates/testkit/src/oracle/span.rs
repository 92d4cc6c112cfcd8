//! Units near the span of others, by projection of their activations.

use super::{Fold, Rows, Spec, column, svd};

/// The maximum match: one unit is removed at a time, the farthest from the span of the other side, until all are near.
pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    if spec.id != "maximum-match" {
        return None;
    }
    let epsilon = spec.parameter("epsilon").map_or(0.5, |e| e.parse().expect("a number"));
    let all: Vec<usize> = (0..x.len()).collect();
    let units = |m: &Rows| -> Vec<Vec<f64>> {
        let columns = (0..m[0].len()).map(|j| column(m, &all, j));
        columns.filter(|unit| unit.iter().any(|v| *v != 0.0)).collect()
    };
    let of = x[0].len() + y[0].len();
    let mut sides = [units(x), units(y)];
    loop {
        // (distance, side, unit)
        let mut farthest = (0.0, 0, 0);
        for side in 0..2 {
            let basis = basis(&sides[1 - side]);
            for (unit, activations) in sides[side].iter().enumerate() {
                let distance = distance(activations, &basis);
                if distance > farthest.0 {
                    farthest = (distance, side, unit);
                }
            }
        }
        let (distance, side, unit) = farthest;
        if distance <= epsilon {
            return Some((sides[0].len() + sides[1].len()) as f64 / of as f64);
        }
        sides[side].remove(unit);
    }
}

/// Orthonormal vectors that span the units.
fn basis(units: &Rows) -> Vec<Vec<f64>> {
    if units.is_empty() {
        return Vec::new();
    }
    let (_, values, right) = svd(units);
    let kept = (0..values.len()).filter(|&k| values[k] > 1e-5 * values[0]);
    kept.map(|k| right.iter().map(|row| row[k]).collect()).collect()
}

fn distance(unit: &[f64], basis: &Rows) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut rest = unit.to_vec();
    for direction in basis {
        let along = dot(&rest, direction);
        rest.iter_mut().zip(direction).for_each(|(r, d)| *r -= along * d);
    }
    (dot(&rest, &rest) / dot(unit, unit)).sqrt()
}
