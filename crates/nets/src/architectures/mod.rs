//! Architectures. To add one: its file, and its line in [`ARCHITECTURES`].

mod cnn;
mod linear;
mod mlp;
mod pass;
mod resnet;
mod vit;
mod window;

use std::fmt::Debug;

use burn::tensor::Tensor;
use consilience_data::ReceptiveField;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::datasets::{Dataset, Images};
use crate::weights::{Parameter, Weights};
use crate::{Error, Result};

pub use cnn::Cnn;
pub use linear::Linear;
pub use mlp::Mlp;
pub use pass::Pass;
pub use resnet::ResNet;
pub use vit::ViT;

/// Every architecture; the order is that of the documentation.
pub static ARCHITECTURES: &[Entry] = &[
    Entry::of::<Cnn>("cnn", Cnn::SUMMARY),
    Entry::of::<Linear>("linear", Linear::SUMMARY),
    Entry::of::<Mlp>("mlp", Mlp::SUMMARY),
    Entry::of::<ResNet>("resnet", ResNet::SUMMARY),
    Entry::of::<ViT>("vit", ViT::SUMMARY),
];

/// What a network is for: images of one size, one of some classes as the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Channels of an image: 1 for grey, 3 for colours.
    pub channels: usize,
    /// Height of an image.
    pub height: usize,
    /// Width of an image.
    pub width: usize,
    /// Number of classes.
    pub n_classes: usize,
}

impl Task {
    /// The task of a data set.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let Images { channels, height, width, .. } = dataset.train;
        Self { channels, height, width, n_classes: dataset.classes.len() }
    }
}

/// A layer whose output is recorded. A fully connected layer has maps of 1 × 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Name, for instance `conv1`.
    pub name: String,
    /// Channels, or units of a fully connected layer.
    pub channels: usize,
    /// Height of a map.
    pub height: usize,
    /// Width of a map.
    pub width: usize,
    /// What a position sees of the image; nothing where it may see all of it.
    pub field: Option<ReceptiveField>,
}

impl Layer {
    /// A fully connected layer.
    pub(crate) fn full(name: impl Into<String>, units: usize) -> Self {
        Self { name: name.into(), channels: units, height: 1, width: 1, field: None }
    }
}

/// Nothing, if a size of an architecture is not zero.
fn positive(parameter: &str, size: usize) -> Result<()> {
    if size == 0 {
        return Err(Error::spec(&format!("architecture.{parameter}"), &0, "at least 1"));
    }
    Ok(())
}

/// A family of networks with its sizes: what is learned, what is computed, what can be recorded.
pub trait Architecture: Debug + Send + Sync {
    /// Recorded layers from the image to the classes; the last one gives the logits.
    ///
    /// # Errors
    /// [`Error::Spec`] if the sizes of the architecture do not fit the task.
    fn layers(&self, task: Task) -> Result<Vec<Layer>>;

    /// What is learned, in the order in which initial values are drawn.
    ///
    /// # Errors
    /// As [`Self::layers`].
    fn parameters(&self, task: Task) -> Result<Vec<Parameter>>;

    /// The output of every layer of [`Self::layers`] for images of `n × channels × height × width`, in the same form: after
    /// the nonlinearity (the last layer has none) and before any pooling between layers.
    fn forward(&self, pass: &mut Pass<'_>, images: Tensor<4>) -> Vec<Tensor<4>>;
}

/// Multiply-adds of the products and convolutions on the way of one image through a network. A step of training takes three
/// times as many an image: forward, and back to the weights and to the inputs of each layer.
///
/// # Errors
/// [`Error::Spec`] if the sizes of the architecture do not fit the task.
pub fn multiply_adds(architecture: &dyn Architecture, task: Task) -> Result<u64> {
    let device = burn::tensor::Device::flex();
    let weights = Weights::draw(architecture.parameters(task)?, 1, &device);
    let image = Tensor::zeros([1, task.channels, task.height, task.width], &device);
    let mut pass = Pass::recording(&weights);
    architecture.forward(&mut pass, image);
    Ok(pass.multiply_adds())
}

/// An architecture as a spec names it: `architecture = { name = "cnn", channels = [16, 32], hidden = 64 }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArchitectureSpec {
    /// Id of an entry of [`ARCHITECTURES`].
    pub name: String,
    /// Its parameters; what is left out has its default.
    #[serde(flatten)]
    pub parameters: toml::Table,
}

impl Default for ArchitectureSpec {
    fn default() -> Self {
        Self { name: ARCHITECTURES[0].id.to_owned(), parameters: toml::Table::new() }
    }
}

impl ArchitectureSpec {
    /// The architecture with its sizes.
    ///
    /// # Errors
    /// [`Error::Spec`] for an unknown name, an unknown parameter, or a value of the wrong type.
    pub fn build(&self) -> Result<Box<dyn Architecture>> {
        let (architecture, _) = (self.entry()?.read)(&self.parameters)?;
        Ok(architecture)
    }

    /// The same with every parameter written out, so that equal architectures have equal specs.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub fn canonical(&self) -> Result<Self> {
        let (_, parameters) = (self.entry()?.read)(&self.parameters)?;
        Ok(Self { name: self.name.clone(), parameters })
    }

    fn entry(&self) -> Result<&'static Entry> {
        ARCHITECTURES.iter().find(|entry| entry.id == self.name).ok_or_else(|| {
            let known: Vec<_> = ARCHITECTURES.iter().map(|entry| entry.id).collect();
            Error::spec("architecture.name", &&self.name, format!("one of: {}", known.join(", ")))
        })
    }
}

/// Reads an architecture from its parameters; gives it back with all of them written out.
type Read = fn(&toml::Table) -> Result<(Box<dyn Architecture>, toml::Table)>;

/// A line of the registry.
#[derive(Debug)]
pub struct Entry {
    /// Name in a spec.
    pub id: &'static str,
    /// One sentence for lists and help.
    pub summary: &'static str,
    read: Read,
}

impl Entry {
    const fn of<A>(id: &'static str, summary: &'static str) -> Self
    where
        A: Architecture + Serialize + DeserializeOwned + 'static,
    {
        Self { id, summary, read: read::<A> }
    }
}

fn read<A>(parameters: &toml::Table) -> Result<(Box<dyn Architecture>, toml::Table)>
where
    A: Architecture + Serialize + DeserializeOwned + 'static,
{
    let wrong = |e: &dyn std::error::Error| {
        let found = e.to_string().trim_end().to_owned();
        Error::spec(
            "architecture",
            &found,
            "parameters of this architecture, or none for the defaults",
        )
    };
    let architecture: A = parameters.clone().try_into().map_err(|e| wrong(&e))?;
    let canonical = toml::Table::try_from(&architecture).map_err(|e| wrong(&e))?;
    Ok((Box::new(architecture), canonical))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: Task = Task { channels: 1, height: 28, width: 28, n_classes: 10 };

    #[test]
    fn ids_are_unique_and_defaults_fit_the_bundled_images() {
        for (i, entry) in ARCHITECTURES.iter().enumerate() {
            assert!(ARCHITECTURES[..i].iter().all(|other| other.id != entry.id), "{}", entry.id);
            let spec = ArchitectureSpec { name: entry.id.into(), ..ArchitectureSpec::default() };
            let architecture = spec.build().unwrap();
            let layers = architecture.layers(TASK).unwrap();
            let last = layers.last().unwrap();
            assert_eq!((last.channels, last.height, last.width), (10, 1, 1), "{}", entry.id);
            assert!(!spec.canonical().unwrap().parameters.is_empty());
        }
    }

    #[test]
    fn outputs_have_the_sizes_that_layers_promise() {
        let device = burn::tensor::Device::flex();
        let colour = Task { channels: 3, height: 32, width: 30, n_classes: 4 };
        for (entry, task) in ARCHITECTURES.iter().flat_map(|entry| [(entry, TASK), (entry, colour)])
        {
            let spec = ArchitectureSpec { name: entry.id.into(), ..ArchitectureSpec::default() };
            let architecture = spec.build().unwrap();
            let weights = Weights::draw(architecture.parameters(task).unwrap(), 1, &device);
            let images = Tensor::zeros([2, task.channels, task.height, task.width], &device);
            let outputs = architecture.forward(&mut Pass::recording(&weights), images);
            let found: Vec<_> = outputs.iter().map(Tensor::dims).collect();
            let layers = architecture.layers(task).unwrap();
            let expected: Vec<_> =
                layers.iter().map(|layer| [2, layer.channels, layer.height, layer.width]).collect();
            assert_eq!(found, expected, "{}", entry.id);
        }
    }

    #[test]
    fn multiply_adds_are_those_of_the_shapes() {
        let count = |text: &str| {
            let spec: ArchitectureSpec = toml::from_str(text).unwrap();
            multiply_adds(spec.build().unwrap().as_ref(), TASK).unwrap()
        };
        assert_eq!(count("name = 'linear'"), 784 * 10);
        assert_eq!(count("name = 'linear'\ndepth = 2\nwidth = 5"), 784 * 5 + 5 * 10);
        // 16 tokens of 48 units: four maps of them and attention of each to each, then up to 96 units and back.
        let (two, one) = (count("name = 'vit'\ndepth = 2"), count("name = 'vit'\ndepth = 1"));
        let block = 16 * (4 * 48 * 48 + 2 * 48 * 96) + 2 * 16 * 16 * 48;
        assert_eq!(two - one, block);
        // Patches of 7 × 7, a convolution, and the map of the mean token to ten classes.
        assert_eq!(one - block, 16 * 49 * 48 + 48 * 10);
    }

    #[test]
    fn an_unknown_name_or_parameter_says_what_there_is() {
        let spec: ArchitectureSpec = toml::from_str("name = 'vgg'").unwrap();
        let e = spec.build().unwrap_err().to_string();
        assert!(e.contains("architecture.name: vgg; expected one of: cnn"), "{e}");
        let spec: ArchitectureSpec = toml::from_str("name = 'cnn'\nchanels = [1]").unwrap();
        let e = spec.build().unwrap_err().to_string();
        assert!(
            e.contains("unknown field `chanels`, expected one of `channels`, `hidden`, `stage`"),
            "{e}"
        );
    }
}
