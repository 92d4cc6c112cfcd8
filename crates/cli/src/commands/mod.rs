//! One file a command.

mod compare;
mod demo;
mod measures;
mod plan;
mod report;
mod reproduce;
mod run;
mod train;

use crate::args::{Args, Command, Threads};

/// Does what was asked.
pub(crate) fn dispatch(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Demo(args) => demo::demo(&args),
        Command::Train(args) => train::train(&args),
        Command::Run(args) => run::run(&args),
        Command::Plan(args) => plan::plan(&args),
        Command::Report(args) => report::report(&args),
        Command::Measures(args) => measures::measures(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Reproduce(args) => reproduce::reproduce(&args),
    }
}

/// The number of threads asked for, or as many as the machine has.
fn threads(args: &Threads) -> usize {
    let available = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    args.threads.unwrap_or_else(available)
}
