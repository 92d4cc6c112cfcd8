//! Spaces that several units span together.

use serde::{Deserialize, Serialize};

/// Subspaces shared by two layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subspaces {
    /// Cosines of the principal angles between the members of each cluster in x and in y (their canonical correlations),
    /// descending; empty for a cluster of one network. One list a cluster of [`crate::Clusters`].
    pub cluster_cosines: Vec<Vec<f32>>,
    /// The same for the x-members of a cluster and as many random units of y: the mean of the largest cosine.
    pub chance_cosine: Vec<Option<f32>>,
    /// Maximum ε-match.
    pub epsilon: EpsilonMatch,
}

/// The maximum ε-match of two layers (Wang et al. 2018), on raw (not centred) activations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpsilonMatch {
    /// Largest relative distance.
    pub epsilon: f64,
    /// Units of x that stay.
    pub x: Vec<u32>,
    /// Units of y that stay.
    pub y: Vec<u32>,
    /// (|X*| + |Y*|) / (|X| + |Y|), 0 to 1.
    pub similarity: f64,
    /// The similarity along a grid of ε.
    pub curve: Vec<(f64, f64)>,
    /// Smallest matches found, one for each of some units; not all units are tried where there are many.
    pub simple: Vec<SimpleMatch>,
}

/// A match that has no smaller one inside that still holds its unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimpleMatch {
    /// Whether its unit belongs to x (else to y).
    pub of_x: bool,
    /// Its unit.
    pub unit: u32,
    /// Units of x.
    pub x: Vec<u32>,
    /// Units of y.
    pub y: Vec<u32>,
}
