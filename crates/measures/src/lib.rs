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
mod kernel;
mod linear_map;
mod map_score;
mod measure;
pub mod measures;
mod naming;
mod neighbourhood;
pub mod packages;
mod page;
mod penalty;
mod predictor;
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
pub use kernel::{Bandwidth, Rbf};
pub use map_score::MapScore;
pub use measure::{DynMeasure, Measure};
pub use measures::MEASURES;
pub use naming::Naming;
pub use neighbourhood::{Near, Neighbourhood};
pub use page::page;
pub use penalty::Penalty;
pub use size::{Form, Size};
pub use spec::{find, parse};
pub use statistic::{Fold, HeldOutMoments, Statistic, WholeMoments, WholeRows};

/// Why rows whose products overflow, or lose their digits, are refused.
fn out_of_range(rows: &consilience_statistics::RowSet) -> String {
    let longest = rows.squared_norms().iter().copied().fold(0.0, f64::max).sqrt();
    format!(
        "a row of {} has length {longest:.1e}, beyond what can be squared in its precision; record it in other units",
        rows.name()
    )
}
