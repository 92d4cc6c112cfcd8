//! `reproduce`: a paper's claims, judged at the scale of this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use consilience::data::{Progress, write_atomically};
use consilience::papers::{Claim, PAPERS, Paper, Results, find};
use consilience::study::{Run, StudySpec, Table};
use consilience_nets::TrainSpec;
use consilience_nets::datasets::DatasetSpec;

use super::{run, threads};
use crate::args::{Format, Reproduce};
use crate::output::{rows, talk};
use crate::progress::Terminal;

/// File of the judged claims, beside the results.
const CLAIMS_FILE: &str = "claims.json";

pub(crate) fn reproduce(args: &Reproduce) -> anyhow::Result<()> {
    let Some(name) = &args.name else { return list(args.format) };
    let paper = find(name).map_err(anyhow::Error::msg)?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("reproduce-{name}")));
    let threads = threads(&args.threads);
    let progress = Terminal::new();
    let activations = match &args.activations {
        Some(folder) => folder.clone(),
        None => train(paper, args, &out, threads, &progress)?,
    };
    let mut study = StudySpec::parse(paper.study, &format!("the study of {name}"))?;
    study.seed = args.seed;
    progress.note("comparing them");
    let report = run::run_study(&study, &activations, &out, threads, &progress)?;
    drop(progress);
    let claims = judge(paper, &out)?;
    print(paper, &claims, args.format)?;
    talk(&format!("report: {}", report.display()));
    Ok(())
}

/// Trains the networks of a paper; gives the folder of their activations.
fn train(
    paper: &Paper,
    args: &Reproduce,
    out: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> anyhow::Result<PathBuf> {
    let Some(networks) = &paper.networks else {
        bail!("{} trains no networks; give --activations DIR", paper.name)
    };
    let text = if args.quick { networks.quick } else { networks.full };
    let mut spec =
        TrainSpec::from_toml(text).with_context(|| format!("the networks of {}", paper.name))?;
    if let Some(folder) = &args.data {
        spec.dataset = DatasetSpec::idx(folder);
    }
    progress.note(&format!("training networks in {}", out.display()));
    consilience_nets::train(&spec, out, threads, progress)?;
    Ok(out.join("activations"))
}

/// The claims, from the rows on disk; they are written beside them.
fn judge(paper: &Paper, out: &Path) -> anyhow::Result<Vec<Claim>> {
    let (table, run) = (Table::read(out)?, Run::read(out)?);
    let claims = (paper.claims)(&Results { table: &table, run: &run });
    let text = serde_json::to_string_pretty(&claims)? + "\n";
    write_atomically(&out.join(CLAIMS_FILE), text.as_bytes())?;
    Ok(claims)
}

fn print(paper: &Paper, claims: &[Claim], format: Format) -> anyhow::Result<()> {
    let theirs = format!("the paper ({})", paper.setting);
    let head = ["claim", &theirs, "here", "judged by", "verdict"];
    let line = |c: &Claim| {
        let verdict = c.judgement.to_string();
        vec![c.claim.clone(), c.paper.clone(), c.here.clone(), c.criterion.clone(), verdict]
    };
    let lines: Vec<Vec<String>> = claims.iter().map(line).collect();
    if format == Format::Table {
        talk(&format!("{}\n{}", paper.title, paper.reference));
    }
    rows(format, &head, &lines, &claims)
}

/// The papers that there are.
fn list(format: Format) -> anyhow::Result<()> {
    let line = |p: &Paper| vec![p.name.to_owned(), p.title.to_owned(), p.reference.to_owned()];
    let lines: Vec<Vec<String>> = PAPERS.iter().map(line).collect();
    rows(format, &["name", "title", "reference"], &lines, &lines)
}
