//! Spaces that several units span together: principal angles between the members of a cluster, and the ε-match.

mod simple;

use consilience_linalg::{Mat, MatRef, eigen_symmetric, matmul, matmul_atb};
use consilience_solvers::maximum_match;
use consilience_statistics::{BlockSet, Canonical};
use rand::seq::index;

use crate::chance::mean;
use crate::draws::{Purpose, generator, side_by_side};
use crate::layer::{Layer, Network, with_moments};
use crate::{Clusters, EpsilonMatch, Result, Subspaces};

/// Draws of random units for the chance level of an angle.
const CHANCE_DRAWS: usize = 20;

/// Distances at which the similarity is shown.
const GRID: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// The subspaces of networks x < y; `clusters` are those of the two.
pub(crate) fn subspaces(
    layer: &Layer,
    [x, y]: [usize; 2],
    clusters: Option<&Clusters>,
) -> Result<Subspaces> {
    let count = clusters.map_or(0, |clusters| clusters.clusters.len());
    let angles = |c: usize| match clusters {
        Some(clusters) => angles(layer, [x, y], clusters, c),
        None => Ok((Vec::new(), None)),
    };
    let found: Vec<(Vec<f32>, Option<f32>)> = side_by_side(count, layer.holding.at_once, angles)?;
    let (cluster_cosines, chance_cosine) = found.into_iter().unzip();
    Ok(Subspaces { cluster_cosines, chance_cosine, epsilon: epsilon_match(layer, [x, y])? })
}

/// Cosines of the principal angles between the members of a cluster in x and in y, and the chance level of the largest.
fn angles(
    layer: &Layer,
    [x, y]: [usize; 2],
    clusters: &Clusters,
    c: usize,
) -> Result<(Vec<f32>, Option<f32>)> {
    let sides = [&layer.networks[x], &layer.networks[y]];
    let between = layer.between(x, y);
    let members = |side: usize| -> Vec<usize> {
        let varying = sides[side].varying.iter().enumerate();
        let inside = |unit: usize| clusters.members[side][unit] == Some(c as u32);
        varying.filter(|(_, unit)| inside(**unit)).map(|(i, _)| i).collect()
    };
    let (of_x, of_y) = (members(0), members(1));
    if of_x.is_empty() || of_y.is_empty() {
        return Ok((Vec::new(), None));
    }
    let n = sides[0].n_rows;
    let cosines = |of_y: &[usize]| -> Result<Vec<f64>> {
        let within = |r: &Mat<f64>, units: &[usize]| {
            Mat::from_fn(units.len(), units.len(), |a, b| r[(units[a], units[b])])
        };
        let own = eigen_symmetric(within(&sides[0].within, &of_x).as_ref())?;
        let other = eigen_symmetric(within(&sides[1].within, of_y).as_ref())?;
        let cross =
            Mat::from_fn(of_x.len(), of_y.len(), |a, b| between.correlation[(of_x[a], of_y[b])]);
        let half = matmul_atb(own.vectors.as_ref(), cross.as_ref());
        let turned = matmul(half.as_ref(), other.vectors.as_ref());
        let epsilon = between.epsilon;
        let sides = [&own, &other];
        Ok(Canonical::of(sides, turned.as_ref(), n.saturating_sub(1), epsilon)?.correlations)
    };
    let found: Vec<f32> = cosines(&of_y)?.into_iter().map(|r| r as f32).collect();
    let draw = |draw: usize| -> Result<f64> {
        let rng = &mut generator(layer.parameters.seed, Purpose::Subspaces, [c, draw]);
        let random = index::sample(rng, sides[1].varying.len(), of_y.len()).into_vec();
        Ok(cosines(&random)?.first().copied().unwrap_or(0.0))
    };
    let chance = (0..CHANCE_DRAWS).map(draw).collect::<Result<Vec<f64>>>()?;
    Ok((found, Some(mean(&chance) as f32)))
}

/// The ε-match over all recorded units, on raw activations.
fn epsilon_match(layer: &Layer, [x, y]: [usize; 2]) -> Result<EpsilonMatch> {
    let gram = raw_products(layer, [x, y]);
    let of_x = layer.networks[x].representation.n_units;
    let epsilon = layer.parameters.epsilon;
    let similarity = |epsilon: f64| -> Result<(f64, f64)> {
        let found = maximum_match(gram.as_ref(), of_x, epsilon)?;
        Ok((epsilon, (found.x.len() + found.y.len()) as f64 / gram.nrows() as f64))
    };
    let curve = side_by_side(GRID.len(), layer.holding.at_once, |k| similarity(GRID[k]))?;
    let found = maximum_match(gram.as_ref(), of_x, epsilon)?;
    let simple = simple::simple_matches(gram.as_ref(), of_x, epsilon, &found)?;
    let numbers = |units: &[usize]| units.iter().map(|&u| u as u32).collect();
    Ok(EpsilonMatch {
        epsilon,
        similarity: (found.x.len() + found.y.len()) as f64 / gram.nrows() as f64,
        x: numbers(&found.x),
        y: numbers(&found.y),
        curve,
        simple,
    })
}

/// Mean products of all recorded units with one another, x first, not centred.
fn raw_products(layer: &Layer, [x, y]: [usize; 2]) -> Mat<f64> {
    let sides = [&layer.networks[x], &layer.networks[y]];
    let cross = layer.between(x, y).cross();
    let all = BlockSet::first(layer.blocks.len());
    with_moments(sides.map(Network::marginal), cross, all, |moments| {
        let (n, p) = (moments.n as f64, moments.x.n_units());
        let raw = |centred: MatRef<'_, f64>, a: &[f64], b: &[f64], i: usize, j: usize| {
            centred[(i, j)] / n + a[i] * b[j]
        };
        let (of_x, of_y) = (&moments.x.mean, &moments.y.mean);
        Mat::from_fn(p + of_y.len(), p + of_y.len(), |i, j| match (i < p, j < p) {
            (true, true) => raw(moments.x.scatter(), of_x, of_x, i, j),
            (false, false) => raw(moments.y.scatter(), of_y, of_y, i - p, j - p),
            (true, false) => raw(moments.cross().as_ref(), of_x, of_y, i, j - p),
            (false, true) => raw(moments.cross().as_ref(), of_x, of_y, j, i - p),
        })
    })
}
