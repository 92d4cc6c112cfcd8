//! Synthetic data, naive references, golden files and laws: what the tests of the workspace are made of.
//!
//! - [`synthetic`]: seeded generators with known answers.
//! - [`evaluate`]: arrays in, comparison out, on the same path that studies take.
//! - [`oracle`]: every measure again, from raw rows in plain loops, knowing nothing of moments.
//! - [`golden`]: the files that other packages' numbers are kept in.
//! - [`laws`]: what every measure of the registry obeys. They run over the registry and name no measure.
//! - [`pages`]: the documentation pages of the registry, written and checked.

pub mod evaluate;
pub mod golden;
pub mod laws;
pub mod oracle;
pub mod pages;
pub mod synthetic;

use std::path::PathBuf;

/// A path of the repository.
#[must_use]
pub fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", path].iter().collect()
}

/// Passes if there is no failure, else lists all of them.
///
/// # Panics
/// If there is a failure.
pub fn assert_none(failures: &[String]) {
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
