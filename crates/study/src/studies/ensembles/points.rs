//! Points by the curve that they are on.

use consilience_inference::Estimate;

use super::{INPUTS, RATIO, STUDENT, Sweep, TASK};
use crate::studies::words;
use crate::{PointRow, Table};

/// A point that has a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Valued<'a> {
    /// The point.
    pub row: &'a PointRow,
    /// Its value with the interval over draws.
    pub estimate: &'a Estimate,
}

impl<'a> Valued<'a> {
    /// The point with its value, if it has one.
    #[must_use]
    pub fn of(row: &'a PointRow) -> Option<Self> {
        row.estimate().map(|estimate| Self { row, estimate })
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.estimate.value
    }

    /// Lower and upper end of the interval; the value itself without one.
    #[must_use]
    pub fn ends(&self) -> [f64; 2] {
        self.estimate.interval.unwrap_or([self.estimate.value; 2])
    }

    /// Number of training samples.
    #[must_use]
    pub fn at(&self) -> f64 {
        self.row.at
    }
}

/// Points of a sweep: those that have a value on their curves, the others counted.
#[derive(Debug, Clone)]
pub struct Points<'a> {
    valued: Vec<Valued<'a>>,
    without_value: Vec<&'a PointRow>,
}

impl<'a> Points<'a> {
    /// Those of a table.
    #[must_use]
    pub fn of(table: &'a Table, sweep: &Sweep) -> Self {
        Self::among(table.points(sweep.study), sweep)
    }

    /// Those among some rows of the study of the sweep.
    pub(super) fn among(rows: impl Iterator<Item = &'a PointRow>, sweep: &Sweep) -> Self {
        let (mut valued, mut without_value) = (Vec::new(), Vec::new());
        for row in rows.filter(|p| p.series.get(TASK) == sweep.task.as_ref()) {
            match Valued::of(row) {
                Some(point) => valued.push(point),
                None => without_value.push(row),
            }
        }
        Self { valued, without_value }
    }

    /// How many points of these quantities have no value, as a clause that begins with a semicolon; nothing if all have one.
    ///
    /// What is found in curves is found in the points that have a value: whoever says it also says how many have none.
    #[must_use]
    pub fn missing(&self, quantities: &[&str]) -> String {
        let missing = |p: &&&PointRow| quantities.contains(&p.quantity.as_str());
        match self.without_value.iter().filter(missing).count() {
            0 => String::new(),
            1 => "; 1 point has no value and takes no part".to_owned(),
            n => format!("; {} have no value and take no part", words::count(n, "point")),
        }
    }

    /// Those of one kind of students and of inputs.
    pub(super) fn of_students(&self, student: &str, inputs: &str) -> Self {
        let here = |p: &PointRow| {
            p.series.get(STUDENT).is_some_and(|v| v == student)
                && p.series.get(INPUTS).is_some_and(|v| v == inputs)
        };
        Self {
            valued: self.valued.iter().filter(|p| here(p.row)).copied().collect(),
            without_value: self.without_value.iter().filter(|p| here(p)).copied().collect(),
        }
    }

    /// Values of a parameter, in the order in which they first occur.
    pub(super) fn values(&self, parameter: &str) -> Vec<&'a str> {
        let mut values: Vec<&str> = Vec::new();
        for value in self.valued.iter().filter_map(|p| p.row.series.get(parameter)) {
            if !values.contains(&&**value) {
                values.push(value);
            }
        }
        values
    }

    /// Whether a quantity is among them.
    pub(super) fn have(&self, quantity: &str) -> bool {
        self.valued.iter().any(|p| p.row.quantity == quantity)
    }

    /// One curve, along the samples.
    #[must_use]
    pub fn curve(&self, quantity: &str, place: &Place<'_>) -> Vec<Valued<'a>> {
        let here = |p: &&Valued<'_>| {
            let p = p.row;
            p.quantity == quantity
                && p.series.get(INPUTS).is_some_and(|v| v == place.inputs)
                && p.series.get(STUDENT).is_some_and(|v| v == place.student)
                && p.series.get(RATIO).is_some_and(|v| v == place.ratio)
        };
        let mut points: Vec<Valued<'_>> = self.valued.iter().filter(here).copied().collect();
        points.sort_by(|a, b| a.at().total_cmp(&b.at()));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::PointOutcome;
    use crate::studies::ensembles::{ERROR, WEIGHTS};

    fn row(quantity: &str, at: f64, outcome: PointOutcome) -> PointRow {
        let series = [(INPUTS, "shared"), (STUDENT, "minimum-norm"), (RATIO, "1")];
        PointRow {
            schema: 2,
            key: String::new(),
            study: "teacher".into(),
            series: BTreeMap::from(series.map(|(k, v)| (k.to_owned(), v.to_owned()))),
            axis: "training samples".into(),
            at,
            quantity: quantity.into(),
            n_draws: 9,
            n_pairs: 1,
            outcome,
            warnings: Vec::new(),
        }
    }

    fn value(value: f64) -> PointOutcome {
        let estimate = Estimate::bare(value);
        PointOutcome::Value { estimate, expected: None, chance: None }
    }

    fn none() -> PointOutcome {
        PointOutcome::Error { message: "nothing varies".into() }
    }

    #[test]
    fn points_without_a_value_are_on_no_curve_and_counted() {
        let run = crate::Run {
            version: String::new(),
            spec: crate::StudySpec::parse(
                "name = 's'\nmeasures = ['linear-cka']\n[[study]]\nkind = 'teacher'",
                "test",
            )
            .expect("a spec"),
            stimuli: String::new(),
            n_stimuli: 0,
            stimuli_digest: String::new(),
            classes: Vec::new(),
            networks: Vec::new(),
        };
        let sweep = super::super::sweeps(&run).expect("sweeps").remove(0);
        let rows = [
            row(WEIGHTS, 40.0, value(0.5)),
            row(WEIGHTS, 10.0, value(0.25)),
            row(WEIGHTS, 20.0, none()),
            row(ERROR, 10.0, none()),
            row(ERROR, 20.0, none()),
        ];
        let points = Points::among(rows.iter(), &sweep);
        let place = Place { inputs: "shared", student: "minimum-norm", ratio: "1" };
        let curve = points.curve(WEIGHTS, &place);
        assert_eq!(
            curve.iter().map(|p| (p.at(), p.value())).collect::<Vec<_>>(),
            [(10.0, 0.25), (40.0, 0.5)]
        );
        // Without an interval both ends are the value.
        assert_eq!(curve[0].ends(), [0.25, 0.25]);
        assert_eq!(points.missing(&[WEIGHTS]), "; 1 point has no value and takes no part");
        let all = points.missing(&[WEIGHTS, ERROR]);
        assert_eq!(all, "; 3 points have no value and take no part");
        assert_eq!(points.missing(&["linear-cka"]), "");
        let others = points.of_students("optimal-ridge", "shared");
        assert_eq!(others.missing(&[WEIGHTS]), "");
        assert!(others.curve(WEIGHTS, &place).is_empty());
    }
}
