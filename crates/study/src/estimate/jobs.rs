//! Seconds of the work whose rows a study makes itself.

use consilience_data::{ActivationSource, Quiet};

use super::Machine;
use super::made_up::MadeUp;
use crate::job::{Excerpt, Job, Setup};
use crate::plan::Cost;
use crate::run::{Planned, PlannedStudy};
use crate::{Result, StudySpec};

/// Seconds of all jobs of a study beside their products of moments. Jobs that read as much, multiply as much and have as many
/// steps take as long: one of them is timed.
pub(super) fn seconds(
    planned: &Planned,
    study: &PlannedStudy,
    (spec, source): (&StudySpec, &dyn ActivationSource),
    machine: Machine<'_>,
) -> Result<f64> {
    let (catalogue, n) = (source.representations(), source.stimuli().len());
    let mut known: Vec<((u64, Cost), f64)> = Vec::new();
    let mut total = 0.0;
    for job in study.jobs() {
        let shape = (job.steps(), job.cost(catalogue, n, planned.blocks.len()));
        // What reads nothing differs in what neither steps nor cost tell.
        let alike = known.iter().find(|(of, _)| *of == shape && shape.1 != Cost::default());
        if let Some((_, seconds)) = alike {
            total += seconds;
            continue;
        }
        let seconds = of_job(planned, job, (spec, source), machine)?;
        known.push((shape, seconds));
        total += seconds;
    }
    Ok(total)
}

fn of_job(
    planned: &Planned,
    job: &dyn Job,
    (spec, source): (&StudySpec, &dyn ActivationSource),
    machine: Machine<'_>,
) -> Result<f64> {
    let Excerpt { job: part, times, growth } = job.excerpt();
    let (catalogue, n) = (source.representations(), source.stimuli().len());
    let n_blocks = planned.blocks.len();
    let mut first = fewest_stimuli(source, n_blocks).min(n);
    while first < n && part.check(&MadeUp::like(source, first)).is_err() {
        first = (2 * first).min(n);
    }
    let beside_products = |n: usize| {
        let source = MadeUp::like(source, n);
        let setup = Setup { spec, source: &source, progress: &Quiet, memory: None };
        let mut outcome = Ok(());
        let seconds = (machine.stopwatch)(&mut || outcome = part.rows(&setup).map(drop));
        outcome?;
        let products = part.cost(catalogue, n, n_blocks).multiply_adds as f64 / machine.rate;
        Ok((seconds - products).max(0.0))
    };
    Ok(times * growth.seconds((first, n), beside_products)?)
}

/// Stimuli of each block, at the least.
pub(super) const PER_BLOCK: usize = 8;

/// Rows for each unit of the widest layer, so that moments have full rank.
pub(super) const PER_UNIT: usize = 2;

/// Stimuli that a part is timed on at first.
pub(super) fn fewest_stimuli(source: &dyn ActivationSource, n_blocks: usize) -> usize {
    let of = source.representations().iter();
    let of = of.map(|r| (PER_UNIT * r.n_units).div_ceil(r.rows_per_stimulus.max(1)));
    of.max().unwrap_or(0).max(PER_BLOCK * n_blocks)
}
