//! What can be wrong when statistics are gathered.

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can be wrong when statistics are gathered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source could not be read.
    #[error(transparent)]
    Data(#[from] consilience_data::Error),
    /// A factorisation failed.
    #[error(transparent)]
    Linalg(#[from] consilience_linalg::Error),
    /// There are not enough stimuli for what was asked.
    #[error(
        "{found} stimuli cannot be split into {folds} folds; expected at least {expected}; {advice}"
    )]
    TooFewStimuli {
        /// Stimuli there are.
        found: usize,
        /// Folds asked for.
        folds: usize,
        /// Stimuli needed.
        expected: usize,
        /// What to do.
        advice: &'static str,
    },
    /// A parameter of the design is out of its range.
    #[error("{name} is {found}; expected {expected}")]
    Design {
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: usize,
        /// Its range.
        expected: String,
    },
    /// Units have no variance where one is needed, and the policy says that this is an error.
    #[error(
        "unit {first} of {representation} is constant over the stimuli of a fold ({count} of {n_units} units are); a constant unit has no correlation; pass `--constant-units drop` to leave such units out and have them counted"
    )]
    ConstantUnits {
        /// The representation.
        representation: String,
        /// Lowest index of such a unit.
        first: usize,
        /// Number of such units.
        count: usize,
        /// Number of units.
        n_units: usize,
    },
    /// No unit is left.
    #[error(
        "all {n_units} units of {representation} are constant over the stimuli of a fold; nothing is left to compare; use more stimuli, or leave this layer out"
    )]
    NoUnits {
        /// The representation.
        representation: String,
        /// Number of units.
        n_units: usize,
    },
}
