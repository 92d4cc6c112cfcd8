//! Stimuli: the inputs that every network sees, with their ids, labels and thumbnails.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The stimuli of a set of representations.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StimulusSet {
    /// Name, for instance `fashion-mnist-small/test`.
    pub name: String,
    /// One id a stimulus; no id occurs twice.
    pub ids: Vec<String>,
    /// One class index a stimulus, if there are classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<u32>>,
    /// Names of the classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// Small pictures of the stimuli; kept in a file of its own beside the ids.
    #[serde(skip)]
    pub thumbnails: Option<Thumbnails>,
}

/// Equal-sized 8-bit grey pictures, one a stimulus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnails {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `n * height * width` values, picture after picture, row after row.
    pub pixels: Vec<u8>,
}

impl StimulusSet {
    /// Stimuli that have no other name than their index, as for bare arrays.
    #[must_use]
    pub fn indexed(name: &str, n: usize) -> Self {
        Self { name: name.into(), ids: (0..n).map(|i| i.to_string()).collect(), ..Self::default() }
    }

    /// Number of stimuli.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no stimulus.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// sha256 over the ids in order, hexadecimal. Two sources with the same digest have the same rows.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for id in &self.ids {
            hash.update((id.len() as u64).to_le_bytes());
            hash.update(id.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
