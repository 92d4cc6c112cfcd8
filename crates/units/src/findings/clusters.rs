//! Clusters of the units of several networks together, and the tree above them.

use serde::{Deserialize, Serialize};

/// Spectral clusters of the units of several networks together (normalised Laplacian of their correlations).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clusters {
    /// Networks, in order; for a pair, x and y.
    pub networks: Vec<String>,
    /// Clusters, those of highest correlation between networks first.
    pub clusters: Vec<Cluster>,
    /// Cluster of each unit of each network; `null` for units that take no part.
    pub members: Vec<Vec<Option<u32>>>,
    /// Smallest eigenvalues of the Laplacian, ascending: where the gaps are.
    pub eigenvalues: Vec<f32>,
    /// Whether the number was given (true) or found at the largest gap.
    pub given: bool,
    /// The cut that the clusters make, with its null.
    pub cut: Cut,
    /// Merges of the tree, the highest correlation first: average linkage on the mean correlation between clusters.
    pub tree: Vec<Merge>,
    /// Clusters as leaves of the tree, from one side to the other.
    pub order: Vec<u32>,
}

/// One cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Members of each network.
    pub sizes: Vec<usize>,
    /// Mean correlation between different members of the same network; `null` if no network has two.
    pub within: Option<f64>,
    /// Mean correlation between members of different networks; `null` if one network has them all.
    pub between: Option<f64>,
    /// Share of the members that belong to the network with the most, compared with its share of all units: 1 if one
    /// network has them all, 0 if they are mixed as all units are.
    pub purity: f64,
}

/// How well clusters mix the networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Share of the edge weight that runs between clusters.
    pub weight_between_clusters: f64,
    /// Mean purity of clusters, weighted by size: 1 if each cluster has units of one network only.
    pub purity: f64,
    /// Share of the units in a cluster that has members of every network.
    pub shared_units: f64,
    /// Mean over units of their mean correlation with the members of other networks in their cluster, 0 for a unit whose
    /// cluster has none: −1 to 1. Unlike purity it tells apart what corresponds from what stands together.
    #[serde(default)]
    pub shared_correlation: f64,
    /// The mean purity of each draw in which the units of the other networks lose their correspondence.
    pub null_purity: Vec<f64>,
    /// The share of units in shared clusters of each draw.
    pub null_shared_units: Vec<f64>,
    /// The shared correlation of each draw.
    #[serde(default)]
    pub null_shared_correlation: Vec<f64>,
}

/// A merge of the tree. Clusters are 0…k − 1; merge m makes node k + m.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// First node.
    pub first: u32,
    /// Second node.
    pub second: u32,
    /// Mean correlation between the units of the two.
    pub correlation: f64,
}
