//! The cells of the study on one other set of stimuli.

use std::collections::BTreeSet;

use consilience_data::store::RecordedSet;
use consilience_data::{ActivationSource, Representation};

use consilience_statistics::SplitDesign;

use super::twins::{Twins, check_blocks, fitted_in_distribution, twin_blocks, without_each_twin};
use super::{KIND, problem, severity_of, shift_of};
use crate::compare::{dealt, without_each};
use crate::estimate::close_together;
use crate::job::growth_of;
use crate::plan::{Cost, Shuffled, tile};
use crate::row::SCHEMA;
use crate::run::{digest, side_facts, split_name};
use crate::spec::Measures;
use crate::tile::{Context, Task, TaskOutcome, evaluations};
use crate::within::{compute_within, held_within};
use crate::{Cell, CellRow, Excerpt, Job, Maps, OnSet, Outcome, Result, Row, Setup, StudySpec};

/// All cells of the study on one set.
#[derive(Debug, Clone)]
pub(super) struct OnOtherStimuli {
    set: RecordedSet,
    /// The cells as they are in distribution.
    cells: Vec<Cell>,
    /// The same cells among the representations of the set.
    there: Vec<Cell>,
    measures: Measures,
    /// Index of cell and measure, and where maps are fitted, for each row.
    places: Vec<(usize, usize, Maps)>,
    keys: Vec<String>,
    n_replicates: usize,
}

impl OnOtherStimuli {
    pub(super) fn new(
        set: RecordedSet,
        cells: &[Cell],
        spec: &StudySpec,
        source: &dyn ActivationSource,
    ) -> Result<Self> {
        let on = source.on(&set.name)?;
        let there = found(&set, cells, source, &*on)?;
        let pairs_up = on.stimuli().ids == source.stimuli().ids;
        let measures = spec.parsed_measures()?;
        let n_blocks = dealt(&*on, spec.blocks, spec.seed)?.len();
        let mut places = Vec::new();
        for c in 0..cells.len() {
            for (m, measure) in measures.iter().enumerate() {
                if measure.reads().held_out() {
                    places.push((c, m, Maps::Refitted));
                    places.extend(pairs_up.then_some((c, m, Maps::AsFitted)));
                } else {
                    places.push((c, m, Maps::None));
                }
            }
        }
        if places.iter().any(|(.., maps)| *maps == Maps::AsFitted) {
            check_blocks(n_blocks)?;
        }
        let cells = cells.to_vec();
        let (keys, n_replicates) = (Vec::new(), n_blocks);
        let job = Self { set, cells, there, measures, places, keys, n_replicates };
        Ok(Self { keys: job.digests(spec, source, &*on), ..job })
    }

    /// Digests of everything that the rows depend on, one a row.
    fn digests(
        &self,
        spec: &StudySpec,
        source: &dyn ActivationSource,
        on: &dyn ActivationSource,
    ) -> Vec<String> {
        let set = format!("{} {} {}", on.stimuli().digest(), self.set.name, self.set.sha256);
        let key = |&(c, m, maps): &(usize, usize, Maps)| {
            let here = Task { cell: self.cells[c], measure: &*self.measures[m] };
            let there = Task { cell: self.there[c], ..here };
            let own = [set.clone(), maps.to_string(), of_task(on, &there)];
            row_key(spec, source, &here, &own)
        };
        self.places.iter().map(key).collect()
    }

    /// The tasks of some places, of cells that `cell` gives.
    fn tasks(&self, wanted: impl Fn(Maps) -> bool, cell: impl Fn(usize) -> Cell) -> Vec<Task<'_>> {
        let places = self.places.iter().filter(|(.., maps)| wanted(*maps));
        places.map(|&(c, m, _)| Task { cell: cell(c), measure: &*self.measures[m] }).collect()
    }

    /// What some work makes of the tasks on the shifted stimuli alone.
    fn refitted<T>(
        &self,
        setup: &Setup<'_>,
        on: &dyn ActivationSource,
        work: impl FnOnce(&Context<'_>, &[Task<'_>]) -> Result<T>,
    ) -> Result<T> {
        let spec = setup.spec;
        let blocks = dealt(on, spec.blocks, spec.seed)?;
        let design = SplitDesign::k_fold(&blocks, spec.folds)?;
        let context = Context {
            source: on,
            blocks: &blocks,
            versions: 1,
            design: &design,
            without: &without_each(&design, blocks.len()),
            policy: spec.constant_units.into(),
            seed: spec.seed,
            progress: setup.progress,
        };
        work(&context, &self.tasks(|maps| maps != Maps::AsFitted, |c| self.there[c]))
    }

    /// What some work makes of the tasks whose maps were fitted in distribution; the default where there are none.
    fn as_fitted<T: Default>(
        &self,
        setup: &Setup<'_>,
        on: &dyn ActivationSource,
        work: impl FnOnce(&Context<'_>, &[Task<'_>]) -> Result<T>,
    ) -> Result<T> {
        if self.places.iter().all(|(.., maps)| *maps != Maps::AsFitted) {
            return Ok(T::default());
        }
        let spec = setup.spec;
        let sides = |(&here, &there): (&Cell, &Cell)| [[here.x, there.x], [here.y, there.y]];
        let parts: BTreeSet<[usize; 2]> =
            self.cells.iter().zip(&self.there).flat_map(sides).collect();
        let parts: Vec<[usize; 2]> = parts.into_iter().collect();
        let index = |part: [usize; 2]| parts.binary_search(&part).expect("it is one of the parts");
        let cell = |c: usize| {
            let [x, y] = sides((&self.cells[c], &self.there[c])).map(index);
            Cell { x, y, ..self.cells[c] }
        };
        let tasks = self.tasks(|maps| maps == Maps::AsFitted, cell);
        let twins = Twins::new([setup.source, on], parts.clone());
        let blocks = dealt(setup.source, spec.blocks, spec.seed)?;
        let design =
            fitted_in_distribution(&SplitDesign::k_fold(&blocks, spec.folds)?, blocks.len());
        let context = Context {
            source: &twins,
            blocks: &twin_blocks(&blocks),
            versions: 2,
            design: &design,
            without: &without_each_twin(&design, blocks.len()),
            policy: spec.constant_units.into(),
            seed: spec.seed,
            progress: setup.progress,
        };
        work(&context, &tasks)
    }
}

impl Job for OnOtherStimuli {
    fn keys(&self) -> Vec<String> {
        self.keys.clone()
    }

    fn steps(&self) -> u64 {
        let tasks = self.tasks(|_| true, |c| self.cells[c]);
        tasks.iter().map(|task| evaluations(task, self.n_replicates)).sum()
    }

    fn cost(&self, catalogue: &[Representation], n_stimuli: usize, _: usize) -> Cost {
        // Layers have the same shape on every set.
        let shuffled = Shuffled::WithMomentsOfY;
        let refitted = tile(catalogue, n_stimuli, &self.cells, shuffled);
        if self.places.iter().all(|(.., maps)| *maps != Maps::AsFitted) {
            return refitted;
        }
        refitted.then(&tile(catalogue, 2 * n_stimuli, &self.cells, shuffled))
    }

    fn excerpt(&self) -> Excerpt {
        let few = close_together(&self.cells);
        let at = |c: &usize| few.iter().position(|chosen| chosen == c);
        let places = self.places.iter();
        let places =
            places.filter_map(|(c, m, maps)| Some((at(c)?, *m, *maps))).collect::<Vec<_>>();
        let chosen = |cells: &[Cell]| few.iter().map(|&c| cells[c]).collect();
        let part = Self {
            cells: chosen(&self.cells),
            there: chosen(&self.there),
            keys: self.keys[..places.len()].to_vec(),
            places,
            ..self.clone()
        };
        Excerpt::of(self, part, growth_of(&self.measures))
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        let on = setup.source.on(&self.set.name)?;
        let held = |context: &Context<'_>, tasks: &[Task<'_>]| {
            held_within(context, tasks, &self.measures, setup.memory)
        };
        Ok(self.refitted(setup, &*on, held)?.max(self.as_fitted(setup, &*on, held)?))
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let on = setup.source.on(&self.set.name)?;
        let compute = |context: &Context<'_>, tasks: &[Task<'_>]| {
            compute_within(context, tasks, &self.measures, setup.memory)
        };
        let mut refitted = self.refitted(setup, &*on, compute)?.into_iter();
        let mut as_fitted = self.as_fitted(setup, &*on, compute)?.into_iter();
        let folds = format!("{}-fold", setup.spec.folds);
        let rows = self.places.iter().zip(&self.keys).map(|(&(c, m, maps), key)| {
            let own = if maps == Maps::AsFitted { &mut as_fitted } else { &mut refitted };
            let done = own.next().expect("one outcome a task");
            let measure = &*self.measures[m];
            let elsewhere = if maps == Maps::AsFitted { ", fitted in distribution" } else { "" };
            let set = OnSet {
                set: self.set.name.clone(),
                shift: shift_of(&self.set),
                severity: severity_of(&self.set),
                maps,
                n_sets: 1,
            };
            let split = format!("{}{elsewhere}", split_name(measure, &folds));
            let task = Task { cell: self.there[c], measure };
            row(setup, &*on, key, &task, (set, split), done)
        });
        Ok(rows.collect())
    }
}

/// The two representations of a task.
fn of_task(source: &dyn ActivationSource, task: &Task<'_>) -> String {
    let side = |r: usize| {
        let r = &source.representations()[r];
        format!("{} {}", r.id, r.digest)
    };
    format!("{} {}", side(task.cell.x), side(task.cell.y))
}

/// Digest of everything that a row of the study depends on: the spec, the cell in distribution, and what else there is.
pub(super) fn row_key(
    spec: &StudySpec,
    source: &dyn ActivationSource,
    task: &Task<'_>,
    more: &[String],
) -> String {
    let own = [
        SCHEMA.to_string(),
        env!("CARGO_PKG_VERSION").to_owned(),
        KIND.to_owned(),
        source.stimuli().digest(),
        spec.seed.to_string(),
        spec.folds.to_string(),
        spec.blocks.to_string(),
        format!("{:?}", spec.constant_units),
        of_task(source, task),
        format!("{:?}", task.cell.draws),
        task.measure.spec(),
        task.measure.info().revision.to_string(),
    ];
    let parts: Vec<&str> = own.iter().chain(more).map(String::as_str).collect();
    digest(&parts)
}

/// The row of a task on a source, with its set and its split.
pub(super) fn row(
    setup: &Setup<'_>,
    on: &dyn ActivationSource,
    key: &str,
    task: &Task<'_>,
    (set, split): (OnSet, String),
    done: TaskOutcome,
) -> Row {
    let catalogue = on.representations();
    let (x, y) = (&catalogue[task.cell.x], &catalogue[task.cell.y]);
    let measure = task.measure;
    if let Outcome::Error { message } = &done.outcome {
        let place = format!("{} on {}", measure.spec(), set.set);
        setup.progress.note(&format!("{place}: {} · {}: {message}", x.id, y.id));
    }
    Row::Cell(Box::new(CellRow {
        schema: SCHEMA,
        key: key.to_owned(),
        study: KIND.to_owned(),
        x: side_facts(x),
        y: side_facts(y),
        on: Some(set),
        n_stimuli: on.stimuli().len(),
        n_samples: on.stimuli().len() * x.rows_per_stimulus,
        measure: measure.spec(),
        revision: measure.info().revision,
        split,
        outcome: done.outcome,
        warnings: done.warnings,
    }))
}

/// The cells among the representations of a set.
fn found(
    set: &RecordedSet,
    cells: &[Cell],
    source: &dyn ActivationSource,
    on: &dyn ActivationSource,
) -> Result<Vec<Cell>> {
    let find = |r: usize| {
        let here = &source.representations()[r];
        let there = on.representations().iter().position(|there| there.id == here.id);
        let Some(there) = there else {
            return Err(problem(format!(
                "{} was not recorded on {}; record every network, checkpoint and pooling of the study on all sets ([stimuli] of the training spec), or name the sets that are complete: sets = [...]",
                here.id, set.name
            )));
        };
        let other = &on.representations()[there];
        let shape = |r: &Representation| (r.n_units, r.rows_per_stimulus, r.precision);
        if shape(here) != shape(other) {
            return Err(problem(format!(
                "{} has {} units and {} rows a stimulus on {}, {} and {} in the store; expected the same layer; record the set again",
                here.id,
                other.n_units,
                other.rows_per_stimulus,
                set.name,
                here.n_units,
                here.rows_per_stimulus
            )));
        }
        Ok(there)
    };
    cells.iter().map(|cell| Ok(Cell { x: find(cell.x)?, y: find(cell.y)?, ..*cell })).collect()
}
