//! Clusters of units of several networks, and the spaces they span.

use consilience_units::Findings;

use super::layers::{Layer, Wording, each};
use crate::{Claim, Measured};

const SHARED: Wording = Wording {
    claim: "Groups of units span low-dimensional spaces that networks share, although their bases differ",
    paper: "shown by trees of spectral clusters for conv1 and conv2; threshold, number of clusters and any number were not found",
    criterion: "in the first two convolutional layers no fewer units are in clusters with members of both networks than if the correspondence is broken (with few clusters all are, either way), and the largest canonical correlation of a cluster is above that with as many random units of the other network",
};

fn shared_units(findings: &Findings) -> Option<f64> {
    Some(findings.clusters.found()?.cut.shared_units)
}

fn by_chance(findings: &Findings) -> Option<f64> {
    mean(&findings.clusters.found()?.cut.null_shared_units)
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

pub(super) fn shared(layers: &[Layer<'_>]) -> Claim {
    let first: Vec<&Layer<'_>> = layers.iter().filter(|l| l.is_convolutional()).take(2).collect();
    let mut values: Vec<Measured> = Vec::new();
    let mut holds = true;
    for layer in &first {
        let chances = [layer.value(by_chance), layer.value(|f| cosine(f, true))];
        let found = [layer.value(shared_units), layer.value(|f| cosine(f, false))];
        values.extend(layer.measured("units in shared clusters", shared_units, chances[0]));
        let largest = |f: &Findings| cosine(f, false);
        values.extend(layer.measured("largest canonical correlation", largest, chances[1]));
        holds &= found[0].zip(chances[0]).is_some_and(|(found, chance)| found >= chance);
        holds &= found[1].zip(chances[1]).is_some_and(|(found, chance)| found > chance);
    }
    let text = |layer: &Layer<'_>| {
        let (shared, null) = (layer.value(shared_units)?, layer.value(by_chance)?);
        let (largest, random) =
            (layer.value(|f| cosine(f, false))?, layer.value(|f| cosine(f, true))?);
        let percent = |share: f64| 100.0 * share;
        Some(format!(
            "{:.0} % (by chance {:.0} %), canonical correlation {largest:.2} ({random:.2})",
            percent(shared),
            percent(null)
        ))
    };
    let every: Vec<&Layer<'_>> = layers.iter().collect();
    let here = format!("units in clusters of both networks: {}", each(&every, text));
    SHARED.judged(values, here, holds)
}
