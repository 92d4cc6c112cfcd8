//! How much of the final alignment is there at an earlier checkpoint: of the score, and of what of it is above chance.

mod above_chance;
pub(super) mod shown;

use std::collections::BTreeSet;

use consilience_inference::NodePairs;
use consilience_measures::Orientation;

use super::at_one_checkpoint;
use crate::studies::words;
use crate::summary::{bootstrap, groups, nodes, summary, summary_key, value, weighted_mean};
use crate::{CellRow, Quantity, StudySpec, SummaryRow, Table};

/// Share of the final alignment from which "nearly all" is said.
pub(super) const NEARLY_ALL: f64 = 0.9;

/// The shares of every layer and measure, and of accuracy.
pub(super) fn summaries(table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    // A distance goes down where likeness comes up: a share of it says nothing.
    let same_layer = || at_one_checkpoint(table).filter(|row| row.x.layer == row.y.layer);
    let scores =
        same_layer().filter(|row| words::info(&row.measure).orientation == Orientation::Score);
    let of = |row: &CellRow| spec.groups.of(row);
    let by_curve = |row: &CellRow| (of(row), row.measure.clone(), row.x.layer.clone());
    for (_, curve) in groups(scores, by_curve) {
        rows.extend(share(&curve, Quantity::ShareAfterEpochOne, spec));
        rows.extend(share(&curve, Quantity::ShareUntrained, spec));
        rows.extend(share(&curve, Quantity::ShareAheadOfAccuracy, spec));
        rows.extend(above_chance::summaries(&curve, spec));
    }
    for (_, all) in groups(same_layer(), of) {
        rows.extend(accuracy_share(&all, spec));
    }
    rows
}

/// Rows of the checkpoint that a share is taken at.
fn at<'a>(rows: &[&'a CellRow], quantity: Quantity) -> Vec<&'a CellRow> {
    let epoch = if quantity == Quantity::ShareUntrained { 0.0 } else { 1.0 };
    rows.iter().copied().filter(|r| r.x.when.epoch == epoch).collect()
}

/// Rows of the last checkpoint.
fn final_rows<'a>(rows: &[&'a CellRow]) -> Vec<&'a CellRow> {
    let last = rows.iter().map(|r| r.x.when.step).max();
    rows.iter().copied().filter(|r| Some(r.x.when.step) == last).collect()
}

/// Rows of the same pairs of networks at the checkpoint that a share is taken at and at the last one; `None` where these are
/// one checkpoint, or where a pair has a score at one of them only.
fn then_and_last<'a>(rows: &[&'a CellRow], quantity: Quantity) -> Option<[Vec<&'a CellRow>; 2]> {
    let (then, last) = (at(rows, quantity), final_rows(rows));
    let same_pairs = then.len() == last.len()
        && then
            .iter()
            .zip(&last)
            .all(|(a, b)| a.x.network == b.x.network && a.y.network == b.y.network);
    let differ = then.first()?.x.checkpoint != last.first()?.x.checkpoint;
    (same_pairs && differ).then_some([then, last])
}

/// The key of a share, which also seeds its bootstrap.
fn share_key(quantity: Quantity, [then, last]: &[Vec<&CellRow>; 2]) -> String {
    summary_key(quantity, &then.iter().chain(last).copied().collect::<Vec<_>>())
}

/// Ratio of two weighted means; a share of nothing is not a number worth reporting.
fn ratio(then: &[f64], last: &[f64], weights: &[f64]) -> Option<f64> {
    let last = weighted_mean(last, weights)?;
    (last > 0.0).then_some(weighted_mean(then, weights)? / last)
}

/// Mean score at a checkpoint over the mean score at the last one; networks are resampled for both together. Ahead of
/// accuracy: less the same share of the accuracy of the two networks of each pair.
fn share(rows: &[&CellRow], quantity: Quantity, spec: &StudySpec) -> Option<SummaryRow> {
    let both = then_and_last(rows, quantity)?;
    let key = share_key(quantity, &both);
    let [then, last] = both;
    let nodes = nodes(&then, &spec.groups);
    let scores = |rows: &[&CellRow]| rows.iter().map(|r| value(r)).collect::<Vec<f64>>();
    let accuracies = |rows: &[&CellRow]| {
        let of_pair = |r: &&CellRow| Some(f64::midpoint(r.x.when.accuracy?, r.y.when.accuracy?));
        rows.iter().map(of_pair).collect::<Option<Vec<f64>>>()
    };
    let (numerator, denominator) = (scores(&then), scores(&last));
    let estimate = if quantity == Quantity::ShareAheadOfAccuracy {
        let (of_then, of_last) = (accuracies(&then)?, accuracies(&last)?);
        bootstrap(&nodes, spec, &key, |w| {
            Some(ratio(&numerator, &denominator, w)? - ratio(&of_then, &of_last, w)?)
        })?
    } else {
        bootstrap(&nodes, spec, &key, |w| ratio(&numerator, &denominator, w))?
    };
    Some(summary(quantity, key, &then, spec, estimate))
}

/// Mean accuracy after epoch 1 over the mean accuracy at the last checkpoint.
fn accuracy_share(rows: &[&CellRow], spec: &StudySpec) -> Option<SummaryRow> {
    let quantity = Quantity::AccuracyShareAfterEpochOne;
    let (then, last) = (at(rows, quantity), final_rows(rows));
    if then.first()?.x.checkpoint == last.first()?.x.checkpoint {
        return None;
    }
    let key = summary_key(quantity, &then);
    let accuracy = |rows: &[&CellRow], network: &str| {
        rows.iter().flat_map(|r| [&r.x, &r.y]).find(|s| s.network == network)?.when.accuracy
    };
    let names: BTreeSet<&str> = then.iter().flat_map(|r| [&*r.x.network, &*r.y.network]).collect();
    let both: Option<Vec<(f64, f64)>> =
        names.iter().map(|n| Some((accuracy(&then, n)?, accuracy(&last, n)?))).collect();
    let (of_then, of_last): (Vec<f64>, Vec<f64>) = both?.into_iter().unzip();
    // Every network is a pair with itself here: its weight is the square of how often it was drawn, which keeps the
    // resampling the same as for scores.
    let nodes = NodePairs {
        kinds: names.iter().map(|name| spec.groups.place(name)).collect(),
        pairs: (0..names.len()).map(|i| (i, i)).collect(),
    };
    let estimate = bootstrap(&nodes, spec, &key, |w| {
        ratio(&of_then, &of_last, &w.iter().map(|w| w.sqrt()).collect::<Vec<f64>>())
    })?;
    let row = summary(quantity, key, &then, spec, estimate);
    let (measure, layer) = (String::new(), String::new());
    Some(SummaryRow {
        measure,
        layer_x: layer.clone(),
        layer_y: layer,
        pooling: None,
        n_pairs: 0,
        ..row
    })
}
