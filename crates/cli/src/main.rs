//! The command line of consilience: parse, do, say what went wrong.
//!
//! Standard output is data, standard error is talk. Exit codes: 0 done, 1 failed, 2 wrong usage.

mod args;
mod commands;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

/// Moments come and go by the megabyte; the system's allocator gives each back and asks for it anew, and clearing the new
/// pages took longer than filling them (`cargo bench -p consilience-statistics --bench moments` shows the difference).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match commands::dispatch(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::talk(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
