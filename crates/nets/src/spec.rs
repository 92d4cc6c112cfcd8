//! What to train: the contents of a `SPEC.toml`.

mod networks;
mod stimuli;
mod training;

use consilience_data::Pooling;
use serde::{Deserialize, Serialize};

use crate::architectures::ArchitectureSpec;
use crate::datasets::DatasetSpec;
use crate::{Error, Result};

pub use networks::{NetworkSeeds, NetworksSpec};
pub use stimuli::{CheckpointList, Every, OwnSeverities, ShiftList, ShiftSpec, StimuliSpec, Which};
pub use training::{Augmentation, Labels, LearningRate, Subset, TrainingSpec};

/// Networks to train. The default is the demonstration's: four small networks on the bundled images.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainSpec {
    /// Images and classes.
    pub dataset: DatasetSpec,
    /// Architecture of all networks.
    pub architecture: ArchitectureSpec,
    /// How they learn.
    pub training: TrainingSpec,
    /// Which networks.
    pub networks: NetworksSpec,
    /// What is kept of them.
    pub record: RecordSpec,
    /// What else they are recorded on, once they are trained.
    pub stimuli: StimuliSpec,
}

/// What is kept of every network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordSpec {
    /// Checkpoints inside the first epoch, in steps. One before the first step and one after every epoch are always there.
    pub first_epoch_steps: Vec<u64>,
    /// Poolings of layers with maps, at every checkpoint; fully connected layers are recorded as they are.
    pub poolings: Vec<Pooling>,
    /// More poolings of layers with maps, at the last checkpoint only.
    pub final_poolings: Vec<Pooling>,
    /// Whether the stimuli themselves, normalised as the networks see them, are recorded as a first layer `input`. Left out of
    /// the written form where they are not, so that networks made before are still those of the same spec.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub input: bool,
}

impl Default for RecordSpec {
    fn default() -> Self {
        Self {
            first_epoch_steps: vec![5, 10, 20, 40],
            poolings: vec![Pooling::SpatialMean],
            final_poolings: vec![Pooling::PositionsAsStimuli],
            input: false,
        }
    }
}

impl TrainSpec {
    /// A spec from the text of a TOML file; what is left out has its default.
    ///
    /// # Errors
    /// [`Error::Spec`] for text that is not TOML, unknown keys, and values that [`Self::validate`] refuses.
    pub fn from_toml(text: &str) -> Result<Self> {
        let spec: Self = toml::from_str(text).map_err(|e| {
            let found = e.to_string().trim_end().to_owned();
            Error::spec("TOML", &found, "keys and values as in the documentation of TrainSpec")
        })?;
        spec.validate()?;
        Ok(spec)
    }

    /// Nothing, if the spec can be trained as far as can be said without the data.
    ///
    /// # Errors
    /// [`Error::Spec`] for the first value that is out of range.
    pub fn validate(&self) -> Result<()> {
        self.dataset.validate()?;
        self.training.validate()?;
        if self.record.poolings.is_empty() {
            let expected = "at least one, for instance spatial-mean";
            return Err(Error::spec("record.poolings", &"none", expected));
        }
        self.networks.named(&self.training)?;
        self.architecture.build()?;
        self.stimuli.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        TrainSpec::from_toml(text).map_or_else(|e| e.to_string(), |_| "fine".into())
    }

    #[test]
    fn nothing_is_the_default_and_the_default_survives_toml() {
        assert_eq!(TrainSpec::from_toml("").unwrap(), TrainSpec::default());
        let text = toml::to_string(&TrainSpec::default()).unwrap();
        assert_eq!(TrainSpec::from_toml(&text).unwrap(), TrainSpec::default());
    }

    #[test]
    fn everything_can_be_said() {
        let spec = TrainSpec::from_toml(
            r#"
            dataset = { idx = "data/mnist" }
            architecture = { name = "cnn", channels = [8, 16], hidden = 32 }

            [training]
            epochs = 3
            batch_size = 32
            learning_rate = 0.01
            warmup_steps = 0
            schedule = { step = { epochs = [2], factor = 0.1 } }
            weight_decay = 0.01
            augmentation = { shift = 2, flip = true }
            labels = { noise = 0.2 }
            subset = { share = 0.5, common = 0.25, common_seed = 3 }

            [networks]
            prefix = "a"
            seeds = [1, 1]
            order_seeds = [1, 2]
            label_seeds = [1, 1]
            subset_seeds = [1, 5]

            [record]
            first_epoch_steps = []
            poolings = ["centre"]
            final_poolings = []
            input = true

            [stimuli]
            shifts = ["contrast", { name = "rotation", severities = [2, 5] }]
            severities = [1, 3]
            seed = 9
            datasets = ["digits", { mnist = "data/mnist" }]
            checkpoints = "all"
            poolings = ["spatial-mean"]
            "#,
        )
        .unwrap();
        assert_eq!(spec.dataset.id, "idx");
        let named = spec.networks.named(&spec.training).unwrap();
        let names: Vec<_> = named.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a-seed1", "a-seed1-order2-subset5"]);
        assert!((spec.training.rate(5, 10) - 0.01).abs() < 1e-12);
        assert_eq!(TrainSpec::from_toml(&toml::to_string(&spec).unwrap()).unwrap(), spec);
    }

    #[test]
    fn what_cannot_be_trained_is_said_by_key() {
        let cases = [
            ("epochs = 3", "unknown field `epochs`"),
            ("dataset = 'minst'", "dataset: minst; expected one of"),
            ("training = { epochs = 0 }", "training.epochs: 0; expected at least 1"),
            ("training = { batch_size = 0 }", "training.batch_size"),
            ("training = { learning_rate = -1.0 }", "training.learning_rate: -1"),
            ("training = { weight_decay = -1.0 }", "training.weight_decay: -1"),
            ("training = { labels = { noise = 1.5 } }", "training.labels.noise: 1.5"),
            ("training = { labels = 'random' }", "unknown variant `random`"),
            (
                "training = { subset = { share = 0.0 } }",
                "training.subset.share: 0; expected a number above 0",
            ),
            ("training = { subset = { share = 0.5, common = 2.0 } }", "training.subset.common: 2"),
            (
                "training.schedule.step = { epochs = [8], factor = 0.1 }",
                "schedule.step.epochs: [8]; expected ascending epochs from 1 to 7",
            ),
            ("training.schedule.step = { epochs = [2], factor = 2.0 }", "step.factor: 2"),
            ("networks = { seeds = [] }", "networks.seeds: no seed"),
            ("networks = { seeds = [1, 1] }", "cnn-seed1 twice"),
            ("networks = { order_seeds = [1] }", "networks.order_seeds: 1; expected 4"),
            (
                "networks = { subset_seeds = [1, 2, 3, 4] }",
                "networks.subset_seeds: seeds that nothing",
            ),
            ("networks = { prefix = '../a' }", "networks.prefix: \"../a\""),
            ("record = { poolings = [] }", "record.poolings: none"),
            ("stimuli = { shifts = ['fog'] }", "shift: fog"),
            ("architecture = { name = 'x' }", "architecture.name: x"),
        ];
        for (text, part) in cases {
            assert!(message(text).contains(part), "{text}: {part:?} not in {:?}", message(text));
        }
    }
}
