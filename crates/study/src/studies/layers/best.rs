//! The best of all pairs of layers, held against the best of as many.

use consilience_inference::{Chance, chance, draws_of_best};

use crate::studies::words;
use crate::summary::{
    NULLS, bootstrap, groups, likeness_of, mean_draws, nodes, summary, summary_key, value,
    weighted_mean,
};
use crate::{CellRow, Quantity, Run, StudySpec, SummaryRow, Table, TableFigure, Tone, Verdict};

/// The best mean over pairs of networks among all pairs of layers, with the chance level of a best of so many.
///
/// The best is chosen again in every draw of the null and of the bootstrap. `None` without cells.
pub(super) fn best_layer_pair(rows: &[&CellRow], spec: &StudySpec) -> Option<SummaryRow> {
    let likeness = likeness_of(&rows.first()?.measure);
    let cells: Vec<Vec<&CellRow>> =
        groups(rows.iter().copied(), |row| (row.x.layer.clone(), row.y.layer.clone()))
            .into_iter()
            .map(|(_, rows)| rows)
            .collect();
    let means = |weights: &[f64]| {
        let mut rest = weights;
        let mean = |cell: &Vec<&CellRow>| {
            let (own, after) = rest.split_at(cell.len());
            rest = after;
            weighted_mean(&cell.iter().map(|row| value(row)).collect::<Vec<_>>(), own)
        };
        cells.iter().map(mean).collect::<Vec<Option<f64>>>()
    };
    let all: Vec<&CellRow> = cells.iter().flatten().copied().collect();
    let best = |weights: &[f64]| {
        let means = means(weights).into_iter().enumerate();
        let there = means.filter_map(|(cell, mean)| Some((cell, mean?)));
        there.reduce(|a, b| if likeness.better(a.1, b.1) == a.1 { a } else { b })
    };
    let (cell, observed) = best(&vec![1.0; all.len()])?;
    let key = summary_key(Quantity::BestLayerPair, &all);
    let estimate =
        bootstrap(&nodes(&all, &spec.groups), spec, &key, |w| best(w).map(|(_, value)| value))?;
    let level = |null| {
        let draws: Vec<Vec<f64>> = cells.iter().map(|cell| mean_draws(cell, null)).collect();
        chance(null, observed, &draws_of_best(&draws, likeness), likeness)
    };
    Some(SummaryRow {
        chance: NULLS.into_iter().filter_map(level).collect(),
        best_of: Some(cells.len()),
        ..summary(Quantity::BestLayerPair, key, &cells[cell], spec, estimate)
    })
}

/// Measures whose best pair the sentence tells; the table has all.
const TOLD: usize = 8;

/// What the best pairs of layers are, and whether they are more than the best of so many by chance.
pub(super) fn verdict(table: &Table, run: &Run) -> Option<Verdict> {
    let rows = in_order(table, run);
    let tested: Vec<(&SummaryRow, &Chance)> =
        rows.iter().filter_map(|r| Some((*r, telling(r)?))).collect();
    let of = tested.first()?.0.best_of?;
    if of < 2 || tested.iter().any(|(_, c)| !words::reachable(c)) {
        return None;
    }
    let above = tested.iter().filter(|(_, c)| c.p_value <= words::LEVEL).count();
    let tone = match above {
        n if n == tested.len() => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    let one = |(row, chance): &(&SummaryRow, &Chance)| {
        let calibrated =
            chance.calibrated.map_or(String::new(), |c| format!(", calibrated {c:.2}"));
        format!(
            "`{}` `{}` with `{}`, {:.2} (p = {:.3}{calibrated})",
            row.measure, row.layer_x, row.layer_y, row.estimate.value, chance.p_value
        )
    };
    let told: Vec<String> = tested.iter().take(TOLD).map(one).collect();
    let rest = tested.len() - told.len();
    let rest = if rest > 0 { format!("; {rest} more in the table") } else { String::new() };
    let text = format!(
        "The best of {of} pairs of layers is better than the best of {of} by chance, by {above} of {}: {}{rest}.",
        words::count(tested.len(), "measure"),
        told.join("; ")
    );
    Some(Verdict { tone, text })
}

/// The best pairs with the chance level of one pair and of the best of so many, side by side.
pub(super) fn table_figure(table: &Table, run: &Run) -> Option<TableFigure> {
    let rows = in_order(table, run);
    let means: Vec<&SummaryRow> = table.summaries("layers", Quantity::MeanOverPairs).collect();
    let line = |r: &&SummaryRow| {
        let own = means.iter().find(|m| {
            m.measure == r.measure
                && m.layer_x == r.layer_x
                && m.layer_y == r.layer_y
                && m.pooling == r.pooling
        });
        let alone = own.and_then(|m| words::chance_of(m, words::telling_null(&r.measure)));
        let best = telling(r);
        let number = |value: Option<f64>| value.map_or("–".to_owned(), words::number);
        vec![
            r.measure.clone(),
            r.layer_x.clone(),
            r.layer_y.clone(),
            words::number(r.estimate.value),
            words::interval(&r.estimate),
            best.map_or("–".to_owned(), |c| c.null.to_string()),
            number(alone.map(|c| c.mean)),
            number(best.map(|c| c.mean)),
            number(best.map(|c| c.p_value)),
            number(best.and_then(|c| c.calibrated)),
        ]
    };
    let of = rows.first()?.best_of?;
    let columns = [
        "measure".to_owned(),
        "layer of the first".to_owned(),
        "layer of the second".to_owned(),
        "score".to_owned(),
        "95 % interval".to_owned(),
        "null".to_owned(),
        "chance of this pair".to_owned(),
        format!("chance of the best of {of}"),
        "p of the best".to_owned(),
        "calibrated".to_owned(),
    ];
    Some(TableFigure {
        id: "layers-best".to_owned(),
        title: "The best pair of layers".to_owned(),
        caption: format!(
            "The best mean of {of} pairs of layers, against the best of as many under the null: one order of the stimuli (one rotation of each layer) serves all pairs of a draw. {}",
            words::caption(run, &rows)
        ),
        columns: columns.to_vec(),
        rows: rows.iter().map(line).collect(),
    })
}

/// The rows in the order of the spec's measures.
fn in_order<'a>(table: &'a Table, run: &Run) -> Vec<&'a SummaryRow> {
    let mut rows: Vec<&SummaryRow> = table.summaries("layers", Quantity::BestLayerPair).collect();
    rows.sort_by_key(|r| run.spec.measures.iter().position(|m| *m == r.measure));
    rows
}

fn telling(row: &SummaryRow) -> Option<&Chance> {
    words::chance_of(row, words::telling_null(&row.measure))
}
