//! What `training` shows and says.

use consilience_measures::Orientation;

use super::Training;
use super::checkpoints::{crossed, own_end};
use crate::studies::curves::{accuracy, with_chance};
use crate::studies::words;
use crate::{
    Curves, Facet, Figure, Quantity, Run, Section, SummaryRow, Table, TableFigure, Tone, Verdict,
};

/// Share of the final alignment from which "nearly all" is said.
const NEARLY_ALL: f64 = 0.9;

/// The section of the study.
pub(super) fn training(study: &Training, table: &Table, run: &Run) -> Section {
    let points = table.summaries("training", Quantity::MeanOverPairs);
    let points: Vec<&SummaryRow> = points.filter(|r| r.layer_x == r.layer_y).collect();
    let lead = format!(
        "When in training do networks come to agree? The same layer of independently trained networks at every checkpoint, from before the first step, with their accuracy on the same axis (pooling `{}`).",
        study.pooling
    );
    let mut verdicts = epoch_one(table, run);
    verdicts.extend(untrained(table, run));
    verdicts.extend(ahead_of_accuracy(table, run));
    verdicts.extend(own_end::verdict(table, run, NEARLY_ALL));
    verdicts.extend(crossed::verdict(table, run, NEARLY_ALL));
    let mut figures: Vec<Figure> = Vec::new();
    figures.push(Figure::Table(shares(table, run)));
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

fn shares_of<'a>(table: &'a Table, quantity: Quantity, measure: &str) -> Vec<&'a SummaryRow> {
    table.summaries("training", quantity).filter(|r| r.measure == measure).collect()
}

/// Range of a share over layers, lowest first.
fn extremes<'a>(rows: &[&'a SummaryRow]) -> Option<(&'a SummaryRow, &'a SummaryRow)> {
    let by_value =
        |a: &&&SummaryRow, b: &&&SummaryRow| a.estimate.value.total_cmp(&b.estimate.value);
    Some((rows.iter().min_by(by_value)?, rows.iter().max_by(by_value)?))
}

/// Share of the final alignment that is there after epoch 1, against the same share of accuracy.
fn epoch_one(table: &Table, run: &Run) -> Vec<Verdict> {
    let accuracy = table.summaries("training", Quantity::AccuracyShareAfterEpochOne).next();
    let mut verdicts = Vec::new();
    for measure in words::comparable(run) {
        let rows = shares_of(table, Quantity::ShareAfterEpochOne, measure);
        let Some((low, high)) = extremes(&rows) else { continue };
        let nearly = rows.iter().filter(|r| r.estimate.value >= NEARLY_ALL).count();
        let tone = match nearly {
            n if n == rows.len() => Tone::Holds,
            0 => Tone::Fails,
            _ => Tone::Mixed,
        };
        let before = shares_of(table, Quantity::ShareUntrained, measure);
        let untrained = before.iter().filter(|r| r.estimate.value >= NEARLY_ALL).count();
        let task = accuracy.map_or_else(String::new, |a| {
            format!("; of the final accuracy, {}", words::percent(&a.estimate))
        });
        let text = format!(
            "After epoch 1, {} of the final {} is there in `{}` and {} in `{}`; nearly all (at least {:.0} %) in {nearly} of {}, and in {untrained} of them before the first step already{task}.",
            words::percent(&low.estimate),
            words::title(measure).to_lowercase(),
            low.layer_x,
            words::percent(&high.estimate),
            high.layer_x,
            100.0 * NEARLY_ALL,
            words::count(rows.len(), "layer"),
        );
        verdicts.push(Verdict { tone, text });
    }
    verdicts
}

/// What is there before training: architecture and statistics of the input.
fn untrained(table: &Table, run: &Run) -> Option<Verdict> {
    let parts: Vec<String> = words::comparable(run)
        .into_iter()
        .filter_map(|measure| {
            let rows = shares_of(table, Quantity::ShareUntrained, measure);
            let (low, high) = extremes(&rows)?;
            Some(format!(
                "`{measure}` {:.0} % (`{}`) to {:.0} % (`{}`)",
                100.0 * low.estimate.value,
                low.layer_x,
                100.0 * high.estimate.value,
                high.layer_x
            ))
        })
        .collect();
    (!parts.is_empty()).then(|| Verdict {
        tone: Tone::Note,
        text: format!(
            "Of the final alignment, so much is there before the first step, from architecture and input statistics alone: {}.",
            parts.join(", ")
        ),
    })
}

/// Whether alignment comes before accuracy: the two shares of each layer, resampled together.
fn ahead_of_accuracy(table: &Table, run: &Run) -> Option<Verdict> {
    let (mut ahead, mut behind, mut of) = (0, 0, 0);
    let one = |measure: &str| {
        let rows = shares_of(table, Quantity::ShareAheadOfAccuracy, measure);
        let (low, high) = extremes(&rows)?;
        let ends = |r: &&&SummaryRow| r.estimate.interval.unwrap_or([r.estimate.value; 2]);
        ahead += rows.iter().filter(|r| ends(r)[0] > 0.0).count();
        behind += rows.iter().filter(|r| ends(r)[1] < 0.0).count();
        of += rows.len();
        Some(format!(
            "`{measure}` {} (`{}`) to {} (`{}`)",
            words::percent(&low.estimate),
            low.layer_x,
            words::percent(&high.estimate),
            high.layer_x
        ))
    };
    let told: Vec<String> = words::comparable(run).into_iter().filter_map(one).collect();
    let tone = match ahead {
        n if n == of => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    (!told.is_empty()).then(|| Verdict {
        tone,
        text: format!(
            "After epoch 1 the share of the final alignment is ahead of the share of the final accuracy in {ahead} of {} of layer and measure and behind in {behind}, by the interval of the difference. The difference of the shares: {}.",
            words::count(of, "combination"),
            told.join(", ")
        ),
    })
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

fn shares(table: &Table, run: &Run) -> TableFigure {
    let mut rows = Vec::new();
    let mut shown = Vec::new();
    for measure in &run.spec.measures {
        let after = shares_of(table, Quantity::ShareAfterEpochOne, measure);
        let before = shares_of(table, Quantity::ShareUntrained, measure);
        for row in &after {
            let start = before.iter().find(|b| b.layer_x == row.layer_x);
            rows.push(vec![
                row.layer_x.clone(),
                measure.clone(),
                start.map_or("–".to_owned(), |b| words::percent(&b.estimate)),
                words::percent(&row.estimate),
            ]);
            shown.push(*row);
        }
    }
    if let Some(a) = table.summaries("training", Quantity::AccuracyShareAfterEpochOne).next() {
        let share = words::percent(&a.estimate);
        rows.push(vec!["accuracy".to_owned(), "on the task".to_owned(), "–".to_owned(), share]);
    }
    let columns = ["layer", "measure", "share before training", "share after epoch 1"];
    TableFigure {
        id: "training-shares".to_owned(),
        title: "Share of the final score".to_owned(),
        caption: format!(
            "Mean over pairs at the checkpoint, divided by the mean at the last one. {}",
            words::caption(run, &shown).replace(" No chance level was drawn.", "")
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
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
    let tick = |(i, (step, epoch)): (usize, &(u64, f64))| {
        let name = if *epoch >= 1.0 { format!("{epoch:.0}") } else { format!("step {step}") };
        (i as f64, name)
    };
    let one = steps.iter().position(|s| s.1 == 1.0);
    Curves {
        id: id.to_owned(),
        title: title.to_owned(),
        caption: format!(
            "Checkpoints are equidistant: steps inside epoch 1, then epochs. Dashed: chance ({}). {}",
            "a rotated basis for matchings, shuffled stimuli otherwise",
            words::caption(run, &shown)
        ),
        x_label: "checkpoint (steps, then epochs)".to_owned(),
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
