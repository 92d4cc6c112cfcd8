//! Which networks are trained: their names and seeds.

use serde::{Deserialize, Serialize};

use super::{Labels, TrainingSpec};
use crate::{Error, Result};

/// Which networks: one for each seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworksSpec {
    /// Begin of the names; network names are `<prefix>-seed<seed>`.
    pub prefix: String,
    /// Seeds of the initial weights.
    pub seeds: Vec<u64>,
    /// Seeds of the order of the training images, one a network; left out, they are those of the initial weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_seeds: Option<Vec<u64>>,
    /// Seeds of shuffled or noisy labels, one a network; left out, they are those of the initial weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_seeds: Option<Vec<u64>>,
    /// Seeds of the subset of the training images, one a network; left out, they are those of the initial weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subset_seeds: Option<Vec<u64>>,
}

impl Default for NetworksSpec {
    fn default() -> Self {
        Self {
            prefix: "cnn".into(),
            seeds: vec![1, 2, 3, 4],
            order_seeds: None,
            label_seeds: None,
            subset_seeds: None,
        }
    }
}

/// The seeds of a network. Equal numbers do not give equal random streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSeeds {
    /// Seed of the initial weights.
    pub initialisation: u64,
    /// Seed of the order of the training images, and of their augmentation.
    pub order: u64,
    /// Seed of the labels, where they are not the true ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<u64>,
    /// Seed of the subset of the training images, where not all are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subset: Option<u64>,
}

impl NetworksSpec {
    /// Name and seeds of every network: `cnn-seed1`, with `-order2`, `-labels2`, `-subset2` behind it where such a seed is
    /// another than that of the initial weights.
    ///
    /// # Errors
    /// [`Error::Spec`] if there is no seed, the lists differ in length, there are seeds for labels or subsets that
    /// `training` does not draw, a name occurs twice or is no name for a folder.
    pub fn named(&self, training: &TrainingSpec) -> Result<Vec<(String, NetworkSeeds)>> {
        let Self { prefix, seeds, order_seeds, label_seeds, subset_seeds } = self;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if prefix.is_empty() || prefix.starts_with('.') || !prefix.chars().all(plain) {
            let expected = "letters, digits, '-', '_' and '.', no '.' at the begin";
            return Err(Error::spec("networks.prefix", &format!("{prefix:?}"), expected));
        }
        if seeds.is_empty() {
            return Err(Error::spec("networks.seeds", &"no seed", "one seed for each network"));
        }
        let orders = one_each("networks.order_seeds", seeds, order_seeds.as_ref())?;
        let draws = training.labels != Labels::True;
        let needs = (draws, "training.labels to be shuffled or noisy");
        let labels = drawn("networks.label_seeds", seeds, label_seeds.as_ref(), needs)?;
        let needs = (training.subset.is_proper(), "training.subset.share below 1");
        let subsets = drawn("networks.subset_seeds", seeds, subset_seeds.as_ref(), needs)?;
        let mut named: Vec<(String, NetworkSeeds)> = Vec::new();
        for (i, &initialisation) in seeds.iter().enumerate() {
            let order = orders[i];
            let (labels, subset) = (labels.map(|seeds| seeds[i]), subsets.map(|seeds| seeds[i]));
            let mut name = format!("{prefix}-seed{initialisation}");
            let others = [("order", Some(order)), ("labels", labels), ("subset", subset)];
            for (what, seed) in others {
                if let Some(seed) = seed.filter(|seed| *seed != initialisation) {
                    name = format!("{name}-{what}{seed}");
                }
            }
            if named.iter().any(|(other, _)| *other == name) {
                let found = format!("{name} twice");
                return Err(Error::spec("networks.seeds", &found, "different seeds"));
            }
            named.push((name, NetworkSeeds { initialisation, order, labels, subset }));
        }
        Ok(named)
    }
}

/// The seeds of a list that has one for each of `seeds`; `seeds` themselves if there is no list.
fn one_each<'a>(
    key: &str,
    seeds: &'a Vec<u64>,
    list: Option<&'a Vec<u64>>,
) -> Result<&'a Vec<u64>> {
    let list = list.unwrap_or(seeds);
    if list.len() != seeds.len() {
        let expected = format!("{}, one for each of networks.seeds", seeds.len());
        return Err(Error::spec(key, &list.len(), expected));
    }
    Ok(list)
}

/// As [`one_each`], for something that may not be drawn at all.
fn drawn<'a>(
    key: &str,
    seeds: &'a Vec<u64>,
    list: Option<&'a Vec<u64>>,
    (is_drawn, needs): (bool, &str),
) -> Result<Option<&'a Vec<u64>>> {
    match (is_drawn, list) {
        (true, list) => one_each(key, seeds, list).map(Some),
        (false, None) => Ok(None),
        (false, Some(_)) => Err(Error::spec(key, &"seeds that nothing uses", needs)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Subset;

    #[test]
    fn seeds_are_in_the_name_where_they_differ_and_are_used() {
        let networks = NetworksSpec {
            prefix: "a".into(),
            seeds: vec![1, 1, 2],
            order_seeds: Some(vec![1, 2, 2]),
            label_seeds: Some(vec![7, 1, 2]),
            subset_seeds: None,
        };
        let training = TrainingSpec {
            labels: Labels::Shuffled,
            subset: Subset { share: 0.5, ..Subset::default() },
            ..TrainingSpec::default()
        };
        let named = networks.named(&training).unwrap();
        let names: Vec<_> = named.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a-seed1-labels7", "a-seed1-order2", "a-seed2"]);
        assert_eq!((named[2].1.labels, named[2].1.subset), (Some(2), Some(2)));
        let e = networks.named(&TrainingSpec::default()).unwrap_err().to_string();
        assert!(
            e.contains("networks.label_seeds: seeds that nothing uses; expected training.labels"),
            "{e}"
        );
    }
}
