//! Which checkpoints of a catalogue a study takes.

use consilience_data::Representation;
use serde::{Deserialize, Deserializer};

use super::Selection;
use crate::{Error, Result};

/// The checkpoint of a network that is looked at where none is named.
pub(crate) const LAST: &str = "last";

/// The word for every checkpoint that two networks have.
const ALL: &str = "all";

/// A word or names, as they stand in a spec.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "checkpoints are \"last\", \"all\", or a list of names such as \"epoch-01\""
)]
enum WordOrNames {
    Word(String),
    Names(Vec<String>),
}

/// Names of checkpoints; a word is a list of one.
pub(super) fn word_or_names<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<String>, D::Error> {
    Ok(match WordOrNames::deserialize(deserializer)? {
        WordOrNames::Word(word) => vec![word],
        WordOrNames::Names(names) => names,
    })
}

impl Selection {
    /// Whether every checkpoint that two networks have is taken.
    pub(crate) fn takes_all(&self) -> bool {
        self.checkpoints.iter().any(|checkpoint| checkpoint == ALL)
    }

    /// A checkpoint of a network as it was asked for: the last ones of two networks may be called differently.
    pub(crate) fn asked_for(&self, checkpoint: &str) -> String {
        let is_named = self.takes_all() || self.checkpoints.iter().any(|c| c == checkpoint);
        if is_named { checkpoint.to_owned() } else { LAST.to_owned() }
    }

    /// The word for all stands alone.
    pub(super) fn check_words(&self, study: &str) -> Result<()> {
        if self.takes_all() && self.checkpoints.len() > 1 {
            return Err(Error::Spec {
                place: format!("study `{study}`"),
                problem: format!(
                    "checkpoints = {:?}; expected `all` alone, or names",
                    self.checkpoints
                ),
            });
        }
        Ok(())
    }

    /// The checkpoints of some pairs, as they are asked for; all of them by name, in the order of training.
    pub(super) fn wanted_of(
        &self,
        study: &str,
        catalogue: &[Representation],
        pairs: &[(&str, &str)],
    ) -> Result<Vec<String>> {
        if !self.takes_all() {
            return Ok(self.checkpoints.clone());
        }
        let mut names: Vec<&str> = Vec::new();
        for &(a, b) in pairs {
            let of_b = checkpoints(catalogue, b);
            let mut shared = checkpoints(catalogue, a);
            shared.retain(|name| of_b.contains(name));
            if shared.is_empty() {
                return Err(Error::Spec {
                    place: format!("study `{study}`"),
                    problem: format!(
                        "{a} and {b} have no checkpoint of the same name; leave the pair out (pairs = [...]), or use checkpoints = \"last\""
                    ),
                });
            }
            shared.retain(|name| !names.contains(name));
            names.extend(shared);
        }
        let when = |name: &str| {
            let first = catalogue.iter().find(|r| r.id.checkpoint == name);
            first.map_or((0.0, 0), |r| (r.checkpoint.epoch, r.checkpoint.step))
        };
        names.sort_by(|a, b| {
            let ((a, step_a), (b, step_b)) = (when(a), when(b));
            a.total_cmp(&b).then(step_a.cmp(&step_b))
        });
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    /// Whether two networks are compared at a checkpoint: where all are taken, one of them may lack it.
    pub(super) fn has(
        &self,
        catalogue: &[Representation],
        (a, b): (&str, &str),
        checkpoint: &str,
    ) -> bool {
        let has = |network| checkpoints(catalogue, network).contains(&checkpoint);
        !self.takes_all() || (has(a) && has(b))
    }
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

#[cfg(test)]
mod tests {
    use consilience_data::{Checkpoint, Pooling, Precision, RepresentationId};

    use super::*;
    use crate::Groups;

    fn at(network: &str, checkpoint: &str, epoch: f64) -> Representation {
        Representation {
            id: RepresentationId {
                network: network.into(),
                checkpoint: checkpoint.into(),
                layer: "fc1".into(),
                pooling: Pooling::Flatten,
            },
            depth: 0,
            n_units: 4,
            rows_per_stimulus: 1,
            precision: Precision::F32,
            digest: String::new(),
            checkpoint: Checkpoint { step: 0, epoch, accuracy: None },
        }
    }

    fn catalogue() -> Vec<Representation> {
        let of = |network, times: &[f64]| {
            let own = times.iter().map(|&t| at(network, &format!("epoch-{t}"), t));
            own.collect::<Vec<_>>()
        };
        [of("a", &[0.0, 1.0, 4.0]), of("b", &[0.0, 2.0, 4.0]), of("c", &[0.0, 1.0, 2.0, 4.0])]
            .concat()
    }

    fn selection(text: &str) -> std::result::Result<Selection, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn all_is_what_both_networks_of_a_pair_have_in_the_order_of_training() {
        for text in ["checkpoints = 'all'", "checkpoints = ['all']"] {
            let all = selection(text).expect("a selection");
            let places = all.places("test", &catalogue(), &Groups::default()).expect("places");
            let found: Vec<(&str, usize)> =
                places.iter().map(|p| (&*p.checkpoint, p.pairs.len())).collect();
            // Of epochs 1 and 2 the third network has both, the others one each.
            assert_eq!(found, [("epoch-0", 3), ("epoch-1", 1), ("epoch-2", 1), ("epoch-4", 3)]);
            assert_eq!(all.asked_for("epoch-1"), "epoch-1");
        }
        let last = selection("checkpoints = 'last'").expect("a selection");
        assert_eq!(last, Selection::default());
        assert_eq!(last.asked_for("epoch-1"), LAST);
    }

    #[test]
    fn all_stands_alone_and_needs_a_shared_checkpoint() {
        let refused = |text: &str, catalogue: &[Representation]| {
            let selection = selection(text).expect("a selection");
            let places = selection.places("test", catalogue, &Groups::default());
            places.expect_err("refused").to_string()
        };
        let message = refused("checkpoints = ['all', 'epoch-1']", &catalogue());
        assert!(message.contains("expected `all` alone, or names"), "{message}");
        let apart = [at("a", "epoch-1", 1.0), at("b", "epoch-2", 2.0)];
        let message = refused("checkpoints = 'all'", &apart);
        assert!(message.contains("a and b have no checkpoint of the same name"), "{message}");
        let message = selection("checkpoints = 3").expect_err("refused").to_string();
        assert!(message.contains("\"last\", \"all\", or a list of names"), "{message}");
    }
}
