//! One layer of several networks, gathered: what the analyses of pairs and of all networks together read.

use std::sync::Arc;

use consilience_data::{ActivationSource, Activations, Representation};
use consilience_linalg::Mat;
use consilience_solvers::Assignment;
use consilience_statistics::{
    BlockSet, Blocks, Cross, Marginal, Pair, PairMoments, Reading, Side, gather_many,
};
use rayon::prelude::*;

use crate::draws::{Purpose, generator, order};
use crate::partners::{likeness, one_to_one, tie_width};
use crate::rows::{RowFacts, Samples};
use crate::{Error, Parameters, ReceptiveField, Result, parameters};

/// What is to be analysed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Where the activations come from.
    pub source: &'a dyn ActivationSource,
    /// The layer in each network, at the checkpoint that is analysed: indices into the representations of the source.
    pub representations: &'a [usize],
    /// The same layer at earlier checkpoints, the earliest first: for each checkpoint one representation a network, in the
    /// order of `representations`.
    pub earlier: &'a [Vec<usize>],
    /// Where positions of the layer look, one entry a network, or none at all if nothing is known.
    pub receptive_fields: &'a [Option<ReceptiveField>],
    /// Blocks of stimuli that folds and resamplings are made of.
    pub blocks: &'a Blocks,
    /// Parameters.
    pub parameters: &'a Parameters,
}

/// One layer of several networks as gathered from the data, in one pass (and one more for each order of the shuffle null
/// and for each earlier checkpoint).
///
/// Its size does not depend on the number of rows, but for the samples whose sizes are parameters.
pub struct Layer {
    pub(crate) parameters: Parameters,
    pub(crate) blocks: Blocks,
    pub(crate) samples: Samples,
    pub(crate) networks: Vec<Network>,
    /// Between networks i < j, in the order of [`pairs`].
    pub(crate) between: Vec<Between>,
    /// Names of the earlier checkpoints.
    pub(crate) checkpoints: Vec<String>,
}

/// One network.
pub(crate) struct Network {
    pub(crate) representation: Representation,
    pub(crate) receptive_field: Option<ReceptiveField>,
    pub(crate) marginal: Arc<Marginal>,
    pub(crate) facts: RowFacts,
    pub(crate) mean: Vec<f64>,
    pub(crate) deviation: Vec<f64>,
    /// Units that take more than one value, ascending.
    pub(crate) varying: Vec<usize>,
    /// Correlations among the varying units, over all rows.
    pub(crate) within: Mat<f64>,
}

/// Two networks. Correlations are between varying units, x in rows and y in columns.
pub(crate) struct Between {
    pub(crate) cross: Arc<Cross>,
    /// Over all rows.
    pub(crate) correlation: Mat<f64>,
    /// The one-to-one matching; nothing if a side has no varying unit.
    pub(crate) matched: Option<Assignment>,
    /// Correlations closer than this are ties.
    pub(crate) tie: f64,
    /// Under each random order of the stimuli.
    pub(crate) shuffled: Vec<Mat<f64>>,
    /// At each earlier checkpoint, where units that do not vary yet have 0.
    pub(crate) earlier: Vec<Mat<f64>>,
}

/// All pairs of `n` networks, the first index being the smaller one.
pub(crate) fn pairs(n: usize) -> Vec<(usize, usize)> {
    (0..n).flat_map(|x| (x + 1..n).map(move |y| (x, y))).collect()
}

/// Reads a layer: moments in blocks of each network and of each pair, facts of units, samples of rows, chance levels.
///
/// # Errors
/// [`Error::Parameter`] and [`Error::Representations`] for a request that makes no sense, and what can go wrong when
/// activations are read: see [`consilience_statistics::gather_cross`].
pub fn gather(request: &Request<'_>) -> Result<Layer> {
    check(request)?;
    let Request { source, representations, blocks, parameters, .. } = *request;
    let all = source.representations();
    let rows_per_stimulus = all[representations[0]].rows_per_stimulus;
    let n_rows = source.stimuli().len() * rows_per_stimulus;
    let samples = Samples::draw(n_rows, rows_per_stimulus, parameters);
    let readings = readings(request, representations, None);
    let every: Vec<usize> = (0..representations.len()).collect();
    let pairs = pairs(representations.len());
    let mut facts: Vec<RowFacts> = representations
        .iter()
        .map(|&r| RowFacts::new(all[r].n_units, &samples, parameters.top_stimuli))
        .collect();
    let mut observers: Vec<_> = facts
        .iter_mut()
        .map(|facts| |stimuli: &[usize], rows: &Activations| facts.see(stimuli, rows, &samples))
        .collect();
    let (marginals, crosses) = gather_many(&readings, &every, &pairs, blocks, &mut observers)?;
    drop(observers);
    let networks: Vec<Network> = marginals
        .into_par_iter()
        .zip(facts)
        .enumerate()
        .map(|(k, (marginal, facts))| network(request, k, marginal, facts))
        .collect();
    let mut between: Vec<Between> = crosses
        .into_par_iter()
        .zip(&pairs)
        .map(|(cross, &(x, y))| {
            let cross = Arc::new(cross);
            let sides = [&networks[x], &networks[y]];
            let correlation = correlation(sides, &cross, BlockSet::first(blocks.len()));
            let none = correlation.nrows() == 0 || correlation.ncols() == 0;
            let by = likeness(&correlation, parameters.correlation);
            let matched = if none { None } else { Some(one_to_one(by.as_ref())?) };
            let (shuffled, earlier) = (Vec::new(), Vec::new());
            Ok(Between {
                tie: tie_width(cross.epsilon()),
                cross,
                correlation,
                matched,
                shuffled,
                earlier,
            })
        })
        .collect::<Vec<Result<Between>>>()
        .into_iter()
        .collect::<Result<_>>()?;
    shuffle(request, &networks, &pairs, &mut between)?;
    look_back(request, &networks, &pairs, &mut between)?;
    let name = |reps: &Vec<usize>| all[reps[0]].id.checkpoint.clone();
    Ok(Layer {
        parameters: parameters.clone(),
        blocks: blocks.clone(),
        samples,
        networks,
        between,
        checkpoints: request.earlier.iter().map(name).collect(),
    })
}

fn check(request: &Request<'_>) -> Result<()> {
    parameters::check(request.parameters)?;
    let n = request.representations.len();
    let wrong = |found: String, expected: String| Err(Error::Representations { found, expected });
    if n < 2 {
        return wrong(n.to_string(), "at least 2, each of another network".into());
    }
    if let Some(earlier) = request.earlier.iter().find(|earlier| earlier.len() != n) {
        let expected = format!("{n} at every earlier checkpoint, one a network");
        return wrong(earlier.len().to_string(), expected);
    }
    let all = request.source.representations();
    for (&now, &before) in
        request.earlier.iter().flat_map(|earlier| request.representations.iter().zip(earlier))
    {
        if all[now].n_units != all[before].n_units {
            let of = |r: usize| format!("{} with {} units", all[r].id, all[r].n_units);
            return wrong(of(before), format!("as many as {}", of(now)));
        }
    }
    if ![0, n].contains(&request.receptive_fields.len()) {
        let found = format!("{} receptive fields", request.receptive_fields.len());
        return wrong(found, format!("{n} receptive fields, one a network, or none"));
    }
    Ok(())
}

fn readings<'a>(
    request: &Request<'a>,
    representations: &[usize],
    order: Option<&'a [usize]>,
) -> Vec<Reading<'a>> {
    let source = request.source;
    let reading = |&representation| Reading { source, representation, units: None, order };
    representations.iter().map(reading).collect()
}

fn network(request: &Request<'_>, k: usize, marginal: Marginal, facts: RowFacts) -> Network {
    let marginal = Arc::new(marginal);
    let all = Side::new(marginal.clone(), &[]).over(BlockSet::first(request.blocks.len()));
    let varying: Vec<usize> = (0..all.n_units()).filter(|&u| all.norm(u) > 0.0).collect();
    let norms: Vec<f64> = (0..all.n_units()).map(|u| all.norm(u)).collect();
    let r = |i: usize, j: usize| {
        let (a, b) = (varying[i], varying[j]);
        if i == j { 1.0 } else { (all.scatter()[(a, b)] / (norms[a] * norms[b])).clamp(-1.0, 1.0) }
    };
    let within = Mat::from_fn(varying.len(), varying.len(), r);
    Network {
        representation: request.source.representations()[request.representations[k]].clone(),
        receptive_field: request.receptive_fields.get(k).copied().flatten(),
        deviation: norms.iter().map(|norm| norm / (all.n as f64).sqrt()).collect(),
        mean: all.mean.clone(),
        marginal,
        facts,
        varying,
        within,
    }
}

/// Correlations between the varying units of two networks over a set of blocks.
pub(crate) fn correlation(sides: [&Network; 2], cross: &Arc<Cross>, set: BlockSet) -> Mat<f64> {
    let [x, y] = sides;
    with_moments([&x.marginal, &y.marginal], cross, set, |moments| {
        let r = moments.correlation();
        Mat::from_fn(x.varying.len(), y.varying.len(), |i, j| r[(x.varying[i], y.varying[j])])
    })
}

/// What `work` makes of the moments over a set of blocks, which are forgotten afterwards.
pub(crate) fn with_moments<T>(
    [x, y]: [&Arc<Marginal>; 2],
    cross: &Arc<Cross>,
    set: BlockSet,
    work: impl FnOnce(&PairMoments) -> T,
) -> T {
    let (x, y) = (Side::new(x.clone(), &[]), Side::new(y.clone(), &[]));
    work(&Pair::new(&x, &y, cross, &[]).over(set))
}

/// Correlations with y in other orders of the stimuli: a pass each, over one block.
fn shuffle(
    request: &Request<'_>,
    networks: &[Network],
    pairs: &[(usize, usize)],
    between: &mut [Between],
) -> Result<()> {
    let Request { source, representations, parameters, .. } = *request;
    let whole = [BlockSet::first(request.blocks.len())];
    let n = representations.len();
    let coarse: Vec<Arc<Marginal>> =
        networks.iter().map(|network| Arc::new(network.marginal.coarsen(&whole))).collect();
    for draw in 0..parameters.shuffles {
        let rng = &mut generator(parameters.seed, Purpose::Shuffle, [draw, 0]);
        let moved = order(source.stimuli().len(), rng);
        let mut both = readings(request, &representations[..n - 1], None);
        both.extend(readings(request, &representations[1..], Some(&moved)));
        // x is read as it is, y (never the first network) in the other order.
        let pairings: Vec<(usize, usize)> =
            pairs.iter().map(|&(x, y)| (x, n - 1 + y - 1)).collect();
        let mut unseen = vec![|_: &[usize], _: &Activations| {}; both.len()];
        let one = request.blocks.coarsen(&whole);
        let (_, crosses) = gather_many(&both, &[], &pairings, &one, &mut unseen)?;
        for ((cross, between), &(x, y)) in crosses.into_iter().zip(&mut *between).zip(pairs) {
            let r = with_moments(
                [&coarse[x], &coarse[y]],
                &Arc::new(cross),
                BlockSet::first(1),
                |moments| {
                    let r = moments.correlation();
                    let (x, y) = (&networks[x].varying, &networks[y].varying);
                    Mat::from_fn(x.len(), y.len(), |i, j| r[(x[i], y[j])])
                },
            );
            between.shuffled.push(r);
        }
    }
    Ok(())
}

/// Correlations at earlier checkpoints: a pass each, over one block.
fn look_back(
    request: &Request<'_>,
    networks: &[Network],
    pairs: &[(usize, usize)],
    between: &mut [Between],
) -> Result<()> {
    let one = request.blocks.coarsen(&[BlockSet::first(request.blocks.len())]);
    let every: Vec<usize> = (0..networks.len()).collect();
    for representations in request.earlier {
        let readings = readings(request, representations, None);
        let mut unseen = vec![|_: &[usize], _: &Activations| {}; readings.len()];
        let (own, crosses) = gather_many(&readings, &every, pairs, &one, &mut unseen)?;
        let own: Vec<Arc<Marginal>> = own.into_iter().map(Arc::new).collect();
        for ((cross, between), &(x, y)) in crosses.into_iter().zip(&mut *between).zip(pairs) {
            let sides = [&own[x], &own[y]];
            let kept = [&networks[x].varying, &networks[y].varying];
            let r = with_moments(sides, &Arc::new(cross), BlockSet::first(1), |moments| {
                let r = moments.correlation();
                Mat::from_fn(kept[0].len(), kept[1].len(), |i, j| r[(kept[0][i], kept[1][j])])
            });
            between.earlier.push(r);
        }
    }
    Ok(())
}
