//! What can fail in a factorisation.

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can fail in a factorisation or in setting one up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input holds a NaN or an infinity, so no decomposition exists.
    #[error(
        "entry ({row}, {column}) of the {what} is {value}; expected finite numbers; look for overflow in the activations"
    )]
    NonFinite {
        /// Which matrix.
        what: &'static str,
        /// Row of the first such entry.
        row: usize,
        /// Column of the first such entry.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// The iteration did not converge on finite input.
    #[error("the {what} of a {rows} × {columns} matrix did not converge; rescale the activations")]
    NoConvergence {
        /// Which decomposition.
        what: &'static str,
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// A matrix that has to be positive definite is not.
    #[error(
        "pivot {index} of a {size} × {size} matrix that has to be positive definite is not positive; the activations are degenerate"
    )]
    NotPositive {
        /// The first pivot that is not positive.
        index: usize,
        /// Rows and columns.
        size: usize,
    },
    /// The operating system gave no threads.
    #[error("cannot start {threads} threads: {reason}; ask for fewer with --threads")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// What the operating system said.
        reason: String,
    },
}

/// Checks that every entry is finite.
pub(crate) fn check_finite(what: &'static str, a: faer::MatRef<'_, f64>) -> Result<()> {
    for column in 0..a.ncols() {
        for row in 0..a.nrows() {
            let value = a[(row, column)];
            if !value.is_finite() {
                return Err(Error::NonFinite { what, row, column, value });
            }
        }
    }
    Ok(())
}
