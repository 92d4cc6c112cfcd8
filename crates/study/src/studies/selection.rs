//! Which representations of a catalogue a study takes.

use std::collections::BTreeSet;

use consilience_data::{Pooling, Representation};

use crate::{Error, Groups, Result};

/// Networks in the order of the catalogue.
pub(crate) fn networks(catalogue: &[Representation]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for r in catalogue {
        if !names.contains(&&*r.id.network) {
            names.push(&r.id.network);
        }
    }
    names
}

/// Pairs of networks, the first before the second; networks of an earlier group before those of a later one.
///
/// # Errors
/// [`Error::Spec`] with fewer than two networks.
pub(crate) fn pairs<'a>(
    study: &str,
    catalogue: &'a [Representation],
    groups: &Groups,
) -> Result<Vec<(&'a str, &'a str)>> {
    let mut names = networks(catalogue);
    names.sort_by_key(|name| groups.place(name));
    if names.len() < 2 {
        return Err(Error::Spec {
            place: format!("study `{study}`"),
            problem: format!(
                "found {} network in the store ({}); expected at least 2 to compare; train or record another",
                names.len(),
                names.join(", ")
            ),
        });
    }
    let after = |i: usize| names[i + 1..].iter().copied();
    Ok((0..names.len()).flat_map(|i| after(i).map(|b| (names[i], b)).collect::<Vec<_>>()).collect())
}

/// Checkpoints of a network, in the order of the catalogue.
pub(crate) fn checkpoints<'a>(catalogue: &'a [Representation], network: &str) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for r in catalogue.iter().filter(|r| r.id.network == network) {
        if !names.contains(&&*r.id.checkpoint) {
            names.push(&r.id.checkpoint);
        }
    }
    names
}

/// The checkpoint of a network that is looked at where none is named.
pub(crate) const LAST: &str = "last";

/// A checkpoint of a network by its name, or the last one for [`LAST`].
///
/// # Errors
/// [`Error::Spec`] if the network has none of that name.
pub(crate) fn checkpoint<'a>(
    study: &str,
    catalogue: &'a [Representation],
    network: &str,
    name: &str,
) -> Result<&'a str> {
    let known = checkpoints(catalogue, network);
    let found = if name == LAST {
        known.last().copied()
    } else {
        known.iter().copied().find(|c| *c == name)
    };
    found.ok_or_else(|| Error::Spec {
        place: format!("study `{study}`"),
        problem: format!(
            "network {network} has no checkpoint `{name}`; it has {}",
            known.join(", ")
        ),
    })
}

/// One representation a layer: the one with the pooling asked for, else the only other one with a row a stimulus
/// (fully connected layers are not pooled). By depth.
pub(crate) fn layers(
    catalogue: &[Representation],
    network: &str,
    checkpoint: &str,
    pooling: Pooling,
) -> Vec<usize> {
    let at = |r: &Representation| r.id.network == network && r.id.checkpoint == checkpoint;
    let here: Vec<usize> = (0..catalogue.len()).filter(|&i| at(&catalogue[i])).collect();
    let names: BTreeSet<(usize, &str)> =
        here.iter().map(|&i| (catalogue[i].depth, &*catalogue[i].id.layer)).collect();
    names
        .into_iter()
        .filter_map(|(_, layer)| {
            let of_layer = || here.iter().copied().filter(move |&i| catalogue[i].id.layer == layer);
            let exact = of_layer().find(|&i| catalogue[i].id.pooling == pooling);
            let one_row = |&i: &usize| {
                catalogue[i].id.pooling == Pooling::Flatten && catalogue[i].rows_per_stimulus == 1
            };
            exact.or_else(|| of_layer().find(one_row))
        })
        .collect()
}

/// Representations with positions as stimuli, by depth.
pub(crate) fn positions(
    catalogue: &[Representation],
    network: &str,
    checkpoint: &str,
) -> Vec<usize> {
    let wanted = |r: &Representation| {
        r.id.network == network
            && r.id.checkpoint == checkpoint
            && r.id.pooling == Pooling::PositionsAsStimuli
    };
    let mut found: Vec<usize> = (0..catalogue.len()).filter(|&i| wanted(&catalogue[i])).collect();
    found.sort_by_key(|&i| catalogue[i].depth);
    found
}
