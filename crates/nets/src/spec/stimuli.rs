//! More stimuli than the test images: which networks are recorded on, once they are trained.

use consilience_data::Pooling;
use serde::{Deserialize, Serialize};

use crate::datasets::DatasetSpec;
use crate::shifts::{self, MOST_SEVERE};
use crate::{Error, Result};

/// More sets of stimuli that the trained networks are recorded on. Nothing in it changes the networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StimuliSpec {
    /// Shifts of the test images: `"all"`, or a list.
    pub shifts: ShiftList,
    /// Severities of shifts that name none of their own.
    pub severities: Vec<u8>,
    /// Seed of what is random in shifts.
    pub seed: u64,
    /// Other data sets, whose test images are shown; made to fit the networks by scaling and cropping to their size.
    pub datasets: Vec<DatasetSpec>,
    /// Checkpoints that are recorded.
    pub checkpoints: CheckpointList,
    /// Poolings of layers with maps; left out, they are those of `record.poolings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poolings: Option<Vec<Pooling>>,
}

impl Default for StimuliSpec {
    fn default() -> Self {
        Self {
            shifts: ShiftList::These(Vec::new()),
            severities: (1..=MOST_SEVERE).collect(),
            seed: 1,
            datasets: Vec::new(),
            checkpoints: CheckpointList::Named(Which::Last),
            poolings: None,
        }
    }
}

/// Which shifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "shifts are \"all\", or a list of names or { name = NAME, severities = [S, …] }"
)]
pub enum ShiftList {
    /// `"all"`: every shift that can be applied to the images.
    Every(Every),
    /// A list of some.
    These(Vec<ShiftSpec>),
}

/// The word for everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// `"all"`
    All,
}

/// One shift: its name, or `{ name = "rotation", severities = [2] }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ShiftSpec {
    /// With the severities of all.
    Name(String),
    /// With severities of its own.
    Severities(OwnSeverities),
}

/// A shift with severities of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnSeverities {
    /// Id of a shift.
    pub name: String,
    /// From 1 to 5.
    pub severities: Vec<u8>,
}

/// Which checkpoints: `"last"`, `"all"`, or a list of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "checkpoints are \"last\", \"all\", or a list of names such as \"epoch-01\""
)]
pub enum CheckpointList {
    /// A word.
    Named(Which),
    /// Names of checkpoints.
    These(Vec<String>),
}

/// Words for checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// The trained network.
    Last,
    /// Every checkpoint.
    All,
}

impl StimuliSpec {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shifts == ShiftList::These(Vec::new()) && self.datasets.is_empty()
    }

    /// Every shift that is asked for with its severities, ascending; `channels` are those of the images.
    pub(crate) fn shifts(&self, channels: usize) -> Result<Vec<(&'static shifts::Entry, Vec<u8>)>> {
        let severities = |own: &[u8]| {
            let mut severities = own.to_vec();
            severities.sort_unstable();
            severities.dedup();
            severities
        };
        match &self.shifts {
            ShiftList::Every(Every::All) => {
                let fits = |entry: &&shifts::Entry| entry.info.needs.are_met(channels);
                let all = shifts::SHIFTS.iter().filter(fits);
                Ok(all.map(|entry| (entry, severities(&self.severities))).collect())
            }
            ShiftList::These(these) => these
                .iter()
                .map(|shift| match shift {
                    ShiftSpec::Name(name) => {
                        Ok((shifts::find(name)?, severities(&self.severities)))
                    }
                    ShiftSpec::Severities(OwnSeverities { name, severities: own }) => {
                        Ok((shifts::find(name)?, severities(own)))
                    }
                })
                .collect(),
        }
    }

    /// Whether a checkpoint is recorded; `is_last` is said of the trained network.
    pub(crate) fn wants(&self, checkpoint: &str, is_last: bool) -> bool {
        match &self.checkpoints {
            CheckpointList::Named(Which::Last) => is_last,
            CheckpointList::Named(Which::All) => true,
            CheckpointList::These(names) => names.iter().any(|name| name == checkpoint),
        }
    }

    /// Nothing, if the sets can be made as far as can be said without the data.
    ///
    /// # Errors
    /// [`Error::Spec`] for an unknown shift or data set, one that occurs twice, a severity out of range, no checkpoint.
    pub fn validate(&self) -> Result<()> {
        let mut seen: Vec<&str> = Vec::new();
        // Whether the images have colours is not known here.
        for (entry, severities) in self.shifts(3)? {
            let id = entry.info.id;
            if seen.contains(&id) {
                return Err(Error::spec(
                    "stimuli.shifts",
                    &format!("{id} twice"),
                    "every shift once",
                ));
            }
            seen.push(id);
            let wrong = severities.iter().find(|s| !(1..=MOST_SEVERE).contains(*s));
            if wrong.is_some() || severities.is_empty() {
                let expected = format!("at least one number from 1 to {MOST_SEVERE}");
                let found = format!("{severities:?} of {id}");
                return Err(Error::spec("stimuli.severities", &found, expected));
            }
        }
        for dataset in &self.datasets {
            dataset.validate()?;
        }
        if self.checkpoints == CheckpointList::These(Vec::new()) {
            let expected = "\"last\", \"all\", or names of checkpoints";
            return Err(Error::spec("stimuli.checkpoints", &"none", expected));
        }
        if self.poolings.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::spec("stimuli.poolings", &"none", "at least one"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> StimuliSpec {
        toml::from_str(text).expect(text)
    }

    #[test]
    fn shifts_are_named_with_or_without_severities_of_their_own() {
        let all = spec("shifts = 'all'\nseverities = [3, 1, 3]");
        all.validate().unwrap();
        let ids = |channels| -> Vec<&str> {
            all.shifts(channels).unwrap().iter().map(|(entry, _)| entry.info.id).collect()
        };
        assert_eq!(ids(3).len(), shifts::SHIFTS.len());
        assert!(!ids(1).contains(&"grey"));
        assert_eq!(all.shifts(1).unwrap()[0].1, [1, 3]);
        let some = spec("shifts = ['blur', { name = 'rotation', severities = [5] }]");
        let some = some.shifts(1).unwrap();
        assert_eq!((some[0].1.len(), some[1].1.as_slice()), (5, &[5][..]));
        assert!(spec("").is_empty());
    }

    #[test]
    fn checkpoints_are_the_last_all_or_named() {
        let wants = |text: &str| {
            let spec = spec(text);
            [("step-000000", false), ("epoch-01", false), ("epoch-02", true)]
                .map(|(name, is_last)| spec.wants(name, is_last))
        };
        assert_eq!(wants(""), [false, false, true]);
        assert_eq!(wants("checkpoints = 'all'"), [true; 3]);
        assert_eq!(wants("checkpoints = ['epoch-01']"), [false, true, false]);
    }

    #[test]
    fn mistakes_are_said_by_key() {
        for (text, part) in [
            ("shifts = ['fog']", "shift: fog; expected one of: grey"),
            ("shifts = ['blur', 'blur']", "stimuli.shifts: blur twice"),
            ("shifts = ['blur']\nseverities = [0]", "stimuli.severities: [0] of blur"),
            ("shifts = [{ name = 'blur', severities = [6] }]", "[6] of blur"),
            ("shifts = ['blur']\nseverities = []", "at least one number from 1 to 5"),
            ("datasets = ['minst']", "dataset: minst"),
            ("checkpoints = []", "stimuli.checkpoints: none"),
            ("poolings = []", "stimuli.poolings: none"),
        ] {
            let e = spec(text).validate().unwrap_err().to_string();
            assert!(e.contains(part), "{text}: {e}");
        }
        let e = toml::from_str::<StimuliSpec>("shifts = 'some'").unwrap_err().to_string();
        assert!(e.contains("shifts are \"all\", or a list"), "{e}");
    }
}
