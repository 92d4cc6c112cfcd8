//! What every measure of the registry obeys. No law names a measure; each returns all of its failures.
//!
//! They run over every spec that a measure gives as an example, its defaults included.

#![expect(
    clippy::missing_panics_doc,
    reason = "a test runs a law: a panic is a failure like any other"
)]

mod chance;
mod hostile;
mod invariance;
mod metric;
mod registry;
mod scores;
mod streaming;

pub use chance::{expected_by_chance, pairing};
pub use hostile::{hostile_data, hostile_specs, tiny_data};
pub use invariance::invariances;
pub use metric::triangle;
pub use registry::{examples, files, names, parameters};
pub use scores::{data_for_all, identity, oracle, range, symmetry};
pub use streaming::{
    chunking, joint_permutation, merge_order, precision, principal_coordinates, threads,
};

use consilience_linalg::Mat;
use consilience_measures::{Comparison, MEASURES, Result};

use crate::evaluate::{Protocol, Recording, gather};
use crate::synthetic::DataSet;

/// Largest difference of two scores that only the order of additions may tell apart.
///
/// Sums of at most some 10⁴ terms of like size err by about 10⁻¹⁴ relative; fits amplify that by their conditioning, which
/// for these data sets stays below 10⁴ (the smallest chosen ridge penalty, and the gaps between singular values).
const ROUNDING: f64 = 1e-9;

/// Every default and every example.
fn specs() -> Vec<&'static str> {
    let of_entry = |entry: &'static consilience_measures::Entry| {
        let examples = entry.info.examples.iter().map(|e| e.spec);
        let others = examples.filter(|spec| *spec != entry.info.id);
        std::iter::once(entry.info.id).chain(others)
    };
    MEASURES.iter().flat_map(of_entry).collect()
}

/// The comparison by each spec of two arrays recorded on the stimuli of a data set, in f64, units as they are.
fn compare_all(
    data: &DataSet,
    x: &Mat<f64>,
    y: &Mat<f64>,
    protocol: &Protocol,
) -> Vec<Result<Comparison>> {
    compare_recordings(&data.recording(x), &data.recording(y), protocol)
}

fn compare_recordings(
    x: &Recording,
    y: &Recording,
    protocol: &Protocol,
) -> Vec<Result<Comparison>> {
    compare_specs(&specs(), x, y, protocol)
}

fn compare_specs(
    specs: &[&str],
    x: &Recording,
    y: &Recording,
    protocol: &Protocol,
) -> Vec<Result<Comparison>> {
    match gather(x, y, &protocol.blocks) {
        Ok(moments) => specs.iter().map(|spec| moments.evaluate(spec, &protocol.design)).collect(),
        Err(error) => vec![Err(error)],
    }
}

/// Whether there is no value because the data are not of the kind that the measure is about, and an error says so.
///
/// Every measure has a value on some data set of the laws: see [`data_for_all`].
fn is_of_other_data(found: &Result<Comparison>) -> bool {
    found.as_ref().is_err_and(consilience_measures::Error::is_of_other_data)
}

/// Whether two scores are equal within a tolerance, which is relative for scores beyond 1: a distance has the unit of its data.
fn is_near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1.0)
}

/// The scores of two runs that differ by more than a tolerance, or did not come about. Neither run may have one where the
/// data are of another kind.
fn differences(
    context: &str,
    expected: &[Result<Comparison>],
    found: &[Result<Comparison>],
    tolerance: f64,
) -> Vec<String> {
    differences_of(&specs(), context, expected, found, tolerance)
}

fn differences_of(
    specs: &[&str],
    context: &str,
    expected: &[Result<Comparison>],
    found: &[Result<Comparison>],
    tolerance: f64,
) -> Vec<String> {
    let differs = |(i, spec): (usize, &&str)| match (expected.get(i), found.get(i)) {
        (Some(Ok(a)), Some(Ok(b))) if is_near(b.score, a.score, tolerance) => None,
        (Some(Ok(a)), Some(Ok(b))) => {
            let by = b.score - a.score;
            Some(format!("{spec}, {context}: {} became {}, by {by:e}", a.score, b.score))
        }
        (Some(a), Some(b)) if is_of_other_data(a) && is_of_other_data(b) => None,
        (Some(Err(error)), _) | (_, Some(Err(error))) => {
            Some(format!("{spec}, {context}: {error}"))
        }
        _ => Some(format!("{spec}, {context}: no result")),
    };
    specs.iter().enumerate().filter_map(differs).collect()
}
