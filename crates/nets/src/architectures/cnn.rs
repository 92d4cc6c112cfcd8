//! `cnn`: a small convolutional network in the manner of VGG.

use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Tensor, activation, module};
use serde::{Deserialize, Serialize};

use super::pass::{before_nothing, before_relu, weight_and_bias};
use super::window::Window;
use super::{Architecture, Layer, Pass, Task};
use crate::weights::Parameter;
use crate::{Error, Result};

/// Convolutions `conv1`, `conv2`, … of 3 × 3 with padding 1, each followed by a `ReLU`, with 2 × 2 max poolings between, then two
/// fully connected layers: `fc1` with a `ReLU`, and `fc2`, the logits.
///
/// | parameter | default | purpose |
/// |---|---|---|
/// | `channels` | 12, 32, 48 | channels of each convolution; their number is the number of convolutions |
/// | `hidden` | 64 | units of `fc1` |
/// | `stage` | 1 | convolutions before each pooling; there is one behind the last convolution in any case |
/// | `width` | 12 | in place of `channels`: those of the first stage; 8/3 times as many in the second, 4 times from the third on, and 16/3 times as many units in `fc1` |
/// | `depth` | 3 | in place of `channels`: number of convolutions |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Cnn {
    /// Channels of each convolution.
    pub channels: Vec<usize>,
    /// Units of the first fully connected layer.
    pub hidden: usize,
    /// Convolutions before each pooling.
    #[serde(skip_serializing_if = "is_one")]
    pub stage: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(stage: &usize) -> bool {
    *stage == 1
}

impl Default for Cnn {
    fn default() -> Self {
        Self { channels: vec![12, 32, 48], hidden: 64, stage: 1 }
    }
}

/// What can stand in a spec.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    channels: Option<Vec<usize>>,
    hidden: Option<usize>,
    stage: Option<usize>,
    width: Option<usize>,
    depth: Option<usize>,
}

impl TryFrom<Written> for Cnn {
    type Error = String;

    fn try_from(written: Written) -> std::result::Result<Self, String> {
        let Written { channels, hidden, stage, width, depth } = written;
        let plain = Self::default();
        let stage = stage.unwrap_or(plain.stage);
        if channels.is_some() && (width.is_some() || depth.is_some()) {
            return Err("`channels` beside `width` or `depth`, which say the same".into());
        }
        let width = width.unwrap_or(plain.channels[0]);
        let depth = depth.unwrap_or(plain.channels.len());
        // The proportions of the default, rounded.
        let scaled = |part: usize| (part * width + plain.channels[0] / 2) / plain.channels[0];
        let of_convolution = |i: usize| {
            let stage = (i / stage.max(1)).min(plain.channels.len() - 1);
            scaled(plain.channels[stage]).max(usize::from(width > 0))
        };
        Ok(Self {
            channels: channels.unwrap_or_else(|| (0..depth).map(of_convolution).collect()),
            hidden: hidden.unwrap_or_else(|| scaled(plain.hidden).max(usize::from(width > 0))),
            stage,
        })
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
        if n == 0 || self.channels.contains(&0) || self.hidden == 0 || self.stage == 0 {
            let Self { channels, hidden, stage } = self;
            let found = format!("channels {channels:?}, hidden {hidden}, stage {stage}");
            let expected = "at least one convolution, no size of 0";
            return Err(Error::spec("architecture", &found, expected));
        }
        let poolings = n.div_ceil(self.stage);
        let (height, width) = (halved(task.height, poolings), halved(task.width, poolings));
        if height * width == 0 {
            let (height, width) = (task.height, task.width);
            let found =
                format!("{n} convolutions, {poolings} poolings for images of {height} × {width}");
            let expected = "at most so many that halving the image each time leaves a pixel";
            return Err(Error::spec("architecture.channels", &found, expected));
        }
        Ok(self.channels[n - 1] * height * width)
    }

    /// Whether there is a pooling behind convolution `i`, counted from 0.
    fn pools_behind(&self, i: usize) -> bool {
        (i + 1).is_multiple_of(self.stage) || i + 1 == self.channels.len()
    }
}

/// `side` after `times` poolings.
fn halved(side: usize, times: usize) -> usize {
    u32::try_from(times).ok().and_then(|times| side.checked_shr(times)).unwrap_or(0)
}

impl Architecture for Cnn {
    fn layers(&self, task: Task) -> Result<Vec<Layer>> {
        self.features(task)?;
        let mut window = Window::PIXEL;
        let convolutions = self.channels.iter().enumerate().map(|(i, &channels)| {
            let side = |side: usize| halved(side, i / self.stage);
            let (height, width) = (side(task.height), side(task.width));
            window = window.behind(KERNEL, 1, KERNEL / 2);
            let field = Some(window.field((height, width), task));
            if self.pools_behind(i) {
                window = window.behind(2, 2, 0);
            }
            Layer { name: format!("conv{}", i + 1), channels, height, width, field }
        });
        let full = [("fc1", self.hidden), ("fc2", task.n_classes)];
        let full = full.map(|(name, units)| Layer::full(name, units));
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
        for i in 0..self.channels.len() {
            let output = activation::relu(pass.convolution(&format!("conv{}", i + 1), x, 1, true));
            x = if self.pools_behind(i) {
                module::max_pool2d(output.clone(), MaxPoolOptions::new([2, 2]))
            } else {
                output.clone()
            };
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
    use super::super::window::tests::fields_are_what_positions_depend_on;
    use super::*;
    use crate::weights::Weights;
    use burn::tensor::Device;

    #[test]
    fn too_many_convolutions_for_the_image_are_an_error() {
        let task = Task { channels: 1, height: 28, width: 28, n_classes: 10 };
        let cnn = Cnn { channels: vec![4; 5], hidden: 8, stage: 1 };
        let e = cnn.layers(task).unwrap_err().to_string();
        assert!(e.contains("5 convolutions, 5 poolings for images of 28 × 28"), "{e}");
        let cnn = Cnn { channels: vec![], hidden: 8, stage: 1 };
        assert!(cnn.parameters(task).is_err());
    }

    #[test]
    fn positions_see_what_their_fields_say() {
        let task = Task { channels: 1, height: 17, width: 12, n_classes: 2 };
        let networks = [(vec![1, 2, 2], 1), (vec![1, 2, 1, 2, 1], 2)];
        for (channels, stage) in networks {
            fields_are_what_positions_depend_on(&Cnn { channels, hidden: 2, stage }, task);
        }
    }

    #[test]
    fn width_and_depth_stand_for_channels() {
        let read = |text: &str| toml::from_str::<Cnn>(text);
        assert_eq!(read("").unwrap(), Cnn::default());
        assert_eq!(read("width = 12\ndepth = 3").unwrap(), Cnn::default());
        let half = read("width = 6\ndepth = 4").unwrap();
        assert_eq!(half, Cnn { channels: vec![6, 16, 24, 24], hidden: 32, stage: 1 });
        let deep = read("depth = 5\nstage = 2").unwrap();
        assert_eq!(deep, Cnn { channels: vec![12, 12, 32, 32, 48], hidden: 64, stage: 2 });
        let text = toml::to_string(&deep).unwrap();
        assert_eq!(read(&text).unwrap(), deep);
        assert!(!toml::to_string(&half).unwrap().contains("stage"), "as in the first version");
        let task = Task { channels: 3, height: 32, width: 32, n_classes: 10 };
        let sides: Vec<_> = deep.layers(task).unwrap().iter().map(|layer| layer.height).collect();
        assert_eq!(sides, [32, 32, 16, 16, 8, 1, 1]);
        assert!(
            read("channels = [3]\nwidth = 3").unwrap_err().to_string().contains("say the same")
        );
        let e = read("width = 0").unwrap().layers(task).unwrap_err().to_string();
        assert!(e.contains("no size of 0"), "{e}");
    }

    /// One convolution of one channel on one image of 2 × 2, worked by hand.
    #[test]
    fn outputs_are_those_computed_by_hand() {
        let task = Task { channels: 1, height: 2, width: 2, n_classes: 2 };
        let cnn = Cnn { channels: vec![1], hidden: 2, stage: 1 };
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
