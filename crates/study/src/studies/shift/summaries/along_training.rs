//! How drops change from checkpoint to checkpoint; nothing where there is one checkpoint only.

use consilience_data::Checkpoint;
use consilience_measures::Orientation;

use super::{Found, has_accuracy, over, rows_on};
use crate::studies::shift::KIND;
use crate::studies::shift::along_training::checkpoints;
use crate::studies::shift::drops::{Family, Layer};
use crate::studies::words;
use crate::summary::groups;
use crate::{CellRow, OnSet, Quantity, StudySpec, SummaryRow, Table};

pub(super) fn summaries(table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    for (_, cells) in groups(table.cells(KIND), |row| spec.groups.of(row)) {
        let times = checkpoints(cells.iter().copied());
        if times.len() < 2 {
            continue;
        }
        for (measure, own) in groups(cells.into_iter(), |row| row.measure.clone()) {
            // A distance goes down where likeness comes up: a share of it says nothing.
            if words::info(&measure).orientation == Orientation::Score {
                rows.extend(of_measure(&own, &times, spec));
            }
        }
    }
    rows
}

/// What one measure says along training.
fn of_measure(
    cells: &[&CellRow],
    times: &[(&str, Checkpoint)],
    spec: &StudySpec,
) -> Vec<SummaryRow> {
    let at = |name: &str| -> Vec<Family<'_>> {
        let here = cells.iter().copied().filter(|row| row.x.checkpoint == name);
        Family::of(&here.collect::<Vec<_>>())
    };
    let families: Vec<Vec<Family<'_>>> = times.iter().map(|(name, _)| at(name)).collect();
    let mut rows = Vec::new();
    for maps in families.first().into_iter().flatten().map(|family| family.maps) {
        let own: Vec<Option<&Family<'_>>> =
            families.iter().map(|of| of.iter().find(|family| family.maps == maps)).collect();
        let sets = everywhere(&own);
        for (family, (_, when)) in own.iter().zip(times) {
            rows.extend(family.iter().flat_map(|family| at_checkpoint(family, &sets, *when, spec)));
        }
        if let (Some(Some(first)), Some(Some(last))) = (own.first(), own.last()) {
            rows.extend(change(first, last, &sets, spec));
        }
    }
    rows
}

/// The sets that are complete in every layer at every checkpoint, so that all means are over the same ones.
fn everywhere<'a>(families: &[Option<&Family<'a>>]) -> Vec<&'a OnSet> {
    let mut families = families.iter().copied().flatten();
    let mut sets = families.next().map_or_else(Vec::new, Family::everywhere);
    for family in families {
        let own = family.everywhere();
        sets.retain(|on| own.contains(on));
    }
    sets
}

/// The sets that a shift made: not other data sets, whose stimuli are of another kind.
fn shifted<'a>(sets: &[&'a OnSet]) -> Vec<&'a OnSet> {
    sets.iter().copied().filter(|on| on.severity > 0).collect()
}

/// The mean drop of each layer, and the mean loss of accuracy, at one checkpoint.
fn at_checkpoint(
    family: &Family<'_>,
    sets: &[&OnSet],
    when: Checkpoint,
    spec: &StudySpec,
) -> Vec<SummaryRow> {
    let sets = shifted(sets);
    let (Some(first), Some(layer)) = (sets.first(), family.layers.first()) else {
        return Vec::new();
    };
    let on = |n_sets| over(first, 0, n_sets);
    let drop = |layer: &Layer<'_>| {
        let own = rows_on(std::slice::from_ref(layer), &sets);
        let found = Found::new(Quantity::MeanDrop, &own, &layer.base, spec);
        found.row(|w| layer.mean_drop(&sets, w), on(sets.len()))
    };
    let mut rows: Vec<SummaryRow> = family.layers.iter().filter_map(drop).collect();
    let tested: Vec<&OnSet> =
        sets.iter().copied().filter(|on| layer.on(on).is_some_and(has_accuracy)).collect();
    let own = rows_on(&family.layers, &tested);
    let found = Found::new(Quantity::LossOfAccuracy, &own, &layer.base, spec);
    let loss = found.row(|w| layer.mean_accuracy_loss(&tested, w), on(tested.len()));
    rows.extend(loss.map(of_no_layer));
    rows.into_iter().map(|row| SummaryRow { when: Some(when), ..row }).collect()
}

/// The last checkpoint less the first: networks are resampled at both together. Nothing if layers or pairs differ.
fn change(
    first: &Family<'_>,
    last: &Family<'_>,
    sets: &[&OnSet],
    spec: &StudySpec,
) -> Vec<SummaryRow> {
    let (Some(like), Some(layer)) = (sets.first(), first.layers.first()) else {
        return Vec::new();
    };
    if !same_layers_of_same_pairs(first, last) {
        return Vec::new();
    }
    let row = |quantity, own: &[&CellRow], n_sets, statistic: &dyn Fn(&[f64]) -> Option<f64>| {
        let found = Found::new(quantity, own, &layer.base, spec);
        let row = found.row(statistic, over(like, 0, n_sets))?;
        Some(SummaryRow { checkpoint: String::new(), ..row })
    };
    let shifted = shifted(sets);
    let mut rows = Vec::new();
    for (early, late) in first.layers.iter().zip(&last.layers) {
        let own =
            [early, late].map(|layer| rows_on(std::slice::from_ref(layer), &shifted)).concat();
        rows.extend(row(Quantity::MeanDropAlongTraining, &own, shifted.len(), &|w| {
            Some(late.mean_drop(&shifted, w)? - early.mean_drop(&shifted, w)?)
        }));
    }
    let own = [first, last].map(|family| rows_on(&family.layers, sets)).concat();
    let slope = row(Quantity::DropWithDepthAlongTraining, &own, sets.len(), &|w| {
        Some(last.mean_slope(sets, w)? - first.mean_slope(sets, w)?)
    });
    let step = row(Quantity::DropWithDepthAndSeverityAlongTraining, &own, sets.len(), &|w| {
        Some(last.interaction(sets, w)? - first.interaction(sets, w)?)
    });
    rows.extend(slope.into_iter().chain(step).map(of_no_layer));
    rows
}

/// Whether two families have the same layers, each with the same pairs of networks.
fn same_layers_of_same_pairs(a: &Family<'_>, b: &Family<'_>) -> bool {
    let layer = |layer: &Layer<'_>| layer.base.first().map(|row| row.x.layer.clone());
    let mut of_layers = a.layers.iter().chain(&b.layers);
    let Some(first) = of_layers.next() else { return false };
    a.layers.iter().map(layer).eq(b.layers.iter().map(layer))
        && of_layers.all(|own| own.pairs().eq(first.pairs()))
}

fn of_no_layer(row: SummaryRow) -> SummaryRow {
    SummaryRow { layer_x: String::new(), layer_y: String::new(), ..row }
}
