//! When in training a network is saved and recorded.

use crate::{Error, Result, TrainSpec};

/// A checkpoint that a spec asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCheckpoint {
    /// `step-000005` before the end of the first epoch, `epoch-01` from then on.
    pub name: String,
    /// Optimiser steps done.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
}

/// Checkpoints of a spec for `n_train` training images, in the order of training: before the first step, at the given steps
/// inside the first epoch, after every epoch.
///
/// # Errors
/// [`Error::Spec`] if a step is not inside the first epoch, or not after the one before.
pub fn planned_checkpoints(spec: &TrainSpec, n_train: usize) -> Result<Vec<PlannedCheckpoint>> {
    let steps = steps_per_epoch(spec, n_train);
    let inside = &spec.record.first_epoch_steps;
    let mut before = 0;
    for &step in inside {
        if step <= before || step >= steps {
            let found = format!("{inside:?} with {steps} steps an epoch");
            let expected = format!("ascending steps from 1 to {}", steps - 1);
            return Err(Error::spec("record.first_epoch_steps", &found, expected));
        }
        before = step;
    }
    let inside = std::iter::once(0).chain(inside.iter().copied()).map(|step| PlannedCheckpoint {
        name: format!("step-{step:06}"),
        step,
        epoch: step as f64 / steps as f64,
    });
    let after = (1..=spec.training.epochs).map(|epoch| PlannedCheckpoint {
        name: format!("epoch-{epoch:02}"),
        step: epoch * steps,
        epoch: epoch as f64,
    });
    Ok(inside.chain(after).collect())
}

/// Optimiser steps of one pass; the last batch may be smaller.
pub(crate) fn steps_per_epoch(spec: &TrainSpec, n_train: usize) -> u64 {
    n_train.div_ceil(spec.training.batch_size) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_records_before_inside_and_after_the_first_epoch() {
        let mut spec = TrainSpec::default();
        spec.training.epochs = 2;
        let names: Vec<_> = planned_checkpoints(&spec, 5000)
            .unwrap()
            .into_iter()
            .map(|c| (c.name, c.step))
            .collect();
        let names: Vec<_> = names.iter().map(|(name, step)| (name.as_str(), *step)).collect();
        let expected = [
            ("step-000000", 0),
            ("step-000005", 5),
            ("step-000010", 10),
            ("step-000020", 20),
            ("step-000040", 40),
            ("epoch-01", 79),
            ("epoch-02", 158),
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn steps_outside_the_first_epoch_are_an_error() {
        let e = planned_checkpoints(&TrainSpec::default(), 640).unwrap_err().to_string();
        assert!(e.contains("[5, 10, 20, 40] with 10 steps an epoch"), "{e}");
    }
}
