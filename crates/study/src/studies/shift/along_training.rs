//! The checkpoints of the study, in the order of training.

use consilience_data::Checkpoint;

use crate::{CellRow, Outcome};

/// The checkpoints of some cells with a score: their names and when they were, the earliest first.
pub(super) fn checkpoints<'a>(
    cells: impl Iterator<Item = &'a CellRow>,
) -> Vec<(&'a str, Checkpoint)> {
    let mut found: Vec<(&str, Checkpoint)> = Vec::new();
    for row in cells.filter(|row| matches!(row.outcome, Outcome::Score { .. })) {
        let name = &*row.x.checkpoint;
        if found.iter().all(|(known, _)| *known != name) {
            found.push((name, row.x.when));
        }
    }
    found.sort_by(|(_, a), (_, b)| a.epoch.total_cmp(&b.epoch).then(a.step.cmp(&b.step)));
    found
}
