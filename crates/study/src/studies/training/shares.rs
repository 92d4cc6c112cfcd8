//! How much of the final alignment is there at an earlier checkpoint: of the score, and of what of it is above chance.

mod above_chance;
mod crossed;
pub(super) mod shown;

use std::collections::{BTreeMap, BTreeSet};

use consilience_inference::NodePairs;
use consilience_measures::Orientation;

use super::at_one_checkpoint;
use crate::studies::words;
use crate::summary::{bootstrap, groups, nodes, summary, summary_key, value, weighted_mean};
use crate::{CellRow, Quantity, StudySpec, SummaryRow, Table};

/// Share of the final alignment from which "nearly all" is said.
pub(super) const NEARLY_ALL: f64 = 0.9;

/// Rows of the same pairs of networks then and at the last checkpoint. A pair has one row then, or one for either way round.
type ThenAndLast<'a> = [Vec<&'a CellRow>; 2];

/// The shares of every layer and measure, and of accuracy.
pub(super) fn summaries(table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    // A distance goes down where likeness comes up: a share of it says nothing.
    let is_score = |row: &&CellRow| words::info(&row.measure).orientation == Orientation::Score;
    let same_layer = || at_one_checkpoint(table).filter(|row| row.x.layer == row.y.layer);
    let of = |row: &CellRow| spec.groups.of(row);
    let by_curve = |row: &CellRow| (of(row), row.measure.clone(), row.x.layer.clone());
    let crossed: BTreeMap<_, _> =
        groups(crossed::cells(table).filter(is_score), by_curve).into_iter().collect();
    for (of_curve, curve) in groups(same_layer().filter(is_score), by_curve) {
        let both = |quantity| then_and_last(&curve, quantity);
        let whole = above_chance::final_excess(&final_rows(&curve), spec);
        let [after, untrained] = [Quantity::ShareAfterEpochOne, Quantity::ShareUntrained];
        for quantity in [after, untrained, Quantity::ShareAheadOfAccuracy] {
            rows.extend(both(quantity).and_then(|both| share(&both, quantity, spec)));
        }
        let whole = whole.as_ref();
        rows.extend(whole.cloned());
        for (quantity, of_score) in [
            (Quantity::ShareAboveChanceAfterEpochOne, after),
            (Quantity::ShareAboveChanceUntrained, untrained),
        ] {
            let both = both(of_score);
            rows.extend(
                both.and_then(|b| above_chance::share(&b, (quantity, of_score), whole?, spec)),
            );
        }
        if let Some(crossed) = crossed.get(&of_curve) {
            rows.extend(crossed::summary(&curve, crossed, spec));
        }
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

/// Rows of the checkpoint that a share is taken at and of the last one; `None` where these are one checkpoint, or where a pair
/// has a score at one of them only.
fn then_and_last<'a>(rows: &[&'a CellRow], quantity: Quantity) -> Option<ThenAndLast<'a>> {
    let (then, last) = (at(rows, quantity), final_rows(rows));
    let same_pairs =
        then.len() == last.len() && then.iter().zip(&last).all(|(a, b)| is_of_same_pair(a, b));
    let differ = then.first()?.x.checkpoint != last.first()?.x.checkpoint;
    (same_pairs && differ).then_some([then, last])
}

fn is_of_same_pair(a: &CellRow, b: &CellRow) -> bool {
    (&a.x.network, &a.y.network) == (&b.x.network, &b.y.network)
}

/// For each pair of networks at the last checkpoint the mean of something over its rows then, and the same at the end.
fn of_pairs(
    [then, last]: &ThenAndLast<'_>,
    of: impl Fn(&CellRow) -> Option<f64>,
) -> Option<[Vec<f64>; 2]> {
    let of_pair = |end: &&CellRow| {
        let own = then.iter().filter(|row| is_of_same_pair(row, end));
        let own: Vec<f64> = own.map(|row| of(row)).collect::<Option<_>>()?;
        Some(own.iter().sum::<f64>() / own.len() as f64)
    };
    let at_end = last.iter().map(|row| of(row)).collect::<Option<_>>()?;
    Some([last.iter().map(of_pair).collect::<Option<_>>()?, at_end])
}

/// The key of a share, which also seeds its bootstrap.
fn share_key(quantity: Quantity, [then, last]: &ThenAndLast<'_>) -> String {
    summary_key(quantity, &then.iter().chain(last).copied().collect::<Vec<_>>())
}

/// Ratio of two weighted means; a share of nothing is not a number worth reporting.
fn ratio(then: &[f64], last: &[f64], weights: &[f64]) -> Option<f64> {
    let last = weighted_mean(last, weights)?;
    (last > 0.0).then_some(weighted_mean(then, weights)? / last)
}

/// Mean score at a checkpoint over the mean score at the last one; networks are resampled for both together. Ahead of
/// accuracy: less the same share of the accuracy of the two networks of each pair.
fn share(both: &ThenAndLast<'_>, quantity: Quantity, spec: &StudySpec) -> Option<SummaryRow> {
    let key = share_key(quantity, both);
    let nodes = nodes(&both[1], &spec.groups);
    let [then, last] = of_pairs(both, |row| Some(value(row)))?;
    let estimate = if quantity == Quantity::ShareAheadOfAccuracy {
        let accuracy = |r: &CellRow| Some(f64::midpoint(r.x.when.accuracy?, r.y.when.accuracy?));
        let [of_then, of_last] = of_pairs(both, accuracy)?;
        bootstrap(&nodes, spec, &key, |w| {
            Some(ratio(&then, &last, w)? - ratio(&of_then, &of_last, w)?)
        })?
    } else {
        bootstrap(&nodes, spec, &key, |w| ratio(&then, &last, w))?
    };
    Some(summary(quantity, key, &both[0], spec, estimate))
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
