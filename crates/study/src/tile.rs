//! Cells that share representations, computed together: gather once, compare, replicate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consilience_data::{ActivationSource, Cached, Progress};
use consilience_inference::{Null, chance, jackknife};
use consilience_measures::{Comparison, DynMeasure, Family, Warning};
use consilience_statistics::{
    Blocks, Cross, Marginal, Pair, Reading, Rotation, Side, SplitDesign, UnitPolicy, UnitSelection,
    gather_cross, gather_marginal, select_units,
};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::run::digest;
use crate::summary::{seed_from, tail};
use crate::{Cell, Outcome, Result};

/// What all tiles of a run share.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a dyn ActivationSource,
    pub(crate) blocks: &'a Blocks,
    pub(crate) design: &'a SplitDesign,
    /// The design without each block, for the jackknife.
    pub(crate) without: &'a [SplitDesign],
    pub(crate) policy: UnitPolicy,
    pub(crate) seed: u64,
    pub(crate) progress: &'a dyn Progress,
}

/// One cell under one measure.
pub(crate) struct Task<'a> {
    pub(crate) cell: Cell,
    pub(crate) measure: &'a dyn DynMeasure,
}

/// What came out of a task.
pub(crate) struct TaskOutcome {
    pub(crate) outcome: Outcome,
    pub(crate) warnings: Vec<Warning>,
}

/// Moments of the representations of a tile.
struct Gathered {
    sides: BTreeMap<usize, (Arc<Marginal>, UnitSelection)>,
    failed: BTreeMap<usize, String>,
}

/// Scores of all tasks under one condition (a replicate): one a task, or what stood in the way.
type Scores = Vec<std::result::Result<Comparison, String>>;

/// The outcomes of tasks, in order. Errors of single cells are outcomes; errors of the source stop the run.
pub(crate) fn compute(context: &Context<'_>, tasks: &[Task<'_>]) -> Result<Vec<TaskOutcome>> {
    let used: BTreeSet<usize> = tasks.iter().flat_map(|t| [t.cell.x, t.cell.y]).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let cached = Cached::load(context.source, &used)?;
    let context = Context { source: &cached, ..*context };
    let gathered = gather_sides(&context, &used)?;
    let crosses = gather_crosses(&context, tasks, &gathered, None)?;
    let sides = fresh_sides(&gathered);

    let observed = score_all(&context, tasks, &sides, &sides, &crosses, context.design);
    let replicates: Vec<Scores> = context
        .without
        .par_iter()
        .map(|design| {
            let sides = fresh_sides(&gathered);
            score_all(&context, tasks, &sides, &sides, &crosses, design)
        })
        .collect();
    let shuffled = shuffle_draws(&context, tasks, &gathered)?;
    let rotated = rotation_draws(&context, tasks, &gathered, &crosses);

    let outcome = |(i, observed): (usize, std::result::Result<Comparison, String>)| {
        let task = &tasks[i];
        let mut warnings = unit_warnings(task.cell, &gathered);
        let outcome = match observed {
            Err(message) => Outcome::Error {
                message: failure(&gathered, task.cell).unwrap_or(message),
            },
            Ok(comparison) => {
                warnings.extend(comparison.warnings);
                let nulls = [(Null::Shuffle, &shuffled), (Null::Rotation, &rotated)];
                summarise(i, task.measure, comparison.score, &replicates, nulls)
            }
        };
        TaskOutcome { outcome, warnings }
    };
    Ok(observed.into_iter().enumerate().map(outcome).collect())
}

/// Evaluations that a task takes: itself, its jackknife replicates and its draws.
pub(crate) fn evaluations(task: &Task<'_>, n_blocks: usize) -> u64 {
    (1 + n_blocks + task.cell.draws.shuffle + rotations(task)) as u64
}

/// Rotations are drawn for measures that read the basis.
fn rotations(task: &Task<'_>) -> usize {
    if task.measure.info().family == Family::Matching { task.cell.draws.rotation } else { 0 }
}

fn gather_sides(context: &Context<'_>, used: &[usize]) -> Result<Gathered> {
    let designs: Vec<SplitDesign> =
        [context.design].into_iter().chain(context.without).cloned().collect();
    let found: Vec<_> = used
        .par_iter()
        .map(|&representation| {
            let reading =
                Reading { source: context.source, representation, units: None, order: None };
            let marginal = gather_marginal(&reading, context.blocks)?;
            let selection = match select_units(&marginal, &designs, context.policy) {
                Ok(selection) => selection,
                Err(error) => return Ok((representation, Err(error.to_string()))),
            };
            let marginal = if selection.dropped.is_empty() {
                marginal
            } else {
                let reading = Reading { units: Some(&selection.kept), ..reading };
                gather_marginal(&reading, context.blocks)?
            };
            Ok((representation, Ok((Arc::new(marginal), selection))))
        })
        .collect::<Result<_>>()?;
    let mut gathered = Gathered { sides: BTreeMap::new(), failed: BTreeMap::new() };
    for (representation, result) in found {
        match result {
            Ok(side) => drop(gathered.sides.insert(representation, side)),
            Err(message) => drop(gathered.failed.insert(representation, message)),
        }
    }
    Ok(gathered)
}

fn failure(gathered: &Gathered, cell: Cell) -> Option<String> {
    [cell.x, cell.y].iter().find_map(|r| gathered.failed.get(r).cloned())
}

fn fresh_sides(gathered: &Gathered) -> BTreeMap<usize, Side> {
    gathered.sides.iter().map(|(&r, (marginal, _))| (r, Side::new(marginal.clone()))).collect()
}

/// Cross-moments of the pairs of all tasks that can be compared; y in another order of stimuli if one is given.
fn gather_crosses(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
    order: Option<&[usize]>,
) -> Result<BTreeMap<(usize, usize), Cross>> {
    let pairs: BTreeSet<(usize, usize)> = tasks
        .iter()
        .map(|t| (t.cell.x, t.cell.y))
        .filter(|(x, y)| gathered.sides.contains_key(x) && gathered.sides.contains_key(y))
        .collect();
    let pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
    let reading = |representation: usize, order| Reading {
        source: context.source,
        representation,
        units: Some(&gathered.sides[&representation].1.kept),
        order,
    };
    pairs
        .par_iter()
        .map(|&(x, y)| {
            let cross = gather_cross(&reading(x, None), &reading(y, order), context.blocks)?;
            Ok(((x, y), cross))
        })
        .collect()
}

fn score_all(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    x_sides: &BTreeMap<usize, Side>,
    y_sides: &BTreeMap<usize, Side>,
    crosses: &BTreeMap<(usize, usize), Cross>,
    design: &SplitDesign,
) -> Scores {
    let scores = tasks.par_iter().map(|task| {
        let Cell { x, y, .. } = task.cell;
        let parts = (x_sides.get(&x), y_sides.get(&y), crosses.get(&(x, y)));
        let (Some(x), Some(y), Some(cross)) = parts else {
            return Err("a representation of this cell cannot be compared".to_owned());
        };
        let scored = task.measure.evaluate(Pair { x, y, cross }, design);
        scored.map_err(|e| e.to_string())
    });
    let scores = scores.collect();
    context.progress.advance(tasks.len() as u64);
    scores
}

/// Scores with the stimuli of y in random order; draw k is the same order for all cells and layers.
fn shuffle_draws(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
) -> Result<Vec<(Vec<usize>, Scores)>> {
    let most = tasks.iter().map(|t| t.cell.draws.shuffle).max().unwrap_or(0);
    let x_sides = fresh_sides(gathered);
    (0..most)
        .into_par_iter()
        .map(|draw| {
            let mut order: Vec<usize> = (0..context.source.stimuli().len()).collect();
            order.shuffle(&mut generator(context.seed, "shuffle", &[draw]));
            let (indices, drawn) = subset(tasks, |t| t.cell.draws.shuffle > draw);
            let ys: BTreeSet<usize> = drawn.iter().map(|t| t.cell.y).collect();
            let mut y_sides = BTreeMap::new();
            for y in ys.into_iter().filter(|y| gathered.sides.contains_key(y)) {
                let reading = Reading {
                    source: context.source,
                    representation: y,
                    units: Some(&gathered.sides[&y].1.kept),
                    order: Some(&order),
                };
                let marginal = gather_marginal(&reading, context.blocks)?;
                y_sides.insert(y, Side::new(Arc::new(marginal)));
            }
            let crosses = gather_crosses(context, &drawn, gathered, Some(&order))?;
            let scores =
                score_all(context, &drawn, &x_sides, &y_sides, &crosses, context.design);
            Ok((indices, scores))
        })
        .collect()
}

/// Scores with x rotated at random: moments are rotated, nothing is read again. A rotation belongs to a draw and a layer.
fn rotation_draws(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
    crosses: &BTreeMap<(usize, usize), Cross>,
) -> Vec<(Vec<usize>, Scores)> {
    let most = tasks.iter().map(rotations).max().unwrap_or(0);
    let y_sides = fresh_sides(gathered);
    (0..most)
        .into_par_iter()
        .map(|draw| {
            let (indices, drawn) = subset(tasks, |t| rotations(t) > draw);
            let mut turns: BTreeMap<usize, Rotation> = BTreeMap::new();
            let mut x_sides = BTreeMap::new();
            for x in drawn.iter().map(|t| t.cell.x).collect::<BTreeSet<usize>>() {
                if let Some((marginal, _)) = gathered.sides.get(&x) {
                    let depth = context.source.representations()[x].depth;
                    let n = marginal.n_units();
                    let mut rng = generator(context.seed, "rotation", &[draw, depth, n]);
                    let turn = Rotation::random(n, &mut rng);
                    x_sides.insert(x, Side::new(Arc::new(marginal.rotate(&turn))));
                    turns.insert(x, turn);
                }
            }
            let pairs: BTreeSet<(usize, usize)> = drawn.iter().map(|t| (t.cell.x, t.cell.y)).collect();
            let rotated: BTreeMap<(usize, usize), Cross> = pairs
                .into_iter()
                .filter_map(|(x, y)| {
                    let cross = crosses.get(&(x, y))?;
                    Some(((x, y), cross.rotate_x(turns.get(&x)?)))
                })
                .collect();
            let scores =
                score_all(context, &drawn, &x_sides, &y_sides, &rotated, context.design);
            (indices, scores)
        })
        .collect()
}

/// The tasks for which `keep` holds, with their indices.
fn subset<'a>(
    tasks: &[Task<'a>],
    keep: impl Fn(&Task<'a>) -> bool,
) -> (Vec<usize>, Vec<Task<'a>>) {
    let kept = tasks.iter().enumerate().filter(|(_, task)| keep(task));
    kept.map(|(i, t)| (i, Task { cell: t.cell, measure: t.measure })).unzip()
}

/// A generator of its own for each purpose and index, whatever runs beside it.
fn generator(seed: u64, purpose: &str, indices: &[usize]) -> ChaCha8Rng {
    let indices: Vec<String> = indices.iter().map(ToString::to_string).collect();
    let parts: Vec<&str> = indices.iter().map(String::as_str).collect();
    let seed = digest(&[&seed.to_string(), purpose, &digest(&parts)]);
    ChaCha8Rng::from_seed(seed_from(&seed))
}

fn summarise(
    task: usize,
    measure: &dyn DynMeasure,
    score: f64,
    replicates: &[Scores],
    nulls: [(Null, &Vec<(Vec<usize>, Scores)>); 2],
) -> Outcome {
    let error = |what: &str, message: &str| Outcome::Error { message: format!("{what}: {message}") };
    let mut without = Vec::with_capacity(replicates.len());
    for (block, scores) in replicates.iter().enumerate() {
        match &scores[task] {
            Ok(comparison) => without.push(comparison.score),
            Err(message) => return error(&format!("without block {block}"), message),
        }
    }
    let mut chances = Vec::new();
    let mut all_draws = BTreeMap::new();
    for (null, drawn) in nulls {
        let mut draws = Vec::new();
        for (number, (indices, scores)) in drawn.iter().enumerate() {
            // Indices ascend: they are those of a filtered list.
            if let Ok(at) = indices.binary_search(&task) {
                match &scores[at] {
                    Ok(comparison) => draws.push(comparison.score),
                    Err(message) => return error(&format!("draw {number} of {null}"), message),
                }
            }
        }
        if let Some(level) = chance(null, score, &draws, tail(measure.info().id)) {
            chances.push(level);
            all_draws.insert(null, draws);
        }
    }
    let estimate = jackknife(score, &without);
    Outcome::Score { estimate, chance: chances, draws: all_draws }
}

fn unit_warnings(cell: Cell, gathered: &Gathered) -> Vec<Warning> {
    let side = |name: &str, representation: usize| {
        let selection = &gathered.sides.get(&representation)?.1;
        let dropped = selection.dropped.len();
        (dropped > 0).then(|| Warning::UnitsDropped {
            side: name.to_owned(),
            dropped,
            of: dropped + selection.kept.len(),
        })
    };
    [side("x", cell.x), side("y", cell.y)].into_iter().flatten().collect()
}
