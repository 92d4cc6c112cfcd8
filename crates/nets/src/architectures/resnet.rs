//! `resnet`: a small residual network with batch normalisation.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

use super::pass::{batch_normalisation, before_nothing, before_relu, weight_and_bias};
use super::window::Window;
use super::{Architecture, Layer, Pass, Task, positive};
use crate::Result;
use crate::weights::{Initial, Parameter};

/// The residual network for small images of He et al. 2016: a 3 × 3 convolution `stem`, then three stages of blocks, then the
/// mean over positions and `fc`, the logits. A block is two 3 × 3 convolutions, each with batch normalisation behind it, a
/// `ReLU` between them, and a `ReLU` behind the sum with what came in. The first block of the second and third stage halves
/// the maps and doubles the channels; what came in goes through a 1 × 1 convolution with batch normalisation there.
///
/// Recorded: `stem`, of each block `block1.conv1` (inside, after its `ReLU`) and `block1` (the sum, after its `ReLU`), and `fc`.
///
/// | parameter | default | purpose |
/// |---|---|---|
/// | `width` | 8 | channels of the first stage; 2 and 4 times as many in the others |
/// | `depth` | 1 | blocks of each stage; the network has 6 `depth` + 2 layers with weights in a row |
///
/// Batch normalisation is recorded with running statistics. Before the first step these are mean 0 and variance 1, as in
/// PyTorch: an untrained network then is one without normalisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResNet {
    /// Channels of the first stage.
    pub width: usize,
    /// Blocks of each stage.
    pub depth: usize,
}

impl Default for ResNet {
    fn default() -> Self {
        Self { width: 8, depth: 1 }
    }
}

const STAGES: usize = 3;
const KERNEL: usize = 3;

/// One block: where it stands, and what goes in and out.
struct Block {
    name: String,
    channels_in: usize,
    channels: usize,
    stride: usize,
    /// Size of its maps.
    height: usize,
    width: usize,
}

impl Block {
    /// Whether what comes in has another shape than what goes out.
    fn projects(&self) -> bool {
        self.stride > 1 || self.channels_in != self.channels
    }
}

impl ResNet {
    pub(super) const SUMMARY: &str = "residual blocks with batch normalisation";

    fn blocks(&self, height: usize, width: usize) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::with_capacity(STAGES * self.depth);
        let (mut channels_in, mut height, mut width) = (self.width, height, width);
        for i in 0..STAGES * self.depth {
            let halves = i > 0 && i % self.depth == 0;
            let stride = if halves { 2 } else { 1 };
            (height, width) = (height.div_ceil(stride), width.div_ceil(stride));
            let channels = self.width << (i / self.depth);
            let name = format!("block{}", i + 1);
            blocks.push(Block { name, channels_in, channels, stride, height, width });
            channels_in = channels;
        }
        blocks
    }

    fn check(&self) -> Result<()> {
        positive("width", self.width)?;
        positive("depth", self.depth)
    }
}

impl Architecture for ResNet {
    fn layers(&self, task: Task) -> Result<Vec<Layer>> {
        self.check()?;
        let (height, width) = (task.height, task.width);
        let layer = |name: String, channels: usize, map: (usize, usize), window: Window| {
            let field = Some(window.field(map, task));
            Layer { name, channels, height: map.0, width: map.1, field }
        };
        let mut window = Window::PIXEL.behind(KERNEL, 1, KERNEL / 2);
        let mut layers = vec![layer("stem".into(), self.width, (height, width), window)];
        for Block { name, channels, stride, height, width, .. } in self.blocks(height, width) {
            window = window.behind(KERNEL, stride, KERNEL / 2);
            layers.push(layer(format!("{name}.conv1"), channels, (height, width), window));
            // What goes around the two convolutions is the middle of what they see.
            window = window.behind(KERNEL, 1, KERNEL / 2);
            layers.push(layer(name, channels, (height, width), window));
        }
        layers.push(Layer::full("fc", task.n_classes));
        Ok(layers)
    }

    fn parameters(&self, task: Task) -> Result<Vec<Parameter>> {
        self.check()?;
        let mut parameters = Vec::new();
        let mut convolution =
            |conv: &str, norm: &str, (from, to): (usize, usize), side: usize, initial: Initial| {
                let shape = vec![to, from, side, side];
                parameters.push(Parameter::learned(format!("{conv}.weight"), shape, initial));
                parameters.extend(batch_normalisation(norm, to));
            };
        let relu = |from: usize| before_relu(from * KERNEL * KERNEL);
        let stem = (task.channels, self.width);
        convolution("stem.conv", "stem.bn", stem, KERNEL, relu(task.channels));
        let mut features = self.width;
        for block in self.blocks(task.height, task.width) {
            let Block { name, channels_in, channels, .. } = &block;
            let (into, within) = ((*channels_in, *channels), (*channels, *channels));
            convolution(
                &format!("{name}.conv1"),
                &format!("{name}.bn1"),
                into,
                KERNEL,
                relu(into.0),
            );
            convolution(
                &format!("{name}.conv2"),
                &format!("{name}.bn2"),
                within,
                KERNEL,
                relu(within.0),
            );
            if block.projects() {
                let (conv, norm) = (format!("{name}.shortcut.conv"), format!("{name}.shortcut.bn"));
                convolution(&conv, &norm, into, 1, before_nothing(into.0));
            }
            features = *channels;
        }
        let shape = vec![task.n_classes, features];
        parameters.extend(weight_and_bias("fc", shape, before_nothing(features)));
        Ok(parameters)
    }

    fn forward(&self, pass: &mut Pass<'_>, images: Tensor<4>) -> Vec<Tensor<4>> {
        let [_, _, height, width] = images.dims();
        let stem = pass.convolution("stem.conv", images, 1, false);
        let mut x = activation::relu(pass.batch_norm("stem.bn", stem));
        let mut outputs = vec![x.clone()];
        for block in self.blocks(height, width) {
            let name = &block.name;
            let inner = pass.convolution(&format!("{name}.conv1"), x.clone(), block.stride, false);
            let inner = activation::relu(pass.batch_norm(&format!("{name}.bn1"), inner));
            outputs.push(inner.clone());
            let branch = pass.convolution(&format!("{name}.conv2"), inner, 1, false);
            let branch = pass.batch_norm(&format!("{name}.bn2"), branch);
            let shortcut = if block.projects() {
                let conv = format!("{name}.shortcut.conv");
                let projected = pass.convolution(&conv, x, block.stride, false);
                pass.batch_norm(&format!("{name}.shortcut.bn"), projected)
            } else {
                x
            };
            x = activation::relu(branch + shortcut);
            outputs.push(x.clone());
        }
        let features = x.mean_dims(&[2, 3]).flatten(1, 3);
        outputs.push(pass.full("fc", features).unsqueeze_dims(&[2, 3]));
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::tests::fields_are_what_positions_depend_on;
    use super::*;
    use crate::weights::{Kind, Weights, floats};
    use burn::tensor::Device;

    const TASK: Task = Task { channels: 1, height: 6, width: 5, n_classes: 3 };

    #[test]
    fn stages_halve_the_maps_and_double_the_channels() {
        let layers = ResNet { width: 2, depth: 2 }.layers(TASK).unwrap();
        let found: Vec<_> = layers
            .iter()
            .map(|l| (l.name.as_str(), l.channels, l.height, l.width))
            .filter(|(name, ..)| !name.contains("conv1"))
            .collect();
        let expected = [
            ("stem", 2, 6, 5),
            ("block1", 2, 6, 5),
            ("block2", 2, 6, 5),
            ("block3", 4, 3, 3),
            ("block4", 4, 3, 3),
            ("block5", 8, 2, 2),
            ("block6", 8, 2, 2),
            ("fc", 3, 1, 1),
        ];
        assert_eq!(found, expected);
        assert!(ResNet { width: 1, depth: 0 }.layers(TASK).is_err());
    }

    #[test]
    fn positions_see_what_their_fields_say() {
        let task = Task { height: 13, width: 9, ..TASK };
        fields_are_what_positions_depend_on(&ResNet { width: 1, depth: 2 }, task);
    }

    /// With the second normalisation of a block at zero, the block only adds nothing: its output is what came in.
    #[test]
    fn a_block_without_a_branch_is_the_identity() {
        let resnet = ResNet { width: 2, depth: 2 };
        let device = Device::flex();
        let mut weights = Weights::draw(resnet.parameters(TASK).unwrap(), 1, &device);
        weights.set("block2.bn2.weight", &[0.0; 2]);
        let image =
            Tensor::<1>::from_data([0.3, -1.0, 0.7, 0.2, 1.5].repeat(6).as_slice(), &device);
        let outputs = resnet.forward(&mut Pass::recording(&weights), image.reshape([1, 1, 6, 5]));
        let (before, inner, after) =
            (floats(&outputs[2]), floats(&outputs[3]), floats(&outputs[4]));
        assert_eq!(before, after);
        assert_ne!(before, inner);
    }

    /// A pass in training normalises by the batch and tells its statistics; a recording one uses the running ones.
    #[test]
    fn batch_normalisation_uses_the_batch_in_training_only() {
        let resnet = ResNet { width: 1, depth: 1 };
        let device = Device::flex();
        let parameters = resnet.parameters(TASK).unwrap();
        let running = parameters.iter().filter(|p| p.kind == Kind::Running).count();
        assert_eq!(running, 2 * (1 + 3 * 2 + 2), "stem, two a block, two shortcuts");
        let mut weights = Weights::draw(parameters, 1, &device);
        // The stem copies the image, so its statistics are those of the images.
        weights.set("stem.conv.weight", &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        let values: Vec<f32> = (0..60).map(|i| (i % 7) as f32).collect();
        let images = Tensor::<1>::from_data(values.as_slice(), &device).reshape([2, 1, 6, 5]);
        let mean = values.iter().sum::<f32>() / 60.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / 59.0;

        let mut pass = Pass::training(&weights);
        let outputs = resnet.forward(&mut pass, images.clone());
        let statistics = pass.into_statistics();
        assert_eq!(statistics.len(), running);
        let found: Vec<(&str, f32)> =
            statistics[..2].iter().map(|(name, value)| (name.as_str(), floats(value)[0])).collect();
        assert!(found[0].0 == "stem.bn.running_mean" && (found[0].1 - mean).abs() < 1e-5);
        assert!(found[1].0 == "stem.bn.running_var" && (found[1].1 - variance).abs() < 1e-4);
        let biased = (variance * 59.0 / 60.0 + 1e-5).sqrt();
        for (value, found) in values.iter().zip(floats(&outputs[0])) {
            assert!((((value - mean) / biased).max(0.0) - found).abs() < 1e-5);
        }

        weights.set("stem.bn.running_mean", &[mean]);
        weights.set("stem.bn.running_var", &[variance * 59.0 / 60.0]);
        let recorded = resnet.forward(&mut Pass::recording(&weights), images);
        let off =
            floats(&recorded[0]).into_iter().zip(floats(&outputs[0])).map(|(a, b)| (a - b).abs());
        assert!(off.fold(0.0, f32::max) < 1e-5);
    }
}
