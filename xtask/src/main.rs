//! Chores of the repository: `cargo xtask test`, and what it is made of.

#![expect(clippy::print_stdout, reason = "a chore says what it does")]

mod arrows;
mod dataset;
mod digits;
mod steps;

const USAGE: &str = "usage: cargo xtask test | arrows | generate [--check] | dataset --from DIR [--to DIR] \
     | digits --from FILE [--to DIR]";

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["test"] => steps::test(),
        ["arrows"] => arrows::check(),
        ["generate"] => steps::generate("--write"),
        ["generate", "--check"] => steps::generate("--check"),
        ["dataset", ..] => {
            let rest: Vec<String> = args[1..].iter().map(ToString::to_string).collect();
            dataset::run(&rest)
        }
        ["digits", rest @ ..] => digits::run(rest),
        _ => anyhow::bail!(USAGE),
    }
}
