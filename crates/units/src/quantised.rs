//! Matrices for the eye: 8 bits a value, base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A matrix with 8 bits a value, small enough to travel inside a row of results.
///
/// A byte b stands for `low + b · (high − low) / 255`; the error is at most half of a step. For pictures and scatter plots:
/// no number of the results is computed from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantised {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// What byte 0 stands for.
    pub low: f32,
    /// What byte 255 stands for.
    pub high: f32,
    /// `rows · columns` bytes, row after row, in base64 (standard alphabet, padded).
    pub bytes: String,
}

impl Quantised {
    /// Values of `value(row, column)` on the scale from `low` to `high`; what lies outside is moved to its nearer end.
    #[must_use]
    pub fn of(
        (rows, columns): (usize, usize),
        (low, high): (f64, f64),
        value: impl Fn(usize, usize) -> f64,
    ) -> Self {
        let step = if high > low { 255.0 / (high - low) } else { 0.0 };
        // `as u8` saturates at both ends.
        let byte = |(i, j)| ((value(i, j) - low) * step).round() as u8;
        let cells = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j)));
        let bytes: Vec<u8> = cells.map(byte).collect();
        let bytes = STANDARD.encode(bytes);
        Self { rows, columns, low: low as f32, high: high as f32, bytes }
    }

    /// The values, row after row; nothing if the bytes are not `rows · columns` bytes in base64.
    #[must_use]
    pub fn values(&self) -> Option<Vec<f32>> {
        let bytes = STANDARD.decode(&self.bytes).ok()?;
        let step = (self.high - self.low) / 255.0;
        let values = bytes.iter().map(|&b| self.low + f32::from(b) * step).collect();
        (bytes.len() == self.rows * self.columns).then_some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_within_half_a_step() {
        let value = |i: usize, j: usize| (1.3 * i as f64 + 0.7 * j as f64).sin();
        let quantised = Quantised::of((5, 7), (-1.0, 1.0), value);
        let found = quantised.values().expect("its own bytes");
        for i in 0..5 {
            for j in 0..7 {
                let error = (f64::from(found[i * 7 + j]) - value(i, j)).abs();
                assert!(error <= 1.0 / 255.0 + 1e-6, "({i}, {j}): {error}");
            }
        }
    }

    #[test]
    fn a_scale_of_no_width_and_values_beyond_it_are_no_error() {
        assert_eq!(Quantised::of((1, 2), (3.0, 3.0), |_, _| 3.0).values(), Some(vec![3.0; 2]));
        let beyond = Quantised::of((1, 2), (0.0, 1.0), |_, j| [-5.0, 5.0][j]);
        assert_eq!(beyond.values(), Some(vec![0.0, 1.0]));
        assert_eq!(Quantised { rows: 2, ..beyond }.values(), None);
    }
}
