//! `report`: the report of stored results.

use crate::args::Report;
use crate::output::data;

pub(crate) fn report(args: &Report) -> anyhow::Result<()> {
    let path = consilience::report::from_folder(&args.folder)?;
    data(&format!("{}\n", path.display()))
}
