//! One layer of all networks together.

use serde::{Deserialize, Serialize};

use super::{Clusters, Part};

/// What all networks have in common at one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerFindings {
    /// Sorted mean activations of each network.
    pub spectra: Vec<NetworkSpectrum>,
    /// Mean relative difference between the sorted means of two networks, over pairs (0: the spectra coincide):
    /// Σ|a − b| / Σ(|a| + |b|)/2.
    pub spectra_difference: Option<f64>,
    /// The same between the means of partners in the one-to-one matching.
    pub partners_difference: Option<f64>,
    /// The same between units of equal index: what no correspondence gives.
    pub index_difference: Option<f64>,
    /// Spearman's rank correlation between the means of partners, over pairs: 1 if the order agrees too.
    pub partners_rank_correlation: Option<f64>,
    /// For each three networks how many units come back.
    pub cycles: Vec<Triple>,
    /// Units of all networks that form chains: every two networks match them with one another.
    pub cliques: Option<CycleShare>,
    /// Clusters of the units of all networks.
    pub clusters: Part<Clusters>,
}

/// The mean activations of a network's units, sorted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpectrum {
    /// Network.
    pub network: String,
    /// Means, descending.
    pub means: Vec<f32>,
    /// Largest mean over the smallest one above 0; `null` if there is none.
    pub range: Option<f64>,
    /// Units that are dead, and constant ones that are not.
    pub dead: usize,
    /// Units with one value other than 0.
    pub constant: usize,
}

/// Three networks: a unit of the first is matched to the second, on to the third, and back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triple {
    /// The networks.
    pub networks: [String; 3],
    /// Share of the units of the first that arrive where they came from.
    pub share: f64,
    /// The share expected if matchings were independent permutations: 1 / units.
    pub chance: f64,
}

/// Units that every network has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CycleShare {
    /// Share of the units of the first network whose partners in all networks are one another's partners.
    pub share: f64,
    /// Networks.
    pub networks: usize,
}
