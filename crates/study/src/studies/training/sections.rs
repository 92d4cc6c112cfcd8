//! What `training` shows and says.

use consilience_measures::Orientation;

use super::Training;
use super::checkpoints::{crossed, own_end};
use super::shares::{self, NEARLY_ALL};
use crate::studies::curves::{CHECKPOINTS, accuracy, tick, with_chance};
use crate::studies::words;
use crate::{Curves, Facet, Figure, Quantity, Run, Section, SummaryRow, Table};

/// The section of the study.
pub(super) fn training(study: &Training, table: &Table, run: &Run) -> Section {
    let points = table.summaries("training", Quantity::MeanOverPairs);
    let points: Vec<&SummaryRow> = points.filter(|r| r.layer_x == r.layer_y).collect();
    let lead = format!(
        "When in training do networks come to agree? The same layer of independently trained networks at every checkpoint, from before the first step, with their accuracy on the same axis (pooling `{}`).",
        study.pooling
    );
    let mut verdicts = shares::shown::verdicts(table, run);
    verdicts.extend(own_end::verdict(table, run, NEARLY_ALL));
    verdicts.extend(shares::shown::crossed(table, run));
    let mut figures: Vec<Figure> = Vec::new();
    figures.push(Figure::Table(shares::shown::table(table, run)));
    let (distances, scores): (Vec<&str>, Vec<&str>) =
        others(run).into_iter().partition(|m| words::info(m).orientation == Orientation::Distance);
    let groups = [
        ("training-maps", "Alignment along training", words::comparable(run)),
        ("training-kernels", "Alignment along training, similarity of stimuli", scores),
    ];
    for (id, title, measures) in groups {
        if !measures.is_empty() {
            figures.push(Figure::Curves(curves(id, title, &measures, &points, run)));
        }
    }
    // Every distance has a scale of its own.
    for measure in distances {
        let id = format!("training-{}", measure.replace([':', '=', ','], "-"));
        let title = format!("{} along training", words::title(measure));
        figures.push(Figure::Curves(curves(&id, &title, &[measure], &points, run)));
    }
    figures.extend(own_end_figures(table, run, &points));
    figures.extend(crossed::heat_maps(table, run));
    let anchor = "training".to_owned();
    Section { anchor, title: "When networks converge".into(), lead, verdicts, figures }
}

fn others(run: &Run) -> Vec<&str> {
    let comparable = words::comparable(run);
    run.spec.measures.iter().map(String::as_str).filter(|m| !comparable.contains(m)).collect()
}

/// Each network against its own end state, beside the likeness to the other networks; a figure a measure.
fn own_end_figures(table: &Table, run: &Run, points: &[&SummaryRow]) -> Vec<Figure> {
    let place = places(points);
    let figure = |measure: &str| {
        let own = own_end::rows(table, measure);
        if own.is_empty() {
            return None;
        }
        let id = format!("training-own-end-{}", measure.replace([':', '=', ','], "-"));
        let title = format!("{}: the own end state, and other networks", words::title(measure));
        let mut figure = curves(&id, &title, &[measure], points, run);
        figure.caption = format!(
            "Own end state: each network at the checkpoint compared with itself at the last one, its end; a mean over {}, each counted once, and not over pairs. The other curve is of two networks at the same checkpoint. {}",
            own_end::networks(&own),
            figure.caption
        );
        for facet in &mut figure.facets {
            let of_layer = own.iter().filter(|r| r.layer_x == facet.title).copied().collect();
            let name = format!("{}, own end state", words::title(measure));
            facet.curves.extend(with_chance(&name, measure, of_layer, &place));
        }
        Some(Figure::Curves(figure))
    };
    words::comparable(run).into_iter().filter_map(figure).collect()
}

/// Checkpoints by step: steps and epochs.
fn steps(rows: &[&SummaryRow]) -> Vec<(u64, f64)> {
    let mut steps: Vec<(u64, f64)> =
        rows.iter().filter_map(|r| r.when.map(|w| (w.step, w.epoch))).collect();
    steps.sort_by_key(|step| step.0);
    steps.dedup();
    steps
}

/// The place of a row's checkpoint among those of some rows.
fn places(rows: &[&SummaryRow]) -> impl Fn(&SummaryRow) -> f64 {
    let steps = steps(rows);
    move |row| {
        let step = row.when.map(|w| w.step);
        steps.iter().position(|s| Some(s.0) == step).unwrap_or(0) as f64
    }
}

fn curves(id: &str, title: &str, measures: &[&str], points: &[&SummaryRow], run: &Run) -> Curves {
    let shown: Vec<&SummaryRow> =
        points.iter().copied().filter(|r| measures.contains(&&*r.measure)).collect();
    let steps = steps(&shown);
    let place = places(&shown);
    let mut layers: Vec<&str> = Vec::new();
    for row in &shown {
        if !layers.contains(&&*row.layer_x) {
            layers.push(&row.layer_x);
        }
    }
    let facet = |layer: &&str| {
        let of_layer: Vec<&SummaryRow> =
            shown.iter().copied().filter(|r| r.layer_x == **layer).collect();
        facet(layer, measures, &of_layer, &place)
    };
    let tick = |(i, (step, epoch)): (usize, &(u64, f64))| (i as f64, tick(*step, *epoch));
    let one = steps.iter().position(|s| s.1 == 1.0);
    Curves {
        id: id.to_owned(),
        title: title.to_owned(),
        caption: format!(
            "Checkpoints are equidistant: steps inside epoch 1, then epochs. Dashed: chance ({}). {}",
            "a rotated basis for matchings, shuffled stimuli otherwise",
            words::caption(run, &shown)
        ),
        x_label: CHECKPOINTS.to_owned(),
        y_label: "score · accuracy".to_owned(),
        y_range: measures
            .first()
            .map_or((0.0, 1.0), |m| words::axis(m, shown.iter().map(|r| r.estimate.value))),
        x_ticks: steps.iter().enumerate().map(tick).collect(),
        mark: one.map(|i| (i as f64, "epoch 1".to_owned())),
        facets: layers.iter().map(facet).collect(),
    }
}

fn facet(
    layer: &str,
    measures: &[&str],
    rows: &[&SummaryRow],
    place: &dyn Fn(&SummaryRow) -> f64,
) -> Facet {
    let mut curves = Vec::new();
    for measure in measures {
        let own = rows.iter().copied().filter(|r| r.measure == **measure).collect();
        curves.extend(with_chance(&words::title(measure), measure, own, place));
    }
    let first = measures.first().copied().unwrap_or_default();
    let of_first = rows.iter().copied().filter(|r| r.measure == first);
    curves.extend(accuracy(of_first, place));
    Facet { title: layer.to_owned(), curves }
}
