//! How long a study will take on this machine: its multiply-adds at the rate of a product, and its evaluations at what a
//! few of them take. Nothing of it reaches a result.

use std::collections::{BTreeMap, BTreeSet};

use consilience_data::{
    ActivationSource, Activations, ArraySource, Precision, Quiet, Representation, RowMajor,
    StimulusSet,
};
use consilience_measures::Reads;
use consilience_statistics::{Blocks, SplitDesign};
use rand::RngExt;

use crate::run::{Planned, PlannedStudy};
use crate::tile::{Context, Task, compute_strips, generator, rotations, shuffles};
use crate::{Cell, Draws, Result, StudySpec};

/// Seconds that some work takes: the clock of who asks, as a study has none.
pub type Stopwatch<'a> = &'a dyn Fn(&mut dyn FnMut()) -> f64;

/// The machine as far as estimates know it.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    /// Multiply-adds a second of an f32 product that is accumulated in f64, on the threads of the pool.
    pub rate: f64,
    /// The clock.
    pub stopwatch: Stopwatch<'a>,
}

/// Seconds that each study of a spec will take, one a study, on the threads of the pool it is called in; `None` for studies
/// whose rows are no comparisons of two recorded representations, and for measures that read rows.
///
/// Evaluations of a few cells are timed on made-up activations of the same shapes. No activations are read.
///
/// # Errors
/// As [`crate::plan`].
pub fn estimate(
    spec: &StudySpec,
    source: &dyn ActivationSource,
    machine: Machine<'_>,
) -> Result<Vec<Option<f64>>> {
    let planned = Planned::new(spec, source)?;
    let costs = crate::plan(spec, source, None)?;
    let of = |(study, cost): (&PlannedStudy, &crate::StudyPlan)| {
        let of_moments = study.measures.iter().all(|m| m.reads() != Reads::WholeRows);
        if study.cells.is_empty() || !of_moments {
            return Ok(None);
        }
        let products = cost.multiply_adds as f64 / machine.rate;
        Ok(Some(products + evaluations(&planned, study, source, machine.stopwatch)?))
    };
    planned.studies.iter().zip(&costs.studies).map(of).collect()
}

/// Cells whose evaluation is timed, at the most.
const TIMED_CELLS: usize = 36;

/// Jackknife replicates and rotations that are timed: two a thread, of which there are some.
fn timed_conditions(planned: &Planned) -> usize {
    (2 * rayon::current_num_threads()).min(planned.without.len()).max(1)
}

/// Seconds of all evaluations of a study.
fn evaluations(
    planned: &Planned,
    study: &PlannedStudy,
    source: &dyn ActivationSource,
    stopwatch: Stopwatch<'_>,
) -> Result<f64> {
    let catalogue = source.representations();
    let tiles = study.tiles(catalogue);
    // Tiles of one shape cost the same: one of each is timed.
    let mut known: BTreeMap<Vec<(usize, usize)>, Costs> = BTreeMap::new();
    let mut seconds = 0.0;
    for tile in tiles {
        let cells = &study.cells[tile];
        let shape = |c: &Cell| (catalogue[c.x].n_units, catalogue[c.y].n_units);
        let key: BTreeSet<(usize, usize)> = cells.iter().map(shape).collect();
        let key: Vec<(usize, usize)> = key.into_iter().collect();
        let costs = if let Some(costs) = known.get(&key) {
            *costs
        } else {
            let costs = Costs::timed(planned, study, (source, cells), stopwatch)?;
            known.insert(key, costs);
            costs
        };
        seconds += costs.of(planned, study, cells, catalogue);
    }
    Ok(seconds)
}

/// What evaluations cost under one condition, in seconds a unit of work.
#[derive(Debug, Clone, Copy, Default)]
struct Costs {
    /// For each representation, shared by its cells.
    side: f64,
    /// For each cell.
    cell: f64,
    /// For each cell, of a rotation beyond the evaluation.
    rotation: f64,
}

/// Work of a representation of so many units, and of a cell: both are cubic for most measures.
fn side_work(units: usize) -> f64 {
    (units as f64).powi(3)
}

fn cell_work(x: usize, y: usize) -> f64 {
    (x * y) as f64 * (x + y) as f64
}

impl Costs {
    /// Times a few cells of a tile, and the fewest cells that have the same representations: their difference tells what is
    /// shared by cells from what is not.
    fn timed(
        planned: &Planned,
        study: &PlannedStudy,
        (source, cells): (&dyn ActivationSource, &[Cell]),
        stopwatch: Stopwatch<'_>,
    ) -> Result<Self> {
        let sample = Sample::of(planned, source, cells)?;
        let many = &cells[..cells.len().min(TIMED_CELLS)];
        let mut covered = BTreeSet::new();
        let few = many.iter().filter(|c| covered.insert(c.x) | covered.insert(c.y));
        let few: Vec<Cell> = few.copied().collect();
        let base = sample.seconds(planned, study, &few, Conditions::default(), stopwatch)?;
        let without = timed_conditions(planned);
        let each = |seconds: f64| (seconds - base).max(0.0) / without as f64;
        let replicated = Conditions { without, rotations: 0 };
        let of_few = each(sample.seconds(planned, study, &few, replicated, stopwatch)?);
        let rotated = Conditions { without: 0, rotations: without };
        let of_turns = each(sample.seconds(planned, study, &few, rotated, stopwatch)?);
        let catalogue = source.representations();
        let (sides, few_work) = work(catalogue, &few);
        if few.len() == many.len() {
            let cell = of_few / few_work;
            return Ok(Self { side: 0.0, cell, rotation: (of_turns - of_few).max(0.0) / few_work });
        }
        let base = sample.seconds(planned, study, many, Conditions::default(), stopwatch)?;
        let of_many = sample.seconds(planned, study, many, replicated, stopwatch)? - base;
        let of_many = of_many.max(0.0) / without as f64;
        let (_, many_work) = work(catalogue, many);
        let cell = ((of_many - of_few) / (many_work - few_work)).max(0.0);
        let side = ((of_few - cell * few_work) / sides).max(0.0);
        Ok(Self { side, cell, rotation: (of_turns - of_few).max(0.0) / few_work })
    }

    /// Seconds of all evaluations of a tile.
    fn of(
        self,
        planned: &Planned,
        study: &PlannedStudy,
        cells: &[Cell],
        catalogue: &[Representation],
    ) -> f64 {
        let most = |cell: Cell, draws: fn(&Task<'_>) -> usize| {
            study.measures.iter().map(|m| draws(&Task { cell, measure: m.as_ref() })).max()
        };
        let mut seconds = 0.0;
        let mut sides: BTreeMap<usize, usize> = BTreeMap::new();
        for &cell in cells {
            let shuffled = most(cell, shuffles).unwrap_or(0);
            let rotated = most(cell, rotations).unwrap_or(0);
            let conditions = 1 + planned.without.len() + shuffled + rotated;
            let work = cell_work(catalogue[cell.x].n_units, catalogue[cell.y].n_units);
            seconds += work * (self.cell * conditions as f64 + self.rotation * rotated as f64);
            for r in [cell.x, cell.y] {
                let most = sides.entry(r).or_default();
                *most = (*most).max(conditions);
            }
        }
        let side = |(&r, &n): (&usize, &usize)| n as f64 * side_work(catalogue[r].n_units);
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

/// How much of the jackknife and of the rotation null is computed.
#[derive(Debug, Clone, Copy, Default)]
struct Conditions {
    without: usize,
    rotations: usize,
}

/// Made-up activations of the shapes of a tile: a few directions that all representations share, and noise.
struct Sample {
    source: ArraySource,
    blocks: Blocks,
    /// Place in the source of each representation of the catalogue.
    places: BTreeMap<usize, usize>,
}

/// Stimuli of the sample for each unit of its widest layer, so that moments have full rank.
const STIMULI_PER_UNIT: usize = 2;

/// Directions that the made-up activations share.
const SHARED: usize = 8;

impl Sample {
    fn of(planned: &Planned, source: &dyn ActivationSource, cells: &[Cell]) -> Result<Self> {
        let cells = &cells[..cells.len().min(TIMED_CELLS)];
        let used: BTreeSet<usize> = cells.iter().flat_map(|c| [c.x, c.y]).collect();
        let catalogue = source.representations();
        let widest = used.iter().map(|&r| catalogue[r].n_units).max().unwrap_or(1);
        let n_blocks = planned.blocks.len();
        let n = (STIMULI_PER_UNIT * widest).max(8 * n_blocks).min(source.stimuli().len());
        let mut rng = generator(0, "shared directions", &[n]);
        let shared: Vec<f32> = (0..n * SHARED).map(|_| rng.random_range(-1.0..1.0)).collect();
        let mut sample = ArraySource::new(StimulusSet::indexed("made up", n));
        let mut places = BTreeMap::new();
        for &r in &used {
            let n_units = catalogue[r].n_units;
            let mut rng = generator(0, "made-up activations", &[r]);
            let weights: Vec<f32> =
                (0..n_units * SHARED).map(|_| rng.random_range(-1.0..1.0)).collect();
            let mut values = Vec::with_capacity(n * n_units);
            for directions in shared.chunks_exact(SHARED) {
                for weights in weights.chunks_exact(SHARED) {
                    let common: f32 = directions.iter().zip(weights).map(|(d, w)| d * w).sum();
                    values.push(common + rng.random_range(-1.0_f32..1.0));
                }
            }
            let array = Activations::F32(RowMajor { values, n_units });
            places.insert(r, sample.representations().len());
            let representation = Representation {
                rows_per_stimulus: 1,
                precision: Precision::F32,
                digest: array.digest(),
                ..catalogue[r].clone()
            };
            sample.push(representation, array)?;
        }
        let members = |b: usize| (0..n).filter(|i| i % n_blocks == b).collect();
        let blocks = Blocks::explicit((0..n_blocks).map(members).collect());
        Ok(Self { source: sample, blocks, places })
    }

    /// Seconds of the evaluations of some cells.
    fn seconds(
        &self,
        planned: &Planned,
        study: &PlannedStudy,
        cells: &[Cell],
        conditions: Conditions,
        stopwatch: Stopwatch<'_>,
    ) -> Result<f64> {
        let draws = Draws { shuffle: 0, rotation: conditions.rotations };
        let cell = |c: &Cell| Cell { x: self.places[&c.x], y: self.places[&c.y], draws };
        let tasks = cells.iter().map(cell).flat_map(|cell| {
            study.measures.iter().map(move |m| Task { cell, measure: m.as_ref() })
        });
        let tasks: Vec<Task<'_>> = tasks.collect();
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
        let mut outcome = Ok(());
        let seconds = stopwatch(&mut || {
            let tasks = std::slice::from_ref(&tasks);
            outcome = compute_strips(&context, tasks, conditions.without.max(1), |_| Ok(()));
        });
        outcome.map(|()| seconds)
    }
}
