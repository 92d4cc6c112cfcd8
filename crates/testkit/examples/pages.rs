//! Writes or checks the documentation pages of the measures: `pages -- --write`, `pages -- --check`.
//!
//! An example and not a binary, so that `cargo run` in this workspace means the program that users run.

use std::process::ExitCode;

use consilience_testkit::pages;

fn main() -> ExitCode {
    let problems = match std::env::args().nth(1).as_deref() {
        Some("--write") => pages::write().err().into_iter().collect(),
        Some("--check") => pages::stale(),
        _ => vec!["usage: pages --write | --check".to_owned()],
    };
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
