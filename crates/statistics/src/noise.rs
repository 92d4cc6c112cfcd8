//! What independent noise does to scatters, in expectation.

use crate::{PairMoments, SideMoments};

/// Expected squared Frobenius norms of the scatters of noisy rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoisyNorms {
    /// Of the cross-scatter.
    pub cross: f64,
    /// Of the scatter of x.
    pub x: f64,
    /// Of the scatter of y.
    pub y: f64,
}

/// Traces that the norms are made of.
struct Traces {
    scatter: f64,
    noise: f64,
    noise_squared: f64,
    scatter_noise: f64,
}

impl Traces {
    fn of(side: &SideMoments, signal_to_noise: f64) -> Self {
        let squares: Vec<f64> = (0..side.n_units()).map(|u| side.scatter()[(u, u)]).collect();
        // Variance of the noise of a unit, from its sum of squares.
        let share = 1.0 / (side.n as f64 * signal_to_noise);
        let sum: f64 = squares.iter().sum();
        let of_squares: f64 = squares.iter().map(|s| s * s).sum();
        Self {
            scatter: sum,
            noise: share * sum,
            noise_squared: share * share * of_squares,
            scatter_noise: share * of_squares,
        }
    }
}

/// What ‖XᵀY‖², ‖XᵀX‖² and ‖YᵀY‖² of centred rows become when independent Gaussian noise is added to every value of both
/// sides, the variance of a unit (over n rows) being `signal_to_noise` times that of its noise.
///
/// With S = XᵀX, diagonal noise covariances D and F, and m = n − 1 (centring takes a row of the noise),
/// E‖·‖² of the cross-scatter is ‖XᵀY‖² + tr D tr YᵀY + tr F tr S + m tr D tr F, that of the scatter of x
/// ‖S‖² + 2 tr S tr D + (2m + 2) tr SD + m (m + 1) tr D² + m (tr D)²: the noise's own scatter is Wishart.
#[must_use]
pub fn noisy_norms(moments: &PairMoments, signal_to_noise: f64) -> NoisyNorms {
    let m = moments.n as f64 - 1.0;
    let x = Traces::of(&moments.x, signal_to_noise);
    let y = Traces::of(&moments.y, signal_to_noise);
    let own = |side: &SideMoments, t: &Traces| {
        side.squared_norm()
            + 2.0 * t.scatter * t.noise
            + 2.0 * (m + 1.0) * t.scatter_noise
            + m * (m + 1.0) * t.noise_squared
            + m * t.noise * t.noise
    };
    NoisyNorms {
        cross: moments.squared_norm()
            + x.noise * y.scatter
            + y.noise * x.scatter
            + m * x.noise * y.noise,
        x: own(&moments.x, &x),
        y: own(&moments.y, &y),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{BlockSet, Blocks, Pair, Reading, Side, gather_pair};
    use consilience_data::{Activations, ArraySource, RowMajor, StimulusSet, array_representation};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const ROWS: usize = 12;

    fn moments_of(arrays: [(Vec<f64>, usize); 2]) -> NoisyNorms {
        with_moments(arrays, |moments| NoisyNorms {
            cross: moments.squared_norm(),
            x: moments.x.squared_norm(),
            y: moments.y.squared_norm(),
        })
    }

    fn with_moments<T>(arrays: [(Vec<f64>, usize); 2], work: impl FnOnce(&PairMoments) -> T) -> T {
        let mut source = ArraySource::new(StimulusSet::indexed("test", ROWS));
        for (name, (values, n_units)) in ["x", "y"].into_iter().zip(arrays) {
            let array = Activations::F64(RowMajor { values, n_units });
            source.push(array_representation(name, &array), array).expect("finite");
        }
        let reading =
            |representation| Reading { source: &source, representation, units: None, order: None };
        let blocks = Blocks::contiguous(ROWS, 1).expect("one");
        let (x, y, cross) = gather_pair(&reading(0), &reading(1), &blocks).expect("gathered");
        let (x, y) = (Side::new(Arc::new(x), &[]), Side::new(Arc::new(y), &[]));
        let cross = Arc::new(cross);
        let pair = Pair::new(&x, &y, &cross, &[]);
        work(&pair.over(BlockSet::first(1)))
    }

    #[test]
    fn the_expectation_is_the_mean_of_many_draws() {
        let rng = &mut ChaCha8Rng::seed_from_u64(4);
        let mut uniform = |n: usize, scale: f64| -> Vec<f64> {
            (0..n).map(|_| scale * rng.random_range(-1.0..1.0)).collect()
        };
        // Columns of different size, and x and y that have something in common.
        let x: Vec<f64> = uniform(ROWS * 3, 2.0);
        let mut y: Vec<f64> = uniform(ROWS * 2, 1.0);
        y.chunks_mut(2).zip(x.chunks(3)).for_each(|(y, x)| y[0] += x[1] + 3.0);
        let expected =
            with_moments([(x.clone(), 3), (y.clone(), 2)], |moments| noisy_norms(moments, 0.7));
        let deviations = |values: &[f64], p: usize| -> Vec<f64> {
            let of = |u: usize| {
                let column: Vec<f64> = values.iter().skip(u).step_by(p).copied().collect();
                let mean = column.iter().sum::<f64>() / ROWS as f64;
                (column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / ROWS as f64).sqrt()
            };
            (0..p).map(of).collect()
        };
        let (dx, dy) = (deviations(&x, 3), deviations(&y, 2));
        let mut normal = || {
            // Box and Muller.
            let (u, v): (f64, f64) =
                (rng.random_range(f64::MIN_POSITIVE..1.0), rng.random_range(0.0..1.0));
            (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
        };
        let draws = 40_000;
        let mut sums = [0.0; 3];
        let mut squares = [0.0; 3];
        for _ in 0..draws {
            let mut noisy = |values: &[f64], deviations: &[f64]| -> Vec<f64> {
                let p = deviations.len();
                let add = |(i, v): (usize, &f64)| v + deviations[i % p] / 0.7_f64.sqrt() * normal();
                values.iter().enumerate().map(add).collect()
            };
            let found = moments_of([(noisy(&x, &dx), 3), (noisy(&y, &dy), 2)]);
            for (k, value) in [found.cross, found.x, found.y].into_iter().enumerate() {
                sums[k] += value;
                squares[k] += value * value;
            }
        }
        let n = f64::from(draws);
        for (k, expected) in [expected.cross, expected.x, expected.y].into_iter().enumerate() {
            let mean = sums[k] / n;
            let error = ((squares[k] / n - mean * mean) / n).sqrt();
            assert!((mean - expected).abs() < 4.0 * error, "{k}: {mean} against {expected}");
            assert!(error < 0.01 * mean, "{k}: too few draws to tell");
        }
    }
}
