//! A study as it is written down: `STUDY.toml`.

use std::sync::Arc;

use consilience_measures::DynMeasure;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, Groups, Result, Study, studies};

/// What to compare, how, and how sure to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StudySpec {
    /// Name, for the title of the report.
    pub name: String,
    /// Folder of the activation store, relative to the file of the spec; left out where no study reads activations.
    #[serde(default)]
    pub activations: String,
    /// Measures, as specs: `id` or `id:key=value,key=value`; left out where no study compares by them.
    #[serde(default)]
    pub measures: Vec<String>,
    /// Seed of blocks, nulls and bootstrap.
    #[serde(default = "defaults::seed")]
    pub seed: u64,
    /// Folds of the cross-validation.
    #[serde(default = "defaults::folds")]
    pub folds: usize,
    /// Blocks of stimuli: the grain of folds and jackknife. Fewer if there are fewer than two stimuli a block.
    #[serde(default = "defaults::blocks")]
    pub blocks: usize,
    /// What to do with units that are constant over a fit or eval set.
    #[serde(default)]
    pub constant_units: ConstantUnits,
    /// Draws of the bootstrap over networks.
    #[serde(default = "defaults::bootstrap_draws")]
    pub bootstrap_draws: usize,
    /// Networks by architecture, or by whatever else tells kinds of them apart.
    #[serde(default, skip_serializing_if = "Groups::is_empty")]
    pub groups: Groups,
    /// The studies, in order.
    #[serde(rename = "study")]
    pub studies: Vec<StudyEntry>,
}

/// Measures that were parsed; several jobs may have them.
pub(crate) type Measures = Arc<[Box<dyn DynMeasure>]>;

impl StudySpec {
    /// Its measures, in their order.
    pub(crate) fn parsed_measures(&self) -> Result<Measures> {
        let parsed = self.measures.iter().map(|spec| consilience_measures::parse(spec));
        Ok(parsed.collect::<std::result::Result<_, _>>()?)
    }
}

/// What to do with units that are constant over a fit or eval set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConstantUnits {
    /// The cell fails with a message.
    #[default]
    Refuse,
    /// They take no part, and are counted.
    Drop,
}

impl From<ConstantUnits> for consilience_statistics::UnitPolicy {
    fn from(policy: ConstantUnits) -> Self {
        match policy {
            ConstantUnits::Refuse => Self::Refuse,
            ConstantUnits::Drop => Self::Drop,
        }
    }
}

/// One study of a spec: its kind, and the parameters of that kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyEntry {
    /// Kind, as listed in [`studies::STUDIES`].
    pub kind: String,
    /// Parameters; each kind checks its own.
    #[serde(flatten)]
    pub parameters: Map<String, Value>,
}

/// Draws from each null for a cell. The rotation null is drawn for measures that match units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draws {
    /// Random orders of the stimuli.
    pub shuffle: usize,
    /// Random rotations of x.
    pub rotation: usize,
}

mod defaults {
    pub(super) fn seed() -> u64 {
        1
    }
    pub(super) fn folds() -> usize {
        5
    }
    pub(super) fn blocks() -> usize {
        20
    }
    pub(super) fn bootstrap_draws() -> usize {
        2000
    }
}

impl StudySpec {
    /// Reads a spec.
    ///
    /// # Errors
    /// [`Error::Spec`] with the place in the file, or the error of a measure.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        let problem = |problem: String| Error::Spec { place: place.to_owned(), problem };
        let mut spec: Self = toml::from_str(text).map_err(|e| problem(e.to_string()))?;
        if spec.studies.is_empty() {
            let kinds: Vec<&str> = studies::STUDIES.iter().map(|s| s.kind).collect();
            let kinds = kinds.join(", ");
            return Err(problem(format!("no [[study]]; add one with kind = one of {kinds}")));
        }
        for measure in &mut spec.measures {
            *measure = consilience_measures::parse(measure)?.spec();
        }
        let uses_measures = spec.studies()?.iter().any(|study| study.uses_measures());
        if uses_measures && spec.measures.is_empty() {
            return Err(problem(
                "no measures; name some, `consilience measures` lists them".into(),
            ));
        }
        Ok(spec)
    }

    /// Whether a study of it reads recorded activations.
    ///
    /// # Errors
    /// As [`Self::studies`].
    pub fn reads_activations(&self) -> Result<bool> {
        Ok(self.studies()?.iter().any(|study| study.reads_activations()))
    }

    /// The studies with their parameters checked.
    ///
    /// # Errors
    /// [`Error::Spec`] for an unknown kind or parameter.
    pub fn studies(&self) -> Result<Vec<Box<dyn Study>>> {
        self.studies.iter().map(|entry| studies::build(entry)).collect()
    }

    /// The spec as TOML, all defaults filled in.
    ///
    /// # Panics
    /// Never for a spec that was parsed: it is plain data.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a spec is plain data")
    }
}
