//! How long a study will take on this machine: its multiply-adds at the rate of a product, and all else at what a small part of
//! it takes on made-up activations. Nothing of it reaches a result.

mod jobs;
mod made_up;
mod moments;
mod part;
mod rows;

pub use self::part::Growth;
pub(crate) use self::part::close_together;

use consilience_data::ActivationSource;

use crate::run::{Planned, PlannedStudy};
use crate::{Result, StudySpec};

/// Seconds that some work takes: the clock of who asks, as a study has none.
pub type Stopwatch<'a> = &'a dyn Fn(&mut dyn FnMut()) -> f64;

/// The machine as far as estimates know it.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    /// Multiply-adds a second of an f32 product that is accumulated in f64, on the threads of the pool.
    pub rate: f64,
    /// The clock.
    pub stopwatch: Stopwatch<'a>,
}

/// Seconds that each study of a spec will take, one a study, on the threads of the pool it is called in.
///
/// A small part of each kind of work is timed on made-up activations of the same shapes. No activations are read.
///
/// # Errors
/// As [`crate::plan`].
pub fn estimate(
    spec: &StudySpec,
    source: &dyn ActivationSource,
    machine: Machine<'_>,
) -> Result<Vec<f64>> {
    let planned = Planned::new(spec, source)?;
    let costs = crate::plan(spec, source, None)?;
    let of = |(study, cost): (&PlannedStudy, &crate::StudyPlan)| {
        let of_cells = moments::seconds(&planned, study, source, machine)?
            + rows::seconds(&planned, study, source, machine.stopwatch)?;
        let of_jobs = jobs::seconds(&planned, study, (spec, source), machine)?;
        Ok(cost.multiply_adds as f64 / machine.rate + of_cells + of_jobs)
    };
    planned.studies.iter().zip(&costs.studies).map(of).collect()
}
