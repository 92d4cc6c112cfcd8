//! The state of a network in training: what, beside its weights, the next step depends on.
//!
//! It is written after every checkpoint, replaced by that of the next one, and removed when the network is complete. A run
//! that was killed goes on from there and ends with the bytes of one that was not.

use std::fs;
use std::path::Path;

use consilience_data::{hexadecimal, write_atomically};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::network_file::TrainedCheckpoint;
use crate::{Error, Result};

/// Raised when a state that an older version wrote would not be understood.
const VERSION: u32 = 1;

/// Tensor that holds [`Known`] as JSON.
const KNOWN: &str = "state";

/// The moments of Adam for one parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moments {
    /// Steps that were averaged.
    pub(crate) time: usize,
    pub(crate) first: Vec<f32>,
    pub(crate) second: Vec<f32>,
}

/// Where training stands, beside the weights.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    /// Optimiser steps done.
    pub(crate) step: u64,
    /// Order of the images in this epoch.
    pub(crate) order: Vec<u32>,
    /// How many of them were seen.
    pub(crate) seen: usize,
    /// Position of the generator of orders, in words.
    pub(crate) generator: u128,
    /// One a parameter; none for one that no step has changed yet.
    pub(crate) moments: Vec<Option<Moments>>,
}

/// A state with what it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resume {
    /// Digest of the network's spec.
    pub(crate) spec: String,
    /// Checkpoints that are complete, the last one with the weights.
    pub(crate) checkpoints: Vec<TrainedCheckpoint>,
    /// sha256 of the file of the weights, hexadecimal.
    pub(crate) weights: String,
    pub(crate) state: State,
}

/// What is not an array.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    version: u32,
    spec: String,
    checkpoints: Vec<TrainedCheckpoint>,
    weights: String,
    step: u64,
    seen: usize,
    /// As text: JSON has no numbers of 128 bits.
    generator: String,
    /// [`Moments::time`], one a parameter.
    times: Vec<Option<usize>>,
}

/// sha256 of a file, hexadecimal.
pub(crate) fn file_digest(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(Error::io("read", path))?;
    Ok(hexadecimal(Sha256::new_with_prefix(bytes)))
}

impl Resume {
    /// Writes the state to `path`, atomically.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let State { step, order, seen, generator, moments } = &self.state;
        let known = Known {
            version: VERSION,
            spec: self.spec.clone(),
            checkpoints: self.checkpoints.clone(),
            weights: self.weights.clone(),
            step: *step,
            seen: *seen,
            generator: generator.to_string(),
            times: moments.iter().map(|moments| moments.as_ref().map(|m| m.time)).collect(),
        };
        let known = serde_json::to_vec(&known).expect("accuracies are finite");
        let mut arrays = vec![
            (KNOWN.to_owned(), Dtype::U8, known.len(), known),
            (
                "order".to_owned(),
                Dtype::U32,
                order.len(),
                order.iter().flat_map(|v| v.to_le_bytes()).collect(),
            ),
        ];
        for (i, moments) in moments.iter().enumerate() {
            let Some(Moments { first, second, .. }) = moments else { continue };
            for (name, values) in [("first", first), ("second", second)] {
                let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                arrays.push((format!("{name}.{i}"), Dtype::F32, values.len(), bytes));
            }
        }
        let views: std::result::Result<Vec<_>, _> = arrays
            .iter()
            .map(|(name, dtype, n, bytes)| {
                Ok((name.as_str(), TensorView::new(*dtype, vec![*n], bytes)?))
            })
            .collect();
        let file = views
            .and_then(|views| safetensors::serialize(views, None))
            .map_err(|e| Error::io("write", path)(std::io::Error::other(e)))?;
        Ok(write_atomically(path, &file)?)
    }

    /// The state at `path`, if there is one that is whole and of this spec. Anything else means training from the begin,
    /// which gives the same bytes.
    pub(crate) fn read(path: &Path, spec: &str) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let file = SafeTensors::deserialize(&bytes).ok()?;
        let known: Known = serde_json::from_slice(file.tensor(KNOWN).ok()?.data()).ok()?;
        if known.version != VERSION || known.spec != spec {
            return None;
        }
        let words = |name: &str| -> Option<Vec<[u8; 4]>> {
            Some(file.tensor(name).ok()?.data().as_chunks::<4>().0.to_vec())
        };
        let floats = |name: String| -> Option<Vec<f32>> {
            Some(words(&name)?.into_iter().map(f32::from_le_bytes).collect())
        };
        let moments = known.times.iter().enumerate().map(|(i, time)| {
            let Some(time) = *time else { return Some(None) };
            let (first, second) = (floats(format!("first.{i}"))?, floats(format!("second.{i}"))?);
            Some(Some(Moments { time, first, second }))
        });
        Some(Self {
            spec: known.spec,
            weights: known.weights,
            state: State {
                step: known.step,
                order: words("order")?.into_iter().map(u32::from_le_bytes).collect(),
                seen: known.seen,
                generator: known.generator.parse().ok()?,
                moments: moments.collect::<Option<_>>()?,
            },
            checkpoints: known.checkpoints,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use consilience_data::Checkpoint;

    #[test]
    fn what_was_written_is_read_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let when = Checkpoint { step: 3, epoch: 0.1, accuracy: Some(1.0 / 3.0) };
        let moments =
            Moments { time: 3, first: vec![0.1, -0.0], second: vec![f32::MIN_POSITIVE, 2.0] };
        let resume = Resume {
            spec: "abc".into(),
            checkpoints: vec![TrainedCheckpoint { name: "step-000003".into(), when }],
            weights: "def".into(),
            state: State {
                step: 3,
                order: vec![2, 0, 1],
                seen: 1,
                generator: u128::MAX / 3,
                moments: vec![Some(moments), None],
            },
        };
        resume.write(&path).unwrap();
        assert_eq!(Resume::read(&path, "abc").unwrap(), resume);
        assert_eq!(Resume::read(&path, "other spec"), None);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(Resume::read(&path, "abc"), None);
        assert_eq!(Resume::read(&folder.path().join("nothing"), "abc"), None);
    }
}
