//! One-to-one and semi-matching over the layers.

use consilience_units::{Findings, MatchKind};

use super::layers::{Layer, Wording, each, line, matching};
use crate::{Claim, Measured};

/// Best and worst units whose mean is compared.
const EIGHT: usize = 8;

const CONVERGE: Wording = Wording {
    claim: "Some features are learned reliably by several networks, others are not",
    paper: "conv1: best eight semi-matching correlations 0.95 to 1.00, worst 0.18 to 0.40; conv2 0.85 to 0.92 and 0.24 to 0.32; conv3 0.79 to 0.90 and 0.20 to 0.27; conv4 0.58 to 0.67 and 0.21 to 0.24",
    criterion: "in every convolutional layer the best eight units of the semi-matching lie above what the best of a rotated copy reach on average, and the worst eight below half of the variance (r < 0.71)",
};

const BELOW: Wording = Wording {
    claim: "The one-to-one matching falls below the semi-matching, by little for the best units: some units want the same partner",
    paper: "mean r of the semi-matching and of the matching: conv1 0.703 and 0.663, conv2 0.556 and 0.507, conv3 0.478 and 0.446, conv4 0.369 and 0.342, conv5 0.416 and 0.385 (ratios 0.91 to 0.94); 58 to 73 % of the units have the same partner in both",
    criterion: "in every convolutional layer the mean of the matching is below that of the semi-matching, and 50 % to 95 % of the units have the same partner in both",
};

const DEPTH: Wording = Wording {
    claim: "Mean correlation falls with depth, and rises again at the last convolutional layer",
    paper: "semi-matching 0.703, 0.556, 0.478, 0.369 from conv1 to conv4, then 0.416 at conv5; matching 0.663, 0.507, 0.446, 0.342, then 0.385",
    criterion: "the mean of the matching falls from layer to layer and rises at the last convolutional one",
};

fn convolutional<'a, 'b>(layers: &'b [Layer<'a>]) -> Vec<&'b Layer<'a>> {
    layers.iter().filter(|layer| layer.is_convolutional()).collect()
}

fn mean_of(kind: MatchKind) -> impl Fn(&Findings) -> Option<f64> {
    move |findings| Some(line(findings, kind)?.mean)
}

fn rotated(layer: &Layer<'_>, kind: MatchKind) -> Option<f64> {
    layer.value(|findings| {
        let draws = &line(findings, kind)?.rotated;
        (!draws.is_empty()).then(|| draws.iter().sum::<f64>() / draws.len() as f64)
    })
}

/// Mean of the first or of the last eight correlations of the semi-matching of x.
fn extreme(findings: &Findings, best: bool) -> Option<f64> {
    let sorted = &line(findings, MatchKind::SemiX)?.sorted;
    let n = EIGHT.min(sorted.len() / 2);
    let chosen = if best { &sorted[..n] } else { &sorted[sorted.len() - n..] };
    (n > 0).then(|| chosen.iter().map(|&r| f64::from(r)).sum::<f64>() / n as f64)
}

pub(super) fn some_converge(layers: &[Layer<'_>]) -> Claim {
    let layers = convolutional(layers);
    let mut values: Vec<Measured> = Vec::new();
    let mut holds = true;
    for layer in &layers {
        let chance = rotated(layer, MatchKind::SemiX);
        values.extend(layer.measured("best eight r", |f| extreme(f, true), chance));
        values.extend(layer.measured("worst eight r", |f| extreme(f, false), chance));
        let [best, worst] = [true, false].map(|best| layer.value(|f| extreme(f, best)));
        holds &= best.zip(chance).is_some_and(|(best, chance)| best > chance);
        holds &= worst.is_some_and(|worst| worst < 0.5_f64.sqrt());
    }
    let span = |layer: &Layer<'_>| {
        let [best, worst] = [true, false].map(|best| layer.value(|f| extreme(f, best)));
        Some(format!("{:.2} and {:.2}", best?, worst?))
    };
    let here = format!(
        "mean of the best and of the worst eight (of half the units, if there are fewer than 16): {}",
        each(&layers, span)
    );
    CONVERGE.judged(values, here, holds)
}

pub(super) fn below_semi_matching(layers: &[Layer<'_>]) -> Claim {
    let layers = convolutional(layers);
    let same = |findings: &Findings| Some(matching(findings)?.agreement_x.same_partner);
    let mut values: Vec<Measured> = Vec::new();
    let mut holds = true;
    for layer in &layers {
        for (what, kind) in [("semi-matching", MatchKind::SemiX), ("matching", MatchKind::OneToOne)]
        {
            values.extend(layer.measured(what, mean_of(kind), rotated(layer, kind)));
        }
        values.extend(layer.measured("same partner", same, None));
        let semi = layer.value(mean_of(MatchKind::SemiX));
        let matched = layer.value(mean_of(MatchKind::OneToOne));
        holds &= semi.zip(matched).is_some_and(|(semi, matched)| matched < semi);
        holds &= layer.value(same).is_some_and(|share| (0.5..=0.95).contains(&share));
    }
    let text = |layer: &Layer<'_>| {
        let semi = layer.value(mean_of(MatchKind::SemiX))?;
        let matched = layer.value(mean_of(MatchKind::OneToOne))?;
        let share = 100.0 * layer.value(same)?;
        Some(format!(
            "{semi:.3} and {matched:.3} (ratio {:.2}; {share:.0} % the same)",
            matched / semi
        ))
    };
    let here = format!("semi-matching and matching: {}", each(&layers, text));
    BELOW.judged(values, here, holds)
}

pub(super) fn over_depth(layers: &[Layer<'_>]) -> Claim {
    let layers = convolutional(layers);
    let kind = MatchKind::OneToOne;
    let values: Vec<Measured> = layers
        .iter()
        .filter_map(|layer| layer.measured("matching", mean_of(kind), rotated(layer, kind)))
        .collect();
    let means: Vec<f64> = values.iter().map(|value| value.estimate.value).collect();
    let text = |layer: &Layer<'_>| Some(format!("{:.3}", layer.value(mean_of(kind))?));
    let here = format!("matching: {}", each(&layers, text));
    if means.len() < 3 {
        let missing = "at least three convolutional layers with units that vary";
        return Claim::untested(DEPTH.claim, DEPTH.paper, here, missing);
    }
    let (last, before) = (means[means.len() - 1], &means[..means.len() - 1]);
    let falls = before.windows(2).all(|w| w[1] < w[0]);
    let rises = before.last().is_some_and(|deepest| last > *deepest);
    DEPTH.judged(values, here, falls && rises)
}
