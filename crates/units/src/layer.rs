//! One layer of several networks, gathered: what the analyses of pairs and of all networks together read.

use std::sync::Arc;

use consilience_data::{ActivationSource, Activations, Representation};
use consilience_linalg::Mat;
use consilience_solvers::Assignment;
use consilience_statistics::{
    BlockSet, Blocks, Cross, Marginal, Pair, PairMoments, Reading, Side, gather_many,
};
use rayon::prelude::*;

use crate::companions::partners_then;
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

/// How much of a layer is held at once. Findings do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Whose moments.
    pub moments: MomentsOf,
    /// Resamplings (halves, rotations, draws of a null) that are computed side by side, at the most.
    pub at_once: usize,
}

/// Whose moments in blocks are held while a layer is analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentsOf {
    /// Of all networks and pairs: each array is read once for them.
    AllPairs,
    /// Of one pair, read again for each.
    OnePair,
}

impl Default for Holding {
    /// Everything, and as many resamplings as there are threads.
    fn default() -> Self {
        Self { moments: MomentsOf::AllPairs, at_once: usize::MAX }
    }
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
    pub(crate) holding: Holding,
}

/// One network.
pub(crate) struct Network {
    pub(crate) representation: Representation,
    pub(crate) receptive_field: Option<ReceptiveField>,
    /// Nothing while the moments of a pair without it are held.
    marginal: Option<Arc<Marginal>>,
    pub(crate) n_rows: usize,
    pub(crate) facts: RowFacts,
    pub(crate) mean: Vec<f64>,
    pub(crate) deviation: Vec<f64>,
    /// Units that take more than one value, ascending.
    pub(crate) varying: Vec<usize>,
    /// Correlations among the varying units, over all rows.
    pub(crate) within: Mat<f64>,
}

impl Network {
    pub(crate) fn marginal(&self) -> &Arc<Marginal> {
        self.marginal.as_ref().expect("the moments of a pair with this network are held")
    }
}

/// Two networks. Correlations are between varying units, x in rows and y in columns.
pub(crate) struct Between {
    /// Nothing while the moments of another pair are held.
    cross: Option<Arc<Cross>>,
    pub(crate) epsilon: f64,
    /// Over all rows.
    pub(crate) correlation: Mat<f64>,
    /// The one-to-one matching; nothing if a side has no varying unit.
    pub(crate) matched: Option<Assignment>,
    /// Correlations closer than this are ties.
    pub(crate) tie: f64,
    /// Under each random order of the stimuli.
    pub(crate) shuffled: Vec<Mat<f64>>,
    /// At each earlier checkpoint the partners of the units of x.
    pub(crate) earlier: Vec<Vec<Option<usize>>>,
}

impl Between {
    pub(crate) fn cross(&self) -> &Arc<Cross> {
        self.cross.as_ref().expect("the moments of this pair are held")
    }
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
    gather_holding(request, Holding::default())
}

/// As [`gather`], with no more held at once than is said. Where that are the moments of one pair, [`Layer::hold`] reads them
/// before the pair is analysed.
///
/// # Errors
/// As [`gather`].
pub fn gather_holding(request: &Request<'_>, holding: Holding) -> Result<Layer> {
    check(request)?;
    let Request { source, representations, blocks, parameters, .. } = *request;
    let all = source.representations();
    let rows_per_stimulus = all[representations[0]].rows_per_stimulus;
    let n_rows = source.stimuli().len() * rows_per_stimulus;
    let samples = Samples::draw(n_rows, rows_per_stimulus, parameters);
    let every: Vec<usize> = (0..representations.len()).collect();
    let name = |reps: &Vec<usize>| all[reps[0]].id.checkpoint.clone();
    let mut layer = Layer {
        parameters: parameters.clone(),
        blocks: blocks.clone(),
        samples,
        networks: Vec::new(),
        between: Vec::new(),
        checkpoints: request.earlier.iter().map(name).collect(),
        holding,
    };
    let pairs = pairs(every.len());
    match holding.moments {
        MomentsOf::AllPairs => {
            let (marginals, facts, crosses) =
                read(request, &every, (&layer.samples, parameters.top_stimuli), &pairs)?;
            layer.networks = marginals
                .into_par_iter()
                .zip(facts)
                .enumerate()
                .map(|(k, (marginal, facts))| network(request, k, marginal, facts))
                .collect();
            let between = crosses.into_par_iter().zip(&pairs);
            let between: Vec<Result<Between>> = between
                .map(|(cross, &(x, y))| {
                    between_two(request, [&layer.networks[x], &layer.networks[y]], cross)
                })
                .collect();
            layer.between = between.into_iter().collect::<Result<_>>()?;
            shuffle(request, &layer.networks, (&every, &pairs), &mut layer.between)?;
            look_back(request, &layer.networks, (&every, &pairs), &mut layer.between)?;
        }
        MomentsOf::OnePair => {
            let without = Samples { information: Vec::new(), ..layer.samples.clone() };
            for k in every {
                let (mut marginal, mut facts, _) =
                    read(request, &[k], (&without, parameters.top_stimuli), &[])?;
                let mut network = network(request, k, marginal.remove(0), facts.remove(0));
                network.marginal = None;
                layer.networks.push(network);
            }
            for (x, y) in pairs {
                let cross =
                    layer.read_moments(request, [x, y], &Samples::none(rows_per_stimulus))?;
                let sides = [&layer.networks[x], &layer.networks[y]];
                let mut between = between_two(request, sides, cross)?;
                between.cross = None;
                layer.networks.iter_mut().for_each(|network| network.marginal = None);
                let one = std::slice::from_mut(&mut between);
                look_back(request, &layer.networks, (&[x, y], &[(x, y)]), one)?;
                layer.between.push(between);
            }
        }
    }
    Ok(layer)
}

impl Layer {
    /// Reads the moments of networks x < y, which [`crate::analyse_pair`] needs, in place of those of the pair before; nothing
    /// where all moments are held. The request is the one that the layer was gathered for.
    ///
    /// # Errors
    /// When activations cannot be read.
    ///
    /// # Panics
    /// Unless x < y < number of networks.
    pub fn hold(&mut self, request: &Request<'_>, x: usize, y: usize) -> Result<()> {
        assert!(x < y && y < self.networks.len(), "networks {x} and {y}");
        if self.holding.moments == MomentsOf::AllPairs {
            return Ok(());
        }
        self.release();
        let samples = Samples { scatter: Vec::new(), ..self.samples.clone() };
        let cross = self.read_moments(request, [x, y], &samples)?;
        let at = pairs(self.networks.len()).iter().position(|pair| *pair == (x, y));
        let between = &mut self.between[at.expect("a pair")];
        between.cross = Some(Arc::new(cross));
        let one = std::slice::from_mut(between);
        shuffle(request, &self.networks, (&[x, y], &[(x, y)]), one)
    }

    /// Forgets the moments of the pair that is held, if one is.
    pub fn release(&mut self) {
        if self.holding.moments == MomentsOf::OnePair {
            for network in &mut self.networks {
                network.marginal = None;
                network.facts.information = Vec::new();
            }
            for between in &mut self.between {
                (between.cross, between.shuffled) = (None, Vec::new());
            }
        }
    }

    /// Puts the marginals of two networks and their samples of rows in their places; returns what is between them.
    fn read_moments(
        &mut self,
        request: &Request<'_>,
        networks: [usize; 2],
        samples: &Samples,
    ) -> Result<Cross> {
        let (marginals, facts, mut crosses) =
            read(request, &networks, (samples, 0), &[(networks[0], networks[1])])?;
        for ((k, marginal), facts) in networks.into_iter().zip(marginals).zip(facts) {
            self.networks[k].marginal = Some(Arc::new(marginal));
            self.networks[k].facts.information = facts.information;
        }
        Ok(crosses.remove(0))
    }
}

/// One pass over some networks: their moments and facts, and what is between pairs of them.
fn read(
    request: &Request<'_>,
    networks: &[usize],
    (samples, listed): (&Samples, usize),
    pairs: &[(usize, usize)],
) -> Result<(Vec<Marginal>, Vec<RowFacts>, Vec<Cross>)> {
    let all = request.source.representations();
    let representations: Vec<usize> =
        networks.iter().map(|&k| request.representations[k]).collect();
    let mut facts: Vec<RowFacts> =
        representations.iter().map(|&r| RowFacts::new(all[r].n_units, samples, listed)).collect();
    let mut observers: Vec<_> = facts
        .iter_mut()
        .map(|facts| |stimuli: &[usize], rows: &Activations| facts.see(stimuli, rows, samples))
        .collect();
    let readings = readings(request, &representations, None);
    let every: Vec<usize> = (0..networks.len()).collect();
    let pairs = places(networks, pairs);
    let (marginals, crosses) =
        gather_many(&readings, &every, &pairs, request.blocks, &mut observers)?;
    drop(observers);
    Ok((marginals, facts, crosses))
}

/// Pairs of networks as pairs of places in a list of networks.
fn places(networks: &[usize], pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let place = |k: usize| networks.iter().position(|&n| n == k).expect("a network of the list");
    pairs.iter().map(|&(x, y)| (place(x), place(y))).collect()
}

/// What is between two networks, without chance levels and history.
fn between_two(request: &Request<'_>, sides: [&Network; 2], cross: Cross) -> Result<Between> {
    let cross = Arc::new(cross);
    let correlation = correlation(sides, &cross, BlockSet::first(request.blocks.len()));
    let none = correlation.nrows() == 0 || correlation.ncols() == 0;
    let by = likeness(&correlation, request.parameters.correlation);
    Ok(Between {
        matched: if none { None } else { Some(one_to_one(by.as_ref())?) },
        epsilon: cross.epsilon(),
        tie: tie_width(cross.epsilon()),
        cross: Some(cross),
        correlation,
        shuffled: Vec::new(),
        earlier: Vec::new(),
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
        n_rows: marginal.n_rows(),
        marginal: Some(marginal),
        facts,
        varying,
        within,
    }
}

/// Correlations between the varying units of two networks over a set of blocks.
pub(crate) fn correlation(sides: [&Network; 2], cross: &Arc<Cross>, set: BlockSet) -> Mat<f64> {
    let [x, y] = sides;
    with_moments([x.marginal(), y.marginal()], cross, set, |moments| {
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

/// Correlations with y in other orders of the stimuli: a pass each over these networks, over one block.
fn shuffle(
    request: &Request<'_>,
    networks: &[Network],
    (read, pairs): (&[usize], &[(usize, usize)]),
    between: &mut [Between],
) -> Result<()> {
    let Request { source, parameters, .. } = *request;
    let whole = [BlockSet::first(request.blocks.len())];
    let representations: Vec<usize> = read.iter().map(|&k| request.representations[k]).collect();
    let n = representations.len();
    let coarsen = |&k: &usize| Arc::new(networks[k].marginal().coarsen(&whole));
    let coarse: Vec<Arc<Marginal>> =
        if parameters.shuffles > 0 { read.iter().map(coarsen).collect() } else { Vec::new() };
    let placed = places(read, pairs);
    for draw in 0..parameters.shuffles {
        let rng = &mut generator(parameters.seed, Purpose::Shuffle, [draw, 0]);
        let moved = order(source.stimuli().len(), rng);
        let mut both = readings(request, &representations[..n - 1], None);
        both.extend(readings(request, &representations[1..], Some(&moved)));
        // x is read as it is, y (never the first network) in the other order.
        let pairings: Vec<(usize, usize)> =
            placed.iter().map(|&(x, y)| (x, n - 1 + y - 1)).collect();
        let mut unseen = vec![|_: &[usize], _: &Activations| {}; both.len()];
        let one = request.blocks.coarsen(&whole);
        let (_, crosses) = gather_many(&both, &[], &pairings, &one, &mut unseen)?;
        for ((cross, between), (placed, &(x, y))) in
            crosses.into_iter().zip(&mut *between).zip(placed.iter().zip(pairs))
        {
            let sides = [&coarse[placed.0], &coarse[placed.1]];
            let kept = [&networks[x].varying, &networks[y].varying];
            between.shuffled.push(correlation_of(sides, kept, cross));
        }
    }
    Ok(())
}

/// Partners at earlier checkpoints: a pass each over these networks, over one block.
fn look_back(
    request: &Request<'_>,
    networks: &[Network],
    (read, pairs): (&[usize], &[(usize, usize)]),
    between: &mut [Between],
) -> Result<()> {
    let one = request.blocks.coarsen(&[BlockSet::first(request.blocks.len())]);
    let every: Vec<usize> = (0..read.len()).collect();
    let placed = places(read, pairs);
    for representations in request.earlier {
        let representations: Vec<usize> = read.iter().map(|&k| representations[k]).collect();
        let readings = readings(request, &representations, None);
        let mut unseen = vec![|_: &[usize], _: &Activations| {}; readings.len()];
        let (own, crosses) = gather_many(&readings, &every, &placed, &one, &mut unseen)?;
        let own: Vec<Arc<Marginal>> = own.into_iter().map(Arc::new).collect();
        let sign = request.parameters.correlation;
        crosses
            .into_par_iter()
            .zip(&mut *between)
            .zip(placed.par_iter().zip(pairs))
            .filter(|((_, between), _)| between.matched.is_some())
            .map(|((cross, between), (placed, &(x, y)))| {
                let sides = [&own[placed.0], &own[placed.1]];
                let kept = [&networks[x].varying, &networks[y].varying];
                between.earlier.push(partners_then(&correlation_of(sides, kept, cross), sign)?);
                Ok(())
            })
            .collect::<Result<()>>()?;
    }
    Ok(())
}

/// Correlations between the units that are kept of two sides, over one block.
fn correlation_of(sides: [&Arc<Marginal>; 2], kept: [&Vec<usize>; 2], cross: Cross) -> Mat<f64> {
    with_moments(sides, &Arc::new(cross), BlockSet::first(1), |moments| {
        let r = moments.correlation();
        Mat::from_fn(kept[0].len(), kept[1].len(), |i, j| r[(kept[0][i], kept[1][j])])
    })
}
