//! Clusters of the units of several networks together, the tree above them, and their null.

use consilience_linalg::Mat;
use consilience_solvers::{
    ClusterCount, KmeansOptions, SpectralClusters, average_linkage, spectral_clusters,
};

use crate::draws::{Purpose, generator, order, side_by_side};
use crate::layer::{Layer, pairs};
use crate::{Cluster, ClusterParameters, Clusters, Cut, Merge, Part, Result};

/// Eigenvalues shown beyond the number of clusters.
const EIGENVALUES_BEYOND: usize = 10;

/// Seedings of k-means in a draw of the null, whose purity is a mean over all clusters.
const NULL_RESTARTS: usize = 3;

/// The varying units of some networks as nodes of one graph, network after network.
struct Nodes {
    /// First node of each network, and the number of all.
    starts: Vec<usize>,
    /// Network of each node.
    network: Vec<usize>,
    /// Correlations between all nodes.
    r: Mat<f64>,
}

impl Nodes {
    /// With an order of its units for each network, by which they meet the units of other networks; nothing keeps them as they
    /// are. Inside a network nothing is moved.
    fn of(layer: &Layer, networks: &[usize], moved: Option<&[Vec<usize>]>) -> Self {
        let widths = networks.iter().map(|&k| layer.networks[k].varying.len());
        let mut starts = vec![0];
        widths.for_each(|width| starts.push(starts[starts.len() - 1] + width));
        let network: Vec<usize> = (0..networks.len())
            .flat_map(|k| std::iter::repeat_n(k, starts[k + 1] - starts[k]))
            .collect();
        let mut r = Mat::zeros(network.len(), network.len());
        for (k, &x) in networks.iter().enumerate() {
            let within = &layer.networks[x].within;
            for j in 0..within.ncols() {
                for i in 0..within.nrows() {
                    r[(starts[k] + i, starts[k] + j)] = within[(i, j)];
                }
            }
        }
        let at = |k: usize, unit: usize| moved.map_or(unit, |orders| orders[k][unit]);
        for (k, l) in pairs(networks.len()) {
            let between = &layer.between(networks[k], networks[l]).correlation;
            // The one that comes first in the layer is in the rows.
            let turned = networks[k] > networks[l];
            for j in 0..starts[l + 1] - starts[l] {
                for i in 0..starts[k + 1] - starts[k] {
                    let (a, b) = (at(k, i), at(l, j));
                    let value = if turned { between[(b, a)] } else { between[(a, b)] };
                    r[(starts[k] + i, starts[l] + j)] = value;
                    r[(starts[l] + j, starts[k] + i)] = value;
                }
            }
        }
        Self { starts, network, r }
    }

    fn len(&self) -> usize {
        self.network.len()
    }

    /// The graph: correlations above the threshold, and no edge from a node to itself.
    fn edges(&self, threshold: f64) -> Mat<f64> {
        Mat::from_fn(self.len(), self.len(), |i, j| {
            if i != j && self.r[(i, j)] > threshold { self.r[(i, j)] } else { 0.0 }
        })
    }
}

/// Clusters of the varying units of some networks of a layer, in that order.
pub(crate) fn clusters(layer: &Layer, networks: &[usize]) -> Result<Part<Clusters>> {
    let parameters = &layer.parameters.clusters;
    let nodes = Nodes::of(layer, networks, None);
    let n = nodes.len();
    let given = given(parameters, n);
    let count = match given {
        Some(k) if k > n => {
            let found = format!("{k} clusters of {n} units that vary; ask for at most {n}");
            return Ok(Part::Undefined(found));
        }
        _ if n < 2 => {
            let found = format!("{n} units vary, and clusters need two; use more stimuli");
            return Ok(Part::Undefined(found));
        }
        Some(k) => ClusterCount::Given(k),
        None => {
            let largest = (parameters.largest_share * n as f64).floor() as usize;
            ClusterCount::Eigengap { largest: largest.max(2) }
        }
    };
    let options = KmeansOptions { seed: layer.parameters.seed, ..KmeansOptions::default() };
    let edges = nodes.edges(parameters.threshold);
    let found = spectral_clusters(edges.as_ref(), count, options)?;
    let null = null(layer, networks, found.clusters, options)?;
    Ok(Part::Found(described(layer, networks, &nodes, &edges, &found, &null)))
}

/// The number of clusters that is asked for among `n` units, if one is.
fn given(parameters: &ClusterParameters, n: usize) -> Option<usize> {
    let share = |share: f64| (share * n as f64).round().max(1.0) as usize;
    parameters.number.or_else(|| parameters.share.map(share))
}

/// How clusters mix the networks in one draw of the null.
struct Mixing {
    purity: f64,
    shared_units: f64,
    shared_correlation: f64,
}

/// Each draw in which units lose their correspondence with those of the other networks.
fn null(
    layer: &Layer,
    networks: &[usize],
    k: usize,
    options: KmeansOptions,
) -> Result<Vec<Mixing>> {
    let ClusterParameters { threshold, null_draws, .. } = layer.parameters.clusters;
    let draw = |draw: usize| -> Result<Mixing> {
        let rng = &mut generator(layer.parameters.seed, Purpose::Clusters, [draw, 0]);
        let width = |&k: &usize| layer.networks[k].varying.len();
        let orders: Vec<Vec<usize>> = networks.iter().map(|k| order(width(k), rng)).collect();
        let nodes = Nodes::of(layer, networks, Some(&orders));
        let edges = nodes.edges(threshold);
        let options = KmeansOptions { restarts: NULL_RESTARTS, ..options };
        let found = spectral_clusters(edges.as_ref(), ClusterCount::Given(k), options)?;
        let sizes = sizes(&nodes, &found.cluster, k);
        Ok(Mixing {
            purity: mean_purity(&nodes, &sizes),
            shared_units: shared_units(&nodes, &sizes),
            shared_correlation: shared_correlation(&nodes, &found.cluster, &sizes),
        })
    };
    side_by_side(null_draws, layer.holding.at_once, draw)
}

fn described(
    layer: &Layer,
    networks: &[usize],
    nodes: &Nodes,
    edges: &Mat<f64>,
    found: &SpectralClusters,
    null: &[Mixing],
) -> Clusters {
    let means = MeanCorrelations::of(nodes, found);
    let sizes = sizes(nodes, &found.cluster, found.clusters);
    let mut rank: Vec<usize> = (0..found.clusters).collect();
    let key = |c: usize| (means.between_networks(c), means.within_networks(c));
    rank.sort_by(|&a, &b| descending(key(a), key(b)).then(a.cmp(&b)));
    let mut place = vec![0; found.clusters];
    rank.iter().enumerate().for_each(|(at, &c)| place[c] = at);
    let cluster = |&c: &usize| Cluster {
        sizes: sizes[c].clone(),
        within: means.within_networks(c),
        between: means.between_networks(c),
        purity: purity(nodes, &sizes[c]),
    };
    let similarity =
        Mat::from_fn(rank.len(), rank.len(), |a, b| means.between_clusters(rank[a], rank[b]));
    let weights: Vec<f64> = rank.iter().map(|&c| sizes[c].iter().sum::<usize>() as f64).collect();
    let tree = average_linkage(similarity.as_ref(), &weights).expect("a mean correlation each");
    let merge = |merge: &consilience_solvers::Merge| Merge {
        first: merge.first as u32,
        second: merge.second as u32,
        correlation: merge.similarity,
    };
    let shown = (found.clusters + EIGENVALUES_BEYOND).min(nodes.len());
    Clusters {
        networks: networks
            .iter()
            .map(|&k| layer.networks[k].representation.id.network.clone())
            .collect(),
        clusters: rank.iter().map(cluster).collect(),
        members: members(layer, networks, nodes, &found.cluster, &place),
        eigenvalues: found.eigenvalues[..shown].iter().map(|&v| v as f32).collect(),
        given: given(&layer.parameters.clusters, nodes.len()).is_some(),
        cut: Cut {
            weight_between_clusters: weight_between(edges, &found.cluster),
            purity: mean_purity(nodes, &sizes),
            shared_units: shared_units(nodes, &sizes),
            shared_correlation: shared_correlation(nodes, &found.cluster, &sizes),
            null_purity: null.iter().map(|draw| draw.purity).collect(),
            null_shared_units: null.iter().map(|draw| draw.shared_units).collect(),
            null_shared_correlation: null.iter().map(|draw| draw.shared_correlation).collect(),
        },
        tree: tree.merges.iter().map(merge).collect(),
        order: tree.order().into_iter().map(|c| c as u32).collect(),
    }
}

/// Larger first; what there is none of comes last.
fn descending(a: (Option<f64>, Option<f64>), b: (Option<f64>, Option<f64>)) -> std::cmp::Ordering {
    let value = |v: Option<f64>| v.unwrap_or(f64::NEG_INFINITY);
    value(b.0).total_cmp(&value(a.0)).then(value(b.1).total_cmp(&value(a.1)))
}

fn members(
    layer: &Layer,
    networks: &[usize],
    nodes: &Nodes,
    cluster: &[usize],
    place: &[usize],
) -> Vec<Vec<Option<u32>>> {
    let of = |(at, &k): (usize, &usize)| {
        let network = &layer.networks[k];
        let mut out = vec![None; network.representation.n_units];
        for (i, &unit) in network.varying.iter().enumerate() {
            out[unit] = Some(place[cluster[nodes.starts[at] + i]] as u32);
        }
        out
    };
    networks.iter().enumerate().map(of).collect()
}

/// Members of each cluster in each network.
fn sizes(nodes: &Nodes, cluster: &[usize], k: usize) -> Vec<Vec<usize>> {
    let mut sizes = vec![vec![0; nodes.starts.len() - 1]; k];
    cluster.iter().zip(&nodes.network).for_each(|(&c, &network)| sizes[c][network] += 1);
    sizes
}

/// The largest share of a network beyond its share of all units, as a share of what it could be beyond: 0 to 1.
fn purity(nodes: &Nodes, sizes: &[usize]) -> f64 {
    let all: usize = sizes.iter().sum();
    let beyond = |(k, &size): (usize, &usize)| {
        let expected = (nodes.starts[k + 1] - nodes.starts[k]) as f64 / nodes.len() as f64;
        let share = size as f64 / all as f64;
        if expected < 1.0 { (share - expected) / (1.0 - expected) } else { 0.0 }
    };
    sizes.iter().enumerate().map(beyond).fold(0.0, f64::max)
}

fn mean_purity(nodes: &Nodes, sizes: &[Vec<usize>]) -> f64 {
    let weighted = sizes.iter().map(|s| s.iter().sum::<usize>() as f64 * purity(nodes, s));
    weighted.sum::<f64>() / nodes.len() as f64
}

fn shared_units(nodes: &Nodes, sizes: &[Vec<usize>]) -> f64 {
    let shared = sizes.iter().filter(|s| s.iter().all(|size| *size > 0));
    shared.map(|s| s.iter().sum::<usize>()).sum::<usize>() as f64 / nodes.len() as f64
}

/// Mean over units of their mean correlation with the members of other networks in their cluster; 0 for those without any.
fn shared_correlation(nodes: &Nodes, cluster: &[usize], sizes: &[Vec<usize>]) -> f64 {
    let of_unit = |unit: usize| {
        let (c, own) = (cluster[unit], nodes.network[unit]);
        let others = sizes[c].iter().sum::<usize>() - sizes[c][own];
        let is_other = |&a: &usize| cluster[a] == c && nodes.network[a] != own;
        let sum: f64 = (0..nodes.len()).filter(is_other).map(|a| nodes.r[(a, unit)]).sum();
        if others > 0 { sum / others as f64 } else { 0.0 }
    };
    (0..nodes.len()).map(of_unit).sum::<f64>() / nodes.len() as f64
}

/// Share of the edge weight that runs between clusters; 0 where there is no edge.
fn weight_between(edges: &Mat<f64>, cluster: &[usize]) -> f64 {
    let (mut all, mut crossing) = (0.0, 0.0);
    for j in 0..edges.ncols() {
        for (i, weight) in edges.col_as_slice(j).iter().enumerate() {
            all += weight;
            crossing += if cluster[i] == cluster[j] { 0.0 } else { *weight };
        }
    }
    if all > 0.0 { crossing / all } else { 0.0 }
}

/// Sums of correlations between the units of clusters, apart for units of one network and of two.
struct MeanCorrelations {
    /// Sum and number of pairs for each pair of clusters.
    all: Vec<Vec<(f64, usize)>>,
    /// Inside each cluster: different units of one network, and units of two networks.
    inside: Vec<[(f64, usize); 2]>,
}

impl MeanCorrelations {
    fn of(nodes: &Nodes, found: &SpectralClusters) -> Self {
        let k = found.clusters;
        let mut all = vec![vec![(0.0, 0); k]; k];
        let mut inside = vec![[(0.0, 0); 2]; k];
        for b in 0..nodes.len() {
            for a in (0..nodes.len()).filter(|&a| a != b) {
                let (c, d) = (found.cluster[a], found.cluster[b]);
                let r = nodes.r[(a, b)];
                all[c][d] = (all[c][d].0 + r, all[c][d].1 + 1);
                if c == d {
                    let of = &mut inside[c][usize::from(nodes.network[a] != nodes.network[b])];
                    *of = (of.0 + r, of.1 + 1);
                }
            }
        }
        Self { all, inside }
    }

    fn within_networks(&self, c: usize) -> Option<f64> {
        mean(self.inside[c][0])
    }

    fn between_networks(&self, c: usize) -> Option<f64> {
        mean(self.inside[c][1])
    }

    /// Mean correlation between the units of two clusters; 0 inside a cluster of one unit, which nothing reads.
    fn between_clusters(&self, c: usize, d: usize) -> f64 {
        mean(self.all[c][d]).unwrap_or(0.0)
    }
}

fn mean((sum, n): (f64, usize)) -> Option<f64> {
    (n > 0).then(|| sum / n as f64)
}
