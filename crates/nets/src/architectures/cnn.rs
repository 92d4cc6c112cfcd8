//! `cnn`: a small convolutional network in the manner of VGG.

use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Tensor, activation, module};
use serde::{Deserialize, Serialize};

use super::pass::{before_nothing, before_relu, weight_and_bias};
use super::{Architecture, Layer, Pass, Task};
use crate::weights::Parameter;
use crate::{Error, Result};

/// Convolutions `conv1`, `conv2`, … of 3 × 3 with padding 1, each followed by a `ReLU` and a 2 × 2 max pooling, then two fully
/// connected layers: `fc1` with a `ReLU`, and `fc2`, the logits.
///
/// | parameter | default | purpose |
/// |---|---|---|
/// | `channels` | 12, 32, 48 | channels of each convolution; their number is the number of convolutions |
/// | `hidden` | 64 | units of `fc1` |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cnn {
    /// Channels of each convolution.
    pub channels: Vec<usize>,
    /// Units of the first fully connected layer.
    pub hidden: usize,
}

impl Default for Cnn {
    fn default() -> Self {
        Self { channels: vec![12, 32, 48], hidden: 64 }
    }
}

/// Side of a kernel.
const KERNEL: usize = 3;

impl Cnn {
    pub(super) const SUMMARY: &str =
        "3 × 3 convolutions with max pooling between, then two fully connected layers";

    /// Values that `fc1` sees, after the pooling behind the last convolution.
    fn features(&self, task: Task) -> Result<usize> {
        let n = self.channels.len();
        if n == 0 || self.channels.contains(&0) || self.hidden == 0 {
            let found = format!("channels {:?}, hidden {}", self.channels, self.hidden);
            return Err(Error::spec(
                "architecture",
                &found,
                "at least one convolution, no size of 0",
            ));
        }
        let (height, width) = (halved(task.height, n), halved(task.width, n));
        if height * width == 0 {
            let found = format!("{n} convolutions for images of {} × {}", task.height, task.width);
            let expected = "at most so many that halving the image after each leaves a pixel";
            return Err(Error::spec("architecture.channels", &found, expected));
        }
        Ok(self.channels[n - 1] * height * width)
    }
}

/// `side` after `times` poolings.
fn halved(side: usize, times: usize) -> usize {
    u32::try_from(times).ok().and_then(|times| side.checked_shr(times)).unwrap_or(0)
}

impl Architecture for Cnn {
    fn layers(&self, task: Task) -> Result<Vec<Layer>> {
        self.features(task)?;
        let convolutions = self.channels.iter().enumerate().map(|(i, &channels)| Layer {
            name: format!("conv{}", i + 1),
            channels,
            height: halved(task.height, i),
            width: halved(task.width, i),
        });
        let full = [("fc1", self.hidden), ("fc2", task.n_classes)].map(|(name, channels)| Layer {
            name: name.into(),
            channels,
            height: 1,
            width: 1,
        });
        Ok(convolutions.chain(full).collect())
    }

    fn parameters(&self, task: Task) -> Result<Vec<Parameter>> {
        let features = self.features(task)?;
        let mut parameters = Vec::new();
        let mut before = task.channels;
        for (i, &channels) in self.channels.iter().enumerate() {
            let shape = vec![channels, before, KERNEL, KERNEL];
            let initial = before_relu(before * KERNEL * KERNEL);
            parameters.extend(weight_and_bias(&format!("conv{}", i + 1), shape, initial));
            before = channels;
        }
        let shape = vec![self.hidden, features];
        parameters.extend(weight_and_bias("fc1", shape, before_relu(features)));
        let shape = vec![task.n_classes, self.hidden];
        parameters.extend(weight_and_bias("fc2", shape, before_nothing(self.hidden)));
        Ok(parameters)
    }

    fn forward(&self, pass: &mut Pass<'_>, images: Tensor<4>) -> Vec<Tensor<4>> {
        let mut outputs = Vec::with_capacity(self.channels.len() + 2);
        let mut x = images;
        for i in 1..=self.channels.len() {
            let output = activation::relu(pass.convolution(&format!("conv{i}"), x, 1, true));
            x = module::max_pool2d(output.clone(), MaxPoolOptions::new([2, 2]));
            outputs.push(output);
        }
        let hidden = activation::relu(pass.full("fc1", x.flatten(1, 3)));
        let logits = pass.full("fc2", hidden.clone());
        outputs.extend([hidden, logits].map(|x| x.unsqueeze_dims(&[2, 3])));
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Weights;
    use burn::tensor::Device;

    #[test]
    fn too_many_convolutions_for_the_image_are_an_error() {
        let task = Task { channels: 1, height: 28, width: 28, n_classes: 10 };
        let cnn = Cnn { channels: vec![4; 5], hidden: 8 };
        let e = cnn.layers(task).unwrap_err().to_string();
        assert!(e.contains("5 convolutions for images of 28 × 28"), "{e}");
        let cnn = Cnn { channels: vec![], hidden: 8 };
        assert!(cnn.parameters(task).is_err());
    }

    /// One convolution of one channel on one image of 2 × 2, worked by hand.
    #[test]
    fn outputs_are_those_computed_by_hand() {
        let task = Task { channels: 1, height: 2, width: 2, n_classes: 2 };
        let cnn = Cnn { channels: vec![1], hidden: 2 };
        let device = Device::flex();
        let mut weights = Weights::draw(cnn.parameters(task).unwrap(), 1, &device);
        // The kernel adds the pixel itself and subtracts its right neighbour; outside is 0.
        weights.set("conv1.weight", &[0.0, 0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0]);
        weights.set("conv1.bias", &[0.5]);
        weights.set("fc1.weight", &[2.0, -1.0]);
        weights.set("fc1.bias", &[0.0, 1.0]);
        weights.set("fc2.weight", &[1.0, 2.0, 3.0, 4.0]);
        weights.set("fc2.bias", &[0.0, -1.0]);
        let image = Tensor::<4>::from_data([[[[1.0, 2.0], [3.0, 5.0]]]], &device);
        let outputs: Vec<Vec<f32>> = cnn
            .forward(&mut Pass::recording(&weights), image)
            .into_iter()
            .map(|output| output.into_data().try_to_vec().unwrap())
            .collect();
        assert_eq!(outputs[0], [0.0, 2.5, 0.0, 5.5], "conv1: 1-2, 2-0, 3-5, 5-0, plus 0.5, ReLU");
        assert_eq!(outputs[1], [11.0, 0.0], "fc1: 2 · 5.5, ReLU(1 − 5.5)");
        assert_eq!(outputs[2], [11.0, 32.0], "fc2: logits, no ReLU");
    }
}
