//! What a run was made of, written beside its results.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, Result, StudySpec};

/// File with the facts of a run, in the folder of results.
pub const RUN_FILE: &str = "run.json";

/// What a run was made of. A function of input, spec and version: it holds no time and no host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Version of the program.
    pub version: String,
    /// The study as resolved, all defaults filled in.
    pub spec: StudySpec,
    /// Name of the stimulus set.
    pub stimuli: String,
    /// Number of stimuli.
    pub n_stimuli: usize,
    /// Digest of the stimulus ids.
    pub stimuli_digest: String,
    /// Names of the classes, if there are any.
    pub classes: Vec<String>,
    /// The networks, in order.
    pub networks: Vec<NetworkFacts>,
}

/// One network of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFacts {
    /// Name.
    pub name: String,
    /// Recorded layers in order, with their number of units.
    pub layers: Vec<(String, usize)>,
    /// Checkpoints, in order.
    pub checkpoints: Vec<String>,
    /// Accuracy at the last checkpoint on the task, 0 to 1.
    pub accuracy: Option<f64>,
}

impl Run {
    /// Reads the facts of a run from its folder.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::NotResults`] where the folder holds none.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(RUN_FILE);
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        serde_json::from_str(&text)
            .map_err(|e| Error::NotResults { path: path.clone(), problem: e.to_string() })
    }

    /// What differs between two runs, in words; `None` if nothing does.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self.version != other.version {
            return Some(format!("version {} there, {} here", self.version, other.version));
        }
        if self.spec != other.spec {
            return Some("another spec".to_owned());
        }
        if self.stimuli_digest != other.stimuli_digest {
            return Some(format!("{} stimuli there, {} here", self.n_stimuli, other.n_stimuli));
        }
        (self != other).then(|| "other networks".to_owned())
    }

    /// Writes them, atomically.
    ///
    /// # Errors
    /// [`Error::Data`] when the file cannot be written.
    ///
    /// # Panics
    /// Never: the facts of a run are plain data.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self).expect("facts of a run are plain data");
        text.push('\n');
        consilience_data::write_atomically(&folder.join(RUN_FILE), text.as_bytes())?;
        Ok(())
    }
}
