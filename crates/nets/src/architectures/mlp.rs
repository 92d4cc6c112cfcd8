//! `mlp`: a multi-layer perceptron.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

use super::pass::{before_nothing, before_relu, weight_and_bias};
use super::{Architecture, Layer, Pass, Task, positive};
use crate::Result;
use crate::weights::Parameter;

/// Fully connected layers with `ReLU`s: `fc1`, `fc2`, …, and a last one that gives the logits.
///
/// | parameter | default | purpose |
/// |---|---|---|
/// | `depth` | 2 | number of hidden layers |
/// | `width` | 256 | units of each |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mlp {
    /// Number of hidden layers.
    pub depth: usize,
    /// Units of each.
    pub width: usize,
}

impl Default for Mlp {
    fn default() -> Self {
        Self { depth: 2, width: 256 }
    }
}

impl Mlp {
    pub(super) const SUMMARY: &str = "fully connected layers with ReLUs";

    fn check(&self) -> Result<()> {
        positive("depth", self.depth)?;
        positive("width", self.width)
    }
}

impl Architecture for Mlp {
    fn layers(&self, task: Task) -> Result<Vec<Layer>> {
        self.check()?;
        let hidden = (1..=self.depth).map(|i| Layer::full(format!("fc{i}"), self.width));
        let logits = Layer::full(format!("fc{}", self.depth + 1), task.n_classes);
        Ok(hidden.chain([logits]).collect())
    }

    fn parameters(&self, task: Task) -> Result<Vec<Parameter>> {
        self.check()?;
        let mut parameters = Vec::new();
        let mut before = task.channels * task.height * task.width;
        for i in 1..=self.depth {
            let shape = vec![self.width, before];
            parameters.extend(weight_and_bias(&format!("fc{i}"), shape, before_relu(before)));
            before = self.width;
        }
        let (last, shape) = (format!("fc{}", self.depth + 1), vec![task.n_classes, before]);
        parameters.extend(weight_and_bias(&last, shape, before_nothing(before)));
        Ok(parameters)
    }

    fn forward(&self, pass: &mut Pass<'_>, images: Tensor<4>) -> Vec<Tensor<4>> {
        let mut x = images.flatten(1, 3);
        let mut outputs = Vec::with_capacity(self.depth + 1);
        for i in 1..=self.depth {
            x = activation::relu(pass.full(&format!("fc{i}"), x));
            outputs.push(x.clone().unsqueeze_dims(&[2, 3]));
        }
        outputs.push(pass.full(&format!("fc{}", self.depth + 1), x).unsqueeze_dims(&[2, 3]));
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::{Weights, floats};
    use burn::tensor::Device;

    #[test]
    fn outputs_are_those_computed_by_hand() {
        let task = Task { channels: 1, height: 1, width: 1, n_classes: 2 };
        let mlp = Mlp { depth: 1, width: 2 };
        let device = Device::flex();
        let mut weights = Weights::draw(mlp.parameters(task).unwrap(), 1, &device);
        weights.set("fc1.weight", &[2.0, -2.0]);
        weights.set("fc1.bias", &[1.0, 1.0]);
        weights.set("fc2.weight", &[1.0, 1.0, -1.0, 0.0]);
        weights.set("fc2.bias", &[0.0, 0.5]);
        let image = Tensor::<4>::from_data([[[[3.0]]]], &device);
        let outputs = mlp.forward(&mut Pass::recording(&weights), image);
        let outputs: Vec<_> = outputs.iter().map(floats).collect();
        assert_eq!(outputs, [vec![7.0, 0.0], vec![7.0, -6.5]]);
        let e = Mlp { width: 0, ..mlp }.parameters(task).unwrap_err().to_string();
        assert!(e.contains("architecture.width: 0; expected at least 1"), "{e}");
    }
}
