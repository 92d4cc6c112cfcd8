//! Drops over checkpoints: a figure a measure, one of the slopes, and a table of what changes.

use std::collections::BTreeSet;

use super::Along;
use crate::studies::curves::{CHECKPOINTS, tick, with_chance};
use crate::studies::shift::sections::figures::{caption, id, series, sets_each};
use crate::studies::words;
use crate::{
    Curve, CurveRole, Curves, Facet, Figure, Maps, Quantity, Run, SummaryRow, Table, TableFigure,
};

/// Ending of the names of the figures.
const SUFFIX: &str = "-along-training";

pub(super) fn figures(along: &Along<'_>, table: &Table, run: &Run) -> Vec<Figure> {
    let kinds = along.found.kinds(run);
    let mut measures: Vec<&str> = kinds.iter().map(|(measure, _)| *measure).collect();
    measures.dedup();
    let mut figures = vec![Figure::Table(changes(along, &kinds, run))];
    figures.push(Figure::Curves(slopes(along, &kinds, run)));
    figures.extend(measures.iter().map(|m| Figure::Curves(drops(along, m, table, run))));
    figures.retain(Figure::has_data);
    figures
}

/// Panels over the checkpoints; the axis of values holds 0 and all intervals.
fn over_checkpoints(
    along: &Along<'_>,
    (id, title, caption): (String, String, String),
    y_label: &str,
    facets: Vec<Facet>,
) -> Curves {
    let curves = facets.iter().flat_map(|facet| &facet.curves);
    let values = curves.flat_map(|curve| {
        let band = curve.band.iter().flat_map(|band| band.low.iter().chain(&band.high));
        curve.y.iter().chain(band)
    });
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(a, b), v| (a.min(*v), b.max(*v)));
    let ticks = along.times.iter().enumerate();
    Curves {
        id,
        title,
        caption: format!(
            "Checkpoints are equidistant: steps inside epoch 1, then epochs. {caption}"
        ),
        x_label: CHECKPOINTS.to_owned(),
        y_label: y_label.to_owned(),
        y_range: (low, if high > low { high } else { low + 1.0 }),
        x_ticks: ticks.map(|(i, (_, when))| (i as f64, tick(when.step, when.epoch))).collect(),
        mark: None,
        facets,
    }
}

/// Where maps were fitted, in the order of legends.
const WAYS: [Maps; 3] = [Maps::Refitted, Maps::AsFitted, Maps::None];

/// What shifts take of the score of every layer, over checkpoints.
fn drops(along: &Along<'_>, measure: &str, table: &Table, run: &Run) -> Curves {
    let mut shown: Vec<&SummaryRow> = Vec::new();
    let mut curves_of: Vec<(String, Vec<&SummaryRow>)> = Vec::new();
    for maps in WAYS {
        let name = series(measure, maps);
        let means = along.of(Quantity::MeanDrop, measure, maps);
        let mut others = along.of(Quantity::RelativeDrop, measure, maps);
        others.retain(|row| row.on.as_ref().is_some_and(|on| on.severity == 0));
        shown.extend(means.iter().chain(&others));
        curves_of.push((name.clone(), means));
        let sets: BTreeSet<&str> = others.iter().filter_map(|row| set_of(row)).collect();
        for set in sets {
            let own = others.iter().copied().filter(|row| set_of(row) == Some(set)).collect();
            curves_of.push((format!("{name} on {set}"), own));
        }
    }
    let mut layers: Vec<&str> = Vec::new();
    for row in &shown {
        if !layers.contains(&&*row.layer_x) {
            layers.push(&row.layer_x);
        }
    }
    let loss = loss_of_accuracy(along, measure);
    let place = |row: &SummaryRow| along.place(row);
    let facet = |layer: &&str| {
        let mut curves = Vec::new();
        for (name, rows) in &curves_of {
            let own: Vec<&SummaryRow> =
                rows.iter().copied().filter(|row| row.layer_x == **layer).collect();
            if !own.is_empty() {
                curves.extend(with_chance(name, measure, own, &place));
            }
        }
        curves.extend(loss.clone());
        Facet { title: (*layer).to_owned(), curves }
    };
    let text = format!(
        "Relative drop of the score of a layer: 1 less the ratio of the mean score on a set to that in distribution, mean over {} of shifted stimuli{}; and what the networks lose in accuracy on the shifted sets. {}",
        words::count(n_sets(&shown), "set"),
        other_data_sets(table, &shown),
        caption(run, &shown)
    );
    let title = format!("{}: drops along training", words::title(measure));
    let facets = layers.iter().map(facet).collect();
    let words = (id("shift", measure, None, SUFFIX), title, text);
    over_checkpoints(along, words, "relative drop · loss of accuracy", facets)
}

/// The curve of what the networks lose in accuracy on shifted sets; no way to fit maps changes it.
fn loss_of_accuracy(along: &Along<'_>, measure: &str) -> Option<Curve> {
    let of = |maps| along.of(Quantity::LossOfAccuracy, measure, maps);
    let rows = WAYS.into_iter().map(of).find(|rows| !rows.is_empty())?;
    let curves = with_chance("loss of accuracy", measure, rows, &|row| along.place(row));
    curves.into_iter().next().map(|curve| Curve { role: CurveRole::Accuracy, ..curve })
}

fn set_of(row: &SummaryRow) -> Option<&str> {
    row.on.as_ref().map(|on| &*on.set)
}

/// The most sets that a row is about.
fn n_sets(rows: &[&SummaryRow]) -> usize {
    rows.iter().filter_map(|row| row.on.as_ref()).map(|on| on.n_sets).max().unwrap_or(0)
}

/// Other data sets by name, with their stimuli, as the end of a sentence about shifted sets.
fn other_data_sets(table: &Table, rows: &[&SummaryRow]) -> String {
    let names: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.on.as_ref().is_some_and(|on| on.severity == 0 && !on.set.is_empty()))
        .filter_map(|row| set_of(row))
        .collect();
    let told = names.into_iter().filter_map(|name| {
        let is_on = |on: &crate::OnSet| on.set == name;
        let cell = table.cells(super::super::KIND).find(|row| row.on.as_ref().is_some_and(is_on));
        Some(format!(", and on the {} stimuli of the other data set {name}", cell?.n_stimuli))
    });
    told.collect()
}

/// The slope over depth, and what a step of severity adds to it, over checkpoints.
fn slopes(along: &Along<'_>, kinds: &[(&str, Maps)], run: &Run) -> Curves {
    let mut shown: Vec<&SummaryRow> = Vec::new();
    let mut facets = Vec::new();
    for (title, quantity) in [
        ("last less first layer", Quantity::DropWithDepth),
        ("per step of severity", Quantity::DropWithDepthAndSeverity),
    ] {
        let mut curves = Vec::new();
        for &(measure, maps) in kinds {
            let rows = along.of(quantity, measure, maps);
            if !rows.is_empty() {
                shown.extend(&rows);
                let name = series(measure, maps);
                curves.extend(with_chance(&name, measure, rows, &|row| along.place(row)));
            }
        }
        if !curves.is_empty() {
            facets.push(Facet { title: title.to_owned(), curves });
        }
    }
    let text = format!(
        "How much more the last layer loses than the first (slope of the relative drop over proportional depth, mean over {}), and what a step of severity adds to it. {}",
        sets_each(&shown),
        caption(run, &shown)
    );
    let words = (format!("shift-depth{SUFFIX}"), "Depth and severity along training".into(), text);
    over_checkpoints(along, words, "difference of relative drops", facets)
}

/// The interaction at the first and the last checkpoint, and how it and the slope change.
fn changes(along: &Along<'_>, kinds: &[(&str, Maps)], run: &Run) -> TableFigure {
    let [first, last] = along.ends();
    let mut shown = Vec::new();
    let mut rows = Vec::new();
    for &(measure, maps) in kinds {
        let at = |quantity, checkpoint| along.at(quantity, (measure, maps), checkpoint);
        let in_words = |row: Option<&SummaryRow>| {
            row.map_or("–".to_owned(), |row| words::estimate(&row.estimate))
        };
        let slope = at(Quantity::DropWithDepthAlongTraining, "");
        let Some(any) = slope else { continue };
        shown.push(any);
        rows.push(vec![
            measure.to_owned(),
            maps.to_string(),
            in_words(at(Quantity::DropWithDepthAndSeverity, first)),
            in_words(at(Quantity::DropWithDepthAndSeverity, last)),
            in_words(at(Quantity::DropWithDepthAndSeverityAlongTraining, "")),
            in_words(slope),
            any.on.as_ref().map_or(0, |on| on.n_sets).to_string(),
        ]);
    }
    let columns = [
        "measure",
        "maps",
        &format!("per step of severity at {first}"),
        &format!("at {last}"),
        "change",
        "change of last less first layer",
        "sets",
    ];
    TableFigure {
        id: format!("shift-change{SUFFIX}"),
        title: "From the first checkpoint to the last".to_owned(),
        caption: format!(
            "What a step of severity adds to what the last layer loses more than the first, at the first and the last checkpoint; changes are the last less the first, networks resampled at both together. {}",
            caption(run, &shown)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}
