//! `run`: the studies of a spec, and their report.

use std::path::{Path, PathBuf};

use anyhow::Context;
use consilience::data::store::Store;
use consilience::data::{ActivationSource, ArraySource, Progress, StimulusSet};
use consilience::study::StudySpec;

use super::report::draw;
use super::threads;
use crate::args::Run;
use crate::output::data;
use crate::progress::Terminal;

/// What a study may use of the machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources {
    pub(crate) threads: usize,
    /// Bytes of memory; as much as it takes if `None`.
    pub(crate) memory: Option<u64>,
}

pub(crate) fn run(args: &Run) -> anyhow::Result<()> {
    let (spec, activations) = read_spec(&args.spec, args.activations.as_deref())?;
    let progress = Terminal::new();
    let resources = Resources { threads: threads(&args.threads), memory: args.memory.memory };
    run_study(&spec, &activations, &args.out, resources, &progress)?;
    drop(progress);
    data(&format!("{}\n", draw(&args.out)?.display()))
}

/// The spec of a file, and the store that it (or the command line) names.
pub(crate) fn read_spec(
    path: &Path,
    activations: Option<&Path>,
) -> anyhow::Result<(StudySpec, PathBuf)> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let spec = StudySpec::parse(&text, &path.display().to_string())?;
    let beside = path.parent().unwrap_or(Path::new("")).join(&spec.activations);
    Ok((spec, activations.map_or(beside, Path::to_owned)))
}

/// The store that the studies of a spec read; nothing where they make their data themselves.
pub(crate) fn source(
    spec: &StudySpec,
    activations: &Path,
) -> anyhow::Result<Box<dyn ActivationSource>> {
    Ok(if spec.reads_activations()? {
        Box::new(Store::open(activations)?)
    } else {
        Box::new(ArraySource::new(StimulusSet::default()))
    })
}

/// Runs a study on a store; its rows are in the folder then.
pub(crate) fn run_study(
    spec: &StudySpec,
    activations: &Path,
    out: &Path,
    Resources { threads, memory }: Resources,
    progress: &dyn Progress,
) -> anyhow::Result<()> {
    let source = source(spec, activations)?;
    consilience::linalg::in_pool(threads, || {
        consilience::study::run_within(spec, &*source, out, memory, progress)
    })??;
    Ok(())
}
