//! `sets.json`: the same networks on several sets of stimuli.
//!
//! A store has one set of stimuli. What networks said about others, such as shifted ones, lies in a store for each set, all in
//! one folder, `stimuli`, [`beside`] the store:
//!
//! ```text
//! ROOT/sets.json            which sets there are, and how they were made
//! ROOT/<set>/…              a store: stimuli.json, thumbnails.png, <network>/<checkpoint>/…
//! ```
//! Stimuli of a shifted set have the ids of the set that they were made from, so that rows of both can be paired. The accuracy
//! of a network on a set is that of its recordings there.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::{VERSION, escape, read_json};
use crate::{Error, Result, atomic};

const SETS: &str = "sets.json";

/// A set of stimuli that networks were recorded on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedSet {
    /// Name, for instance `contrast-3`.
    pub name: String,
    /// Where its stimuli come from.
    pub origin: Origin,
    /// Number of stimuli.
    pub n_stimuli: usize,
    /// sha256 of the pictures as networks saw them, hexadecimal.
    pub sha256: String,
}

/// Where the stimuli of a set come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Origin {
    /// A transform of other stimuli.
    Shift {
        /// Name of the stimuli that were shifted.
        of: String,
        /// Name of the shift, for instance `contrast`.
        shift: String,
        /// From 1, hardly visible, to 5.
        severity: u8,
        /// The same in the unit of the shift.
        strength: f64,
        /// What the strength is measured in.
        unit: String,
        /// Seed of what is random in it, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
    },
    /// Another data set.
    Dataset {
        /// Its name.
        of: String,
        /// What was done to its pictures to make them fit the networks, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fitted: Option<String>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetsFile {
    version: u32,
    sets: Vec<RecordedSet>,
}

impl RecordedSet {
    /// The store of this set in the folder of the index.
    #[must_use]
    pub fn store(&self, root: &Path) -> PathBuf {
        root.join(escape(&self.name))
    }
}

/// The folder of the sets that belong to the store at `root`: `stimuli`, beside it.
#[must_use]
pub fn beside(root: &Path) -> PathBuf {
    const FOLDER: &str = "stimuli";
    match root.file_name() {
        Some(_) => root.with_file_name(FOLDER),
        None => root.join("..").join(FOLDER),
    }
}

/// Whether there is an index in this folder.
#[must_use]
pub fn has_sets(root: &Path) -> bool {
    root.join(SETS).is_file()
}

/// The sets that the index in the folder `root` names, in its order.
///
/// # Errors
/// [`Error::Format`] if there is none, or a name occurs twice; [`Error::Io`].
pub fn read_sets(root: &Path) -> Result<Vec<RecordedSet>> {
    let path = root.join(SETS);
    let wrong = |found: String, expected: &str, advice: &str| Error::Format {
        path: path.clone(),
        found,
        expected: expected.into(),
        advice: advice.into(),
    };
    if !path.is_file() {
        let expected = "the index of recorded stimulus sets";
        let advice = "record networks on more stimuli first: [stimuli] in the spec of `train`";
        return Err(wrong("no such file".into(), expected, advice));
    }
    let SetsFile { sets, .. } = read_json(&path, "remove this folder and record the sets again")?;
    for (i, set) in sets.iter().enumerate() {
        if sets[..i].iter().any(|other| other.name == set.name) {
            let advice = "remove this folder and record the sets again";
            return Err(wrong(format!("set '{}' twice", set.name), "every set once", advice));
        }
    }
    Ok(sets)
}

/// Writes the index, atomically, in place of the one that is there.
///
/// # Errors
/// [`Error::Io`].
pub fn write_sets(root: &Path, sets: &[RecordedSet]) -> Result<()> {
    std::fs::create_dir_all(root).map_err(Error::io("create", root))?;
    let file = SetsFile { version: VERSION, sets: sets.to_vec() };
    atomic::write_file(&root.join(SETS), |out| Ok(serde_json::to_writer_pretty(out, &file)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, severity: u8) -> RecordedSet {
        RecordedSet {
            name: name.into(),
            origin: Origin::Shift {
                of: "clothes/test".into(),
                shift: "contrast".into(),
                severity,
                strength: 0.1 + 0.2,
                unit: "share".into(),
                seed: Some(7),
            },
            n_stimuli: 3,
            sha256: "0".repeat(64),
        }
    }

    #[test]
    fn an_index_is_read_as_it_was_written() {
        let root = tempfile::tempdir().unwrap();
        assert!(!has_sets(root.path()));
        let e = read_sets(root.path()).unwrap_err().to_string();
        assert!(e.contains("sets.json: no such file") && e.contains("[stimuli]"), "{e}");
        let other = RecordedSet {
            name: "digits".into(),
            origin: Origin::Dataset { of: "digits/test".into(), fitted: None },
            ..set("", 0)
        };
        let sets = [set("contrast-1", 1), set("contrast-2", 2), other];
        write_sets(root.path(), &sets).unwrap();
        assert_eq!(read_sets(root.path()).unwrap(), sets);
        assert_eq!(sets[0].store(root.path()), root.path().join("contrast-1"));
        write_sets(root.path(), &[set("a", 1), set("a", 2)]).unwrap();
        assert!(read_sets(root.path()).unwrap_err().to_string().contains("set 'a' twice"));
    }
}
