//! What can be wrong with a measure or its input.

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can be wrong with a measure or its input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No measure has that id.
    #[error("no measure `{id}`; {advice}; `consilience measures` lists them")]
    UnknownMeasure {
        /// What was written.
        id: String,
        /// The nearest ids.
        advice: String,
    },
    /// A parameter is unknown, or its value is.
    #[error("measure `{id}`: {problem}; its parameters are: {parameters}")]
    Parameter {
        /// The measure.
        id: &'static str,
        /// What is wrong.
        problem: String,
        /// Names and defaults.
        parameters: String,
    },
    /// A spec cannot be read at all.
    #[error(
        "measure `{spec}`: {problem}; write `id` or `id:key=value,key=value`, for instance `ridge:direction=x-to-y`"
    )]
    Grammar {
        /// What was written.
        spec: String,
        /// What is wrong.
        problem: String,
    },
    /// There are fewer samples than the definition needs.
    #[error("`{id}` needs at least {expected} samples; found {found}; record more stimuli")]
    TooFewSamples {
        /// The measure.
        id: &'static str,
        /// Samples there are.
        found: usize,
        /// Samples needed.
        expected: usize,
    },
    /// The measure has no value on this input.
    #[error("`{id}` is undefined here: {reason}")]
    Undefined {
        /// The measure.
        id: &'static str,
        /// Why, and what to do.
        reason: String,
    },
    /// A measure was evaluated on evidence that lacks what it reads: a mistake of the caller.
    #[error("{statistic} were not gathered for this pair; gather what the measure says it reads")]
    NotGathered {
        /// What is missing.
        statistic: &'static str,
    },
    /// A statistic could not be computed.
    #[error(transparent)]
    Statistics(#[from] consilience_statistics::Error),
    /// A solver refused its input.
    #[error(transparent)]
    Solver(#[from] consilience_solvers::Error),
    /// A factorisation failed.
    #[error(transparent)]
    Linalg(#[from] consilience_linalg::Error),
}
