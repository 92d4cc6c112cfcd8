//! What a network says about images: how many it classifies correctly, and the output of every layer.

use burn::tensor::{Device, Tensor, TensorData};
use consilience_data::store::RecordedLayer;
use consilience_data::{Maps, Pooling, RowMajor, pool};

use crate::architectures::{Architecture, Layer};
use crate::datasets::Images;
use crate::weights::{Weights, floats};

/// Images in one forward pass. Fixed, because the last bits of a matrix product may depend on its size.
const BATCH: usize = 250;

/// What a network says about all images.
#[derive(Debug)]
pub(crate) struct Evaluation {
    /// Share of the images classified correctly.
    pub(crate) accuracy: f64,
    /// Whether every output of every layer was a finite number.
    pub(crate) finite: bool,
    /// Layers × poolings, by depth, then in the order of the poolings.
    pub(crate) layers: Vec<RecordedLayer>,
}

/// A batch of images as a network sees them: `n × 1 × height × width`.
pub(crate) fn batch(
    images: &Images,
    chosen: &[usize],
    table: &[f32; 256],
    device: &Device,
) -> Tensor<4> {
    let size = images.height * images.width;
    let mut values = Vec::with_capacity(chosen.len() * size);
    for &i in chosen {
        values.extend(images.image(i).iter().map(|&pixel| table[usize::from(pixel)]));
    }
    let shape = [chosen.len(), 1, images.height, images.width];
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Runs all images through the network; `weights` are on a device without autodiff.
pub(crate) fn evaluate(
    architecture: &dyn Architecture,
    layers: &[Layer],
    weights: &Weights,
    images: &Images,
    table: &[f32; 256],
    poolings: &[Pooling],
) -> Evaluation {
    let device = Device::flex();
    let mut recorded = empty_rows(layers, poolings, images.len());
    let (mut correct, mut finite) = (0, true);
    let all: Vec<usize> = (0..images.len()).collect();
    for chosen in all.chunks(BATCH) {
        let outputs = architecture.forward(weights, batch(images, chosen, table, &device));
        let mut logits = Vec::new();
        for (depth, (layer, output)) in layers.iter().zip(&outputs).enumerate() {
            let values = floats(output);
            finite &= values.iter().all(|v| v.is_finite());
            let Layer { channels, height, width, .. } = *layer;
            for entry in recorded.iter_mut().filter(|entry| entry.depth == depth) {
                let maps = Maps { values: &values, channels, height, width };
                entry.rows.values.extend(pool(maps, entry.pooling).values);
            }
            logits = values;
        }
        let answers = logits.chunks_exact(logits.len() / chosen.len()).map(largest);
        let labels = chosen.iter().map(|&i| usize::from(images.labels[i]));
        correct += answers.zip(labels).filter(|(answer, label)| answer == label).count();
    }
    Evaluation { accuracy: correct as f64 / images.len() as f64, finite, layers: recorded }
}

/// The layers to fill, each with room for all its rows.
fn empty_rows(layers: &[Layer], poolings: &[Pooling], n_images: usize) -> Vec<RecordedLayer> {
    let mut recorded = Vec::new();
    for (depth, Layer { name, channels, height, width }) in layers.iter().enumerate() {
        let positions = height * width;
        let poolings = if positions == 1 { &[Pooling::Flatten] } else { poolings };
        for &pooling in poolings {
            let (rows_per_stimulus, n_units) = match pooling {
                Pooling::Flatten => (1, channels * positions),
                Pooling::SpatialMean | Pooling::Centre => (1, *channels),
                Pooling::PositionsAsStimuli => (positions, *channels),
            };
            let values = Vec::with_capacity(n_images * rows_per_stimulus * n_units);
            let rows = RowMajor { values, n_units };
            let layer = name.clone();
            recorded.push(RecordedLayer { layer, depth, pooling, rows_per_stimulus, rows });
        }
    }
    recorded
}

/// Index of the largest value, the first of equals.
fn largest(values: &[f32]) -> usize {
    (1..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architectures::{Cnn, Task};

    #[test]
    fn every_layer_and_pooling_has_its_rows() {
        let images = Images {
            ids: (0..300).map(|i| i.to_string()).collect(),
            pixels: (0..300 * 16).map(|i| (i % 251) as u8).collect(),
            height: 4,
            width: 4,
            labels: vec![0; 300],
        };
        let task = Task { height: 4, width: 4, n_classes: 3 };
        let cnn = Cnn { channels: vec![2, 3], hidden: 5 };
        let weights = Weights::draw(cnn.parameters(task).unwrap(), 1, &Device::flex());
        let layers = cnn.layers(task).unwrap();
        let poolings = [Pooling::SpatialMean, Pooling::PositionsAsStimuli];
        let table = std::array::from_fn(|v| v as f32 / 255.0);
        let found = evaluate(&cnn, &layers, &weights, &images, &table, &poolings);
        let shapes: Vec<_> = found
            .layers
            .iter()
            .map(|l| (l.layer.as_str(), l.rows_per_stimulus, l.rows.n_rows(), l.rows.n_units))
            .collect();
        let expected = [
            ("conv1", 1, 300, 2),
            ("conv1", 16, 4800, 2),
            ("conv2", 1, 300, 3),
            ("conv2", 4, 1200, 3),
            ("fc1", 1, 300, 5),
            ("fc2", 1, 300, 3),
        ];
        assert_eq!(shapes, expected);
        assert!(found.finite);
        // All labels are 0, so the accuracy is the share of images whose first logit is the largest.
        let logits = &found.layers[5].rows;
        let zeros = logits.values.chunks(3).filter(|row| largest(row) == 0).count();
        assert_eq!(found.accuracy, zeros as f64 / 300.0);
    }
}
