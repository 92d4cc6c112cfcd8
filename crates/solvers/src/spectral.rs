//! Spectral clustering: groups of nodes with much weight inside and little between.

use consilience_linalg::{Mat, MatRef, eigen_symmetric};

use crate::error::{Error, Result};
use crate::kmeans::{KmeansOptions, kmeans};

/// How many clusters [`spectral_clusters`] makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterCount {
    /// So many.
    Given(usize),
    /// The k from 2 to this with the largest gap between the k-th and the next eigenvalue; the smallest on ties.
    Eigengap {
        /// The largest k that may be chosen.
        largest: usize,
    },
}

/// Nodes in clusters, and the relaxation that bounds how good clusters can be.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct SpectralClusters {
    /// Cluster of each node. Clusters are numbered in the order of their first nodes.
    pub cluster: Vec<usize>,
    /// Number of clusters.
    pub clusters: usize,
    /// All eigenvalues of the normalised Laplacian, ascending, 0 to 2. As many are 0 as the graph has components.
    pub eigenvalues: Vec<f64>,
    /// The sum over clusters of the weight that leaves a cluster over the total weight of its nodes.
    pub normalised_cut: f64,
    /// The sum of the smallest eigenvalues, one for each cluster: no partition into so many has a smaller normalised cut.
    pub bound: f64,
}

/// Clusters of the nodes of a graph by the eigenvectors of its normalised Laplacian (Ng, Jordan & Weiss 2002).
///
/// `affinity` (n × n) holds the weights of the edges: symmetric, not negative; what stands on the diagonal is not read. With
/// the degrees D, the Laplacian is `I − D^{-1/2} W D^{-1/2}`; nodes are embedded in the eigenvectors of its smallest
/// eigenvalues, their rows scaled to unit length, and grouped by k-means. A node without edges is a component of its own:
/// its row of the Laplacian is 0. O(n³).
///
/// # Errors
///
/// [`Error::Affinity`] for a weight that is negative, not finite or not symmetric; [`Error::Groups`] for more clusters than
/// nodes; [`Error::Eigenvectors`].
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
/// use consilience_solvers::{ClusterCount, KmeansOptions, spectral_clusters};
///
/// // Two triangles and a weak edge between them.
/// let weight = |i: usize, j: usize| if i / 3 == j / 3 { 1.0 } else { 0.0 };
/// let affinity = Mat::from_fn(6, 6, |i, j| if i + j == 5 && i * j == 6 { 0.1 } else { weight(i, j) });
/// let count = ClusterCount::Eigengap { largest: 5 };
/// let found = spectral_clusters(affinity.as_ref(), count, KmeansOptions::default())?;
/// assert_eq!(found.cluster, [0, 0, 0, 1, 1, 1]);
/// // The weak edge leaves each triangle, whose nodes have a weight of 2 + 2 + 2.1.
/// assert!((found.normalised_cut - 2.0 * 0.1 / 6.1).abs() < 1e-12);
/// assert!(found.bound <= found.normalised_cut);
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn spectral_clusters(
    affinity: MatRef<'_, f64>,
    count: ClusterCount,
    options: KmeansOptions,
) -> Result<SpectralClusters> {
    let n = affinity.nrows();
    if n == 0 || affinity.ncols() != n {
        return Err(Error::NotSquare { rows: n, columns: affinity.ncols() });
    }
    check(affinity)?;
    let weight = |i: usize, j: usize| if i == j { 0.0 } else { affinity[(i, j)] };
    let degrees: Vec<f64> = (0..n).map(|i| (0..n).map(|j| weight(j, i)).sum()).collect();
    let root: Vec<f64> =
        degrees.iter().map(|&d| if d > 0.0 { d.sqrt().recip() } else { 0.0 }).collect();
    let laplacian = Mat::from_fn(n, n, |i, j| {
        let own = if i == j && degrees[i] > 0.0 { 1.0 } else { 0.0 };
        own - root[i] * weight(i, j) * root[j]
    });
    let eigen =
        eigen_symmetric(laplacian.as_ref()).map_err(|e| Error::Eigenvectors(e.to_string()))?;
    let clusters = match count {
        ClusterCount::Given(k) => k,
        ClusterCount::Eigengap { largest } => largest_gap(&eigen.values, largest),
    };
    if clusters == 0 || clusters > n {
        return Err(Error::Groups { groups: clusters, points: n });
    }
    let mut embedding = eigen.vectors.subcols(0, clusters).to_owned();
    for i in 0..n {
        let length = embedding.row(i).iter().map(|v| v * v).sum::<f64>().sqrt();
        if length > 0.0 {
            (0..clusters).for_each(|c| embedding[(i, c)] /= length);
        }
    }
    let cluster = kmeans(embedding.as_ref(), clusters, options)?.group;
    let normalised_cut = cut(&cluster, clusters, &degrees, &weight);
    let bound = eigen.values[..clusters].iter().sum();
    Ok(SpectralClusters { cluster, clusters, eigenvalues: eigen.values, normalised_cut, bound })
}

fn check(affinity: MatRef<'_, f64>) -> Result<()> {
    for j in 0..affinity.ncols() {
        for i in 0..j {
            let (value, mirrored) = (affinity[(i, j)], affinity[(j, i)]);
            // Products of the same numbers in another order may differ by a few roundings.
            let same = (value - mirrored).abs() <= 1e-12 * value.abs().max(mirrored.abs());
            if !(value >= 0.0 && value.is_finite() && same) {
                return Err(Error::Affinity { row: i, column: j, value, mirrored });
            }
        }
    }
    Ok(())
}

/// The k with the largest gap above it. One cluster is no clustering, so that two are the least.
fn largest_gap(eigenvalues: &[f64], largest: usize) -> usize {
    let gap = |k: usize| eigenvalues[k] - eigenvalues[k - 1];
    let last = largest.min(eigenvalues.len() - 1).max(1);
    let least = 2.min(last);
    (least..=last).fold(least, |best, k| if gap(k) > gap(best) { k } else { best })
}

/// The sum over clusters of leaving weight over total weight; a cluster without edges leaves nothing.
fn cut(
    cluster: &[usize],
    clusters: usize,
    degrees: &[f64],
    weight: &dyn Fn(usize, usize) -> f64,
) -> f64 {
    let (mut volume, mut inside) = (vec![0.0; clusters], vec![0.0; clusters]);
    for (j, &c) in cluster.iter().enumerate() {
        volume[c] += degrees[j];
        let within = (0..cluster.len()).filter(|&i| cluster[i] == c);
        inside[c] += within.map(|i| weight(i, j)).sum::<f64>();
    }
    let share = |(volume, inside): (&f64, &f64)| {
        if *volume > 0.0 { ((volume - inside) / volume).max(0.0) } else { 0.0 }
    };
    volume.iter().zip(&inside).map(share).sum()
}
