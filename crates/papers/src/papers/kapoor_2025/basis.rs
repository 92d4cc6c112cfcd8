//! Permutation scores are lower, but above chance: the basis is privileged.

use consilience_inference::Null;
use consilience_study::SummaryRow;

use super::rows::{MAPS, Wording, label, measured, number, same_layer, within};
use crate::{Claim, Measured, Results};

/// Significance level.
const LEVEL: f64 = 0.05;

const LOWER: Wording = Wording {
    claim: "One-to-one matchings of units align networks less than orthogonal maps",
    paper: "permutation scores are lower; no number at hand",
    criterion: "held out, the mean permutation score is below the mean Procrustes score in every layer",
};

const PRIVILEGED: Wording = Wording {
    claim: "Permutation scores are clearly above chance: networks share their axes, not only their subspaces",
    paper: "above chance in every layer; no number at hand",
    criterion: "in every layer the mean permutation score is above what a rotated basis and what shuffled stimuli give, p ≤ 0.05 among their draws and the interval over networks beyond their mean",
};

pub(super) fn lower(results: &Results<'_>) -> Claim {
    let mut values = Vec::new();
    let (mut lower, mut layers) = (0, 0);
    for pair in within(results.run) {
        let orthogonal = same_layer(results, "layers", &pair, MAPS[1]);
        for row in same_layer(results, "layers", &pair, MAPS[2]) {
            let Some(other) = orthogonal.iter().find(|o| o.layer_x == row.layer_x) else {
                continue;
            };
            layers += 1;
            lower += usize::from(row.estimate.value < other.estimate.value);
            let place = format!("{}{}", label(&pair), row.layer_x);
            values.push(measured(format!("{place}: procrustes"), other));
            values.push(measured(format!("{place}: permutation"), row));
        }
    }
    let here = format!("permutation is below Procrustes in {lower} of {layers} layers");
    let missing = "a study `layers` with procrustes and permutation";
    LOWER.judged(values, here, lower == layers, missing)
}

pub(super) fn privileged(results: &Results<'_>) -> Claim {
    let mut values = Vec::new();
    let mut failing: Vec<String> = Vec::new();
    let (mut layers, mut remarkable, mut beyond_shuffles) = (0, 0, 0);
    for pair in within(results.run) {
        for row in same_layer(results, "layers", &pair, MAPS[2]) {
            let levels = [Null::Rotation, Null::Shuffle].map(|null| level(row, null));
            let [Some(rotation), Some(shuffle)] = levels else { continue };
            layers += 1;
            let place = format!("{}{}", label(&pair), row.layer_x);
            remarkable += usize::from(rotation.remarkable && shuffle.remarkable);
            beyond_shuffles += usize::from(shuffle.remarkable && shuffle.clear);
            if ![&rotation, &shuffle].iter().all(|level| level.remarkable && level.clear) {
                let bound = f64::max(rotation.mean, shuffle.mean);
                failing.push(format!(
                    "{place} ({} against {})",
                    number(row.estimate.value),
                    number(bound)
                ));
            }
            let of = |what: &str, chance: f64| Measured {
                chance: Some(chance),
                ..measured(format!("{place}: permutation against {what}"), row)
            };
            values.push(of("a rotated basis", rotation.mean));
            values.push(of("shuffled stimuli", shuffle.mean));
        }
    }
    let clear = layers - failing.len();
    let but =
        if failing.is_empty() { String::new() } else { format!(", not in {}", failing.join(", ")) };
    let here = format!(
        "above both by their draws in {remarkable} of {layers} layers, and by the interval over networks too in {clear}{but}"
    );
    let missing = "a study `layers` with permutation and draws of both nulls";
    let claim = PRIVILEGED.judged(values, here, failing.is_empty(), missing);
    if layers > 0 && remarkable == layers && clear < layers {
        let why =
            "The draws say so in every layer; intervals over so few networks are too wide to.";
        return claim.because(why);
    }
    if clear < layers && beyond_shuffles == layers {
        let why = "Every layer is above shuffled stimuli: where the claim fails a rotated basis does as well, so that networks share a space there, and no axes that so few networks could show.";
        return claim.because(why);
    }
    claim
}

/// Where a row stands against a null.
struct Level {
    mean: f64,
    /// Among the draws.
    remarkable: bool,
    /// The interval over networks is beyond the mean of the draws.
    clear: bool,
}

fn level(row: &SummaryRow, null: Null) -> Option<Level> {
    let chance = row.chance.iter().find(|c| c.null == null)?;
    let clear = row.estimate.interval.is_some_and(|[low, _]| low > chance.mean);
    Some(Level { mean: chance.mean, remarkable: chance.p_value <= LEVEL, clear })
}
