//! Linear students of a lesson in recorded inputs, and what is expected of them.
//!
//! Recorded inputs are as they are: not Gaussian, not isotropic, and what is true of them is no linear function. What the noise
//! does is known all the same. With weights `V f(S) Uᵀ Y` a student is linear in its targets Y, and these are the true ones Y₀
//! plus noise whose rows are independent, of mean 0 and of variance K/SNR in K outputs (in units of the signal; of flipped labels
//! too, see [`crate::flip_probability`]). So a student is what it would be without noise plus an independent part, and every mean
//! of a square over the noise is that of the first plus a trace of the second: exact, for these inputs and truths.

use consilience_linalg::{
    Mat, MatRef, Result, Svd, matmul, matmul_atb, orthonormal_columns, scaled, squared_norm, svd,
};
use rand::Rng;

use crate::Student;
use crate::ensemble::{dot, gaussian};
use crate::lesson::{Lesson, row_after_row, signal_share};
use crate::student::Learning;

/// A lesson as linear students without a bias see it: in the basis of its training inputs.
#[derive(Debug, Clone)]
pub struct LinearLesson {
    lesson: Lesson,
    svd: Svd,
    /// UᵀY₀: the true targets, directions × outputs.
    clean: Mat<f64>,
    /// What a weight of 1 in a direction says of the stimuli, stimuli × directions.
    says: Mat<f64>,
    /// What is true of the stimuli, stimuli × outputs.
    truth: Mat<f64>,
}

/// What a linear student makes of the stimuli of its lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearlyTaught {
    /// Its weights, dimensions × outputs, in units of the signal.
    pub weights: Mat<f64>,
    /// Its outputs, stimulus after stimulus, in units of the signal.
    pub outputs: Vec<f64>,
    /// Squared distance of its outputs from what is true of the stimuli, as a share of the sum of squares of that.
    pub error: f64,
    /// Of classes: the share of the stimuli that it classifies wrongly.
    pub wrong: Option<f64>,
    /// Whether it fits its own noisy targets.
    pub interpolates: bool,
}

/// What is left of the targets, as a share of their sum of squares, where a student is said to fit them: rounding.
const FITS: f64 = 1e-12;

/// Sums that the expected alignment and error of an ensemble are made of; those of several lessons are added up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parts {
    /// Inner product of the outputs of two students, expected.
    pub common: f64,
    /// Squared norm of the outputs of a student, expected.
    pub own: f64,
    /// Error of a student, expected.
    pub error: f64,
}

impl LinearLesson {
    /// A lesson, decomposed.
    ///
    /// # Errors
    /// When the singular value decomposition fails.
    pub fn new(lesson: Lesson) -> Result<Self> {
        let p = lesson.inputs.ncols() - 1;
        let svd = svd(lesson.inputs.as_ref().subcols(0, p))?;
        let [of_inputs, truth] = lesson.clean_targets();
        let clean = matmul_atb(svd.u.as_ref(), of_inputs.as_ref());
        let says = matmul(lesson.stimuli.as_ref().subcols(0, p), svd.v.as_ref());
        Ok(Self { lesson, svd, clean, says, truth })
    }

    /// Noisy targets for one student, drawn anew for each.
    #[must_use]
    pub fn targets(&self, ratio: Option<f64>, rng: &mut impl Rng) -> Mat<f64> {
        self.lesson.targets(ratio, rng)
    }

    /// What each student makes of the same targets, in units of the signal at this signal-to-noise ratio. Targets of noise alone
    /// are learnt in the same way as those that were drawn at the ratio.
    #[must_use]
    pub fn learn(
        &self,
        students: &[Student],
        ratio: f64,
        targets: MatRef<'_, f64>,
    ) -> Vec<LinearlyTaught> {
        let share = signal_share(Some(ratio));
        let seen = matmul_atb(self.svd.u.as_ref(), targets);
        let total = squared_norm(targets);
        let unseen = total - squared_norm(seen.as_ref());
        let of_student = |student: &Student| {
            let f = self.filter(student, ratio);
            let in_units: Vec<f64> = f.iter().map(|f| f / share).collect();
            let ones = vec![1.0; seen.ncols()];
            let learnt = scaled(seen.as_ref(), &in_units, &ones);
            let missed: Vec<f64> =
                f.iter().zip(&self.svd.values).map(|(f, s)| 1.0 - s * f).collect();
            let left = unseen + squared_norm(scaled(seen.as_ref(), &missed, &ones).as_ref());
            let outputs = matmul(self.says.as_ref(), learnt.as_ref());
            LinearlyTaught {
                weights: matmul(self.svd.v.as_ref(), learnt.as_ref()),
                error: self.distance(&outputs),
                wrong: self.lesson.classified_wrongly(&outputs),
                outputs: row_after_row(&outputs),
                interpolates: left <= FITS * total,
            }
        };
        students.iter().map(of_student).collect()
    }

    /// What the hidden layer of a two-layer linear network says of each stimulus, row after row.
    ///
    /// Trained from small balanced weights, such a network with weights `W = A D Bᵀ` in all ends with a first layer `A √D Rᵀ`,
    /// where R, `units` × outputs, has orthonormal columns and is left to chance (Saxe, McClelland & Ganguli 2014). R is drawn
    /// here.
    ///
    /// # Errors
    /// When a decomposition fails.
    ///
    /// # Panics
    /// With fewer units than outputs.
    pub fn hidden_layer(
        &self,
        taught: &LinearlyTaught,
        units: usize,
        rng: &mut impl Rng,
    ) -> Result<Vec<f64>> {
        let (p, outputs) = (taught.weights.nrows(), taught.weights.ncols());
        assert!(units >= outputs, "{units} units; expected at least {outputs}, one an output");
        let drawn = gaussian(units * outputs, rng);
        let drawn = MatRef::from_column_major_slice(&drawn, units, outputs);
        let rotation = orthonormal_columns(drawn)?;
        let Svd { u, values, .. } = svd(taught.weights.as_ref())?;
        let roots: Vec<f64> = values.iter().map(|d| d.sqrt()).collect();
        let first = scaled(u.as_ref(), &vec![1.0; p], &roots);
        let said = matmul(self.lesson.stimuli.as_ref().subcols(0, p), first.as_ref());
        let rotation = rotation.as_ref().subcols(0, roots.len());
        Ok(row_after_row(&consilience_linalg::matmul_abt(said.as_ref(), rotation)))
    }

    /// Share of the stimuli that a guess classifies wrongly, of classes.
    #[must_use]
    pub fn wrong_by_guess(&self) -> Option<f64> {
        self.lesson.n_classes().map(|k| 1.0 - (k as f64).recip())
    }

    /// Outputs of a student without noise, and what is expected of the squared norm of the part that is noise.
    fn parts(&self, student: &Student, ratio: f64) -> (Mat<f64>, f64) {
        let f = self.filter(student, ratio);
        let learnt = scaled(self.clean.as_ref(), &f, &vec![1.0; self.clean.ncols()]);
        let says = |(j, f): (usize, &f64)| f * f * squared_norm(self.says.as_ref().subcols(j, 1));
        let trace: f64 = f.iter().enumerate().map(says).sum();
        let noise = self.truth.ncols() as f64 / ratio * trace;
        (matmul(self.says.as_ref(), learnt.as_ref()), noise)
    }

    fn distance(&self, outputs: &Mat<f64>) -> f64 {
        squared_norm((outputs - &self.truth).as_ref()) / squared_norm(self.truth.as_ref())
    }

    /// f(s) for every direction.
    fn filter(&self, student: &Student, ratio: f64) -> Vec<f64> {
        let Svd { values, v, .. } = &self.svd;
        let learning = Learning {
            samples: self.lesson.inputs.nrows() as f64,
            optimal_penalty: v.nrows() as f64 / ratio,
        };
        let largest = values.first().copied().unwrap_or(0.0);
        values.iter().map(|&s| student.filter(s, largest, learning)).collect()
    }
}

/// What is expected of an ensemble at a signal-to-noise ratio, given its lessons: one that all members share, or one each.
/// Inner products are sums over stimuli and outputs.
///
/// # Panics
/// Without a lesson.
#[must_use]
pub fn expected_of_lessons(lessons: &[LinearLesson], ratio: f64, student: &Student) -> Parts {
    let parts: Vec<(Mat<f64>, f64)> = lessons.iter().map(|l| l.parts(student, ratio)).collect();
    let n = parts.len() as f64;
    let own =
        parts.iter().map(|(said, noise)| squared_norm(said.as_ref()) + noise).sum::<f64>() / n;
    let error = |(lesson, (said, noise)): (&LinearLesson, &(Mat<f64>, f64))| {
        lesson.distance(said) + noise / squared_norm(lesson.truth.as_ref())
    };
    let error = lessons.iter().zip(&parts).map(error).sum::<f64>() / n;
    let common = if let [(said, _)] = parts.as_slice() {
        squared_norm(said.as_ref())
    } else {
        let said: Vec<Vec<f64>> = parts.iter().map(|(said, _)| row_after_row(said)).collect();
        mean_over_pairs(&said, |a, b| dot(a, b))
    };
    Parts { common, own, error }
}

/// Mean over the pairs of two different things.
///
/// # Panics
/// With fewer than two.
#[must_use]
pub fn mean_over_pairs<T>(of: &[T], pair: impl Fn(&T, &T) -> f64) -> f64 {
    let n = of.len();
    assert!(n > 1, "{n} in all; expected at least 2");
    let sum: f64 = (0..n).map(|i| of[i + 1..].iter().map(|b| pair(&of[i], b)).sum::<f64>()).sum();
    sum / (n * (n - 1) / 2) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inputs, Pool};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    const STUDENTS: [Student; 3] = [
        Student::MinimumNorm,
        Student::Ridge { penalty: 5.0 },
        Student::GradientFlow { time: 3.0 },
    ];

    /// Rows of very different spread along their columns, related to one another, with classes that are no linear function.
    fn rows(n: usize) -> (Mat<f64>, Vec<u32>) {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let drawn = Mat::<f64>::from_fn(n, 8, |_, _| StandardNormal.sample(&mut rng));
        let rows = Mat::from_fn(n, 8, |i, j| {
            (drawn[(i, j)] + drawn[(i, (j + 1) % 8)].abs()) / (1.0 + (j * j) as f64)
        });
        let label = |i: usize| match (drawn[(i, 0)] > 0.0, drawn[(i, 1)] * drawn[(i, 2)] > 0.0) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        let labels = (0..n).map(label).collect();
        (rows, labels)
    }

    fn pools() -> [Pool; 2] {
        let (rows, labels) = rows(120);
        let teacher = Pool::of_linear_teacher(rows.as_ref(), &mut ChaCha8Rng::seed_from_u64(5));
        [Pool::of_classes(rows.as_ref(), &labels, 3), teacher]
    }

    fn lessons(pool: &Pool, samples: usize, inputs: Inputs) -> Vec<LinearLesson> {
        let mut rng = ChaCha8Rng::seed_from_u64(samples as u64);
        let dealt = pool.deal_ensemble((samples, 40), (2, inputs), &mut rng);
        dealt.into_iter().map(|lesson| LinearLesson::new(lesson).expect("finite")).collect()
    }

    #[test]
    fn means_over_noise_are_the_expected_ones_given_inputs_and_truth() {
        let (ratio, draws) = (2.0, 4000);
        for (kind, pool) in pools().iter().enumerate() {
            for inputs in [Inputs::Shared, Inputs::Independent] {
                for samples in [5, 30] {
                    let lessons = lessons(pool, samples, inputs);
                    let mut rng = ChaCha8Rng::seed_from_u64(6);
                    let mut found = [Parts::default(); STUDENTS.len()];
                    for _ in 0..draws {
                        let mut learn = |member: usize| {
                            let lesson = &lessons[member.min(lessons.len() - 1)];
                            let targets = lesson.targets(Some(ratio), &mut rng);
                            lesson.learn(&STUDENTS, ratio, targets.as_ref())
                        };
                        let [first, second] = [learn(0), learn(1)];
                        for (found, (a, b)) in found.iter_mut().zip(first.iter().zip(&second)) {
                            let n = f64::from(draws);
                            let own = dot(&a.outputs, &a.outputs) + dot(&b.outputs, &b.outputs);
                            found.common += dot(&a.outputs, &b.outputs) / n;
                            found.own += own / 2.0 / n;
                            found.error += f64::midpoint(a.error, b.error) / n;
                        }
                    }
                    for (student, found) in STUDENTS.iter().zip(&found) {
                        let expected = expected_of_lessons(&lessons, ratio, student);
                        let place = format!("{kind} {inputs} {samples} {}", student.name());
                        // Four thousand draws of noise: what is squared errs by two or three percent, what is common by a
                        // share of what is a student's own.
                        let off = (found.common - expected.common).abs() / expected.own;
                        assert!(off < 0.05, "{place}: {found:?} {expected:?}");
                        for (found, expected) in
                            [(found.own, expected.own), (found.error, expected.error)]
                        {
                            let off = (found / expected - 1.0).abs();
                            assert!(off < 0.05, "{place}: {found} {expected}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn students_fit_as_many_samples_as_they_have_dimensions() {
        let [classes, _] = pools();
        for (samples, fits) in [(7, true), (8, true), (9, false)] {
            let lesson = lessons(&classes, samples, Inputs::Shared).remove(0);
            let targets = lesson.targets(Some(1.0), &mut ChaCha8Rng::seed_from_u64(7));
            let learnt = lesson.learn(&STUDENTS, 1.0, targets.as_ref());
            assert_eq!(learnt[0].interpolates, fits, "{samples}");
            assert!(!learnt[1].interpolates && !learnt[2].interpolates, "{samples}");
        }
    }

    #[test]
    fn without_noise_a_linear_teacher_is_found_and_classes_are_told_apart() {
        let [classes, teacher] = pools();
        let learn = |pool: &Pool| {
            let lesson = lessons(pool, 60, Inputs::Shared).remove(0);
            let targets = lesson.targets(Some(1e12), &mut ChaCha8Rng::seed_from_u64(8));
            (lesson.learn(&STUDENTS[..1], 1e12, targets.as_ref()).remove(0), lesson)
        };
        let (found, _) = learn(&teacher);
        assert!(found.error < 1e-9 && found.wrong.is_none(), "{}", found.error);
        let (found, lesson) = learn(&classes);
        let guess = lesson.wrong_by_guess().expect("classes");
        assert!(found.wrong.expect("classes") < guess - 0.2, "{:?}", found.wrong);
        assert!(found.error < 1.0, "{}", found.error);
    }

    #[test]
    fn the_hidden_layer_is_balanced_and_says_the_outputs() {
        let [classes, _] = pools();
        let lesson = lessons(&classes, 30, Inputs::Shared).remove(0);
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let targets = lesson.targets(Some(3.0), &mut rng);
        let taught = lesson.learn(&STUDENTS[..1], 3.0, targets.as_ref()).remove(0);
        let hidden = lesson.hidden_layer(&taught, 5, &mut rng).expect("finite");
        let hidden = Mat::from_fn(40, 5, |i, j| hidden[i * 5 + j]);
        let outputs = Mat::from_fn(40, 3, |i, k| taught.outputs[i * 3 + k]);
        // Inner products of stimuli: of the hidden layer T A D Aᵀ Tᵀ, of the outputs T A D² Aᵀ Tᵀ.
        let svd = svd(taught.weights.as_ref()).expect("finite");
        let said = matmul(lesson.lesson.stimuli.as_ref().subcols(0, 8), svd.u.as_ref());
        let with = |power: i32| {
            let d: Vec<f64> = svd.values.iter().map(|d| d.powi(power)).collect();
            let scaled = scaled(said.as_ref(), &[1.0; 40], &d);
            consilience_linalg::matmul_abt(scaled.as_ref(), said.as_ref())
        };
        for (layer, power) in [(&hidden, 1), (&outputs, 2)] {
            let found = consilience_linalg::row_gram(layer.as_ref());
            let gap = squared_norm((&found - &with(power)).as_ref());
            assert!(gap < 1e-18 * squared_norm(found.as_ref()), "{power}: {gap}");
        }
    }
}
