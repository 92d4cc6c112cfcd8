//! What is done to rows before they are compared: explicit, in a fixed order, never by default.

use consilience_data::{Activations, RowMajor};
use consilience_linalg::Real;

/// Steps before rows are compared, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Preparation {
    /// Values beyond the q-quantile of all absolute values are set to it, sign kept (the Platonic pipeline: 0.95).
    /// The quantile is the value of rank ⌊q · values⌋ in ascending order.
    pub clip: Option<f64>,
    /// The mean of each unit is subtracted.
    pub centre: bool,
    /// Each row is divided by its Euclidean norm; a row of zeros stays.
    pub normalise: bool,
}

impl Preparation {
    /// Only the centring of units.
    #[must_use]
    pub fn centred() -> Self {
        Self { centre: true, ..Self::default() }
    }

    /// Only the normalisation of rows.
    #[must_use]
    pub fn normalised() -> Self {
        Self { normalise: true, ..Self::default() }
    }

    pub(super) fn name(&self) -> String {
        format!("prepared {:?} {} {}", self.clip, self.centre, self.normalise)
    }

    pub(super) fn apply(&self, values: &Activations) -> Activations {
        match values {
            Activations::F32(m) => Activations::F32(self.steps(m)),
            Activations::F64(m) => Activations::F64(self.steps(m)),
        }
    }

    fn steps<T: Real>(&self, m: &RowMajor<T>) -> RowMajor<T> {
        let mut out = RowMajor { values: m.values.clone(), n_units: m.n_units };
        if let Some(q) = self.clip {
            clip(&mut out, q);
        }
        if self.centre {
            centre(&mut out);
        }
        if self.normalise {
            normalise(&mut out);
        }
        out
    }
}

fn clip<T: Real>(m: &mut RowMajor<T>, q: f64) {
    let mut sizes: Vec<f64> = m.values.iter().map(|&v| v.into().abs()).collect();
    if sizes.is_empty() {
        return;
    }
    let rank = ((q * sizes.len() as f64) as usize).min(sizes.len() - 1);
    let (_, &mut limit, _) = sizes.select_nth_unstable_by(rank, f64::total_cmp);
    for v in &mut m.values {
        *v = T::from_f64((*v).into().clamp(-limit, limit));
    }
}

fn centre<T: Real>(m: &mut RowMajor<T>) {
    let (n, p) = (m.n_rows(), m.n_units);
    let mut mean = vec![0.0; p];
    // Twice: the second time mends the digits that the sum of values far from 0 has lost.
    for _ in 0..2 {
        let mut sum = vec![0.0; p];
        for row in m.values.chunks_exact(p) {
            let terms = sum.iter_mut().zip(row.iter().zip(&mean));
            terms.for_each(|(s, (&v, mean))| *s += v.into() - mean);
        }
        mean.iter_mut().zip(sum).for_each(|(m, s)| *m += s / n as f64);
    }
    for row in m.values.chunks_exact_mut(p) {
        row.iter_mut().zip(&mean).for_each(|(v, mean)| *v = T::from_f64((*v).into() - mean));
    }
}

fn normalise<T: Real>(m: &mut RowMajor<T>) {
    for row in m.values.chunks_exact_mut(m.n_units) {
        let norm = row.iter().map(|&v| v.into() * v.into()).sum::<f64>().sqrt();
        if norm > 0.0 {
            row.iter_mut().for_each(|v| *v = T::from_f64((*v).into() / norm));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_in_order() {
        let rows = RowMajor { values: vec![3.0, -4.0, 0.0, 100.0, 6.0, 8.0], n_units: 2 };
        let steps = |p: Preparation| -> Vec<f64> { p.steps(&rows).values };
        // The value of rank ⌊0.8 · 6⌋ = 4 (from 0) of 0, 3, 4, 6, 8, 100 is 8.
        let clip = Some(0.8);
        let clipped = steps(Preparation { clip, ..Preparation::default() });
        assert_eq!(clipped, [3.0, -4.0, 0.0, 8.0, 6.0, 8.0]);
        let centred = steps(Preparation::centred());
        assert!(
            centred[0] == 0.0 && (centred[1] + 116.0 / 3.0).abs() < 1e-13 && centred[2] == -3.0
        );
        let unit = steps(Preparation::normalised());
        assert!((unit[0] - 0.6).abs() < 1e-15 && (unit[5] - 0.8).abs() < 1e-15);
        let both = steps(Preparation { clip, centre: false, normalise: true });
        assert_eq!(both[2..4], [0.0, 1.0]);
    }
}
