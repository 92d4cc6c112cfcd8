//! Means over pairs of networks, with the bootstrap over networks and the null of the mean.

use std::collections::{BTreeMap, BTreeSet};

use consilience_inference::{
    Chance, Estimate, Likeness, NodePairs, Null, benjamini_hochberg, chance, draws_of_mean,
    node_bootstrap,
};
use consilience_measures::{DynMeasure, Orientation};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::run::digest;
use crate::{CellRow, Groups, Outcome, Quantity, SideFacts, StudySpec, SummaryRow};

/// Rows with a score, grouped by something, in the order in which the groups first occur.
pub(crate) fn groups<'a, K: Ord + Clone>(
    rows: impl Iterator<Item = &'a CellRow>,
    key: impl Fn(&CellRow) -> K,
) -> Vec<(K, Vec<&'a CellRow>)> {
    grouped(rows.filter(|row| matches!(row.outcome, Outcome::Score { .. })), key)
}

/// Rows with and without a score, grouped in the same way.
pub(crate) fn grouped<'a, K: Ord + Clone>(
    rows: impl Iterator<Item = &'a CellRow>,
    key: impl Fn(&CellRow) -> K,
) -> Vec<(K, Vec<&'a CellRow>)> {
    let mut order: Vec<K> = Vec::new();
    let mut groups: BTreeMap<K, Vec<&CellRow>> = BTreeMap::new();
    for row in rows {
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

/// The networks of some rows, and the pair of each row. Networks are of the kind of their group.
pub(crate) fn nodes(rows: &[&CellRow], groups: &Groups) -> NodePairs {
    let names: BTreeSet<&str> = rows.iter().flat_map(|r| [&*r.x.network, &*r.y.network]).collect();
    let index = |name: &str| names.iter().position(|n| *n == name).unwrap_or(usize::MAX);
    let pairs = rows.iter().map(|r| (index(&r.x.network), index(&r.y.network))).collect();
    NodePairs { kinds: names.iter().map(|name| groups.place(name)).collect(), pairs }
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
    node_bootstrap(nodes, spec.bootstrap_draws, &mut generator(spec, key), statistic)
}

/// The generator of a summary's bootstrap.
pub(crate) fn generator(spec: &StudySpec, key: &str) -> ChaCha8Rng {
    ChaCha8Rng::from_seed(seed_from(&digest(&[&spec.seed.to_string(), "bootstrap", key])))
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
    let nodes = nodes(rows, &spec.groups);
    let values: Vec<f64> = rows.iter().map(|row| value(row)).collect();
    let estimate = bootstrap(&nodes, spec, &key, |w| weighted_mean(&values, w))?;
    let when = consilience_data::Checkpoint { accuracy: mean_accuracy(rows), ..first.x.when };
    Some(SummaryRow {
        when: Some(when),
        chance: chance_of_mean(rows, estimate.value),
        ..summary(Quantity::MeanOverPairs, key, rows, spec, estimate.clone())
    })
}

/// Where the mean of some rows stands against each null.
pub(crate) fn chance_of_mean(rows: &[&CellRow], mean: f64) -> Vec<Chance> {
    let level = |null| {
        let likeness = likeness_of(&rows.first()?.measure);
        chance(null, mean, &mean_draws(rows, null), likeness)
    };
    NULLS.into_iter().filter_map(level).collect()
}

/// A row about some cells; layers, pooling and checkpoint are those of the first.
///
/// # Panics
/// Without cells.
pub(crate) fn summary(
    quantity: Quantity,
    key: String,
    rows: &[&CellRow],
    spec: &StudySpec,
    estimate: Estimate,
) -> SummaryRow {
    let first = rows[0];
    let pairs: BTreeSet<(&str, &str)> =
        rows.iter().map(|r| (&*r.x.network, &*r.y.network)).collect();
    let networks: BTreeSet<&str> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    SummaryRow {
        schema: crate::row::SCHEMA,
        key,
        study: first.study.clone(),
        quantity,
        measure: first.measure.clone(),
        layer_x: first.x.layer.clone(),
        layer_y: first.y.layer.clone(),
        pooling: Some(first.x.pooling),
        checkpoint: first.x.checkpoint.clone(),
        checkpoint_y: None,
        when: Some(first.x.when),
        groups: spec.groups.of(first),
        factor: None,
        level: None,
        on: first.on.clone(),
        best_of: None,
        n_networks: networks.len(),
        n_pairs: pairs.len(),
        estimate,
        chance: Vec::new(),
    }
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
    mean_accuracy_of(rows.iter().flat_map(|r| [&r.x, &r.y]))
}

/// The same of the networks of some sides.
pub(crate) fn mean_accuracy_of<'a>(sides: impl Iterator<Item = &'a SideFacts>) -> Option<f64> {
    let accuracies: BTreeMap<&str, f64> =
        sides.filter_map(|side| Some((&*side.network, side.when.accuracy?))).collect();
    let n = accuracies.len() as f64;
    (n > 0.0).then(|| accuracies.values().sum::<f64>() / n)
}

/// Which way likeness lies on the scale of a measure.
pub(crate) fn likeness(measure: &dyn DynMeasure) -> Likeness {
    let (low, high) = measure.range();
    match measure.info().orientation {
        Orientation::Score => Likeness::score(high),
        Orientation::Distance => Likeness::distance(low),
    }
}

/// The same, from a spec that was parsed when the run began.
pub(crate) fn likeness_of(spec: &str) -> Likeness {
    likeness(crate::studies::measure(spec).as_ref())
}

/// The nulls in the order of their columns.
pub(crate) const NULLS: [Null; 2] = [Null::Shuffle, Null::Rotation];

/// Draws of the mean over some rows; none if a row has none.
pub(crate) fn mean_draws(rows: &[&CellRow], null: Null) -> Vec<f64> {
    let of_row = |row: &&CellRow| match &row.outcome {
        Outcome::Score { draws, .. } => draws.get(&null).cloned().unwrap_or_default(),
        Outcome::Error { .. } => Vec::new(),
    };
    draws_of_mean(&rows.iter().map(of_row).collect::<Vec<_>>())
}

/// Fills in the q-values of a table, null by null: each entry is what one score has of chance levels.
pub(crate) fn fill_q_values<'a>(table: impl Iterator<Item = &'a mut [Chance]>) {
    let mut nulls: BTreeMap<Null, Vec<&mut Chance>> = BTreeMap::new();
    for chance in table.flatten() {
        nulls.entry(chance.null).or_default().push(chance);
    }
    for chances in nulls.into_values() {
        let p_values: Vec<f64> = chances.iter().map(|c| c.p_value).collect();
        for (chance, q) in chances.into_iter().zip(benjamini_hochberg(&p_values)) {
            chance.q_value = Some(q);
        }
    }
}

/// The same for means over pairs: a table is what one measure says at one checkpoint.
pub(crate) fn fill_q_values_of_means(means: &mut [SummaryRow]) {
    let table = |row: &SummaryRow| (row.measure.clone(), row.checkpoint.clone());
    let tables: BTreeSet<(String, String)> = means.iter().map(table).collect();
    for wanted in tables {
        let own = means.iter_mut().filter(|row| table(row) == wanted);
        fill_q_values(own.map(|row| row.chance.as_mut_slice()));
    }
}
