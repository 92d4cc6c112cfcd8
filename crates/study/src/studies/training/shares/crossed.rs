//! One network after epoch 1 with another at its end, as a share of two at their end.

use super::{ThenAndLast, final_rows, is_of_same_pair, share};
use crate::studies::training::checkpoints::is_at_one_checkpoint;
use crate::{CellRow, Quantity, StudySpec, SummaryRow, Table};

/// Cells of two networks, each at a checkpoint of its own.
pub(super) fn cells(table: &Table) -> impl Iterator<Item = &CellRow> {
    let of_two = |row: &&CellRow| !is_at_one_checkpoint(row) && row.x.network != row.y.network;
    table.cells("training").filter(of_two)
}

/// The share of one layer by one measure. There is none of what is above chance: crossed checkpoints have few draws, and a level
/// of few is too rough to be taken off a score that is little above it.
pub(super) fn summary(
    curve: &[&CellRow],
    crossed: &[&CellRow],
    spec: &StudySpec,
) -> Option<SummaryRow> {
    let both = then_and_last(curve, crossed)?;
    let row = share(&both, Quantity::CrossedShareAfterEpochOne, spec)?;
    Some(SummaryRow { checkpoint_y: Some(both[1][0].x.checkpoint.clone()), ..row })
}

/// Rows of each pair after epoch 1 and at the end, either way round, and of both at the end; `None` where a row is missing.
fn then_and_last<'a>(curve: &[&'a CellRow], crossed: &[&'a CellRow]) -> Option<ThenAndLast<'a>> {
    let last = final_rows(curve);
    let end = &last.first()?.x.checkpoint;
    let first = &curve.iter().find(|row| row.x.when.epoch == 1.0)?.x.checkpoint;
    let is_between = |row: &CellRow| {
        let of = [&row.x.checkpoint, &row.y.checkpoint];
        of == [first, end] || of == [end, first]
    };
    let then: Vec<&CellRow> = crossed.iter().copied().filter(|row| is_between(row)).collect();
    let n_of = |end: &&CellRow| then.iter().filter(|row| is_of_same_pair(row, end)).count();
    let is_complete = first != end && then.len() == 2 * last.len();
    (is_complete && last.iter().all(|end| n_of(end) == 2)).then_some([then, last])
}
