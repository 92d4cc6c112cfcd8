//! Means over pairs of networks, with the bootstrap over networks and the null of the mean.

use std::collections::{BTreeMap, BTreeSet};

use consilience_inference::{
    Chance, Estimate, NodePairs, Null, Tail, node_bootstrap, pooled_chance,
};
use consilience_measures::Orientation;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::run::digest;
use crate::{CellRow, Outcome, Quantity, StudySpec, SummaryRow};

/// Rows with a score, grouped by something, in the order in which the groups first occur.
pub(crate) fn groups<'a, K: Ord + Clone>(
    rows: impl Iterator<Item = &'a CellRow>,
    key: impl Fn(&CellRow) -> K,
) -> Vec<(K, Vec<&'a CellRow>)> {
    let mut order: Vec<K> = Vec::new();
    let mut groups: BTreeMap<K, Vec<&CellRow>> = BTreeMap::new();
    for row in rows.filter(|row| matches!(row.outcome, Outcome::Score { .. })) {
        let key = key(row);
        groups
            .entry(key.clone())
            .or_insert_with(|| {
                order.push(key);
                Vec::new()
            })
            .push(row);
    }
    order.into_iter().map(|key| (key.clone(), groups.remove(&key).unwrap_or_default())).collect()
}

/// The score of a row that has one.
pub(crate) fn value(row: &CellRow) -> f64 {
    match &row.outcome {
        Outcome::Score { estimate, .. } => estimate.value,
        Outcome::Error { .. } => unreachable!("rows with an error are left out of groups"),
    }
}

/// The networks of some rows, and the pair of each row.
pub(crate) fn nodes(rows: &[&CellRow]) -> NodePairs {
    let names: BTreeSet<&str> = rows.iter().flat_map(|r| [&*r.x.network, &*r.y.network]).collect();
    let index = |name: &str| names.iter().position(|n| *n == name).unwrap_or(usize::MAX);
    let pairs = rows.iter().map(|r| (index(&r.x.network), index(&r.y.network))).collect();
    NodePairs { n_nodes: names.len(), pairs }
}

/// Weighted mean; `None` where all weights are 0.
pub(crate) fn weighted_mean(values: &[f64], weights: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    let sum: f64 = values.iter().zip(weights).map(|(v, w)| v * w).sum();
    (total > 0.0).then(|| sum / total)
}

/// An estimate with a bootstrap over the networks of `rows`; the generator is seeded by the spec and `key`.
pub(crate) fn bootstrap(
    nodes: &NodePairs,
    spec: &StudySpec,
    key: &str,
    statistic: impl Fn(&[f64]) -> Option<f64>,
) -> Option<Estimate> {
    let mut rng =
        ChaCha8Rng::from_seed(seed_from(&digest(&[&spec.seed.to_string(), "bootstrap", key])));
    node_bootstrap(nodes, spec.bootstrap_draws, &mut rng, statistic)
}

/// 32 bytes from a hexadecimal digest.
pub(crate) fn seed_from(digest: &str) -> [u8; 32] {
    let mut seed = [0; 32];
    for (byte, pair) in seed.iter_mut().zip(digest.as_bytes().chunks_exact(2)) {
        let text = std::str::from_utf8(pair).unwrap_or("0");
        *byte = u8::from_str_radix(text, 16).unwrap_or(0);
    }
    seed
}

/// The mean over pairs of networks of rows that agree in everything else.
pub(crate) fn mean_over_pairs(rows: &[&CellRow], spec: &StudySpec) -> Option<SummaryRow> {
    let first = rows.first()?;
    let key = summary_key(Quantity::MeanOverPairs, rows);
    let nodes = nodes(rows);
    let values: Vec<f64> = rows.iter().map(|row| value(row)).collect();
    let estimate = bootstrap(&nodes, spec, &key, |w| weighted_mean(&values, w))?;
    Some(SummaryRow {
        schema: crate::row::SCHEMA,
        key,
        study: first.study.clone(),
        quantity: Quantity::MeanOverPairs,
        measure: first.measure.clone(),
        layer_x: first.x.layer.clone(),
        layer_y: first.y.layer.clone(),
        pooling: Some(first.x.pooling),
        checkpoint: first.x.checkpoint.clone(),
        when: Some(consilience_data::Checkpoint { accuracy: mean_accuracy(rows), ..first.x.when }),
        n_networks: nodes.n_nodes,
        n_pairs: nodes.pairs.len(),
        chance: mean_chance(rows, estimate.value),
        estimate,
    })
}

/// Digest of a summary: what it is and which rows it is of.
pub(crate) fn summary_key(quantity: Quantity, rows: &[&CellRow]) -> String {
    let name = format!("{quantity:?}");
    let parts: Vec<&str> =
        [name.as_str()].into_iter().chain(rows.iter().map(|r| &*r.key)).collect();
    digest(&parts)
}

/// Mean accuracy of the networks of some rows, each counted once.
pub(crate) fn mean_accuracy(rows: &[&CellRow]) -> Option<f64> {
    let accuracies: BTreeMap<&str, f64> = rows
        .iter()
        .flat_map(|r| [&r.x, &r.y])
        .filter_map(|side| Some((&*side.network, side.when.accuracy?)))
        .collect();
    let n = accuracies.len() as f64;
    (n > 0.0).then(|| accuracies.values().sum::<f64>() / n)
}

/// Tail of a measure's null: the remarkable end is that of likeness.
pub(crate) fn tail(measure: &str) -> Tail {
    let id = measure.split(':').next().unwrap_or(measure);
    match consilience_measures::find(id).map(|entry| entry.info.orientation) {
        Ok(Orientation::Distance) => Tail::Lower,
        _ => Tail::Upper,
    }
}

/// Chance levels of a mean, for the nulls that every row has.
fn mean_chance(rows: &[&CellRow], observed: f64) -> Vec<Chance> {
    let draws_of = |row: &CellRow, null: Null| match &row.outcome {
        Outcome::Score { draws, .. } => draws.get(&null).cloned().unwrap_or_default(),
        Outcome::Error { .. } => Vec::new(),
    };
    [Null::Shuffle, Null::Rotation]
        .into_iter()
        .filter_map(|null| {
            let draws: Vec<Vec<f64>> = rows.iter().map(|row| draws_of(row, null)).collect();
            pooled_chance(null, observed, &draws, tail(&rows[0].measure))
        })
        .collect()
}
