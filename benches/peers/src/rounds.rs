//! Runs the contenders in turn, each in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::cases::Case;
use crate::floor::{self, Rates};
use crate::inputs;
use crate::ours::Report;

/// How to run.
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) threads: usize,
    pub(crate) cases: Vec<&'static Case>,
}

impl Default for Options {
    fn default() -> Self {
        Self { rounds: 3, threads: 2, cases: Vec::new() }
    }
}

/// What a contender reached.
pub(crate) struct Contender {
    pub(crate) what: &'static str,
    /// All repetitions of all rounds.
    pub(crate) seconds: Vec<f64>,
    /// Seconds of processor time a repetition, one a round.
    pub(crate) processor: Vec<f64>,
    pub(crate) answer: f64,
}

impl Contender {
    fn new(what: &'static str) -> Self {
        Self { what, seconds: Vec::new(), processor: Vec::new(), answer: 0.0 }
    }
}

/// All contenders of a case, ours first.
pub(crate) struct CaseResult {
    pub(crate) contenders: Vec<Contender>,
    pub(crate) rates: Rates,
}

/// Folder for what is made on the way.
pub(crate) fn scratch() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers")
}

/// Every case, or why it came to nothing: one that fails does not keep the others from being measured.
pub(crate) fn run(
    options: &Options,
) -> anyhow::Result<Vec<(&'static Case, anyhow::Result<CaseResult>)>> {
    inputs::folder()?;
    let python = environment()?;
    let cases = options.cases.iter().map(|&case| (case, one(case, options, &python)));
    Ok(cases.collect())
}

fn one(case: &'static Case, options: &Options, python: &Path) -> anyhow::Result<CaseResult> {
    let rates = floor::measure(options.threads)?;
    let mut contenders = vec![Contender::new("consilience")];
    contenders.extend(case.peers.iter().map(|(_, what)| Contender::new(what)));
    let threads = options.threads.to_string();
    for round in 0..options.rounds {
        for (i, contender) in contenders.iter_mut().enumerate() {
            eprintln!(
                "{}: round {} of {}, {}",
                case.name,
                round + 1,
                options.rounds,
                contender.what
            );
            let mut command = if i == 0 {
                let mut own = Command::new(std::env::current_exe()?);
                own.args(["--threads", &threads, "--child", case.name]);
                own
            } else {
                let mut peer = Command::new(python);
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers.py");
                peer.arg(script).args([case.name, case.peers[i - 1].0]).arg(inputs::folder()?);
                peer.arg(&threads);
                peer
            };
            let report = report(&mut command).with_context(|| contender.what.to_owned())?;
            contender.seconds.extend(report.seconds);
            contender.processor.push(report.processor);
            contender.answer = report.answer;
        }
    }
    check(case, &contenders)?;
    Ok(CaseResult { contenders, rates })
}

/// A time means nothing beside a different answer.
fn check(case: &Case, contenders: &[Contender]) -> anyhow::Result<()> {
    let ours = contenders[0].answer;
    for peer in &contenders[1..] {
        let difference = (peer.answer - ours).abs() / ours.abs().max(1.0);
        if difference.is_nan() || difference > case.tolerance {
            bail!(
                "{}: consilience gives {ours}, {} {}; expected a relative difference of at most {:e}",
                case.name,
                peer.what,
                peer.answer,
                case.tolerance
            );
        }
    }
    Ok(())
}

fn report(command: &mut Command) -> anyhow::Result<Report> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("{:?} failed with {}", command, output.status);
    }
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().last().context("the process said nothing")?;
    serde_json::from_str(line).with_context(|| format!("expected a report, found `{line}`"))
}

/// The Python of an environment with the pinned peers; made if it is not there, or its pins have changed.
fn environment() -> anyhow::Result<PathBuf> {
    let folder = scratch().join("environment");
    let python = folder.join("bin/python");
    let pins = Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.txt");
    let wanted = std::fs::read_to_string(&pins)?;
    let done = folder.join("pins");
    if std::fs::read_to_string(&done).is_ok_and(|found| found == wanted) {
        return Ok(python);
    }
    eprintln!("making {} (once; torch alone is some gigabytes)", folder.display());
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&pins))?;
    std::fs::write(done, wanted)?;
    Ok(python)
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { bail!("{command:?} failed with {status}") }
}
