//! What can be typed. Nothing is opened here.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use consilience::measures::Family;
use consilience::measures::packages::{PACKAGES, Package};
use consilience::study::{ConstantUnits, Scoring};

/// Do independently trained networks learn the same thing?
#[derive(Debug, Parser)]
#[command(name = "consilience", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train four small networks on the bundled images, compare them, and write a report. No network access
    Demo(Demo),
    /// Train the networks of a spec and record their activations
    Train(Train),
    /// Run the studies of a spec on recorded activations, and write a report. Resumes
    Run(Run),
    /// Say what a study would compute, read and hold, without doing it
    Plan(Plan),
    /// Write the report of stored results; nothing is computed again
    Report(Report),
    /// List the measures by family, or show the page of one
    Measures(Measures),
    /// Compare two arrays of activations, row by row of the same stimuli
    Compare(Compare),
    /// Test the claims of a paper at the scale of this machine: train, study, judge. Without a name, list the papers
    Reproduce(Reproduce),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Threads {
    /// Threads to use; the results do not depend on it
    #[arg(long, value_name = "T", value_parser = positive)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Memory {
    /// Memory that comparing may take at the most, as 1GiB, 800MiB or a number of bytes; the results do not depend on it
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) memory: Option<u64>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// Folder for networks, activations, results and report
    #[arg(long, value_name = "DIR", default_value = "consilience-demo")]
    pub(crate) out: PathBuf,
    /// Seed of the first network; the others count on from it. Also the seed of blocks and nulls
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Networks to train
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = networks)]
    pub(crate) networks: u64,
    /// Passes over the training images; the demo's own number if not given
    #[arg(long, value_name = "E", value_parser = epochs)]
    pub(crate) epochs: Option<u64>,
    #[command(flatten)]
    pub(crate) memory: Memory,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Train {
    /// What to train, in TOML
    #[arg(value_name = "SPEC.toml")]
    pub(crate) spec: PathBuf,
    /// Folder for networks and activations
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Run {
    /// What to compare, in TOML
    #[arg(value_name = "STUDY.toml")]
    pub(crate) spec: PathBuf,
    /// Folder of the activation store, in place of the spec's
    #[arg(long, value_name = "DIR")]
    pub(crate) activations: Option<PathBuf>,
    /// Folder for results and report
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) memory: Memory,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Plan {
    /// What would be compared, in TOML
    #[arg(value_name = "STUDY.toml")]
    pub(crate) spec: PathBuf,
    /// Folder of the activation store, in place of the spec's
    #[arg(long, value_name = "DIR")]
    pub(crate) activations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) memory: Memory,
    #[command(flatten)]
    pub(crate) threads: Threads,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Report {
    /// Folder of results
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Measures {
    /// The measure whose page to show; all of them in a list if not given
    #[arg(value_name = "ID", value_parser = measure_id)]
    pub(crate) id: Option<String>,
    /// Only this family; may be given again
    #[arg(long = "family", value_name = "FAMILY", value_parser = family, conflicts_with = "id")]
    pub(crate) families: Vec<Family>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Compare {
    /// First array: stimuli × units, float32 or float64
    #[arg(value_name = "X.npy")]
    pub(crate) x: PathBuf,
    /// Second array, of the same stimuli in the same order
    #[arg(value_name = "Y.npy")]
    pub(crate) y: PathBuf,
    /// Measure, as `id` or `id:key=value,key=value`, or `all`; may be given again. All that apply if not given
    #[arg(long = "measure", value_name = "SPEC|all", value_parser = measure)]
    pub(crate) measures: Vec<MeasureArg>,
    /// All measures of a family that apply; may be given again
    #[arg(long = "family", value_name = "FAMILY", value_parser = family)]
    pub(crate) families: Vec<Family>,
    /// The measures that reproduce what a package computes by default, scored as it scores them
    #[arg(long, value_name = "PACKAGE", value_parser = package, conflicts_with_all = ["measures", "families"])]
    pub(crate) like: Option<&'static Package>,
    /// Folds of the cross-validation, or `in-sample` [default: 5, or what the package of --like does]
    #[arg(long, value_name = "K|in-sample", value_parser = scoring)]
    pub(crate) folds: Option<Scoring>,
    /// Draws from a null: `shuffle=B` or `rotation=B` (for measures that match units); may be given again
    #[arg(long = "null", value_name = "NULL=B", value_parser = null)]
    pub(crate) nulls: Vec<(Null, usize)>,
    /// What to do with units that are constant over a fold
    #[arg(long, value_enum, default_value_t)]
    pub(crate) constant_units: ConstantUnitsArg,
    /// Blocks of stimuli for folds and jackknife
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = positive)]
    pub(crate) blocks: usize,
    /// Seed of blocks and nulls
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Say what each number is: estimator, centring, direction, aggregation (JSON and CSV always do)
    #[arg(long)]
    pub(crate) explain: bool,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Reproduce {
    /// The paper; a list of them if not given
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Folder for networks, activations, results and report; `reproduce-NAME` or `reproduce-NAME-quick` if not given
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Folder with the four IDX files of the images to train on, in place of the bundled ones
    #[arg(long, value_name = "DIR", conflicts_with = "activations")]
    pub(crate) data: Option<PathBuf>,
    /// Less training and a smaller study: minutes instead of the better part of an hour
    #[arg(long)]
    pub(crate) quick: bool,
    /// Folder of an activation store: nothing is trained, the claims are tested on what is stored
    #[arg(long, value_name = "DIR")]
    pub(crate) activations: Option<PathBuf>,
    /// Seed of blocks, nulls and samples
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How to write the claims
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) memory: Memory,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

/// A measure as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MeasureArg {
    /// Every measure of the catalogue with its default parameters.
    All,
    /// A canonical spec.
    Spec(String),
}

/// How data is written to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    Shuffle,
    Rotation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ConstantUnitsArg {
    /// They are an error
    #[default]
    Refuse,
    /// They take no part, and are counted
    Drop,
}

impl From<ConstantUnitsArg> for ConstantUnits {
    fn from(arg: ConstantUnitsArg) -> Self {
        match arg {
            ConstantUnitsArg::Refuse => Self::Refuse,
            ConstantUnitsArg::Drop => Self::Drop,
        }
    }
}

fn at_least(least: u64, text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(n) if n >= least => Ok(n),
        _ => Err(format!("expected a whole number, {least} or more")),
    }
}

fn positive(text: &str) -> Result<usize, String> {
    at_least(1, text).map(|n| n as usize)
}

/// `1GiB`, `500MB` or bytes. Units of a thousand and of 1,024 are told apart.
fn bytes(text: &str) -> Result<u64, String> {
    let units = [
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("", 1),
    ];
    let unit = units.into_iter().find(|(unit, _)| text.ends_with(unit)).unwrap_or(("", 1));
    let number = text[..text.len() - unit.0.len()].trim_end().parse::<f64>();
    match number {
        Ok(number) if number > 0.0 && number.is_finite() => {
            Ok((number * f64::from(unit.1)).round() as u64)
        }
        _ => Err("expected a size such as 1GiB, 800MiB or 500000000".to_owned()),
    }
}

fn networks(text: &str) -> Result<u64, String> {
    at_least(2, text).map_err(|e| format!("{e}: it takes two networks to compare"))
}

fn epochs(text: &str) -> Result<u64, String> {
    at_least(1, text)
}

fn measure(text: &str) -> Result<MeasureArg, String> {
    if text == "all" {
        return Ok(MeasureArg::All);
    }
    let measure = consilience::measures::parse(text).map_err(|e| e.to_string())?;
    Ok(MeasureArg::Spec(measure.spec()))
}

fn family(text: &str) -> Result<Family, String> {
    let known = || Family::ALL.map(Family::id).join(", ");
    Family::ALL
        .into_iter()
        .find(|family| family.id() == text)
        .ok_or_else(|| format!("no family `{text}`; there are {}", known()))
}

fn package(text: &str) -> Result<&'static Package, String> {
    let known = || PACKAGES.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
    consilience::measures::packages::package(text)
        .ok_or_else(|| format!("no package `{text}`; there are {}", known()))
}

fn measure_id(text: &str) -> Result<String, String> {
    consilience::measures::find(text).map(|e| e.info.id.to_owned()).map_err(|e| e.to_string())
}

fn scoring(text: &str) -> Result<Scoring, String> {
    if text == "in-sample" {
        return Ok(Scoring::InSample);
    }
    let folds = at_least(2, text).map_err(|e| format!("{e}, or `in-sample`"))?;
    Ok(Scoring::Folds(folds as usize))
}

fn null(text: &str) -> Result<(Null, usize), String> {
    let expected = "expected shuffle=B or rotation=B with B draws, for instance shuffle=200";
    let (name, draws) = text.split_once('=').ok_or(expected)?;
    let draws = positive(draws).map_err(|e| format!("{e}; {expected}"))?;
    match name {
        "shuffle" => Ok((Null::Shuffle, draws)),
        "rotation" => Ok((Null::Rotation, draws)),
        _ => Err(expected.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn sizes_are_in_the_unit_that_is_written() {
        let cases = [("1GiB", 1 << 30), ("1.5MiB", 3 << 19), ("2GB", 2_000_000_000), ("7", 7)];
        for (text, expected) in cases {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_say_what_is_expected() {
        let message =
            |line: &str| Args::try_parse_from(line.split(' ')).expect_err(line).to_string();
        for (line, part) in [
            ("consilience compare a b --measure rigde", "did you mean ridge"),
            ("consilience compare a b --folds 1", "2 or more, or `in-sample`"),
            ("consilience compare a b --null shuffle", "shuffle=B or rotation=B"),
            ("consilience compare a b --null turn=3", "shuffle=B or rotation=B"),
            ("consilience demo --networks 1", "it takes two networks to compare"),
            ("consilience demo --threads 0", "1 or more"),
            ("consilience run a.toml --memory 1gigabyte", "a size such as 1GiB"),
            ("consilience run a.toml --memory=-1GiB", "a size such as 1GiB"),
            ("consilience measures cka", "did you mean"),
            ("consilience measures --family maps", "no family `maps`; there are map, matching"),
            ("consilience compare a b --like numpy", "no package `numpy`; there are"),
            ("consilience compare a b --like resi --measure ridge", "cannot be used with"),
        ] {
            assert!(message(line).contains(part), "{line}: {}", message(line));
        }
    }
}
