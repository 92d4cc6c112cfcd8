//! What was swept, as the spec of a run says.

use crate::studies::{relu_students::ReluStudents, teacher::Teacher};
use crate::{Error, Result, Run, Study};

/// A study of ensembles along the number of training samples: what it takes to read its points.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// Kind of the study, which its rows carry.
    pub study: &'static str,
    /// What is learnt, where a kind of study has several tasks.
    pub task: Option<String>,
    /// Quantity that says how alike two students are as functions.
    pub alignment: &'static str,
    /// Canonical specs of the measures.
    pub measures: Vec<String>,
    /// Numbers of training samples, ascending.
    pub samples: Vec<usize>,
    /// Number of samples at the interpolation threshold, by counting.
    pub threshold: f64,
    /// What it counts: `n = p`.
    pub threshold_is: &'static str,
    /// Students that fit their targets if they can.
    pub interpolating: Vec<String>,
    /// What they do then, as in `they fit their targets`.
    pub fits_is: &'static str,
    /// Independent ensembles at each point.
    pub draws: usize,
    /// Students of an ensemble.
    pub members: usize,
    /// Test stimuli, on which outputs and hidden layers are compared.
    pub stimuli: usize,
    /// Folds of the measures that fit a map.
    pub folds: usize,
    /// Quantities of which something is expected.
    pub expected: Vec<String>,
    /// How far what is expected is exact.
    pub theory_is: &'static str,
    /// What an error is, in a sentence.
    pub error_is: &'static str,
    /// Whether errors are shares, from 0 to 1.
    pub error_is_share: bool,
    /// What chance levels are, in a sentence.
    pub chance_is: &'static str,
}

impl Sweep {
    /// Name in links and files.
    pub(crate) fn id(&self) -> String {
        match &self.task {
            Some(task) => format!("{}-{task}", self.study),
            None => self.study.to_owned(),
        }
    }

    /// Everything that says how alike students are.
    #[must_use]
    pub fn alignments(&self) -> Vec<&str> {
        [self.alignment].into_iter().chain(self.measures.iter().map(String::as_str)).collect()
    }
}

/// The sweeps of a run, in the order of its studies.
///
/// # Errors
/// [`Error::Spec`] for a spec that no run could have been made by.
pub fn sweeps(run: &Run) -> Result<Vec<Sweep>> {
    let mut sweeps = Vec::new();
    for entry in &run.spec.studies {
        let parameters = serde_json::Value::Object(entry.parameters.clone());
        let wrong = |e: serde_json::Error| Error::Spec {
            place: format!("study `{}`", entry.kind),
            problem: e.to_string(),
        };
        if entry.kind == Teacher::default().kind() {
            sweeps.push(serde_json::from_value::<Teacher>(parameters).map_err(wrong)?.sweep(run));
        } else if entry.kind == ReluStudents::default().kind() {
            let study: ReluStudents = serde_json::from_value(parameters).map_err(wrong)?;
            sweeps.push(study.sweep(run));
        }
    }
    Ok(sweeps)
}
