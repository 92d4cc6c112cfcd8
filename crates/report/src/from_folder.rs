//! The report of a folder of results.

use std::path::{Path, PathBuf};

use consilience_study::{Run, Section, Table};

use crate::{Result, write};

/// Writes the report of the results in `folder` and returns its path. Nothing is computed again.
///
/// # Errors
/// When the folder holds no results of this version, or cannot be written.
pub fn from_folder(folder: &Path) -> Result<PathBuf> {
    let run = Run::read(folder)?;
    let table = Table::read(folder)?;
    let studies = run.spec.studies()?;
    let sections: Vec<Section> =
        studies.iter().flat_map(|study| study.sections(&table, &run)).collect();
    write(folder, &run, &sections, &run.spec.measures, &table.caveats())
}
