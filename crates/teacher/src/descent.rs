//! Training of two-layer ReLU networks: squared loss on all samples at once, its gradient written out.

use consilience_linalg::{Mat, MatRef, matmul, matmul_abt, matmul_atb, squared_norm};
use serde::{Deserialize, Serialize};

use crate::relu::ReluNetwork;

/// How a network is trained: Adam on full batches, the rate falling to zero along half a cosine.
///
/// Adam, whose step does not shrink with the slope: near the interpolation threshold the problem is conditioned worst, and a
/// loss that stays away from zero there would smooth away what is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Descent {
    /// Most steps.
    pub steps: usize,
    /// Rate of the first step.
    pub rate: f64,
    /// A network interpolates, and its training ends, where its squared error is at most this share of the sum of squares of
    /// the targets.
    pub tolerance: f64,
}

impl Default for Descent {
    fn default() -> Self {
        Self { steps: 6000, rate: 0.03, tolerance: 1e-3 }
    }
}

impl Descent {
    /// Nothing, if training can be done so.
    ///
    /// # Errors
    /// The problem in words.
    pub fn validate(&self) -> Result<(), String> {
        let Self { steps, rate, tolerance } = *self;
        let positive = |v: f64| v.is_finite() && v > 0.0;
        if steps == 0 || !positive(rate) || !positive(tolerance) {
            let expected = "at least 1 step, rate and tolerance above 0";
            return Err(format!(
                "{steps} steps, rate {rate}, tolerance {tolerance}; expected {expected}"
            ));
        }
        Ok(())
    }
}

/// A trained network.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The network.
    pub network: ReluNetwork,
    /// Squared error on the training samples as a share of the sum of squares of the targets.
    pub loss: f64,
    /// Steps taken.
    pub steps: usize,
}

/// Trains a network on inputs whose last column are ones (samples × (dimensions + 1)) and targets (samples × outputs) that
/// are not all 0.
#[must_use]
pub fn train(
    mut network: ReluNetwork,
    inputs: MatRef<'_, f64>,
    targets: MatRef<'_, f64>,
    descent: &Descent,
) -> Trained {
    let mut first = Averages::of(&network.first);
    let mut second = Averages::of(&network.second);
    let total = squared_norm(targets);
    let mut steps = 0;
    loop {
        let (squares, slopes) = slopes(&network, inputs, targets);
        let loss = squares / total;
        if loss <= descent.tolerance || steps == descent.steps {
            return Trained { network, loss, steps };
        }
        let done = steps as f64 / descent.steps as f64;
        let rate = descent.rate * 0.5 * (1.0 + (std::f64::consts::PI * done).cos());
        steps += 1;
        first.step(&mut network.first, &slopes.first, rate, steps);
        second.step(&mut network.second, &slopes.second, rate, steps);
    }
}

/// Slopes of `‖F(X) − Y‖² / (2n)` in the weights.
struct Slopes {
    first: Mat<f64>,
    second: Mat<f64>,
}

/// `‖F(X) − Y‖²`, and the slopes. With H the hidden layer and E = (HV − Y)/n: HᵀE in V, and Xᵀ(EVᵀ where H > 0) in W.
fn slopes(
    network: &ReluNetwork,
    inputs: MatRef<'_, f64>,
    targets: MatRef<'_, f64>,
) -> (f64, Slopes) {
    let n = inputs.nrows() as f64;
    let hidden = network.hidden(inputs);
    let mut error = matmul(hidden.as_ref(), network.second.as_ref()) - targets;
    let squares = squared_norm(error.as_ref());
    for j in 0..error.ncols() {
        error.col_as_slice_mut(j).iter_mut().for_each(|v| *v /= n);
    }
    let second = matmul_atb(hidden.as_ref(), error.as_ref());
    let mut back = matmul_abt(error.as_ref(), network.second.as_ref());
    for j in 0..back.ncols() {
        for (slope, &said) in back.col_as_slice_mut(j).iter_mut().zip(hidden.col_as_slice(j)) {
            *slope = if said > 0.0 { *slope } else { 0.0 };
        }
    }
    (squares, Slopes { first: matmul_atb(inputs, back.as_ref()), second })
}

/// Decay of Adam's average of slopes, of their squares, and what keeps the quotient finite (Kingma & Ba 2015).
const OF_SLOPES: f64 = 0.9;
const OF_SQUARES: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Adam's averages for one matrix of weights.
struct Averages {
    slopes: Mat<f64>,
    squares: Mat<f64>,
}

impl Averages {
    fn of(weights: &Mat<f64>) -> Self {
        let zeros = || Mat::zeros(weights.nrows(), weights.ncols());
        Self { slopes: zeros(), squares: zeros() }
    }

    fn step(&mut self, weights: &mut Mat<f64>, slopes: &Mat<f64>, rate: f64, time: usize) {
        let whole = |decay: f64| 1.0 - decay.powi(time as i32);
        let (of_slopes, of_squares) = (whole(OF_SLOPES), whole(OF_SQUARES));
        for j in 0..weights.ncols() {
            let averages =
                self.slopes.col_as_slice_mut(j).iter_mut().zip(self.squares.col_as_slice_mut(j));
            let weights = weights.col_as_slice_mut(j).iter_mut().zip(slopes.col_as_slice(j));
            for ((w, g), (a, b)) in weights.zip(averages) {
                *a += (1.0 - OF_SLOPES) * (g - *a);
                *b += (1.0 - OF_SQUARES) * (g * g - *b);
                *w -= rate * (*a / of_slopes) / ((*b / of_squares).sqrt() + EPSILON);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn gaussian(rows: usize, columns: usize, seed: u64) -> Mat<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Mat::from_fn(rows, columns, |_, _| StandardNormal.sample(&mut rng))
    }

    fn network(size: Size, seed: u64) -> ReluNetwork {
        ReluNetwork::draw(size, 1.0, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let size = Size { dimensions: 3, units: 4, outputs: 2 };
        let (inputs, targets) = (gaussian(9, 4, 1), gaussian(9, 2, 2));
        let at = network(size, 3);
        let loss = |network: &ReluNetwork| {
            slopes(network, inputs.as_ref(), targets.as_ref()).0 / (2.0 * 9.0)
        };
        let (_, found) = slopes(&at, inputs.as_ref(), targets.as_ref());
        let step = 1e-6;
        let difference = |change: &dyn Fn(&mut ReluNetwork, f64)| {
            let (mut up, mut down) = (at.clone(), at.clone());
            change(&mut up, step);
            change(&mut down, -step);
            (loss(&up) - loss(&down)) / (2.0 * step)
        };
        for (i, u) in (0..4).flat_map(|i| (0..4).map(move |u| (i, u))) {
            let expected = difference(&|network, by| network.first[(i, u)] += by);
            assert!((found.first[(i, u)] - expected).abs() < 1e-7, "first {i} {u}");
        }
        for (u, k) in (0..4).flat_map(|u| (0..2).map(move |k| (u, k))) {
            let expected = difference(&|network, by| network.second[(u, k)] += by);
            assert!((found.second[(u, k)] - expected).abs() < 1e-7, "second {u} {k}");
        }
    }

    #[test]
    fn noise_is_interpolated_below_the_threshold_only() {
        let size = Size { dimensions: 5, units: 12, outputs: 1 };
        let descent = Descent { steps: 4000, ..Descent::default() };
        let fit = |n: usize| {
            let (inputs, targets) = (gaussian(n, 6, 4), gaussian(n, 1, 5));
            train(network(size, 6), inputs.as_ref(), targets.as_ref(), &descent)
        };
        let few = fit(20);
        assert!(few.loss <= descent.tolerance && few.steps < descent.steps, "{few:?}");
        // Four times as many numbers as weights: part of the noise has to stay.
        let many = fit(4 * size.parameters());
        assert!(many.loss > 0.4 && many.steps == descent.steps, "{}", many.loss);
    }

    #[test]
    fn one_unit_in_its_linear_range_ends_at_least_squares() {
        // Biases so high that the unit never rests: F(x) = v (wᵀx + b), and the fit of y = 2x + 10 is exact.
        let inputs = Mat::from_fn(6, 2, |i, j| if j == 1 { 1.0 } else { i as f64 - 2.5 });
        let targets = Mat::from_fn(6, 1, |i, _| 2.0 * (i as f64 - 2.5) + 10.0);
        let start = ReluNetwork {
            first: Mat::from_fn(2, 1, |i, _| [0.1, 2.0][i]),
            second: Mat::from_fn(1, 1, |_, _| 2.0),
        };
        let descent = Descent { steps: 20_000, rate: 0.02, tolerance: 1e-10 };
        let Trained { network, loss, .. } =
            train(start, inputs.as_ref(), targets.as_ref(), &descent);
        assert!(loss <= 1e-10, "{loss}");
        let (v, w) = (network.second[(0, 0)], &network.first);
        assert!((v * w[(0, 0)] - 2.0).abs() < 1e-3 && (v * w[(1, 0)] - 10.0).abs() < 1e-3);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert!(Descent::default().validate().is_ok());
        for bad in [
            Descent { steps: 0, ..Descent::default() },
            Descent { rate: -1.0, ..Descent::default() },
            Descent { tolerance: f64::NAN, ..Descent::default() },
        ] {
            assert!(bad.validate().is_err(), "{bad:?}");
        }
    }
}
