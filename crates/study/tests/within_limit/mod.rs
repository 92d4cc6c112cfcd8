//! What every study that heeds a limit to memory has to do.

#[path = "../least_memory/mod.rs"]
mod least_memory;

use std::path::Path;

use consilience_data::{ActivationSource, Quiet};
use consilience_study::{RESULTS_FILE, StudySpec, run_within};
use least_memory::least_memory;

/// Within the least limit that it can keep to, a study of one job or more makes the bytes that it makes without one; within
/// less it says how much it takes.
pub(crate) fn a_limit_cuts_and_changes_no_byte(spec: &StudySpec, source: &dyn ActivationSource) {
    let rows = |memory| {
        let folder = tempfile::tempdir().expect("a folder");
        run_within(spec, source, folder.path(), memory, &Quiet).expect("rows");
        std::fs::read_to_string(folder.path().join(RESULTS_FILE)).expect("rows")
    };
    let (whole, refused, enough) = least_memory(spec, source);
    assert!(enough < whole, "{enough}, {whole}");
    assert_eq!(rows(None), rows(Some(enough)));
    let error = run_within(spec, source, Path::new("nowhere"), Some(refused), &Quiet);
    assert!(error.expect_err("too little").to_string().contains("MiB"));
}
