//! Rows of one representation, for what is no function of moments: kernels, dissimilarities, neighbours.
//!
//! Memory is that of the rows; Gram matrices are visited in bands and never held whole, unless a measure remembers a result.

mod pair;
mod prepare;

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use consilience_data::{Activations, RowMajor};
use consilience_linalg::{Mat, MatRef, Real, add_cross};
use rayon::prelude::*;

pub use pair::{MaybeMoved, RowPair, shuffled_rows};
pub use prepare::Preparation;

use crate::{BlockSet, Blocks, Reading, Result, Rotation};

/// Rows of a band: a band of the Gram matrix of 5,000 rows takes 10 MB.
pub const ROWS_PER_BAND: usize = 256;

/// Bytes that a set of rows may remember of what was derived from it, beside the rows.
const REMEMBERED_BYTES: usize = 512 << 20;

/// The rows of a representation over a set of blocks, as they are: neither centred nor scaled.
///
/// Rows stand block after block, and within a block in the order of the stimuli; the rows (positions) of one stimulus
/// stand together. What is derived from them is remembered, so that measures, pairs and draws share it.
#[derive(Debug)]
pub struct RowSet {
    name: String,
    values: Activations,
    stimuli: Vec<usize>,
    labels: Option<Vec<u32>>,
    rows_per_stimulus: usize,
    left_out: usize,
    memory: Mutex<BTreeMap<String, Arc<dyn Any + Send + Sync>>>,
}

impl RowSet {
    /// Reads the rows of a set of blocks.
    ///
    /// # Errors
    /// When the source cannot be read or holds a value that is not finite.
    pub fn read(reading: &Reading<'_>, blocks: &Blocks, set: BlockSet) -> Result<Self> {
        let stimuli: Vec<usize> = set.iter().flat_map(|b| blocks.members(b).to_vec()).collect();
        let values = reading.read(&stimuli, reading.buffer())?;
        // A label belongs to the stimulus that is shown: where the order is another one, it moves with its row.
        let shown = |s: usize| reading.order.map_or(s, |order| order[s]);
        let labels = reading.source.stimuli().labels.as_ref();
        let labels = labels.map(|all| stimuli.iter().map(|&s| all[shown(s)]).collect());
        Ok(Self {
            name: reading.name(),
            values,
            stimuli,
            labels,
            rows_per_stimulus: reading.rows_per_stimulus(),
            left_out: reading.left_out(),
            memory: Mutex::default(),
        })
    }

    /// The same stimuli with other values.
    fn with_values(&self, values: Activations) -> Self {
        Self {
            name: self.name.clone(),
            values,
            stimuli: self.stimuli.clone(),
            labels: self.labels.clone(),
            rows_per_stimulus: self.rows_per_stimulus,
            left_out: self.left_out,
            memory: Mutex::default(),
        }
    }

    /// Name of the representation.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.stimuli.len() * self.rows_per_stimulus
    }

    /// Number of units.
    #[must_use]
    pub fn n_units(&self) -> usize {
        self.values.n_units()
    }

    /// The values, rows × units.
    #[must_use]
    pub fn values(&self) -> &Activations {
        &self.values
    }

    /// Relative rounding of the values.
    #[must_use]
    pub fn epsilon(&self) -> f64 {
        match self.values {
            Activations::F32(_) => f64::from(f32::EPSILON),
            Activations::F64(_) => f64::EPSILON,
        }
    }

    /// Index of each stimulus in its source, in the order of the rows.
    #[must_use]
    pub fn stimuli(&self) -> &[usize] {
        &self.stimuli
    }

    /// Rows (positions, repeats) of one stimulus.
    #[must_use]
    pub fn rows_per_stimulus(&self) -> usize {
        self.rows_per_stimulus
    }

    /// Units of the source that are not among these: unit j is unit j of the source only if there is none.
    #[must_use]
    pub fn units_left_out(&self) -> usize {
        self.left_out
    }

    /// Class of each stimulus, in the order of the rows, if the source knows it. It is the class of what is shown: under
    /// another order ([`Reading::order`]) it moves with its row.
    #[must_use]
    pub fn labels(&self) -> Option<&[u32]> {
        self.labels.as_deref()
    }

    /// Row `i` in f64.
    #[must_use]
    pub fn row(&self, i: usize) -> Vec<f64> {
        let p = self.n_units();
        match &self.values {
            Activations::F32(m) => m.values[i * p..(i + 1) * p].iter().map(|&v| v.into()).collect(),
            Activations::F64(m) => m.values[i * p..(i + 1) * p].to_vec(),
        }
    }

    /// Inner products of rows with rows, `columns.len()` × `rows.len()`: column j holds those of row `rows.start + j`.
    /// Multiplied in the precision of the values.
    #[must_use]
    pub fn products(&self, rows: Range<usize>, columns: Range<usize>) -> Mat<f64> {
        match &self.values {
            Activations::F32(m) => products(m.view(), rows, columns),
            Activations::F64(m) => products(m.view(), rows, columns),
        }
    }

    /// Squared Euclidean distances of rows from rows, in the layout of [`Self::products`]; never negative, exactly 0 of a
    /// row from itself. Where units are far from 0, ask the centred rows ([`Preparation::centred`]): they lose no digits.
    #[must_use]
    pub fn squared_distances(&self, rows: Range<usize>, columns: Range<usize>) -> Mat<f64> {
        let norms = self.squared_norms();
        let mut out = self.products(rows.clone(), columns.clone());
        for (j, row) in rows.enumerate() {
            let column = out.col_as_slice_mut(j).iter_mut();
            for (distance, other) in column.zip(columns.clone()) {
                let squared = norms[row] + norms[other] - 2.0 * *distance;
                *distance = if row == other { 0.0 } else { squared.max(0.0) };
            }
        }
        out
    }

    /// Visits the rows in bands of at most [`ROWS_PER_BAND`], on several threads; results in the order of the bands.
    pub fn map_bands<T: Send>(&self, work: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
        bands(self.n_rows()).into_par_iter().map(work).collect()
    }

    /// Squared Euclidean norm of each row.
    #[must_use]
    pub fn squared_norms(&self) -> Arc<Vec<f64>> {
        self.remember("squared norms", |rows| match &rows.values {
            Activations::F32(m) => squared_norms(m),
            Activations::F64(m) => squared_norms(m),
        })
    }

    /// The rows after some preparation, remembered.
    #[must_use]
    pub fn prepared(&self, preparation: &Preparation) -> Arc<Self> {
        self.remember(&preparation.name(), |rows| rows.with_values(preparation.apply(&rows.values)))
    }

    /// Row i is row `order[i]` of these. Labels and stimuli move with their rows.
    ///
    /// # Panics
    /// If `order` is not one row of these a row, stimulus by stimulus.
    #[must_use]
    pub fn reordered(&self, order: &[usize]) -> Self {
        assert_eq!(order.len(), self.n_rows(), "{}: one row a row", self.name);
        let stimuli: Vec<usize> = order
            .iter()
            .step_by(self.rows_per_stimulus)
            .map(|r| r / self.rows_per_stimulus)
            .collect();
        let values = match &self.values {
            Activations::F32(m) => Activations::F32(reordered(m, order)),
            Activations::F64(m) => Activations::F64(reordered(m, order)),
        };
        let labels = self.labels.as_ref().map(|l| stimuli.iter().map(|&s| l[s]).collect());
        let stimuli = stimuli.iter().map(|&s| self.stimuli[s]).collect();
        Self { stimuli, labels, ..self.with_values(values) }
    }

    /// The rows in a rotated basis.
    #[must_use]
    pub fn rotated(&self, turn: &Rotation) -> Self {
        let values = match &self.values {
            Activations::F32(m) => Activations::F32(rotated(m, turn)),
            Activations::F64(m) => Activations::F64(rotated(m, turn)),
        };
        self.with_values(values)
    }

    /// What `make` finds out about these rows, remembered under a name that says all that it depends on.
    ///
    /// # Panics
    /// If a value of another type is remembered under that name, or another thread panicked while it held the memory.
    pub fn remember<T: Any + Send + Sync>(
        &self,
        name: &str,
        make: impl FnOnce(&Self) -> T,
    ) -> Arc<T> {
        if let Some(found) = self.recall(name) {
            return found;
        }
        // Two threads may both compute it: they find the same, and the lock is not held while they work.
        let value = Arc::new(make(self));
        let mut memory = self.memory.lock().expect("no thread panicked");
        memory.entry(name.to_owned()).or_insert(value);
        drop(memory);
        self.recall(name).expect("it was just remembered")
    }

    /// What is remembered under a name, if it is.
    ///
    /// # Panics
    /// As [`Self::remember`].
    #[must_use]
    pub fn recall<T: Any + Send + Sync>(&self, name: &str) -> Option<Arc<T>> {
        let found = self.memory.lock().expect("no thread panicked").get(name).cloned()?;
        Some(found.downcast().unwrap_or_else(|_| panic!("`{name}` is of another type")))
    }

    /// Whether a derived table of so many f64 values is small enough to be remembered.
    #[must_use]
    pub fn may_remember(&self, values: usize) -> bool {
        values.saturating_mul(size_of::<f64>()) <= REMEMBERED_BYTES
    }
}

/// Ranges of at most [`ROWS_PER_BAND`] rows, in order.
fn bands(n_rows: usize) -> Vec<Range<usize>> {
    let starts = (0..n_rows).step_by(ROWS_PER_BAND);
    starts.map(|start| start..(start + ROWS_PER_BAND).min(n_rows)).collect()
}

fn products<T: Real>(m: MatRef<'_, T>, rows: Range<usize>, columns: Range<usize>) -> Mat<f64> {
    let part = |range: Range<usize>| m.subrows(range.start, range.len()).transpose();
    let mut out = Mat::zeros(columns.len(), rows.len());
    add_cross(&mut out, part(columns), part(rows));
    out
}

fn squared_norms<T: Real>(m: &RowMajor<T>) -> Vec<f64> {
    let norm = |row: &[T]| row.iter().map(|&v| v.into() * v.into()).sum();
    m.values.chunks_exact(m.n_units).map(norm).collect()
}

fn reordered<T: Copy>(m: &RowMajor<T>, order: &[usize]) -> RowMajor<T> {
    let p = m.n_units;
    let mut values = Vec::with_capacity(m.values.len());
    order.iter().for_each(|&r| values.extend_from_slice(&m.values[r * p..(r + 1) * p]));
    RowMajor { values, n_units: p }
}

/// Rotated in f64, a band of rows at a time, and rounded to the precision of the rows.
fn rotated<T: Real>(m: &RowMajor<T>, turn: &Rotation) -> RowMajor<T> {
    let p = m.n_units;
    let mut values = Vec::with_capacity(m.values.len());
    for rows in m.values.chunks(ROWS_PER_BAND * p) {
        let wide: Vec<f64> = rows.iter().map(|&v| v.into()).collect();
        let wide = MatRef::from_row_major_slice(&wide, rows.len() / p, p);
        // Qᵀ xᵀ: a column for each row.
        let turned = consilience_linalg::matmul_abt(turn.matrix().transpose(), wide);
        for j in 0..turned.ncols() {
            values.extend(turned.col_as_slice(j).iter().map(|&v| T::from_f64(v)));
        }
    }
    RowMajor { values, n_units: p }
}
