//! Each network against its own end state.

use crate::studies::words;
use crate::{Quantity, Run, SummaryRow, Table, Tone, Verdict};

/// Means over networks of the likeness to the own end state by one measure, at every earlier checkpoint.
pub(in super::super) fn rows<'a>(table: &'a Table, measure: &str) -> Vec<&'a SummaryRow> {
    let rows = table.summaries("training", Quantity::OwnEndState);
    rows.filter(|row| row.measure == measure).collect()
}

/// How many networks some rows are means over.
pub(in super::super) fn networks(rows: &[&SummaryRow]) -> String {
    let n = rows.first().map_or(0, |row| row.n_networks);
    words::count(n, "network")
}

/// When the networks have come near their own end, beside when they have come near one another.
pub(in super::super) fn verdict(table: &Table, run: &Run, nearly_all: f64) -> Option<Verdict> {
    let one = |measure: &&str| {
        let mut after_one = rows(table, measure);
        after_one.retain(|row| row.when.is_some_and(|when| when.epoch == 1.0));
        let by_value =
            |a: &&&SummaryRow, b: &&&SummaryRow| a.estimate.value.total_cmp(&b.estimate.value);
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
            "So alike is a network after epoch 1 to its own end state, the mean over {}: {}.",
            networks(&table.summaries("training", Quantity::OwnEndState).collect::<Vec<_>>()),
            told.join("; ")
        ),
    })
}
