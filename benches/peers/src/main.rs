//! Times of consilience beside other packages: the same inputs, in turn, with the same number of threads.
//!
//! `cargo run --release -p consilience-peers` makes a Python environment with the pinned peers, runs every case, checks that
//! the answers agree, and prints a table. Names of cases limit the run; `--rounds N` changes the number of rounds and
//! `--record NAME` writes the table to `benches/peers/recorded/NAME.md`.

#![expect(clippy::print_stdout, reason = "the table is the result")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod cases;
mod floor;
mod inputs;
mod ours;
mod rounds;
mod table;

use std::path::PathBuf;

use anyhow::bail;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: peers [--rounds N] [--threads T] [--record NAME] [CASE…]";

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let mut options = rounds::Options::default();
    let mut record = None;
    let mut child = None;
    while let Some(arg) = args.next() {
        let mut value =
            || args.next().ok_or_else(|| anyhow::anyhow!("{arg} takes a value; {USAGE}"));
        match arg.as_str() {
            "--rounds" => options.rounds = value()?.parse()?,
            "--threads" => options.threads = value()?.parse()?,
            "--record" => record = Some(value()?),
            "--child" => child = Some(value()?),
            other if other.starts_with('-') => bail!("no option `{other}`; {USAGE}"),
            case => options.cases.push(cases::find(case)?),
        }
    }
    if let Some(case) = child {
        let case = cases::find(&case)?;
        println!("{}", serde_json::to_string(&ours::run(case, options.threads)?)?);
        return Ok(());
    }
    if options.cases.is_empty() {
        options.cases = cases::CASES.iter().collect();
    }
    let results = rounds::run(&options)?;
    let text = table::write(&options, &results);
    let failed = results.iter().filter(|(_, result)| result.is_err()).count();
    print!("{text}");
    if let Some(name) = record {
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("recorded").join(format!("{name}.md"));
        std::fs::create_dir_all(path.parent().expect("has a folder"))?;
        std::fs::write(path, text)?;
    }
    if failed > 0 {
        bail!("{failed} cases failed; the table says why");
    }
    Ok(())
}
