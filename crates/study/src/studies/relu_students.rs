//! `relu-students`: two-layer ReLU students, along the number of samples, over signal-to-noise ratios.

mod job;

use consilience_data::{ActivationSource, Representation};
use consilience_teacher::{Descent, Learner, Size, flip_probability};
use serde::{Deserialize, Serialize};

use self::job::{Inputs, OneNumber};
use super::ensembles::{self, OUTPUTS, Sweep};
use crate::{Cell, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow, Table};

/// Ensembles of two-layer ReLU students that share their training inputs; weights to begin with and noise are their own.
/// Trained here and not recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ReluStudents {
    /// What is learnt.
    pub task: Task,
    /// Numbers of training samples, ascending.
    pub samples: Vec<usize>,
    /// Signal-to-noise ratios, ascending: variance of what is true of a target over that of the noise. Labels of classes are
    /// flipped as often as that takes.
    pub signal_to_noise: Vec<f64>,
    /// Hidden units of a student, h.
    pub units: usize,
    /// Deviation of the initial weights, times the root of the number of inputs to a unit.
    pub initial_scale: f64,
    /// How students are trained.
    pub training: Descent,
    /// Independent ensembles at each point.
    pub draws: usize,
    /// Students of an ensemble.
    pub members: usize,
    /// Noiseless stimuli, none of them trained on, that students are compared and tested on.
    pub stimuli: usize,
}

/// What is learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Task {
    /// Regression: the function of a two-layer ReLU teacher on Gaussian inputs, with Gaussian noise.
    Teacher {
        /// Dimensions of the inputs, p.
        dimensions: usize,
        /// Hidden units of the teacher.
        units: usize,
    },
    /// Classification: the labels of the stimuli of the activation store, with flips. Each draw deals the stimuli to training
    /// and test anew.
    Labels {
        /// Layer whose activations are the inputs; `input` are the stimuli themselves. Of the first network that has it, at
        /// its last checkpoint.
        layer: String,
    },
}

impl Task {
    /// Name in rows.
    fn name(&self) -> &'static str {
        match self {
            Self::Teacher { .. } => "teacher",
            Self::Labels { .. } => "labels",
        }
    }
}

impl Default for ReluStudents {
    fn default() -> Self {
        Self {
            task: Task::Teacher { dimensions: 10, units: 4 },
            samples: vec![10, 20, 40, 70, 100, 125, 145, 165, 200, 300, 500],
            signal_to_noise: vec![1.0, 3.0, 10.0],
            units: 12,
            initial_scale: 0.5,
            training: Descent::default(),
            draws: 10,
            members: 10,
            stimuli: 300,
        }
    }
}

impl ReluStudents {
    fn check(&self, spec: &StudySpec) -> Result<()> {
        ensembles::check_axes(self.kind(), &self.samples, &self.signal_to_noise)?;
        let mut least = vec![
            ("draws", self.draws, 2),
            ("members", self.members, 2),
            ("units", self.units, 1),
            ("stimuli", self.stimuli, 2 * spec.folds),
        ];
        if let Task::Teacher { dimensions, units } = self.task {
            least.extend([("dimensions", dimensions, 1), ("units of the teacher", units, 1)]);
        }
        ensembles::check_least(self.kind(), &least)?;
        let scale = self.initial_scale;
        if !(scale.is_finite() && scale > 0.0) {
            let problem = format!("initial-scale = {scale}; expected a number above 0");
            return Err(ensembles::problem(self.kind(), problem));
        }
        let training = |found| ensembles::problem(self.kind(), format!("training: {found}"));
        self.training.validate().map_err(training)
    }

    fn learner(&self) -> Learner {
        Learner { units: self.units, initial_scale: self.initial_scale, descent: self.training }
    }

    /// Name of the students in rows.
    fn student(&self) -> String {
        format!("relu {}", self.units)
    }

    /// Sizes of a student, for inputs and classes of the run.
    fn size(&self, run: &Run) -> Size {
        let (dimensions, outputs) = match &self.task {
            Task::Teacher { dimensions, .. } => (*dimensions, 1),
            Task::Labels { layer } => {
                let mut layers = run.networks.iter().flat_map(|network| &network.layers);
                let units = layers.find(|(name, _)| name == layer).map_or(0, |(_, units)| *units);
                (units, run.classes.len().max(1))
            }
        };
        Size { dimensions, units: self.units, outputs }
    }

    /// What it takes to read its points.
    pub(super) fn sweep(&self, run: &Run) -> Sweep {
        let is_classes = matches!(self.task, Task::Labels { .. });
        Sweep {
            study: "relu-students",
            task: Some(self.task.name().to_owned()),
            alignment: OUTPUTS,
            measures: run.spec.measures.iter().map(|m| super::measure(m).spec()).collect(),
            samples: self.samples.clone(),
            threshold: self.size(run).threshold(),
            threshold_is: if is_classes { "n · classes = weights" } else { "n = weights" },
            interpolating: vec![self.student()],
            fits_is: "get to the tolerance of their training",
            draws: self.draws,
            members: self.members,
            stimuli: self.stimuli,
            folds: run.spec.folds,
            expected: Vec::new(),
            theory_is: "none is known",
            error_is: if is_classes {
                "The error is the share of noiseless test stimuli that a student classifies wrongly."
            } else {
                "The error is the mean squared distance of the outputs from the teacher's, as a share of the variance of the teacher's, over noiseless test stimuli."
            },
            error_is_share: is_classes,
            chance_is: "students of noise alone",
        }
    }

    fn lead(&self, run: &Run) -> String {
        let size = self.size(run);
        let task = match &self.task {
            Task::Teacher { dimensions, units } => format!(
                "regression on a random two-layer ReLU teacher of {units} units on {dimensions} Gaussian inputs, with Gaussian noise"
            ),
            Task::Labels { layer } => {
                let flips = |ratio: &f64| {
                    let share = 100.0 * flip_probability(*ratio, size.outputs);
                    format!("{share:.1} % at SNR {ratio}")
                };
                let flips: Vec<String> = self.signal_to_noise.iter().map(flips).collect();
                format!(
                    "the {} classes of `{}` from `{layer}` ({} values a stimulus), with flipped labels: {}",
                    size.outputs,
                    run.stimuli,
                    size.dimensions,
                    flips.join(", ")
                )
            }
        };
        format!(
            "The same of networks that are not linear, and trained: two-layer ReLU students of {} hidden units and {} weights, full-batch Adam on the squared error of at most {} steps, each with weights to begin with and noise of its own on the same inputs. Task: {task}. The signal-to-noise ratio is the variance of what is true of a target over that of the noise. Measures read the hidden layer on {} noiseless test stimuli; hidden units that say nothing there are left out.",
            self.units,
            size.parameters(),
            self.training.steps,
            self.stimuli
        )
    }
}

impl Study for ReluStudents {
    fn kind(&self) -> &'static str {
        "relu-students"
    }

    fn reads_activations(&self) -> bool {
        matches!(self.task, Task::Labels { .. })
    }

    fn design(&self, _: &[Representation], _: &Groups) -> Result<Vec<Cell>> {
        Ok(Vec::new())
    }

    fn jobs(&self, spec: &StudySpec, source: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
        let catalogue = source.representations();
        self.check(spec)?;
        let inputs = match &self.task {
            Task::Teacher { dimensions, units } => {
                Inputs::Drawn { dimensions: *dimensions, units: *units }
            }
            Task::Labels { layer } => {
                Inputs::Recorded(ensembles::RecordedLayer::find(self.kind(), layer, catalogue)?)
            }
        };
        let job = |&samples: &usize| {
            let job = OneNumber::new(self, spec, inputs.clone(), samples)?;
            Ok(Box::new(job) as Box<dyn Job>)
        };
        self.samples.iter().map(job).collect()
    }

    fn summaries(&self, _: &Table, _: &StudySpec) -> Vec<SummaryRow> {
        Vec::new()
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        let title = match self.task {
            Task::Teacher { .. } => "Signal, noise and sample size: ReLU students of a teacher",
            Task::Labels { .. } => "Signal, noise and sample size: ReLU students of real classes",
        };
        vec![ensembles::section(&self.sweep(run), table, title, self.lead(run))]
    }
}
