//! Groups of networks: architectures, say, each trained from several seeds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CellRow, Error, Result};

/// The networks of each group, by its name. Empty where all networks are of one kind.
///
/// Means are taken within a pair of groups, never across; networks of the group whose name comes first in the alphabet
/// are the first of their pairs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Groups(BTreeMap<String, Vec<String>>);

/// The groups of the first and of the second networks of some pairs; `None` where there are no groups.
pub type GroupPair = Option<[String; 2]>;

impl Groups {
    /// Whether all networks are of one kind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The place of a network's group in the alphabet; 0 where there are no groups.
    #[must_use]
    pub fn place(&self, network: &str) -> usize {
        self.0.values().position(|members| members.iter().any(|m| m == network)).unwrap_or(0)
    }

    /// The groups of a row's networks.
    #[must_use]
    pub fn of(&self, row: &CellRow) -> GroupPair {
        self.between(&row.x.network, &row.y.network)
    }

    /// The groups of two networks.
    #[must_use]
    pub fn between(&self, x: &str, y: &str) -> GroupPair {
        let name = |network: &str| self.0.keys().nth(self.place(network)).cloned();
        Some([name(x)?, name(y)?])
    }

    /// Every pair of groups, each with itself too; one `None` where there are no groups.
    #[must_use]
    pub fn pairs(&self) -> Vec<GroupPair> {
        if self.is_empty() {
            return vec![None];
        }
        let names: Vec<&String> = self.0.keys().collect();
        let pair = |i: usize, j: usize| Some([names[i].clone(), names[j].clone()]);
        (0..names.len()).flat_map(|i| (i..names.len()).map(move |j| pair(i, j))).collect()
    }

    /// The place of a network among the networks of its group; 0 where there are no groups.
    #[must_use]
    pub fn member(&self, network: &str) -> usize {
        self.0.values().find_map(|m| m.iter().position(|m| m == network)).unwrap_or(0)
    }

    /// Number of networks of a group.
    #[must_use]
    pub fn size(&self, group: &str) -> usize {
        self.0.get(group).map_or(0, Vec::len)
    }

    /// Checks that every network is in one group and every member of a group is there.
    ///
    /// # Errors
    /// [`Error::Spec`] with the first network that is not.
    pub fn check(&self, networks: &[&str]) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let problem = |problem: String| Err(Error::Spec { place: "[groups]".to_owned(), problem });
        for network in networks {
            let of: Vec<&str> = self
                .0
                .iter()
                .filter(|(_, m)| m.iter().any(|m| m == network))
                .map(|(name, _)| name.as_str())
                .collect();
            match of.as_slice() {
                [_] => {}
                [] => {
                    return problem(format!(
                        "network {network} is in no group; put it into one of {}, or give it one of its own",
                        self.0.keys().cloned().collect::<Vec<_>>().join(", ")
                    ));
                }
                several => {
                    return problem(format!(
                        "network {network} is in {} groups ({}); expected one",
                        several.len(),
                        several.join(", ")
                    ));
                }
            }
        }
        for (name, members) in &self.0 {
            if let Some(member) = members.iter().find(|m| !networks.contains(&m.as_str())) {
                return problem(format!(
                    "group {name} names the network {member}; the store has {}",
                    networks.join(", ")
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(text: &str) -> Groups {
        toml::from_str(text).expect("a table")
    }

    #[test]
    fn pairs_are_in_alphabetical_order() {
        let groups = groups("vgg = ['v1', 'v2']\nresnet = ['r1']");
        let pair = |a: &str, b: &str| Some([a.to_owned(), b.to_owned()]);
        let expected = [pair("resnet", "resnet"), pair("resnet", "vgg"), pair("vgg", "vgg")];
        assert_eq!(groups.pairs(), expected);
        assert_eq!((groups.place("r1"), groups.place("v2"), groups.size("vgg")), (0, 1, 2));
        assert_eq!(Groups::default().pairs(), [None]);
    }

    #[test]
    fn mistakes_are_named() {
        let message = |text: &str| {
            let networks = ["r1", "v1"];
            groups(text).check(&networks).expect_err(text).to_string()
        };
        assert!(
            message("vgg = ['v1']").contains("network r1 is in no group; put it into one of vgg")
        );
        assert!(
            message("a = ['v1', 'r1']\nb = ['v1']").contains("network v1 is in 2 groups (a, b)")
        );
        assert!(
            message("a = ['v1', 'r1', 'r2']")
                .contains("names the network r2; the store has r1, v1")
        );
        assert!(groups("a = ['v1', 'r1']").check(&["r1", "v1"]).is_ok());
    }
}
