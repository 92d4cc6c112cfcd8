//! Chores of the repository.

mod dataset;

const USAGE: &str = "usage: cargo xtask dataset --from DIR [--to DIR]";

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((command, rest)) if command == "dataset" => dataset::run(rest),
        _ => anyhow::bail!(USAGE),
    }
}
