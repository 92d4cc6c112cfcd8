//! Training of one network, on one thread.

use burn::optim::{Adam, AdamConfig, Optimizer};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use consilience_data::Progress;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::architectures::Architecture;
use crate::datasets::Images;
use crate::evaluation::batch;
use crate::spec::{NetworkSeeds, TrainingSpec};
use crate::weights::{Parameter, Weights};

/// Stream of the generator of image orders; initial weights are drawn from stream 0.
const ORDER_STREAM: u64 = 1;

/// Added to the root of the second moment, as in the paper and in PyTorch.
const ADAM_EPSILON: f32 = 1e-8;

type State = <Adam as Optimizer>::State<1>;

/// A network in training: weights, the optimiser's state, and the images still to be seen in this epoch.
pub(crate) struct Session<'a> {
    architecture: &'a dyn Architecture,
    training: &'a TrainingSpec,
    images: &'a Images,
    table: &'a [f32; 256],
    device: Device,
    optimiser: Adam,
    weights: Weights,
    states: Vec<Option<State>>,
    rng: ChaCha8Rng,
    order: Vec<usize>,
    /// Optimiser steps done.
    step: u64,
    /// Optimiser steps in all.
    n_steps: u64,
    /// Images of this epoch that were seen.
    seen: usize,
}

impl<'a> Session<'a> {
    /// A network before its first step.
    pub(crate) fn new(
        architecture: &'a dyn Architecture,
        parameters: Vec<Parameter>,
        training: &'a TrainingSpec,
        (images, table): (&'a Images, &'a [f32; 256]),
        seeds: NetworkSeeds,
    ) -> Self {
        let device = Device::flex().autodiff();
        let mut weights = Weights::draw(parameters, seeds.initialisation, &device);
        for value in &mut weights.values {
            *value = value.clone().require_grad();
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seeds.order);
        rng.set_stream(ORDER_STREAM);
        let steps_per_epoch = images.len().div_ceil(training.batch_size) as u64;
        Self {
            architecture,
            training,
            images,
            table,
            device,
            optimiser: AdamConfig::new().with_epsilon(ADAM_EPSILON).build(),
            states: weights.values.iter().map(|_| None).collect(),
            weights,
            rng,
            order: (0..images.len()).collect(),
            step: 0,
            n_steps: steps_per_epoch * training.epochs,
            seen: images.len(),
        }
    }

    /// Trains until `step` optimiser steps are done; gives the mean loss of the steps taken.
    pub(crate) fn train_to(&mut self, step: u64, progress: &dyn Progress) -> f64 {
        let (mut loss, from) = (0.0, self.step);
        while self.step < step {
            let chosen = self.next_batch();
            loss += self.learn(&chosen);
            progress.advance(chosen.len() as u64);
        }
        loss / (self.step - from).max(1) as f64
    }

    /// The weights, on a device without autodiff.
    pub(crate) fn weights(&self) -> Weights {
        let mut weights = self.weights.clone();
        for value in &mut weights.values {
            *value = value.clone().inner();
        }
        weights
    }

    /// The next images; after the last one of an epoch they come in a new order.
    fn next_batch(&mut self) -> Vec<usize> {
        if self.seen >= self.order.len() {
            self.order.shuffle(&mut self.rng);
            self.seen = 0;
        }
        let end = (self.seen + self.training.batch_size).min(self.order.len());
        let chosen = self.order[self.seen..end].to_vec();
        self.seen = end;
        chosen
    }

    /// One step of Adam on the mean cross entropy of these images, which it gives back.
    fn learn(&mut self, chosen: &[usize]) -> f64 {
        let labels: Vec<i32> = chosen.iter().map(|&i| i32::from(self.images.labels[i])).collect();
        let labels = TensorData::new(labels, [chosen.len(), 1]);
        let labels = Tensor::<2, Int>::from_data(labels, &self.device);
        let images = batch(self.images, chosen, self.table, &self.device);
        let logits = self.architecture.forward(&self.weights, images).pop();
        let logits = logits.expect("an architecture has layers").flatten::<2>(1, 3);
        let loss = activation::log_softmax(logits, 1).gather(1, labels).mean().neg();
        let gradients = loss.backward();
        let rate = self.training.rate(self.step, self.n_steps);
        for (value, state) in self.weights.values.iter_mut().zip(&mut self.states) {
            // A parameter that the logits do not depend on stays as it is.
            if let Some(gradient) = value.grad(&gradients) {
                let before = value.clone().inner();
                let (after, new) = self.optimiser.step(rate, before, gradient, state.take());
                *value = Tensor::from_inner(after).require_grad();
                *state = new;
            }
        }
        self.step += 1;
        loss.into_data().iter::<f64>().next().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architectures::{Cnn, Task};
    use crate::spec::LearningRate;
    use crate::weights::floats;
    use consilience_data::Quiet;

    const TASK: Task = Task { height: 4, width: 4, n_classes: 2 };

    /// Bright images are of class 1.
    fn images() -> Images {
        let labels: Vec<u8> = (0..40).map(|i| i % 2).collect();
        let pixel = |i: usize| labels[i / 16] * 100 + (i * 37 % 101) as u8;
        let pixels = (0..40 * 16).map(pixel).collect();
        Images {
            ids: (0..40).map(|i| i.to_string()).collect(),
            pixels,
            height: 4,
            width: 4,
            labels,
        }
    }

    fn cnn() -> Cnn {
        Cnn { channels: vec![3], hidden: 4 }
    }

    fn training() -> TrainingSpec {
        let schedule = LearningRate::Constant;
        TrainingSpec { epochs: 30, batch_size: 16, learning_rate: 0.01, warmup_steps: 0, schedule }
    }

    /// Weights before and after some steps.
    fn run(initialisation: u64, order: u64, step: u64) -> [Vec<Vec<f32>>; 2] {
        let (cnn, images, training) = (cnn(), images(), training());
        let table = std::array::from_fn(|v| v as f32 / 100.0 - 1.0);
        let seeds = NetworkSeeds { initialisation, order };
        let parameters = cnn.parameters(TASK).unwrap();
        let mut session = Session::new(&cnn, parameters, &training, (&images, &table), seeds);
        let before = session.weights().values.iter().map(floats).collect();
        session.train_to(step, &Quiet);
        [before, session.weights().values.iter().map(floats).collect()]
    }

    #[test]
    fn seeds_of_weights_and_of_order_are_separate() {
        let a = run(1, 1, 5);
        assert_eq!(a, run(1, 1, 5), "the same seeds give the same bits");
        let b = run(1, 2, 5);
        assert_eq!(a[0], b[0], "the order does not touch the initial weights");
        assert_ne!(a[1], b[1], "the order matters");
        assert_ne!(a[0], run(2, 1, 0)[0]);
    }

    #[test]
    fn the_loss_descends() {
        let (cnn, images, training) = (cnn(), images(), training());
        let table = std::array::from_fn(|v| v as f32 / 100.0 - 1.0);
        let seeds = NetworkSeeds { initialisation: 1, order: 1 };
        let parameters = cnn.parameters(TASK).unwrap();
        let mut session = Session::new(&cnn, parameters, &training, (&images, &table), seeds);
        let first = session.train_to(3, &Quiet);
        session.train_to(87, &Quiet);
        let last = session.train_to(90, &Quiet);
        assert!(last < first / 4.0, "{first} {last}");
    }

    /// Adam's first step is the rate times the sign of the gradient, wherever the gradient is not tiny.
    #[test]
    fn the_first_step_has_the_size_of_the_learning_rate() {
        let [before, after] = run(3, 3, 1);
        let moved = before.iter().flatten().zip(after.iter().flatten()).map(|(a, b)| (a - b).abs());
        let moved: Vec<f32> = moved.collect();
        assert!(moved.iter().all(|d| *d < 0.01 * 1.001), "{moved:?}");
        assert!(moved.iter().filter(|d| **d > 0.01 * 0.99).count() > moved.len() / 2, "{moved:?}");
    }

    #[test]
    fn every_epoch_sees_every_image_once() {
        let (cnn, images, training) = (cnn(), images(), training());
        let table = [0.0; 256];
        let seeds = NetworkSeeds { initialisation: 1, order: 1 };
        let parameters = cnn.parameters(TASK).unwrap();
        let mut session = Session::new(&cnn, parameters, &training, (&images, &table), seeds);
        let mut epochs = [Vec::new(), Vec::new()];
        for epoch in &mut epochs {
            let batches: Vec<_> = (0..3).map(|_| session.next_batch()).collect();
            assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [16, 16, 8]);
            *epoch = batches.concat();
        }
        assert_ne!(epochs[0], epochs[1]);
        epochs[0].sort_unstable();
        assert_eq!(epochs[0], (0..40).collect::<Vec<_>>());
    }
}
