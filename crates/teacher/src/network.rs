//! A linear student as a network with one hidden layer.

use consilience_linalg::{Mat, MatRef, matmul};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::ensemble::{dot, gaussian};

/// Noiseless stimuli that all students see: rows are standard Gaussian.
#[derive(Debug, Clone)]
pub struct Stimuli {
    values: Mat<f64>,
}

impl Stimuli {
    /// `n` stimuli of `dimensions` dimensions.
    #[must_use]
    pub fn draw(n: usize, dimensions: usize, rng: &mut impl Rng) -> Self {
        Self { values: Mat::from_fn(n, dimensions, |_, _| StandardNormal.sample(rng)) }
    }

    /// What the hidden layer of a two-layer linear network says of each stimulus, row after row.
    ///
    /// Trained from small balanced weights, such a network with weights w in all ends with a hidden layer of rank 1,
    /// `√‖w‖ u (w/‖w‖)ᵀ`, and an output layer `√‖w‖ uᵀ`, where the direction u of `units` dimensions is left to chance (Saxe,
    /// McClelland & Ganguli 2014). u is drawn here.
    ///
    /// # Panics
    /// If the weights have another number of dimensions than the stimuli.
    #[must_use]
    pub fn hidden_layer(&self, weights: &[f64], units: usize, rng: &mut impl Rng) -> Vec<f64> {
        let direction = gaussian(units, rng);
        let length = dot(&direction, &direction).sqrt();
        let norm = dot(weights, weights).sqrt();
        let scale = if norm > 0.0 { norm.sqrt().recip() / length } else { 0.0 };
        let column = MatRef::from_column_major_slice(weights, weights.len(), 1);
        let outputs = matmul(self.values.as_ref(), column);
        let outputs = outputs.col_as_slice(0).iter();
        outputs.flat_map(|&o| direction.iter().map(move |u| scale * o * u)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn the_hidden_layer_is_balanced_and_of_rank_one() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let stimuli = Stimuli::draw(50, 4, &mut rng);
        let weights = [3.0, 0.0, -4.0, 0.0];
        let hidden = stimuli.hidden_layer(&weights, 3, &mut rng);
        for (i, row) in hidden.chunks(3).enumerate() {
            let output = 3.0 * stimuli.values[(i, 0)] - 4.0 * stimuli.values[(i, 2)];
            // ‖hidden‖² = ‖w‖ (wᵀx/‖w‖)², and the output layer of the same norm turns it into the output.
            assert!((dot(row, row) - output * output / 5.0).abs() < 1e-9);
            let ratio = row[1] / row[0];
            assert!((ratio - hidden[1] / hidden[0]).abs() < 1e-9);
        }
    }

    #[test]
    fn training_from_small_weights_ends_there() {
        // Both layers are trained by small steps on a noiseless problem; the loss is a polynomial of the weights.
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let (p, h) = (3, 4);
        let target = [1.0, -2.0, 0.5];
        let mut first: Vec<f64> = gaussian(p * h, &mut rng).iter().map(|w| 1e-3 * w).collect();
        let mut second: Vec<f64> = gaussian(h, &mut rng).iter().map(|w| 1e-3 * w).collect();
        for _ in 0..40_000 {
            let product = |j: usize| (0..h).map(|u| second[u] * first[u * p + j]).sum::<f64>();
            let gap: Vec<f64> = (0..p).map(|j| target[j] - product(j)).collect();
            let step = 1e-3;
            let slopes: Vec<f64> = (0..h).map(|u| dot(&gap, &first[u * p..(u + 1) * p])).collect();
            for u in 0..h {
                for j in 0..p {
                    first[u * p + j] += step * second[u] * gap[j];
                }
                second[u] += step * slopes[u];
            }
        }
        let layer = Mat::from_fn(h, p, |u, j| first[u * p + j]);
        let values = consilience_linalg::singular_values(layer.as_ref()).expect("finite");
        let norm = dot(&target, &target).sqrt();
        assert!((values[0] - norm.sqrt()).abs() < 1e-3, "{values:?}");
        assert!(values[1] < 1e-2, "{values:?}");
        assert!((dot(&second, &second).sqrt() - norm.sqrt()).abs() < 1e-3);
    }
}
