//! `compare`: two arrays in, a table of scores out.

use std::path::Path;

use anyhow::bail;
use consilience::data::formats::npy;
use consilience::data::{ArraySource, StimulusSet, array_representation};
use consilience::inference::Chance;
use consilience::measures::{MEASURES, parse};
use consilience::study::{CompareOptions, Compared, Draws, Outcome};

use super::threads;
use crate::args::{Compare, Format, Null};
use crate::output::{rows, talk};

pub(crate) fn compare(args: &Compare) -> anyhow::Result<()> {
    let source = arrays(&args.x, &args.y)?;
    let measures = if args.measures.is_empty() {
        MEASURES.iter().map(|e| parse(e.info.id)).collect::<Result<Vec<_>, _>>()?
    } else {
        args.measures.iter().map(|m| parse(m)).collect::<Result<Vec<_>, _>>()?
    };
    let draws = |null| args.nulls.iter().filter(|n| n.0 == null).map(|n| n.1).max().unwrap_or(0);
    let options = CompareOptions {
        scoring: args.folds,
        blocks: args.blocks,
        draws: Draws { shuffle: draws(Null::Shuffle), rotation: draws(Null::Rotation) },
        constant_units: args.constant_units.into(),
        seed: args.seed,
    };
    let compared = consilience::linalg::in_pool(threads(&args.threads), || {
        consilience::study::compare(&source, (0, 1), &measures, &options)
    })??;
    if args.format == Format::Table && args.nulls.is_empty() {
        talk("no chance level was drawn; add --null shuffle=200 (and --null rotation=200)");
    }
    write(args.format, &compared)?;
    let failed: Vec<String> = compared.iter().filter_map(failure).collect();
    if failed.is_empty() { Ok(()) } else { bail!("{}", failed.join("\n")) }
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

fn failure(compared: &Compared) -> Option<String> {
    match &compared.outcome {
        Outcome::Error { message } => Some(format!("{}: {message}", compared.measure)),
        Outcome::Score { .. } => None,
    }
}

fn write(format: Format, compared: &[Compared]) -> anyhow::Result<()> {
    let head = ["measure", "on", "score", "95 % low", "95 % high", "chance", "p", "caveats"];
    let lines: Vec<Vec<String>> = compared.iter().map(line).collect();
    if format != Format::Table {
        return rows(format, &head, &lines, &compared);
    }
    // For people: the caveats below the table, each once.
    let narrow: Vec<Vec<String>> = lines.iter().map(|l| l[..7].to_vec()).collect();
    rows(format, &head[..7], &narrow, &compared)?;
    let mut told: Vec<String> = Vec::new();
    for compared in compared {
        for warning in &compared.warnings {
            let text = warning.to_string();
            if !told.contains(&text) {
                talk(&format!("note: {text}"));
                told.push(text);
            }
        }
    }
    Ok(())
}

fn line(c: &Compared) -> Vec<String> {
    let caveats: Vec<String> = c.warnings.iter().map(ToString::to_string).collect();
    let mut line = vec![c.measure.clone(), c.split.clone()];
    match &c.outcome {
        Outcome::Error { .. } => {
            line.push("error".to_owned());
            line.extend([(); 4].map(|()| String::new()));
        }
        Outcome::Score { estimate, chance, .. } => {
            let end = |i: usize| estimate.interval.map_or(String::new(), |e| number(e[i]));
            let each =
                |f: &dyn Fn(&Chance) -> String| chance.iter().map(f).collect::<Vec<_>>().join("; ");
            line.extend([
                number(estimate.value),
                end(0),
                end(1),
                each(&|c| format!("{} {}", c.null, number(c.mean))),
                each(&|c| format!("{:.4}", c.p_value)),
            ]);
        }
    }
    line.push(caveats.join("; "));
    line
}

fn number(value: f64) -> String {
    format!("{value:.6}")
}
