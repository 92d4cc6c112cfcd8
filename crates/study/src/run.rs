//! Runs a study: tile after tile, row after row, resuming where a killed run stopped.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::spec::Measures;
use consilience_data::store::write_stimuli;
use consilience_data::{ActivationSource, Progress, Representation};
use consilience_measures::DynMeasure;
use consilience_statistics::{Blocks, SplitDesign};
use sha2::{Digest, Sha256};

use crate::compare::{dealt, without_each};
use crate::cut::{Tile, cut};
use crate::footprint::Footprint;
use crate::row::SCHEMA;
use crate::tile::{Context, Task, TaskOutcome, compute_strips, evaluations};
use crate::{
    Cell, CellRow, Error, Job, NetworkFacts, Outcome, Result, Row, Run, Setup, SideFacts,
    StudySpec, Table,
};

/// File of the rows, in the folder of results.
pub const RESULTS_FILE: &str = "results.jsonl";

/// Folder with the ids, classes and thumbnails of the stimuli, in the folder of results: there if a study shows stimuli. Not
/// `stimuli`: networks trained into the same folder have recordings on other sets there.
pub const STIMULI_FOLDER: &str = "stimuli-shown";

/// Runs a study on a source and returns the finished table; rows go to `folder` as they are made.
///
/// A row that is there already is not computed again. Same input, spec, seed and version give the same bytes, for any
/// number of threads and however often the run was killed.
///
/// # Errors
/// When the source cannot be read, the folder cannot be written or holds another study, or the design is impossible.
/// A cell that fails is a row with its error.
pub fn run(
    spec: &StudySpec,
    source: &dyn ActivationSource,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Table> {
    run_within(spec, source, folder, None, progress)
}

/// As [`run`], with no more than so many bytes of memory: cells are computed in as many steps as that takes. The rows are
/// the same.
///
/// # Errors
/// As [`run`], and [`Error::Memory`] where one comparison alone takes more.
pub fn run_within(
    spec: &StudySpec,
    source: &dyn ActivationSource,
    folder: &Path,
    memory: Option<u64>,
    progress: &dyn Progress,
) -> Result<Table> {
    // First everything that can be wrong before any work: a refused study leaves no folder behind.
    let plan = Planned::new(spec, source)?;
    let cuts: Vec<Vec<Tile>> =
        plan.studies.iter().map(|study| study.cut(&plan, source, memory)).collect::<Result<_>>()?;
    let setup = Setup { spec, source, progress, memory };
    plan.studies.iter().flat_map(PlannedStudy::jobs).try_for_each(|j| j.held(&setup).map(drop))?;
    prepare_folder(folder, &facts(spec, source))?;
    if plan.studies.iter().any(|study| study.study.shows_stimuli()) {
        write_stimuli(&folder.join(STIMULI_FOLDER), source.stimuli())?;
    }
    let mut file = Rows::open(folder)?;
    for (study, tiles) in plan.studies.iter().zip(cuts) {
        let total: u64 =
            study.pending(&file).map(|(_, task)| evaluations(&task, plan.without.len())).sum();
        let jobs: u64 = study.unfinished(&file).map(Job::steps).sum();
        progress.stage(study.study.kind(), total + jobs);
        for job in &study.jobs {
            run_job(job.as_ref(), &setup, &mut file)?;
        }
        for tile in &tiles {
            run_tile(&plan, study, tile, source, progress, &mut file)?;
        }
        for summary in study.study.summaries(&file.table, spec) {
            if file.has(&summary.key) {
                file.take(&summary.key)?;
            } else {
                file.append(Row::Summary(Box::new(summary)))?;
            }
        }
    }
    file.finish()
}

/// Everything that follows from spec and catalogue before any activation is read.
pub(crate) struct Planned {
    pub(crate) studies: Vec<PlannedStudy>,
    pub(crate) blocks: Blocks,
    pub(crate) design: SplitDesign,
    pub(crate) without: Vec<SplitDesign>,
    pub(crate) policy: consilience_statistics::UnitPolicy,
    pub(crate) seed: u64,
    split: String,
}

/// Rows of a stimulus have to pair up: layers with maps of different size cannot be compared position by position.
fn check_rows(kind: &str, catalogue: &[Representation], cells: &[Cell]) -> Result<()> {
    let rows = |r: usize| catalogue[r].rows_per_stimulus;
    let Some(cell) = cells.iter().find(|c| rows(c.x) != rows(c.y)) else { return Ok(()) };
    let (x, y) = (&catalogue[cell.x], &catalogue[cell.y]);
    Err(Error::Spec {
        place: format!("study `{kind}`"),
        problem: format!(
            "{} has {} rows a stimulus, {} has {}; expected the same; compare layers of different size with pooling = \"spatial-mean\" or \"centre\"",
            x.id, x.rows_per_stimulus, y.id, y.rows_per_stimulus
        ),
    })
}

/// A study with its cells and the keys of their rows.
pub(crate) struct PlannedStudy {
    study: Box<dyn crate::Study>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) measures: Measures,
    /// `keys[cell][measure]`.
    keys: Vec<Vec<String>>,
    jobs: Vec<Box<dyn Job>>,
}

impl Planned {
    pub(crate) fn new(spec: &StudySpec, source: &dyn ActivationSource) -> Result<Self> {
        let stimuli = source.stimuli();
        let kinds = spec.studies()?;
        let (blocks, design) = if kinds.iter().any(|study| study.reads_activations()) {
            let blocks = dealt(source, spec.blocks, spec.seed)?;
            let design = SplitDesign::k_fold(&blocks, spec.folds)?;
            (blocks, design)
        } else {
            (Blocks::explicit(Vec::new()), SplitDesign::explicit(Vec::new()))
        };
        let without = without_each(&design, blocks.len());
        let catalogue = source.representations();
        spec.groups.check(&crate::studies::networks(catalogue))?;
        let shared = [
            SCHEMA.to_string(),
            env!("CARGO_PKG_VERSION").to_owned(),
            stimuli.digest(),
            spec.seed.to_string(),
            spec.folds.to_string(),
            blocks.len().to_string(),
            format!("{:?}", spec.constant_units),
        ];
        let studies = kinds.into_iter().map(|study| {
            let cells = study.design(catalogue, &spec.groups)?;
            check_rows(study.kind(), catalogue, &cells)?;
            let measures = spec.parsed_measures()?;
            let key = |cell: &Cell, measure: &dyn DynMeasure| {
                let side = |r: usize| format!("{} {}", catalogue[r].id, catalogue[r].digest);
                let own = [
                    study.kind().to_owned(),
                    side(cell.x),
                    side(cell.y),
                    format!("{:?}", cell.draws),
                    measure.spec(),
                    measure.info().revision.to_string(),
                ];
                let parts: Vec<&str> = shared.iter().chain(&own).map(String::as_str).collect();
                digest(&parts)
            };
            let keys = cells
                .iter()
                .map(|cell| measures.iter().map(|m| key(cell, m.as_ref())).collect())
                .collect();
            let jobs = study.jobs(spec, source)?;
            jobs.iter().try_for_each(|job| job.check(source))?;
            Ok(PlannedStudy { study, cells, measures, keys, jobs })
        });
        Ok(Self {
            studies: studies.collect::<Result<_>>()?,
            design,
            without,
            policy: spec.constant_units.into(),
            seed: spec.seed,
            split: format!("{}-fold", spec.folds),
            blocks,
        })
    }
}

impl PlannedStudy {
    pub(crate) fn kind(&self) -> &'static str {
        self.study.kind()
    }

    /// Evaluations of all tasks, done or not.
    pub(crate) fn evaluations(&self, n_blocks: usize) -> u64 {
        self.tasks(0..self.cells.len()).map(|(_, task)| evaluations(&task, n_blocks)).sum()
    }

    /// The cells in tiles that take no more memory than allowed.
    pub(crate) fn cut(
        &self,
        plan: &Planned,
        source: &dyn ActivationSource,
        memory: Option<u64>,
    ) -> Result<Vec<Tile>> {
        if self.cells.is_empty() {
            return Ok(Vec::new());
        }
        let catalogue = source.representations();
        let designs = (&plan.blocks, &plan.design, &*plan.without);
        let footprint = Footprint::new(catalogue, source.stimuli().len(), designs, &self.measures)?;
        cut(&self.cells, &self.tiles(catalogue), &footprint, memory)
    }

    /// Ranges of cells that share their checkpoints and the way positions were pooled, or compare several checkpoints of one
    /// layer, of one network with itself or of several: computed together, so that factorisations of a representation serve
    /// all of its cells, and no more than that is held at once.
    pub(crate) fn tiles(&self, catalogue: &[Representation]) -> Vec<Range<usize>> {
        let group = |cell: &Cell| {
            let (x, y) = (&catalogue[cell.x], &catalogue[cell.y]);
            let is_crossed = x.id.checkpoint != y.id.checkpoint;
            let layer = (is_crossed || x.rows_per_stimulus > 1).then_some(&x.id.layer);
            let checkpoint = (!is_crossed).then_some(&x.id.checkpoint);
            let network = (x.id.network == y.id.network).then_some(&x.id.network);
            (checkpoint, layer, network)
        };
        let mut tiles: Vec<Range<usize>> = Vec::new();
        for (i, cell) in self.cells.iter().enumerate() {
            match tiles.last_mut() {
                Some(tile) if group(&self.cells[tile.start]) == group(cell) => tile.end = i + 1,
                _ => tiles.push(i..i + 1),
            }
        }
        tiles
    }

    /// Jobs of which a row is not there yet.
    fn unfinished<'a>(&'a self, file: &'a Rows) -> impl Iterator<Item = &'a dyn Job> {
        self.jobs().filter(|job| !job.keys().iter().all(|key| file.has(key)))
    }

    /// All jobs, done or not.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &dyn Job> {
        self.jobs.iter().map(AsRef::as_ref)
    }

    /// Steps of all jobs, done or not.
    pub(crate) fn steps(&self) -> u64 {
        self.jobs.iter().map(|job| job.steps()).sum()
    }

    /// Rows of all jobs.
    pub(crate) fn job_rows(&self) -> usize {
        self.jobs.iter().map(|job| job.keys().len()).sum()
    }

    /// Tasks whose row is not there yet, with the index of cell and measure.
    fn pending<'a>(&'a self, file: &'a Rows) -> impl Iterator<Item = ((usize, usize), Task<'a>)> {
        self.tasks(0..self.cells.len()).filter(move |&((c, m), _)| !file.has(&self.keys[c][m]))
    }

    fn tasks(&self, cells: Range<usize>) -> impl Iterator<Item = ((usize, usize), Task<'_>)> {
        cells.flat_map(move |c| {
            let cell = self.cells[c];
            let measures = self.measures.iter().enumerate();
            measures.map(move |(m, measure)| ((c, m), Task { cell, measure: measure.as_ref() }))
        })
    }
}

/// Appends the rows of a job. If one of them is not there yet, all are computed again: they belong together.
fn run_job(job: &dyn Job, setup: &Setup<'_>, file: &mut Rows) -> Result<()> {
    let keys = job.keys();
    if keys.iter().all(|key| file.has(key)) {
        return keys.iter().try_for_each(|key| file.take(key));
    }
    let rows = job.rows(setup)?;
    assert_eq!(rows.len(), keys.len(), "{job:?}: one row a key");
    for (row, key) in rows.into_iter().zip(&keys) {
        assert_eq!(row.key(), key, "{job:?}: rows in the order of their keys");
        if file.has(key) { file.take(key)? } else { file.append(row)? }
    }
    Ok(())
}

fn run_tile(
    plan: &Planned,
    study: &PlannedStudy,
    tile: &Tile,
    source: &dyn ActivationSource,
    progress: &dyn Progress,
    file: &mut Rows,
) -> Result<()> {
    let missing = |&((c, m), _): &((usize, usize), Task<'_>)| !file.has(&study.keys[c][m]);
    let strip = |strip: &Range<usize>| study.tasks(strip.clone()).filter(missing).unzip();
    let (which, strips): (Vec<Vec<(usize, usize)>>, Vec<Vec<Task<'_>>>) =
        tile.strips.iter().map(strip).unzip();
    let context = Context {
        source,
        blocks: &plan.blocks,
        versions: 1,
        design: &plan.design,
        without: &plan.without,
        policy: plan.policy,
        seed: plan.seed,
        progress,
    };
    if strips.iter().all(Vec::is_empty) {
        let keys = &study.keys[tile.cells()];
        return keys.iter().flatten().try_for_each(|key| file.take(key));
    }
    let mut whole = tile.strips.iter().zip(which);
    compute_strips(&context, &strips, tile.batch, |computed| {
        let (strip, which) = whole.next().expect("as many as there are strips");
        let mut computed: BTreeMap<(usize, usize), _> = which.into_iter().zip(computed).collect();
        for ((c, m), task) in study.tasks(strip.clone()) {
            let key = &study.keys[c][m];
            match computed.remove(&(c, m)) {
                None => file.take(key)?,
                Some(done) => {
                    let row = cell_row(plan, study, source, (&task, key), done);
                    if let Outcome::Error { message } = &row.outcome {
                        let (x, y) = (task.cell.x, task.cell.y);
                        let id = |r: usize| &source.representations()[r].id;
                        let spec = task.measure.spec();
                        progress.note(&format!("{spec}: {} · {}: {message}", id(x), id(y)));
                    }
                    file.append(Row::Cell(Box::new(row)))?;
                }
            }
        }
        Ok(())
    })
}

/// The row of a task that was computed.
fn cell_row(
    plan: &Planned,
    study: &PlannedStudy,
    source: &dyn ActivationSource,
    (task, key): (&Task<'_>, &str),
    done: TaskOutcome,
) -> CellRow {
    let catalogue = source.representations();
    let (x, y) = (&catalogue[task.cell.x], &catalogue[task.cell.y]);
    CellRow {
        schema: SCHEMA,
        key: key.to_owned(),
        study: study.study.kind().to_owned(),
        x: side_facts(x),
        y: side_facts(y),
        on: None,
        n_stimuli: source.stimuli().len(),
        n_samples: source.stimuli().len() * x.rows_per_stimulus,
        measure: task.measure.spec(),
        revision: task.measure.info().revision,
        split: split_name(task.measure, &plan.split),
        outcome: done.outcome,
        warnings: done.warnings,
    }
}

pub(crate) fn split_name(measure: &dyn DynMeasure, folds: &str) -> String {
    if measure.reads().held_out() { folds.to_owned() } else { "all stimuli".to_owned() }
}

pub(crate) fn side_facts(r: &Representation) -> SideFacts {
    SideFacts {
        network: r.id.network.clone(),
        checkpoint: r.id.checkpoint.clone(),
        layer: r.id.layer.clone(),
        depth: r.depth,
        pooling: r.id.pooling,
        when: r.checkpoint,
        n_units: r.n_units,
    }
}

/// The rows on disk. Rows are written in the order of the plan, so what a killed run left is a beginning of the file.
struct Rows {
    table: Table,
    /// Whole rows of an earlier run that the plan has not come to yet.
    earlier: VecDeque<Row>,
    keys: BTreeSet<String>,
    out: BufWriter<File>,
    path: PathBuf,
}

impl Rows {
    /// Opens the file, keeping the whole rows of an earlier run; a torn last line is cut off.
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(RESULTS_FILE);
        let text = match std::fs::read_to_string(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            other => other.map_err(Error::io("read", &path))?,
        };
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        let earlier: VecDeque<Row> = Table::parse(whole, &path)?.rows.into();
        let out = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|file| file.set_len(whole.len() as u64).map(|()| file))
            .map_err(Error::io("write", &path))?;
        let keys = earlier.iter().map(|row| row.key().to_owned()).collect();
        Ok(Self { table: Table::default(), earlier, keys, out: BufWriter::new(out), path })
    }

    fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// The next row of the earlier run, which has to be the one of this key.
    fn take(&mut self, key: &str) -> Result<()> {
        match self.earlier.pop_front() {
            Some(row) if row.key() == key => {
                self.table.rows.push(row);
                Ok(())
            }
            _ => Err(self.other_inputs()),
        }
    }

    fn append(&mut self, row: Row) -> Result<()> {
        if !self.earlier.is_empty() {
            return Err(self.other_inputs());
        }
        let mut line = serde_json::to_string(&row).expect("rows are plain data");
        line.push('\n');
        self.out
            .write_all(line.as_bytes())
            .and_then(|()| self.out.flush())
            .map_err(Error::io("write", &self.path))?;
        self.table.rows.push(row);
        Ok(())
    }

    fn finish(self) -> Result<Table> {
        if !self.earlier.is_empty() {
            return Err(self.other_inputs());
        }
        self.out.get_ref().sync_all().map_err(Error::io("write", &self.path))?;
        Ok(self.table)
    }

    fn other_inputs(&self) -> Error {
        let difference = "its rows are of other activations, or of another version".to_owned();
        Error::OtherStudy { path: self.path.clone(), difference }
    }
}

fn prepare_folder(folder: &Path, facts: &Run) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    if folder.join(crate::RUN_FILE).exists() {
        let found = Run::read(folder)?;
        if let Some(difference) = found.difference(facts) {
            return Err(Error::OtherStudy { path: folder.to_owned(), difference });
        }
        return Ok(());
    }
    facts.write(folder)
}

fn facts(spec: &StudySpec, source: &dyn ActivationSource) -> Run {
    let stimuli = source.stimuli();
    let mut networks: Vec<NetworkFacts> = Vec::new();
    for r in source.representations() {
        if networks.last().is_none_or(|n| n.name != r.id.network) {
            let name = r.id.network.clone();
            networks.push(NetworkFacts { name, ..NetworkFacts::default() });
        }
        let network = networks.last_mut().expect("just pushed");
        if !network.checkpoints.contains(&r.id.checkpoint) {
            network.checkpoints.push(r.id.checkpoint.clone());
        }
        if !network.layers.iter().any(|(layer, _)| *layer == r.id.layer) {
            network.layers.push((r.id.layer.clone(), r.n_units));
        }
        network.accuracy = r.checkpoint.accuracy;
    }
    Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        spec: spec.clone(),
        stimuli: stimuli.name.clone(),
        n_stimuli: stimuli.len(),
        stimuli_digest: stimuli.digest(),
        classes: stimuli.classes.clone(),
        networks,
    }
}

/// sha256 of the parts, each with its length, hexadecimal.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    consilience_data::hexadecimal(hash)
}
