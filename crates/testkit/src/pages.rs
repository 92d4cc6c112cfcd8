//! The documentation pages of the registry: `crates/measures/docs/<id>.md`.

use std::path::PathBuf;

use consilience_measures::{Entry, MEASURES, page};

use crate::repository;

/// Where the page of a measure is kept.
#[must_use]
pub fn path(entry: &Entry) -> PathBuf {
    repository("crates/measures/docs").join(format!("{}.md", entry.info.id))
}

/// The pages that are not what the registry says, each with what is wrong.
#[must_use]
pub fn stale() -> Vec<String> {
    let problem = |entry: &Entry| {
        let wanted = match page(entry) {
            Ok(text) => text,
            Err(error) => return Some(format!("{}: {error}", entry.info.id)),
        };
        match std::fs::read_to_string(path(entry)) {
            Ok(found) if found == wanted => None,
            Ok(_) => Some(format!(
                "{} is not the page of the registry; run `cargo run --release -p consilience-testkit --example pages -- --write`",
                path(entry).display()
            )),
            Err(error) => Some(format!("{}: {error}", path(entry).display())),
        }
    };
    MEASURES.iter().filter_map(problem).collect()
}

/// Writes every page.
///
/// # Errors
/// In words, when a page cannot be made or written.
pub fn write() -> Result<(), String> {
    for entry in MEASURES {
        let text = page(entry).map_err(|e| format!("{}: {e}", entry.info.id))?;
        let path = path(entry);
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}
