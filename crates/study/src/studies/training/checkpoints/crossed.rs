//! Every checkpoint of one network against every checkpoint of another.

use crate::studies::words;
use crate::summary::likeness_of;
use crate::{Figure, HeatCell, HeatMap, Quantity, Run, SummaryRow, Table};

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
