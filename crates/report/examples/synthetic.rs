//! Writes the report of a run that never happened, to look at: `cargo run -p consilience-report --example synthetic DIR`.

use std::error::Error;
use std::path::PathBuf;

use consilience_report::Explorer;

#[path = "../tests/report/synthetic/mod.rs"]
mod synthetic;

fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        std::env::args_os().nth(1).map(PathBuf::from).ok_or("give a folder to write to")?;
    let notes = [
        "The numbers of this report are made up; it shows what a report looks like.",
        "`ridge` on `conv3` of seed-2 and seed-4: 3 of 64 units are constant over a fold and took no part.",
    ]
    .map(str::to_owned);
    let explorer = Explorer::of(&synthetic::units::table(), Some(&synthetic::units::stimuli()))?;
    let (run, sections) = (synthetic::run(), synthetic::sections());
    consilience_report::write(
        &folder,
        &run,
        &sections,
        &synthetic::measures(),
        &notes,
        explorer.as_ref(),
    )?;
    Ok(())
}
