//! Quantities of the study, from finished cells.

mod along_training;

use consilience_data::Checkpoint;
use consilience_inference::{Estimate, NodePairs, spearman};
use consilience_measures::Orientation;

use super::KIND;
use super::drops::{Family, Layer, SetRows};
use crate::studies::words;
use crate::summary::{
    bootstrap, chance_of_mean, fill_q_values_of_means, groups, mean_over_pairs, nodes, summary,
    summary_key, value, weighted_mean,
};
use crate::{CellRow, OnSet, Quantity, StudySpec, SummaryRow, Table};

pub(super) fn summaries(table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
    let mut rows = means(table, spec);
    let by_family =
        |row: &CellRow| (spec.groups.of(row), row.measure.clone(), row.x.checkpoint.clone());
    for ((_, measure, _), cells) in groups(table.cells(KIND), by_family) {
        for family in Family::of(&cells) {
            rows.extend(over_shifts(&family, spec));
            // A distance goes down where likeness comes up: a share of it says nothing.
            if words::info(&measure).orientation == Orientation::Score {
                rows.extend(drops(&family, spec));
                rows.extend(depth(&family, spec));
            }
        }
    }
    rows.extend(along_training::summaries(table, spec));
    rows
}

/// Means over pairs, in distribution and on every set; a table of q-values is what one measure says on one set.
fn means(table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
    let by_set = |row: &CellRow| row.on.clone();
    let mut rows = Vec::new();
    for (_, cells) in groups(table.cells(KIND), by_set) {
        let by_layer = |row: &CellRow| {
            let layer = (row.x.checkpoint.clone(), row.x.layer.clone());
            (spec.groups.of(row), row.measure.clone(), layer)
        };
        let of_layers = groups(cells.into_iter(), by_layer);
        let mut means: Vec<SummaryRow> =
            of_layers.iter().filter_map(|(_, rows)| mean_over_pairs(rows, spec)).collect();
        fill_q_values_of_means(&mut means);
        rows.extend(means);
    }
    rows
}

/// For each layer and severity the mean over all shifts that have it.
fn over_shifts(family: &Family<'_>, spec: &StudySpec) -> Vec<SummaryRow> {
    let of_layer = |layer: &Layer<'_>| {
        let mut severities: Vec<u8> = layer.sets.iter().map(|set| set.on.severity).collect();
        // Other data sets have no severity.
        severities.retain(|severity| *severity > 0);
        severities.sort_unstable();
        severities.dedup();
        let at = |severity: u8| {
            let sets: Vec<&SetRows<'_>> =
                layer.sets.iter().filter(|set| set.on.severity == severity).collect();
            let rows: Vec<&CellRow> = sets.iter().flat_map(|set| set.rows.clone()).collect();
            // The pairs are the same on every set: a pair's value is its mean over sets.
            let n = layer.base.len();
            let pair = |i: usize| {
                sets.iter().map(|set| value(set.rows[i])).sum::<f64>() / sets.len() as f64
            };
            let values: Vec<f64> = (0..n).map(pair).collect();
            let quantity = Quantity::MeanOverShifts;
            let key = summary_key(quantity, &rows);
            let estimate = bootstrap(&nodes(&layer.base, &spec.groups), spec, &key, |w| {
                weighted_mean(&values, w)
            })?;
            let chance = chance_of_mean(&rows, estimate.value);
            let on = over(sets[0].on, severity, sets.len());
            let row = summary(quantity, key, &rows, spec, estimate);
            let accuracy = mean_accuracy(&rows);
            let when = row.when.map(|when| Checkpoint { accuracy, ..when });
            Some(SummaryRow { chance, on: Some(on), when, ..row })
        };
        severities.into_iter().filter_map(at).collect::<Vec<_>>()
    };
    family.layers.iter().flat_map(of_layer).collect()
}

/// For each layer the relative drop on every set, and how it goes with the loss of accuracy.
fn drops(family: &Family<'_>, spec: &StudySpec) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    for layer in &family.layers {
        for set in &layer.sets {
            let own: Vec<&CellRow> = layer.base.iter().chain(&set.rows).copied().collect();
            let found = Found::new(Quantity::RelativeDrop, &own, &layer.base, spec);
            let on = set.on.clone();
            rows.extend(found.row(|w| layer.drop(set, w), on));
        }
        rows.extend(with_accuracy(layer, spec));
    }
    rows
}

/// How the order of the drops of a layer over sets agrees with that of the loss of accuracy.
fn with_accuracy(layer: &Layer<'_>, spec: &StudySpec) -> Option<SummaryRow> {
    // On the pictures of another task networks have no accuracy.
    let sets: Vec<&SetRows<'_>> = layer.sets.iter().filter(|set| has_accuracy(set)).collect();
    let own = layer.base.iter().chain(sets.iter().flat_map(|set| &set.rows));
    let own: Vec<&CellRow> = own.copied().collect();
    let found = Found::new(Quantity::DropWithAccuracy, &own, &layer.base, spec);
    let relation = |w: &[f64]| {
        let point = |set: &&SetRows<'_>| Some((layer.drop(set, w)?, layer.accuracy_loss(set, w)?));
        let points: Option<Vec<(f64, f64)>> = sets.iter().map(point).collect();
        let (drops, losses): (Vec<f64>, Vec<f64>) = points?.into_iter().unzip();
        spearman(&drops, &losses)
    };
    found.row(relation, over(sets.first()?.on, 0, sets.len()))
}

fn has_accuracy(set: &SetRows<'_>) -> bool {
    mean_accuracy(&set.rows).is_some()
}

/// How the drop depends on depth, and that on severity and on the loss of accuracy.
fn depth(family: &Family<'_>, spec: &StudySpec) -> Vec<SummaryRow> {
    let sets = family.everywhere();
    let (Some(first), Some(layer)) = (sets.first(), family.layers.first()) else {
        return Vec::new();
    };
    let own = rows_on(&family.layers, &sets);
    let slopes = |sets: &[&OnSet], w: &[f64]| {
        sets.iter().map(|on| family.slope(on, w)).collect::<Option<Vec<f64>>>()
    };
    let tested: Vec<&OnSet> =
        sets.iter().copied().filter(|on| layer.on(on).is_some_and(has_accuracy)).collect();
    let losses = |w: &[f64]| {
        let loss = |on: &&OnSet| layer.accuracy_loss(layer.on(on)?, w);
        tested.iter().map(loss).collect::<Option<Vec<f64>>>()
    };
    let row = |quantity, sets: &[&OnSet], statistic: &dyn Fn(&[f64]) -> Option<f64>| {
        let found = Found::new(quantity, &own, &layer.base, spec);
        let row = found.row(statistic, over(first, 0, sets.len()))?;
        Some(SummaryRow { layer_x: String::new(), layer_y: String::new(), ..row })
    };
    [
        row(Quantity::DropWithDepth, &sets, &|w| family.mean_slope(&sets, w)),
        row(Quantity::DropWithDepthAndSeverity, &sets, &|w| family.interaction(&sets, w)),
        row(Quantity::DropWithDepthAndAccuracy, &tested, &|w| {
            spearman(&slopes(&tested, w)?, &losses(w)?)
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The rows of some layers in distribution and on some sets.
fn rows_on<'a>(layers: &[Layer<'a>], sets: &[&OnSet]) -> Vec<&'a CellRow> {
    let mut own: Vec<&CellRow> = Vec::new();
    for layer in layers {
        own.extend(&layer.base);
        let shifted = layer.sets.iter().filter(|set| sets.contains(&set.on));
        own.extend(shifted.flat_map(|set| &set.rows));
    }
    own
}

/// A quantity that is a function of the weights of pairs.
struct Found<'a> {
    quantity: Quantity,
    key: String,
    /// The rows that it is of.
    rows: &'a [&'a CellRow],
    nodes: NodePairs,
    spec: &'a StudySpec,
}

impl<'a> Found<'a> {
    /// Of some rows; `base` has one of every pair.
    fn new(
        quantity: Quantity,
        rows: &'a [&'a CellRow],
        base: &[&CellRow],
        spec: &'a StudySpec,
    ) -> Self {
        let (key, nodes) = (summary_key(quantity, rows), nodes(base, &spec.groups));
        Self { quantity, key, rows, nodes, spec }
    }

    fn row(self, statistic: impl Fn(&[f64]) -> Option<f64>, on: OnSet) -> Option<SummaryRow> {
        let estimate: Estimate = bootstrap(&self.nodes, self.spec, &self.key, statistic)?;
        let row = summary(self.quantity, self.key, self.rows, self.spec, estimate);
        Some(SummaryRow { on: Some(on), when: None, ..row })
    }
}

/// Several sets like this one.
fn over(like: &OnSet, severity: u8, n_sets: usize) -> OnSet {
    OnSet { set: String::new(), shift: String::new(), severity, maps: like.maps, n_sets }
}

/// Mean accuracy over rows and both of their networks.
fn mean_accuracy(rows: &[&CellRow]) -> Option<f64> {
    let sides = rows.iter().flat_map(|row| [&row.x, &row.y]);
    let values: Vec<f64> = sides.map(|side| side.when.accuracy).collect::<Option<_>>()?;
    Some(values.iter().sum::<f64>() / values.len() as f64)
}
