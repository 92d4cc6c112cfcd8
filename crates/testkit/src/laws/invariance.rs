//! Declared invariances hold, undeclared ones do not.

use std::collections::BTreeMap;

use consilience_linalg::{Mat, matmul};
use consilience_measures::{Invariance, SideName, parse};
use rand::RngExt;

use super::{ROUNDING, compare_all, is_of_other_data, specs};
use crate::synthetic::{data_sets, generator, normal, permuted_copy, rotated_copy};

/// A score that changes by so much on some data set is not invariant: far above rounding, far below the effects.
const VIOLATED: f64 = 1e-5;

/// A random map of the kind that an invariance is about.
fn transformed(m: &Mat<f64>, kind: Invariance, seed: u64) -> Mat<f64> {
    let mut rng = generator(seed);
    let (rows, units) = (m.nrows(), m.ncols());
    match kind {
        Invariance::Permutation => permuted_copy(m.as_ref(), &mut rng).0,
        Invariance::Shift => {
            let shift: Vec<f64> = (0..units).map(|_| rng.random_range(-20.0..20.0)).collect();
            Mat::from_fn(rows, units, |i, j| m[(i, j)] + shift[j])
        }
        Invariance::IsotropicScale => Mat::from_fn(rows, units, |i, j| 137.0 * m[(i, j)]),
        Invariance::UnitScale => {
            let scale: Vec<f64> =
                (0..units).map(|_| 10f64.powf(rng.random_range(-1.5..1.5))).collect();
            Mat::from_fn(rows, units, |i, j| scale[j] * m[(i, j)])
        }
        Invariance::Orthogonal => rotated_copy(m.as_ref(), &mut rng),
        Invariance::InvertibleLinear => {
            // A Gaussian matrix is invertible with probability one; added to twice the identity it is well so.
            let map = normal(units, units, &mut rng);
            let size = 1.0 / (units as f64).sqrt();
            let map = Mat::from_fn(units, units, |i, j| {
                size * map[(i, j)] + if i == j { 2.0 } else { 0.0 }
            });
            matmul(m.as_ref(), map.as_ref())
        }
    }
}

/// For each side: every declared invariance holds on every data set, every undeclared one fails on at least one.
#[must_use]
pub fn invariances() -> Vec<String> {
    let all = specs();
    let mut failures = Vec::new();
    // Greatest change of each spec, and where.
    let mut changes: BTreeMap<(usize, u8, Invariance), (f64, String)> = BTreeMap::new();
    for data in data_sets() {
        for protocol in data.protocols() {
            let native = compare_all(&data, &data.x, &data.y, &protocol);
            for kind in Invariance::ALL {
                for (side, seed) in [(SideName::X, 31), (SideName::Y, 32)] {
                    let found = match side {
                        SideName::X => {
                            let x = transformed(&data.x, kind, seed);
                            compare_all(&data, &x, &data.y, &protocol)
                        }
                        SideName::Y => {
                            let y = transformed(&data.y, kind, seed);
                            compare_all(&data, &data.x, &y, &protocol)
                        }
                    };
                    for (i, (a, b)) in native.iter().zip(&found).enumerate() {
                        if is_of_other_data(a) {
                            continue;
                        }
                        let by = match (a, b) {
                            // Relative for scores beyond 1, as for all laws.
                            (Ok(a), Ok(b)) => (a.score - b.score).abs() / a.score.abs().max(1.0),
                            // What is refused after the change is not unchanged.
                            (Ok(_), b) if is_of_other_data(b) => f64::INFINITY,
                            (Err(error), _) | (_, Err(error)) => {
                                failures.push(format!("{}, {}: {error}", all[i], data.name));
                                continue;
                            }
                        };
                        let place = format!("{}, {}, seed {seed}", data.name, protocol.name);
                        let greatest = changes.entry((i, side as u8, kind)).or_default();
                        if by >= greatest.0 {
                            *greatest = (by, place);
                        }
                    }
                }
            }
        }
    }
    for ((i, side, kind), (by, place)) in changes {
        let side = if side == SideName::X as u8 { SideName::X } else { SideName::Y };
        let measure = parse(all[i]).expect("an example parses");
        let declared = measure.invariances(side).contains(&kind);
        let fact = format!(
            "{}: {} of {side:?} changes the score by {by:e} ({place})",
            all[i],
            kind.name()
        );
        if declared && by > ROUNDING {
            failures.push(format!("{fact}, but is declared an invariance"));
        } else if !declared && by < VIOLATED {
            failures.push(format!("{fact} at most, but is not declared an invariance"));
        }
    }
    failures
}
