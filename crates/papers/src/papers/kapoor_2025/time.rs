//! Nearly all alignment is there after the first epoch, long before accuracy saturates.

use consilience_study::Quantity;

use super::rows::{
    MAPS, Wording, above, but_for, exceptions, label, measured, of_kind, range, within,
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

pub(super) fn after_epoch_one(results: &Results<'_>) -> Claim {
    let values = numbers(results, Quantity::ShareAfterEpochOne);
    let nearly = values.iter().filter(|v| v.estimate.value >= NEARLY_ALL).count();
    let here = format!(
        "the share after epoch 1 is {}; at least {NEARLY_ALL} in {nearly} of {} layers and maps",
        range(&values),
        values.len()
    );
    let holds = nearly == values.len();
    let short = exceptions(&values, NEARLY_ALL);
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
    let here = format!(
        "after epoch 1 the share of the final alignment less that of the final accuracy is {}; above 0 with its interval in {ahead} of {} layers and maps (share of the accuracy: {})",
        range(&values),
        values.len(),
        range(&accuracy)
    );
    let holds = ahead == values.len();
    let values = if values.is_empty() { values } else { [values, accuracy].concat() };
    AHEAD.judged(values, here, holds, MISSING)
}

pub(super) fn untrained(results: &Results<'_>) -> Claim {
    let values = numbers(results, Quantity::ShareUntrained);
    let half = values.iter().filter(|v| v.estimate.value >= HALF).count();
    let here = format!(
        "before the first step the share is {}; at least half in {half} of {} layers and maps",
        range(&values),
        values.len()
    );
    let holds = half == values.len();
    let short = exceptions(&values, HALF);
    but_for(UNTRAINED.judged(values, here, holds, MISSING), short)
}
