//! The figures of the study.

mod relation;

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use crate::studies::curves::{accuracy, with_chance};
use crate::studies::words;
use crate::{
    Curves, Facet, Figure, HeatCell, HeatMap, Maps, OnSet, Quantity, Run, SummaryRow, TableFigure,
};

/// All of them; `suffix` makes their names unique.
pub(super) fn figures(found: &Found<'_>, run: &Run, suffix: &str) -> Vec<Figure> {
    let kinds = found.kinds(run);
    let mut figures = vec![
        Figure::Table(by_depth(found, &kinds, run, suffix)),
        Figure::Table(on_fit_stimuli(found, run, suffix)),
    ];
    let mut measures: Vec<&str> = kinds.iter().map(|(measure, _)| *measure).collect();
    measures.dedup();
    let curves = measures.iter().filter_map(|m| curves(found, m, run, suffix));
    figures.extend(curves.map(Figure::Curves));
    let maps = kinds.iter().filter_map(|&(m, maps)| drops(found, m, maps, run, suffix));
    figures.extend(maps.map(Figure::HeatMap));
    figures.extend(measures.iter().filter_map(|m| relation::clouds(found, m, run, suffix)));
    figures.push(Figure::Table(relation::table(found, &kinds, run, suffix)));
    figures.retain(Figure::has_data);
    figures
}

/// Name of a measure in a legend, with the way its maps were fitted.
pub(super) fn series(measure: &str, maps: Maps) -> String {
    match maps {
        Maps::None => words::title(measure),
        maps => format!("{}, maps {maps}", words::title(measure)),
    }
}

pub(super) fn id(what: &str, measure: &str, maps: Option<Maps>, suffix: &str) -> String {
    let way = match maps {
        None | Some(Maps::None) => "",
        Some(Maps::Refitted) => "-refitted",
        Some(Maps::AsFitted) => "-as-fitted",
        Some(Maps::InSample) => "-in-sample",
    };
    format!("{what}-{}{way}{suffix}", measure.replace([':', '=', ','], "-"))
}

/// The first row's estimate in words, or a dash.
fn cell(rows: &[&SummaryRow]) -> String {
    rows.first().map_or("–".to_owned(), |row| words::estimate(&row.estimate))
}

fn by_depth(found: &Found<'_>, kinds: &[(&str, Maps)], run: &Run, suffix: &str) -> TableFigure {
    let columns = [
        "measure",
        "maps",
        "last less first layer",
        "per step of severity",
        "ρ with loss of accuracy",
        "sets",
    ];
    let mut shown = Vec::new();
    let mut rows = Vec::new();
    for &(measure, maps) in kinds {
        let of = |quantity| found.of(quantity, measure, maps);
        let slope = of(Quantity::DropWithDepth);
        let Some(first) = slope.first() else { continue };
        shown.push(*first);
        rows.push(vec![
            measure.to_owned(),
            maps.to_string(),
            cell(&slope),
            cell(&of(Quantity::DropWithDepthAndSeverity)),
            cell(&of(Quantity::DropWithDepthAndAccuracy)),
            first.on.as_ref().map_or(0, |on| on.n_sets).to_string(),
        ]);
    }
    TableFigure {
        id: format!("shift-depth{suffix}"),
        title: "Depth and severity".to_owned(),
        caption: format!(
            "The relative drop of a layer on a set is 1 less the ratio of the mean score there to that in distribution. Its slope over proportional depth, by least squares, is how much more the last layer loses than the first: the mean over sets; what a step of severity adds to it, within shifts; and Spearman's correlation, over sets, with the networks' loss of accuracy. {}",
            caption(run, &shown)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}

/// Scores on the fit stimuli beside those on held-out ones, both in distribution.
fn on_fit_stimuli(found: &Found<'_>, run: &Run, suffix: &str) -> TableFigure {
    let mut rows = Vec::new();
    let mut shown = Vec::new();
    for measure in &run.spec.measures {
        let (fit, held_out): (Vec<&SummaryRow>, Vec<&SummaryRow>) = found
            .of(Quantity::MeanOverPairs, measure, Maps::InSample)
            .into_iter()
            .partition(|row| row.on.is_some());
        for row in held_out {
            let Some(fit) = fit.iter().find(|fit| fit.layer_x == row.layer_x) else { continue };
            rows.push(vec![
                row.layer_x.clone(),
                measure.clone(),
                words::estimate(&fit.estimate),
                words::estimate(&row.estimate),
                words::number(fit.estimate.value - row.estimate.value),
            ]);
            shown.push(row);
        }
    }
    let columns = ["layer", "measure", "on the fit stimuli", "held out", "difference"];
    TableFigure {
        id: format!("shift-fit{suffix}"),
        title: "On fit stimuli and on held-out ones".to_owned(),
        caption: format!(
            "In distribution: the score of maps on the stimuli they were fitted on, and on others. Families of maps are nested on the first only. {}",
            words::caption(run, &shown)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}

/// How many networks and how intervals were made; no chance level of these quantities is ever drawn.
pub(super) fn caption(run: &Run, rows: &[&SummaryRow]) -> String {
    words::caption_with(run, rows, "No effect would be 0; no chance level was drawn.")
}

/// How many sets each of some means is over: `4 sets`, or `2 to 4 sets`.
pub(super) fn sets_each(rows: &[&SummaryRow]) -> String {
    let numbers: BTreeSet<usize> =
        rows.iter().filter_map(|row| row.on.as_ref()).map(|on| on.n_sets).collect();
    match (numbers.first(), numbers.last()) {
        (Some(low), Some(high)) if low < high => format!("{low} to {high} sets"),
        (_, most) => words::count(most.copied().unwrap_or(0), "set"),
    }
}

fn curves(found: &Found<'_>, measure: &str, run: &Run, suffix: &str) -> Option<Curves> {
    let ways = [Maps::Refitted, Maps::AsFitted, Maps::None];
    let means = |maps| -> Vec<&SummaryRow> { found.of(Quantity::MeanOverShifts, measure, maps) };
    let base: Vec<&SummaryRow> = found
        .of(Quantity::MeanOverPairs, measure, Maps::None)
        .into_iter()
        .filter(|row| row.on.is_none())
        .collect();
    let shown: Vec<&SummaryRow> =
        base.iter().copied().chain(ways.iter().flat_map(|&maps| means(maps))).collect();
    let place = |row: &SummaryRow| row.on.as_ref().map_or(0, |on| on.severity);
    let severities: BTreeSet<u8> = shown.iter().map(|row| place(row)).collect();
    let facet = |row: &&SummaryRow| {
        let of = |maps| {
            let own = means(maps).into_iter().filter(|r| r.layer_x == row.layer_x);
            let points: Vec<&SummaryRow> = own.collect();
            // In distribution the two ways are the same.
            let all = std::iter::once(*row).chain(points.iter().copied()).collect::<Vec<_>>();
            if points.is_empty() { Vec::new() } else { all }
        };
        let ways: Vec<(Maps, Vec<&SummaryRow>)> = ways
            .iter()
            .map(|&maps| (maps, of(maps)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect();
        facet(measure, &row.layer_x, &ways)
    };
    let tick = |severity: &u8| {
        let text = if *severity == 0 { "none".to_owned() } else { severity.to_string() };
        (f64::from(*severity), text)
    };
    let values = shown.iter().map(|row| row.estimate.value);
    (severities.len() > 1).then(|| Curves {
        id: id("shift", measure, None, suffix),
        title: format!("{} along severity", words::title(measure)),
        caption: format!(
            "Mean over all shifts that have the severity, {} a point; none is in distribution, other data sets are left out. Dashed: chance ({}). {}",
            sets_each(&shown),
            words::telling_null(measure),
            words::caption(run, &shown)
        ),
        x_label: "severity of the shift".to_owned(),
        y_label: "score · accuracy".to_owned(),
        y_range: words::axis(measure, values),
        x_ticks: severities.iter().map(tick).collect(),
        mark: None,
        facets: base.iter().map(facet).collect(),
    })
}

fn facet(measure: &str, layer: &str, ways: &[(Maps, Vec<&SummaryRow>)]) -> Facet {
    let at = |row: &SummaryRow| row.on.as_ref().map_or(0.0, |on| f64::from(on.severity));
    let mut curves = Vec::new();
    for (maps, rows) in ways {
        let name = series(measure, *maps);
        curves.extend(with_chance(&name, measure, rows.clone(), &at));
    }
    let first = ways.first().map_or(&[][..], |(_, rows)| rows.as_slice());
    curves.extend(accuracy(first.iter().copied(), &at));
    Facet { title: layer.to_owned(), curves }
}

/// The relative drop of every layer on the severest set of every shift, and on other data sets.
fn drops(found: &Found<'_>, measure: &str, maps: Maps, run: &Run, suffix: &str) -> Option<HeatMap> {
    let rows = found.of(Quantity::RelativeDrop, measure, maps);
    let mut severest: BTreeMap<&str, &OnSet> = BTreeMap::new();
    for on in rows.iter().filter_map(|row| row.on.as_ref()) {
        let known = severest.entry(&on.shift).or_insert(on);
        if on.severity > known.severity {
            *known = on;
        }
    }
    let mut layers: Vec<&str> = Vec::new();
    for row in &rows {
        if !layers.contains(&&*row.layer_x) {
            layers.push(&row.layer_x);
        }
    }
    let shown: Vec<&SummaryRow> = rows
        .iter()
        .copied()
        .filter(|row| row.on.as_ref().is_some_and(|on| severest.get(&*on.shift) == Some(&on)))
        .collect();
    let cell = |on: &OnSet, layer: &str| {
        let row = shown.iter().find(|r| r.on.as_ref() == Some(on) && r.layer_x == layer)?;
        let (estimate, n_pairs) = (row.estimate.clone(), row.n_pairs);
        Some(HeatCell { estimate, chance: Vec::new(), n_pairs, best_in_row: false })
    };
    let cells: Vec<Vec<Option<HeatCell>>> =
        severest.values().map(|on| layers.iter().map(|layer| cell(on, layer)).collect()).collect();
    let most = shown.iter().map(|row| row.estimate.value).fold(1.0, f64::max);
    let way = if maps == Maps::None { String::new() } else { format!(", {maps}") };
    (!shown.is_empty()).then(|| HeatMap {
        id: id("shift-drops", measure, Some(maps), suffix),
        title: format!("Drops under shift: {measure}{way}"),
        caption: format!(
            "Relative drop of the score: 1 less the ratio of the mean score on the set to that in distribution, at the greatest severity of each shift. {}",
            caption(run, &shown)
        ),
        y_label: "set of stimuli".to_owned(),
        x_label: "layer".to_owned(),
        value_label: "relative drop".to_owned(),
        rows: severest.values().map(|on| on.set.clone()).collect(),
        columns: layers.into_iter().map(str::to_owned).collect(),
        range: (0.0, most),
        cells,
    })
}
