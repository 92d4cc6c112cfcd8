//! Nearly all alignment is there after the first epoch, long before accuracy saturates.

use consilience_study::Quantity;

use super::rows::{
    MAPS, Wording, above, but_for, exceptions, label, measured, named, number, of_kind, range,
    within,
};
use crate::{Claim, Measured, Results};

/// Share of the final score from which "nearly all" is said.
const NEARLY_ALL: f64 = 0.9;
/// Share of the final score that counts as the greater part of it.
const HALF: f64 = 0.5;

const AFTER_EPOCH_ONE: Wording = Wording {
    claim: "Nearly all of the final alignment is there at the end of the first epoch",
    paper: "nearly all within the first epoch; no number at hand",
    criterion: "at least 90 % of the final mean score in every layer, by every map",
};

const AHEAD: Wording = Wording {
    claim: "Alignment is there long before accuracy saturates",
    paper: "alignment saturates before accuracy; no number at hand",
    criterion: "after epoch 1 the share of the final alignment is above the share of the final accuracy in every layer, by every map, with its interval over networks",
};

const UNTRAINED: Wording = Wording {
    claim: "It comes from input statistics and architecture, not from the solution of the task",
    paper: "concluded from the early rise; no share of untrained networks at hand",
    criterion: "at least half of the final mean score is there before the first step in every layer, by every map",
};

const MISSING: &str =
    "a study `training` with checkpoints before the first step, after epoch 1 and at the end";

/// The numbers of a quantity of the study of training: every layer of every kind by every map.
fn numbers(results: &Results<'_>, quantity: Quantity) -> Vec<Measured> {
    let mut values = Vec::new();
    for pair in within(results.run) {
        for measure in MAPS {
            for row in of_kind(results.table, ("training", quantity), &pair, measure) {
                values.push(measured(format!("{}{}, {measure}", label(&pair), row.layer_x), row));
            }
        }
    }
    values
}

/// The share of what is above chance beside a share of the score: in words, and its numbers.
fn above_chance(results: &Results<'_>, quantity: Quantity) -> (String, Vec<Measured>) {
    let ends = numbers(results, Quantity::FinalExcess).len();
    let shares: Vec<Measured> = numbers(results, quantity)
        .into_iter()
        .map(|v| Measured { what: format!("{}, above chance", v.what), chance: Some(0.0), ..v })
        .collect();
    let here = match (ends, shares.len()) {
        (0, _) => "; no chance level was drawn".to_owned(),
        (_, 0) => "; nowhere is the final score clearly above chance".to_owned(),
        (_, n) => format!(
            "; of what is above chance (a rotated basis for permutation, shuffled stimuli otherwise) {} in the {n} of {ends} layers and maps whose final score is clearly above it",
            range(&shares)
        ),
    };
    (here, shares)
}

/// Where the share of the final alignment is not ahead of that of accuracy, and how much room accuracy leaves.
fn not_ahead(values: &[Measured], accuracy: &[Measured]) -> Option<String> {
    let short: Vec<&Measured> = values.iter().filter(|v| !above(v, 0.0)).collect();
    if short.is_empty() {
        return None;
    }
    let place = if 2 * short.len() > values.len() {
        format!("{} of {} layers and maps", short.len(), values.len())
    } else {
        named(&short)
    };
    let behind =
        short.iter().filter(|v| v.estimate.interval.is_some_and(|[_, high]| high < 0.0)).count();
    let undecided = short.len() - behind;
    let most = accuracy.iter().map(|a| a.estimate.value).reduce(f64::max);
    let room = most.map_or_else(String::new, |most| {
        format!(
            " Accuracy has up to {} of its own end after epoch 1: alignment that is complete there is ahead of it by no more than {}.",
            number(most),
            number(1.0 - most)
        )
    });
    Some(format!(
        "It is not ahead in {place}: behind by its interval in {behind}, undecided in {undecided}.{room}"
    ))
}

pub(super) fn after_epoch_one(results: &Results<'_>) -> Claim {
    let values = numbers(results, Quantity::ShareAfterEpochOne);
    let nearly = values.iter().filter(|v| v.estimate.value >= NEARLY_ALL).count();
    let (of_excess, excess) = above_chance(results, Quantity::ShareAboveChanceAfterEpochOne);
    let here = format!(
        "the share after epoch 1 is {}; at least {NEARLY_ALL} in {nearly} of {} layers and maps{of_excess}",
        range(&values),
        values.len()
    );
    let holds = nearly == values.len();
    let short = exceptions(&values, NEARLY_ALL);
    let values = [values, excess].concat();
    but_for(AFTER_EPOCH_ONE.judged(values, here, holds, MISSING), short)
}

pub(super) fn ahead_of_accuracy(results: &Results<'_>) -> Claim {
    let values = numbers(results, Quantity::ShareAheadOfAccuracy);
    let ahead = values.iter().filter(|v| above(v, 0.0)).count();
    let accuracy: Vec<Measured> = within(results.run)
        .iter()
        .flat_map(|pair| {
            let rows = of_kind(
                results.table,
                ("training", Quantity::AccuracyShareAfterEpochOne),
                pair,
                "",
            );
            let name = format!("{}accuracy", label(pair));
            rows.into_iter().map(move |row| {
                let over = format!("{} networks", row.n_networks);
                Measured { over, ..measured(name.clone(), row) }
            })
        })
        .collect();
    let (of_excess, excess) = above_chance(results, Quantity::ShareAboveChanceAfterEpochOne);
    let here = format!(
        "after epoch 1 the share of the final alignment less that of the final accuracy is {}; above 0 with its interval in {ahead} of {} layers and maps (share of the accuracy: {}){of_excess}",
        range(&values),
        values.len(),
        range(&accuracy)
    );
    let holds = ahead == values.len();
    let why = not_ahead(&values, &accuracy);
    let values = if values.is_empty() { values } else { [values, accuracy, excess].concat() };
    but_for(AHEAD.judged(values, here, holds, MISSING), why)
}

pub(super) fn untrained(results: &Results<'_>) -> Claim {
    let values = numbers(results, Quantity::ShareUntrained);
    let half = values.iter().filter(|v| v.estimate.value >= HALF).count();
    let (of_excess, excess) = above_chance(results, Quantity::ShareAboveChanceUntrained);
    let here = format!(
        "before the first step the share is {}; at least half in {half} of {} layers and maps{of_excess}",
        range(&values),
        values.len()
    );
    let holds = half == values.len();
    let short = exceptions(&values, HALF);
    let values = [values, excess].concat();
    but_for(UNTRAINED.judged(values, here, holds, MISSING), short)
}
