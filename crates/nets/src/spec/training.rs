//! How networks learn.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How networks learn: Adam on the cross entropy.
///
/// Keys that were added after the first version are left out of the written form where they have their default, so that
/// networks made before are still those of the same spec.
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
    /// Share of a weight that a step takes away, in units of the learning rate, apart from the gradient (Loshchilov & Hutter
    /// 2019). Applies to matrices and kernels, not to biases and the parameters of normalisations.
    #[serde(skip_serializing_if = "is_default")]
    pub weight_decay: f64,
    /// How training images are changed each time they are seen.
    #[serde(skip_serializing_if = "is_default")]
    pub augmentation: Augmentation,
    /// Which labels are learned.
    #[serde(skip_serializing_if = "is_default")]
    pub labels: Labels,
    /// Which training images are seen.
    #[serde(skip_serializing_if = "is_default")]
    pub subset: Subset,
}

impl Default for TrainingSpec {
    fn default() -> Self {
        Self {
            epochs: 8,
            batch_size: 64,
            learning_rate: 0.003,
            warmup_steps: 40,
            schedule: LearningRate::Cosine,
            weight_decay: 0.0,
            augmentation: Augmentation::default(),
            labels: Labels::default(),
            subset: Subset::default(),
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// How the learning rate depends on the step, after the warm-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LearningRate {
    /// The same for all steps.
    Constant,
    /// Half a cosine, from the full rate to zero at the end of the last epoch.
    Cosine,
    /// `{ step = { epochs = [4, 6], factor = 0.1 } }`: multiplied by the factor after each of these epochs.
    Step {
        /// Epochs done, ascending.
        epochs: Vec<u64>,
        /// Above 0, below 1.
        factor: f64,
    },
}

/// How a training image is changed each time it is seen; test images and stimuli never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Moved by up to so many pixels, independently down and to the right, every distance as likely as any other; what
    /// comes in is black.
    pub shift: usize,
    /// Mirrored left to right, every second time on average.
    pub flip: bool,
}

/// Which labels are learned. Test labels are always the true ones.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Labels {
    /// Those of the data set.
    #[default]
    True,
    /// Those of the data set, dealt to the training images at random: nothing but memory helps.
    Shuffled,
    /// `{ noise = 0.2 }`: each label is replaced with this probability by another class, each other class as likely.
    Noise(f64),
}

/// Which training images are seen: of each class the same share, drawn by a seed of the network.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subset {
    /// Share of the training images.
    pub share: f64,
    /// Part of the subset that is the same for every network, whatever its seed; the rest is drawn from the other images.
    pub common: f64,
    /// Seed of the common part.
    pub common_seed: u64,
}

impl Default for Subset {
    fn default() -> Self {
        Self { share: 1.0, common: 0.0, common_seed: 0 }
    }
}

impl Subset {
    /// Whether not all images are seen.
    #[must_use]
    pub fn is_proper(&self) -> bool {
        self.share < 1.0
    }
}

impl TrainingSpec {
    /// Learning rate of the step after `step` of `n_steps` steps.
    #[must_use]
    pub fn rate(&self, step: u64, n_steps: u64) -> f64 {
        let warm = ((step + 1) as f64 / self.warmup_steps.max(1) as f64).min(1.0);
        let share = match &self.schedule {
            LearningRate::Constant => 1.0,
            LearningRate::Cosine => {
                let done = step as f64 / n_steps.max(1) as f64;
                0.5 * (1.0 + (std::f64::consts::PI * done).cos())
            }
            LearningRate::Step { epochs, factor } => {
                let epoch = step * self.epochs / n_steps.max(1);
                let past = epochs.iter().filter(|&&at| at <= epoch).count();
                factor.powi(past as i32)
            }
        };
        self.learning_rate * warm * share
    }

    /// Nothing, if networks can be trained so.
    ///
    /// # Errors
    /// [`Error::Spec`] for the first value that is out of range.
    pub fn validate(&self) -> Result<()> {
        let share = |key: &str, value: f64, from_zero: bool| {
            let above = if from_zero { value >= 0.0 } else { value > 0.0 };
            if above && value <= 1.0 {
                return Ok(());
            }
            let least = if from_zero { "from 0" } else { "above 0" };
            Err(Error::spec(key, &value, format!("a number {least}, at most 1")))
        };
        if self.epochs == 0 {
            return Err(Error::spec("training.epochs", &0, "at least 1"));
        }
        if self.batch_size == 0 {
            return Err(Error::spec("training.batch_size", &0, "at least 1"));
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            let rate = self.learning_rate;
            return Err(Error::spec("training.learning_rate", &rate, "a number above 0"));
        }
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            let decay = self.weight_decay;
            return Err(Error::spec("training.weight_decay", &decay, "0 or a number above"));
        }
        if let LearningRate::Step { epochs, factor } = &self.schedule {
            let ascending = epochs.windows(2).all(|pair| pair[0] < pair[1]);
            let inside = epochs.iter().all(|&epoch| epoch > 0 && epoch < self.epochs);
            if epochs.is_empty() || !ascending || !inside {
                let expected = format!("ascending epochs from 1 to {}", self.epochs - 1);
                return Err(Error::spec(
                    "training.schedule.step.epochs",
                    &format!("{epochs:?}"),
                    expected,
                ));
            }
            if !(*factor > 0.0 && *factor < 1.0) {
                let key = "training.schedule.step.factor";
                return Err(Error::spec(key, factor, "a number between 0 and 1"));
            }
        }
        if let Labels::Noise(probability) = self.labels {
            share("training.labels.noise", probability, false)?;
        }
        share("training.subset.share", self.subset.share, false)?;
        share("training.subset.common", self.subset.common, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_rate_falls_by_its_factor_after_the_given_epochs() {
        let schedule = LearningRate::Step { epochs: vec![2, 3], factor: 0.5 };
        let training = TrainingSpec {
            epochs: 4,
            learning_rate: 8.0,
            warmup_steps: 0,
            schedule,
            ..TrainingSpec::default()
        };
        let rates: Vec<f64> = (0..12).map(|step| training.rate(step, 12)).collect();
        assert_eq!(rates, [8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 4.0, 4.0, 4.0, 2.0, 2.0, 2.0]);
    }

    #[test]
    fn what_is_new_is_not_written_where_it_is_the_default() {
        let keys: Vec<String> =
            toml::Table::try_from(TrainingSpec::default()).unwrap().keys().cloned().collect();
        assert_eq!(keys.len(), 5, "{keys:?}");
        let noise = TrainingSpec { labels: Labels::Noise(0.2), ..TrainingSpec::default() };
        let text = toml::to_string(&noise).unwrap();
        assert_eq!(toml::from_str::<TrainingSpec>(&text).unwrap(), noise);
    }
}
