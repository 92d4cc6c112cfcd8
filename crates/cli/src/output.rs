//! Data to standard output, talk to standard error.

use std::io::Write;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use crate::args::Format;

/// Writes data; a reader that went away is an error that ends the program quietly.
pub(crate) fn data(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Says something to the person.
pub(crate) fn talk(text: &str) {
    // Nobody listening is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Whether the reader of standard output went away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Writes rows in a format; `json` is what the rows were made of.
pub(crate) fn rows(
    format: Format,
    head: &[&str],
    rows: &[Vec<String>],
    json: &impl serde::Serialize,
) -> anyhow::Result<()> {
    match format {
        Format::Json => data(&format!("{}\n", serde_json::to_string_pretty(json)?)),
        Format::Csv => {
            let lines = std::iter::once(head.iter().map(|h| quoted(h)).collect::<Vec<_>>())
                .chain(rows.iter().map(|row| row.iter().map(|c| quoted(c)).collect()));
            data(&lines.map(|line| line.join(",") + "\n").collect::<String>())
        }
        Format::Table => {
            let mut table = Table::new();
            table.load_style(presets::ASCII_MARKDOWN);
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width());
            table.set_header(head.to_vec()).add_rows(rows.to_vec());
            // The first column names things: a name is never broken.
            if let Some(names) = table.column_mut(0) {
                names.set_constraint(ColumnConstraint::ContentWidth);
            }
            data(&format!("{table}\n"))
        }
    }
}

/// Columns of the terminal, as the shell tells; a page's width where it does not.
fn width() -> u16 {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(110)
}

/// A field of comma-separated values (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
