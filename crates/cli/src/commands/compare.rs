//! `compare`: two arrays in, a table of scores out.

mod choice;
mod table;

use std::path::Path;

use anyhow::bail;
use consilience::data::formats::npy;
use consilience::data::{ArraySource, StimulusSet, array_representation};
use consilience::measures::DynMeasure;
use consilience::measures::packages::Protocol;
use consilience::study::{CompareOptions, Compared, Draws, Outcome, Scoring};

use self::choice::{Choice, Wanted};
use super::threads;
use crate::args::{Compare, Format, Null};
use crate::output::talk;

pub(crate) fn compare(args: &Compare) -> anyhow::Result<()> {
    let source = arrays(&args.x, &args.y)?;
    let choice = choice::choose(args)?;
    let options = options(args, &choice);
    let (mut wanted, measures): (Vec<Wanted>, Vec<Box<dyn DynMeasure>>) =
        choice.measures.into_iter().unzip();
    let mut compared = consilience::linalg::in_pool(threads(&args.threads), || {
        consilience::study::compare(&source, (0, 1), &measures, &options)
    })??;
    for measure in &choice.unsaid {
        wanted.push(Wanted::AmongOthers);
        compared.push(not_class_scores(measure.as_ref()));
    }
    if args.format == Format::Table && options.draws == (Draws { shuffle: 0, rotation: 0 }) {
        talk("no chance level was drawn; add --null shuffle=200 (and --null rotation=200)");
    }
    table::write(args, &compared, &wanted)?;
    outcome(&compared, &wanted)
}

/// How to compare: what the command line says, else what the package does that is to be reproduced.
fn options(args: &Compare, choice: &Choice) -> CompareOptions {
    let defaults = CompareOptions::default();
    let like = choice.like.map(|package| match package.protocol {
        Protocol::InSample => Scoring::InSample,
        Protocol::Folds(k) => Scoring::Folds(k),
    });
    let given = |null| args.nulls.iter().filter(|n| n.0 == null).map(|n| n.1).max();
    let shuffles = choice.like.map_or(0, |package| package.shuffles);
    let options = CompareOptions {
        scoring: args.folds.or(like).unwrap_or(defaults.scoring),
        blocks: args.blocks,
        draws: Draws {
            shuffle: given(Null::Shuffle).unwrap_or(shuffles),
            rotation: given(Null::Rotation).unwrap_or(0),
        },
        constant_units: args.constant_units.into(),
        seed: args.seed,
    };
    if let Some(package) = choice.like {
        let scored = match options.scoring {
            Scoring::InSample => "in sample".to_owned(),
            Scoring::Folds(k) => format!("on {k} folds"),
        };
        let whose = match like {
            Some(own) if own == options.scoring => format!("as {} does", package.name),
            _ => format!("which {} does not", package.name),
        };
        talk(&format!(
            "like {} ({}): what is fitted is scored {scored}, {whose}",
            package.name, package.version
        ));
    }
    options
}

/// The two arrays as one source; the stimuli are the rows.
fn arrays(x: &Path, y: &Path) -> anyhow::Result<ArraySource> {
    let (x_array, y_array) = (npy::read(x)?, npy::read(y)?);
    let (n, m) = (x_array.n_rows(), y_array.n_rows());
    if n != m {
        bail!(
            "{} has {n} stimuli (rows), {} has {m}; expected the same stimuli in the same order; record both on the same set, or drop the rows that only one of them has",
            x.display(),
            y.display()
        );
    }
    let mut source = ArraySource::new(StimulusSet::indexed("rows", n));
    for (path, array) in [(x, x_array), (y, y_array)] {
        source.push(array_representation(&path.display().to_string(), &array), array)?;
    }
    Ok(source)
}

/// The line of a measure that compares class scores, which units of a bare array are not known to be.
fn not_class_scores(measure: &dyn DynMeasure) -> Compared {
    let message = format!(
        "its units are scores of classes, which these arrays do not say of theirs; if they are, ask for it with --family {} or --measure {}",
        measure.info().family.id(),
        measure.info().id
    );
    Compared {
        measure: measure.spec(),
        split: "all stimuli".to_owned(),
        naming: measure.naming(),
        outcome: Outcome::Error { message },
        warnings: Vec::new(),
    }
}

/// Why a measure has no value here.
fn reason(compared: &Compared) -> Option<&str> {
    match &compared.outcome {
        Outcome::Error { message } => Some(message),
        Outcome::Score { .. } => None,
    }
}

/// A measure that was asked for by its name has to have a value; of the others some one.
fn outcome(compared: &[Compared], wanted: &[Wanted]) -> anyhow::Result<()> {
    let none = compared.iter().all(|c| reason(c).is_some());
    let mut failed: Vec<String> = Vec::new();
    for (compared, wanted) in compared.iter().zip(wanted) {
        let Some(reason) = reason(compared) else { continue };
        let line = format!("{}: {reason}", compared.measure);
        if none || *wanted == Wanted::ByName {
            failed.push(line);
        } else {
            talk(&format!("not computed: {line}"));
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("{}", failed.join("\n")) }
}
