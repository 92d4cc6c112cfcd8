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
    /// A table of all pairs of rows would not fit.
    #[error(
        "`{id}` holds what is between all pairs of rows, of at most {most} rows; found {found}; compare fewer stimuli or positions"
    )]
    TooManyRows {
        /// The measure.
        id: &'static str,
        /// Rows (or stimuli, where rows are repeats) there are.
        found: usize,
        /// The most there may be.
        most: usize,
    },
    /// The measure has no value on this input.
    #[error("`{id}` is undefined here: {reason}")]
    Undefined {
        /// The measure.
        id: &'static str,
        /// Why, and what to do.
        reason: String,
    },
    /// The stimuli have no classes, and the measure is about right and wrong answers.
    #[error(
        "`{id}` compares answers with the classes of the stimuli, and {name} has none; they come with the stimuli of an activation store (`labels` of stimuli.json)"
    )]
    NeedsLabels {
        /// The measure.
        id: &'static str,
        /// The representation without classes.
        name: String,
    },
    /// Units are classes here, and the two sides do not have the same.
    #[error(
        "`{id}` reads class scores, unit k of both sides for class k: {found}; give the last layers of networks with the same classes"
    )]
    NeedsSameClasses {
        /// The measure.
        id: &'static str,
        /// What was found.
        found: String,
    },
    /// The rows are to be probabilities, and are not.
    #[error(
        "`{id}` was told that rows are probabilities: row {row} of {name} {found}; ask for scores=logits to have the softmax taken"
    )]
    NeedsProbabilities {
        /// The measure.
        id: &'static str,
        /// The representation.
        name: String,
        /// The first row that is none.
        row: usize,
        /// What is wrong with it.
        found: String,
    },
    /// A row has no direction, or does not vary over units.
    #[error(
        "`{id}` needs rows that differ from unit to unit: stimulus {stimulus} of {name} {found}; leave the stimulus out, or choose another dissimilarity"
    )]
    NeedsVariedRows {
        /// The measure.
        id: &'static str,
        /// The representation.
        name: String,
        /// Index of the first such stimulus in its source.
        stimulus: usize,
        /// What is wrong with it.
        found: &'static str,
    },
    /// The measure compares repeated recordings of each stimulus.
    #[error(
        "`{id}` needs at least 2 rows a stimulus (repeats, positions, augmented views), found {found}; record them, or choose another dissimilarity"
    )]
    NeedsRepeats {
        /// The spec that asks for it.
        id: &'static str,
        /// Rows a stimulus.
        found: usize,
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

impl Error {
    /// Whether the data are not of the kind that the measure is about: it may well have a value on others.
    #[must_use]
    pub fn is_of_other_data(&self) -> bool {
        matches!(
            self,
            Self::NeedsLabels { .. }
                | Self::NeedsSameClasses { .. }
                | Self::NeedsProbabilities { .. }
                | Self::NeedsRepeats { .. }
                | Self::NeedsVariedRows { .. }
        )
    }
}
