//! What can go wrong between a spec and its trained networks.

use std::fmt::Display;
use std::path::PathBuf;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong. Each message says what was found, what was expected, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// "read", "write", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is not what its name promises.
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
    /// A spec is not well formed, or asks for what cannot be done.
    #[error("train spec, {key}: {found}; expected {expected}")]
    Spec {
        /// The key, for instance `training.batch_size`.
        key: String,
        /// What was found.
        found: String,
        /// What was expected, and so what to write.
        expected: String,
    },
    /// The output folder holds a network of this name that was made otherwise.
    #[error(
        "{}: network {network} is there already, {found}; expected the one of this spec; give another output folder, \
         or remove this folder and {}",
        path.display(), activations.display()
    )]
    OtherSpec {
        /// Name of the network.
        network: String,
        /// Its folder.
        path: PathBuf,
        /// The folder of its activations.
        activations: PathBuf,
        /// How it was made.
        found: String,
    },
    /// Training left the finite numbers.
    #[error(
        "network {network} gives NaN or infinite outputs at checkpoint {checkpoint}; expected finite numbers; \
         lower training.learning_rate (now {learning_rate:?})"
    )]
    Diverged {
        /// Name of the network.
        network: String,
        /// First checkpoint with such outputs.
        checkpoint: String,
        /// The learning rate it was trained with.
        learning_rate: f64,
    },
    /// The activation store refused a recording or could not write it.
    #[error(transparent)]
    Data(#[from] consilience_data::Error),
}

impl Error {
    /// Wraps an operating system error with what was being done to which path.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// A spec whose `key` is not as it should be.
    pub(crate) fn spec(key: &str, found: &dyn Display, expected: impl Into<String>) -> Self {
        Self::Spec { key: key.to_owned(), found: found.to_string(), expected: expected.into() }
    }
}
