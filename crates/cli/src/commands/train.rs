//! `train`: networks and their activations from a spec.

use anyhow::Context;
use consilience_nets::TrainSpec;

use super::threads;
use crate::args::Train;
use crate::output::data;
use crate::progress::Terminal;

pub(crate) fn train(args: &Train) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&args.spec)
        .with_context(|| format!("cannot read {}", args.spec.display()))?;
    let spec = TrainSpec::from_toml(&text).with_context(|| args.spec.display().to_string())?;
    let progress = Terminal::new();
    let summary = consilience_nets::train(&spec, &args.out, threads(&args.threads), &progress)?;
    drop(progress);
    data(&format!("{}\n", args.out.join("activations").display()))?;
    if !summary.sets.is_empty() {
        data(&format!("{}\n", args.out.join("stimuli").display()))?;
    }
    Ok(())
}
