//! `measures`: the catalogue, or the page of one measure.

use consilience::measures::{Entry, MEASURES, find, page};

use crate::args::{Format, Measures};
use crate::output::{data, rows};

pub(crate) fn measures(args: &Measures) -> anyhow::Result<()> {
    let Some(id) = &args.id else { return catalogue(args.format) };
    let entry = find(id)?;
    match args.format {
        Format::Table => data(&page(entry)?),
        Format::Json | Format::Csv => write(args.format, &[entry]),
    }
}

fn catalogue(format: Format) -> anyhow::Result<()> {
    write(format, &MEASURES.iter().collect::<Vec<_>>())
}

fn write(format: Format, entries: &[&Entry]) -> anyhow::Result<()> {
    let line = |entry: &&Entry| {
        let info = entry.info;
        let defaults = info.parameters.iter().map(|p| format!("{}={}", p.name, p.default));
        vec![
            info.id.to_owned(),
            info.title.to_owned(),
            format!("{} to {}", info.range.0, info.range.1),
            defaults.collect::<Vec<_>>().join(", "),
            info.summary.to_owned(),
        ]
    };
    let lines: Vec<Vec<String>> = entries.iter().map(line).collect();
    let infos: Vec<_> = entries.iter().map(|e| e.info).collect();
    rows(format, &["id", "title", "range", "parameters", "what a score says"], &lines, &infos)
}
