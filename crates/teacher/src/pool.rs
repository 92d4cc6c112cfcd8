//! Rows of an array, from which lessons are dealt.

use consilience_linalg::{Mat, MatRef};
use rand::Rng;
use rand::seq::SliceRandom;

use crate::Inputs;
use crate::ensemble::{dot, gaussian};
use crate::lesson::{Lesson, Truth, with_ones};

/// Rows of an array with what is true of them. Every column is centred over all rows, and all are divided by one number, so
/// that the mean square is 1.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Rows × (dimensions + 1), the last column ones.
    rows: Mat<f64>,
    truth: OfRows,
}

#[derive(Debug, Clone)]
enum OfRows {
    Values(Vec<f64>),
    Classes(Vec<u32>, usize),
}

impl Pool {
    /// Rows with their labels, of `n_classes` classes.
    #[must_use]
    pub fn of_classes(rows: MatRef<'_, f64>, labels: &[u32], n_classes: usize) -> Self {
        Self { rows: scaled(rows), truth: OfRows::Classes(labels.to_vec(), n_classes) }
    }

    /// Rows with what a linear teacher says of them: its weights point in a direction that is drawn, every one as likely, and
    /// are as long as it takes for a variance of 1 over the rows.
    #[must_use]
    pub fn of_linear_teacher(rows: MatRef<'_, f64>, rng: &mut impl Rng) -> Self {
        let rows = scaled(rows);
        let weights = gaussian(rows.ncols() - 1, rng);
        let says =
            |i: usize| -> f64 { weights.iter().enumerate().map(|(j, w)| w * rows[(i, j)]).sum() };
        let mut values: Vec<f64> = (0..rows.nrows()).map(says).collect();
        // Columns are centred, and so are their combinations.
        let variance = dot(&values, &values) / values.len() as f64;
        let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
        values.iter_mut().for_each(|v| *v *= scale);
        Self { rows, truth: OfRows::Values(values) }
    }

    /// A lesson in the rows: training inputs and stimuli are different rows, drawn at random.
    ///
    /// # Panics
    /// If there are fewer rows than samples and stimuli together.
    #[must_use]
    pub fn deal(&self, (samples, stimuli): (usize, usize), rng: &mut impl Rng) -> Lesson {
        let order = self.order(samples + stimuli, rng);
        self.lesson(&order[..samples], &order[samples..samples + stimuli])
    }

    /// Lessons with the same stimuli, which are in no one's training inputs: one if inputs are shared, otherwise one for each
    /// member. Training inputs of different members are drawn from the same rows, so that some rows are in both.
    ///
    /// # Panics
    /// If there are fewer rows than samples and stimuli together.
    #[must_use]
    pub fn deal_ensemble(
        &self,
        (samples, stimuli): (usize, usize),
        (members, inputs): (usize, Inputs),
        rng: &mut impl Rng,
    ) -> Vec<Lesson> {
        let mut order = self.order(samples + stimuli, rng);
        let tested = order.split_off(order.len() - stimuli);
        let lessons = match inputs {
            Inputs::Shared => 1,
            Inputs::Independent => members,
        };
        let deal = |_| {
            order.shuffle(rng);
            self.lesson(&order[..samples], &tested)
        };
        (0..lessons).map(deal).collect()
    }

    fn order(&self, wanted: usize, rng: &mut impl Rng) -> Vec<usize> {
        let n = self.rows.nrows();
        assert!(wanted <= n, "{n} rows; expected {wanted} or more");
        let mut order: Vec<usize> = (0..n).collect();
        order.shuffle(rng);
        order
    }

    fn lesson(&self, trained: &[usize], tested: &[usize]) -> Lesson {
        let part =
            |at: &[usize]| Mat::from_fn(at.len(), self.rows.ncols(), |i, j| self.rows[(at[i], j)]);
        let truth = match &self.truth {
            OfRows::Values(values) => {
                let of = |at: &[usize]| at.iter().map(|&i| values[i]).collect();
                Truth::Values { inputs: of(trained), stimuli: of(tested) }
            }
            OfRows::Classes(labels, n_classes) => {
                let of = |at: &[usize]| at.iter().map(|&i| labels[i]).collect();
                Truth::Classes { inputs: of(trained), stimuli: of(tested), n_classes: *n_classes }
            }
        };
        Lesson { inputs: part(trained), stimuli: part(tested), truth }
    }
}

/// Columns centred, all divided by one number so that the mean square is 1; with ones.
fn scaled(rows: MatRef<'_, f64>) -> Mat<f64> {
    let (n, p) = (rows.nrows(), rows.ncols());
    let mean: Vec<f64> = (0..p).map(|j| rows.col(j).iter().sum::<f64>() / n as f64).collect();
    let squares = |j: usize| rows.col(j).iter().map(|v| (v - mean[j]).powi(2)).sum::<f64>();
    let total: f64 = (0..p).map(squares).sum();
    let scale = if total > 0.0 { ((n * p) as f64 / total).sqrt() } else { 0.0 };
    with_ones(n, p, |i, j| (rows[(i, j)] - mean[j]) * scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use consilience_linalg::squared_norm;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Rows that say who they are, in a column that is centred and scaled like the others.
    fn numbered(n: usize) -> Mat<f64> {
        Mat::from_fn(n, 3, |i, j| if j == 0 { i as f64 } else { ((i * j) as f64).sin() })
    }

    fn numbers(rows: &Mat<f64>) -> Vec<u64> {
        (0..rows.nrows()).map(|i| rows[(i, 0)].to_bits()).collect()
    }

    #[test]
    fn inputs_are_scaled_and_a_teacher_says_values_of_variance_one() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let pool = Pool::of_linear_teacher(numbered(50).as_ref(), &mut rng);
        let values = pool.rows.as_ref().subcols(0, 3);
        assert!((squared_norm(values) / 150.0 - 1.0).abs() < 1e-12);
        let OfRows::Values(said) = &pool.truth else { panic!("a teacher says values") };
        assert!(said.iter().sum::<f64>().abs() < 1e-9);
        assert!((dot(said, said) / 50.0 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn members_with_inputs_of_their_own_are_tested_on_the_same_stimuli() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let labels: Vec<u32> = (0..60).map(|i| i % 2).collect();
        let pool = Pool::of_classes(numbered(60).as_ref(), &labels, 2);
        for (inputs, expected) in [(Inputs::Shared, 1), (Inputs::Independent, 4)] {
            let lessons = pool.deal_ensemble((20, 15), (4, inputs), &mut rng);
            assert_eq!(lessons.len(), expected);
            let tested = numbers(&lessons[0].stimuli);
            for (i, lesson) in lessons.iter().enumerate() {
                assert_eq!(numbers(&lesson.stimuli), tested);
                let trained = numbers(&lesson.inputs);
                assert_eq!(trained.len(), 20);
                assert!(trained.iter().all(|row| !tested.contains(row)));
                let others = lessons.iter().skip(i + 1);
                assert!(others.map(|l| numbers(&l.inputs)).all(|other| other != trained));
            }
        }
    }
}
