//! Training of one network, on one thread.

use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use consilience_data::Progress;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::architectures::{Architecture, Pass};
use crate::resume::{Moments, State};
use crate::spec::{NetworkSeeds, TrainingSpec};
use crate::training_set::{TrainingSet, generator};
use crate::weights::{Kind, Parameter, Weights, floats};

/// Stream of the generator of image orders; initial weights are drawn from stream 0.
const ORDER_STREAM: u64 = 1;

/// Added to the root of the second moment, as in the paper and in PyTorch.
const ADAM_EPSILON: f32 = 1e-8;

/// Weight of a batch in running statistics, as in PyTorch. The first batches weigh as much as in a mean of all so far, so
/// that no checkpoint remembers the arbitrary begin.
const RUNNING_SHARE: f64 = 0.1;

/// A network in training: weights, the optimiser's state, and the images still to be seen in this epoch.
pub(crate) struct Session<'a> {
    architecture: &'a dyn Architecture,
    training: &'a TrainingSpec,
    images: &'a TrainingSet<'a>,
    device: Device,
    optimiser: Adam,
    weights: Weights,
    states: Vec<Option<AdamState<1>>>,
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
        images: &'a TrainingSet<'a>,
        seeds: NetworkSeeds,
    ) -> Self {
        let device = Device::flex().autodiff();
        let weights = Weights::draw(parameters, seeds.initialisation, &device);
        let steps_per_epoch = images.len().div_ceil(training.batch_size) as u64;
        Self {
            architecture,
            training,
            images,
            device,
            optimiser: AdamConfig::new().with_epsilon(ADAM_EPSILON).build(),
            states: weights.values.iter().map(|_| None).collect(),
            weights: tracked(weights),
            rng: generator(seeds.order, ORDER_STREAM),
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

    /// What, beside the weights, the next step depends on.
    pub(crate) fn state(&self) -> State {
        let moments = |state: &AdamState<1>| Moments {
            time: state.momentum.time,
            first: floats(&state.momentum.moment_1),
            second: floats(&state.momentum.moment_2),
        };
        State {
            step: self.step,
            order: self.order.iter().map(|&i| i as u32).collect(),
            seen: self.seen,
            generator: self.rng.get_word_pos(),
            moments: self.states.iter().map(|state| state.as_ref().map(moments)).collect(),
        }
    }

    /// Goes on from a state of a session like this one, and the weights that it had then. Gives back whether they fit.
    pub(crate) fn resume(&mut self, weights: &Weights, state: State) -> bool {
        let State { step, order, seen, generator, moments } = state;
        let mut sorted = order.clone();
        sorted.sort_unstable();
        let fits = sorted.iter().enumerate().all(|(i, &at)| i == at as usize)
            && order.len() == self.images.len()
            && seen <= order.len()
            && step <= self.n_steps
            && moments.len() == self.weights.parameters.len()
            && self.weights.parameters.iter().zip(&moments).all(|(parameter, moments)| {
                moments.as_ref().is_none_or(|m| {
                    m.first.len() == parameter.len() && m.second.len() == parameter.len()
                })
            });
        if !fits {
            return false;
        }
        let vector = |values: Vec<f32>, device: &Device| {
            let n = values.len();
            Tensor::<1>::from_data(TensorData::new(values, [n]), device)
        };
        let values = weights.values.iter().map(|value| vector(floats(value), &self.device));
        self.weights = tracked(Weights {
            parameters: self.weights.parameters.clone(),
            values: values.collect(),
        });
        let plain = Device::flex();
        let adam = |Moments { time, first, second }| {
            let (first, second) = (vector(first, &plain), vector(second, &plain));
            AdamState::new(AdaptiveMomentumState::new(time, first, second))
        };
        self.states = moments.into_iter().map(|moments| moments.map(adam)).collect();
        self.order = order.into_iter().map(|i| i as usize).collect();
        self.rng.set_word_pos(generator);
        (self.step, self.seen) = (step, seen);
        true
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
        let labels = TensorData::new(self.images.labels(chosen), [chosen.len(), 1]);
        let labels = Tensor::<2, Int>::from_data(labels, &self.device);
        let inputs = self.images.inputs(chosen, self.step);
        let inputs = TensorData::new(inputs, self.images.shape(chosen.len()));
        let mut pass = Pass::training(&self.weights);
        let logits = self.architecture.forward(&mut pass, Tensor::from_data(inputs, &self.device));
        let statistics = pass.into_statistics();
        let logits = logits.into_iter().last().expect("an architecture has layers");
        let logits = logits.flatten::<2>(1, 3);
        let loss = activation::log_softmax(logits, 1).gather(1, labels).mean().neg();
        let gradients = loss.backward();
        let rate = self.training.rate(self.step, self.n_steps);
        let decay = self.training.weight_decay;
        let Weights { parameters, values } = &mut self.weights;
        for ((parameter, value), state) in parameters.iter().zip(values).zip(&mut self.states) {
            // A parameter that the logits do not depend on stays as it is.
            let gradient = match parameter.kind {
                Kind::Learned => value.grad(&gradients),
                Kind::Running => None,
            };
            if let Some(gradient) = gradient {
                let mut before = value.clone().inner();
                if decay > 0.0 && parameter.shape.len() > 1 {
                    before = before.mul_scalar(1.0 - rate * decay);
                }
                let (after, new) = self.optimiser.step(rate, before, gradient, state.take());
                *value = Tensor::from_inner(after).require_grad();
                *state = new;
            }
        }
        self.step += 1;
        self.keep(statistics);
        loss.into_data().iter::<f64>().next().unwrap_or(f64::NAN)
    }

    /// Takes the statistics of a batch into the running ones.
    fn keep(&mut self, statistics: Vec<(String, Tensor<1>)>) {
        let share = RUNNING_SHARE.max(1.0 / self.step as f64);
        for (name, found) in statistics {
            let running = &mut self.weights.values
                [self.weights.parameters.iter().position(|p| p.name == name).expect("declared")];
            let mixed =
                running.clone().inner().mul_scalar(1.0 - share) + found.inner().mul_scalar(share);
            *running = Tensor::from_inner(mixed);
        }
    }
}

/// The weights with those that are learned in the graph of gradients.
fn tracked(mut weights: Weights) -> Weights {
    for (parameter, value) in weights.parameters.iter().zip(&mut weights.values) {
        if parameter.kind == Kind::Learned {
            *value = value.clone().require_grad();
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architectures::{Cnn, Task};
    use crate::datasets::{Dataset, Images, Normalisation};
    use crate::spec::LearningRate;
    use consilience_data::Quiet;

    const TASK: Task = Task { channels: 1, height: 4, width: 4, n_classes: 2 };

    /// Bright images are of class 1.
    fn dataset() -> Dataset {
        let labels: Vec<u32> = (0..40).map(|i| i % 2).collect();
        let pixel = |i: usize| labels[i / 16] as u8 * 100 + (i * 37 % 101) as u8;
        let pixels = (0..40 * 16).map(pixel).collect();
        let ids = (0..40).map(|i| i.to_string()).collect();
        let train = Images { ids, pixels, channels: 1, height: 4, width: 4, labels };
        Dataset {
            name: "bright".into(),
            classes: vec!["dark".into(), "bright".into()],
            test: train.clone(),
            train,
            normalisation: Normalisation {
                mean: vec![100.0 / 255.0],
                deviation: vec![100.0 / 255.0],
            },
        }
    }

    fn cnn() -> Cnn {
        Cnn { channels: vec![3], hidden: 4, stage: 1 }
    }

    fn training() -> TrainingSpec {
        TrainingSpec {
            epochs: 30,
            batch_size: 16,
            learning_rate: 0.01,
            warmup_steps: 0,
            schedule: LearningRate::Constant,
            ..TrainingSpec::default()
        }
    }

    fn seeds(initialisation: u64, order: u64) -> NetworkSeeds {
        NetworkSeeds { initialisation, order, labels: None, subset: None }
    }

    /// Calls `act` on a session of the small network.
    fn with_session<T>(
        training: &TrainingSpec,
        seeds: NetworkSeeds,
        act: impl FnOnce(&mut Session<'_>) -> T,
    ) -> T {
        let (cnn, dataset) = (cnn(), dataset());
        let images = TrainingSet::new(&dataset, training, seeds);
        let parameters = cnn.parameters(TASK).unwrap();
        act(&mut Session::new(&cnn, parameters, training, &images, seeds))
    }

    fn values(session: &Session<'_>) -> Vec<Vec<f32>> {
        session.weights().values.iter().map(floats).collect()
    }

    /// Weights before and after some steps.
    fn run(training: &TrainingSpec, seeds: NetworkSeeds, step: u64) -> [Vec<Vec<f32>>; 2] {
        with_session(training, seeds, |session| {
            let before = values(session);
            session.train_to(step, &Quiet);
            [before, values(session)]
        })
    }

    #[test]
    fn seeds_of_weights_and_of_order_are_separate() {
        let run =
            |initialisation, order, step| run(&training(), seeds(initialisation, order), step);
        let a = run(1, 1, 5);
        assert_eq!(a, run(1, 1, 5), "the same seeds give the same bits");
        let b = run(1, 2, 5);
        assert_eq!(a[0], b[0], "the order does not touch the initial weights");
        assert_ne!(a[1], b[1], "the order matters");
        assert_ne!(a[0], run(2, 1, 0)[0]);
    }

    #[test]
    fn the_loss_descends() {
        with_session(&training(), seeds(1, 1), |session| {
            let first = session.train_to(3, &Quiet);
            session.train_to(87, &Quiet);
            let last = session.train_to(90, &Quiet);
            assert!(last < first / 4.0, "{first} {last}");
        });
    }

    /// Adam's first step is the rate times the sign of the gradient, wherever the gradient is not tiny.
    #[test]
    fn the_first_step_has_the_size_of_the_learning_rate() {
        let [before, after] = run(&training(), seeds(3, 3), 1);
        let moved = before.iter().flatten().zip(after.iter().flatten()).map(|(a, b)| (a - b).abs());
        let moved: Vec<f32> = moved.collect();
        assert!(moved.iter().all(|d| *d < 0.01 * 1.001), "{moved:?}");
        assert!(moved.iter().filter(|d| **d > 0.01 * 0.99).count() > moved.len() / 2, "{moved:?}");
    }

    #[test]
    fn weight_decay_takes_its_share_of_matrices_and_leaves_biases() {
        let decaying = TrainingSpec { weight_decay: 20.0, ..training() };
        let [before, plain] = run(&training(), seeds(3, 3), 1);
        let [_, decayed] = run(&decaying, seeds(3, 3), 1);
        // The gradient of the first step is the same: the difference is rate · decay = 0.2 of the weight.
        for ((before, plain), (decayed, parameter)) in
            before.iter().zip(&plain).zip(decayed.iter().zip(cnn().parameters(TASK).unwrap()))
        {
            let share = if parameter.shape.len() > 1 { 0.2 } else { 0.0 };
            for ((b, p), d) in before.iter().zip(plain).zip(decayed) {
                assert!((p - d - share * b).abs() < 1e-6, "{}: {b} {p} {d}", parameter.name);
            }
        }
    }

    #[test]
    fn every_epoch_sees_every_image_once() {
        with_session(&training(), seeds(1, 1), |session| {
            let mut epochs = [Vec::new(), Vec::new()];
            for epoch in &mut epochs {
                let batches: Vec<_> = (0..3).map(|_| session.next_batch()).collect();
                assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [16, 16, 8]);
                *epoch = batches.concat();
            }
            assert_ne!(epochs[0], epochs[1]);
            epochs[0].sort_unstable();
            assert_eq!(epochs[0], (0..40).collect::<Vec<_>>());
        });
    }

    #[test]
    fn a_session_goes_on_from_its_state_with_the_same_bits() {
        let augmented = TrainingSpec {
            augmentation: crate::spec::Augmentation { shift: 1, flip: true },
            ..training()
        };
        let (weights, state, unbroken) = with_session(&augmented, seeds(1, 2), |session| {
            session.train_to(5, &Quiet);
            let kept = (session.weights(), session.state());
            session.train_to(20, &Quiet);
            (kept.0, kept.1, values(session))
        });
        with_session(&augmented, seeds(1, 2), |session| {
            assert!(session.resume(&weights, state.clone()));
            session.train_to(20, &Quiet);
            assert_eq!(values(session), unbroken);
        });
        with_session(&augmented, seeds(1, 2), |session| {
            let other = State { order: vec![0; 40], ..state };
            assert!(!session.resume(&weights, other), "no order of the images");
        });
    }
}
