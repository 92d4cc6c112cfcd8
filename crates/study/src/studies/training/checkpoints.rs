//! Two checkpoints at once: each network against its own end state, and every checkpoint of one network against every
//! checkpoint of another.

pub(super) mod crossed;
pub(super) mod own_end;

use consilience_data::{Checkpoint, Representation};

use super::Training;
use crate::studies::selection;
use crate::summary::{
    bootstrap, chance_of_mean, groups, mean_accuracy_of, mean_over_pairs, nodes, summary,
    summary_key, value, weighted_mean,
};
use crate::{Cell, CellRow, Draws, Quantity, StudySpec, SummaryRow, Table};

/// The cells, layer by layer, so that all checkpoints of one layer are held at once and not all layers.
pub(super) fn design(
    study: &Training,
    catalogue: &[Representation],
    pairs: &[(&str, &str)],
    checkpoints: &[&str],
) -> Vec<Cell> {
    let mut cells = Vec::new();
    let Some((last, earlier)) = checkpoints.split_last() else { return cells };
    let mut between = |(a, s): (&str, &str), (b, t): (&str, &str), draws: Draws| {
        let ys = selection::layers(catalogue, b, t, study.pooling);
        for x in selection::layers(catalogue, a, s, study.pooling) {
            let same = |&&y: &&usize| catalogue[y].id.layer == catalogue[x].id.layer;
            cells.extend(ys.iter().find(same).map(|&y| Cell { x, y, draws }));
        }
    };
    if study.own_end {
        for network in selection::networks(catalogue) {
            let own =
                |checkpoint: &&str| between((network, checkpoint), (network, last), study.draws);
            earlier.iter().for_each(own);
        }
    }
    if study.crossed {
        for &(a, b) in pairs {
            for s in checkpoints {
                let others = checkpoints.iter().filter(|t| *t != s);
                others.for_each(|t| between((a, s), (b, t), study.crossed_draws));
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
    let chance = chance_of_mean(rows, estimate.value);
    let row = summary(quantity, key, rows, spec, estimate);
    let when = Some(when_of_first(rows));
    Some(SummaryRow { when, chance, n_pairs: 0, ..with_second_checkpoint(row, rows) })
}

/// The checkpoint of the first networks, with their mean accuracy at it.
fn when_of_first(rows: &[&CellRow]) -> Checkpoint {
    let accuracy = mean_accuracy_of(rows.iter().map(|row| &row.x));
    Checkpoint { accuracy, ..rows[0].x.when }
}
