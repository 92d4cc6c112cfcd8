//! What the studies of ensembles of students have in common: curves along the number of training samples, one for each
//! signal-to-noise ratio; what is found in them, said of them and shown of them.

mod checks;
mod figures;
mod findings;
mod points;
mod recorded;
pub(super) mod row;
pub(super) mod scores;
pub(super) mod side_by_side;
mod sweep;
mod verdicts;

pub use findings::{
    AGREE, Agreement, Decoupling, Dip, Monotone, NEAR, NoDip, agreement, decoupling, dip,
    interpolated_up_to, monotone, residual, threshold,
};
pub use points::{Place, Points, Valued};
pub use sweep::{Sweep, sweeps};

pub(super) use checks::{check_axes, check_least, problem};
pub(super) use figures::section;
pub(super) use recorded::RecordedLayer;

/// Name of the alignment of weights among the quantities.
pub const WEIGHTS: &str = "cosine of weights";
/// Name of the alignment of outputs among the quantities.
pub const OUTPUTS: &str = "cosine of outputs";
/// Name of the generalisation error among the quantities.
pub const ERROR: &str = "generalisation error";
/// Name of the share of stimuli that is classified wrongly among the quantities.
pub const WRONG: &str = "share classified wrongly";
/// Name of the share of students that interpolate among the quantities.
pub const INTERPOLATING: &str = "share that interpolates";

/// Names of the parameters of a curve.
pub(crate) const TASK: &str = "task";
pub(crate) const STUDENT: &str = "student";
pub(crate) const INPUTS: &str = "inputs";
pub(crate) const RATIO: &str = "signal-to-noise";

/// What is along the axis.
pub(crate) const SAMPLES: &str = "training samples";
