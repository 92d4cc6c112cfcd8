//! Early layers stay aligned on shifted stimuli, deeper ones diverge in proportion to the shift.

use consilience_study::{GroupPair, Maps, Quantity, SummaryRow};

use super::rows::{MAPS, Wording, above, label, measured, of_kind, range, same_layer, within};
use crate::{Claim, Measured, Results};

/// Relative drop up to which a layer stays aligned.
const STAYS: f64 = 0.1;

const STAY: Wording = Wording {
    claim: "Early layers stay aligned on out-of-distribution stimuli",
    paper: "early layers remain aligned; no number at hand",
    criterion: "at the greatest severity, mean over shifts, the first layer loses at most 10 % of its score by every map (refitted)",
};

const DIVERGE: Wording = Wording {
    claim: "Deeper layers diverge, the more the stronger the shift",
    paper: "deeper layers diverge in proportion to the shift; no number at hand",
    criterion: "by every map (refitted) the relative drop grows with proportional depth, and its slope over depth with severity: both above 0 with their intervals over networks",
};

const PROPORTION: Wording = Wording {
    claim: "The divergence of deeper layers goes with the networks' loss of accuracy",
    paper: "in proportion to the degree of shift; no number at hand",
    criterion: "by every map (refitted) Spearman's correlation, over sets, of the drop of the last layer with the loss of accuracy is above 0 with its interval over networks",
};

const MISSING: &str = "a study `shift` with shifts of at least two severities";

/// Rows of a quantity of networks of one kind by one measure with maps refitted, as on the paper's sets.
fn refitted<'a>(
    results: &Results<'a>,
    quantity: Quantity,
    pair: &GroupPair,
    measure: &str,
) -> Vec<&'a SummaryRow> {
    let mut rows = of_kind(results.table, ("shift", quantity), pair, measure);
    rows.retain(|row| row.on.as_ref().is_some_and(|on| on.maps == Maps::Refitted));
    rows
}

pub(super) fn early_layers_stay(results: &Results<'_>) -> Claim {
    let mut values = Vec::new();
    let mut drops = Vec::new();
    for pair in within(results.run) {
        for measure in MAPS {
            let means = refitted(results, Quantity::MeanOverShifts, &pair, measure);
            let base = same_layer(results, "shift", &pair, measure);
            let severity = |row: &SummaryRow| row.on.as_ref().map_or(0, |on| on.severity);
            let Some(most) = means.iter().map(|row| severity(row)).max() else { continue };
            for (place, of) in [("first", base.first()), ("last", base.last())] {
                let Some(base) = of else { continue };
                let there = means.iter().find(|r| r.layer_x == base.layer_x && severity(r) == most);
                let Some(there) = there else { continue };
                let what = format!("{}{}, {measure}", label(&pair), base.layer_x);
                values.push(measured(format!("{what}: in distribution"), base));
                values.push(measured(format!("{what}: severity {most}"), there));
                let drop = 1.0 - there.estimate.value / base.estimate.value;
                drops.push((place, what, drop));
            }
        }
    }
    let of = |place: &str| -> Vec<&(&str, String, f64)> {
        drops.iter().filter(|d| d.0 == place).collect()
    };
    let worst = |of: &[&(&str, String, f64)]| {
        let most = of.iter().max_by(|a, b| a.2.total_cmp(&b.2));
        most.map_or_else(String::new, |d| format!("{:.0} % ({})", 100.0 * d.2, d.1))
    };
    let first = of("first");
    let stays = first.iter().filter(|d| d.2 <= STAYS).count();
    let here = format!(
        "at the greatest severity the first layer loses at most {}, the last at most {}; the first stays within 10 % by {stays} of {} maps and architectures",
        worst(&first),
        worst(&of("last")),
        first.len()
    );
    let holds = stays == first.len();
    STAY.judged(values, here, holds, MISSING)
}

/// The numbers of some quantities over all layers.
fn over_depth(results: &Results<'_>, quantities: &[(Quantity, &str)]) -> Vec<Vec<Measured>> {
    let of = |&(quantity, name): &(Quantity, &str)| {
        let mut values = Vec::new();
        for pair in within(results.run) {
            for measure in MAPS {
                for row in refitted(results, quantity, &pair, measure) {
                    values.push(measured(format!("{}{measure}: {name}", label(&pair)), row));
                }
            }
        }
        values
    };
    quantities.iter().map(of).collect()
}

pub(super) fn late_layers_diverge(results: &Results<'_>) -> Claim {
    let quantities = [
        (Quantity::DropWithDepth, "drop of the last less the first layer"),
        (Quantity::DropWithDepthAndSeverity, "the same for a step of severity"),
    ];
    let found = over_depth(results, &quantities);
    let values = found.concat();
    let clear = values.iter().filter(|v| above(v, 0.0)).count();
    let here = format!(
        "the last layer loses {} more of its score than the first, and {} more with each step of severity; above 0 with their intervals in {clear} of {} cases",
        range(&found[0]),
        range(&found[1]),
        values.len()
    );
    let holds = clear == values.len();
    DIVERGE.judged(values, here, holds, MISSING)
}

pub(super) fn in_proportion(results: &Results<'_>) -> Claim {
    let mut values = Vec::new();
    for pair in within(results.run) {
        for measure in MAPS {
            let rows = refitted(results, Quantity::DropWithAccuracy, &pair, measure);
            if let Some(row) = rows.last() {
                values.push(measured(format!("{}{}, {measure}", label(&pair), row.layer_x), row));
            }
        }
    }
    let clear = values.iter().filter(|v| above(v, 0.0)).count();
    let here = format!(
        "ρ in the last layer is {}; above 0 with its interval in {clear} of {} maps and architectures",
        range(&values),
        values.len()
    );
    let holds = clear == values.len();
    PROPORTION.judged(values, here, holds, MISSING)
}
