//! What a study will cost, before anything runs.

use std::collections::{BTreeMap, BTreeSet};

use consilience_data::{ActivationSource, Quiet, Representation};
use serde::Serialize;

use crate::cut::Tile;
use crate::run::Planned;
use crate::{Cell, Result, Setup, StudySpec};

/// What a study will cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// One line a study.
    pub studies: Vec<StudyPlan>,
    /// Blocks of stimuli.
    pub blocks: usize,
    /// Stimuli.
    pub n_stimuli: usize,
}

/// What one study will cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudyPlan {
    /// Kind.
    pub kind: String,
    /// Pairs of representations.
    pub cells: usize,
    /// Rows of results: cells times measures, and those that the study makes itself.
    pub rows: usize,
    /// Evaluations of a measure: rows times replicates and draws, and steps of the study's own work.
    pub evaluations: u64,
    /// Representations that are read, each once a tile.
    pub representations: usize,
    /// Groups of cells whose activations are held in memory together.
    pub tiles: usize,
    /// Groups of cells of which moments are held together; each tile is one or more.
    pub strips: usize,
    /// Bytes read from the source.
    pub bytes_read: u64,
    /// Multiply-adds of gathering moments, draws included.
    pub multiply_adds: u64,
    /// Bytes of memory held at once, at the most, with as many threads as work on it now.
    pub peak_bytes: u64,
}

/// What a study would do, with no more than so many bytes of memory. Reads the catalogue, no activations.
///
/// # Errors
/// When the design is impossible on this source, or one comparison alone takes more memory than allowed.
pub fn plan(spec: &StudySpec, source: &dyn ActivationSource, memory: Option<u64>) -> Result<Plan> {
    let planned = Planned::new(spec, source)?;
    let setup = Setup { spec, source, progress: &Quiet, memory };
    let catalogue = source.representations();
    let n = source.stimuli().len();
    let n_blocks = planned.blocks.len();
    let studies = planned.studies.iter().map(|study| {
        let tiles = study.cut(&planned, source, memory)?;
        let of_tile =
            |t: &Tile| tile(catalogue, n, &study.cells[t.cells()], Shuffled::WithMomentsOfY);
        let of_jobs = study.jobs().map(|job| job.cost(catalogue, n, n_blocks));
        let costs = tiles.iter().map(of_tile).chain(of_jobs);
        let total = costs.fold(Cost::default(), |sum, next| sum.then(&next));
        let held: Vec<u64> = study.jobs().map(|job| job.held(&setup)).collect::<Result<_>>()?;
        let peaks = tiles.iter().map(|tile| tile.peak).chain(held);
        Ok(StudyPlan {
            kind: study.kind().to_owned(),
            cells: study.cells.len(),
            rows: study.cells.len() * study.measures.len() + study.job_rows(),
            evaluations: study.evaluations(planned.without.len()) + study.steps(),
            representations: total.representations,
            tiles: tiles.len(),
            strips: tiles.iter().map(|tile| tile.strips.len()).sum(),
            bytes_read: total.bytes,
            multiply_adds: total.multiply_adds,
            peak_bytes: peaks.max().unwrap_or(0),
        })
    });
    Ok(Plan { studies: studies.collect::<Result<_>>()?, blocks: n_blocks, n_stimuli: n })
}

/// What is read and multiplied for rows that are computed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Representations that are read.
    pub representations: usize,
    /// Bytes read from the source.
    pub bytes: u64,
    /// Multiply-adds of gathering moments.
    pub multiply_adds: u64,
}

impl Cost {
    pub(crate) fn then(self, next: &Self) -> Self {
        Self {
            representations: self.representations + next.representations,
            bytes: self.bytes + next.bytes,
            multiply_adds: self.multiply_adds + next.multiply_adds,
        }
    }
}

/// What is gathered anew for each shuffle draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shuffled {
    /// Moments of y by fold, and those between x and y.
    WithMomentsOfY,
    /// Those between x and y: nothing is held out, and the stimuli of y are the same in any order.
    Between,
}

/// Cost of the cells that are computed together.
pub(crate) fn tile(
    catalogue: &[Representation],
    n: usize,
    cells: &[Cell],
    shuffled: Shuffled,
) -> Cost {
    let used: BTreeSet<usize> = cells.iter().flat_map(|c| [c.x, c.y]).collect();
    let rows = |r: usize| (n * catalogue[r].rows_per_stimulus) as u64;
    let units = |r: usize| catalogue[r].n_units as u64;
    let values = |r: usize| rows(r) * units(r);
    let bytes: u64 = used.iter().map(|&r| values(r) * catalogue[r].precision.bytes() as u64).sum();
    // A scatter is symmetric: half a product.
    let own = |r: usize| rows(r) * units(r) * (units(r) + 1) / 2;
    let cross = |c: &Cell| rows(c.x) * units(c.x) * units(c.y);
    let mut draws_of: BTreeMap<usize, u64> = BTreeMap::new();
    if shuffled == Shuffled::WithMomentsOfY {
        for cell in cells {
            let draws = draws_of.entry(cell.y).or_default();
            *draws = (*draws).max(cell.draws.shuffle as u64);
        }
    }
    let multiply_adds = used.iter().map(|&r| own(r)).sum::<u64>()
        + cells.iter().map(|c| cross(c) * (1 + c.draws.shuffle as u64)).sum::<u64>()
        + draws_of.iter().map(|(&y, &draws)| own(y) * draws).sum::<u64>();
    Cost { representations: used.len(), bytes, multiply_adds }
}
