//! Cells that share representations, computed together: gather once, compare, replicate.

mod gathered;
mod jackknifed;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consilience_data::{ActivationSource, Cached, Progress};
use consilience_inference::{Null, chance, jackknife};
use consilience_measures::{Comparison, DynMeasure, Quantity, Warning};
use consilience_statistics::{
    BlockSet, Blocks, Centred, Cross, Evidence, Marginal, Pair, Reading, Rotation, Side,
    SplitDesign, UnitPolicy, UnitSelection,
};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

pub(crate) use self::gathered::selections;
use self::gathered::{Gathered, failure, gather_selected, gather_sides};
use self::rows::{RowSets, Rows, orders, read_rows, reads_rows};
use crate::run::digest;
use crate::summary::{likeness, seed_from};
use crate::{Cell, Outcome, Result};

/// What all tiles of a run share.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a dyn ActivationSource,
    pub(crate) blocks: &'a Blocks,
    /// Versions of each stimulus: the source has all stimuli of the first, then all of the second in the same order.
    pub(crate) versions: usize,
    pub(crate) design: &'a SplitDesign,
    /// The design without each block, for the jackknife.
    pub(crate) without: &'a [SplitDesign],
    pub(crate) policy: UnitPolicy,
    pub(crate) seed: u64,
    pub(crate) progress: &'a dyn Progress,
}

/// One cell under one measure.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) cell: Cell,
    pub(crate) measure: &'a dyn DynMeasure,
}

/// What all tasks are scored on under one condition.
struct Condition<'a> {
    x: &'a Sides,
    y: &'a Sides,
    /// Cross-moments of a cell, made when they are asked for.
    cross: &'a (dyn Fn(Cell) -> Option<Arc<Cross>> + Sync),
    groups: &'a [BlockSet],
    rows: Rows<'a>,
}

impl Condition<'_> {
    /// The pair of a cell with the given cross-moments.
    fn pair<'p>(&'p self, cell: Cell, cross: &'p Arc<Cross>) -> Option<Pair<'p>> {
        let (x, y) = (self.x.get(&cell.x)?, self.y.get(&cell.y)?);
        Some(Pair::new(x, y, cross, self.groups))
    }

    /// The cross-moments of a cell, if a task of it reads moments.
    fn cross(&self, tasks: &[Task<'_>]) -> Option<Arc<Cross>> {
        if tasks.iter().all(reads_rows) { None } else { (self.cross)(tasks[0].cell) }
    }
}

/// Sides by representation.
type Sides = BTreeMap<usize, Arc<Side>>;

/// Cross-moments by pair of representations.
type Crosses = BTreeMap<(usize, usize), Arc<Cross>>;

/// The design over blocks as coarse as its folds: nulls have no jackknife, and need no finer grain.
struct Coarse {
    design: SplitDesign,
    groups: Vec<BlockSet>,
}

/// What came out of a task.
pub(crate) struct TaskOutcome {
    pub(crate) outcome: Outcome,
    pub(crate) warnings: Vec<Warning>,
}

/// The units of representations that take part, or why none can.
pub(crate) type Selections = BTreeMap<usize, std::result::Result<UnitSelection, String>>;

/// Scores of all tasks under one condition (a replicate): one a task, or what stood in the way.
type Scores = Vec<std::result::Result<Comparison, String>>;

/// The scores alone: there are hundreds of replicates and draws a task, and nothing else of them is looked at.
type Values = Vec<std::result::Result<f64, String>>;

fn values(scores: Scores) -> Values {
    scores.into_iter().map(|score| score.map(|comparison| comparison.score)).collect()
}

/// The outcomes of tasks, in order.
pub(crate) fn compute(context: &Context<'_>, tasks: &[Task<'_>]) -> Result<Vec<TaskOutcome>> {
    let mut outcomes = Vec::new();
    compute_strips(context, &[tasks.to_vec()], rayon::current_num_threads(), |found| {
        outcomes = found;
        Ok(())
    })?;
    Ok(outcomes)
}

/// The outcomes of the tasks of each strip, in order, as soon as they are there. The representations of all strips are read
/// once and held; what is between two of them is held for a strip at the most. Errors of single cells are outcomes; errors
/// of the source stop the run.
///
/// So many jackknife replicates (`batch`) are computed side by side; the outcomes do not depend on it.
pub(crate) fn compute_strips(
    context: &Context<'_>,
    strips: &[Vec<Task<'_>>],
    batch: usize,
    mut done: impl FnMut(Vec<TaskOutcome>) -> Result<()>,
) -> Result<()> {
    let tasks = || strips.iter().flatten();
    let used: BTreeSet<usize> = tasks().flat_map(|t| [t.cell.x, t.cell.y]).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let again: Vec<usize> = if tasks().any(reads_again) { used.clone() } else { Vec::new() };
    let cached = Cached::load(context.source, &again)?;
    let context = Context { source: &cached, ..*context };
    let all: Vec<Task<'_>> = tasks().copied().collect();
    let gathered = gather_sides(&context, &used)?.weighted_for(&all);
    for tasks in strips {
        done(score(&context, tasks, &gathered, Work { batch, kept: None })?)?;
    }
    Ok(())
}

/// The outcomes of tasks under each of several designs over the same blocks, without intervals: what is gathered once serves
/// all of them. Which units take part was decided before, so that it is the same however often this is called.
pub(crate) fn compute_each(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    designs: &[SplitDesign],
    selections: &Selections,
) -> Result<Vec<Vec<TaskOutcome>>> {
    let used: BTreeSet<usize> = tasks.iter().flat_map(|t| [t.cell.x, t.cell.y]).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let gathered = gather_selected(context, &used, selections)?.weighted_for(tasks);
    let crosses = gathered.crosses(tasks);
    let work = Work { batch: 1, kept: Some(&crosses) };
    let under =
        |design| score(&Context { design, without: &[], ..*context }, tasks, &gathered, work);
    designs.iter().map(under).collect()
}

/// How the work on what was gathered is ordered; the outcomes do not depend on it.
#[derive(Clone, Copy)]
struct Work<'a> {
    /// Jackknife replicates that are computed side by side.
    batch: usize,
    /// Cross-moments that are known already.
    kept: Option<&'a Crosses>,
}

/// The outcomes of tasks on what was gathered.
fn score(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
    work: Work<'_>,
) -> Result<Vec<TaskOutcome>> {
    let groups = context.design.groups();
    let all_rows = read_rows(context, tasks, gathered, context.design.all())?;
    let jackknifed::Jackknifed { observed, replicates, coarse: crosses } =
        jackknifed::jackknifed(context, tasks, gathered, (&groups, work), &all_rows)?;
    let coarse = Coarse { design: context.design.coarse(), groups };
    let shuffled = shuffle_draws(context, tasks, gathered, &coarse, &all_rows)?;
    let rotated = rotation_draws(context, tasks, gathered, &crosses, &coarse, &all_rows);

    let outcome = |(i, observed): (usize, std::result::Result<Comparison, String>)| {
        let task = &tasks[i];
        let mut warnings = unit_warnings(task.cell, gathered);
        let outcome = match observed {
            Err(message) => {
                Outcome::Error { message: failure(gathered, task.cell).unwrap_or(message) }
            }
            Ok(mut comparison) => {
                let nulls = [(Null::Shuffle, &shuffled), (Null::Rotation, &rotated)];
                if context.source.representations()[task.cell.x].rows_per_stimulus > 1 {
                    // The closed form takes rows for stimuli.
                    comparison.details.retain(|d| d.quantity != Quantity::ExpectedByChance);
                }
                let outcome = summarise(i, task.measure, &comparison, &replicates, nulls);
                warnings.extend(comparison.warnings);
                outcome
            }
        };
        TaskOutcome { outcome, warnings }
    };
    Ok(observed.into_iter().enumerate().map(outcome).collect())
}

/// Evaluations that a task takes: itself, its jackknife replicates and its draws.
pub(crate) fn evaluations(task: &Task<'_>, n_blocks: usize) -> u64 {
    (1 + n_blocks + shuffles(task) + rotations(task)) as u64
}

/// Orders of the stimuli are drawn for measures that read which stimulus goes with which.
pub(crate) fn shuffles(task: &Task<'_>) -> usize {
    if task.measure.reads_pairing() { task.cell.draws.shuffle } else { 0 }
}

/// Rotations are drawn for measures that read the basis.
pub(crate) fn rotations(task: &Task<'_>) -> usize {
    if task.measure.reads_basis() { task.cell.draws.rotation } else { 0 }
}

/// Whether the activations are read more than once: in another order, or row by row.
pub(crate) fn reads_again(task: &Task<'_>) -> bool {
    shuffles(task) > 0 || reads_rows(task)
}

/// Moments with the blocks of each fold merged into one.
fn coarse_sides(gathered: &Gathered, tasks: &[Task<'_>], coarse: &Coarse) -> Sides {
    let of_moments = moment_tasks(tasks);
    let sides: Vec<(usize, &Marginal)> =
        gathered.of(&of_moments).into_iter().map(|(r, s)| (r, &*s.marginal)).collect();
    let side = |(r, marginal): (usize, &Marginal)| {
        (r, Arc::new(Side::new(Arc::new(marginal.coarsen(&coarse.groups)), &[])))
    };
    sides.into_par_iter().map(side).collect()
}

/// The tasks that read moments.
fn moment_tasks<'a>(tasks: &[Task<'a>]) -> Vec<Task<'a>> {
    subset(tasks, |t| !reads_rows(t)).1
}

/// Scores of all tasks. Tasks of one cell stand together and share the merged moments of its pair.
fn score_all(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    condition: &Condition<'_>,
    design: &SplitDesign,
) -> Values {
    let cells: Vec<&[Task<'_>]> = tasks.chunk_by(|a, b| a.cell == b.cell).collect();
    let scores = cells.par_iter().flat_map_iter(|tasks| {
        let cross = condition.cross(tasks);
        let moments = cross.as_ref().and_then(|cross| condition.pair(tasks[0].cell, cross));
        let evidence = Evidence { moments, rows: condition.rows.of(tasks[0].cell) };
        values(score_cell(tasks, &evidence, design))
    });
    let scores = scores.collect();
    context.progress.advance(tasks.len() as u64);
    scores
}

/// Scores of the tasks of one cell.
fn score_cell(tasks: &[Task<'_>], evidence: &Evidence<'_>, design: &SplitDesign) -> Scores {
    let score = |task: &Task<'_>| {
        let there =
            if reads_rows(task) { evidence.rows.is_some() } else { evidence.moments.is_some() };
        if !there {
            return Err("a representation of this cell cannot be compared".to_owned());
        }
        task.measure.evaluate(evidence, design).map_err(|e| e.to_string())
    };
    tasks.iter().map(score).collect()
}

/// Scores with the stimuli of y in random order; draw k is the same order for all cells and layers.
fn shuffle_draws(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
    coarse: &Coarse,
    row_sets: &RowSets,
) -> Result<Vec<(Vec<usize>, Values)>> {
    let most = tasks.iter().map(shuffles).max().unwrap_or(0);
    if most == 0 {
        return Ok(Vec::new());
    }
    let sides = coarse_sides(gathered, tasks, coarse);
    let blocks = context.blocks.coarsen(&coarse.groups);
    let read = |representation: usize, order: Option<&[usize]>| {
        let selection = &gathered.sides[&representation].selection;
        let units = (!selection.dropped.is_empty()).then_some(&*selection.kept);
        let reading = Reading { source: context.source, representation, units, order };
        Ok((representation, Centred::read(&reading, &blocks)?))
    };
    let of_moments = |tasks: &[Task<'_>], side: fn(Cell) -> usize| -> BTreeSet<usize> {
        tasks.iter().filter(|t| !reads_rows(t)).map(|t| side(t.cell)).collect()
    };
    let xs =
        of_moments(tasks, |cell| cell.x).into_iter().filter(|x| gathered.sides.contains_key(x));
    let x_rows = xs.map(|x| read(x, None)).collect::<Result<BTreeMap<usize, Centred>>>()?;
    (0..most)
        .into_par_iter()
        .map(|draw| {
            let order = shuffled_stimuli(context, draw);
            let (indices, drawn) = subset(tasks, |t| shuffles(t) > draw);
            let ys = of_moments(&drawn, |cell| cell.y)
                .into_iter()
                .filter(|y| gathered.sides.contains_key(y));
            let y_rows =
                ys.map(|y| read(y, Some(&order))).collect::<Result<BTreeMap<usize, Centred>>>()?;
            let own = |(&y, rows): (&usize, &Centred)| {
                // One block holds the same rows in any order: only what is between x and y is drawn anew.
                let known = if blocks.len() == 1 { sides.get(&y).cloned() } else { None };
                (y, known.unwrap_or_else(|| Arc::new(Side::new(Arc::new(rows.marginal()), &[]))))
            };
            let y_sides: Sides = y_rows.iter().map(own).collect();
            let cross =
                |cell: Cell| Some(Arc::new(x_rows.get(&cell.x)?.cross(y_rows.get(&cell.y)?)));
            let orders = orders(row_sets, &order);
            let rows = Rows { orders: Some(&orders), ..Rows::paired(row_sets) };
            let condition = Condition { x: &sides, y: &y_sides, cross: &cross, groups: &[], rows };
            Ok((indices, score_all(context, &drawn, &condition, &coarse.design)))
        })
        .collect()
}

/// A random order of the stimuli of the design among themselves; all others stay where they are. Versions of a stimulus go
/// together.
fn shuffled_stimuli(context: &Context<'_>, draw: usize) -> Vec<usize> {
    let n = context.source.stimuli().len() / context.versions;
    let all = context.design.all();
    let shown = all.iter().flat_map(|b| context.blocks.members(b).iter().copied());
    let mut shown: Vec<usize> = shown.filter(|s| *s < n).collect();
    shown.sort_unstable();
    let mut order: Vec<usize> = (0..n).collect();
    let mut shuffled = shown.clone();
    shuffled.shuffle(&mut generator(context.seed, "shuffle", &[draw]));
    shown.into_iter().zip(shuffled).for_each(|(place, stimulus)| order[place] = stimulus);
    (0..context.versions).flat_map(|v| order.iter().map(move |s| v * n + s)).collect()
}

/// Scores with x rotated at random: moments are rotated, nothing is read again. A rotation belongs to a draw and a layer.
fn rotation_draws(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
    crosses: &Crosses,
    coarse: &Coarse,
    row_sets: &RowSets,
) -> Vec<(Vec<usize>, Values)> {
    let most = tasks.iter().map(rotations).max().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let sides = coarse_sides(gathered, tasks, coarse);
    (0..most)
        .into_par_iter()
        .map(|draw| {
            let (indices, drawn) = subset(tasks, |t| rotations(t) > draw);
            let mut turns: BTreeMap<usize, Rotation> = BTreeMap::new();
            let mut x_sides = BTreeMap::new();
            let mut x_rows = BTreeMap::new();
            for x in drawn.iter().map(|t| t.cell.x).collect::<BTreeSet<usize>>() {
                if let Some(gathered) = gathered.sides.get(&x) {
                    let depth = context.source.representations()[x].depth;
                    let n = gathered.marginal.n_units();
                    let turn = Rotation::random(
                        n,
                        &mut generator(context.seed, "rotation", &[draw, depth, n]),
                    );
                    if let Some(rows) = row_sets.get(&x) {
                        x_rows.insert(x, rows.rotated(&turn));
                    }
                    if let Some(side) = sides.get(&x) {
                        let turned = Arc::new(side.marginal().rotate(&turn));
                        x_sides.insert(x, Arc::new(Side::new(turned, &[])));
                    }
                    turns.insert(x, turn);
                }
            }
            let cross = |cell: Cell| {
                let coarse = crosses.get(&(cell.x, cell.y))?;
                Some(Arc::new(coarse.rotate_x(turns.get(&cell.x)?)))
            };
            let rows = Rows { x: &x_rows, ..Rows::paired(row_sets) };
            let condition = Condition { x: &x_sides, y: &sides, cross: &cross, groups: &[], rows };
            (indices, score_all(context, &drawn, &condition, &coarse.design))
        })
        .collect()
}

/// The tasks for which `keep` holds, with their indices.
fn subset<'a>(tasks: &[Task<'a>], keep: impl Fn(&Task<'a>) -> bool) -> (Vec<usize>, Vec<Task<'a>>) {
    let kept = tasks.iter().enumerate().filter(|(_, task)| keep(task));
    kept.map(|(i, task)| (i, *task)).unzip()
}

/// A generator of its own for each purpose and index, whatever runs beside it.
pub(crate) fn generator(seed: u64, purpose: &str, indices: &[usize]) -> ChaCha8Rng {
    let indices: Vec<String> = indices.iter().map(ToString::to_string).collect();
    let parts: Vec<&str> = indices.iter().map(String::as_str).collect();
    let seed = digest(&[&seed.to_string(), purpose, &digest(&parts)]);
    ChaCha8Rng::from_seed(seed_from(&seed))
}

fn summarise(
    task: usize,
    measure: &dyn DynMeasure,
    comparison: &Comparison,
    replicates: &[Values],
    nulls: [(Null, &Vec<(Vec<usize>, Values)>); 2],
) -> Outcome {
    let error =
        |what: &str, message: &str| Outcome::Error { message: format!("{what}: {message}") };
    let mut without = Vec::with_capacity(replicates.len());
    for (block, scores) in replicates.iter().enumerate() {
        match &scores[task] {
            Ok(score) => without.push(*score),
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
                    Ok(score) => draws.push(*score),
                    Err(message) => return error(&format!("draw {number} of {null}"), message),
                }
            }
        }
        if let Some(level) = chance(null, comparison.score, &draws, likeness(measure)) {
            chances.push(level);
            all_draws.insert(null, draws);
        }
    }
    let expected = comparison.details.iter().find(|d| d.quantity == Quantity::ExpectedByChance);
    Outcome::Score {
        estimate: jackknife(comparison.score, &without),
        expected_by_chance: expected.map(|detail| detail.value),
        chance: chances,
        draws: all_draws,
    }
}

fn unit_warnings(cell: Cell, gathered: &Gathered) -> Vec<Warning> {
    let side = |name: &str, representation: usize| {
        let selection = &gathered.sides.get(&representation)?.selection;
        let dropped = selection.dropped.len();
        (dropped > 0).then(|| Warning::UnitsDropped {
            side: name.to_owned(),
            dropped,
            of: dropped + selection.kept.len(),
        })
    };
    [side("x", cell.x), side("y", cell.y)].into_iter().flatten().collect()
}
