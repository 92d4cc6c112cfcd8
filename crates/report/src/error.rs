//! What can stand in the way of a report.

use std::path::{Path, PathBuf};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can stand in the way of a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A figure does not hold together.
    #[error("figure `{id}`: {problem}; the study that made the figure has to be corrected")]
    Figure {
        /// The figure.
        id: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A sentence speaks of a number that is none.
    #[error(
        "section `{section}` says \"{text}\"; the study has to leave out what it cannot compute"
    )]
    Words {
        /// The section.
        section: String,
        /// The sentence.
        text: String,
    },
    /// Two parts of the report have the same name.
    #[error("two {what} have the name `{name}`; a name has to be unique in the report")]
    Duplicate {
        /// `sections` or `figures`.
        what: &'static str,
        /// The name, as it appears in links and file names.
        name: String,
    },
    /// The stimuli of the results cannot be read, or have too many pictures.
    #[error(transparent)]
    Stimuli(#[from] consilience_data::Error),
    /// The results cannot be read.
    #[error(transparent)]
    Study(#[from] consilience_study::Error),
    /// A measure of the results is not in the registry of this version.
    #[error("the methods section cannot be written: {0}")]
    Measure(#[from] consilience_measures::Error),
    /// The template of the page failed.
    #[error("the page cannot be filled in: {0:#}")]
    Template(#[from] minijinja::Error),
    /// A file could not be written.
    #[error("cannot {what} {}: {source}; give a folder that can be written to", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl Error {
    /// Wraps an error of the file system.
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}
