//! Scores on all blocks, and with each block left out.

use consilience_statistics::{BlockSet, Evidence, Pair, Side, SplitDesign};
use rayon::prelude::*;
use std::sync::Arc;

use super::rows::{RowSets, Rows, read_rows};
use super::{
    Condition, Context, Crosses, Gathered, Scores, Sides, Task, Values, Work, moment_tasks,
    rotations, score_cell, values,
};
use crate::{Cell, Result};

/// What came out for tasks on all blocks and without each of them.
pub(super) struct Jackknifed {
    pub(super) observed: Scores,
    /// One a design of the context that leaves a block out.
    pub(super) replicates: Vec<Values>,
    /// Cross-moments of the cells that are rotated, with the blocks of each fold merged into one.
    pub(super) coarse: Crosses,
}

/// What the tasks are scored on with a block left out.
struct Replicate<'a> {
    design: &'a SplitDesign,
    groups: Vec<BlockSet>,
    sides: Sides,
    rows: RowSets,
}

/// What came out for the tasks of one cell.
struct OfCell {
    /// Scores on all blocks, where these were asked for.
    observed: Scores,
    /// One a replicate of the batch.
    replicates: Vec<Values>,
    coarse: Crosses,
}

/// Scores on all blocks and with each left out. A cell stays with a thread from its cross-moments to its last replicate, so
/// that its blocks are summed while they are at hand, and sums of folds that a block has no part in are made once.
pub(super) fn jackknifed(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
    (groups, work): (&[BlockSet], Work<'_>),
    all_rows: &RowSets,
) -> Result<Jackknifed> {
    let of_moments = moment_tasks(tasks);
    let sides: Sides = gathered
        .of(&of_moments)
        .into_iter()
        .map(|(r, side)| (r, Arc::new(Side::new(side.marginal.clone(), groups))))
        .collect();
    let cells: Vec<&[Task<'_>]> = tasks.chunk_by(|a, b| a.cell == b.cell).collect();
    let mut batches: Vec<&[SplitDesign]> = context.without.chunks(work.batch).collect();
    if batches.is_empty() {
        batches.push(&[]);
    }
    // With several batches a cell is come back to: its cross-moments are kept.
    let made = (batches.len() > 1 && work.kept.is_none()).then(|| gathered.crosses(tasks));
    let kept = work.kept.or(made.as_ref());
    let cross = |cell: Cell| match kept {
        Some(kept) => kept.get(&(cell.x, cell.y)).cloned(),
        None => gathered.cross(cell),
    };
    let rows = Rows::paired(all_rows);
    let whole = Condition { x: &sides, y: &sides, cross: &cross, groups, rows };
    let mut out =
        Jackknifed { observed: Vec::new(), replicates: Vec::new(), coarse: Crosses::new() };
    for (number, batch) in batches.into_iter().enumerate() {
        let replicate = |design| Replicate::of(context, tasks, gathered, (&sides, design));
        let batch: Vec<Replicate<'_>> = batch.par_iter().map(replicate).collect::<Result<_>>()?;
        let found: Vec<OfCell> = cells
            .par_iter()
            .map(|tasks| of_cell(context, tasks, &whole, &batch, number == 0))
            .collect();
        let mut replicates = vec![Vec::with_capacity(tasks.len()); batch.len()];
        for cell in found {
            out.observed.extend(cell.observed);
            out.coarse.extend(cell.coarse);
            replicates.iter_mut().zip(cell.replicates).for_each(|(all, own)| all.extend(own));
        }
        out.replicates.extend(replicates);
    }
    Ok(out)
}

impl<'a> Replicate<'a> {
    fn of(
        context: &Context<'_>,
        tasks: &[Task<'_>],
        gathered: &Gathered,
        (sides, design): (&Sides, &'a SplitDesign),
    ) -> Result<Self> {
        let groups = design.groups();
        let side = |(&r, side)| (r, Arc::new(Side::without(side, &groups)));
        Ok(Self {
            design,
            sides: sides.iter().map(side).collect(),
            rows: read_rows(context, tasks, gathered, design.all())?,
            groups,
        })
    }

    fn scores(&self, tasks: &[Task<'_>], whole: Option<&Pair<'_>>) -> Values {
        let cell = tasks[0].cell;
        let moments = whole.and_then(|whole| {
            let (x, y) = (self.sides.get(&cell.x)?, self.sides.get(&cell.y)?);
            Some(Pair::without(whole, x, y, &self.groups))
        });
        let evidence = Evidence { moments, rows: Rows::paired(&self.rows).of(cell) };
        values(score_cell(tasks, &evidence, self.design))
    }
}

fn of_cell(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    whole: &Condition<'_>,
    batch: &[Replicate<'_>],
    is_first: bool,
) -> OfCell {
    let cell = tasks[0].cell;
    let cross = whole.cross(tasks);
    let moments = cross.as_ref().and_then(|cross| whole.pair(cell, cross));
    let evidence = Evidence { moments, rows: whole.rows.of(cell) };
    let observed = if is_first { score_cell(tasks, &evidence, context.design) } else { Vec::new() };
    let pair = evidence.moments.as_ref();
    let replicates: Vec<Values> =
        batch.par_iter().map(|replicate| replicate.scores(tasks, pair)).collect();
    let is_rotated = is_first && moment_tasks(tasks).iter().any(|task| rotations(task) > 0);
    let coarse = cross.filter(|_| is_rotated);
    let coarse = coarse.map(|cross| ((cell.x, cell.y), Arc::new(cross.coarsen(whole.groups))));
    let done = observed.len() + tasks.len() * batch.len();
    context.progress.advance(done as u64);
    OfCell { observed, replicates, coarse: coarse.into_iter().collect() }
}
