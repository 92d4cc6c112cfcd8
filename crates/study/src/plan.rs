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
        let of_tile = |t: &Tile| Cost {
            peak: t.peak,
            ..tile(catalogue, n, n_blocks, &study.cells[t.cells()])
        };
        let of_tiles = tiles.iter().map(of_tile);
        let of_jobs = study.jobs().map(|job| {
            let cost = job.cost(catalogue, n, n_blocks);
            Ok(Cost { peak: job.held(&setup)?.unwrap_or(cost.peak), ..cost })
        });
        let of_jobs: Vec<Cost> = of_jobs.collect::<Result<_>>()?;
        let total = of_tiles.chain(of_jobs).fold(Cost::default(), |sum, next| sum.then(&next));
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
            peak_bytes: total.peak,
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
    /// Bytes of activations and moments held at once, at the most.
    pub peak: u64,
}

impl Cost {
    pub(crate) fn then(self, next: &Self) -> Self {
        Self {
            representations: self.representations + next.representations,
            bytes: self.bytes + next.bytes,
            multiply_adds: self.multiply_adds + next.multiply_adds,
            peak: self.peak.max(next.peak),
        }
    }
}

/// Cost of the cells that are computed together.
pub(crate) fn tile(
    catalogue: &[Representation],
    n: usize,
    n_blocks: usize,
    cells: &[Cell],
) -> Cost {
    let used: BTreeSet<usize> = cells.iter().flat_map(|c| [c.x, c.y]).collect();
    let rows = |r: usize| (n * catalogue[r].rows_per_stimulus) as u64;
    let units = |r: usize| catalogue[r].n_units as u64;
    let values = |r: usize| rows(r) * units(r);
    let bytes: u64 = used.iter().map(|&r| values(r) * catalogue[r].precision.bytes() as u64).sum();
    // A scatter is symmetric: half a product.
    let own = |r: usize| rows(r) * units(r) * (units(r) + 1) / 2;
    let cross = |c: &Cell| rows(c.x) * units(c.x) * units(c.y);
    let mut shuffled: BTreeMap<usize, u64> = BTreeMap::new();
    for cell in cells {
        let draws = shuffled.entry(cell.y).or_default();
        *draws = (*draws).max(cell.draws.shuffle as u64);
    }
    let multiply_adds = used.iter().map(|&r| own(r)).sum::<u64>()
        + cells.iter().map(|c| cross(c) * (1 + c.draws.shuffle as u64)).sum::<u64>()
        + shuffled.iter().map(|(&y, &draws)| own(y) * draws).sum::<u64>();
    let moments = 8
        * n_blocks as u64
        * (used.iter().map(|&r| units(r) * units(r)).sum::<u64>()
            + cells.iter().map(|c| units(c.x) * units(c.y)).sum::<u64>());
    // The activations as they were read, and centred; under a shuffle null once more in the grain of the folds, and once for
    // each draw that is at work.
    let is_shuffled = shuffled.values().any(|&draws| draws > 0);
    let copies = if is_shuffled { 3 + rayon::current_num_threads() as u64 } else { 2 };
    let peak = copies * bytes + moments;
    Cost { representations: used.len(), bytes, multiply_adds, peak }
}
