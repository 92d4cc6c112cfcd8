//! Mutual information in place of correlation.

use consilience_units::Findings;

use super::layers::{Layer, Wording, each};
use crate::{Claim, Measured};

const AGREES: Wording = Wording {
    claim: "Mutual information finds the partners that correlation finds, for most of the best pairs",
    paper: "conv1: 7 of the 8 best pairs are unchanged; conv2 qualitatively the same",
    criterion: "in the first two convolutional layers at least 6 of the 8 best pairs are the same, on average over pairs of networks",
};

/// Of eight.
fn same(findings: &Findings) -> Option<f64> {
    let found = findings.information.found()?;
    (found.best_eight > 0).then(|| 8.0 * found.best_eight_same as f64 / found.best_eight as f64)
}

pub(super) fn agrees(layers: &[Layer<'_>]) -> Claim {
    let first: Vec<&Layer<'_>> = layers.iter().filter(|l| l.is_convolutional()).take(2).collect();
    let values: Vec<Measured> =
        first.iter().filter_map(|l| l.measured("the same of the best eight", same, None)).collect();
    let holds = values.iter().all(|value| value.estimate.value >= 6.0);
    let all = |findings: &Findings| Some(findings.information.found()?.same_partner_x);
    let text = |layer: &Layer<'_>| {
        let (eight, all) = (layer.value(same)?, 100.0 * layer.value(all)?);
        Some(format!("{eight:.1} of 8, and {all:.0} % of all units"))
    };
    let every: Vec<&Layer<'_>> = layers.iter().collect();
    AGREES.judged(values, format!("the same partner: {}", each(&every, text)), holds)
}
