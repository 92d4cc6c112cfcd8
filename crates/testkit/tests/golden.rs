//! Every case of every golden file.

use consilience_linalg::Mat;
use consilience_measures::{Comparison, MEASURES, Mapping, Result};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Recording, gather};
use consilience_testkit::golden::{Case, array, read};
use serde_json::Value;

/// The packages work on rows in double precision, we on moments of the same rows: what differs is rounding, amplified by
/// the conditioning of the fit. The worst of these cases (ridge with more units than rows) loses six digits of sixteen.
const TOLERANCE: f64 = 1e-9;

/// The comparison of each fold.
fn compare(case: &Case, x: &Mat<f64>, y: &Mat<f64>) -> Result<Vec<Comparison>> {
    let recording = |m: &Mat<f64>| {
        Recording::of_positions(m, case.rows_per_stimulus).labelled(case.labels.as_deref())
    };
    let (x_recording, y_recording) = (recording(x), recording(y));
    let folds = case.protocol.protocols(x_recording.ids.len(), &case.inner);
    folds
        .iter()
        .map(|fold| {
            let moments = gather(&x_recording, &y_recording, &fold.blocks)?;
            moments.evaluate(&case.spec, &fold.design)
        })
        .collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

fn differs(found: f64, expected: f64) -> bool {
    found.is_nan() || (found - expected).abs() > TOLERANCE
}

/// What is wrong with the parts of single units.
fn check_units(folds: &[Comparison], expected: &[Option<f64>]) -> Option<String> {
    let units: Option<Vec<&Vec<Option<f64>>>> = folds.iter().map(|f| f.per_unit.as_ref()).collect();
    let Some(units) = units else { return Some("has no parts of single units".into()) };
    if units.iter().any(|u| u.len() != expected.len()) {
        return Some(format!("{} units, expected {}", units[0].len(), expected.len()));
    }
    // The files give a unit a value only if it takes part in every fold.
    let found = |u: usize| units.iter().map(|fold| fold[u]).collect::<Option<Vec<f64>>>();
    (0..expected.len()).find_map(|u| match (found(u), expected[u]) {
        (None, None) => None,
        (Some(found), Some(expected)) if !differs(mean(found.iter().copied()), expected) => None,
        (found, expected) => Some(format!("unit {u}: {found:?}, expected {expected:?}")),
    })
}

/// What is wrong with the correspondences of the folds.
fn check_mappings(folds: &[Comparison], expected: &[Value]) -> Option<String> {
    let found: Vec<&Mapping> = folds.iter().flat_map(|f| &f.mappings).collect();
    if found.len() != expected.len() {
        return Some(format!("{} mappings, expected {}", found.len(), expected.len()));
    }
    found.iter().zip(expected).enumerate().find_map(|(fold, (found, expected))| {
        let same = match found {
            Mapping::Matching(found) => {
                serde_json::from_value::<Vec<Option<usize>>>(expected.clone())
                    .is_ok_and(|expected| *found == expected)
            }
            Mapping::Plan(found) => serde_json::from_value::<Vec<(usize, usize, f64)>>(
                expected.clone(),
            )
            .is_ok_and(|expected| {
                let equal = |(a, b): (&(usize, usize, f64), &(usize, usize, f64))| {
                    (a.0, a.1) == (b.0, b.1) && !differs(a.2, b.2)
                };
                found.len() == expected.len() && found.iter().zip(&expected).all(equal)
            }),
        };
        (!same).then(|| format!("fold {fold}: {found:?}, expected {expected}"))
    })
}

fn check(case: &Case, x: &Mat<f64>, y: &Mat<f64>) -> Option<String> {
    let folds = match compare(case, x, y) {
        Ok(folds) => folds,
        Err(error) => return Some(error.to_string()),
    };
    let score = mean(folds.iter().map(|f| f.score));
    if differs(score, case.score) {
        let difference = score - case.score;
        return Some(format!("{score}, expected {}, differs by {difference:e}", case.score));
    }
    if let Some(expected) = &case.per_unit
        && let Some(problem) = check_units(&folds, expected)
    {
        return Some(problem);
    }
    if case.mapping.is_empty() { None } else { check_mappings(&folds, &case.mapping) }
}

#[test]
fn every_case_is_met() {
    let mut failures = Vec::new();
    for entry in MEASURES {
        let file = match read(entry.info.id) {
            Ok(file) => file,
            Err(problem) => {
                failures.push(problem);
                continue;
            }
        };
        if file.cases.is_empty() {
            failures.push(format!("{}: no case", file.measure));
        }
        for case in &file.cases {
            if let Some(problem) = check(case, &array(&case.x), &array(&case.y)) {
                let folds = case.protocol.protocols(0, &[]).len();
                failures.push(format!(
                    "{} of {} and {}, {folds} folds: {problem}",
                    case.spec, case.x, case.y
                ));
            }
        }
    }
    assert_none(&failures);
}
