//! `linear`: layers without nonlinearities.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::pass::{before_nothing, scaled, weight_and_bias};
use super::{Architecture, Layer, Pass, Task, positive};
use crate::weights::Parameter;
use crate::{Error, Result};

/// Fully connected layers `fc1`, `fc2`, … without nonlinearities; the last one gives the logits. What it computes is linear
/// whatever its depth, but how it learns is not (Saxe et al. 2014).
///
/// | parameter | default | purpose |
/// |---|---|---|
/// | `depth` | 1 | number of layers, the logits among them |
/// | `width` | 64 | units of every layer but the last |
/// | `initial_scale` | 1 | factor on all initial weights; small ones give the rich regime of learning |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Linear {
    /// Number of layers.
    pub depth: usize,
    /// Units of every layer but the last.
    pub width: usize,
    /// Factor on initial weights.
    pub initial_scale: f64,
}

impl Default for Linear {
    fn default() -> Self {
        Self { depth: 1, width: 64, initial_scale: 1.0 }
    }
}

impl Linear {
    pub(super) const SUMMARY: &str = "fully connected layers without nonlinearities";

    /// Units of every layer.
    fn sizes(&self, task: Task) -> Result<Vec<usize>> {
        positive("depth", self.depth)?;
        positive("width", self.width)?;
        if !(self.initial_scale.is_finite() && self.initial_scale > 0.0) {
            let scale = self.initial_scale;
            return Err(Error::spec("architecture.initial_scale", &scale, "a number above 0"));
        }
        let hidden = std::iter::repeat_n(self.width, self.depth - 1);
        Ok(hidden.chain([task.n_classes]).collect())
    }
}

impl Architecture for Linear {
    fn layers(&self, task: Task) -> Result<Vec<Layer>> {
        let sizes = self.sizes(task)?.into_iter().enumerate();
        Ok(sizes.map(|(i, units)| Layer::full(format!("fc{}", i + 1), units)).collect())
    }

    fn parameters(&self, task: Task) -> Result<Vec<Parameter>> {
        let mut parameters = Vec::new();
        let mut before = task.channels * task.height * task.width;
        for (i, units) in self.sizes(task)?.into_iter().enumerate() {
            let initial = scaled(before_nothing(before), self.initial_scale);
            parameters.extend(weight_and_bias(
                &format!("fc{}", i + 1),
                vec![units, before],
                initial,
            ));
            before = units;
        }
        Ok(parameters)
    }

    fn forward(&self, pass: &mut Pass<'_>, images: Tensor<4>) -> Vec<Tensor<4>> {
        let mut x = images.flatten(1, 3);
        let mut outputs = Vec::with_capacity(self.depth);
        for i in 1..=self.depth {
            x = pass.full(&format!("fc{i}"), x);
            outputs.push(x.clone().unsqueeze_dims(&[2, 3]));
        }
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::{Weights, floats};
    use burn::tensor::Device;

    const TASK: Task = Task { channels: 1, height: 1, width: 2, n_classes: 2 };

    #[test]
    fn the_logits_are_the_product_of_the_layers() {
        let linear = Linear { depth: 2, width: 1, initial_scale: 1.0 };
        let device = Device::flex();
        let mut weights = Weights::draw(linear.parameters(TASK).unwrap(), 1, &device);
        weights.set("fc1.weight", &[2.0, -3.0]);
        weights.set("fc1.bias", &[1.0]);
        weights.set("fc2.weight", &[1.0, -1.0]);
        weights.set("fc2.bias", &[0.5, 0.0]);
        let image = Tensor::<4>::from_data([[[[1.0, 2.0]]]], &device);
        let outputs = linear.forward(&mut Pass::recording(&weights), image);
        let outputs: Vec<_> = outputs.iter().map(floats).collect();
        assert_eq!(outputs, [vec![-3.0], vec![-2.5, 3.0]], "negative values pass");
    }

    #[test]
    fn scale_and_sizes_are_checked_and_used() {
        let spread = |initial_scale| {
            let linear = Linear { initial_scale, ..Linear::default() };
            let weights = Weights::draw(linear.parameters(TASK).unwrap(), 1, &Device::flex());
            floats(&weights.get::<2>("fc1.weight"))
        };
        let (whole, tenth) = (spread(1.0), spread(0.1));
        assert!(whole.iter().zip(&tenth).all(|(a, b)| (a * 0.1 - b).abs() < 1e-7));
        let e = Linear { depth: 0, ..Linear::default() }.layers(TASK).unwrap_err().to_string();
        assert!(e.contains("architecture.depth: 0; expected at least 1"), "{e}");
        assert!(Linear { initial_scale: 0.0, ..Linear::default() }.layers(TASK).is_err());
    }
}
