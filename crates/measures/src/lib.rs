//! Similarity measures between representations, one file each, and their registry.
//!
//! A measure reads a statistic of a pair of representations and returns a [`Comparison`]. It does no input or output and
//! knows no network, layer, file, study or plot. [`MEASURES`] lists them all; [`parse`] reads the one grammar in which a
//! measure and its parameters are written everywhere: `id` or `id:key=value,key=value`.

mod alignment;
mod caveats;
mod chance;
mod classes;
mod comparison;
mod correlations;
mod detail;
mod direction;
mod directions;
mod dissimilarity;
mod entry;
mod error;
mod info;
mod linear_map;
mod map_score;
mod measure;
pub mod measures;
mod naming;
pub mod packages;
mod page;
mod penalty;
mod size;
mod spec;
mod statistic;

pub use comparison::{Comparison, Mapping, Warning};
pub use detail::{Detail, Quantity};
pub(crate) use direction::Role;
pub use direction::{Directed, Direction};
pub use dissimilarity::Dissimilarity;
pub use entry::Entry;
pub use error::{Error, Result};
pub use info::{
    Example, Family, Info, Invariance, Orientation, Parameter, Reads, Reference, Scale, SideName,
    Symmetry,
};
pub use map_score::MapScore;
pub use measure::{DynMeasure, Measure};
pub use measures::MEASURES;
pub use naming::Naming;
pub use page::page;
pub use penalty::Penalty;
pub use size::{Form, Size};
pub use spec::{find, parse};
pub use statistic::{Fold, HeldOutMoments, Statistic, WholeMoments, WholeRows};
