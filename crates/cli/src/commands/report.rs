//! `report`: the report of stored results.

use std::path::{Path, PathBuf};

use consilience::papers::Judged;

use crate::args::Report;
use crate::output::data;

pub(crate) fn report(args: &Report) -> anyhow::Result<()> {
    data(&format!("{}\n", draw(&args.folder)?.display()))
}

/// Writes the report of a folder of results; the claims of a paper come first where the folder is that of one.
pub(crate) fn draw(folder: &Path) -> anyhow::Result<PathBuf> {
    let judged = Judged::again(folder).map_err(anyhow::Error::msg)?;
    let claims = judged.map(|judged| judged.section()).transpose().map_err(anyhow::Error::msg)?;
    Ok(consilience::report::from_folder(folder, claims)?)
}
