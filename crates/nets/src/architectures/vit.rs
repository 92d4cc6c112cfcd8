//! `vit`: a small vision transformer.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

use super::pass::{before_nothing, normalisation, scaled, weight_and_bias};
use super::window::Window;
use super::{Architecture, Layer, Pass, Task, positive};
use crate::weights::{Initial, Parameter};
use crate::{Error, Result};

/// A vision transformer (Dosovitskiy et al. 2021) without a class token: squares of `patch` pixels become tokens, learned
/// positions are added, blocks follow, then layer normalisation, the mean over tokens, and `head`, the logits. A block adds
/// attention over all tokens, then two fully connected layers with a GELU between them; each reads its input through layer
/// normalisation. Images whose sides are no multiples of `patch` lose their last pixels.
///
/// Recorded, with tokens as positions: `patches` (with positions added), of each block `block1.attention` and `block1`
/// (the stream after each addition), and `head`.
///
/// | parameter | default | purpose |
/// |---|---|---|
/// | `patch` | 7 | side of the squares that become tokens, in pixels |
/// | `width` | 48 | units of a token |
/// | `depth` | 3 | number of blocks |
/// | `heads` | 4 | heads of attention; a divisor of `width` |
/// | `expansion` | 2 | units between the two fully connected layers, in `width`s |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ViT {
    /// Side of a patch.
    pub patch: usize,
    /// Units of a token.
    pub width: usize,
    /// Number of blocks.
    pub depth: usize,
    /// Heads of attention.
    pub heads: usize,
    /// Units between the two fully connected layers, in widths.
    pub expansion: usize,
}

impl Default for ViT {
    fn default() -> Self {
        Self { patch: 7, width: 48, depth: 3, heads: 4, expansion: 2 }
    }
}

/// Standard deviation of initial positions, as in the paper's code.
const POSITIONS: f64 = 0.02;

impl ViT {
    pub(super) const SUMMARY: &str = "attention over square patches";

    /// Rows and columns of tokens.
    fn grid(&self, height: usize, width: usize) -> Result<(usize, usize)> {
        positive("patch", self.patch)?;
        positive("width", self.width)?;
        positive("depth", self.depth)?;
        positive("heads", self.heads)?;
        positive("expansion", self.expansion)?;
        if !self.width.is_multiple_of(self.heads) {
            let found = format!("{} for a width of {}", self.heads, self.width);
            return Err(Error::spec("architecture.heads", &found, "a divisor of the width"));
        }
        let (rows, columns) = (height / self.patch, width / self.patch);
        if rows * columns == 0 {
            let found = format!("{} for images of {height} × {width}", self.patch);
            return Err(Error::spec("architecture.patch", &found, "at most the shorter side"));
        }
        Ok((rows, columns))
    }

    /// Attention of every token to every token, `n × tokens × width` in and out.
    fn attention(&self, pass: &Pass<'_>, name: &str, x: Tensor<3>) -> Tensor<3> {
        let [n, tokens, width] = x.dims();
        let each = width / self.heads;
        let flat = x.reshape([n * tokens, width]);
        let part = |what: &str| {
            let values = pass.full(&format!("{name}.{what}"), flat.clone());
            values.reshape([n, tokens, self.heads, each]).swap_dims(1, 2)
        };
        let (query, key, value) = (part("query"), part("key"), part("value"));
        let scores = pass.product(query, key.transpose()).div_scalar((each as f64).sqrt());
        let mixed = pass.product(activation::softmax(scores, 3), value);
        let mixed = mixed.swap_dims(1, 2).reshape([n * tokens, width]);
        pass.full(&format!("{name}.out"), mixed).reshape([n, tokens, width])
    }
}

impl Architecture for ViT {
    fn layers(&self, task: Task) -> Result<Vec<Layer>> {
        let (height, width) = self.grid(task.height, task.width)?;
        let tokens = |name: String| Layer {
            name,
            channels: self.width,
            height,
            width,
            // Behind attention, every token sees all.
            field: None,
        };
        let seen = Window::PIXEL.behind(self.patch, self.patch, 0);
        let field = Some(seen.field((height, width), task));
        let mut layers = vec![Layer { field, ..tokens("patches".into()) }];
        for i in 1..=self.depth {
            layers.extend([format!("block{i}.attention"), format!("block{i}")].map(tokens));
        }
        layers.push(Layer::full("head", task.n_classes));
        Ok(layers)
    }

    fn parameters(&self, task: Task) -> Result<Vec<Parameter>> {
        let (rows, columns) = self.grid(task.height, task.width)?;
        let (width, between) = (self.width, self.width * self.expansion);
        let inputs = task.channels * self.patch * self.patch;
        let mut parameters = Vec::new();
        let full = |name: &str, to: usize, from: usize| {
            weight_and_bias(name, vec![to, from], before_nothing(from))
        };
        let shape = vec![width, task.channels, self.patch, self.patch];
        parameters.extend(weight_and_bias("patches", shape, before_nothing(inputs)));
        let positions = scaled(Initial::Kaiming { fan_in: 1, gain: 1.0 }, POSITIONS);
        parameters.push(Parameter::learned("positions", vec![rows * columns, width], positions));
        for i in 1..=self.depth {
            let name = |what: &str| format!("block{i}.{what}");
            parameters.extend(normalisation(&name("norm1"), width));
            for what in ["query", "key", "value", "out"] {
                parameters.extend(full(&name(&format!("attention.{what}")), width, width));
            }
            parameters.extend(normalisation(&name("norm2"), width));
            parameters.extend(full(&name("fc1"), between, width));
            parameters.extend(full(&name("fc2"), width, between));
        }
        parameters.extend(normalisation("norm", width));
        parameters.extend(full("head", task.n_classes, width));
        Ok(parameters)
    }

    fn forward(&self, pass: &mut Pass<'_>, images: Tensor<4>) -> Vec<Tensor<4>> {
        let patches = pass.patches("patches", images);
        let [n, width, rows, columns] = patches.dims();
        let tokens = rows * columns;
        let maps = |x: &Tensor<3>| x.clone().swap_dims(1, 2).reshape([n, width, rows, columns]);
        let mut x = patches.reshape([n, width, tokens]).swap_dims(1, 2)
            + pass.get::<2>("positions").unsqueeze();
        let mut outputs = vec![maps(&x)];
        for i in 1..=self.depth {
            let name = |what: &str| format!("block{i}.{what}");
            let seen = pass.layer_norm(&name("norm1"), x.clone());
            x = x + self.attention(pass, &name("attention"), seen);
            outputs.push(maps(&x));
            let seen = pass.layer_norm(&name("norm2"), x.clone()).reshape([n * tokens, width]);
            let between = activation::gelu(pass.full(&name("fc1"), seen));
            x = x + pass.full(&name("fc2"), between).reshape([n, tokens, width]);
            outputs.push(maps(&x));
        }
        let features = pass.layer_norm("norm", x).mean_dim(1).reshape([n, width]);
        outputs.push(pass.full("head", features).unsqueeze_dims(&[2, 3]));
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::tests::fields_are_what_positions_depend_on;
    use super::*;
    use crate::weights::{Weights, floats};
    use burn::tensor::Device;

    const TASK: Task = Task { channels: 1, height: 4, width: 6, n_classes: 3 };

    fn small() -> ViT {
        ViT { patch: 2, width: 4, depth: 1, heads: 2, expansion: 1 }
    }

    fn images(device: &Device) -> Tensor<4> {
        let values: Vec<f32> = (0..48).map(|i| ((i * 31) % 17) as f32 / 8.0 - 1.0).collect();
        Tensor::<1>::from_data(values.as_slice(), device).reshape([2, 1, 4, 6])
    }

    #[test]
    fn patches_see_their_pixels() {
        let task = Task { channels: 1, height: 9, width: 6, n_classes: 2 };
        let vit = ViT { patch: 3, width: 4, depth: 1, heads: 2, ..ViT::default() };
        fields_are_what_positions_depend_on(&vit, task);
        assert!(vit.layers(task).unwrap()[1..].iter().all(|layer| layer.field.is_none()));
    }

    #[test]
    fn sizes_that_do_not_fit_are_said() {
        let message = |vit: ViT| vit.layers(TASK).unwrap_err().to_string();
        assert!(
            message(ViT { heads: 3, ..small() })
                .contains("heads: 3 for a width of 4; expected a divisor")
        );
        assert!(message(ViT { patch: 5, ..small() }).contains("patch: 5 for images of 4 × 6"));
        assert!(message(ViT { depth: 0, ..small() }).contains("architecture.depth: 0"));
    }

    /// A token is its patch, row by row, times the weights.
    #[test]
    fn patches_are_the_squares_of_the_image() {
        let (vit, device) = (small(), Device::flex());
        let mut weights = Weights::draw(vit.parameters(TASK).unwrap(), 1, &device);
        weights.set("positions", &[0.0; 24]);
        let mut select = [0.0; 16];
        select[3] = 1.0;
        weights.set("patches.weight", &select);
        let images = images(&device);
        let first = floats(&vit.forward(&mut Pass::recording(&weights), images.clone())[0]);
        let pixels = floats(&images);
        // Unit 0 of each token is the lower right pixel of its patch.
        let expected: Vec<f32> = [(1, 1), (1, 3), (1, 5), (3, 1), (3, 3), (3, 5)]
            .map(|(y, x)| pixels[y * 6 + x])
            .to_vec();
        assert_eq!(first[..6], expected);
    }

    /// Against plain loops, one head after the other.
    #[test]
    fn attention_is_that_of_the_definition() {
        let (vit, device) = (small(), Device::flex());
        let weights = Weights::draw(vit.parameters(TASK).unwrap(), 3, &device);
        let values: Vec<f32> = (0..12).map(|i| (i as f32 * 0.7).sin()).collect();
        let x = Tensor::<1>::from_data(values.as_slice(), &device).reshape([1, 3, 4]);
        let pass = Pass::recording(&weights);
        let found = floats(&vit.attention(&pass, "block1.attention", x));
        let times = |what: &str, v: &[f32]| -> Vec<f32> {
            let w = floats(&weights.get::<2>(&format!("block1.attention.{what}.weight")));
            w.chunks(4).map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
        };
        let tokens: Vec<&[f32]> = values.chunks(4).collect();
        let part =
            |what: &str| -> Vec<Vec<f32>> { tokens.iter().map(|t| times(what, t)).collect() };
        let (query, key, value) = (part("query"), part("key"), part("value"));
        for t in 0..3 {
            let mut mixed = vec![0.0; 4];
            for units in [0..2, 2..4] {
                let score = |k: usize| {
                    let dot: f32 = units.clone().map(|u| query[t][u] * key[k][u]).sum();
                    (dot / 2_f32.sqrt()).exp()
                };
                let sum: f32 = (0..3).map(score).sum();
                for u in units.clone() {
                    mixed[u] = (0..3).map(|k| score(k) / sum * value[k][u]).sum();
                }
            }
            for (a, b) in times("out", &mixed).iter().zip(&found[t * 4..]) {
                assert!((a - b).abs() < 1e-5, "{t}: {a} {b}");
            }
        }
    }
}
