//! `teacher`: linear students of one teacher, along the number of samples, over signal-to-noise ratios.

mod job;

use std::collections::BTreeMap;

use consilience_data::{ActivationSource, Representation};
use consilience_teacher::{Inputs, Student};
use serde::{Deserialize, Serialize};

use self::job::Ensembles;
use super::ensembles::{self, ERROR, Sweep, WEIGHTS};
use crate::{Cell, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow, Table};

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

impl Teacher {
    fn check(&self, spec: &StudySpec) -> Result<()> {
        let problem = |found: String| Err(ensembles::problem(self.kind(), found));
        ensembles::check_axes(self.kind(), &self.samples, &self.signal_to_noise)?;
        let least = [
            ("dimensions", self.dimensions, 2),
            ("draws", self.draws, 2),
            ("members", self.members, 2),
            ("hidden", self.hidden, 1),
            ("stimuli", self.stimuli, 2 * spec.folds),
        ];
        ensembles::check_least(self.kind(), &least)?;
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

impl Teacher {
    /// What it takes to read its points.
    pub(super) fn sweep(&self, run: &Run) -> Sweep {
        let measures: Vec<String> =
            run.spec.measures.iter().map(|spec| super::measure(spec).spec()).collect();
        let of_measures = run.spec.measures.iter().zip(&measures);
        let with_theory = of_measures
            .filter(|(written, _)| self.expected.contains_key(*written))
            .map(|(_, canonical)| canonical.clone());
        Sweep {
            study: "teacher",
            task: None,
            alignment: WEIGHTS,
            samples: self.samples.clone(),
            threshold: self.dimensions as f64,
            threshold_is: "n = p",
            interpolating: vec![Student::MinimumNorm.name()],
            draws: self.draws,
            members: self.members,
            folds: run.spec.folds,
            expected: [WEIGHTS.to_owned()]
                .into_iter()
                .chain(with_theory)
                .chain([ERROR.to_owned()])
                .collect(),
            error_is: "The error is the squared distance of the weights from the teacher's, as a share of the teacher's squared norm.",
            error_is_share: false,
            chance_is: "students of the same noise without a teacher",
            measures,
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

    fn jobs(&self, spec: &StudySpec, _: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
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
        let lead = format!(
            "How alike do students of one teacher become, each with noise of its own? Linear students with {} inputs, along the number of training samples through the interpolation threshold, for several signal-to-noise ratios; the noise is on the targets and independent between students, the inputs are shared or independent as each figure says. Alignment is measured on weights, and by the measures on a hidden layer of {} units over {} noiseless stimuli.",
            self.dimensions, self.hidden, self.stimuli
        );
        vec![ensembles::section(&self.sweep(run), table, "Signal, noise and sample size", lead)]
    }
}
