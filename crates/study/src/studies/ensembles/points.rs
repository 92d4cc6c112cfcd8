//! Points by the curve that they are on.

use super::{INPUTS, RATIO, STUDENT, Sweep, TASK};
use crate::{PointRow, Table};

/// Points of a sweep that have a value.
#[derive(Debug, Clone)]
pub struct Points<'a>(Vec<&'a PointRow>);

impl<'a> Points<'a> {
    /// Those of a table.
    #[must_use]
    pub fn of(table: &'a Table, sweep: &Sweep) -> Self {
        Self::among(table.points(sweep.study), sweep)
    }

    /// Those among some rows of the study of the sweep.
    pub(super) fn among(rows: impl Iterator<Item = &'a PointRow>, sweep: &Sweep) -> Self {
        let here =
            |p: &&PointRow| p.estimate().is_some() && p.series.get(TASK) == sweep.task.as_ref();
        Self(rows.filter(here).collect())
    }

    /// Values of a parameter, in the order in which they first occur.
    pub(super) fn values(&self, parameter: &str) -> Vec<&'a str> {
        let mut values: Vec<&str> = Vec::new();
        for value in self.0.iter().filter_map(|p| p.series.get(parameter)) {
            if !values.contains(&&**value) {
                values.push(value);
            }
        }
        values
    }

    /// Whether a quantity is among them.
    pub(super) fn have(&self, quantity: &str) -> bool {
        self.0.iter().any(|p| p.quantity == quantity)
    }

    /// One curve, along the samples.
    #[must_use]
    pub fn curve(&self, quantity: &str, place: &Place<'_>) -> Vec<&'a PointRow> {
        let here = |p: &&&PointRow| {
            p.quantity == quantity
                && p.series.get(INPUTS).is_some_and(|v| v == place.inputs)
                && p.series.get(STUDENT).is_some_and(|v| v == place.student)
                && p.series.get(RATIO).is_some_and(|v| v == place.ratio)
        };
        let mut points: Vec<&PointRow> = self.0.iter().filter(here).copied().collect();
        points.sort_by(|a, b| a.at.total_cmp(&b.at));
        points
    }

    /// Every combination of parameters.
    #[must_use]
    pub fn places(&self) -> Vec<Place<'a>> {
        let mut places = Vec::new();
        for inputs in self.values(INPUTS) {
            for student in self.values(STUDENT) {
                let ratios = self.values(RATIO).into_iter();
                places.extend(ratios.map(|ratio| Place { inputs, student, ratio }));
            }
        }
        places
    }
}

/// Which curve of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whether inputs are shared.
    pub inputs: &'a str,
    /// Which students.
    pub student: &'a str,
    /// Signal-to-noise ratio.
    pub ratio: &'a str,
}
