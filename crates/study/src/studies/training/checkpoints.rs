//! Two checkpoints at once: each network against its own end state, and every checkpoint of one network against every
//! checkpoint of another.

use consilience_data::{Checkpoint, Representation};

use super::Training;
use crate::studies::{selection, words};
use crate::summary::{
    bootstrap, groups, likeness_of, mean_accuracy_of, mean_over_pairs, nodes, summary, summary_key,
    value, weighted_mean,
};
use crate::{
    Cell, CellRow, Curve, CurveRole, Draws, Figure, HeatCell, HeatMap, Quantity, Run, StudySpec,
    SummaryRow, Table, Tone, Verdict,
};

/// No chance level: these cells are read against those of one checkpoint, which have one.
const NO_DRAWS: Draws = Draws { shuffle: 0, rotation: 0 };

/// The cells, layer by layer, so that all checkpoints of one layer are held at once and not all layers.
pub(super) fn design(
    study: &Training,
    catalogue: &[Representation],
    pairs: &[(&str, &str)],
    checkpoints: &[&str],
) -> Vec<Cell> {
    let mut cells = Vec::new();
    let Some((last, earlier)) = checkpoints.split_last() else { return cells };
    let mut between = |(a, s): (&str, &str), (b, t): (&str, &str)| {
        let ys = selection::layers(catalogue, b, t, study.pooling);
        for x in selection::layers(catalogue, a, s, study.pooling) {
            let same = |&&y: &&usize| catalogue[y].id.layer == catalogue[x].id.layer;
            cells.extend(ys.iter().find(same).map(|&y| Cell { x, y, draws: NO_DRAWS }));
        }
    };
    if study.own_end {
        for network in selection::networks(catalogue) {
            earlier.iter().for_each(|checkpoint| between((network, checkpoint), (network, last)));
        }
    }
    if study.crossed {
        for &(a, b) in pairs {
            for s in checkpoints {
                let others = checkpoints.iter().filter(|t| *t != s);
                others.for_each(|t| between((a, s), (b, t)));
            }
        }
    }
    cells.sort_by_key(|cell| catalogue[cell.x].depth);
    cells
}

/// Whether a row is of two networks at one checkpoint.
pub(super) fn is_at_one_checkpoint(row: &CellRow) -> bool {
    row.x.checkpoint == row.y.checkpoint
}

/// Means over networks of the likeness to the own end state, and means over pairs of networks of two checkpoints.
pub(super) fn summaries(table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
    let cells = || table.cells("training").filter(|row| !is_at_one_checkpoint(row));
    let key = |row: &CellRow| {
        let checkpoints = (row.x.checkpoint.clone(), row.y.checkpoint.clone());
        (spec.groups.of(row), row.measure.clone(), row.x.layer.clone(), checkpoints)
    };
    let own = groups(cells().filter(|row| row.x.network == row.y.network), key);
    let crossed = groups(cells().filter(|row| row.x.network != row.y.network), key);
    let own = own.iter().filter_map(|(_, rows)| of_networks(rows, spec));
    let crossed = crossed.iter().filter_map(|(_, rows)| {
        let mean = mean_over_pairs(rows, spec)?;
        let key = summary_key(Quantity::CrossedCheckpoints, rows);
        let quantity = Quantity::CrossedCheckpoints;
        let when = Some(when_of_first(rows));
        Some(SummaryRow { key, quantity, when, ..with_second_checkpoint(mean, rows) })
    });
    own.chain(crossed).collect()
}

fn with_second_checkpoint(row: SummaryRow, rows: &[&CellRow]) -> SummaryRow {
    SummaryRow { checkpoint_y: Some(rows[0].y.checkpoint.clone()), ..row }
}

/// The mean over networks of a score of each network with itself at another checkpoint.
fn of_networks(rows: &[&CellRow], spec: &StudySpec) -> Option<SummaryRow> {
    let quantity = Quantity::OwnEndState;
    let key = summary_key(quantity, rows);
    let values: Vec<f64> = rows.iter().map(|row| value(row)).collect();
    // A network is drawn so often; as a pair with itself it would weigh the square of that.
    let estimate = bootstrap(&nodes(rows, &spec.groups), spec, &key, |w| {
        weighted_mean(&values, &w.iter().map(|w| w.sqrt()).collect::<Vec<f64>>())
    })?;
    let row = summary(quantity, key, rows, spec, estimate);
    let when = Some(when_of_first(rows));
    Some(SummaryRow { when, n_pairs: 0, ..with_second_checkpoint(row, rows) })
}

/// The checkpoint of the first networks, with their mean accuracy at it.
fn when_of_first(rows: &[&CellRow]) -> Checkpoint {
    let accuracy = mean_accuracy_of(rows.iter().map(|row| &row.x));
    Checkpoint { accuracy, ..rows[0].x.when }
}

/// When the networks have come near their own end, beside when they have come near one another.
pub(super) fn verdict(table: &Table, run: &Run, nearly_all: f64) -> Option<Verdict> {
    let rows: Vec<&SummaryRow> = table.summaries("training", Quantity::OwnEndState).collect();
    let one = |measure: &&str| {
        let at = |row: &&&SummaryRow| {
            row.measure == **measure && row.when.is_some_and(|w| w.epoch == 1.0)
        };
        let after_one: Vec<&&SummaryRow> = rows.iter().filter(at).collect();
        let by_value =
            |a: &&&&SummaryRow, b: &&&&SummaryRow| a.estimate.value.total_cmp(&b.estimate.value);
        let (low, high) = (after_one.iter().min_by(by_value)?, after_one.iter().max_by(by_value)?);
        let near = after_one.iter().filter(|r| r.estimate.value >= nearly_all).count();
        Some(format!(
            "`{measure}` {} (`{}`) to {} (`{}`), {near} of {} at {nearly_all} or more",
            words::estimate(&low.estimate),
            low.layer_x,
            words::estimate(&high.estimate),
            high.layer_x,
            words::count(after_one.len(), "layer"),
        ))
    };
    let told: Vec<String> = words::comparable(run).iter().filter_map(one).collect();
    (!told.is_empty()).then(|| Verdict {
        tone: Tone::Note,
        text: format!(
            "So alike is a network after epoch 1 to its own end state: {}.",
            told.join("; ")
        ),
    })
}

/// Curves of the likeness to the own end state, for a panel of one layer.
pub(super) fn own_end_curves(
    table: &Table,
    layer: &str,
    measures: &[&str],
    place: &dyn Fn(&SummaryRow) -> f64,
) -> Vec<Curve> {
    let curve = |measure: &&str| {
        let own = table.summaries("training", Quantity::OwnEndState);
        let mut own: Vec<&SummaryRow> =
            own.filter(|r| r.measure == **measure && r.layer_x == layer).collect();
        own.sort_by(|a, b| place(a).total_cmp(&place(b)));
        let curve = Curve {
            name: format!("{}, own end state", words::title(measure)),
            role: CurveRole::Score,
            x: own.iter().map(|r| place(r)).collect(),
            y: own.iter().map(|r| r.estimate.value).collect(),
            band: super::sections::band(&own),
        };
        (!own.is_empty()).then_some(curve)
    };
    measures.iter().filter_map(curve).collect()
}

/// Checkpoints against checkpoints, a map a layer and measure.
pub(super) fn heat_maps(table: &Table, run: &Run) -> Vec<Figure> {
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
            "One network at one checkpoint, another at another. Chance levels on the diagonal only. {}",
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
