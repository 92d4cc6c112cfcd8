//! `teacher`: linear students of one teacher, along the number of samples, over signal-to-noise ratios.

mod job;
mod recorded;

use std::collections::BTreeMap;

use consilience_data::{ActivationSource, Representation};
use consilience_teacher::{Inputs, Student, flip_probability};
use serde::{Deserialize, Serialize};

use self::job::Ensembles;
use self::recorded::RecordedEnsembles;
use super::ensembles::{self, ERROR, OUTPUTS, RecordedLayer, Sweep, WEIGHTS};
use crate::{Cell, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow, Table};

/// Ensembles of linear students of one teacher, drawn and not recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Teacher {
    /// What is learnt.
    pub task: Task,
    /// Dimensions of Gaussian inputs, p: at as many samples a student interpolates. Recorded inputs have theirs.
    pub dimensions: usize,
    /// Numbers of training samples, ascending.
    pub samples: Vec<usize>,
    /// Signal-to-noise ratios, ascending: variance of what is true of a target over that of the noise. Labels of classes are
    /// flipped as often as that takes.
    pub signal_to_noise: Vec<f64>,
    /// Whether the students of an ensemble see the same inputs; their noise is their own.
    pub inputs: Vec<Inputs>,
    /// How students learn.
    pub students: Vec<Student>,
    /// Independent ensembles at each point.
    pub draws: usize,
    /// Students of an ensemble.
    pub members: usize,
    /// Units of the hidden layer that the measures read; with labels at least as many as classes.
    pub hidden: usize,
    /// Noiseless stimuli that the measures read; of recorded ones none that is trained on.
    pub stimuli: usize,
    /// What measures of the spec are expected to be, in terms of the cosine of the weights. Of recorded inputs nothing is known.
    pub expected: BTreeMap<String, Relation>,
}

/// What is learnt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Task {
    /// A linear teacher on standard Gaussian inputs, with Gaussian noise.
    #[default]
    Gaussian,
    /// A linear teacher on recorded stimuli, with Gaussian noise: real inputs, and a truth that is known.
    Values {
        /// Layer whose activations are the inputs; `input` are the stimuli themselves. Of the first network that has it, at
        /// its last checkpoint.
        layer: String,
    },
    /// The labels of recorded stimuli, with flips. Each draw deals the stimuli to training and test anew.
    Labels {
        /// As of `values`.
        layer: String,
    },
}

impl Task {
    /// Name in rows; those of Gaussian inputs carry none.
    fn name(&self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Values { .. } => "values",
            Self::Labels { .. } => "labels",
        }
    }

    /// Layer whose activations are the inputs.
    fn layer(&self) -> Option<&str> {
        match self {
            Self::Gaussian => None,
            Self::Values { layer } | Self::Labels { layer } => Some(layer),
        }
    }
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
            task: Task::Gaussian,
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
        if self.task != Task::Gaussian && !self.expected.is_empty() {
            let known = "the hidden layers of students on recorded inputs are not of rank one";
            return problem(format!(
                "expected is given, but of measures nothing is known: {known}"
            ));
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
    /// Dimensions of the inputs, and number of outputs.
    fn sizes(&self, run: &Run) -> (usize, usize) {
        let Some(layer) = self.task.layer() else { return (self.dimensions, 1) };
        let mut layers = run.networks.iter().flat_map(|network| &network.layers);
        let units = layers.find(|(name, _)| name == layer).map_or(0, |(_, units)| *units);
        let outputs =
            if matches!(self.task, Task::Labels { .. }) { run.classes.len().max(1) } else { 1 };
        (units, outputs)
    }

    /// What it takes to read its points.
    pub(super) fn sweep(&self, run: &Run) -> Sweep {
        let measures: Vec<String> =
            run.spec.measures.iter().map(|spec| super::measure(spec).spec()).collect();
        let of_measures = run.spec.measures.iter().zip(&measures);
        let with_theory = of_measures
            .filter(|(written, _)| self.expected.contains_key(*written))
            .map(|(_, canonical)| canonical.clone());
        let gaussian = self.task == Task::Gaussian;
        let alignment = if gaussian { WEIGHTS } else { OUTPUTS };
        Sweep {
            study: "teacher",
            task: (!gaussian).then(|| self.task.name().to_owned()),
            alignment,
            samples: self.samples.clone(),
            threshold: self.sizes(run).0 as f64,
            threshold_is: "n = p",
            interpolating: vec![Student::MinimumNorm.name()],
            fits_is: "fit their targets, which takes inputs of rank n",
            draws: self.draws,
            members: self.members,
            stimuli: self.stimuli,
            folds: run.spec.folds,
            expected: [alignment.to_owned()]
                .into_iter()
                .chain(with_theory)
                .chain([ERROR.to_owned()])
                .collect(),
            theory_is: if gaussian {
                "exact for minimum-norm students, the limit of many dimensions for the others"
            } else {
                "exact in the mean over the noise, given the inputs of these draws and what is true of them"
            },
            error_is: match self.task {
                Task::Gaussian => {
                    "The error is the squared distance of the weights from the teacher's, as a share of the teacher's squared norm."
                }
                Task::Values { .. } => {
                    "The error is the squared distance of the outputs from what the teacher says of noiseless test stimuli, as a share of its sum of squares."
                }
                Task::Labels { .. } => {
                    "The error is the squared distance of the outputs from the true classes of noiseless test stimuli (one output a class, centred), as a share of their sum of squares."
                }
            },
            error_is_share: false,
            chance_is: if gaussian {
                "students of the same noise without a teacher"
            } else {
                "students of noise alone"
            },
            measures,
        }
    }

    fn lead(&self, run: &Run) -> String {
        let (dimensions, outputs) = self.sizes(run);
        let ask = "How alike do students of one teacher become, each with noise of its own?";
        let along = "along the number of training samples through the interpolation threshold, for several signal-to-noise ratios; the noise is on the targets and independent between students, the inputs are shared or independent as each figure says.";
        let read = format!(
            "the measures on a hidden layer of {} units over {} noiseless stimuli.",
            self.hidden, self.stimuli
        );
        let name = &run.stimuli;
        match &self.task {
            Task::Gaussian => format!(
                "{ask} Linear students with {dimensions} inputs, {along} Alignment is measured on weights, and by {read}"
            ),
            Task::Values { layer } => format!(
                "The same on inputs that are neither Gaussian nor isotropic: `{name}` from `{layer}` ({dimensions} values a stimulus), of which a linear teacher says values; linear students, {along} Alignment is measured on what students say of stimuli that none is trained on, and by {read}"
            ),
            Task::Labels { layer } => {
                let flips = |ratio: &f64| {
                    let share = 100.0 * flip_probability(*ratio, outputs);
                    format!("{share:.1} % at SNR {ratio}")
                };
                let flips: Vec<String> = self.signal_to_noise.iter().map(flips).collect();
                format!(
                    "The same on real data: the {outputs} classes of `{name}` from `{layer}` ({dimensions} values a stimulus), with flipped labels ({}); linear students, {along} What is true of the classes is no linear function, and no theory of it is used: a student is linear in its targets, so what noise adds to it follows from the inputs, and what it would be without noise is computed from the true labels. Alignment is measured on what students say of stimuli that none is trained on, and by {read}",
                    flips.join(", ")
                )
            }
        }
    }
}

impl Study for Teacher {
    fn kind(&self) -> &'static str {
        "teacher"
    }

    fn reads_activations(&self) -> bool {
        self.task != Task::Gaussian
    }

    fn design(&self, _: &[Representation], _: &Groups) -> Result<Vec<Cell>> {
        Ok(Vec::new())
    }

    fn jobs(&self, spec: &StudySpec, source: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
        self.check(spec)?;
        let layer = self.task.layer();
        let layer = layer
            .map(|layer| RecordedLayer::find(self.kind(), layer, source.representations()))
            .transpose()?;
        let mut jobs: Vec<Box<dyn Job>> = Vec::new();
        for &inputs in &self.inputs {
            for &samples in &self.samples {
                jobs.push(match layer.clone() {
                    None => Box::new(Ensembles::new(self, spec, inputs, samples)?),
                    Some(layer) => {
                        Box::new(RecordedEnsembles::new(self, spec, layer, inputs, samples)?)
                    }
                });
            }
        }
        Ok(jobs)
    }

    fn summaries(&self, _: &Table, _: &StudySpec) -> Vec<SummaryRow> {
        Vec::new()
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        let title = match self.task {
            Task::Gaussian => "Signal, noise and sample size",
            Task::Values { .. } => {
                "Signal, noise and sample size: linear students on recorded inputs"
            }
            Task::Labels { .. } => "Signal, noise and sample size: linear students of real classes",
        };
        vec![ensembles::section(&self.sweep(run), table, title, self.lead(run))]
    }
}
