//! What the study shows and says.

mod along_training;
mod figures;

use std::collections::BTreeSet;

use consilience_data::Checkpoint;

use super::along_training::checkpoints;
use super::{KIND, Shift};
use crate::studies::words;
use crate::{Maps, OnSet, Quantity, Run, Section, SummaryRow, Table, Tone, Verdict};

/// The summaries of one checkpoint.
pub(super) struct Found<'a> {
    rows: Vec<&'a SummaryRow>,
}

impl<'a> Found<'a> {
    /// Those of one quantity, measure and way to fit maps; means in distribution belong to every way.
    pub(super) fn of(&self, quantity: Quantity, measure: &str, maps: Maps) -> Vec<&'a SummaryRow> {
        let is = |row: &&&SummaryRow| {
            row.quantity == quantity
                && row.measure == measure
                && row.on.as_ref().is_none_or(|on| on.maps == maps)
        };
        self.rows.iter().filter(is).copied().collect()
    }

    /// The only one of them.
    fn one(&self, quantity: Quantity, measure: &str, maps: Maps) -> Option<&'a SummaryRow> {
        self.of(quantity, measure, maps).first().copied()
    }

    /// Measures with the ways their maps were fitted, in the order of the spec.
    pub(super) fn kinds<'r>(&self, run: &'r Run) -> Vec<(&'r str, Maps)> {
        let ways = [Maps::Refitted, Maps::AsFitted, Maps::None];
        let all = run.spec.measures.iter().flat_map(|m| ways.map(|maps| (m.as_str(), maps)));
        let shown = |(measure, maps): &(&str, Maps)| {
            let rows = self.of(Quantity::MeanOverPairs, measure, *maps);
            rows.iter().any(|row| row.on.is_some())
        };
        all.filter(shown).collect()
    }

    /// Every single set.
    pub(super) fn sets(&self) -> BTreeSet<&'a OnSet> {
        // Sets are made by something; the stimuli of the store are not.
        self.rows
            .iter()
            .filter_map(|row| row.on.as_ref())
            .filter(|on| !on.shift.is_empty())
            .collect()
    }
}

/// One section along training where there are several checkpoints, and one a checkpoint.
pub(super) fn shift(study: &Shift, table: &Table, run: &Run) -> Vec<Section> {
    let rows: Vec<&SummaryRow> = table.rows.iter().filter_map(summary).collect();
    let times = checkpoints(table.cells(KIND));
    let several = times.len() > 1;
    let section = |&(checkpoint, _): &(&str, Checkpoint)| {
        let own = rows.iter().copied().filter(|row| row.checkpoint == checkpoint).collect();
        let found = Found { rows: own };
        let suffix = if several { format!("-{checkpoint}") } else { String::new() };
        let at = if several { format!(" at {checkpoint}") } else { String::new() };
        Section {
            anchor: format!("shift{suffix}"),
            title: format!("On shifted stimuli{at}"),
            lead: lead(study, &found),
            verdicts: verdicts(&found, run),
            figures: figures::figures(&found, run, &suffix),
        }
    };
    let along = several.then(|| along_training::section(study, table, run, &times));
    along.into_iter().chain(times.iter().map(section)).collect()
}

fn summary(row: &crate::Row) -> Option<&SummaryRow> {
    match row {
        crate::Row::Summary(row) if row.study == KIND => Some(row),
        _ => None,
    }
}

fn lead(study: &Shift, found: &Found<'_>) -> String {
    let sets: BTreeSet<&str> = found.sets().iter().map(|on| &*on.set).collect();
    let shifts: BTreeSet<&str> = found.sets().iter().map(|on| &*on.shift).collect();
    format!(
        "Do networks still agree on stimuli unlike those that they know? The same layer of independently trained networks on {} of shifted stimuli ({}), beside the stimuli of the store. Maps are refitted on the shifted stimuli (by cross-validation there), or applied as fitted in distribution: on unshifted stimuli, and evaluated on the shifted versions of the held-out ones. Measures that fit no map have one value a set (pooling `{}`).",
        words::count(sets.len(), "set"),
        words::count(shifts.len(), "shift"),
        study.selection.pooling
    )
}

/// A measure with the way its maps were fitted, as it stands in sentences.
pub(super) fn name(measure: &str, maps: Maps) -> String {
    match maps {
        Maps::None => format!("`{measure}`"),
        maps => format!("`{measure}`, maps {maps}"),
    }
}

fn verdicts(found: &Found<'_>, run: &Run) -> Vec<Verdict> {
    let kinds = found.kinds(run);
    let mut verdicts: Vec<Verdict> =
        kinds.iter().filter_map(|&(measure, maps)| by_depth(found, measure, maps)).collect();
    verdicts
        .extend(kinds.iter().filter_map(|&(measure, maps)| with_accuracy(found, measure, maps)));
    verdicts.extend(words::comparable(run).into_iter().filter_map(|m| ways_to_fit(found, m)));
    verdicts
}

/// Whether a value is above 0 for networks of the kind: its interval is.
fn above_zero(row: &SummaryRow) -> bool {
    row.estimate.interval.is_some_and(|[low, _]| low > 0.0)
}

/// Early layers stay, late ones diverge, the more the severer the shift.
fn by_depth(found: &Found<'_>, measure: &str, maps: Maps) -> Option<Verdict> {
    let slope = found.one(Quantity::DropWithDepth, measure, maps)?;
    let step = found.one(Quantity::DropWithDepthAndSeverity, measure, maps);
    let order = found.one(Quantity::DropWithDepthAndAccuracy, measure, maps);
    let tone = match (above_zero(slope), step.map(above_zero)) {
        (true, None | Some(true)) => Tone::Holds,
        (false, _) if slope.estimate.value <= 0.0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    let step = step.map_or_else(String::new, |step| {
        format!("; each step of severity adds {}", words::estimate(&step.estimate))
    });
    let order = order.map_or_else(String::new, |order| {
        format!(
            "; over sets that difference follows the loss of accuracy with ρ = {}",
            words::estimate(&order.estimate)
        )
    });
    let n_sets = slope.on.as_ref().map_or(0, |on| on.n_sets);
    let text = format!(
        "Late layers diverge under shift more than early ones by {}: the last layer loses {} more of its score than the first ({} of {} networks, mean over {}){step}{order}.",
        name(measure, maps),
        words::estimate(&slope.estimate),
        words::count(slope.n_pairs, "pair"),
        slope.n_networks,
        words::count(n_sets, "set"),
    );
    Some(Verdict { tone, text })
}

/// Whether layers lose most where networks lose most of their accuracy.
fn with_accuracy(found: &Found<'_>, measure: &str, maps: Maps) -> Option<Verdict> {
    let rows = found.of(Quantity::DropWithAccuracy, measure, maps);
    let by_value =
        |a: &&&SummaryRow, b: &&&SummaryRow| a.estimate.value.total_cmp(&b.estimate.value);
    let (low, high) = (rows.iter().min_by(by_value)?, rows.iter().max_by(by_value)?);
    let clear = rows.iter().filter(|row| above_zero(row)).count();
    let tone = match clear {
        n if n == rows.len() => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    let text = format!(
        "What a layer loses follows what the networks lose in accuracy in {clear} of {} by {}: over {}, Spearman's ρ is {} in `{}` and {} in `{}`.",
        words::count(rows.len(), "layer"),
        name(measure, maps),
        words::count(low.on.as_ref().map_or(0, |on| on.n_sets), "set"),
        words::estimate(&low.estimate),
        low.layer_x,
        words::estimate(&high.estimate),
        high.layer_x,
    );
    Some(Verdict { tone, text })
}

/// What refitting gives back at the greatest severity.
fn ways_to_fit(found: &Found<'_>, measure: &str) -> Option<Verdict> {
    let at_most = |maps| {
        let rows = found.of(Quantity::MeanOverShifts, measure, maps);
        let severity = rows.iter().filter_map(|row| Some(row.on.as_ref()?.severity)).max()?;
        let last = rows
            .into_iter()
            .filter(move |row| row.on.as_ref().is_some_and(|on| on.severity == severity));
        let values: Vec<f64> = last.map(|row| row.estimate.value).collect();
        Some((severity, values.iter().sum::<f64>() / values.len() as f64, values.len()))
    };
    let (severity, refitted, layers) = at_most(Maps::Refitted)?;
    let (_, as_fitted, _) = at_most(Maps::AsFitted)?;
    let text = format!(
        "At severity {severity} `{measure}` is {refitted:.2} with maps refitted and {as_fitted:.2} with maps as fitted in distribution (means over {}): what shifted stimuli still share is in part related otherwise.",
        words::count(layers, "layer"),
    );
    let text = if refitted > as_fitted {
        text
    } else {
        text.replace(": what shifted stimuli still share is in part related otherwise", "")
    };
    Some(Verdict { tone: Tone::Note, text })
}
