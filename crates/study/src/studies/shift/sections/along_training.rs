//! What the study shows and says of several checkpoints.

mod figures;
mod verdicts;

use consilience_data::Checkpoint;

use super::{Found, Shift, summary};
use crate::studies::words;
use crate::{Maps, Quantity, Run, Section, SummaryRow, Table};

/// The summaries of all checkpoints.
struct Along<'a> {
    found: Found<'a>,
    /// The checkpoints, the earliest first.
    times: &'a [(&'a str, Checkpoint)],
}

impl<'a> Along<'a> {
    /// Those of one quantity, measure and way to fit maps.
    fn of(&self, quantity: Quantity, measure: &str, maps: Maps) -> Vec<&'a SummaryRow> {
        self.found.of(quantity, measure, maps)
    }

    /// The only one at a checkpoint; empty for what is about several.
    fn at(
        &self,
        quantity: Quantity,
        (measure, maps): (&str, Maps),
        checkpoint: &str,
    ) -> Option<&'a SummaryRow> {
        self.of(quantity, measure, maps).into_iter().find(|row| row.checkpoint == checkpoint)
    }

    /// Names of the first and the last checkpoint.
    fn ends(&self) -> [&'a str; 2] {
        [0, self.times.len() - 1].map(|i| self.times[i].0)
    }

    /// The place of a row's checkpoint on the axis.
    fn place(&self, row: &SummaryRow) -> f64 {
        let place = self.times.iter().position(|(name, _)| *name == row.checkpoint);
        place.unwrap_or(0) as f64
    }
}

/// The section of several checkpoints.
pub(super) fn section(
    study: &Shift,
    table: &Table,
    run: &Run,
    times: &[(&str, Checkpoint)],
) -> Section {
    let rows = table.rows.iter().filter_map(summary).collect();
    let along = Along { found: Found { rows }, times };
    let [first, last] = along.ends();
    Section {
        anchor: "shift-along-training".to_owned(),
        title: "On shifted stimuli along training".to_owned(),
        lead: format!(
            "Since when do networks agree less on shifted stimuli? Drops of the score against the stimuli of the store at {} from {first} to {last}, beside what the networks lose in accuracy (pooling `{}`). Sets take part that are complete in every layer at every checkpoint.",
            words::count(times.len(), "checkpoint"),
            study.selection.pooling
        ),
        verdicts: verdicts::verdicts(&along, run),
        figures: figures::figures(&along, table, run),
    }
}
