//! The cells of the study on the stimuli that their maps were fitted on: what a map can, and what it only seems to.

use consilience_data::{ActivationSource, Representation};

use consilience_statistics::SplitDesign;

use super::job::{row, row_key};
use crate::compare::{dealt, without_each};
use crate::estimate::close_together;
use crate::job::growth_of;
use crate::plan::{Cost, Shuffled, tile};
use crate::spec::Measures;
use crate::tile::{Context, Task, evaluations};
use crate::within::{compute_within, held_within};
use crate::{Cell, Excerpt, Job, Maps, OnSet, Result, Row, Setup, StudySpec};

/// All cells of the study under the measures that fit maps, in sample.
#[derive(Debug, Clone)]
pub(super) struct OnFitStimuli {
    cells: Vec<Cell>,
    measures: Measures,
    keys: Vec<String>,
    n_replicates: usize,
}

impl OnFitStimuli {
    pub(super) fn new(
        cells: &[Cell],
        spec: &StudySpec,
        source: &dyn ActivationSource,
    ) -> Result<Self> {
        let parsed = spec.measures.iter().map(|m| consilience_measures::parse(m));
        let held_out = parsed.filter(|m| m.as_ref().map_or(true, |m| m.reads().held_out()));
        let measures: Measures = held_out.collect::<std::result::Result<_, _>>()?;
        let n_replicates = dealt(source, spec.blocks, spec.seed)?.len();
        let job = Self { cells: cells.to_vec(), measures, keys: Vec::new(), n_replicates };
        let way = [Maps::InSample.to_string()];
        let keys = job.tasks().iter().map(|task| row_key(spec, source, task, &way)).collect();
        Ok(Self { keys, ..job })
    }

    fn tasks(&self) -> Vec<Task<'_>> {
        let of_cell = |&cell: &Cell| {
            self.measures.iter().map(move |measure| Task { cell, measure: &**measure })
        };
        self.cells.iter().flat_map(of_cell).collect()
    }

    /// What some work makes of all tasks in sample.
    fn in_sample<T>(
        &self,
        setup: &Setup<'_>,
        work: impl FnOnce(&Context<'_>, &[Task<'_>]) -> Result<T>,
    ) -> Result<T> {
        let (spec, source) = (setup.spec, setup.source);
        let blocks = dealt(source, spec.blocks, spec.seed)?;
        let design = SplitDesign::in_sample(&blocks);
        let context = Context {
            source,
            blocks: &blocks,
            versions: 1,
            design: &design,
            without: &without_each(&design, blocks.len()),
            policy: spec.constant_units.into(),
            seed: spec.seed,
            progress: setup.progress,
        };
        work(&context, &self.tasks())
    }
}

impl Job for OnFitStimuli {
    fn keys(&self) -> Vec<String> {
        self.keys.clone()
    }

    fn steps(&self) -> u64 {
        self.tasks().iter().map(|task| evaluations(task, self.n_replicates)).sum()
    }

    fn cost(&self, catalogue: &[Representation], n_stimuli: usize, _: usize) -> Cost {
        tile(catalogue, n_stimuli, &self.cells, Shuffled::Between)
    }

    fn excerpt(&self) -> Excerpt {
        let cells: Vec<Cell> =
            close_together(&self.cells).into_iter().map(|c| self.cells[c]).collect();
        let keys = self.keys[..cells.len() * self.measures.len()].to_vec();
        let part = Self { cells, keys, ..self.clone() };
        Excerpt::of(self, part, growth_of(&self.measures))
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        let held = |context: &Context<'_>, tasks: &[Task<'_>]| {
            held_within(context, tasks, &self.measures, setup.memory)
        };
        self.in_sample(setup, held)
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let source = setup.source;
        let compute = |context: &Context<'_>, tasks: &[Task<'_>]| {
            compute_within(context, tasks, &self.measures, setup.memory)
        };
        let outcomes = self.in_sample(setup, compute)?;
        let tasks = self.tasks();
        let rows = outcomes.into_iter().zip(&tasks).zip(&self.keys).map(|((done, task), key)| {
            let set = OnSet {
                set: source.stimuli().name.clone(),
                shift: String::new(),
                severity: 0,
                maps: Maps::InSample,
                n_sets: 1,
            };
            row(setup, source, key, task, (set, "in-sample".to_owned()), done)
        });
        Ok(rows.collect())
    }
}
