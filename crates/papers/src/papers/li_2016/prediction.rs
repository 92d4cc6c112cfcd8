//! Sparse prediction against its controls.

use consilience_units::{Findings, Prediction};

use super::layers::{Layer, Wording, each};
use crate::{Claim, Measured};

const FEW: Wording = Wording {
    claim: "In the early layers a unit is predicted by few units of another network",
    paper: "conv1: loss 0.167 without a penalty (95 of 96 connections), 0.168 with 18 connections, 0.232 with 4.5; conv2: loss 0.312 at its minimum with 91 to 144 of 256 connections, 0.387 with 9. From conv3 on the loss is high even without a penalty",
    criterion: "in the first two convolutional layers the penalty that is chosen on held-out images keeps the loss within 0.02 of its minimum and takes at most half of the connections",
};

const BETWEEN: Wording = Wording {
    claim: "Codes are a mixture of local and slightly distributed ones, not fully distributed",
    paper: "argued from the number of connections; the paper has no rotated control",
    criterion: "in the first two convolutional layers the unexplained fraction along the penalties lies above that of a permuted copy, and nearer to a copy rotated in blocks of four units than to one rotated as a whole",
};

/// How far a loss may be above the least.
const WITHIN: f64 = 0.02;

fn early<'a, 'b>(layers: &'b [Layer<'a>]) -> Vec<&'b Layer<'a>> {
    layers.iter().filter(|layer| layer.is_convolutional()).take(2).collect()
}

fn prediction(findings: &Findings) -> Option<&Prediction> {
    findings.y_from_x.found()
}

/// Half of the held-out unexplained fraction at the least, and at the chosen penalty.
fn losses(found: &Prediction) -> Option<[f64; 2]> {
    let at = |k: usize| Some(found.curve.points.get(k)?.held_out? / 2.0);
    Some([at(found.best)?, at(found.chosen)?])
}

fn connections(found: &Prediction) -> Option<f64> {
    Some(found.curve.points.get(found.chosen)?.connections)
}

pub(super) fn few_units(layers: &[Layer<'_>]) -> Claim {
    let first = early(layers);
    let mut values: Vec<Measured> = Vec::new();
    let mut holds = true;
    let loss = |k: usize| move |f: &Findings| Some(losses(prediction(f)?)?[k]);
    let taken = |f: &Findings| connections(prediction(f)?);
    let share = |f: &Findings| Some(connections(prediction(f)?)? / prediction(f)?.sources as f64);
    for layer in &first {
        values.extend(layer.measured("least held-out loss", loss(0), None));
        values.extend(layer.measured("held-out loss at the chosen penalty", loss(1), None));
        values.extend(layer.measured("connections at the chosen penalty", taken, None));
        let [least, chosen] = [0, 1].map(|k| layer.value(loss(k)));
        holds &= least.zip(chosen).is_some_and(|(least, chosen)| chosen <= least + WITHIN);
        holds &= layer.value(share).is_some_and(|share| share <= 0.5);
    }
    let text = |layer: &Layer<'_>| {
        let (least, chosen) = (layer.value(loss(0))?, layer.value(loss(1))?);
        let sources = layer.value(|f| Some(prediction(f)?.sources as f64))?;
        let taken = layer.value(taken)?;
        Some(format!("{least:.3} and {chosen:.3} with {taken:.1} of {sources:.0} connections"))
    };
    let every: Vec<&Layer<'_>> = layers.iter().collect();
    let here =
        format!("held-out loss at its minimum and at the chosen penalty: {}", each(&every, text));
    let claim = FEW.judged(values, here, holds);
    let taken = first.iter().filter_map(|layer| layer.value(share)).fold(0.0, f64::max);
    if taken <= 0.5 {
        return claim;
    }
    let enough = |layer: &Layer<'_>| {
        let sources = layer.value(|f| Some(prediction(f)?.sources as f64))?;
        Some(format!("{:.1} of {sources:.0}", layer.value(|f| enough(prediction(f)?))?))
    };
    claim.because(&format!(
        "The penalty is the largest within a standard error of the best; over so many rows that error is so small that next to no connection is given up. A held-out loss within {WITHIN} of the least takes {}.",
        each(&first, enough)
    ))
}

/// Fewest connections along the penalties whose held-out loss is within 0.02 of the least.
fn enough(found: &Prediction) -> Option<f64> {
    let [least, _] = losses(found)?;
    let near =
        found.curve.points.iter().filter(|p| p.held_out.is_some_and(|h| h / 2.0 <= least + WITHIN));
    near.map(|p| p.connections).reduce(f64::min)
}

pub(super) fn between_local_and_distributed(layers: &[Layer<'_>]) -> Claim {
    let first = early(layers);
    let place = |f: &Findings| prediction(f)?.calibration.distributedness;
    let blocks = |f: &Findings| prediction(f)?.calibration.block_rotated;
    let mut values: Vec<Measured> = Vec::new();
    let mut holds = true;
    for layer in &first {
        values.extend(layer.measured("place of the layer", place, None));
        values.extend(layer.measured("place of the copy rotated in blocks", blocks, None));
        let (own, block) = (layer.value(place), layer.value(blocks));
        holds &= own
            .zip(block)
            .is_some_and(|(own, block)| own > 0.0 && (own - block).abs() < (1.0 - own).abs());
    }
    let text = |layer: &Layer<'_>| {
        Some(format!("{:.2} (blocks {:.2})", layer.value(place)?, layer.value(blocks)?))
    };
    let every: Vec<&Layer<'_>> = layers.iter().collect();
    let here =
        format!("place between a permuted copy (0) and a rotated copy (1): {}", each(&every, text));
    BETWEEN.judged(values, here, holds)
}
