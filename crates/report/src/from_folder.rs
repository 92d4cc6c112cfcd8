//! The report of a folder of results.

use std::path::{Path, PathBuf};

use consilience_data::store::read_stimuli;
use consilience_study::{Run, STIMULI_FOLDER, Section, Table};

use crate::{Explorer, Result, write};

/// Writes the report of the results in `folder` and returns its path. Sections of others, such as the claims of a paper, come
/// first. Nothing is computed again.
///
/// # Errors
/// When the folder holds no results of this version, or cannot be written.
pub fn from_folder(folder: &Path, first: impl IntoIterator<Item = Section>) -> Result<PathBuf> {
    let run = Run::read(folder)?;
    let table = Table::read(folder)?;
    let studies = run.spec.studies()?;
    let own = studies.iter().flat_map(|study| study.sections(&table, &run));
    let sections: Vec<Section> = first.into_iter().chain(own).collect();
    let stimuli = folder.join(STIMULI_FOLDER);
    let stimuli = stimuli.is_dir().then(|| read_stimuli(&stimuli)).transpose()?;
    let explorer = Explorer::of(&table, stimuli.as_ref())?;
    write(folder, &run, &sections, &run.spec.measures, &table.caveats(), explorer.as_ref())
}
