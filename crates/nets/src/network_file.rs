//! What is written beside the weights of a network: how it is made, and, once it is complete, how good it is.

use std::fs;
use std::path::{Path, PathBuf};

use consilience_data::{Checkpoint, hexadecimal, write_atomically};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::architectures::ArchitectureSpec;
use crate::datasets::Dataset;
use crate::spec::{NetworkSeeds, RecordSpec, TrainingSpec};
use crate::{Error, Result, TrainSpec};

/// Raised when networks trained by an older version are no longer those of this one.
const VERSION: u32 = 1;
const SPEC: &str = "spec.json";
const NETWORK: &str = "network.json";
const STATE: &str = "unfinished.safetensors";

/// Everything that the bytes of a network and of its recordings depend on: `spec.json`, written first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct OneNetworkSpec {
    version: u32,
    dataset: DatasetIdentity,
    architecture: ArchitectureSpec,
    training: TrainingSpec,
    record: RecordSpec,
    seeds: NetworkSeeds,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct DatasetIdentity {
    name: String,
    sha256: String,
}

impl OneNetworkSpec {
    pub(crate) fn new(
        spec: &TrainSpec,
        dataset: &Dataset,
        dataset_sha256: &str,
        seeds: NetworkSeeds,
    ) -> Result<Self> {
        Ok(Self {
            version: VERSION,
            dataset: DatasetIdentity {
                name: dataset.name.clone(),
                sha256: dataset_sha256.to_owned(),
            },
            architecture: spec.architecture.canonical()?,
            training: spec.training.clone(),
            record: spec.record.clone(),
            seeds,
        })
    }

    fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a spec has text keys and finite numbers")
    }

    /// sha256 of `spec.json`, hexadecimal.
    pub(crate) fn digest(&self) -> String {
        hexadecimal(Sha256::new_with_prefix(self.json()))
    }
}

/// A trained network: `network.json`, written last, so that its presence says that all else is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFile {
    /// Name, for instance `cnn-seed1`.
    pub network: String,
    /// Its seeds.
    pub seeds: NetworkSeeds,
    /// sha256 of `spec.json`, hexadecimal: what the network was made from.
    pub spec: String,
    /// Number of weights.
    pub n_weights: usize,
    /// Its checkpoints in the order of training.
    pub checkpoints: Vec<TrainedCheckpoint>,
}

/// A checkpoint of a trained network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedCheckpoint {
    /// Name, for instance `epoch-01`.
    pub name: String,
    /// When in training, and the share of the test images that were classified correctly then.
    pub when: Checkpoint,
}

impl NetworkFile {
    /// Share of the test images that the trained network classifies correctly.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.checkpoints.last().and_then(|checkpoint| checkpoint.when.accuracy).unwrap_or(0.0)
    }
}

/// The folders of one network in an output folder.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    network: String,
    /// `OUT/networks/<network>`.
    weights: PathBuf,
    /// `OUT/activations/<network>`.
    activations: PathBuf,
}

impl Folders {
    pub(crate) fn new(out: &Path, network: &str) -> Self {
        Self {
            network: network.to_owned(),
            weights: out.join("networks").join(network),
            activations: store(out).join(network),
        }
    }

    pub(crate) fn weights(&self, checkpoint: &str) -> PathBuf {
        self.weights.join(format!("{checkpoint}.safetensors"))
    }

    /// The network as it was left, if it was completed from the same spec.
    ///
    /// # Errors
    /// [`Error::OtherSpec`] if there is anything that was not made from `spec`.
    pub(crate) fn finished(&self, spec: &OneNetworkSpec) -> Result<Option<NetworkFile>> {
        let path = self.weights.join(SPEC);
        let Ok(text) = fs::read(&path) else {
            return match [&self.weights, &self.activations].into_iter().find(|path| path.exists()) {
                None => Ok(None),
                Some(there) => Err(self.other(format!("{} without {SPEC}", there.display()))),
            };
        };
        let found: Value = serde_json::from_slice(&text).unwrap_or(Value::Null);
        let expected = serde_json::to_value(spec).unwrap_or(Value::Null);
        if let Some(difference) = difference("", &found, &expected) {
            return Err(self.other(difference));
        }
        // A file that is not there, or that an older version wrote, means that the network is trained again.
        let text = fs::read(self.weights.join(NETWORK)).unwrap_or_default();
        Ok(serde_json::from_slice(&text).ok())
    }

    fn other(&self, found: String) -> Error {
        Error::OtherSpec {
            network: self.network.clone(),
            path: self.weights.clone(),
            activations: self.activations.clone(),
            found,
        }
    }

    /// Makes the folder of the weights and says there what it is for.
    pub(crate) fn begin(&self, spec: &OneNetworkSpec) -> Result<()> {
        fs::create_dir_all(&self.weights).map_err(Error::io("create", &self.weights))?;
        Ok(write_atomically(&self.weights.join(SPEC), spec.json().as_bytes())?)
    }

    /// The state of a network that is not complete yet.
    pub(crate) fn state(&self) -> PathBuf {
        self.weights.join(STATE)
    }

    /// Removes the state, if there is one.
    pub(crate) fn forget_state(&self) -> Result<()> {
        match fs::remove_file(self.state()) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("remove", self.state())(e))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn finish(&self, file: &NetworkFile) -> Result<()> {
        let json = serde_json::to_string_pretty(file).expect("accuracies are finite");
        write_atomically(&self.weights.join(NETWORK), json.as_bytes())?;
        self.forget_state()
    }
}

/// The activation store of an output folder.
pub(crate) fn store(out: &Path) -> PathBuf {
    out.join("activations")
}

/// The first key whose values differ, with both values.
fn difference(key: &str, found: &Value, expected: &Value) -> Option<String> {
    if let (Value::Object(a), Value::Object(b)) = (found, expected) {
        let keys = b.keys().chain(a.keys().filter(|key| !b.contains_key(*key)));
        return keys.into_iter().find_map(|inner| {
            let path = if key.is_empty() { inner.clone() } else { format!("{key}.{inner}") };
            let value = |of: &serde_json::Map<String, Value>| of.get(inner).cloned();
            let (a, b) = (value(a).unwrap_or_default(), value(b).unwrap_or_default());
            difference(&path, &a, &b)
        });
    }
    let key = if key.is_empty() { "spec.json" } else { key };
    (found != expected).then(|| format!("made with {key} = {found}, now it is {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named_by_its_key() {
        let a: Value = serde_json::from_str(r#"{"x": {"y": 1, "z": 2}}"#).unwrap();
        let b: Value = serde_json::from_str(r#"{"x": {"y": 1, "z": 3}}"#).unwrap();
        assert_eq!(difference("", &a, &a), None);
        assert_eq!(difference("", &a, &b).unwrap(), "made with x.z = 2, now it is 3");
        let c: Value = serde_json::from_str(r#"{"x": {"y": 1}}"#).unwrap();
        assert_eq!(difference("", &a, &c).unwrap(), "made with x.z = 2, now it is null");
    }
}
