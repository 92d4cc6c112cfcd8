//! The cells of the study on the stimuli that their maps were fitted on: what a map can, and what it only seems to.

use consilience_data::{ActivationSource, Representation};
use consilience_measures::DynMeasure;
use consilience_statistics::SplitDesign;

use super::job::{row, row_key};
use crate::compare::{dealt, without_each};
use crate::plan::{Cost, tile};
use crate::tile::{Context, Task, evaluations};
use crate::within::{compute_within, held_within};
use crate::{Cell, Job, Maps, OnSet, Result, Row, Setup, StudySpec};

/// All cells of the study under the measures that fit maps, in sample.
#[derive(Debug)]
pub(super) struct OnFitStimuli {
    cells: Vec<Cell>,
    measures: Vec<Box<dyn DynMeasure>>,
    keys: Vec<String>,
    n_replicates: usize,
}

impl OnFitStimuli {
    pub(super) fn new(
        cells: &[Cell],
        spec: &StudySpec,
        source: &dyn ActivationSource,
    ) -> Result<Self> {
        let measures = spec.measures.iter().map(|m| consilience_measures::parse(m));
        let mut measures: Vec<Box<dyn DynMeasure>> =
            measures.collect::<std::result::Result<_, _>>()?;
        measures.retain(|measure| measure.reads().held_out());
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

    fn cost(&self, catalogue: &[Representation], n_stimuli: usize, n_blocks: usize) -> Cost {
        tile(catalogue, n_stimuli, n_blocks, &self.cells)
    }

    fn held(&self, setup: &Setup<'_>) -> Result<Option<u64>> {
        let held = |context: &Context<'_>, tasks: &[Task<'_>]| {
            held_within(context, tasks, &self.measures, setup.memory)
        };
        self.in_sample(setup, held).map(Some)
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
