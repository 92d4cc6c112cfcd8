//! Chunks of rows, centred: what is multiplied.

#![expect(clippy::inline_always, reason = "what is not inlined is not compiled for wider vectors")]

use consilience_data::{Activations, RowMajor};
use consilience_linalg::{Real, sum_of_squares, vectorised};
use rayon::prelude::*;

/// Rows centred at their own mean, with their ranges and row norms.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    pub(crate) rows: Activations,
    pub(crate) mean: Vec<f64>,
    pub(crate) min: Vec<f64>,
    pub(crate) max: Vec<f64>,
    pub(crate) squared_norms: Vec<f64>,
}

impl Chunk {
    /// Centres rows as they were read.
    pub(crate) fn of(mut rows: Activations) -> Self {
        let ChunkFacts { mean, min, max, squared_norms } = match &mut rows {
            Activations::F32(m) => centre_in_place(m),
            Activations::F64(m) => centre_in_place(m),
        };
        Self { rows, mean, min, max, squared_norms }
    }

    /// Number of rows.
    pub(crate) fn n(&self) -> usize {
        self.squared_norms.len()
    }

    /// Sum of all squared norms.
    pub(crate) fn trace(&self) -> f64 {
        self.squared_norms.iter().sum()
    }

    /// Sum of the rows, each times its weight, in f64; band after band, whatever the threads.
    pub(crate) fn weighted_sum(&self, weights: &[f64]) -> Vec<f64> {
        self.weighted_sums(&[weights]).remove(0)
    }

    /// The same for each of several weights, while a band of rows is at hand.
    pub(crate) fn weighted_sums(&self, weights: &[&[f64]]) -> Vec<Vec<f64>> {
        match &self.rows {
            Activations::F32(m) => weighted_sums(m, weights),
            Activations::F64(m) => weighted_sums(m, weights),
        }
    }
}

fn weighted_sums<T: Real>(m: &RowMajor<T>, weights: &[&[f64]]) -> Vec<Vec<f64>> {
    let p = m.n_units;
    let of_band = |(band, rows): (usize, &[T])| -> Vec<Vec<f64>> {
        let first = band * ROWS_PER_BAND;
        let own = |weights: &&[f64]| {
            let weights = &weights[first..first + rows.len() / p];
            vectorised(
                #[inline(always)]
                || weighted_band(rows, weights, p),
            )
        };
        weights.iter().map(own).collect()
    };
    let bands = m.values.par_chunks(ROWS_PER_BAND * p).enumerate();
    let sums: Vec<Vec<Vec<f64>>> = bands.map(of_band).collect();
    let mut out = vec![vec![0.0; p]; weights.len()];
    for band in sums {
        for (out, sum) in out.iter_mut().zip(band) {
            out.iter_mut().zip(sum).for_each(|(o, s)| *o += s);
        }
    }
    out
}

#[inline(always)]
fn weighted_band<T: Real>(rows: &[T], weights: &[f64], p: usize) -> Vec<f64> {
    let mut out = vec![0.0; p];
    // Four rows at a time: the sums are loaded and stored a quarter as often.
    for (rows, w) in rows.chunks_exact(4 * p).zip(weights.chunks_exact(4)) {
        let (a, rest) = rows.split_at(p);
        let (b, rest) = rest.split_at(p);
        let (c, d) = rest.split_at(p);
        let values = a.iter().zip(b).zip(c.iter().zip(d));
        for (o, ((&a, &b), (&c, &d))) in out.iter_mut().zip(values) {
            *o += w[0] * a.into() + w[1] * b.into() + (w[2] * c.into() + w[3] * d.into());
        }
    }
    let done = weights.len() / 4 * 4;
    for (row, &weight) in rows[done * p..].chunks_exact(p).zip(&weights[done..]) {
        for (o, &value) in out.iter_mut().zip(row) {
            *o += weight * value.into();
        }
    }
    out
}

/// What [`centre_in_place`] finds out while it centres.
struct ChunkFacts {
    mean: Vec<f64>,
    min: Vec<f64>,
    max: Vec<f64>,
    squared_norms: Vec<f64>,
}

/// Rows that one thread sums before sums are added up, band after band: fixed, so that no sum depends on the threads.
const ROWS_PER_BAND: usize = 128;

/// Subtracts the mean of each unit over the chunk. The sum of the differences, which are small, then mends the digits
/// that the sum of the values has lost: far from 0 these are the ones in which the means of two chunks differ.
fn centre_in_place<T: Real>(rows: &mut RowMajor<T>) -> ChunkFacts {
    let (n, p) = (rows.n_rows(), rows.n_units);
    let bands: Vec<BandFacts> = rows
        .values
        .par_chunks(ROWS_PER_BAND * p)
        .map(|band| {
            vectorised(
                #[inline(always)]
                || BandFacts::of(band, p),
            )
        })
        .collect();
    let BandFacts { mut sum, min, max } =
        bands.into_iter().reduce(BandFacts::then).unwrap_or_else(|| BandFacts::of::<T>(&[], p));
    sum.iter_mut().for_each(|s| *s /= n as f64);
    let mean = sum;
    let centred: Vec<(Vec<f64>, Vec<f64>)> = rows
        .values
        .par_chunks_mut(ROWS_PER_BAND * p)
        .map(|band| {
            vectorised(
                #[inline(always)]
                || centre_band(band, &mean),
            )
        })
        .collect();
    let mut residue = vec![0.0; p];
    let mut squared_norms = Vec::with_capacity(n);
    for (band_residue, norms) in centred {
        residue.iter_mut().zip(band_residue).for_each(|(r, b)| *r += b);
        squared_norms.extend(norms);
    }
    let mean = mean.iter().zip(&residue).map(|(m, r)| m + r / n as f64).collect();
    ChunkFacts { mean, min, max, squared_norms }
}

/// Sum and range of each unit over some rows.
struct BandFacts {
    sum: Vec<f64>,
    min: Vec<f64>,
    max: Vec<f64>,
}

impl BandFacts {
    #[inline(always)]
    fn of<T: Real>(band: &[T], p: usize) -> Self {
        let mut facts = Self {
            sum: vec![0.0; p],
            min: vec![f64::INFINITY; p],
            max: vec![f64::NEG_INFINITY; p],
        };
        for row in band.chunks_exact(p) {
            let ranges = facts.min.iter_mut().zip(&mut facts.max);
            for ((&value, sum), (min, max)) in row.iter().zip(&mut facts.sum).zip(ranges) {
                let value: f64 = value.into();
                *sum += value;
                // Values are finite: plain comparisons, which become vector instructions.
                *min = if value < *min { value } else { *min };
                *max = if value > *max { value } else { *max };
            }
        }
        facts
    }

    fn then(mut self, next: Self) -> Self {
        self.sum.iter_mut().zip(next.sum).for_each(|(a, b)| *a += b);
        self.min.iter_mut().zip(next.min).for_each(|(a, b)| *a = a.min(b));
        self.max.iter_mut().zip(next.max).for_each(|(a, b)| *a = a.max(b));
        self
    }
}

/// Centres some rows; returns the sums of the differences before rounding, and the squared norms of the rows.
#[inline(always)]
fn centre_band<T: Real>(band: &mut [T], mean: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut residue = vec![0.0; mean.len()];
    let norms = band.chunks_exact_mut(mean.len()).map(|row| {
        for ((value, mean), residue) in row.iter_mut().zip(mean).zip(&mut residue) {
            let difference = (*value).into() - mean;
            *residue += difference;
            *value = T::from_f64(difference);
        }
        // The norm of what is multiplied later, rounding included.
        sum_of_squares(row)
    });
    let norms = norms.collect();
    (residue, norms)
}
