//! The report as files: the page, and every figure with its data.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use consilience_study::{Run, Section};

use crate::page::{Drawn, drawn, render};
use crate::{Error, Explorer, Result};

/// Name of the page in the folder of results.
pub const REPORT_FILE: &str = "report.html";

/// Folder of the figures beside it.
pub const FIGURES_FOLDER: &str = "figures";

/// Writes the page to `folder/report.html`, and every figure to `folder/figures/<id>.svg` with its data in
/// `folder/figures/<id>.csv`. Returns the path of the page. Each file is written under another name first and then
/// renamed, the page last: a page that is there is whole, and its figures are there too.
///
/// # Errors
/// Those of [`render`], before anything is written, and [`Error::Io`].
pub fn write(
    folder: &Path,
    run: &Run,
    sections: &[Section],
    measure_specs: &[String],
    notes: &[String],
    explorer: Option<&Explorer>,
) -> Result<PathBuf> {
    let page = render(run, sections, measure_specs, notes, explorer)?;
    let figures = folder.join(FIGURES_FOLDER);
    fs::create_dir_all(&figures).map_err(Error::io("create", &figures))?;
    for Drawn { name, svg, csv, .. } in drawn(sections)? {
        whole(&figures.join(format!("{name}.svg")), &svg)?;
        whole(&figures.join(format!("{name}.csv")), &csv)?;
    }
    let path = folder.join(REPORT_FILE);
    whole(&path, &page)?;
    Ok(path)
}

/// Writes a file whole or not at all.
fn whole(path: &Path, text: &str) -> Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    let part = path.with_file_name(name);
    let result = File::create(&part).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    result.map_err(|source| {
        // The part is of no use; the first error is the one to report.
        let _ = fs::remove_file(&part);
        Error::io("write", path)(source)
    })
}
