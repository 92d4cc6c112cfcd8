//! Every checkpoint of one network against every checkpoint of another.

use crate::studies::words;
use crate::summary::likeness_of;
use crate::{Figure, HeatCell, HeatMap, Quantity, Run, SummaryRow, Table, Tone, Verdict};

/// How near networks after epoch 1 are to the end states of the others, as a share of how near these are to one another.
pub(in super::super) fn verdict(table: &Table, run: &Run, nearly_all: f64) -> Option<Verdict> {
    let (mut near, mut of) = (0, 0);
    let one = |measure: &&str| {
        let shares = shares_after_epoch_one(table, measure);
        let by_value = |a: &&(&str, f64), b: &&(&str, f64)| a.1.total_cmp(&b.1);
        let (low, high) = (shares.iter().min_by(by_value)?, shares.iter().max_by(by_value)?);
        near += shares.iter().filter(|(_, share)| *share >= nearly_all).count();
        of += shares.len();
        Some(format!(
            "`{measure}` {:.0} % (`{}`) to {:.0} % (`{}`)",
            100.0 * low.1,
            low.0,
            100.0 * high.1,
            high.0
        ))
    };
    let told: Vec<String> = words::comparable(run).iter().filter_map(one).collect();
    let tone = match near {
        n if n == of => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    (!told.is_empty()).then(|| Verdict {
        tone,
        text: format!(
            "A network after epoch 1 is to the end state of another what two end states are to one another, by {:.0} % or more, in {near} of {} of layer and measure: {}.",
            100.0 * nearly_all,
            words::count(of, "combination"),
            told.join(", ")
        ),
    })
}

/// For each layer the mean score of one network after epoch 1 with another at its end, either way round, over the mean score of
/// two at their end.
fn shares_after_epoch_one<'a>(table: &'a Table, measure: &str) -> Vec<(&'a str, f64)> {
    let crossed: Vec<&SummaryRow> = table
        .summaries("training", Quantity::CrossedCheckpoints)
        .filter(|row| row.measure == measure)
        .collect();
    let same = table.summaries("training", Quantity::MeanOverPairs);
    let same = same.filter(|row| row.measure == measure && row.layer_x == row.layer_y);
    let steps = |row: &&SummaryRow| row.when.map(|when| when.step);
    let ends: Vec<&SummaryRow> = same.collect();
    let Some(last) = ends.iter().filter_map(steps).max() else { return Vec::new() };
    let Some(first_epoch) = ends.iter().find(|row| row.when.is_some_and(|w| w.epoch == 1.0)) else {
        return Vec::new();
    };
    let first_epoch = &first_epoch.checkpoint;
    let of_layer = |end: &&&'a SummaryRow| {
        let is_between = |row: &&&SummaryRow| {
            let other = row.checkpoint_y.as_ref();
            let both = [Some(&row.checkpoint), other];
            row.layer_x == end.layer_x
                && both.contains(&Some(first_epoch))
                && both.contains(&Some(&end.checkpoint))
        };
        let between: Vec<f64> =
            crossed.iter().filter(is_between).map(|row| row.estimate.value).collect();
        let mean = between.iter().sum::<f64>() / between.len() as f64;
        (!between.is_empty() && end.estimate.value > 0.0)
            .then(|| (&*end.layer_x, mean / end.estimate.value))
    };
    let at_end = ends.iter().filter(|row| steps(row) == Some(last));
    at_end.filter_map(|end| of_layer(&end)).collect()
}

/// Checkpoints against checkpoints, a map a layer and measure.
pub(in super::super) fn heat_maps(table: &Table, run: &Run) -> Vec<Figure> {
    let crossed: Vec<&SummaryRow> =
        table.summaries("training", Quantity::CrossedCheckpoints).collect();
    let of_one: Vec<&SummaryRow> = table.summaries("training", Quantity::MeanOverPairs).collect();
    let mut layers: Vec<&str> = Vec::new();
    for row in &crossed {
        if !layers.contains(&&*row.layer_x) {
            layers.push(&row.layer_x);
        }
    }
    let map = |measure: &str, layer: &str| {
        let own =
            |r: &&&SummaryRow| r.measure == measure && r.layer_x == layer && r.layer_y == layer;
        let rows: Vec<&SummaryRow> = crossed.iter().chain(&of_one).filter(own).copied().collect();
        Figure::HeatMap(heat_map(measure, layer, &rows, run))
    };
    let measures = run.spec.measures.iter();
    measures.flat_map(|m| layers.iter().map(|layer| map(m, layer)).collect::<Vec<_>>()).collect()
}

fn heat_map(measure: &str, layer: &str, rows: &[&SummaryRow], run: &Run) -> HeatMap {
    let second = |r: &SummaryRow| r.checkpoint_y.clone().unwrap_or_else(|| r.checkpoint.clone());
    let mut steps: Vec<(u64, &str)> =
        rows.iter().filter_map(|r| Some((r.when?.step, &*r.checkpoint))).collect();
    steps.sort_unstable();
    steps.dedup();
    let names: Vec<String> = steps.into_iter().map(|(_, name)| name.to_owned()).collect();
    let likeness = likeness_of(measure);
    let cell = |s: &String, t: &String| {
        let row = rows.iter().find(|r| r.checkpoint == *s && second(r) == *t)?;
        let of_row = rows.iter().filter(|r| r.checkpoint == *s).map(|r| r.estimate.value);
        Some(HeatCell {
            estimate: row.estimate.clone(),
            chance: row.chance.clone(),
            n_pairs: row.n_pairs,
            best_in_row: of_row.reduce(|a, b| likeness.better(a, b)) == Some(row.estimate.value),
        })
    };
    HeatMap {
        id: format!("training-crossed-{}-{layer}", measure.replace([':', '=', ','], "-")),
        title: format!("{}, `{layer}`: checkpoint against checkpoint", words::title(measure)),
        caption: format!(
            "One network at one checkpoint, another at another; more draws of chance on the diagonal. {}",
            words::caption(run, rows)
        ),
        y_label: "checkpoint of the first network".to_owned(),
        x_label: "checkpoint of the second network".to_owned(),
        value_label: words::title(measure),
        range: words::axis(measure, rows.iter().map(|r| r.estimate.value)),
        cells: names.iter().map(|s| names.iter().map(|t| cell(s, t)).collect()).collect(),
        rows: names.clone(),
        columns: names,
    }
}
