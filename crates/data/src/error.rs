//! What can be wrong with data, and what to do about it.

use std::path::PathBuf;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can be wrong with data. Each message says what was found, what was expected, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// "read", "write", "create", "rename".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is not what its name promises, or holds what this version does not read.
    #[error("{}: {found}; expected {expected}; {advice}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
        /// What to do.
        advice: String,
    },
    /// Two representations do not describe the same stimuli.
    #[error(
        "{x} and {y} were recorded on different stimuli: {found}; record both on the same stimuli, in any order, with the same ids"
    )]
    DifferentStimuli {
        /// First representation.
        x: String,
        /// Second representation.
        y: String,
        /// First difference.
        found: String,
    },
    /// A value is NaN or infinite.
    #[error(
        "{representation}: row {row}, unit {unit} is {value}; expected finite values; find out why the network produced it, no value is edited here"
    )]
    NonFinite {
        /// Which representation.
        representation: String,
        /// Row in the file.
        row: usize,
        /// Unit.
        unit: usize,
        /// NaN or infinity.
        value: f64,
    },
    /// A representation that was asked for is not there.
    #[error("no representation {wanted}; there are: {available}")]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// What there is.
        available: String,
    },
    /// A set of stimuli that was asked for is not there.
    #[error("no set of stimuli `{set}`; there are: {}", names(known))]
    UnknownSet {
        /// What was asked for.
        set: String,
        /// What there is.
        known: Vec<String>,
    },
}

fn names(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}

impl Error {
    /// Wraps an operating system error with what was being done to which path.
    pub fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
