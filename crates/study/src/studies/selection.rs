//! Which representations of a catalogue a study takes.

mod checkpoints;

use std::collections::BTreeSet;

use consilience_data::{Pooling, Representation};
use serde::{Deserialize, Serialize};

use self::checkpoints::word_or_names;
pub(crate) use self::checkpoints::{LAST, checkpoint, checkpoints};
use crate::{Error, GroupPair, Groups, Result};

/// Which comparisons a study takes: at which checkpoints, of which layers, of which pairs of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Selection {
    /// Checkpoints: names, of which one may be `last`; or `all`, every checkpoint that both networks of a pair have, in the order of
    /// training. A word may stand without brackets.
    #[serde(deserialize_with = "word_or_names")]
    pub checkpoints: Vec<String>,
    /// How maps of convolutional layers become one row a stimulus.
    pub pooling: Pooling,
    /// Names of layers, each compared with the layer of the same name; empty for all that two networks have in common.
    pub layers: Vec<String>,
    /// Proportional depths, 0 for the first recorded layer and 1 for the last, in place of names: for networks of which
    /// layers are called differently.
    pub depths: Vec<f64>,
    /// Pairs of networks; empty for all of them.
    pub pairs: Vec<[String; 2]>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            checkpoints: vec![LAST.to_owned()],
            pooling: Pooling::SpatialMean,
            layers: Vec::new(),
            depths: Vec::new(),
            pairs: Vec::new(),
        }
    }
}

/// What pairs of networks have in common: a checkpoint, a layer, a pair of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Checkpoint as it was asked for; by its name where all were.
    pub(crate) checkpoint: String,
    /// Name of the layer, or its proportional depth.
    pub(crate) layer: String,
    /// Groups of the networks.
    pub(crate) groups: GroupPair,
    /// Indices of the representations of each pair.
    pub(crate) pairs: Vec<(usize, usize)>,
}

/// Representations whose pairs tell in time what all pairs take, at the most.
const FEW: usize = 6;

impl Place {
    /// The same with some of its pairs only: those of its first few representations.
    pub(crate) fn of_few_pairs(&self) -> Self {
        let mut few = BTreeSet::new();
        let mut is_of_few = |r: usize| few.contains(&r) || (few.len() < FEW && few.insert(r));
        let pairs = self.pairs.iter().filter(|&&(x, y)| is_of_few(x) && is_of_few(y));
        Self { pairs: pairs.copied().collect(), ..self.clone() }
    }
}

impl Selection {
    /// The places and their pairs: by checkpoint, then depth, then groups. None is without a pair.
    ///
    /// # Errors
    /// [`Error::Spec`] for a checkpoint, layer or network that is not there, or a depth outside 0 to 1.
    pub(crate) fn places(
        &self,
        study: &str,
        catalogue: &[Representation],
        groups: &Groups,
    ) -> Result<Vec<Place>> {
        self.check(study, catalogue)?;
        let networks = self.networks(study, catalogue, groups)?;
        let mut places: Vec<Place> = Vec::new();
        for checkpoint in &self.wanted_of(study, catalogue, &networks)? {
            let mut found: Vec<(usize, Place)> = Vec::new();
            let compared = networks.iter().filter(|&&pair| self.has(catalogue, pair, checkpoint));
            for &(a, b) in compared {
                let of = |network| {
                    let at = self::checkpoint(study, catalogue, network, checkpoint)?;
                    let layers = layers(catalogue, network, at, self.pooling);
                    self.check_depths(study, network, layers.len()).map(|()| layers)
                };
                for (order, layer, pair) in self.matched(catalogue, &of(a)?, &of(b)?) {
                    let groups = groups.between(a, b);
                    let same =
                        |(_, p): &&mut (usize, Place)| p.layer == layer && p.groups == groups;
                    if let Some((_, place)) = found.iter_mut().find(same) {
                        place.pairs.push(pair);
                    } else {
                        let checkpoint = checkpoint.clone();
                        found.push((order, Place { checkpoint, layer, groups, pairs: vec![pair] }));
                    }
                }
            }
            found.sort_by(|a, b| (a.0, &a.1.groups).cmp(&(b.0, &b.1.groups)));
            places.extend(found.into_iter().map(|(_, place)| place));
        }
        if places.is_empty() {
            let problem = "no two networks have a layer of the same name; give depths = [0.0, 0.5, 1.0] to pair layers by proportional depth".to_owned();
            return Err(Error::Spec { place: format!("study `{study}`"), problem });
        }
        Ok(places)
    }

    /// Two depths have to be two layers: they could not be told apart otherwise.
    fn check_depths(&self, study: &str, network: &str, n_layers: usize) -> Result<()> {
        let same = |d: &[f64]| layer_at(d[0], n_layers) == layer_at(d[1], n_layers);
        match self.depths.windows(2).find(|d| same(d)) {
            None => Ok(()),
            Some(d) => Err(Error::Spec {
                place: format!("study `{study}`"),
                problem: format!(
                    "depths {} and {} are the same of the {n_layers} layers of {network}; give fewer depths",
                    d[0], d[1]
                ),
            }),
        }
    }

    /// Layers of two networks that belong together: place in the order, label, and the two representations.
    fn matched(
        &self,
        catalogue: &[Representation],
        xs: &[usize],
        ys: &[usize],
    ) -> Vec<(usize, String, (usize, usize))> {
        let name = |r: usize| &catalogue[r].id.layer;
        if self.depths.is_empty() {
            let wanted = |&&x: &&usize| self.layers.is_empty() || self.layers.contains(name(x));
            let both = xs.iter().filter(wanted).filter_map(|&x| {
                let y = ys.iter().copied().find(|&y| name(y) == name(x))?;
                Some((catalogue[x].depth, name(x).clone(), (x, y)))
            });
            return both.collect();
        }
        let at = |of: &[usize], depth: f64| of.get(layer_at(depth, of.len())).copied();
        let both = self.depths.iter().enumerate().filter_map(|(i, &depth)| {
            Some((i, depth_label(depth), (at(xs, depth)?, at(ys, depth)?)))
        });
        both.collect()
    }

    /// The pairs of networks that were asked for, in the order of groups.
    fn networks<'a>(
        &self,
        study: &str,
        catalogue: &'a [Representation],
        groups: &Groups,
    ) -> Result<Vec<(&'a str, &'a str)>> {
        let mut all = pairs(study, catalogue, groups)?;
        if !self.pairs.is_empty() {
            let asked = |pair: &(&str, &str)| {
                let is =
                    |[a, b]: &[String; 2]| (pair.0, pair.1) == (a, b) || (pair.1, pair.0) == (a, b);
                self.pairs.iter().any(is)
            };
            all.retain(asked);
        }
        Ok(all)
    }

    fn check(&self, study: &str, catalogue: &[Representation]) -> Result<()> {
        let problem = |problem| Err(Error::Spec { place: format!("study `{study}`"), problem });
        let known = networks(catalogue);
        for [a, b] in &self.pairs {
            if a == b || !known.contains(&&**a) || !known.contains(&&**b) {
                return problem(format!(
                    "pairs names [{a}, {b}]; expected two different networks of {}",
                    known.join(", ")
                ));
            }
        }
        if let Some(layer) =
            self.layers.iter().find(|layer| catalogue.iter().all(|r| r.id.layer != **layer))
        {
            return problem(format!("layers names `{layer}`, which no network has"));
        }
        if !self.layers.is_empty() && !self.depths.is_empty() {
            return problem("both layers and depths are given; leave one of them out".to_owned());
        }
        if let Some(depth) = self.depths.iter().find(|d| !(0.0..=1.0).contains(*d)) {
            return problem(format!("depths names {depth}; expected 0 (first layer) to 1 (last)"));
        }
        if !self.depths.is_sorted_by(|a, b| a < b) {
            return problem(format!("depths = {:?}; expected ascending numbers", self.depths));
        }
        let named = |network: &&&str| {
            self.pairs.is_empty() || self.pairs.iter().flatten().any(|n| n == **network)
        };
        self.check_words(study)?;
        for network in known.iter().filter(named).filter(|_| !self.takes_all()) {
            let found = self.checkpoints.iter().map(|c| checkpoint(study, catalogue, network, c));
            let found = found.collect::<Result<Vec<&str>>>()?;
            if let Some(i) = (1..found.len()).find(|&i| found[..i].contains(&found[i])) {
                return problem(format!(
                    "checkpoints names {} of {network} twice; leave one of them out",
                    found[i]
                ));
            }
        }
        if self.checkpoints.is_empty() {
            return problem("checkpoints is empty; leave it out for the last one".to_owned());
        }
        Ok(())
    }
}

/// Index of the layer at a proportional depth.
fn layer_at(depth: f64, n_layers: usize) -> usize {
    (depth * n_layers.saturating_sub(1) as f64).round() as usize
}

/// Name of a proportional depth.
pub(crate) fn depth_label(depth: f64) -> String {
    format!("depth {depth}")
}

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
