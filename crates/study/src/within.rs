//! Comparisons that a job makes, within a limit to memory.

use std::ops::Range;

use consilience_measures::DynMeasure;

use crate::cut::{Tile, cut};
use crate::footprint::Footprint;
use crate::tile::{Context, Task, TaskOutcome, compute_strips};
use crate::{Cell, Result};

/// The outcomes of tasks, in order, with no more than so many bytes held at once. `measures` are all that tasks have.
///
/// # Errors
/// [`crate::Error::Memory`] where one comparison alone takes more.
pub(crate) fn compute_within(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    measures: &[Box<dyn DynMeasure>],
    memory: Option<u64>,
) -> Result<Vec<TaskOutcome>> {
    let cells = of_cells(tasks);
    let mut outcomes = Vec::with_capacity(tasks.len());
    for tile in tiles(context, tasks, measures, memory)? {
        let strip = |strip: &Range<usize>| cells[strip.clone()].concat();
        let strips: Vec<Vec<Task<'_>>> = tile.strips.iter().map(strip).collect();
        compute_strips(context, &strips, tile.batch, |found| {
            outcomes.extend(found);
            Ok(())
        })?;
    }
    Ok(outcomes)
}

/// Bytes that [`compute_within`] holds at once, at the most.
///
/// # Errors
/// As there.
pub(crate) fn held_within(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    measures: &[Box<dyn DynMeasure>],
    memory: Option<u64>,
) -> Result<u64> {
    let tiles = tiles(context, tasks, measures, memory)?;
    Ok(tiles.iter().map(|tile| tile.peak).max().unwrap_or(0))
}

/// Ranges of cells that are computed together within a limit, each as long as it goes, with the bytes that `held` says some
/// cells hold together.
///
/// # Errors
/// [`crate::Error::Memory`] where one cell alone takes more.
pub(crate) fn together(
    cells: &[Cell],
    footprint: &Footprint<'_>,
    memory: Option<u64>,
    held: impl Fn(&[Cell]) -> u64,
) -> Result<Vec<(Range<usize>, u64)>> {
    if memory.is_none() {
        return Ok(vec![(0..cells.len(), held(cells))]);
    }
    let fits = |bytes: u64| memory.is_none_or(|limit| bytes <= limit);
    let mut ranges: Vec<(Range<usize>, u64)> = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        if let Some((last, bytes)) = ranges.last_mut() {
            let more = held(&cells[last.start..=i]);
            if fits(more) {
                (last.end, *bytes) = (i + 1, more);
                continue;
            }
        }
        let alone = held(std::slice::from_ref(cell));
        if let Some(limit) = memory.filter(|limit| alone > *limit) {
            return Err(footprint.too_large(cell, alone, limit));
        }
        ranges.push((i..i + 1, alone));
    }
    Ok(ranges)
}

/// The tasks cell by cell.
fn of_cells<'a, 'b>(tasks: &'b [Task<'a>]) -> Vec<&'b [Task<'a>]> {
    tasks.chunk_by(|a, b| a.cell == b.cell).collect()
}

fn tiles(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    measures: &[Box<dyn DynMeasure>],
    memory: Option<u64>,
) -> Result<Vec<Tile>> {
    let cells: Vec<Cell> = of_cells(tasks).iter().map(|tasks| tasks[0].cell).collect();
    if cells.is_empty() {
        return Ok(Vec::new());
    }
    let (catalogue, n_stimuli) = (context.source.representations(), context.source.stimuli().len());
    let designs = (context.blocks, context.design, context.without);
    let footprint = Footprint::new(catalogue, n_stimuli, designs, measures)?;
    let all = 0..cells.len();
    cut(&cells, std::slice::from_ref(&all), &footprint, memory)
}
