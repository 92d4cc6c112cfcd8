//! Seconds of comparisons by measures that read moments, beside the products of the moments.

use std::collections::{BTreeMap, BTreeSet};

use consilience_data::{ActivationSource, Quiet, Representation};
use consilience_measures::{DynMeasure, Reads};
use consilience_statistics::{Blocks, SplitDesign};

use super::Machine;
use super::jobs::{PER_BLOCK, PER_UNIT};
use super::made_up::MadeUp;
use super::part::close_together;
use super::rows::alternating;
use crate::plan::{Shuffled, tile};
use crate::run::{Planned, PlannedStudy};
use crate::tile::{Context, Task, compute_strips, rotations, shuffles};
use crate::{Cell, Draws, Result};

/// Jackknife replicates and rotations that are timed: two a thread, of which there are some.
fn timed_conditions(planned: &Planned) -> usize {
    (2 * rayon::current_num_threads()).min(planned.without.len()).max(1)
}

/// Seconds of the evaluations of a study that read moments.
pub(super) fn seconds(
    planned: &Planned,
    study: &PlannedStudy,
    source: &dyn ActivationSource,
    machine: Machine<'_>,
) -> Result<f64> {
    let of_moments = study.measures.iter().filter(|m| m.reads() != Reads::WholeRows);
    let measures: Vec<&dyn DynMeasure> = of_moments.map(AsRef::as_ref).collect();
    if measures.is_empty() || study.cells.is_empty() {
        return Ok(0.0);
    }
    let catalogue = source.representations();
    let tiles = study.tiles(catalogue);
    // An evaluation costs the same in tiles of one shape that share representations among as many cells: one of each is timed.
    let mut known: BTreeMap<(usize, usize, Vec<(usize, usize)>), Costs> = BTreeMap::new();
    let mut seconds = 0.0;
    for tile in tiles {
        let cells = &study.cells[tile];
        let shape = |c: &Cell| (catalogue[c.x].n_units, catalogue[c.y].n_units);
        let key: BTreeSet<(usize, usize)> = cells.iter().map(shape).collect();
        let sides: BTreeSet<usize> = cells.iter().flat_map(|c| [c.x, c.y]).collect();
        let key = (cells.len(), sides.len(), key.into_iter().collect());
        let costs = if let Some(costs) = known.get(&key) {
            *costs
        } else {
            let costs = Costs::timed(planned, &measures, (source, cells), machine)?;
            known.insert(key, costs);
            costs
        };
        seconds += costs.of(planned, &measures, cells, catalogue);
    }
    Ok(seconds)
}

/// What evaluations cost under one condition, in seconds a unit of work.
#[derive(Debug, Clone, Copy, Default)]
struct Costs {
    /// For each representation, shared by its cells, in a jackknife replicate.
    side: f64,
    /// For each cell in a replicate.
    cell: f64,
    /// What a shuffle draw takes, in replicates.
    shuffle: f64,
    /// What a rotation draw takes, in replicates.
    rotation: f64,
}

/// Units at which a factorisation takes twice as long as multiplying and adding would: with fewer it does not get going.
const HALF_SPEED: usize = 64;

/// Work of a representation of so many units, and of a cell: both are cubic for most measures.
fn side_work(units: usize) -> f64 {
    (units * units) as f64 * (units + HALF_SPEED) as f64
}

fn cell_work(x: usize, y: usize) -> f64 {
    (x * y) as f64 * (x + y + 2 * HALF_SPEED) as f64
}

impl Costs {
    /// Times a few cells of a tile, and the fewest cells that have the same representations: their difference tells what is
    /// shared by cells from what is not.
    fn timed(
        planned: &Planned,
        measures: &[&dyn DynMeasure],
        (source, cells): (&dyn ActivationSource, &[Cell]),
        machine: Machine<'_>,
    ) -> Result<Self> {
        let many: Vec<Cell> = close_together(cells).into_iter().map(|c| cells[c]).collect();
        let many = &*many;
        let sample = Sample::of(planned, source, many, measures);
        let mut covered = BTreeSet::new();
        let few = many.iter().filter(|c| covered.insert(c.x) | covered.insert(c.y));
        let few: Vec<Cell> = few.copied().collect();
        let times = timed_conditions(planned);
        let beyond = |cells: &[Cell], of: Conditions| {
            let base = sample.seconds(planned, cells, Conditions::default(), machine)?;
            let seconds = sample.seconds(planned, cells, of, machine)?;
            Ok::<_, crate::Error>((seconds - base).max(0.0) / times as f64)
        };
        let replicated = Conditions { without: times, ..Conditions::default() };
        let shuffled = Conditions { shuffles: times, ..Conditions::default() };
        let rotated = Conditions { rotations: times, ..Conditions::default() };
        let of_few = beyond(&few, replicated)?;
        let drawn = |of| Ok::<_, crate::Error>(beyond(&few, of)? / of_few.max(1e-9));
        let (shuffle, rotation) = (drawn(shuffled)?, drawn(rotated)?);
        let catalogue = source.representations();
        let (sides, few_work) = work(catalogue, &few);
        if few.len() == many.len() {
            return Ok(Self { side: 0.0, cell: of_few / few_work, shuffle, rotation });
        }
        let of_many = beyond(many, replicated)?;
        let (_, many_work) = work(catalogue, many);
        let cell = ((of_many - of_few) / (many_work - few_work)).max(0.0);
        let side = ((of_few - cell * few_work) / sides).max(0.0);
        Ok(Self { side, cell, shuffle, rotation })
    }

    /// Seconds of all evaluations of a tile.
    fn of(
        self,
        planned: &Planned,
        measures: &[&dyn DynMeasure],
        cells: &[Cell],
        catalogue: &[Representation],
    ) -> f64 {
        let most = |cell: Cell, draws: fn(&Task<'_>) -> usize| {
            measures.iter().map(|&measure| draws(&Task { cell, measure })).max()
        };
        let mut seconds = 0.0;
        let mut sides: BTreeMap<usize, f64> = BTreeMap::new();
        for &cell in cells {
            let draws = self.shuffle * most(cell, shuffles).unwrap_or(0) as f64
                + self.rotation * most(cell, rotations).unwrap_or(0) as f64;
            let conditions = 1.0 + planned.without.len() as f64 + draws;
            let work = cell_work(catalogue[cell.x].n_units, catalogue[cell.y].n_units);
            seconds += work * self.cell * conditions;
            for r in [cell.x, cell.y] {
                let most = sides.entry(r).or_default();
                *most = conditions.max(*most);
            }
        }
        let side = |(&r, &n): (&usize, &f64)| n * side_work(catalogue[r].n_units);
        seconds + self.side * sides.iter().map(side).sum::<f64>()
    }
}

/// Work of the representations of some cells, and of the cells.
fn work(catalogue: &[Representation], cells: &[Cell]) -> (f64, f64) {
    let used: BTreeSet<usize> = cells.iter().flat_map(|c| [c.x, c.y]).collect();
    let units = |r: usize| catalogue[r].n_units;
    let sides = used.into_iter().map(|r| side_work(units(r))).sum();
    (sides, cells.iter().map(|c| cell_work(units(c.x), units(c.y))).sum())
}

/// How much is computed of the jackknife and of each null.
#[derive(Debug, Clone, Copy, Default)]
struct Conditions {
    without: usize,
    shuffles: usize,
    rotations: usize,
}

/// Made-up activations of the shapes of a tile, and what is asked of them.
struct Sample<'a> {
    source: MadeUp<'a>,
    blocks: Blocks,
    measures: &'a [&'a dyn DynMeasure],
}

/// Seconds below which work is timed several times, and how often.
const SHORT: f64 = 0.02;
const AGAIN: usize = 3;

impl<'a> Sample<'a> {
    fn of(
        planned: &Planned,
        source: &'a dyn ActivationSource,
        cells: &[Cell],
        measures: &'a [&'a dyn DynMeasure],
    ) -> Self {
        let units = |c: &Cell| [c.x, c.y].map(|r| source.representations()[r].n_units);
        let widest = cells.iter().flat_map(units).max().unwrap_or(1);
        let n_blocks = planned.blocks.len();
        let n = (PER_UNIT * widest).max(PER_BLOCK * n_blocks).min(source.stimuli().len());
        let source = MadeUp::of_single_rows(source, n);
        Self { source, blocks: alternating(n, n_blocks), measures }
    }

    /// Seconds that some cells take beside the products of moments.
    fn seconds(
        &self,
        planned: &Planned,
        cells: &[Cell],
        conditions: Conditions,
        machine: Machine<'_>,
    ) -> Result<f64> {
        let draws = Draws { shuffle: conditions.shuffles, rotation: conditions.rotations };
        let cells: Vec<Cell> = cells.iter().map(|cell| Cell { draws, ..*cell }).collect();
        let of_cell =
            |&cell: &Cell| self.measures.iter().map(move |&measure| Task { cell, measure });
        let tasks: Vec<Task<'_>> = cells.iter().flat_map(of_cell).collect();
        let without: Vec<SplitDesign> =
            planned.without.iter().take(conditions.without).cloned().collect();
        let context = Context {
            source: &self.source,
            blocks: &self.blocks,
            versions: 1,
            design: &planned.design,
            without: &without,
            policy: planned.policy,
            seed: planned.seed,
            progress: &Quiet,
        };
        let once = || {
            let mut outcome = Ok(());
            let seconds = (machine.stopwatch)(&mut || {
                let tasks = std::slice::from_ref(&tasks);
                outcome = compute_strips(&context, tasks, conditions.without.max(1), |_| Ok(()));
            });
            outcome.map(|()| seconds)
        };
        let mut seconds: f64 = once()?;
        if seconds < SHORT {
            for _ in 1..AGAIN {
                seconds = seconds.min(once()?);
            }
        }
        let n = self.source.stimuli().len();
        let cost = tile(self.source.representations(), n, &cells, Shuffled::WithMomentsOfY);
        Ok(seconds - cost.multiply_adds as f64 / machine.rate)
    }
}
