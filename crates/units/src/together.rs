//! What all networks have in common at one layer.

use crate::clusters::clusters;
use crate::layer::{Layer, pairs};
use crate::ranks::rank_correlation;
use crate::side::states;
use crate::{CycleShare, LayerFindings, NetworkSpectrum, Result, Triple, UnitState};

/// What all networks of a layer have in common: spectra, cycles of matchings, units that every network has, clusters.
///
/// # Errors
/// When a factorisation fails.
pub fn analyse_layer(layer: &Layer) -> Result<LayerFindings> {
    let n = layer.networks.len();
    let triples = pairs(n).into_iter().flat_map(|(a, b)| (b + 1..n).map(move |c| [a, b, c]));
    let every: Vec<usize> = (0..n).collect();
    let spectra = Spectra::of(layer);
    Ok(LayerFindings {
        spectra: (0..n).map(|k| spectrum(layer, k)).collect(),
        spectra_difference: spectra.sorted,
        partners_difference: spectra.partners,
        index_difference: spectra.index,
        partners_rank_correlation: spectra.ranks,
        cycles: triples.map(|networks| triple(layer, networks)).collect(),
        cliques: cliques(layer),
        clusters: clusters(layer, &every)?,
    })
}

fn spectrum(layer: &Layer, k: usize) -> NetworkSpectrum {
    let network = &layer.networks[k];
    let mut means: Vec<f32> = network.mean.iter().map(|&m| m as f32).collect();
    means.sort_by(|a, b| b.total_cmp(a));
    let smallest = network.mean.iter().copied().filter(|&m| m > 0.0).fold(f64::INFINITY, f64::min);
    let largest = network.mean.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let count = |state| states(network).into_iter().filter(|s| *s == state).count();
    NetworkSpectrum {
        network: network.representation.id.network.clone(),
        means,
        range: smallest.is_finite().then(|| largest / smallest),
        dead: count(UnitState::Dead),
        constant: count(UnitState::Constant),
    }
}

/// Share of the units of the first network that arrive where they came from.
fn triple(layer: &Layer, networks: [usize; 3]) -> Triple {
    let [a, b, c] = networks;
    let (out, on, back) = (layer.matched(a, b), layer.matched(b, c), layer.matched(c, a));
    let varying = &layer.networks[a].varying;
    let arrive = |unit: &&usize| {
        let end = out[**unit].and_then(|u| on[u]).and_then(|u| back[u]);
        end == Some(**unit)
    };
    let units = varying.len().max(1) as f64;
    Triple {
        networks: networks.map(|k| layer.networks[k].representation.id.network.clone()),
        share: varying.iter().filter(arrive).count() as f64 / units,
        chance: 1.0 / units,
    }
}

/// Units of the first network whose partners in all networks are one another's partners; nothing for two networks, where all
/// partners are.
fn cliques(layer: &Layer) -> Option<CycleShare> {
    let n = layer.networks.len();
    if n < 3 {
        return None;
    }
    let from_first: Vec<Vec<Option<usize>>> = (1..n).map(|k| layer.matched(0, k)).collect();
    let among: Vec<(usize, usize, Vec<Option<usize>>)> =
        pairs(n - 1).into_iter().map(|(k, l)| (k, l, layer.matched(k + 1, l + 1))).collect();
    let agree = |unit: &&usize| {
        let partner = |k: usize| from_first[k][**unit];
        let there = (0..n - 1).all(|k| partner(k).is_some());
        there && among.iter().all(|(k, l, on)| partner(*k).and_then(|u| on[u]) == partner(*l))
    };
    let varying = &layer.networks[0].varying;
    let share = varying.iter().filter(agree).count() as f64 / varying.len().max(1) as f64;
    Some(CycleShare { share, networks: n })
}

/// How alike the mean activations of two networks are, means over pairs of networks.
struct Spectra {
    sorted: Option<f64>,
    partners: Option<f64>,
    index: Option<f64>,
    ranks: Option<f64>,
}

impl Spectra {
    fn of(layer: &Layer) -> Self {
        let mut found: [Vec<f64>; 4] = Default::default();
        for (x, y) in pairs(layer.networks.len()) {
            let [a, b] = [x, y].map(|k| &layer.networks[k].mean);
            let matched = layer.matched(x, y).into_iter().enumerate();
            let (of_x, of_y): (Vec<f64>, Vec<f64>) =
                matched.filter_map(|(i, j)| j.map(|j| (a[i], b[j]))).unzip();
            let same_width = a.len() == b.len();
            let values = [
                same_width.then(|| difference(&descending(a), &descending(b))).flatten(),
                difference(&of_x, &of_y),
                same_width.then(|| difference(a, b)).flatten(),
                rank_correlation(&of_x, &of_y),
            ];
            found.iter_mut().zip(values).for_each(|(list, value)| list.extend(value));
        }
        let [sorted, partners, index, ranks] = found.map(|values| {
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        });
        Self { sorted, partners, index, ranks }
    }
}

/// Σ|a − b| / (Σ|a| + |b|) / 2; nothing if all are 0.
fn difference(a: &[f64], b: &[f64]) -> Option<f64> {
    let apart: f64 = a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum();
    let size: f64 = a.iter().zip(b).map(|(a, b)| f64::midpoint(a.abs(), b.abs())).sum();
    (size > 0.0).then(|| apart / size)
}

fn descending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_relative_to_the_mean_size() {
        assert_eq!(difference(&[3.0, 1.0], &[1.0, 1.0]), Some(2.0 / 3.0));
        assert_eq!(difference(&[2.0, 1.0], &[2.0, 1.0]), Some(0.0));
        assert_eq!(difference(&[0.0], &[0.0]), None);
    }
}
