//! `noise`: a layer of pairs of networks over signal-to-noise ratios of noise that is added to both sides.

mod compared;
mod correction;
mod job;
mod noisy;
mod sections;
mod theory;
mod verdicts;

use std::collections::BTreeMap;

use consilience_data::{ActivationSource, Representation};
use serde::{Deserialize, Serialize};

use self::job::Curve;
pub use self::theory::Attenuation;
use super::selection::Selection;
use crate::{
    Cell, Draws, Error, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow, Table,
};

/// Scores of activations with independent Gaussian noise.
///
/// The signal-to-noise ratio is the variance of a unit over all rows, divided by the variance of the noise that is added to
/// it: every unit has the same. Both sides get noise, twice each, so that the reliability of each side is known and scores
/// that are correlations can be corrected for attenuation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Noise {
    /// Which comparisons.
    #[serde(flatten)]
    pub selection: Selection,
    /// Signal-to-noise ratios, ascending.
    pub signal_to_noise: Vec<f64>,
    /// Independent draws of all noise.
    pub repeats: usize,
    /// Draws from each null for each draw of the noise.
    pub draws: Draws,
    /// How far a corrected score may be from the score without noise and count as recovered.
    pub tolerance: f64,
    /// What measures of the spec are expected to become, from what they are without noise.
    pub expected: BTreeMap<String, Attenuation>,
}

impl Default for Noise {
    /// Ratios from 1/4 to 32, five draws of the noise, four shuffles each, a tolerance of 0.02.
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            signal_to_noise: vec![0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
            repeats: 5,
            draws: Draws { shuffle: 4, rotation: 0 },
            tolerance: 0.02,
            expected: BTreeMap::new(),
        }
    }
}

const KIND: &str = "noise";
/// The score without added noise; its row is at noise-to-signal 0.
const CLEAN: &str = "without noise";
/// The score of noisy activations.
const RAW: &str = "score";
/// The score of two noisy copies of one representation, mean over networks.
const RELIABILITY: &str = "reliability";
/// The score corrected for attenuation.
const CORRECTED: &str = "corrected";

impl Noise {
    fn check(&self, spec: &StudySpec) -> Result<()> {
        let problem =
            |problem: String| Err(Error::Spec { place: format!("study `{KIND}`"), problem });
        let ratios = &self.signal_to_noise;
        let positive = ratios.iter().all(|r| *r > 0.0 && r.is_finite());
        if ratios.is_empty() || !positive || !ratios.is_sorted_by(|a, b| a < b) {
            return problem(format!(
                "signal-to-noise = {ratios:?}; expected ascending numbers above 0"
            ));
        }
        if self.repeats < 2 {
            return problem(format!("repeats = {}; expected at least 2", self.repeats));
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return problem(format!("tolerance = {}; expected a number above 0", self.tolerance));
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

impl Study for Noise {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn design(&self, _: &[Representation], _: &Groups) -> Result<Vec<Cell>> {
        Ok(Vec::new())
    }

    fn jobs(&self, spec: &StudySpec, source: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
        let catalogue = source.representations();
        self.check(spec)?;
        let places = self.selection.places(KIND, catalogue, &spec.groups)?;
        let job = |place| Ok(Box::new(Curve::new(self, spec, catalogue, place)?) as Box<dyn Job>);
        places.into_iter().map(job).collect()
    }

    fn summaries(&self, _: &Table, _: &StudySpec) -> Vec<SummaryRow> {
        Vec::new()
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        vec![sections::noise(self, table, run)]
    }
}
