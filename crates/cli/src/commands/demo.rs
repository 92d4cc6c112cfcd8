//! `demo`: from nothing to a report.

use anyhow::Context;
use consilience::data::Progress;
use consilience::study::StudySpec;
use consilience_nets::TrainSpec;

use super::report::draw;
use super::{run, threads};
use crate::args::Demo;
use crate::output::data;
use crate::progress::Terminal;

const TRAIN: &str = include_str!("../../../../examples/demo/train.toml");
const STUDY: &str = include_str!("../../../../examples/demo/study.toml");

pub(crate) fn demo(args: &Demo) -> anyhow::Result<()> {
    let threads = threads(&args.threads);
    let mut networks = TrainSpec::from_toml(TRAIN).context("the demo's own training spec")?;
    networks.networks.seeds = (args.seed..args.seed + args.networks).collect();
    if let Some(epochs) = args.epochs {
        networks.training.epochs = epochs;
    }
    let mut study = StudySpec::parse(STUDY, "the demo's own study")?;
    study.seed = args.seed;

    let progress = Terminal::new();
    progress.note(&format!("training {} networks in {}", args.networks, args.out.display()));
    consilience_nets::train(&networks, &args.out, threads, &progress)?;
    progress.note("comparing them");
    let resources = run::Resources { threads, memory: args.memory.memory };
    run::run_study(&study, &args.out.join("activations"), &args.out, resources, &progress)?;
    drop(progress);
    data(&format!("{}\n", draw(&args.out)?.display()))
}
