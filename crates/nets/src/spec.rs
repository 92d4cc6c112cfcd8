//! What to train: the contents of a `SPEC.toml`.

use consilience_data::Pooling;
use serde::{Deserialize, Serialize};

use crate::architectures::ArchitectureSpec;
use crate::datasets::DatasetSpec;
use crate::{Error, Result};

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
}

/// How networks learn: Adam on the cross entropy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingSpec {
    /// Passes over the training images.
    pub epochs: u64,
    /// Images in a step; the last step of an epoch may have fewer.
    pub batch_size: usize,
    /// Full learning rate.
    pub learning_rate: f64,
    /// Steps in which the learning rate grows linearly to the full one. Without them some seeds lose units to a first
    /// step that is too long, and never get them back.
    pub warmup_steps: u64,
    /// How the learning rate goes on.
    pub schedule: LearningRate,
}

impl Default for TrainingSpec {
    fn default() -> Self {
        Self {
            epochs: 8,
            batch_size: 64,
            learning_rate: 0.003,
            warmup_steps: 40,
            schedule: LearningRate::Cosine,
        }
    }
}

/// How the learning rate depends on the step, after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LearningRate {
    /// The same for all steps.
    Constant,
    /// Half a cosine, from the full rate to zero at the end of the last epoch.
    Cosine,
}

impl TrainingSpec {
    /// Learning rate of the step after `step` of `n_steps` steps.
    #[must_use]
    pub fn rate(&self, step: u64, n_steps: u64) -> f64 {
        let warm = ((step + 1) as f64 / self.warmup_steps.max(1) as f64).min(1.0);
        let share = match self.schedule {
            LearningRate::Constant => 1.0,
            LearningRate::Cosine => {
                let done = step as f64 / n_steps.max(1) as f64;
                0.5 * (1.0 + (std::f64::consts::PI * done).cos())
            }
        };
        self.learning_rate * warm * share
    }
}

/// Which networks: one for each seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworksSpec {
    /// Begin of the names; network names are `<prefix>-seed<seed>`.
    pub prefix: String,
    /// Seeds of the initial weights.
    pub seeds: Vec<u64>,
    /// Seeds of the order of the training images, one a network; left out, they are those of the initial weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_seeds: Option<Vec<u64>>,
}

impl Default for NetworksSpec {
    fn default() -> Self {
        Self { prefix: "cnn".into(), seeds: vec![1, 2, 3, 4], order_seeds: None }
    }
}

/// The two seeds of a network. Equal numbers do not give equal random streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSeeds {
    /// Seed of the initial weights.
    pub initialisation: u64,
    /// Seed of the order of the training images.
    pub order: u64,
}

impl NetworksSpec {
    /// Name and seeds of every network: `cnn-seed1`, or `cnn-seed1-order2` where the seeds differ.
    ///
    /// # Errors
    /// [`Error::Spec`] if there is no seed, the lists differ in length, a name occurs twice or is no name for a folder.
    pub fn named(&self) -> Result<Vec<(String, NetworkSeeds)>> {
        let Self { prefix, seeds, order_seeds } = self;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if prefix.is_empty() || prefix.starts_with('.') || !prefix.chars().all(plain) {
            let expected = "letters, digits, '-', '_' and '.', no '.' at the begin";
            return Err(Error::spec("networks.prefix", &format!("{prefix:?}"), expected));
        }
        if seeds.is_empty() {
            return Err(Error::spec("networks.seeds", &"no seed", "one seed for each network"));
        }
        let orders = order_seeds.as_ref().unwrap_or(seeds);
        if orders.len() != seeds.len() {
            let expected = format!("{}, one for each of networks.seeds", seeds.len());
            return Err(Error::spec("networks.order_seeds", &orders.len(), expected));
        }
        let mut named: Vec<(String, NetworkSeeds)> = Vec::new();
        for (&initialisation, &order) in seeds.iter().zip(orders) {
            let mut name = format!("{prefix}-seed{initialisation}");
            if order != initialisation {
                name = format!("{name}-order{order}");
            }
            if named.iter().any(|(other, _)| *other == name) {
                return Err(Error::spec(
                    "networks.seeds",
                    &format!("{name} twice"),
                    "different seeds",
                ));
            }
            named.push((name, NetworkSeeds { initialisation, order }));
        }
        Ok(named)
    }
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
}

impl Default for RecordSpec {
    fn default() -> Self {
        Self {
            first_epoch_steps: vec![5, 10, 20, 40],
            poolings: vec![Pooling::SpatialMean],
            final_poolings: vec![Pooling::PositionsAsStimuli],
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
        let TrainingSpec { epochs, batch_size, learning_rate, .. } = self.training;
        if epochs == 0 {
            return Err(Error::spec("training.epochs", &0, "at least 1"));
        }
        if batch_size == 0 {
            return Err(Error::spec("training.batch_size", &0, "at least 1"));
        }
        if !(learning_rate.is_finite() && learning_rate > 0.0) {
            return Err(Error::spec("training.learning_rate", &learning_rate, "a number above 0"));
        }
        if self.record.poolings.is_empty() {
            return Err(Error::spec(
                "record.poolings",
                &"none",
                "at least one, for instance spatial-mean",
            ));
        }
        self.networks.named()?;
        self.architecture.build()?;
        Ok(())
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
            training = { epochs = 3, batch_size = 32, learning_rate = 0.01, warmup_steps = 0, schedule = "constant" }
            networks = { prefix = "a", seeds = [1, 1], order_seeds = [1, 2] }
            record = { first_epoch_steps = [], poolings = ["centre"], final_poolings = [] }
            "#,
        )
        .unwrap();
        assert_eq!(spec.dataset, DatasetSpec::Idx("data/mnist".into()));
        let names: Vec<_> =
            spec.networks.named().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a-seed1", "a-seed1-order2"]);
        assert_eq!(spec.training.rate(5, 10), 0.01);
    }

    #[test]
    fn what_cannot_be_trained_is_said_by_key() {
        let cases = [
            ("epochs = 3", "unknown field `epochs`"),
            ("dataset = 'mnist'", "unknown variant `mnist`"),
            ("training = { epochs = 0 }", "training.epochs: 0; expected at least 1"),
            ("training = { batch_size = 0 }", "training.batch_size"),
            ("training = { learning_rate = -1.0 }", "training.learning_rate: -1"),
            ("networks = { seeds = [] }", "networks.seeds: no seed"),
            ("networks = { seeds = [1, 1] }", "cnn-seed1 twice"),
            ("networks = { order_seeds = [1] }", "networks.order_seeds: 1; expected 4"),
            ("networks = { prefix = '../a' }", "networks.prefix: \"../a\""),
            ("record = { poolings = [] }", "record.poolings: none"),
            ("architecture = { name = 'x' }", "architecture.name: x"),
        ];
        for (text, part) in cases {
            assert!(message(text).contains(part), "{text}: {part:?} not in {:?}", message(text));
        }
    }

    #[test]
    fn the_rate_grows_linearly_then_follows_a_cosine_to_zero() {
        let training =
            TrainingSpec { learning_rate: 2.0, warmup_steps: 4, ..TrainingSpec::default() };
        let rate = |step| training.rate(step, 1_000);
        assert_eq!(rate(0), 0.5);
        assert!((rate(3) - 2.0).abs() < 1e-3, "{}", rate(3));
        assert!((rate(500) - 1.0).abs() < 1e-12);
        assert_eq!(rate(1_000), 0.0);
    }
}
