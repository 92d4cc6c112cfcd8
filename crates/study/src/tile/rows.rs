//! The rows of a tile, for measures that read more than moments.

use std::collections::{BTreeMap, BTreeSet};

use consilience_measures::Reads;
use consilience_statistics::{BlockSet, Reading, RowPair, RowSet, shuffled_rows};
use rayon::prelude::*;

use super::{Context, Gathered, Task};
use crate::{Cell, Result};

/// Rows by representation.
pub(super) type RowSets = BTreeMap<usize, RowSet>;

/// The rows that tasks are scored on under one condition.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) x: &'a RowSets,
    pub(super) y: &'a RowSets,
    /// For each representation of the y side the row that stands in for each of its rows, under a shuffle.
    pub(super) orders: Option<&'a BTreeMap<usize, Vec<usize>>>,
}

impl<'a> Rows<'a> {
    /// As they were recorded.
    pub(super) fn paired(sets: &'a RowSets) -> Self {
        Self { x: sets, y: sets, orders: None }
    }

    /// The rows of a cell, if they were read.
    pub(super) fn of(&self, cell: Cell) -> Option<RowPair<'a>> {
        let (x, y) = (self.x.get(&cell.x)?, self.y.get(&cell.y)?);
        Some(match self.orders {
            None => RowPair::new(x, y),
            Some(orders) => RowPair::shuffled(x, y, orders.get(&cell.y)?),
        })
    }
}

pub(super) fn reads_rows(task: &Task<'_>) -> bool {
    task.measure.reads() == Reads::WholeRows
}

/// Rows of the representations whose cells have a measure that reads rows, over a set of blocks.
pub(super) fn read_rows(
    context: &Context<'_>,
    tasks: &[Task<'_>],
    gathered: &Gathered,
    set: BlockSet,
) -> Result<RowSets> {
    let of_rows = tasks.iter().filter(|t| reads_rows(t));
    let used: BTreeSet<usize> = of_rows.flat_map(|t| [t.cell.x, t.cell.y]).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let read = |&representation: &usize| {
        let selection = &gathered.sides.get(&representation)?.selection;
        let units = (!selection.dropped.is_empty()).then_some(&*selection.kept);
        let reading = Reading { source: context.source, representation, units, order: None };
        let rows = RowSet::read(&reading, context.blocks, set);
        Some(rows.map(|rows| (representation, rows)).map_err(Into::into))
    };
    used.par_iter().filter_map(read).collect()
}

/// For each representation the rows that stand in for its rows when the stimuli are in another order.
pub(super) fn orders(sets: &RowSets, order: &[usize]) -> BTreeMap<usize, Vec<usize>> {
    sets.iter().map(|(&r, rows)| (r, shuffled_rows(rows, order))).collect()
}
