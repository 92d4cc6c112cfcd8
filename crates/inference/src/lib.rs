//! Uncertainty of scores.
//!
//! Numbers in, [`Estimate`] and [`Chance`] out: this crate sees slices of scores, never a matrix, a unit or a network.
//! *Statistics* are of data and live elsewhere; *inference* is of scores and lives here.

mod bootstrap;
mod chance;
mod estimate;
mod jackknife;
mod student;

pub use bootstrap::{NodePairs, node_bootstrap};
pub use chance::{Chance, Null, Tail, chance, pooled_chance};
pub use estimate::{Estimate, Method};
pub use jackknife::jackknife;
pub use student::student_quantile;
