//! What is read of the representations of a tile, and gathered of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consilience_data::{ActivationSource, Cached};
use consilience_statistics::{
    Blocks, Centred, Cross, Marginal, Reading, SplitDesign, UnitPolicy, UnitSelection, Weighted,
    select_units, select_units_of_dealings,
};
use rayon::prelude::*;

use super::{Context, Crosses, Selections, Task, moment_tasks};
use crate::{Cell, Result};

/// Moments of the representations of a tile.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) sides: BTreeMap<usize, GatheredSide>,
    failed: BTreeMap<usize, String>,
    /// For each two representations that are compared by moments, what the first has weighted by the second.
    weighted: BTreeMap<(usize, usize), Weighted>,
}

impl Gathered {
    /// Cross-moments of a cell of representations that can be compared.
    pub(super) fn cross(&self, cell: Cell) -> Option<Arc<Cross>> {
        let (x, y) = (self.sides.get(&cell.x)?, self.sides.get(&cell.y)?);
        let weighted = |x, y| self.weighted.get(&(x, y)).expect("of every cell of moments");
        let weighted = [weighted(cell.x, cell.y), weighted(cell.y, cell.x)];
        Some(Arc::new(x.rows.cross_weighted(&y.rows, weighted)))
    }

    /// Cross-moments of the cells of tasks that read moments.
    pub(super) fn crosses(&self, tasks: &[Task<'_>]) -> Crosses {
        let of_moments = moment_tasks(tasks);
        let cells: Vec<&[Task<'_>]> = of_moments.chunk_by(|a, b| a.cell == b.cell).collect();
        let cross = |tasks: &&[Task<'_>]| {
            let cell = tasks[0].cell;
            Some(((cell.x, cell.y), self.cross(cell)?))
        };
        cells.par_iter().filter_map(cross).collect()
    }

    /// With what the cells of some tasks need of their rows beside products.
    pub(super) fn weighted_for(mut self, tasks: &[Task<'_>]) -> Self {
        let mut partners: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for Task { cell, .. } in moment_tasks(tasks) {
            if self.sides.contains_key(&cell.x) && self.sides.contains_key(&cell.y) {
                partners.entry(cell.x).or_default().insert(cell.y);
                partners.entry(cell.y).or_default().insert(cell.x);
            }
        }
        let partners: Vec<(usize, Vec<usize>)> =
            partners.into_iter().map(|(r, others)| (r, others.into_iter().collect())).collect();
        let weigh = |(r, others): &(usize, Vec<usize>)| {
            let rows: Vec<&Centred> = others.iter().map(|other| &self.sides[other].rows).collect();
            let weighted = self.sides[r].rows.weighted_by(&rows);
            others.iter().map(|&other| (*r, other)).zip(weighted).collect::<Vec<_>>()
        };
        self.weighted = partners.par_iter().flat_map_iter(weigh).collect();
        self
    }

    /// The representations of some tasks.
    pub(super) fn of<'a>(&'a self, tasks: &[Task<'_>]) -> BTreeMap<usize, &'a GatheredSide> {
        let used = tasks.iter().flat_map(|t| [t.cell.x, t.cell.y]);
        used.filter_map(|r| Some((r, self.sides.get(&r)?))).collect()
    }
}

/// One representation of a tile.
pub(super) struct GatheredSide {
    pub(super) rows: Centred,
    pub(super) marginal: Arc<Marginal>,
    pub(super) selection: UnitSelection,
}

/// Moments of representations, and which of their units take part.
pub(super) fn gather_sides(context: &Context<'_>, used: &[usize]) -> Result<Gathered> {
    let designs: Vec<SplitDesign> =
        [context.design].into_iter().chain(context.without).cloned().collect();
    let found: Vec<_> = used
        .par_iter()
        .map(|&representation| {
            // Blocks are scattered over the file: it is read from its beginning to its end, then dealt.
            let loaded = Cached::load(context.source, &[representation])?;
            let reading = Reading { source: &loaded, representation, units: None, order: None };
            let mut rows = Centred::read(&reading, context.blocks)?;
            let mut marginal = rows.marginal();
            let selection = match select_units(&marginal, &designs, context.policy) {
                Ok(selection) => selection,
                Err(error) => return Ok((representation, Err(error.to_string()))),
            };
            if !selection.dropped.is_empty() {
                let reading = Reading { units: Some(&selection.kept), ..reading };
                rows = Centred::read(&reading, context.blocks)?;
                marginal = rows.marginal();
            }
            let marginal = Arc::new(marginal);
            Ok((representation, Ok(GatheredSide { rows, marginal, selection })))
        })
        .collect::<Result<_>>()?;
    let mut gathered = Gathered::default();
    for (representation, result) in found {
        match result {
            Ok(side) => drop(gathered.sides.insert(representation, side)),
            Err(message) => drop(gathered.failed.insert(representation, message)),
        }
    }
    Ok(gathered)
}

/// The units of representations that vary under all designs of several ways to deal the stimuli to blocks.
pub(crate) fn selections(
    source: &dyn ActivationSource,
    used: &[usize],
    dealings: &[(Blocks, Vec<SplitDesign>)],
    policy: UnitPolicy,
) -> Result<Selections> {
    let select = |&representation: &usize| {
        let reading = Reading { source, representation, units: None, order: None };
        match select_units_of_dealings(&reading, dealings, policy) {
            Err(error @ consilience_statistics::Error::Data(_)) => Err(error.into()),
            found => Ok((representation, found.map_err(|error| error.to_string()))),
        }
    };
    used.par_iter().map(select).collect()
}

/// As [`gather_sides`], of units that were selected before.
pub(super) fn gather_selected(
    context: &Context<'_>,
    used: &[usize],
    selections: &Selections,
) -> Result<Gathered> {
    let mut gathered = Gathered::default();
    for &representation in used {
        let selection = match &selections[&representation] {
            Ok(selection) => selection.clone(),
            Err(message) => {
                gathered.failed.insert(representation, message.clone());
                continue;
            }
        };
        let units = (!selection.dropped.is_empty()).then_some(&*selection.kept);
        let reading = Reading { source: context.source, representation, units, order: None };
        let rows = Centred::read(&reading, context.blocks)?;
        let marginal = Arc::new(rows.marginal());
        gathered.sides.insert(representation, GatheredSide { rows, marginal, selection });
    }
    Ok(gathered)
}

pub(super) fn failure(gathered: &Gathered, cell: Cell) -> Option<String> {
    [cell.x, cell.y].iter().find_map(|r| gathered.failed.get(r).cloned())
}
