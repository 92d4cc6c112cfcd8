//! What layers lose on a set beside what the networks lose in accuracy there.

use super::{caption, id, series};
use crate::studies::shift::sections::Found;
use crate::studies::words;
use crate::{Cloud, Figure, Maps, Point, Points, Quantity, Run, Scatter, SummaryRow, TableFigure};

/// Set by set the relative drop of every layer against the loss of accuracy; nothing where networks have none.
pub(super) fn clouds(found: &Found<'_>, measure: &str, run: &Run, suffix: &str) -> Option<Figure> {
    let mut shown: Vec<&SummaryRow> = Vec::new();
    let mut facets: Vec<Cloud> = Vec::new();
    for maps in [Maps::Refitted, Maps::AsFitted, Maps::None] {
        let means = found.of(Quantity::MeanOverPairs, measure, maps);
        let accuracy = |row: &SummaryRow| {
            let of_layer = means.iter().filter(|mean| mean.layer_x == row.layer_x);
            let on =
                |wanted| of_layer.clone().find(|mean| mean.on.as_ref() == wanted)?.when?.accuracy;
            Some((on(None)?, on(row.on.as_ref())?))
        };
        for row in found.of(Quantity::RelativeDrop, measure, maps) {
            let (Some((here, there)), Some(on)) = (accuracy(row), &row.on) else { continue };
            let at = facets.iter().position(|f| f.title == row.layer_x).unwrap_or_else(|| {
                facets.push(Cloud { title: row.layer_x.clone(), series: Vec::new() });
                facets.len() - 1
            });
            let (own, name) = (&mut facets[at].series, series(measure, maps));
            let at = own.iter().position(|s| s.name == name).unwrap_or_else(|| {
                own.push(Points { name, points: Vec::new() });
                own.len() - 1
            });
            let (name, estimate) = (on.set.clone(), row.estimate.clone());
            own[at].points.push(Point { name, x: here - there, estimate });
            shown.push(row);
        }
    }
    let points = || facets.iter().flat_map(|f| &f.series).flat_map(|s| &s.points);
    let x_range = points().fold((0.0_f64, 0.0_f64), |(a, b), p| (a.min(p.x), b.max(p.x)));
    let values = points().flat_map(|p| {
        [p.estimate.value].into_iter().chain(p.estimate.interval.into_iter().flatten())
    });
    let y_range = values.fold((0.0_f64, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
    (!shown.is_empty()).then(|| {
        Figure::Scatter(Scatter {
            id: id("shift-relation", measure, None, suffix),
            title: format!("{}: drop of a layer and loss of accuracy", words::title(measure)),
            caption: format!(
                "One point a set of stimuli: the relative drop of the score of a layer there (1 less its ratio to the score in distribution) against what the networks lose in accuracy. {}",
                caption(run, &shown)
            ),
            x_label: "loss of accuracy".to_owned(),
            y_label: "relative drop".to_owned(),
            x_range,
            y_range,
            facets,
        })
    })
}

/// Spearman's correlation of the two over sets.
pub(super) fn table(
    found: &Found<'_>,
    kinds: &[(&str, Maps)],
    run: &Run,
    suffix: &str,
) -> TableFigure {
    let mut rows = Vec::new();
    let mut shown = Vec::new();
    for &(measure, maps) in kinds {
        for row in found.of(Quantity::DropWithAccuracy, measure, maps) {
            let n_sets = row.on.as_ref().map_or(0, |on| on.n_sets);
            rows.push(vec![
                row.layer_x.clone(),
                measure.to_owned(),
                maps.to_string(),
                words::estimate(&row.estimate),
                n_sets.to_string(),
            ]);
            shown.push(row);
        }
    }
    let columns = ["layer", "measure", "maps", "ρ with loss of accuracy", "sets"];
    TableFigure {
        id: format!("shift-accuracy{suffix}"),
        title: "The drop of a layer and the loss of accuracy".to_owned(),
        caption: format!(
            "Spearman's correlation, over sets, of the relative drop of a layer with what the networks lose in accuracy on the set. The sets are as they are; networks are resampled. {}",
            caption(run, &shown)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}
