//! The two-dimensional Fourier transform of planes of one size.

use std::fmt;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::datasets::Pictures;

pub(super) type Spectrum = Vec<Complex<f64>>;

/// Transforms of planes of one size.
pub(super) struct Fourier {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Forward and inverse, of a row and of a column.
    rows: [Arc<dyn Fft<f64>>; 2],
    columns: [Arc<dyn Fft<f64>>; 2],
}

impl fmt::Debug for Fourier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fourier({} × {})", self.height, self.width)
    }
}

impl Fourier {
    /// For the planes of a set.
    pub(super) fn new(set: &Pictures) -> Self {
        let mut planner = FftPlanner::new();
        let mut both = |n| [planner.plan_fft_forward(n), planner.plan_fft_inverse(n)];
        let (rows, columns) = (both(set.width), both(set.height));
        Self { height: set.height, width: set.width, rows, columns }
    }

    pub(super) fn forward(&self, plane: &[f64]) -> Spectrum {
        let mut values: Spectrum = plane.iter().map(|&v| Complex::new(v, 0.0)).collect();
        self.transform(&mut values, 0);
        values
    }

    /// The real part; the imaginary one is rounding where the spectrum is that of a real plane.
    pub(super) fn inverse(&self, mut spectrum: Spectrum) -> Vec<f64> {
        self.transform(&mut spectrum, 1);
        let n = spectrum.len() as f64;
        spectrum.iter().map(|v| v.re / n).collect()
    }

    fn transform(&self, values: &mut [Complex<f64>], direction: usize) {
        self.rows[direction].process(values);
        let mut column = vec![Complex::default(); self.height];
        for x in 0..self.width {
            for (y, value) in column.iter_mut().enumerate() {
                *value = values[y * self.width + x];
            }
            self.columns[direction].process(&mut column);
            for (y, &value) in column.iter().enumerate() {
                values[y * self.width + x] = value;
            }
        }
    }

    /// Frequency of entry `k`, as a share of the highest one along an axis (half a cycle a pixel); up to √2 on diagonals.
    pub(super) fn frequency(&self, k: usize) -> f64 {
        let along = |i: usize, n: usize| i.min(n - i) as f64 / n as f64;
        let (y, x) = (along(k / self.width, self.height), along(k % self.width, self.width));
        2.0 * y.hypot(x)
    }

    /// The entry of the opposite frequency, which has the conjugate value.
    pub(super) fn opposite(&self, k: usize) -> usize {
        let (y, x) = (k / self.width, k % self.width);
        (self.height - y) % self.height * self.width + (self.width - x) % self.width
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn of_size(height: usize, width: usize) -> Fourier {
        let set =
            Pictures { ids: vec![], values: vec![], channels: 1, height, width, labels: vec![] };
        Fourier::new(&set)
    }

    #[test]
    fn the_transform_is_that_of_the_definition_and_is_undone() {
        let fourier = of_size(4, 6);
        let plane: Vec<f64> = (0..24).map(|i| f64::from(i * i % 17)).collect();
        let found = fourier.forward(&plane);
        for (k, value) in found.iter().enumerate() {
            let (ky, kx) = (k / 6, k % 6);
            let sum: Complex<f64> = (0..24)
                .map(|i| {
                    let turn = (ky * (i / 6)) as f64 / 4.0 + (kx * (i % 6)) as f64 / 6.0;
                    Complex::from_polar(plane[i], -std::f64::consts::TAU * turn)
                })
                .sum();
            assert!((sum - value).norm() < 1e-10, "{k}");
            assert!((found[fourier.opposite(k)] - value.conj()).norm() < 1e-10, "{k}");
        }
        let back = fourier.inverse(found);
        assert!(plane.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-12));
        assert_eq!(fourier.frequency(3), 1.0);
        assert_eq!(fourier.frequency(0), 0.0);
        assert_eq!(fourier.frequency(6), 0.5);
    }
}
