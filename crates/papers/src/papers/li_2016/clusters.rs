//! Clusters of units of several networks, and the spaces they span.

use consilience_units::{Clusters, Findings};

use super::layers::{Layer, Wording, each};
use crate::{Claim, Measured};

const SHARED: Wording = Wording {
    claim: "Groups of units span low-dimensional spaces that networks share, although their bases differ",
    paper: "shown by trees of spectral clusters for conv1 and conv2; threshold, number of clusters and any number were not found",
    criterion: "in the first two convolutional layers, with a cluster for every five units, units correlate with the members of the other network in their cluster more (mean over pairs) than in every draw of clusters whose correspondence is broken, and the largest canonical correlation of a cluster is above that with as many random units of the other network. An earlier criterion, more units in clusters of both networks, could not tell: with the few clusters that the largest gap finds all units are, either way; purity does not tell planted groups in common from such without correspondence",
};

/// Mean correlation of units with the members of the other network in their cluster.
fn correlation(findings: &Findings) -> Option<f64> {
    let cut = &findings.clusters.found()?.cut;
    (!cut.null_shared_correlation.is_empty()).then_some(cut.shared_correlation)
}

/// The mean over pairs of each draw in which the correspondence is broken.
fn broken(layer: &Layer<'_>) -> Vec<f64> {
    let of_draw = |draw: usize| {
        layer.value(|f| f.clusters.found()?.cut.null_shared_correlation.get(draw).copied())
    };
    (0..).map_while(of_draw).collect()
}

/// Mean over the clusters of both networks of the largest canonical correlation, or of its chance level.
fn cosine(findings: &Findings, chance: bool) -> Option<f64> {
    let found = findings.subspaces.found()?;
    let both = found.cluster_cosines.iter().zip(&found.chance_cosine);
    let of = both.filter_map(|(cosines, by_chance)| {
        let largest = cosines.first()?;
        Some(f64::from(if chance { (*by_chance)? } else { *largest }))
    });
    mean(&of.collect::<Vec<f64>>())
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn most(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

/// Whether clusters are as many as the criterion says.
fn in_number(clusters: &Clusters) -> bool {
    let units = clusters.members.iter().flatten().flatten().count();
    let expected = (units as f64 / 5.0).round().max(1.0) as usize;
    clusters.given && clusters.clusters.len() == expected
}

pub(super) fn shared(layers: &[Layer<'_>]) -> Claim {
    let first: Vec<&Layer<'_>> = layers.iter().filter(|l| l.is_convolutional()).take(2).collect();
    let mut values: Vec<Measured> = Vec::new();
    let mut holds = true;
    for layer in &first {
        let draws = broken(layer);
        let largest = |f: &Findings| cosine(f, false);
        let by_chance = layer.value(|f| cosine(f, true));
        let what = "correlation with the other network's members of a cluster";
        values.extend(layer.measured(what, correlation, mean(&draws)));
        values.extend(layer.measured("largest canonical correlation", largest, by_chance));
        let found = layer.value(correlation);
        holds &= found.zip(most(&draws)).is_some_and(|(found, most)| found > most);
        holds &= layer.value(largest).zip(by_chance).is_some_and(|(found, chance)| found > chance);
    }
    let text = |layer: &Layer<'_>| {
        let (found, draws) = (layer.value(correlation)?, broken(layer));
        let (largest, random) =
            (layer.value(|f| cosine(f, false))?, layer.value(|f| cosine(f, true))?);
        let (n, most) = (draws.len(), most(&draws)?);
        Some(format!(
            "{found:.2} (most of {n} draws without correspondence {most:.2}), canonical correlation {largest:.2} ({random:.2})"
        ))
    };
    let every: Vec<&Layer<'_>> = layers.iter().collect();
    let here = format!(
        "correlation with the other network's members of a cluster: {}",
        each(&every, text)
    );
    let mut pairs = first.iter().flat_map(|layer| &layer.pairs);
    if !pairs.all(|pair| pair.findings.clusters.found().is_none_or(in_number)) {
        let missing = "a study `units` with a cluster for every five units: `share = 0.2`";
        return Claim::untested(SHARED.claim, SHARED.paper, here, missing);
    }
    SHARED.judged(values, here, holds)
}
