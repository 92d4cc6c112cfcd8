//! What a run was made of, for the head and the foot of the report.

use consilience_study::{NetworkFacts, Run};
use serde::Serialize;

use crate::number::{count, counted, percent};

/// A fact with its name.
#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    name: &'static str,
    value: String,
}

/// A network in the head of the report.
#[derive(Debug, Serialize)]
pub(crate) struct Network {
    name: String,
    accuracy: Option<String>,
    layers: String,
    checkpoints: usize,
}

/// The facts that a reader needs before anything else.
pub(crate) fn head(run: &Run, n_measures: usize) -> Vec<Fact> {
    let layers = run.networks.iter().map(|n| n.layers.len());
    let checkpoints = run.networks.iter().map(|n| n.checkpoints.len());
    let mut facts = vec![
        fact("stimuli", count(run.n_stimuli)),
        fact("networks", count(run.networks.len())),
        fact("layers each", span(layers)),
        fact("checkpoints each", span(checkpoints)),
    ];
    // A study may compare without measures, and then without folds of its own.
    if n_measures > 0 {
        facts.push(fact("measures", count(n_measures)));
        facts.push(fact("folds", count(run.spec.folds)));
    }
    facts
}

/// Everything that decides the numbers.
pub(crate) fn foot(run: &Run) -> Vec<Fact> {
    let mut facts = vec![
        fact("study", run.spec.name.clone()),
        fact("version", format!("consilience {}", run.version)),
        fact("seed", run.spec.seed.to_string()),
        fact(
            "stimuli",
            format!("{}, {}", run.stimuli, counted(run.n_stimuli, "stimulus", "stimuli")),
        ),
        fact("digest of the stimulus ids", run.stimuli_digest.clone()),
        fact("folds of the cross-validation", count(run.spec.folds)),
        fact("blocks of stimuli", count(run.spec.blocks)),
        fact("draws of the bootstrap over networks", count(run.spec.bootstrap_draws)),
    ];
    if !run.classes.is_empty() {
        facts.push(fact("classes", run.classes.join(", ")));
    }
    facts
}

/// The networks with their accuracy and layers.
pub(crate) fn networks(run: &Run) -> Vec<Network> {
    run.networks.iter().map(network).collect()
}

fn network(facts: &NetworkFacts) -> Network {
    let layers = facts.layers.iter().map(|(name, units)| format!("{name} ({})", count(*units)));
    Network {
        name: facts.name.clone(),
        accuracy: facts.accuracy.filter(|a| a.is_finite()).map(percent),
        layers: layers.collect::<Vec<_>>().join(", "),
        checkpoints: facts.checkpoints.len(),
    }
}

fn fact(name: &'static str, value: String) -> Fact {
    Fact { name, value }
}

/// `5`, or `4 to 6` where networks differ.
fn span(counts: impl Iterator<Item = usize> + Clone) -> String {
    match (counts.clone().min(), counts.max()) {
        (Some(low), Some(high)) if low < high => format!("{low} to {high}"),
        (Some(low), _) => count(low),
        _ => "0".to_owned(),
    }
}
