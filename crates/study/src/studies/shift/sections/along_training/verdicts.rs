//! Whether drops grow from the first checkpoint to the last, in words.

use super::Along;
use crate::studies::shift::sections::name;
use crate::studies::words;
use crate::{Maps, Quantity, Run, SummaryRow, Tone, Verdict};

pub(super) fn verdicts(along: &Along<'_>, run: &Run) -> Vec<Verdict> {
    let kinds = along.found.kinds(run);
    let interactions = kinds.iter().filter_map(|&kind| interaction(along, kind));
    interactions.chain(kinds.iter().filter_map(|&kind| by_layer(along, kind))).collect()
}

/// Which way something goes along training, by the interval of its change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Grows,
    Shrinks,
    NotClear,
    /// There is no interval.
    Unknown,
}

impl Change {
    fn of(row: &SummaryRow) -> Self {
        match row.estimate.interval {
            Some([low, _]) if low > 0.0 => Self::Grows,
            Some([_, high]) if high < 0.0 => Self::Shrinks,
            Some(_) => Self::NotClear,
            None => Self::Unknown,
        }
    }
}

/// A value and its interval with three digits: slopes are small.
fn precise(row: &SummaryRow) -> String {
    let [low, high] = row.estimate.interval.unwrap_or([row.estimate.value; 2]);
    let [value, low, high] = [row.estimate.value, low, high].map(words::number);
    if row.estimate.interval.is_some() { format!("{value} [{low}, {high}]") } else { value }
}

/// Whether late layers come to diverge more with every step of severity.
fn interaction(along: &Along<'_>, (measure, maps): (&str, Maps)) -> Option<Verdict> {
    let [first, last] = along.ends();
    let at = |checkpoint| along.at(Quantity::DropWithDepthAndSeverity, (measure, maps), checkpoint);
    let (early, late) = (at(first)?, at(last)?);
    let all = along.of(Quantity::DropWithDepthAndSeverityAlongTraining, measure, maps);
    let name = name(measure, maps);
    let Some(change) = all.first() else {
        return Some(Verdict {
            tone: Tone::Note,
            text: format!(
                "Whether the interaction of depth and severity grows along training by {name} cannot be said: layers, pairs of networks or sets are not the same at {first} and {last}."
            ),
        });
    };
    let (tone, answer) = match Change::of(change) {
        Change::Grows => (Tone::Holds, ""),
        Change::Shrinks => (Tone::Fails, "; it shrinks"),
        Change::NotClear => (Tone::Mixed, "; which way it goes is not clear: the interval holds 0"),
        Change::Unknown => {
            (Tone::Note, "; an interval over networks takes three, so nothing more can be said")
        }
    };
    let text = format!(
        "The interaction of depth and severity grows along training by {name}: a step of severity adds {} to what the last layer loses more than the first at {first}, {} at {last}; the change is {} ({} of {} networks, {}){answer}.",
        precise(early),
        precise(late),
        precise(change),
        words::count(change.n_pairs, "pair"),
        change.n_networks,
        words::count(change.on.as_ref().map_or(0, |on| on.n_sets), "set"),
    );
    Some(Verdict { tone, text })
}

/// In how many layers the mean drop grows.
fn by_layer(along: &Along<'_>, (measure, maps): (&str, Maps)) -> Option<Verdict> {
    let [first, last] = along.ends();
    let rows = along.of(Quantity::MeanDropAlongTraining, measure, maps);
    let by_value =
        |a: &&&SummaryRow, b: &&&SummaryRow| a.estimate.value.total_cmp(&b.estimate.value);
    let (low, high) = (rows.iter().min_by(by_value)?, rows.iter().max_by(by_value)?);
    let so_many = |change| rows.iter().filter(|row| Change::of(row) == change).count();
    let (grow, shrink) = (so_many(Change::Grows), so_many(Change::Shrinks));
    let (unknown, n) = (so_many(Change::Unknown), rows.len());
    let tone = match (grow, shrink) {
        _ if unknown == n => Tone::Note,
        (grow, _) if grow == n => Tone::Holds,
        (0, 1..) => Tone::Fails,
        _ => Tone::Mixed,
    };
    let counted = if unknown == n {
        ": in how many cannot be said without intervals, which take three networks".to_owned()
    } else {
        let (layers, rest) = (words::count(n, "layer"), n - grow - shrink);
        format!(" in {grow} of {layers}, less in {shrink}, and not clearly either in {rest}")
    };
    let loss = |checkpoint| along.at(Quantity::LossOfAccuracy, (measure, maps), checkpoint);
    let accuracy = match (loss(first), loss(last)) {
        (Some(early), Some(late)) => format!(
            "; the loss of accuracy goes from {} to {}",
            words::estimate(&early.estimate),
            words::estimate(&late.estimate)
        ),
        _ => String::new(),
    };
    let text = format!(
        "Layers lose more under shift at {last} than at {first}{counted}, by {}: over {}, the mean drop changes by {} in `{}` and {} in `{}`{accuracy}.",
        name(measure, maps),
        words::count(high.on.as_ref().map_or(0, |on| on.n_sets), "set"),
        precise(low),
        low.layer_x,
        precise(high),
        high.layer_x,
    );
    Some(Verdict { tone, text })
}
