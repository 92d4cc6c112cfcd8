//! What a network says about images: how many it classifies correctly, and the output of every layer.

use burn::tensor::{Device, Tensor, TensorData};
use consilience_data::store::RecordedLayer;
use consilience_data::{Maps, Pooling, RowMajor, pool};

use crate::architectures::{Architecture, Layer, Pass};
use crate::datasets::{Normalisation, Pictures};
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

/// What is evaluated: a network, with its weights on a device without autodiff.
pub(crate) struct Network<'a> {
    pub(crate) architecture: &'a dyn Architecture,
    pub(crate) layers: &'a [Layer],
    pub(crate) weights: &'a Weights,
    pub(crate) normalisation: &'a Normalisation,
}

/// Runs all pictures through the network.
pub(crate) fn evaluate(
    network: &Network<'_>,
    pictures: &Pictures,
    poolings: &[Pooling],
) -> Evaluation {
    let &Network { architecture, layers, weights, normalisation } = network;
    let device = Device::flex();
    let mut recorded = empty_rows(layers, poolings, pictures.len());
    let (mut correct, mut finite) = (0, true);
    let all: Vec<usize> = (0..pictures.len()).collect();
    for chosen in all.chunks(BATCH) {
        let mut values = Vec::with_capacity(chosen.len() * pictures.size());
        chosen.iter().for_each(|&i| pictures.append(i, normalisation, &mut values));
        let shape = [chosen.len(), pictures.channels, pictures.height, pictures.width];
        let images = Tensor::from_data(TensorData::new(values, shape), &device);
        let outputs = architecture.forward(&mut Pass::recording(weights), images);
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
        let labels = chosen.iter().map(|&i| pictures.labels[i] as usize);
        correct += answers.zip(labels).filter(|(answer, label)| answer == label).count();
    }
    Evaluation { accuracy: correct as f64 / pictures.len() as f64, finite, layers: recorded }
}

/// The pictures as networks see them: a layer before the first, channel after channel.
pub(crate) fn input_layer(pictures: &Pictures, normalisation: &Normalisation) -> RecordedLayer {
    let n_units = pictures.size();
    let mut values = Vec::with_capacity(pictures.len() * n_units);
    (0..pictures.len()).for_each(|i| pictures.append(i, normalisation, &mut values));
    RecordedLayer {
        layer: "input".to_owned(),
        depth: 0,
        pooling: Pooling::Flatten,
        rows_per_stimulus: 1,
        receptive_field: None,
        rows: RowMajor { values, n_units },
    }
}

/// The layers to fill, each with room for all its rows.
fn empty_rows(layers: &[Layer], poolings: &[Pooling], n_images: usize) -> Vec<RecordedLayer> {
    let mut recorded = Vec::new();
    for (depth, Layer { name, channels, height, width, field }) in layers.iter().enumerate() {
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
            let are_positions = pooling == Pooling::PositionsAsStimuli;
            recorded.push(RecordedLayer {
                layer: name.clone(),
                depth,
                pooling,
                rows_per_stimulus,
                receptive_field: field.filter(|_| are_positions),
                rows,
            });
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
        let pictures = Pictures {
            ids: (0..300).map(|i| i.to_string()).collect(),
            values: (0..300 * 16).map(|i| (i % 251) as f32 / 255.0).collect(),
            channels: 1,
            height: 4,
            width: 4,
            labels: vec![0; 300],
        };
        let task = Task { channels: 1, height: 4, width: 4, n_classes: 3 };
        let cnn = Cnn { channels: vec![2, 3], hidden: 5, stage: 1 };
        let weights = Weights::draw(cnn.parameters(task).unwrap(), 1, &Device::flex());
        let layers = cnn.layers(task).unwrap();
        let poolings = [Pooling::SpatialMean, Pooling::PositionsAsStimuli];
        let normalisation = Normalisation { mean: vec![0.0], deviation: vec![1.0] };
        let network = Network {
            architecture: &cnn,
            layers: &layers,
            weights: &weights,
            normalisation: &normalisation,
        };
        let found = evaluate(&network, &pictures, &poolings);
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
