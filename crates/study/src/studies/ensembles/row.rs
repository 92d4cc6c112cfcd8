//! The row of a point of an ensemble.

use std::collections::BTreeMap;

use super::scores::n_pairs;
use super::{INPUTS, RATIO, SAMPLES, STUDENT, TASK};
use crate::Row;
use crate::point::{PointOutcome, PointRow};
use crate::row::SCHEMA;

/// Which ensembles a job makes: what all of its rows say.
pub(crate) struct Made<'a> {
    pub(crate) study: &'static str,
    /// What is learnt, where a kind of study has several tasks.
    pub(crate) task: Option<&'static str>,
    pub(crate) inputs: &'a str,
    pub(crate) samples: usize,
    pub(crate) draws: usize,
    pub(crate) members: usize,
}

impl Made<'_> {
    /// What came out of a quantity of the ensembles of a student at a signal-to-noise ratio.
    pub(crate) fn row(
        &self,
        (student, ratio): (String, f64),
        quantity: String,
        outcome: PointOutcome,
        key: String,
    ) -> Row {
        let task = self.task.map(|task| (TASK, task.to_owned()));
        let place =
            [(STUDENT, student), (INPUTS, self.inputs.to_owned()), (RATIO, ratio.to_string())];
        let series = place.into_iter().chain(task).map(|(name, value)| (name.to_owned(), value));
        Row::Point(Box::new(PointRow {
            schema: SCHEMA,
            key,
            study: self.study.to_owned(),
            series: series.collect::<BTreeMap<String, String>>(),
            axis: SAMPLES.to_owned(),
            at: self.samples as f64,
            quantity,
            n_draws: self.draws,
            n_pairs: n_pairs(self.members),
            outcome,
            warnings: Vec::new(),
        }))
    }
}
