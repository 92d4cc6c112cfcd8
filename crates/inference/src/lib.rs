//! Uncertainty of scores.
//!
//! Numbers in, [`Estimate`] and [`Chance`] out: this crate sees slices of scores, never a matrix, a unit or a network.
//! *Statistics* are of data and live elsewhere; *inference* is of scores and lives here.

mod bootstrap;
mod ceiling;
mod chance;
mod estimate;
mod factors;
mod jackknife;
mod multiplicity;
mod spearman;
mod student;

pub use bootstrap::{NodePairs, node_bootstrap};
pub use ceiling::{Ceiling, PairValue, TwoKinds, seed_ceiling};
pub use chance::{Chance, Likeness, Null, Tail, chance, draws_of_best, draws_of_mean};
pub use estimate::{Estimate, Method};
pub use factors::{FactorShares, factor_shares};
pub use jackknife::{jackknife, mean_over_draws, over_draws};
pub use multiplicity::benjamini_hochberg;
pub use spearman::spearman;
pub use student::student_quantile;
