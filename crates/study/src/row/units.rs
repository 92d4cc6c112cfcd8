//! Rows of the study `units`.

use consilience_units::{Findings, LayerFindings, Part};
use serde::{Deserialize, Serialize};

use super::SideFacts;

/// The units of one layer of two networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitsRow {
    /// Version of this format.
    pub schema: u32,
    /// Digest of inputs, parameters and seed.
    pub key: String,
    /// Study that asked for it.
    pub study: String,
    /// First representation.
    pub x: SideFacts,
    /// Second representation.
    pub y: SideFacts,
    /// Stimuli.
    pub n_stimuli: usize,
    /// Rows compared: stimuli, or stimuli times positions.
    pub n_samples: usize,
    /// What was found out, or what stood in the way.
    pub findings: Part<Box<Findings>>,
}

/// The units of one layer of all networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitsLayerRow {
    /// Version of this format.
    pub schema: u32,
    /// Digest of inputs, parameters and seed.
    pub key: String,
    /// Study that asked for it.
    pub study: String,
    /// The representations, in the order of the networks.
    pub sides: Vec<SideFacts>,
    /// Stimuli.
    pub n_stimuli: usize,
    /// Rows compared.
    pub n_samples: usize,
    /// What was found out, or what stood in the way.
    pub findings: Part<Box<LayerFindings>>,
}
