//! What the tests of the binary share.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use consilience::data::formats::npy;
use consilience::data::{Activations, RowMajor};

/// The binary under test, in a folder.
pub(crate) fn consilience(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_consilience"));
    command.current_dir(folder).args(args).output().expect("the binary starts")
}

/// Standard output as text.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// Standard error as text.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// Writes an array of `n` rows and `p` units of some smooth function, `edit`ed, and returns its path.
pub(crate) fn array(
    folder: &Path,
    name: &str,
    n: usize,
    p: usize,
    edit: impl Fn(&mut [f32]),
) -> PathBuf {
    let mut values: Vec<f32> = (0..n * p)
        .map(|i| ((i % p) as f32 * 1.7 + (i / p) as f32 * 0.9 + (i * i % 89) as f32).sin())
        .collect();
    edit(&mut values);
    let path = folder.join(name);
    npy::write(&path, &Activations::F32(RowMajor { values, n_units: p })).expect("written");
    path
}
