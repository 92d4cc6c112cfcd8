//! What can be wrong when units are compared.

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can be wrong when units are compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The activations could not be gathered.
    #[error(transparent)]
    Statistics(#[from] consilience_statistics::Error),
    /// A problem could not be solved.
    #[error(transparent)]
    Solvers(#[from] consilience_solvers::Error),
    /// A factorisation failed.
    #[error(transparent)]
    Linalg(#[from] consilience_linalg::Error),
    /// A parameter is out of its range.
    #[error("{name} is {found}; expected {expected}")]
    Parameter {
        /// The parameter, as a study writes it.
        name: &'static str,
        /// Its value.
        found: String,
        /// Its range.
        expected: &'static str,
    },
    /// Representations of different networks were expected.
    #[error("{found} representations; expected {expected}")]
    Representations {
        /// What there is.
        found: String,
        /// What is needed.
        expected: String,
    },
}
