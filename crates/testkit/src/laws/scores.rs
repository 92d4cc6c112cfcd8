//! Identity, range, symmetry, and agreement with the plain references.

use consilience_linalg::Mat;
use consilience_measures::{MEASURES, Orientation, Symmetry, parse};

use super::{ROUNDING, compare_all, compare_recordings, is_near, is_of_other_data, specs};
use crate::evaluate::{Protocol, Recording};
use crate::oracle::{self, Fold, Stimuli};
use crate::synthetic::{data_sets, generator, normal, sparse_pair, with_noise};

/// Far above any rounding: a score that changes by less says nothing of a fact.
const CLEARLY: f64 = 1e-6;

/// A representation compared with itself, in sample and with default parameters, has the best value of the measure.
#[must_use]
pub fn identity() -> Vec<String> {
    let mut failures = Vec::new();
    for data in data_sets() {
        let protocol = &data.protocols()[0];
        for m in [&data.x, &data.y] {
            let found = compare_all(&data, m, m, protocol);
            for (spec, comparison) in specs().iter().zip(found) {
                let Some(entry) = MEASURES.iter().find(|e| e.info.id == *spec) else { continue };
                let best = match entry.info.orientation {
                    Orientation::Score => entry.info.range.1,
                    Orientation::Distance => 0.0,
                };
                match comparison {
                    Ok(c) if (c.score - best).abs() <= entry.info.identity_tolerance => {}
                    Ok(c) => failures.push(format!(
                        "{spec}, {}: {}, {:e} from {best}",
                        data.name,
                        c.score,
                        c.score - best
                    )),
                    Err(error) if error.is_of_other_data() => {}
                    Err(error) => failures.push(format!("{spec}, {}: {error}", data.name)),
                }
            }
        }
    }
    failures
}

/// Scores are within the range of the measure, for related, unrelated and opposite representations.
#[must_use]
pub fn range() -> Vec<String> {
    let mut failures = Vec::new();
    for data in data_sets() {
        let unrelated = normal(data.x.nrows(), data.y.ncols(), &mut generator(21));
        let opposite = Mat::from_fn(data.x.nrows(), data.x.ncols(), |i, j| -data.x[(i, j)]);
        let others =
            [("y", &data.y), ("noise", &unrelated), ("itself", &data.x), ("-x", &opposite)];
        for protocol in data.protocols() {
            for (what, other) in others {
                let context = format!("{} against {what}, {}", data.name, protocol.name);
                let found = compare_all(&data, &data.x, other, &protocol);
                for (spec, found) in specs().iter().zip(found) {
                    let (low, high) = parse(spec).expect("an example parses").range();
                    match found {
                        Ok(c) if (low..=high).contains(&c.score) => {}
                        Ok(c) => failures.push(format!("{spec}, {context}: {}", c.score)),
                        // Noise may leave a measure without a value; the error says so.
                        Err(consilience_measures::Error::Undefined { .. }) if what == "noise" => {}
                        Err(error) if error.is_of_other_data() => {}
                        Err(error) => failures.push(format!("{spec}, {context}: {error}")),
                    }
                }
            }
        }
    }
    failures
}

/// Exchanging x and y changes nothing where a measure is declared symmetric, and something where it is declared directed.
#[must_use]
pub fn symmetry() -> Vec<String> {
    let all = specs();
    let mut failures = Vec::new();
    let mut greatest = vec![0.0_f64; all.len()];
    for data in data_sets() {
        for protocol in data.protocols() {
            let there = compare_all(&data, &data.x, &data.y, &protocol);
            let back = compare_all(&data, &data.y, &data.x, &protocol);
            for (i, (there, back)) in there.iter().zip(&back).enumerate() {
                match (there, back) {
                    (Ok(a), Ok(b)) => {
                        let by = (a.score - b.score).abs() / a.score.abs().max(1.0);
                        greatest[i] = greatest[i].max(by);
                    }
                    (a, b) if is_of_other_data(a) && is_of_other_data(b) => {}
                    (Err(e), _) | (_, Err(e)) => {
                        failures.push(format!("{}, {}: {e}", all[i], data.name));
                    }
                }
            }
        }
    }
    for (spec, by) in all.iter().zip(greatest) {
        match parse(spec).expect("an example parses").symmetry() {
            Symmetry::Symmetric if by > ROUNDING => {
                failures.push(format!("{spec} is declared symmetric, but differs by {by:e}"));
            }
            Symmetry::Directed if by < CLEARLY => {
                failures
                    .push(format!("{spec} is declared directed, but differs by {by:e} at most"));
            }
            _ => {}
        }
    }
    failures
}

/// Shapes for the references: 1 × 1, tall, wide, more units than stimuli, around the sizes of vector registers.
const SHAPES: [(usize, [usize; 2]); 10] = [
    (20, [1, 1]),
    (20, [2, 1]),
    (40, [6, 6]),
    (40, [9, 6]),
    (40, [4, 6]),
    (60, [15, 5]),
    (60, [15, 15]),
    (30, [16, 16]),
    (60, [17, 17]),
    (14, [16, 8]),
];

/// A pair that every spec is held against its plain reference on.
struct Case {
    name: String,
    x: Recording,
    y: Recording,
}

/// Sparse pairs of many shapes, and the data sets with classes.
fn oracle_cases() -> Vec<Case> {
    let sparse = SHAPES.into_iter().zip(100..).map(|((n, widths), seed)| {
        let mut rng = generator(seed);
        let (x, y) = sparse_pair(n, widths, &mut rng);
        // Sparse units alone may be silent for a whole fold.
        let (x, y) = (with_noise(x.as_ref(), 0.2, &mut rng), with_noise(y.as_ref(), 0.2, &mut rng));
        let name = format!("{n} × {widths:?} (seed {seed})");
        Case { name, x: Recording::new(&x), y: Recording::new(&y) }
    });
    let labelled = data_sets().into_iter().filter(|data| data.labels.is_some()).map(|data| {
        let (x, y) = (data.recording(&data.x), data.recording(&data.y));
        Case { name: data.name, x, y }
    });
    sparse.chain(labelled).collect()
}

/// Every spec agrees with its plain reference on raw rows, and has one.
#[must_use]
pub fn oracle() -> Vec<String> {
    let mut failures = Vec::new();
    let mut compared = vec![false; specs().len()];
    for Case { name, x, y } in oracle_cases() {
        let (x_rows, y_rows) = (rows(&x.values), rows(&y.values));
        let stimuli =
            Stimuli { rows_per_stimulus: x.rows_per_stimulus, labels: x.labels.as_deref() };
        for protocol in Protocol::usual(&x.ids) {
            let folds = folds(&protocol, x.rows_per_stimulus);
            let context = format!("{name}, {}", protocol.name);
            let found = compare_recordings(&x, &y, &protocol);
            for (i, (spec, found)) in specs().iter().zip(found).enumerate() {
                if is_of_other_data(&found) {
                    continue;
                }
                match (found, oracle::score_on(spec, &x_rows, &y_rows, &folds, stimuli)) {
                    (Ok(c), Some(expected)) if is_near(c.score, expected, ROUNDING) => {
                        compared[i] = true;
                    }
                    (Ok(c), Some(expected)) => failures.push(format!(
                        "{spec}, {context}: {}, the reference says {expected}, by {:e}",
                        c.score,
                        c.score - expected
                    )),
                    (_, None) => failures.push(format!("{spec} has no reference")),
                    // No value, and the plain formula says so too (the root of a negative number).
                    (Err(consilience_measures::Error::Undefined { .. }), Some(e)) if e.is_nan() => {
                    }
                    (Err(error), _) => failures.push(format!("{spec}, {context}: {error}")),
                }
            }
        }
    }
    let never = specs().into_iter().zip(compared).filter(|(_, compared)| !compared);
    failures.extend(never.map(|(spec, _)| format!("{spec} has no case with a value")));
    failures
}

/// Every spec has a value on some data set of the laws, under each of the usual protocols: what the laws skip because the
/// data are of another kind, they do not skip everywhere.
#[must_use]
pub fn data_for_all() -> Vec<String> {
    let mut values = vec![[0; 2]; specs().len()];
    for data in data_sets() {
        for (p, protocol) in data.protocols().iter().enumerate() {
            let found = compare_all(&data, &data.x, &data.y, protocol);
            values.iter_mut().zip(&found).for_each(|(v, f)| v[p] += usize::from(f.is_ok()));
        }
    }
    let without = specs().into_iter().zip(values).filter(|(_, values)| values.contains(&0));
    without.map(|(spec, values)| format!("{spec} has values on {values:?} data sets")).collect()
}

fn rows(m: &Mat<f64>) -> Vec<Vec<f64>> {
    (0..m.nrows()).map(|i| m.row(i).iter().copied().collect()).collect()
}

/// The rows of each split.
fn folds(protocol: &Protocol, rows_per_stimulus: usize) -> Vec<Fold> {
    let rows = |set| -> Vec<usize> {
        let stimuli = protocol.members(set).into_iter();
        stimuli.flat_map(|s| s * rows_per_stimulus..(s + 1) * rows_per_stimulus).collect()
    };
    let splits = protocol.design.splits().iter();
    splits
        .map(|split| Fold {
            fit: rows(split.fit),
            eval: rows(split.eval),
            inner: split.inner.iter().map(|&set| rows(set)).collect(),
        })
        .collect()
}
