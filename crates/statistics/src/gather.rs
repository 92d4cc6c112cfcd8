//! One pass over the data: from activations to moments in blocks.

use consilience_data::{ActivationSource, Activations, Precision, RowMajor};
use consilience_linalg::{MatRef, Real};
use rayon::prelude::*;

use crate::cross::BlockCross;
use crate::marginal::BlockMarginal;
use crate::{Blocks, Cross, Marginal, Result};

/// Rows that are multiplied at once. At 2,048 rows the f64 accumulation of an f32 product costs under a tenth of the
/// product itself, and a chunk of 2,048 units takes 16 MiB.
pub const ROWS_PER_CHUNK: usize = 2048;

/// One representation as it is to be read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Where the activations come from.
    pub source: &'a dyn ActivationSource,
    /// Index of the representation in the source.
    pub representation: usize,
    /// The units to keep, ascending; all of them if `None`.
    pub units: Option<&'a [usize]>,
    /// Row i shows stimulus `order[i]` in place of stimulus i: how a shuffle null breaks the correspondence.
    pub order: Option<&'a [usize]>,
}

impl Reading<'_> {
    fn rows_per_stimulus(&self) -> usize {
        self.source.representations()[self.representation].rows_per_stimulus
    }

    fn n_units(&self) -> usize {
        let all = self.source.representations()[self.representation].n_units;
        self.units.map_or(all, <[usize]>::len)
    }

    fn name(&self) -> String {
        self.source.representations()[self.representation].id.to_string()
    }

    fn epsilon(&self) -> f64 {
        match self.source.representations()[self.representation].precision {
            Precision::F32 => f64::from(f32::EPSILON),
            Precision::F64 => f64::EPSILON,
        }
    }

    fn buffer(&self) -> Activations {
        let r = &self.source.representations()[self.representation];
        Activations::empty(r.precision, r.n_units)
    }

    /// Reads stimuli into `buffer` and keeps the chosen units.
    fn read(&self, stimuli: &[usize], buffer: &mut Activations) -> Result<Option<Activations>> {
        buffer.clear();
        match self.order {
            None => self.source.read(self.representation, stimuli, buffer)?,
            Some(order) => {
                let moved: Vec<usize> = stimuli.iter().map(|&s| order[s]).collect();
                self.source.read(self.representation, &moved, buffer)?;
            }
        }
        Ok(self.units.map(|units| match buffer {
            Activations::F32(m) => Activations::F32(pick(m, units)),
            Activations::F64(m) => Activations::F64(pick(m, units)),
        }))
    }
}

fn pick<T: Copy>(m: &RowMajor<T>, units: &[usize]) -> RowMajor<T> {
    let values = m.values.chunks_exact(m.n_units).flat_map(|row| units.iter().map(|&u| row[u]));
    RowMajor { values: values.collect(), n_units: units.len() }
}

/// A chunk of rows centred at its own mean, with its ranges and row norms.
pub(crate) struct Centred<'a, T> {
    pub(crate) view: MatRef<'a, T>,
    pub(crate) mean: &'a Vec<f64>,
    pub(crate) min: &'a Vec<f64>,
    pub(crate) max: &'a Vec<f64>,
    pub(crate) squared_norms: &'a [f64],
}

/// What [`centre_in_place`] finds out while it centres.
#[derive(Default)]
struct ChunkFacts {
    mean: Vec<f64>,
    min: Vec<f64>,
    max: Vec<f64>,
    squared_norms: Vec<f64>,
}

impl ChunkFacts {
    fn with<'a, T>(&'a self, rows: &'a RowMajor<T>) -> Centred<'a, T> {
        Centred {
            view: rows.view(),
            mean: &self.mean,
            min: &self.min,
            max: &self.max,
            squared_norms: &self.squared_norms,
        }
    }
}

/// Rows that one thread sums before sums are added up, band after band: fixed, so that no sum depends on the threads.
const ROWS_PER_BAND: usize = 128;

/// Subtracts the mean of each unit over the chunk. The sum of the differences, which are small, then mends the digits
/// that the sum of the values has lost: far from 0 these are the ones in which the means of two chunks differ.
fn centre_in_place<T: Real>(rows: &mut RowMajor<T>) -> ChunkFacts {
    let (n, p) = (rows.n_rows(), rows.n_units);
    let bands: Vec<BandFacts> =
        rows.values.par_chunks(ROWS_PER_BAND * p).map(|band| BandFacts::of(band, p)).collect();
    let BandFacts { mut sum, min, max } = bands
        .into_iter()
        .reduce(BandFacts::then)
        .unwrap_or_else(|| BandFacts::of::<T>(&[], p));
    sum.iter_mut().for_each(|s| *s /= n as f64);
    let mean = sum;
    let centred: Vec<(Vec<f64>, Vec<f64>)> = rows
        .values
        .par_chunks_mut(ROWS_PER_BAND * p)
        .map(|band| centre_band(band, &mean))
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
    fn of<T: Real>(band: &[T], p: usize) -> Self {
        let mut facts =
            Self { sum: vec![0.0; p], min: vec![f64::INFINITY; p], max: vec![f64::NEG_INFINITY; p] };
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
fn centre_band<T: Real>(band: &mut [T], mean: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut residue = vec![0.0; mean.len()];
    let norms = band.chunks_exact_mut(mean.len()).map(|row| {
        let mut norm = 0.0;
        for ((value, mean), residue) in row.iter_mut().zip(mean).zip(&mut residue) {
            let difference = (*value).into() - mean;
            *residue += difference;
            *value = T::from_f64(difference);
            norm += difference * difference;
        }
        norm
    });
    let norms = norms.collect();
    (residue, norms)
}

/// Stimuli of a block in pieces of at most [`ROWS_PER_CHUNK`] rows (at least one stimulus each), of about equal size.
fn pieces(members: &[usize], rows_per_stimulus: usize) -> std::slice::Chunks<'_, usize> {
    let most = (ROWS_PER_CHUNK / rows_per_stimulus).max(1);
    let n_pieces = members.len().div_ceil(most).max(1);
    members.chunks(members.len().div_ceil(n_pieces).max(1))
}

/// Moments of one representation, in blocks. One pass; memory is one chunk and the moments.
///
/// # Errors
/// When the source cannot be read or holds a value that is not finite.
pub fn gather_marginal(reading: &Reading<'_>, blocks: &Blocks) -> Result<Marginal> {
    let p = reading.n_units();
    let mut out = Vec::with_capacity(blocks.len());
    let mut buffer = reading.buffer();
    for b in 0..blocks.len() {
        let mut block = BlockMarginal::empty(p);
        for stimuli in pieces(blocks.members(b), reading.rows_per_stimulus()) {
            let mut picked = reading.read(stimuli, &mut buffer)?;
            let chunk = match picked.as_mut().unwrap_or(&mut buffer) {
                Activations::F32(rows) => {
                    let facts = centre_in_place(rows);
                    BlockMarginal::of_chunk(&facts.with(rows))
                }
                Activations::F64(rows) => {
                    let facts = centre_in_place(rows);
                    BlockMarginal::of_chunk(&facts.with(rows))
                }
            };
            if block.n == 0 {
                block = chunk;
            } else {
                block.merge(&chunk);
            }
        }
        out.push(block);
    }
    Ok(Marginal { name: reading.name(), blocks: out })
}

/// Cross-moments of two representations of the same stimuli, in blocks. One pass over each.
///
/// # Errors
/// When a source cannot be read, the stimuli differ, or the rows of a stimulus do not pair up.
pub fn gather_cross(x: &Reading<'_>, y: &Reading<'_>, blocks: &Blocks) -> Result<Cross> {
    check_same_stimuli(x, y)?;
    let mut out = Vec::with_capacity(blocks.len());
    let (mut x_buffer, mut y_buffer) = (x.buffer(), y.buffer());
    for b in 0..blocks.len() {
        let mut block = BlockCross::empty(x.n_units(), y.n_units());
        for stimuli in pieces(blocks.members(b), x.rows_per_stimulus()) {
            let mut x_picked = x.read(stimuli, &mut x_buffer)?;
            let mut y_picked = y.read(stimuli, &mut y_buffer)?;
            let x_rows = x_picked.as_mut().unwrap_or(&mut x_buffer);
            let y_rows = y_picked.as_mut().unwrap_or(&mut y_buffer);
            add_chunk(&mut block, x_rows, y_rows);
        }
        out.push(block);
    }
    Ok(Cross { blocks: out, epsilon: x.epsilon().max(y.epsilon()) })
}

/// Centres both sides and adds their product; where precisions differ, the narrower is widened.
fn add_chunk(block: &mut BlockCross, x: &mut Activations, y: &mut Activations) {
    fn add<T: Real>(block: &mut BlockCross, x: &mut RowMajor<T>, y: &mut RowMajor<T>) {
        let (x_facts, y_facts) = (centre_in_place(x), centre_in_place(y));
        block.add_chunk(&x_facts.with(x), &y_facts.with(y));
    }
    fn widen(m: &RowMajor<f32>) -> RowMajor<f64> {
        RowMajor { values: m.values.iter().map(|&v| f64::from(v)).collect(), n_units: m.n_units }
    }
    match (x, y) {
        (Activations::F32(x), Activations::F32(y)) => add(block, x, y),
        (Activations::F64(x), Activations::F64(y)) => add(block, x, y),
        (Activations::F32(x), Activations::F64(y)) => add(block, &mut widen(x), y),
        (Activations::F64(x), Activations::F32(y)) => add(block, x, &mut widen(y)),
    }
}

fn check_same_stimuli(x: &Reading<'_>, y: &Reading<'_>) -> Result<()> {
    let different = |found: String| consilience_data::Error::DifferentStimuli {
        x: x.name(),
        y: y.name(),
        found,
    };
    let (a, b) = (&x.source.stimuli().ids, &y.source.stimuli().ids);
    if a.len() != b.len() {
        return Err(different(format!("{} stimuli against {}", a.len(), b.len())).into());
    }
    if let Some(i) = (0..a.len()).find(|&i| a[i] != b[i]) {
        return Err(different(format!("index {i} is `{}` against `{}`", a[i], b[i])).into());
    }
    let (a, b) = (x.rows_per_stimulus(), y.rows_per_stimulus());
    if a != b {
        return Err(different(format!("{a} rows (positions) a stimulus against {b}")).into());
    }
    Ok(())
}
