//! Seconds of comparisons by measures that read rows.

use std::collections::{BTreeMap, BTreeSet};

use consilience_data::{ActivationSource, Quiet};
use consilience_measures::{DynMeasure, Reads};
use consilience_statistics::{Blocks, SplitDesign};

use super::Stopwatch;
use super::made_up::MadeUp;
use super::part::Growth;
use crate::run::{Planned, PlannedStudy};
use crate::tile::{Context, Task, compute_strips, evaluations};
use crate::{Cell, Draws, Result};

/// The share of replicates and of draws that is timed.
const SHARE: f64 = 0.1;

/// Cells that are timed, at the most, for each thread.
const CELLS: usize = 2;

/// Seconds of the evaluations of a study that read rows.
pub(super) fn seconds(
    planned: &Planned,
    study: &PlannedStudy,
    source: &dyn ActivationSource,
    stopwatch: Stopwatch<'_>,
) -> Result<f64> {
    let of_rows = study.measures.iter().filter(|m| m.reads() == Reads::WholeRows);
    let measures: Vec<&dyn DynMeasure> = of_rows.map(AsRef::as_ref).collect();
    if measures.is_empty() || study.cells.is_empty() {
        return Ok(0.0);
    }
    let catalogue = source.representations();
    // An evaluation of cells of one shape costs the same in all tiles.
    let mut known: BTreeMap<BTreeSet<[usize; 4]>, f64> = BTreeMap::new();
    let mut seconds = 0.0;
    for tile in study.tiles(catalogue) {
        let cells = &study.cells[tile];
        let shape = |c: &Cell| {
            let [x, y] = [&catalogue[c.x], &catalogue[c.y]];
            [x.n_units, y.n_units, c.draws.shuffle, c.draws.rotation]
        };
        let key: BTreeSet<[usize; 4]> = cells.iter().map(shape).collect();
        let each = match known.get(&key) {
            Some(each) => *each,
            None => of_an_evaluation(planned, &measures, (source, cells), stopwatch)?,
        };
        known.insert(key, each);
        seconds += each * n_evaluations(cells, &measures, planned.without.len());
    }
    Ok(seconds)
}

fn tasks<'a>(cells: &[Cell], measures: &[&'a dyn DynMeasure]) -> Vec<Task<'a>> {
    let of_cell = |&cell: &Cell| measures.iter().map(move |&measure| Task { cell, measure });
    cells.iter().flat_map(of_cell).collect()
}

fn n_evaluations(cells: &[Cell], measures: &[&dyn DynMeasure], n_replicates: usize) -> f64 {
    tasks(cells, measures).iter().map(|task| evaluations(task, n_replicates)).sum::<u64>() as f64
}

/// Seconds of one evaluation of a tile, in the mean over some of its cells under some of its conditions.
fn of_an_evaluation(
    planned: &Planned,
    measures: &[&dyn DynMeasure],
    (source, cells): (&dyn ActivationSource, &[Cell]),
    stopwatch: Stopwatch<'_>,
) -> Result<f64> {
    let share = |all: usize| (all as f64 * SHARE).ceil() as usize;
    let most = CELLS * rayon::current_num_threads();
    let few = cells.iter().step_by(cells.len().div_ceil(most)).map(|cell| {
        let Draws { shuffle, rotation } = cell.draws;
        Cell { draws: Draws { shuffle: share(shuffle), rotation: share(rotation) }, ..*cell }
    });
    let few: Vec<Cell> = few.collect();
    let without: Vec<SplitDesign> =
        planned.without.iter().take(share(planned.without.len())).cloned().collect();
    let tasks = tasks(&few, measures);
    let n_blocks = planned.blocks.len();
    let at = |n: usize| {
        let source = MadeUp::like(source, n);
        let context = Context {
            source: &source,
            blocks: &alternating(n, n_blocks),
            versions: 1,
            design: &planned.design,
            without: &without,
            policy: planned.policy,
            seed: planned.seed,
            progress: &Quiet,
        };
        let mut outcome = Ok(());
        let seconds = stopwatch(&mut || {
            let tasks = std::slice::from_ref(&tasks);
            outcome = compute_strips(&context, tasks, rayon::current_num_threads(), |_| Ok(()));
        });
        outcome.map(|()| seconds)
    };
    let first = super::jobs::PER_BLOCK * n_blocks;
    let seconds = Growth::Quadratic.seconds((first, source.stimuli().len()), at)?;
    Ok(seconds / n_evaluations(&few, measures, without.len()))
}

/// So many stimuli dealt to blocks in turn.
pub(super) fn alternating(n_stimuli: usize, n_blocks: usize) -> Blocks {
    let members = |b: usize| (b..n_stimuli).step_by(n_blocks).collect();
    Blocks::explicit((0..n_blocks).map(members).collect())
}
