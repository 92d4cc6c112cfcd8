//! Names of representations and what is known about them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Pooling, Precision};

/// Identity of a representation. Pooling belongs to it because it changes the number of rows and units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepresentationId {
    /// Network, for instance `cnn-seed1`.
    pub network: String,
    /// Checkpoint, for instance `step-000000` or `epoch-08`.
    pub checkpoint: String,
    /// Layer, for instance `conv1`.
    pub layer: String,
    /// How maps became rows.
    pub pooling: Pooling,
}

impl fmt::Display for RepresentationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A bare array has a name and nothing else.
        if self.checkpoint.is_empty() && self.layer.is_empty() {
            return f.write_str(&self.network);
        }
        write!(f, "{}/{}/{}:{}", self.network, self.checkpoint, self.layer, self.pooling)
    }
}

/// When in training a representation was taken, and how good the network was then.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Optimiser steps done; 0 is before training.
    pub step: u64,
    /// The same in epochs; inside the first epoch a fraction.
    pub epoch: f64,
    /// Share of the stimuli (test set) classified correctly, 0 to 1, where there is a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
}

/// A representation that a source can read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representation {
    /// Identity.
    pub id: RepresentationId,
    /// Position of the layer in its network, 0 for the first recorded layer.
    pub depth: usize,
    /// Columns.
    pub n_units: usize,
    /// Rows that belong to one stimulus: 1, or the number of positions.
    pub rows_per_stimulus: usize,
    /// Precision of the stored values.
    pub precision: Precision,
    /// sha256 of the values, hexadecimal; results are keyed by it.
    pub digest: String,
    /// Where in training.
    pub checkpoint: Checkpoint,
}
