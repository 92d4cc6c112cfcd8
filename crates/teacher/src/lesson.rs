//! What two-layer ReLU students learn from, and what they make of it.

use consilience_linalg::Mat;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::descent::{Descent, train};
use crate::relu::{ReluNetwork, Size};

/// Training inputs and noiseless stimuli, the same for all students of an ensemble, with what is true of them. The noise on
/// the targets is each student's own.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Training inputs, samples × (dimensions + 1), the last column ones.
    pub(crate) inputs: Mat<f64>,
    /// Stimuli that are not trained on, as the inputs.
    pub(crate) stimuli: Mat<f64>,
    pub(crate) truth: Truth,
}

#[derive(Debug, Clone)]
pub(crate) enum Truth {
    /// What a teacher says of inputs and of stimuli, of variance 1.
    Values { inputs: Vec<f64>, stimuli: Vec<f64> },
    /// Classes of inputs and of stimuli.
    Classes { inputs: Vec<u32>, stimuli: Vec<u32>, n_classes: usize },
}

/// How students learn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learner {
    /// Hidden units.
    pub units: usize,
    /// Deviation of the initial weights, times the root of the number of inputs to a unit.
    pub initial_scale: f64,
    /// Training.
    pub descent: Descent,
}

/// What a student makes of the stimuli of its lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Taught {
    /// Its outputs, stimulus after stimulus, in units of the signal: a perfect student says what the teacher says.
    pub outputs: Vec<f64>,
    /// Its hidden layer, stimulus after stimulus.
    pub hidden: Vec<f64>,
    /// Values: mean squared distance from the teacher as a share of its variance. Classes: share that is classified wrongly.
    pub error: f64,
    /// Whether it fits its own noisy targets to the tolerance of its training.
    pub interpolates: bool,
}

/// Probability with which a label has to be replaced by one of the other classes, each as likely, so that the labels have
/// this signal-to-noise ratio.
///
/// With probability q of K classes the mean of a one-hot target is a times the clean one plus a constant, with
/// a = 1 − qK/(K − 1). Both are of one variance v, of which a²v is signal and (1 − a²)v noise: SNR = a²/(1 − a²). So the ratio
/// means the same for classes as for values, the variance of what is true over that of what is not.
#[must_use]
pub fn flip_probability(ratio: f64, n_classes: usize) -> f64 {
    let k = n_classes as f64;
    (1.0 - signal_share(Some(ratio))) * (k - 1.0) / k
}

/// Share a of a target of variance 1 that is signal, `√(SNR/(1 + SNR))`; 0 without a signal.
pub(crate) fn signal_share(ratio: Option<f64>) -> f64 {
    ratio.map_or(0.0, |ratio| (ratio / (1.0 + ratio)).sqrt())
}

impl Lesson {
    /// A lesson in the function of a two-layer ReLU teacher with Gaussian weights, on standard Gaussian inputs.
    ///
    /// Such a teacher, and not a linear one: students with as many units or more can become it, so that with samples enough
    /// nothing but the noise stands between them; a linear teacher would ask rectified units to undo one another.
    #[must_use]
    pub fn of_teacher(
        dimensions: usize,
        units: usize,
        (samples, stimuli): (usize, usize),
        rng: &mut impl Rng,
    ) -> Self {
        let teacher = ReluNetwork::draw(Size { dimensions, units, outputs: 1 }, 1.0, rng);
        let mut gaussian = |n: usize| with_ones(n, dimensions, |_, _| StandardNormal.sample(rng));
        let (inputs, stimuli) = (gaussian(samples), gaussian(stimuli));
        let says = |inputs: &Mat<f64>| teacher.outputs(inputs.as_ref()).col_as_slice(0).to_vec();
        let (mut of_inputs, mut of_stimuli) = (says(&inputs), says(&stimuli));
        let n = of_stimuli.len() as f64;
        let mean = of_stimuli.iter().sum::<f64>() / n;
        let variance = of_stimuli.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        // A teacher whose units all rest on all stimuli says nothing, and its students learn noise.
        let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
        for values in [&mut of_inputs, &mut of_stimuli] {
            values.iter_mut().for_each(|v| *v = (*v - mean) * scale);
        }
        Self { inputs, stimuli, truth: Truth::Values { inputs: of_inputs, stimuli: of_stimuli } }
    }

    /// Numbers that a student of so many units has.
    #[must_use]
    pub fn size(&self, units: usize) -> Size {
        let outputs = self.n_classes().unwrap_or(1);
        Size { dimensions: self.inputs.ncols() - 1, units, outputs }
    }

    pub(crate) fn n_classes(&self) -> Option<usize> {
        match &self.truth {
            Truth::Values { .. } => None,
            Truth::Classes { n_classes, .. } => Some(*n_classes),
        }
    }

    /// True targets of training inputs and of stimuli, of variance 1, each × outputs.
    pub(crate) fn clean_targets(&self) -> [Mat<f64>; 2] {
        match &self.truth {
            Truth::Values { inputs, stimuli } => {
                [inputs, stimuli].map(|values| Mat::from_fn(values.len(), 1, |i, _| values[i]))
            }
            Truth::Classes { inputs, stimuli, n_classes } => {
                [inputs, stimuli].map(|labels| one_hot(labels, *n_classes))
            }
        }
    }

    /// A student with weights and noise of its own, trained at a signal-to-noise ratio above 0; without one on noise alone.
    #[must_use]
    pub fn learn(&self, learner: &Learner, ratio: Option<f64>, rng: &mut impl Rng) -> Taught {
        let targets = self.targets(ratio, rng);
        let start = ReluNetwork::draw(self.size(learner.units), learner.initial_scale, rng);
        let trained = train(start, self.inputs.as_ref(), targets.as_ref(), &learner.descent);
        let hidden = trained.network.hidden(self.stimuli.as_ref());
        let mut outputs = trained.network.outputs(self.stimuli.as_ref());
        if ratio.is_some() {
            let share = signal_share(ratio);
            for k in 0..outputs.ncols() {
                outputs.col_as_slice_mut(k).iter_mut().for_each(|v| *v /= share);
            }
        }
        Taught {
            error: self.error(&outputs),
            outputs: row_after_row(&outputs),
            hidden: row_after_row(&hidden),
            interpolates: trained.loss <= learner.descent.tolerance,
        }
    }

    /// Noisy targets of variance 1, samples × outputs, at a signal-to-noise ratio above 0; without one noise alone.
    #[must_use]
    pub(crate) fn targets(&self, ratio: Option<f64>, rng: &mut impl Rng) -> Mat<f64> {
        let n = self.inputs.nrows();
        match &self.truth {
            Truth::Values { inputs, .. } => {
                let signal = signal_share(ratio);
                let noise = (1.0 - signal * signal).sqrt();
                Mat::from_fn(n, 1, |i, _| {
                    let standard: f64 = StandardNormal.sample(rng);
                    signal * inputs[i] + noise * standard
                })
            }
            Truth::Classes { inputs, n_classes, .. } => {
                let flip = flip_probability(ratio.unwrap_or(0.0), *n_classes);
                let k = *n_classes as u32;
                let noisy = |&label: &u32| {
                    if rng.random_bool(flip) { (label + rng.random_range(1..k)) % k } else { label }
                };
                let labels: Vec<u32> = inputs.iter().map(noisy).collect();
                one_hot(&labels, *n_classes)
            }
        }
    }

    fn error(&self, outputs: &Mat<f64>) -> f64 {
        match &self.truth {
            Truth::Values { stimuli, .. } => {
                let gaps = outputs.col_as_slice(0).iter().zip(stimuli);
                gaps.map(|(a, b)| (a - b).powi(2)).sum::<f64>() / stimuli.len() as f64
            }
            Truth::Classes { .. } => self.classified_wrongly(outputs).expect("these are classes"),
        }
    }

    /// Of classes the share of the stimuli whose largest output is that of another.
    pub(crate) fn classified_wrongly(&self, outputs: &Mat<f64>) -> Option<f64> {
        let Truth::Classes { stimuli, n_classes, .. } = &self.truth else { return None };
        let answer = |i: usize| {
            (1..*n_classes)
                .fold(0, |best, k| if outputs[(i, k)] > outputs[(i, best)] { k } else { best })
        };
        let wrong = |(i, label): &(usize, &u32)| answer(*i) != **label as usize;
        Some(stimuli.iter().enumerate().filter(wrong).count() as f64 / stimuli.len() as f64)
    }

    /// Error of a student that has learnt nothing: values always the mean, classes a guess.
    #[must_use]
    pub fn error_of_nothing(&self) -> f64 {
        match &self.truth {
            Truth::Values { .. } => 1.0,
            Truth::Classes { n_classes, .. } => 1.0 - (*n_classes as f64).recip(),
        }
    }
}

/// One column a class, 1 where it is the label: less its mean over classes, and scaled to a mean square of 1.
fn one_hot(labels: &[u32], n_classes: usize) -> Mat<f64> {
    let mean = (n_classes as f64).recip();
    let scale = (mean * (1.0 - mean)).sqrt().recip();
    Mat::from_fn(labels.len(), n_classes, |i, k| {
        let indicator = if labels[i] as usize == k { 1.0 } else { 0.0 };
        scale * (indicator - mean)
    })
}

pub(crate) fn row_after_row(values: &Mat<f64>) -> Vec<f64> {
    (0..values.nrows()).flat_map(|i| values.row(i).iter().copied()).collect()
}

/// An array with a last column of ones, which carries the biases.
pub(crate) fn with_ones(
    n: usize,
    p: usize,
    mut value: impl FnMut(usize, usize) -> f64,
) -> Mat<f64> {
    Mat::from_fn(n, p + 1, |i, j| if j == p { 1.0 } else { value(i, j) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pool;
    use consilience_linalg::squared_norm;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn rng(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed)
    }

    const LEARNER: Learner = Learner {
        units: 6,
        initial_scale: 1.0,
        descent: Descent { steps: 4000, rate: 0.02, tolerance: 1e-4 },
    };

    /// Three classes that two of five columns tell apart.
    fn classes(n: usize) -> (Mat<f64>, Vec<u32>) {
        let mut rng = rng(8);
        let rows = Mat::from_fn(n, 5, |_, _| StandardNormal.sample(&mut rng));
        let label = |i: usize| match (rows[(i, 0)] > 0.0, rows[(i, 1)] > 0.0) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        let labels = (0..n).map(label).collect();
        (rows, labels)
    }

    #[test]
    fn targets_have_the_ratio_that_was_asked_for() {
        let lesson = Lesson::of_teacher(4, 3, (20_000, 5000), &mut rng(1));
        let Truth::Values { inputs, .. } = &lesson.truth else { panic!("a teacher says values") };
        let variance = inputs.iter().map(|v| v * v).sum::<f64>() / 20_000.0;
        for ratio in [0.5, 4.0] {
            let targets = lesson.targets(Some(ratio), &mut rng(2));
            let share = (ratio / (1.0 + ratio)).sqrt();
            let noise = (0..20_000).map(|i| (targets[(i, 0)] - share * inputs[i]).powi(2));
            let found = share * share * variance / (noise.sum::<f64>() / 20_000.0);
            assert!((found / ratio - 1.0).abs() < 0.1, "{ratio}: {found}");
        }
    }

    #[test]
    fn flipped_labels_have_the_ratio_that_was_asked_for() {
        let (rows, labels) = classes(20_500);
        let lesson = Pool::of_classes(rows.as_ref(), &labels, 3).deal((20_000, 500), &mut rng(3));
        let Truth::Classes { inputs, .. } = &lesson.truth else { panic!("these are classes") };
        let clean = one_hot(inputs, 3);
        assert!((squared_norm(clean.as_ref()) / 60_000.0 - 1.0).abs() < 1e-9);
        for ratio in [1.0, 5.0] {
            let noisy = lesson.targets(Some(ratio), &mut rng(4));
            let share = (ratio / (1.0 + ratio)).sqrt();
            // What is left when the signal is taken off: noise of the other share of the variance, unrelated to the signal.
            let rest = Mat::from_fn(20_000, 3, |i, k| noisy[(i, k)] - share * clean[(i, k)]);
            let found = share * share / (squared_norm(rest.as_ref()) / 60_000.0);
            assert!((found / ratio - 1.0).abs() < 0.05, "{ratio}: {found}");
            let related: f64 = (0..3)
                .map(|k| {
                    rest.col(k).iter().zip(clean.col(k).iter()).map(|(a, b)| a * b).sum::<f64>()
                })
                .sum();
            assert!((related / 60_000.0).abs() < 0.02, "{related}");
        }
        assert!((flip_probability(0.0, 10) - 0.9).abs() < 1e-12);
        assert!(flip_probability(1e12, 10) < 1e-12);
    }

    #[test]
    fn without_noise_enough_samples_give_the_teacher() {
        let lesson = Lesson::of_teacher(3, 2, (400, 300), &mut rng(5));
        let learnt = lesson.learn(&LEARNER, Some(1e12), &mut rng(6));
        assert!(learnt.error < 0.01, "{}", learnt.error);
        let noise = lesson.learn(&LEARNER, None, &mut rng(6));
        assert!(noise.error > 0.9 && !noise.interpolates, "{}", noise.error);
        assert_eq!(lesson.error_of_nothing(), 1.0);
    }

    #[test]
    fn classes_are_learnt_from_other_rows_than_they_are_tested_on() {
        let (rows, labels) = classes(600);
        let lesson = Pool::of_classes(rows.as_ref(), &labels, 3).deal((300, 300), &mut rng(7));
        let learnt = lesson.learn(&LEARNER, Some(30.0), &mut rng(8));
        assert!(learnt.error < 0.15, "{}", learnt.error);
        assert_eq!((learnt.outputs.len(), learnt.hidden.len()), (300 * 3, 300 * 6));
        let noise = lesson.learn(&LEARNER, None, &mut rng(8));
        assert!(noise.error > 0.5, "{}", noise.error);
        // No row is on both sides.
        for i in 0..300 {
            for j in 0..300 {
                assert!((0..5).any(|k| lesson.inputs[(i, k)] != lesson.stimuli[(j, k)]));
            }
        }
    }
}
