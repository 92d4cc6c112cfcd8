//! `teacher`: linear students of one teacher, along the number of samples, over signal-to-noise ratios.

mod job;
mod sections;
mod verdicts;

use std::collections::BTreeMap;

use consilience_data::Representation;
use consilience_teacher::{Inputs, Student};
use serde::{Deserialize, Serialize};

use self::job::Ensembles;
use crate::{Cell, Error, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow, Table};

/// Ensembles of linear students of one teacher, drawn and not recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Teacher {
    /// Dimensions of the inputs, p: at as many samples a student interpolates.
    pub dimensions: usize,
    /// Numbers of training samples, ascending.
    pub samples: Vec<usize>,
    /// Signal-to-noise ratios, ascending: variance of what the teacher says over that of the noise.
    pub signal_to_noise: Vec<f64>,
    /// Whether the students of an ensemble see the same inputs; their noise is their own.
    pub inputs: Vec<Inputs>,
    /// How students learn.
    pub students: Vec<Student>,
    /// Independent ensembles at each point.
    pub draws: usize,
    /// Students of an ensemble.
    pub members: usize,
    /// Units of the hidden layer that the measures read.
    pub hidden: usize,
    /// Noiseless stimuli that the measures read.
    pub stimuli: usize,
    /// What measures of the spec are expected to be, in terms of the cosine of the weights.
    pub expected: BTreeMap<String, Relation>,
}

/// What theory says of a measure of two hidden layers of rank one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// It is the size of the cosine of the weights.
    Cosine,
    /// It is the square of the cosine.
    SquaredCosine,
}

impl Relation {
    fn of(self, cosine: f64) -> f64 {
        match self {
            Self::Cosine => cosine.abs(),
            Self::SquaredCosine => cosine * cosine,
        }
    }
}

impl Default for Teacher {
    fn default() -> Self {
        Self {
            dimensions: 100,
            samples: vec![10, 25, 50, 75, 90, 95, 105, 110, 125, 150, 200, 400, 1000],
            signal_to_noise: vec![1.0, 3.0, 10.0],
            inputs: vec![Inputs::Shared, Inputs::Independent],
            students: vec![
                Student::MinimumNorm,
                Student::OptimalRidge,
                Student::GradientFlow { time: 10.0 },
            ],
            draws: 60,
            members: 2,
            hidden: 8,
            stimuli: 300,
            expected: BTreeMap::new(),
        }
    }
}

/// Name of the alignment of weights among the quantities.
pub(crate) const WEIGHTS: &str = "cosine of weights";
/// Name of the generalisation error among the quantities.
pub(crate) const ERROR: &str = "generalisation error";
/// Names of the parameters of a curve.
pub(crate) const STUDENT: &str = "student";
pub(crate) const INPUTS: &str = "inputs";
pub(crate) const RATIO: &str = "signal-to-noise";
const SAMPLES: &str = "training samples";

impl Teacher {
    fn check(&self, spec: &StudySpec) -> Result<()> {
        let problem =
            |problem: String| Err(Error::Spec { place: "study `teacher`".to_owned(), problem });
        let ascending = |found: &[f64]| {
            found.windows(2).all(|w| w[0] < w[1]) && found.iter().all(|v| *v > 0.0 && v.is_finite())
        };
        let samples: Vec<f64> = self.samples.iter().map(|&n| n as f64).collect();
        for (name, found) in [("samples", &samples), ("signal-to-noise", &self.signal_to_noise)] {
            if found.is_empty() || !ascending(found) {
                return problem(format!("{name} = {found:?}; expected ascending numbers above 0"));
            }
        }
        let least = [
            ("dimensions", self.dimensions, 2),
            ("draws", self.draws, 2),
            ("members", self.members, 2),
            ("hidden", self.hidden, 1),
            ("stimuli", self.stimuli, 2 * spec.folds),
        ];
        for (name, found, least) in least {
            if found < least {
                return problem(format!("{name} = {found}; expected at least {least}"));
            }
        }
        if self.inputs.is_empty() || self.students.is_empty() {
            return problem("no inputs or no students; leave them out for the usual ones".into());
        }
        for student in &self.students {
            if let Err(found) = student.validate() {
                return problem(format!("student `{}`: {found}", student.name()));
            }
        }
        match self.expected.keys().find(|m| !spec.measures.contains(m)) {
            Some(m) => problem(format!(
                "expected names `{m}`, which is not among the measures ({})",
                spec.measures.join(", ")
            )),
            None => Ok(()),
        }
    }
}

impl Study for Teacher {
    fn kind(&self) -> &'static str {
        "teacher"
    }

    fn reads_activations(&self) -> bool {
        false
    }

    fn design(&self, _: &[Representation], _: &Groups) -> Result<Vec<Cell>> {
        Ok(Vec::new())
    }

    fn jobs(&self, spec: &StudySpec, _: &[Representation]) -> Result<Vec<Box<dyn Job>>> {
        self.check(spec)?;
        let mut jobs: Vec<Box<dyn Job>> = Vec::new();
        for &inputs in &self.inputs {
            for &samples in &self.samples {
                jobs.push(Box::new(Ensembles::new(self, spec, inputs, samples)?));
            }
        }
        Ok(jobs)
    }

    fn summaries(&self, _: &Table, _: &StudySpec) -> Vec<SummaryRow> {
        Vec::new()
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        vec![sections::teacher(self, table, run)]
    }
}
