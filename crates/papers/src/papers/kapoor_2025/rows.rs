//! Rows of a study as the numbers of a claim.

use consilience_study::{GroupPair, Quantity, Run, SummaryRow, Table};

use crate::{Claim, Judgement, Measured, Results};

/// The maps that the paper compares, from the most flexible to the least.
pub(super) const MAPS: [&str; 3] = ["ridge", "procrustes", "permutation"];

/// What a claim says, and by what it is judged.
pub(super) struct Wording {
    pub(super) claim: &'static str,
    pub(super) paper: &'static str,
    pub(super) criterion: &'static str,
}

impl Wording {
    /// The claim, judged; `missing` where there is nothing to judge it by.
    pub(super) fn judged(
        &self,
        values: Vec<Measured>,
        here: String,
        holds: bool,
        missing: &str,
    ) -> Claim {
        if values.is_empty() {
            let here = "the results hold no such rows".to_owned();
            return Claim::untested(self.claim, self.paper, here, missing);
        }
        Claim::tested(self.claim, self.paper, here, self.criterion, holds).from_values(values)
    }
}

/// The claim with its exceptions as the reason, if it was not reproduced and there are some.
pub(super) fn but_for(claim: Claim, exceptions: Option<String>) -> Claim {
    match exceptions {
        Some(why) if claim.judgement == Judgement::NotReproduced => claim.because(&why),
        _ => claim,
    }
}

/// Pairs of networks of one kind: every group with itself, or all networks where there are no groups.
pub(super) fn within(run: &Run) -> Vec<GroupPair> {
    let same = |pair: &GroupPair| pair.as_ref().is_none_or(|[a, b]| a == b);
    run.spec.groups.pairs().into_iter().filter(same).collect()
}

/// The name of the group of such pairs, and a space behind it; nothing where there are no groups.
pub(super) fn label(pair: &GroupPair) -> String {
    pair.as_ref().map_or_else(String::new, |[a, _]| format!("{a} "))
}

/// The means over pairs of the same layer of networks of one kind, in distribution, by one measure; the first layer first.
pub(super) fn same_layer<'a>(
    results: &Results<'a>,
    study: &'a str,
    pair: &GroupPair,
    measure: &str,
) -> Vec<&'a SummaryRow> {
    let is = |row: &&SummaryRow| {
        row.measure == measure
            && row.groups == *pair
            && row.layer_x == row.layer_y
            && row.on.is_none()
            && row.pooling != Some(consilience_data::Pooling::PositionsAsStimuli)
    };
    results.table.summaries(study, Quantity::MeanOverPairs).filter(is).collect()
}

/// The rows of a quantity of networks of one kind by one measure.
pub(super) fn of_kind<'a>(
    table: &'a Table,
    (study, quantity): (&'a str, Quantity),
    pair: &GroupPair,
    measure: &str,
) -> Vec<&'a SummaryRow> {
    let is = |row: &&SummaryRow| row.measure == measure && row.groups == *pair;
    table.summaries(study, quantity).filter(is).collect()
}

/// A row as a number of a claim.
pub(super) fn measured(what: String, row: &SummaryRow) -> Measured {
    Measured { what, estimate: row.estimate.clone(), over: over(row), chance: None }
}

/// What a row is a mean over.
pub(super) fn over(row: &SummaryRow) -> String {
    let sets = row.on.as_ref().filter(|on| on.n_sets > 1);
    let sets = sets.map_or_else(String::new, |on| format!(", {} sets", on.n_sets));
    format!("{} pairs of {} networks{sets}", row.n_pairs, row.n_networks)
}

/// Whether the interval of a value lies above a bound; a value without one does not.
pub(super) fn above(value: &Measured, bound: f64) -> bool {
    value.estimate.interval.is_some_and(|[low, _]| low > bound)
}

/// Of a claim that asks for a bound everywhere, where values fall short of it, and whether their intervals do; nothing where
/// most do, as then there is no exception to name.
pub(super) fn exceptions(values: &[Measured], bound: f64) -> Option<String> {
    let short: Vec<&Measured> = values.iter().filter(|v| v.estimate.value < bound).collect();
    if short.is_empty() || 2 * short.len() > values.len() {
        return None;
    }
    let within =
        short.iter().filter(|v| v.estimate.interval.is_some_and(|[_, high]| high >= bound));
    let undecided = match within.count() {
        0 => "no interval over networks reaches the bound there".to_owned(),
        all if all == short.len() => {
            "intervals over networks reach the bound there: so few networks do not decide it"
                .to_owned()
        }
        some => format!("intervals over networks reach the bound in {some} of these"),
    };
    Some(format!("It falls short only in {}; {undecided}.", named(&short)))
}

/// Values with what they are of and their intervals: `cnn conv1 (0.88, 0.60 to 1.07)`.
pub(super) fn named(values: &[&Measured]) -> String {
    let text = |v: &&Measured| {
        let value = number(v.estimate.value);
        let interval = v.estimate.interval.map_or_else(String::new, |[low, high]| {
            format!(", {} to {}", number(low), number(high))
        });
        format!("{} ({value}{interval})", v.what)
    };
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Least and largest of some values, with what they are of: `0.87 (cnn conv3) to 0.98 (cnn conv1)`.
pub(super) fn range(values: &[Measured]) -> String {
    let by_value = |a: &&Measured, b: &&Measured| a.estimate.value.total_cmp(&b.estimate.value);
    let text = |m: &Measured| format!("{} ({})", number(m.estimate.value), m.what);
    match (values.iter().min_by(by_value), values.iter().max_by(by_value)) {
        (Some(low), Some(high)) => format!("{} to {}", text(low), text(high)),
        _ => "nothing".to_owned(),
    }
}

/// A number with two digits and a minus that is one.
pub(super) fn number(value: f64) -> String {
    format!("{value:.2}").replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use consilience_inference::Estimate;

    use super::*;

    fn value(what: &str, value: f64, interval: [f64; 2]) -> Measured {
        let estimate = Estimate { interval: Some(interval), ..Estimate::bare(value) };
        Measured { what: what.into(), estimate, over: String::new(), chance: None }
    }

    #[test]
    fn exceptions_are_named_with_what_their_intervals_say() {
        let values = [
            value("conv1", 0.95, [0.93, 0.97]),
            value("conv2", 0.88, [0.84, 0.93]),
            value("fc1", 0.99, [0.98, 1.0]),
            value("fc2", 0.7, [0.65, 0.75]),
        ];
        let said = |values: &[Measured]| exceptions(values, 0.9);
        assert_eq!(said(&values[..1]), None);
        assert_eq!(said(&values[1..2]), None, "no exception where nothing holds");
        let one = said(&values[..3]).expect("conv2");
        assert!(one.starts_with("It falls short only in conv2 (0.88, 0.84 to 0.93); intervals"));
        assert!(one.ends_with("so few networks do not decide it."), "{one}");
        let clear = said(&values[2..]).expect("fc2");
        assert!(clear.contains("no interval over networks reaches the bound"), "{clear}");
        let both = said(&values).expect("two");
        assert!(both.contains("conv2") && both.ends_with("in 1 of these."), "{both}");
    }
}
