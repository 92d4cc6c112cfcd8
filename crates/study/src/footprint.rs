//! How much memory cells take that are computed together.

use std::collections::BTreeSet;
use std::sync::Arc;

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Representation, RepresentationId,
    RowMajor, StimulusSet,
};
use consilience_measures::{DynMeasure, Family, Reads};
use consilience_statistics::{
    Blocks, Evidence, Pair, ROWS_PER_CHUNK, Reading, Side, SplitDesign, gather_cross,
    gather_marginal,
};
use rand::RngExt;

use crate::tile::generator;
use crate::{Cell, Error, Result};

/// What the process takes beside what is counted here: the program, its threads, the catalogue, the rows of results, and pages
/// that the allocator keeps. Studies of 1,170 cells within 200 MiB took 26 to 59 MB more than was counted.
pub(crate) const BASE_BYTES: u64 = 64 << 20;

/// What is remembered of the neighbours of a row, and what finding them takes.
const LIST_BYTES: u64 = 4 << 10;

/// Largest table over pairs of rows that is remembered of one representation.
const TABLE_BYTES: u64 = 512 << 20;

/// Bytes with what the allocator holds on to beside them: a study of 294 cells took an eighth more than what it asked for.
pub(crate) fn with_reserve(bytes: u64) -> u64 {
    bytes + bytes / 8
}

/// Bytes of the process where its work asks for so many.
pub(crate) fn of_process(bytes: u64) -> u64 {
    BASE_BYTES + with_reserve(bytes)
}

/// Matrices that measures leave behind, in units of a matrix of moments of their representations.
#[derive(Debug, Clone, Copy, Default)]
struct Remembered {
    side: usize,
    pair: usize,
}

/// Everything that decides how much memory cells take, but the cells.
pub(crate) struct Footprint<'a> {
    catalogue: &'a [Representation],
    n_stimuli: u64,
    n_blocks: u64,
    n_folds: u64,
    n_replicates: u64,
    threads: u64,
    whole: Remembered,
    replicate: Remembered,
    coarse: Remembered,
    measures: &'a [Box<dyn DynMeasure>],
}

/// What some cells have in common and what each needs, added up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Load {
    used: BTreeSet<usize>,
    xs: BTreeSet<usize>,
    ys: BTreeSet<usize>,
    cells: BTreeSet<(usize, usize)>,
    /// Bytes of activations.
    values: u64,
    x_values: u64,
    y_values: u64,
    largest_values: u64,
    /// Bytes of one matrix of moments of each representation: merged, and of a block.
    scatters: u64,
    block_scatters: u64,
    x_scatters: u64,
    y_scatters: u64,
    /// Of the y side, of the stimuli of a fold read in another order.
    y_fold_scatters: u64,
    /// Bytes of one cross-scatter of each cell: merged, and of a block.
    crosses: u64,
    block_crosses: u64,
    largest_cross: u64,
    largest_block_cross: u64,
    largest_fold_cross: u64,
    /// Bytes of what cells need of rows beside products.
    weighted: u64,
    rows: u64,
    shuffles: u64,
    rotations: u64,
}

impl<'a> Footprint<'a> {
    /// Of cells under some measures. What measures remember is found out on a miniature: representations of a few units,
    /// with the same blocks and folds.
    pub(crate) fn new(
        catalogue: &'a [Representation],
        n_stimuli: usize,
        (blocks, design, without): (&Blocks, &SplitDesign, &[SplitDesign]),
        measures: &'a [Box<dyn DynMeasure>],
    ) -> Result<Self> {
        let miniature = Miniature::new(blocks.len())?;
        let (whole, replicate) = miniature.jackknifed(measures, design, without.first());
        Ok(Self {
            catalogue,
            n_stimuli: n_stimuli as u64,
            n_blocks: blocks.len() as u64,
            n_folds: design.groups().len() as u64,
            n_replicates: without.len() as u64,
            threads: rayon::current_num_threads() as u64,
            whole,
            replicate,
            coarse: miniature.coarse(measures, design),
            measures,
        })
    }

    /// Whether a measure reads rows.
    fn reads_rows(&self) -> bool {
        self.measures.iter().any(|m| m.reads() == Reads::WholeRows)
    }

    fn values(&self, r: usize) -> u64 {
        let of = &self.catalogue[r];
        self.rows(r) * (of.n_units * of.precision.bytes()) as u64
    }

    fn rows(&self, r: usize) -> u64 {
        self.n_stimuli * self.catalogue[r].rows_per_stimulus as u64
    }

    /// Entries of a matrix of moments between two representations.
    fn entries(&self, x: usize, y: usize) -> u64 {
        let units = |r: usize| self.catalogue[r].n_units as u64;
        units(x) * units(y)
    }

    fn scatter(&self, r: usize) -> u64 {
        8 * self.entries(r, r)
    }

    /// Bytes of an entry of the moments of one of so many parts of the stimuli: those of a chunk of f32 rows are f32.
    fn entry(&self, representations: [usize; 2], n_parts: u64) -> u64 {
        let narrow = representations.into_iter().all(|r| {
            let rows = self.rows(r).div_ceil(n_parts);
            self.catalogue[r].precision == Precision::F32 && rows <= ROWS_PER_CHUNK as u64
        });
        if narrow { 4 } else { 8 }
    }

    /// The load with one cell more.
    pub(crate) fn add(&self, load: &mut Load, cell: &Cell) {
        for r in [cell.x, cell.y] {
            if load.used.insert(r) {
                load.values += self.values(r);
                load.largest_values = load.largest_values.max(self.values(r));
                load.scatters += self.scatter(r);
                load.block_scatters += self.entry([r, r], self.n_blocks) * self.entries(r, r);
                load.rows += self.rows(r);
            }
        }
        if load.xs.insert(cell.x) {
            load.x_values += self.values(cell.x);
            load.x_scatters += self.scatter(cell.x);
        }
        if load.ys.insert(cell.y) {
            load.y_values += self.values(cell.y);
            load.y_scatters += self.scatter(cell.y);
            load.y_fold_scatters +=
                self.entry([cell.y, cell.y], self.n_folds) * self.entries(cell.y, cell.y);
        }
        if load.cells.insert((cell.x, cell.y)) {
            let entries = self.entries(cell.x, cell.y);
            let of_part = |n_parts| entries * self.entry([cell.x, cell.y], n_parts);
            load.crosses += 8 * entries;
            let units = |r: usize| self.catalogue[r].n_units as u64;
            load.weighted += 8 * self.n_blocks * (units(cell.x) + units(cell.y));
            load.block_crosses += of_part(self.n_blocks);
            load.largest_cross = load.largest_cross.max(8 * entries);
            load.largest_block_cross = load.largest_block_cross.max(of_part(self.n_blocks));
            load.largest_fold_cross = load.largest_fold_cross.max(of_part(self.n_folds));
        }
        if self.measures.iter().any(|m| m.reads_pairing()) {
            load.shuffles = load.shuffles.max(cell.draws.shuffle as u64);
        }
        if self.measures.iter().any(|m| m.reads_basis()) {
            load.rotations = load.rotations.max(cell.draws.rotation as u64);
        }
    }

    /// The load of some cells.
    pub(crate) fn load(&self, cells: &[Cell]) -> Load {
        let mut load = Load::default();
        cells.iter().for_each(|cell| self.add(&mut load, cell));
        load
    }

    /// Bytes that are held while all strips of a tile are computed: activations, centred and, where they are read again, as
    /// they are; moments of each representation.
    pub(crate) fn of_tile(&self, load: &Load) -> u64 {
        let again = load.shuffles > 0 || self.reads_rows();
        let raw = if again {
            load.values + self.threads * load.largest_values
        } else {
            self.threads * load.largest_values
        };
        let centred = load.values + 8 * load.rows + load.weighted;
        BASE_BYTES + with_reserve(raw + centred + self.n_blocks * load.block_scatters)
    }

    /// Bytes that a strip takes beside its tile, with so many jackknife replicates side by side.
    pub(crate) fn of_strip(&self, load: &Load, batch: u64) -> u64 {
        let tables = if self.reads_rows() { self.of_rows(load, batch) } else { 0 };
        let rotated = if load.rotations > 0 { self.n_folds * load.crosses } else { 0 };
        with_reserve(tables + rotated + self.jackknifed(load, batch).max(self.drawn(load)))
    }

    /// Bytes of the activations of some representations.
    pub(crate) fn of_values(&self, representations: impl IntoIterator<Item = usize>) -> u64 {
        with_reserve(representations.into_iter().map(|r| self.values(r)).sum())
    }

    /// Bytes held for cells that are computed under several designs without intervals: activations as they are, what is made
    /// of them, and the cross-moments of all cells.
    pub(crate) fn of_each(&self, load: &Load) -> u64 {
        let again = load.shuffles > 0 || self.reads_rows();
        let raw = if again { 0 } else { load.values };
        let crosses = self.n_blocks * load.block_crosses;
        self.of_tile(load) + with_reserve(raw + crosses) + self.of_strip(load, 1)
    }

    /// Bytes of cells that are computed together in one strip, without those of the process.
    pub(crate) fn beside_the_process(&self, cells: &[Cell]) -> u64 {
        let load = self.load(cells);
        self.of_tile(&load) - BASE_BYTES + self.of_strip(&load, self.threads)
    }

    fn jackknifed(&self, load: &Load, batch: u64) -> u64 {
        if self.measures.iter().all(|m| m.reads() == Reads::WholeRows) {
            return 0;
        }
        let of = |r: Remembered| (r.side as u64, r.pair as u64);
        let ((side, pair), (lost_side, lost_pair)) = (of(self.whole), of(self.replicate));
        let kept = if batch < self.n_replicates { self.n_blocks * load.block_crosses } else { 0 };
        let at_work =
            self.n_blocks * load.largest_block_cross + (pair + lost_pair) * load.largest_cross;
        kept + (side + batch * lost_side) * load.scatters + self.threads * at_work
    }

    /// Shuffles and rotations come one after the other.
    fn drawn(&self, load: &Load) -> u64 {
        let (side, pair) = (self.coarse.side as u64, self.coarse.pair as u64);
        let derived = pair * load.largest_cross;
        let shuffled = if load.shuffles > 0 {
            let once = load.x_values + (self.n_folds + side) * load.x_scatters;
            let moments = self.n_folds * (load.y_fold_scatters + load.largest_fold_cross);
            let each = load.y_values + moments + side * load.y_scatters + derived;
            once + self.threads.min(load.shuffles) * each
        } else {
            0
        };
        let rotated = if load.rotations > 0 {
            let once = self.n_folds * load.scatters + side * load.y_scatters;
            let moments = (1 + self.n_folds + side) * load.x_scatters;
            let each = moments + self.n_folds * load.largest_cross + derived;
            once + self.threads.min(load.rotations) * each
        } else {
            0
        };
        shuffled.max(rotated)
    }

    /// Rows of all representations, again for each replicate and draw at work, and what is remembered of them: lists of near
    /// rows, or the largest tables that may be.
    fn of_rows(&self, load: &Load, batch: u64) -> u64 {
        let again = (batch.min(self.n_replicates)).max(self.threads.min(load.rotations));
        let sets = 1 + again;
        let per_set = load.rows / (load.used.len() as u64).max(1);
        let of_rows = self.measures.iter().filter(|m| m.reads() == Reads::WholeRows);
        let lists_only = of_rows.clone().all(|m| m.info().family == Family::Neighbours);
        let table = if lists_only {
            LIST_BYTES * per_set
        } else {
            (8 * per_set * per_set).min(TABLE_BYTES)
        };
        sets * (load.values + load.used.len() as u64 * table)
    }

    /// The error of a cell that takes more than is allowed.
    pub(crate) fn too_large(&self, cell: &Cell, needed: u64, limit: u64) -> Error {
        let name = |r: usize| self.catalogue[r].id.to_string();
        Error::Memory { x: name(cell.x), y: name(cell.y), needed, limit }
    }

    /// Jackknife replicates of a design.
    pub(crate) fn replicates(&self) -> u64 {
        self.n_replicates.max(1)
    }

    /// Jackknife replicates to begin with: one a thread where rows are read again for each of them.
    pub(crate) fn most_replicates(&self) -> u64 {
        if self.reads_rows() { self.threads.min(self.replicates()) } else { self.replicates() }
    }
}

/// Units of a representation of the miniature, and stimuli of a block.
const UNITS: usize = 6;

/// Two small representations with as many blocks as the study.
struct Miniature {
    marginals: [Arc<consilience_statistics::Marginal>; 2],
    cross: Arc<consilience_statistics::Cross>,
}

impl Miniature {
    fn new(n_blocks: usize) -> Result<Self> {
        let n = 2 * UNITS * n_blocks;
        let mut rng = generator(0, "miniature", &[n]);
        let mut source = ArraySource::new(StimulusSet::indexed("miniature", n));
        for network in ["x", "y"] {
            let values = (0..n * UNITS).map(|_| rng.random_range(-1.0_f32..1.0)).collect();
            let array = Activations::F32(RowMajor { values, n_units: UNITS });
            let id = RepresentationId {
                network: network.into(),
                checkpoint: "end".into(),
                layer: "layer".into(),
                pooling: Pooling::Flatten,
            };
            let representation = Representation {
                id,
                depth: 0,
                n_units: UNITS,
                rows_per_stimulus: 1,
                precision: Precision::F32,
                digest: array.digest(),
                checkpoint: Checkpoint::default(),
            };
            source.push(representation, array)?;
        }
        let blocks = Blocks::explicit(
            (0..n_blocks).map(|b| (0..n).filter(|i| i % n_blocks == b).collect()).collect(),
        );
        let reading =
            |representation| Reading { source: &source, representation, units: None, order: None };
        let marginal = |r| Ok::<_, crate::Error>(Arc::new(gather_marginal(&reading(r), &blocks)?));
        let cross = Arc::new(gather_cross(&reading(0), &reading(1), &blocks)?);
        Ok(Self { marginals: [marginal(0)?, marginal(1)?], cross })
    }

    /// What is remembered on all blocks, and beside that with one left out.
    fn jackknifed(
        &self,
        measures: &[Box<dyn DynMeasure>],
        design: &SplitDesign,
        without: Option<&SplitDesign>,
    ) -> (Remembered, Remembered) {
        let groups = design.groups();
        let sides = [0, 1].map(|s| Arc::new(Side::new(self.marginals[s].clone(), &groups)));
        let pair = Pair::new(&sides[0], &sides[1], &self.cross, &groups);
        let evidence = evaluated(pair, measures, design);
        let whole = evidence.moments.as_ref().expect("just put there");
        let mut lost = Remembered::default();
        if let Some(design) = without {
            let groups = design.groups();
            let own = [0, 1].map(|s| Side::without(&sides[s], &groups));
            let pair = Pair::without(whole, &own[0], &own[1], &groups);
            lost = remembered(&evaluated(pair, measures, design), &own[0], &own[1]);
        }
        (remembered(&evidence, &sides[0], &sides[1]), lost)
    }

    /// What is remembered with the blocks of each fold merged into one.
    fn coarse(&self, measures: &[Box<dyn DynMeasure>], design: &SplitDesign) -> Remembered {
        let groups = design.groups();
        let sides = [0, 1].map(|s| Side::new(Arc::new(self.marginals[s].coarsen(&groups)), &[]));
        let cross = Arc::new(self.cross.coarsen(&groups));
        let pair = Pair::new(&sides[0], &sides[1], &cross, &[]);
        remembered(&evaluated(pair, measures, &design.coarse()), &sides[0], &sides[1])
    }
}

/// The evidence after all measures of moments have seen it. What a measure makes of the miniature does not matter.
fn evaluated<'a>(
    pair: Pair<'a>,
    measures: &[Box<dyn DynMeasure>],
    design: &SplitDesign,
) -> Evidence<'a> {
    let evidence = Evidence { moments: Some(pair), rows: None };
    for measure in measures.iter().filter(|m| m.reads() != Reads::WholeRows) {
        drop(measure.evaluate(&evidence, design));
    }
    evidence
}

fn remembered(evidence: &Evidence<'_>, x: &Side, y: &Side) -> Remembered {
    let pair = evidence.moments.as_ref().map_or(0, Pair::n_matrices);
    Remembered { side: x.n_matrices().max(y.n_matrices()), pair }
}
