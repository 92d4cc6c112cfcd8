//! Rows of one representation, for what is no function of moments: kernels, dissimilarities, neighbours.
//!
//! Memory is that of the rows; Gram matrices are visited in bands and never held whole, unless a measure remembers a result.

mod distances;
mod nearest;
mod neighbours;
mod pair;
mod prepare;
mod table;
mod twins;
mod units;

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use consilience_data::{Activations, RowMajor};
use consilience_linalg::{Mat, MatRef, Real, add_cross};
use rayon::prelude::*;

pub use distances::SquaredDistances;
pub use neighbours::{Nearness, Neighbours};
pub use pair::{MaybeMoved, RowPair, shuffled_rows};
pub use prepare::Preparation;
pub use table::PairTable;

use crate::blocks::{GOLDEN, hash, scramble};
use crate::{BlockSet, Blocks, Reading, Result, Rotation};

/// Rows of a band: a band of the Gram matrix of 5,000 rows takes 10 MB.
pub const ROWS_PER_BAND: usize = 256;

/// Bytes of the largest table that is remembered of a set of rows: n² values of 11,585 rows in f32, of 8,192 in f64.
const REMEMBERED_BYTES: usize = 512 << 20;

/// Seed of the hash of ids: another one than those of blocks, so that keys do not follow blocks.
const ROW_KEYS: u64 = 0x726f_7773;

/// The rows of a representation over a set of blocks, as they are: neither centred nor scaled.
///
/// Rows stand block after block, and within a block in the order of the stimuli; the rows (positions) of one stimulus
/// stand together. What is derived from them is remembered, so that measures, pairs and draws share it.
#[derive(Debug)]
pub struct RowSet {
    name: String,
    values: Activations,
    shown: Shown,
    remembered_bytes: usize,
    memory: Mutex<BTreeMap<String, Arc<dyn Any + Send + Sync>>>,
}

/// What the rows are of.
#[derive(Debug, Clone)]
struct Shown {
    stimuli: Vec<usize>,
    /// Hash of the id of each stimulus.
    keys: Vec<u64>,
    labels: Option<Vec<u32>>,
    rows_per_stimulus: usize,
    /// Units of the source that are not among the values.
    left_out: usize,
}

impl Shown {
    /// Stimuli at the given places, in that order.
    fn at(&self, places: &[usize]) -> Self {
        Self {
            stimuli: places.iter().map(|&s| self.stimuli[s]).collect(),
            keys: places.iter().map(|&s| self.keys[s]).collect(),
            labels: self.labels.as_ref().map(|l| places.iter().map(|&s| l[s]).collect()),
            rows_per_stimulus: self.rows_per_stimulus,
            left_out: self.left_out,
        }
    }
}

impl RowSet {
    /// Reads the rows of a set of blocks.
    ///
    /// # Errors
    /// When the source cannot be read or holds a value that is not finite.
    pub fn read(reading: &Reading<'_>, blocks: &Blocks, set: BlockSet) -> Result<Self> {
        let stimuli: Vec<usize> = set.iter().flat_map(|b| blocks.members(b).to_vec()).collect();
        let values = reading.read(&stimuli, reading.buffer())?;
        let source = reading.source.stimuli();
        // A label belongs to the stimulus that is shown: where the order is another one, it moves with its row.
        let shown = |s: usize| reading.order.map_or(s, |order| order[s]);
        let labels = source.labels.as_ref();
        let shown = Shown {
            keys: stimuli.iter().map(|&s| hash(ROW_KEYS, &source.ids[s])).collect(),
            labels: labels.map(|all| stimuli.iter().map(|&s| all[shown(s)]).collect()),
            stimuli,
            rows_per_stimulus: reading.rows_per_stimulus(),
            left_out: reading.left_out(),
        };
        Ok(Self::new(reading.name(), values, shown, REMEMBERED_BYTES))
    }

    fn new(name: String, values: Activations, shown: Shown, remembered_bytes: usize) -> Self {
        Self { name, values, shown, remembered_bytes, memory: Mutex::default() }
    }

    /// The same stimuli with other values.
    fn with_values(&self, values: Activations) -> Self {
        Self::new(self.name.clone(), values, self.shown.clone(), self.remembered_bytes)
    }

    /// The same, with another limit to the size of a table that is held ([`Self::most_remembered`]); the default is 512 MiB.
    #[must_use]
    pub fn remembering(self, bytes: usize) -> Self {
        Self { remembered_bytes: bytes, ..self }
    }

    /// Name of the representation.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.shown.stimuli.len() * self.shown.rows_per_stimulus
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
        &self.shown.stimuli
    }

    /// Rows (positions, repeats) of one stimulus.
    #[must_use]
    pub fn rows_per_stimulus(&self) -> usize {
        self.shown.rows_per_stimulus
    }

    /// Units of the source that are not among these: unit j is unit j of the source only if there is none.
    #[must_use]
    pub fn units_left_out(&self) -> usize {
        self.shown.left_out
    }

    /// Class of each stimulus, in the order of the rows, if the source knows it. It is the class of what is shown: under
    /// another order ([`Reading::order`]) it moves with its row.
    #[must_use]
    pub fn labels(&self) -> Option<&[u32]> {
        self.shown.labels.as_deref()
    }

    /// A number that stands for row `i` in whatever order the rows were read: a hash of the id of its stimulus (FNV-1a,
    /// then the finaliser of SplitMix64) and of its position within the stimulus.
    #[must_use]
    pub fn key(&self, i: usize) -> u64 {
        let each = self.shown.rows_per_stimulus;
        scramble(self.shown.keys[i / each] ^ ((i % each) as u64).wrapping_mul(GOLDEN))
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
        products_between(&self.values, &self.values, rows, columns)
    }

    /// Inner products among some rows.
    #[must_use]
    pub fn products_among(&self, rows: &[usize]) -> Mat<f64> {
        let (all, values) = (0..rows.len(), picked(&self.values, rows));
        products_between(&values, &values, all.clone(), all)
    }

    /// Inner product of two rows, in f64.
    #[must_use]
    pub fn product(&self, i: usize, j: usize) -> f64 {
        match &self.values {
            Activations::F32(m) => product(m, i, j),
            Activations::F64(m) => product(m, i, j),
        }
    }

    /// Whether products and squared distances of the rows neither overflow nor lose their digits to underflow.
    #[must_use]
    pub fn products_within_range(&self) -> bool {
        let (least, greatest) = match self.values {
            Activations::F32(_) => (1e-28, f64::from(f32::MAX) / 4.0),
            Activations::F64(_) => (1e-280, f64::MAX / 4.0),
        };
        let longest = self.squared_norms().iter().copied().fold(0.0, f64::max);
        longest == 0.0 || (least..greatest).contains(&longest)
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
        self.remember("squared norms", |rows| squared_norms_of(&rows.values))
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
        let each = self.shown.rows_per_stimulus;
        let places: Vec<usize> = order.iter().step_by(each).map(|r| r / each).collect();
        let values = picked(&self.values, order);
        Self::new(self.name.clone(), values, self.shown.at(&places), self.remembered_bytes)
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

    /// The greatest number of values of a type that a table may have which is derived of these rows and remembered.
    #[must_use]
    pub fn most_remembered<T>(&self) -> usize {
        self.remembered_bytes / size_of::<T>()
    }
}

/// Ranges of at most [`ROWS_PER_BAND`] rows, in order.
fn bands(n_rows: usize) -> Vec<Range<usize>> {
    let starts = (0..n_rows).step_by(ROWS_PER_BAND);
    starts.map(|start| start..(start + ROWS_PER_BAND).min(n_rows)).collect()
}

/// Inner products of some rows of one matrix with some of another of the same precision, `columns.len()` × `rows.len()`.
fn products_between(
    of_rows: &Activations,
    of_columns: &Activations,
    rows: Range<usize>,
    columns: Range<usize>,
) -> Mat<f64> {
    match (of_rows, of_columns) {
        (Activations::F32(a), Activations::F32(b)) => products(a.view(), b.view(), rows, columns),
        (Activations::F64(a), Activations::F64(b)) => products(a.view(), b.view(), rows, columns),
        _ => unreachable!("rows of one representation have one precision"),
    }
}

fn picked(values: &Activations, rows: &[usize]) -> Activations {
    match values {
        Activations::F32(m) => Activations::F32(reordered(m, rows)),
        Activations::F64(m) => Activations::F64(reordered(m, rows)),
    }
}

fn squared_norms_of(values: &Activations) -> Vec<f64> {
    match values {
        Activations::F32(m) => squared_norms(m),
        Activations::F64(m) => squared_norms(m),
    }
}

fn product<T: Real>(m: &RowMajor<T>, i: usize, j: usize) -> f64 {
    let row = |i: usize| m.values[i * m.n_units..(i + 1) * m.n_units].iter();
    row(i).zip(row(j)).map(|(&a, &b)| a.into() * b.into()).sum()
}

fn products<T: Real>(
    of_rows: MatRef<'_, T>,
    of_columns: MatRef<'_, T>,
    rows: Range<usize>,
    columns: Range<usize>,
) -> Mat<f64> {
    let mut out = Mat::zeros(columns.len(), rows.len());
    let of_columns = of_columns.subrows(columns.start, columns.len()).transpose();
    let of_rows = of_rows.subrows(rows.start, rows.len()).transpose();
    add_cross(&mut out, of_columns, of_rows);
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
