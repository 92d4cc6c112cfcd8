//! One forward pass: the layers that architectures are made of, with their weights.

use std::cell::Cell;

use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, module};

use crate::weights::{Initial, Parameter, Weights};

/// Added to variances before the root, as in PyTorch.
const EPSILON: f64 = 1e-5;

/// Names of what batch normalisation keeps beside its weight and bias, as in PyTorch.
const RUNNING_MEAN: &str = "running_mean";
const RUNNING_VARIANCE: &str = "running_var";

/// What an architecture computes with: the weights of one network, in training or not.
#[derive(Debug)]
pub struct Pass<'a> {
    weights: &'a Weights,
    training: bool,
    statistics: Vec<(String, Tensor<1>)>,
    multiply_adds: Cell<u64>,
}

impl<'a> Pass<'a> {
    fn new(weights: &'a Weights, training: bool) -> Self {
        Self { weights, training, statistics: Vec::new(), multiply_adds: Cell::new(0) }
    }

    /// A pass of a network as it is: batch normalisation uses its running statistics, so that the answer to an image does
    /// not depend on the others.
    #[must_use]
    pub fn recording(weights: &'a Weights) -> Self {
        Self::new(weights, false)
    }

    /// A pass whose gradient is wanted: batch normalisation uses the statistics of the batch, and keeps them for
    /// [`Self::into_statistics`].
    #[must_use]
    pub fn training(weights: &'a Weights) -> Self {
        Self::new(weights, true)
    }

    /// The statistics of this batch by the name of the running parameter that they belong to.
    #[must_use]
    pub fn into_statistics(self) -> Vec<(String, Tensor<1>)> {
        self.statistics
    }

    /// Multiply-adds of the products and convolutions so far; those of a convolution with its padding are among them, all that
    /// is done element by element is not.
    #[must_use]
    pub fn multiply_adds(&self) -> u64 {
        self.multiply_adds.get()
    }

    fn count(&self, factors: &[usize]) {
        let product: u64 = factors.iter().map(|&factor| factor as u64).product();
        self.multiply_adds.set(self.multiply_adds.get() + product);
    }

    /// The parameter `name` in its shape.
    #[must_use]
    pub fn get<const D: usize>(&self, name: &str) -> Tensor<D> {
        self.weights.get(name)
    }

    /// `a b`, matrix by matrix of the last two axes.
    #[must_use]
    pub fn product<const D: usize>(&self, a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
        let columns = b.dims()[D - 1];
        self.count(&[a.dims().iter().product(), columns]);
        a.matmul(b)
    }

    /// `x Wᵀ + b`, for the rows of `x`.
    #[must_use]
    pub fn full(&self, layer: &str, x: Tensor<2>) -> Tensor<2> {
        let weight = self.get::<2>(&format!("{layer}.weight"));
        self.product(x, weight.transpose()) + self.get::<1>(&format!("{layer}.bias")).unsqueeze()
    }

    /// A convolution with a square kernel, padded by half of it; `bias` if the layer has one.
    #[must_use]
    pub fn convolution(&self, layer: &str, x: Tensor<4>, stride: usize, bias: bool) -> Tensor<4> {
        let weight = self.get::<4>(&format!("{layer}.weight"));
        let bias = bias.then(|| self.get::<1>(&format!("{layer}.bias")));
        let padding = weight.dims()[2] / 2;
        self.convolved(x, weight, bias, ConvOptions::new([stride; 2], [padding; 2], [1, 1], 1))
    }

    /// A convolution with a square kernel and a bias whose stride is its side, without padding.
    #[must_use]
    pub fn patches(&self, layer: &str, x: Tensor<4>) -> Tensor<4> {
        let weight = self.get::<4>(&format!("{layer}.weight"));
        let bias = self.get::<1>(&format!("{layer}.bias"));
        let side = weight.dims()[2];
        self.convolved(x, weight, Some(bias), ConvOptions::new([side; 2], [0; 2], [1, 1], 1))
    }

    fn convolved(
        &self,
        x: Tensor<4>,
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
        options: ConvOptions<2>,
    ) -> Tensor<4> {
        let [_, inputs, height, width] = weight.dims();
        let out = module::conv2d(x, weight, bias, options);
        self.count(&[out.dims().iter().product(), inputs * height * width]);
        out
    }

    /// Batch normalisation (Ioffe & Szegedy 2015) of every channel.
    #[must_use]
    pub fn batch_norm(&mut self, layer: &str, x: Tensor<4>) -> Tensor<4> {
        let own = |what: &str| self.weights.get::<1>(&format!("{layer}.{what}"));
        let (weight, bias) = (own("weight"), own("bias"));
        if !self.training {
            let (mean, variance) = (own(RUNNING_MEAN), own(RUNNING_VARIANCE));
            return module::batch_norm(x, weight, bias, mean, variance, EPSILON);
        }
        let [n, _, height, width] = x.dims();
        let found = module::batch_norm_train(x, weight, bias, EPSILON);
        // The variance of the population is estimated without bias, as in PyTorch.
        let samples = (n * height * width) as f64;
        let unbiased = found.variance.mul_scalar(samples / (samples - 1.0).max(1.0));
        self.statistics.push((format!("{layer}.{RUNNING_MEAN}"), found.mean));
        self.statistics.push((format!("{layer}.{RUNNING_VARIANCE}"), unbiased));
        found.output
    }

    /// Layer normalisation (Ba et al. 2016) over the last axis.
    #[must_use]
    pub fn layer_norm<const D: usize>(&self, layer: &str, x: Tensor<D>) -> Tensor<D> {
        let (weight, bias) =
            (self.get::<1>(&format!("{layer}.weight")), self.get::<1>(&format!("{layer}.bias")));
        module::layer_norm(x, weight, Some(bias), EPSILON)
    }
}

/// Weight and bias of a layer; the bias begins at zero.
pub(super) fn weight_and_bias(layer: &str, shape: Vec<usize>, initial: Initial) -> [Parameter; 2] {
    let bias = vec![shape[0]];
    [
        Parameter::learned(format!("{layer}.weight"), shape, initial),
        Parameter::learned(format!("{layer}.bias"), bias, Initial::Zero),
    ]
}

/// Weight and bias of a normalisation of `n` channels or units.
pub(super) fn normalisation(layer: &str, n: usize) -> [Parameter; 2] {
    weight_and_bias(layer, vec![n], Initial::One)
}

/// What batch normalisation of `n` channels needs.
pub(super) fn batch_normalisation(layer: &str, n: usize) -> [Parameter; 4] {
    let [weight, bias] = normalisation(layer, n);
    let mean = Parameter::running(format!("{layer}.{RUNNING_MEAN}"), n, Initial::Zero);
    let variance = Parameter::running(format!("{layer}.{RUNNING_VARIANCE}"), n, Initial::One);
    [weight, bias, mean, variance]
}

/// Initial weights times a factor.
pub(super) fn scaled(initial: Initial, factor: f64) -> Initial {
    match initial {
        Initial::Kaiming { fan_in, gain } => Initial::Kaiming { fan_in, gain: gain * factor },
        constant => constant,
    }
}

/// Initial weights of a layer with a `ReLU` behind it.
pub(super) fn before_relu(fan_in: usize) -> Initial {
    Initial::Kaiming { fan_in, gain: std::f64::consts::SQRT_2 }
}

/// Initial weights of a layer without a nonlinearity behind it.
pub(super) fn before_nothing(fan_in: usize) -> Initial {
    Initial::Kaiming { fan_in, gain: 1.0 }
}
