//! What can be wrong with a problem.

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Which marginal of a transport problem an error speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The masses of the rows, `a`.
    Rows,
    /// The masses of the columns, `b`.
    Columns,
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Rows => "row",
            Self::Columns => "column",
        })
    }
}

/// What can be wrong with a problem. Every well-posed problem is solved.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to match.
    #[error("the cost matrix is {rows} × {columns}; expected at least one row and one column")]
    Empty {
        /// Rows of the cost matrix.
        rows: usize,
        /// Columns of the cost matrix.
        columns: usize,
    },
    /// A cost is NaN or infinite.
    #[error(
        "cost ({row}, {column}) is {value}; expected finite numbers; give a forbidden pair a large finite cost"
    )]
    NonFiniteCost {
        /// Row of the first such cost, columns searched in order.
        row: usize,
        /// Column of the first such cost.
        column: usize,
        /// The cost.
        value: f64,
    },
    /// A cost is finite, but sums of such costs would overflow.
    #[error(
        "cost ({row}, {column}) is {value:e}; expected magnitudes up to {limit:e}; rescale the costs"
    )]
    CostTooLarge {
        /// Row of the first such cost, columns searched in order.
        row: usize,
        /// Column of the first such cost.
        column: usize,
        /// The cost.
        value: f64,
        /// The largest magnitude that is accepted.
        limit: f64,
    },
    /// A marginal has another length than the cost matrix says.
    #[error("found {found} {side} masses for {expected} {side}s of the cost matrix")]
    MarginalLength {
        /// Which marginal.
        side: Side,
        /// Masses given.
        found: usize,
        /// Rows or columns of the cost matrix.
        expected: usize,
    },
    /// A mass is negative, NaN or infinite.
    #[error("the mass of {side} {index} is {value}; expected a finite number of at least 0")]
    InvalidMass {
        /// Which marginal.
        side: Side,
        /// Index of the first such mass.
        index: usize,
        /// The mass.
        value: f64,
    },
    /// The masses of a side are all zero, or out of the range of exact scaling.
    #[error(
        "the {side} masses sum to {sum:e}; expected between 1/{limit:e} and {limit:e}; rescale them"
    )]
    TotalMass {
        /// Which marginal.
        side: Side,
        /// Their sum.
        sum: f64,
        /// The largest sum that is accepted; its reciprocal is the smallest.
        limit: f64,
    },
    /// The two marginals do not hold the same mass.
    #[error(
        "the row masses sum to {rows}, the column masses to {columns}; expected equal sums (relative difference up to {tolerance:e}); normalise both"
    )]
    UnequalMass {
        /// Sum of the row masses.
        rows: f64,
        /// Sum of the column masses.
        columns: f64,
        /// Largest relative difference that is accepted.
        tolerance: f64,
    },
    /// More mass is to be moved than there is, or less than none.
    #[error("a mass of {mass} is to be moved; expected 0 to 1, the share of the whole")]
    PartialMass {
        /// The mass.
        mass: f64,
    },
    /// More groups are asked for than there are points, or none.
    #[error("{groups} groups of {points} points; expected 1 to {points} groups")]
    Groups {
        /// Groups asked for.
        groups: usize,
        /// Points there are.
        points: usize,
    },
    /// A coordinate is NaN or infinite.
    #[error("coordinate {coordinate} of point {point} is {value}; expected finite numbers")]
    NonFinitePoint {
        /// The first such point.
        point: usize,
        /// Its coordinate.
        coordinate: usize,
        /// The value.
        value: f64,
    },
    /// A matrix between the nodes of one graph, or the leaves of one tree, is not square, or is empty.
    #[error("the matrix is {rows} × {columns}; expected a square one with at least one row")]
    NotSquare {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// The weight of an edge is negative, not finite, or differs between the two directions.
    #[error(
        "the weight between nodes {row} and {column} is {value}, in the other direction {mirrored}; expected one finite number of at least 0; set negative similarities to 0"
    )]
    Affinity {
        /// First node.
        row: usize,
        /// Second node.
        column: usize,
        /// Weight from the first to the second.
        value: f64,
        /// Weight from the second to the first.
        mirrored: f64,
    },
    /// Leaves of a tree need a positive weight each.
    #[error(
        "found {found} weights for {expected} leaves, of which the first {index} are positive; expected {expected} positive numbers"
    )]
    Weights {
        /// Weights given.
        found: usize,
        /// Leaves.
        expected: usize,
        /// How many are good before the first that is not.
        index: usize,
    },
    /// A matrix is no Gram matrix.
    #[error(
        "entry ({row}, {column}) of the Gram matrix is {value}, mirrored {mirrored}; expected one finite number on both sides of the diagonal, at least 0 on it, and of magnitude up to the root of the product of its two diagonal entries elsewhere"
    )]
    Gram {
        /// Row of the first such entry.
        row: usize,
        /// Column of it.
        column: usize,
        /// The entry.
        value: f64,
        /// The entry across the diagonal.
        mirrored: f64,
    },
    /// Products of sources with targets are not as many as there are sources, or targets.
    #[error(
        "the products of sources with targets are {rows} × {columns}; expected {sources} × {targets}: a row a source, a column a variance"
    )]
    CrossShape {
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
        /// Sources: rows of the Gram matrix.
        sources: usize,
        /// Targets: variances given.
        targets: usize,
    },
    /// A product of a source with a target is larger than their variances allow, or no number.
    #[error(
        "the product of source {unit} with target {target} is {value}; expected a magnitude of at most {limit}, the root of the product of their variances"
    )]
    CrossProduct {
        /// The source.
        unit: usize,
        /// The target.
        target: usize,
        /// The product.
        value: f64,
        /// The largest magnitude that is accepted.
        limit: f64,
    },
    /// The variance of a target is negative, NaN or infinite.
    #[error("the variance of target {target} is {value}; expected a finite number of at least 0")]
    TargetVariance {
        /// The first such target.
        target: usize,
        /// Its variance.
        value: f64,
    },
    /// A match of subspaces is asked for that cannot be.
    #[error(
        "{of_x} of {units} units and a distance of {epsilon}; expected at most all units on the first side, and a share of length above 0 and below 1"
    )]
    SubspaceSides {
        /// Units of the first side.
        of_x: usize,
        /// Units of both sides.
        units: usize,
        /// The largest distance.
        epsilon: f64,
    },
    /// Weights predict more of a target than there is.
    #[error(
        "at penalty {penalty} the weights of target {target} leave a mean square of {residual}; expected at least 0: the Gram matrix, the products with the target and its variance are not moments of the same data"
    )]
    Indefinite {
        /// The target.
        target: usize,
        /// What would be left of it.
        residual: f64,
        /// The penalty at which it showed.
        penalty: f64,
    },
    /// Penalties do not descend, or one is negative, NaN or infinite.
    #[error(
        "penalty {index} is {value}; expected finite numbers of at least 0, none above the one before"
    )]
    Penalty {
        /// The first such penalty.
        index: usize,
        /// The penalty.
        value: f64,
    },
    /// The eigenvectors of a graph could not be computed.
    #[error("no eigenvectors of the graph: {0}")]
    Eigenvectors(String),
}
