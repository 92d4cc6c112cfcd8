//! Named weights: how they begin, how an architecture reads them, and the file they are kept in.

use std::path::Path;

use burn::tensor::{Device, Shape, Tensor, TensorData};
use consilience_data::write_atomically;
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use crate::{Error, Result};

/// How a parameter begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initial {
    /// All zero.
    Zero,
    /// All one.
    One,
    /// Uniform with standard deviation `gain / √fan_in` (He et al. 2015): the gain is √2 before a `ReLU`, else 1.
    Kaiming {
        /// Inputs of one unit.
        fan_in: usize,
        /// Gain of the nonlinearity that follows.
        gain: f64,
    },
}

/// A parameter of a network: name, shape, and how it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name, for instance `conv1.weight`.
    pub name: String,
    /// Shape in PyTorch's layout: outputs first.
    pub shape: Vec<usize>,
    /// How it begins.
    pub initial: Initial,
    /// Who changes it.
    pub kind: Kind,
}

/// Who changes a parameter in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The optimiser, by its gradient.
    Learned,
    /// Batch normalisation: a running mean or variance.
    Running,
}

impl Parameter {
    /// A learned parameter.
    #[must_use]
    pub fn learned(name: impl Into<String>, shape: Vec<usize>, initial: Initial) -> Self {
        Self { name: name.into(), shape, initial, kind: Kind::Learned }
    }

    /// A running statistic of `n` channels.
    #[must_use]
    pub fn running(name: impl Into<String>, n: usize, initial: Initial) -> Self {
        Self { name: name.into(), shape: vec![n], initial, kind: Kind::Running }
    }

    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The values of all parameters of a network, each a flat tensor, on a device.
#[derive(Debug, Clone)]
pub struct Weights {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) values: Vec<Tensor<1>>,
}

impl Weights {
    /// Initial weights: a function of the parameters and the seed alone. The framework's own initialisers draw from a
    /// generator that all threads share, so they are not used.
    #[must_use]
    pub fn draw(parameters: Vec<Parameter>, seed: u64, device: &Device) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let values = parameters
            .iter()
            .map(|parameter| {
                let n = parameter.len();
                let values = match parameter.initial {
                    Initial::Zero => vec![0.0; n],
                    Initial::One => vec![1.0; n],
                    Initial::Kaiming { fan_in, gain } => {
                        let bound = (gain * (3.0 / fan_in as f64).sqrt()) as f32;
                        (0..n).map(|_| bound * symmetric(&mut rng)).collect()
                    }
                };
                Tensor::from_data(TensorData::new(values, [n]), device)
            })
            .collect();
        Self { parameters, values }
    }

    /// The parameter `name` in its shape.
    ///
    /// # Panics
    /// If the architecture asks for a name or a rank that it did not declare.
    #[must_use]
    pub fn get<const D: usize>(&self, name: &str) -> Tensor<D> {
        let i = self.position(name);
        let shape = &self.parameters[i].shape;
        assert_eq!(shape.len(), D, "{name} has shape {shape:?}");
        self.values[i].clone().reshape::<D, _>(Shape::from(shape.clone()))
    }

    fn position(&self, name: &str) -> usize {
        self.parameters
            .iter()
            .position(|parameter| parameter.name == name)
            .unwrap_or_else(|| panic!("the architecture declares no parameter {name}"))
    }

    /// Number of values over all parameters.
    #[must_use]
    pub fn n_values(&self) -> usize {
        self.parameters.iter().map(Parameter::len).sum()
    }

    /// The weights in a file that [`Self::write`] made.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Format`] if the file does not hold these parameters as float32.
    pub(crate) fn read(path: &Path, parameters: Vec<Parameter>, device: &Device) -> Result<Self> {
        let wrong = |found: String| Error::Format {
            path: path.to_owned(),
            found,
            expected: "the weights of this architecture, as float32".into(),
            advice: "remove the folder of this network, and train it again".into(),
        };
        let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
        let file = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
        let read = |parameter: &Parameter| {
            let tensor = file.tensor(&parameter.name).map_err(|e| wrong(e.to_string()))?;
            if tensor.dtype() != Dtype::F32 || tensor.shape() != parameter.shape {
                let (dtype, shape) = (tensor.dtype(), tensor.shape());
                return Err(wrong(format!("{} is {dtype:?} of {shape:?}", parameter.name)));
            }
            let (values, _) = tensor.data().as_chunks();
            let values: Vec<f32> = values.iter().map(|&v| f32::from_le_bytes(v)).collect();
            Ok(Tensor::from_data(TensorData::new(values, [parameter.len()]), device))
        };
        let values = parameters.iter().map(read).collect::<Result<_>>()?;
        Ok(Self { parameters, values })
    }

    /// Writes all parameters as float32 to a safetensors file, atomically. Equal weights give equal bytes.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let bytes: Vec<Vec<u8>> = self
            .values
            .iter()
            .map(|value| floats(value).iter().flat_map(|v| v.to_le_bytes()).collect())
            .collect();
        let views: std::result::Result<Vec<_>, _> = self
            .parameters
            .iter()
            .zip(&bytes)
            .map(|(p, b)| Ok((p.name.as_str(), TensorView::new(Dtype::F32, p.shape.clone(), b)?)))
            .collect();
        let file = views
            .and_then(|views| safetensors::serialize(views, None))
            .map_err(|e| Error::io("write", path)(std::io::Error::other(e)))?;
        Ok(write_atomically(path, &file)?)
    }

    #[cfg(test)]
    pub(crate) fn set(&mut self, name: &str, values: &[f32]) {
        let i = self.position(name);
        assert_eq!(values.len(), self.parameters[i].len());
        let device = self.values[i].device();
        self.values[i] =
            Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), &device);
    }
}

/// The values of a tensor, row-major.
///
/// # Panics
/// If the tensor is not of float32: every tensor of this crate is.
pub(crate) fn floats<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    tensor.to_data().try_to_vec().expect("tensors are float32")
}

/// Uniform in [−1, 1) from the upper 24 bits of a draw, spelt out so that no other crate's version changes the networks.
fn symmetric(rng: &mut impl Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters() -> Vec<Parameter> {
        let initial = Initial::Kaiming { fan_in: 100, gain: 2.0 };
        vec![
            Parameter::learned("a.weight", vec![40, 100], initial),
            Parameter::learned("a.bias", vec![40], Initial::Zero),
        ]
    }

    #[test]
    fn initial_values_have_the_declared_spread_and_depend_on_the_seed_alone() {
        let device = Device::flex();
        let a = floats(&Weights::draw(parameters(), 5, &device).get::<2>("a.weight"));
        let deviation = (a.iter().map(|v| v * v).sum::<f32>() / a.len() as f32).sqrt();
        // 4,000 uniform values: the relative error of the deviation has a standard error of 0.7 %.
        assert!((deviation - 0.2).abs() < 0.2 * 0.03, "{deviation}");
        let again = Weights::draw(parameters(), 5, &Device::flex());
        assert_eq!(a, floats(&again.get::<2>("a.weight")));
        let other = Weights::draw(parameters(), 6, &device);
        assert_ne!(a, floats(&other.get::<2>("a.weight")));
        assert_eq!(floats(&again.get::<1>("a.bias")), [0.0; 40]);
    }

    #[test]
    fn files_are_read_by_the_safetensors_crate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.safetensors");
        let weights = Weights::draw(parameters(), 5, &Device::flex());
        weights.write(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let tensor = file.tensor("a.weight").unwrap();
        assert_eq!((tensor.dtype(), tensor.shape()), (Dtype::F32, &[40, 100][..]));
        let first = f32::from_le_bytes(tensor.data()[..4].try_into().unwrap());
        assert_eq!(first, floats(&weights.values[0])[0]);
        assert_eq!(file.names().len(), 2);
        let again = Weights::read(&path, parameters(), &Device::flex()).unwrap();
        assert!(again.values.iter().zip(&weights.values).all(|(a, b)| floats(a) == floats(b)));
        let mut other = parameters();
        other[0].shape = vec![100, 40];
        let e = Weights::read(&path, other, &Device::flex()).unwrap_err().to_string();
        assert!(e.contains("a.weight is F32 of [40, 100]; expected the weights of this"), "{e}");
    }
}
