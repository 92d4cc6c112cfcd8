//! `reproduce`: a paper's claims, judged at the scale of this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use consilience::data::Progress;
use consilience::papers::{Claim, Judged, PAPERS, Paper, find};
use consilience::study::StudySpec;
use consilience_nets::TrainSpec;
use consilience_nets::datasets::DatasetSpec;

use super::report::draw;
use super::{run, threads};
use crate::args::{Format, Reproduce};
use crate::output::{rows, talk};
use crate::progress::Terminal;

pub(crate) fn reproduce(args: &Reproduce) -> anyhow::Result<()> {
    let Some(name) = &args.name else { return list(args.format) };
    let paper = find(name).map_err(anyhow::Error::msg)?;
    let specs = paper.specs(args.quick);
    let quick = if args.quick { "-quick" } else { "" };
    let out = args.out.clone().unwrap_or_else(|| format!("reproduce-{name}{quick}").into());
    let threads = threads(&args.threads);
    let mut study = StudySpec::parse(specs.study, &format!("the study of {name}"))?;
    study.seed = args.seed;
    let mut networks = training_specs(paper, args.quick)?;
    if networks.is_empty() && (args.data.is_some() || args.activations.is_some()) {
        bail!("{name} trains no networks: leave out --data and --activations");
    }
    let progress = Terminal::new();
    let activations = if let Some(folder) = &args.activations {
        folder.clone()
    } else {
        if let Some(folder) = &args.data {
            networks.iter_mut().for_each(|spec| spec.dataset = DatasetSpec::idx(folder));
        }
        train(&networks, &out, threads, &progress)?
    };
    progress.note("comparing them");
    let resources = run::Resources { threads, memory: args.memory.memory };
    run::run_study(&study, &activations, &out, resources, &progress)?;
    drop(progress);
    let judged = Judged::from_rows(paper, &out).map_err(anyhow::Error::msg)?;
    print(paper, &judged.claims, args.format)?;
    talk(&format!("report: {}", draw(&out)?.display()));
    Ok(())
}

/// What a paper trains.
fn training_specs(paper: &Paper, quick: bool) -> anyhow::Result<Vec<TrainSpec>> {
    let parse = |(i, text): (usize, &&str)| {
        TrainSpec::from_toml(text)
            .with_context(|| format!("training spec {} of {}", i + 1, paper.name))
    };
    paper.specs(quick).networks.iter().enumerate().map(parse).collect()
}

/// Trains networks, spec after spec, into one store; gives its folder.
fn train(
    specs: &[TrainSpec],
    out: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> anyhow::Result<PathBuf> {
    for spec in specs {
        let prefix = &spec.networks.prefix;
        progress.note(&format!("training the networks {prefix}-… in {}", out.display()));
        consilience_nets::train(spec, out, threads, progress)?;
    }
    Ok(out.join("activations"))
}

fn print(paper: &Paper, claims: &[Claim], format: Format) -> anyhow::Result<()> {
    let theirs = format!("the paper ({})", paper.setting);
    let head = ["verdict", "claim", &theirs, "here", "judged by"];
    let line = |c: &Claim| {
        let why = c.reason.as_ref().map_or_else(String::new, |why| format!(". {why}"));
        let here = format!("{}{why}", c.here);
        vec![c.judgement.to_string(), c.claim.clone(), c.paper.clone(), here, c.criterion.clone()]
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn networks_of_a_paper_share_their_images_and_have_names_of_their_own() {
        for paper in PAPERS {
            for quick in [false, true] {
                let specs = training_specs(paper, quick).expect("specs that can be trained");
                let mut names = BTreeSet::new();
                for spec in &specs {
                    assert_eq!(spec.dataset, specs[0].dataset, "{}", paper.name);
                    for (name, _) in spec.networks.named(&spec.training).expect("names") {
                        assert!(names.insert(name.clone()), "{} trains {name} twice", paper.name);
                    }
                }
                // Groups that leave out a network, or name one that is not trained, would be refused after the training.
                let study =
                    StudySpec::parse(paper.specs(quick).study, paper.name).expect("a study");
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                study.groups.check(&names).expect("groups of the networks that are trained");
            }
        }
    }
}
