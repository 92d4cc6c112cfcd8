//! Moments of one representation, block by block.

use consilience_linalg::MatRef;

use crate::BlockSet;
use crate::chunk::Chunk;
use crate::scatter::Scatter;

/// Moments of the rows of one block, centred at the block's own mean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BlockMarginal {
    /// Rows.
    pub(crate) n: usize,
    /// Mean of each unit.
    pub(crate) mean: Vec<f64>,
    /// Sum of outer products of the centred rows, p × p; of no rows, nothing.
    pub(crate) scatter: Scatter,
    /// Smallest value of each unit: with the largest, an exact test for a constant unit.
    pub(crate) min: Vec<f64>,
    /// Largest value of each unit.
    pub(crate) max: Vec<f64>,
    /// Sum of the squared squared norms of the centred rows, Σ‖x‖⁴.
    pub(crate) norm_4: f64,
    /// Sum of the centred rows times their squared norms, Σ‖x‖² x.
    pub(crate) norm_2_x: Vec<f64>,
}

impl BlockMarginal {
    pub(crate) fn empty(p: usize) -> Self {
        Self {
            n: 0,
            mean: vec![0.0; p],
            scatter: Scatter::empty(),
            min: vec![f64::INFINITY; p],
            max: vec![f64::NEG_INFINITY; p],
            norm_4: 0.0,
            norm_2_x: vec![0.0; p],
        }
    }

    /// Adds a chunk of rows.
    pub(crate) fn add_chunk(&mut self, chunk: &Chunk) {
        let block = Self {
            n: chunk.n(),
            mean: chunk.mean.clone(),
            scatter: Scatter::of(&chunk.rows),
            min: chunk.min.clone(),
            max: chunk.max.clone(),
            norm_4: chunk.squared_norms.iter().map(|k| k * k).sum(),
            norm_2_x: chunk.weighted_sum(&chunk.squared_norms),
        };
        self.merge_owned(block);
    }

    fn merge_owned(&mut self, other: Self) {
        if self.n == 0 {
            *self = other;
        } else {
            self.merge(&other);
        }
    }

    /// Adds the rows of another block: Chan's update, with the third and fourth norms moved to the common mean.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            self.clone_from(other);
            return;
        }
        let n = self.n + other.n;
        let share = other.n as f64 / n as f64;
        let difference: Vec<f64> = other.mean.iter().zip(&self.mean).map(|(b, a)| b - a).collect();
        let mean: Vec<f64> =
            self.mean.iter().zip(&difference).map(|(a, d)| a + share * d).collect();
        let shift_a: Vec<f64> = difference.iter().map(|d| -share * d).collect();
        let shift_b: Vec<f64> = difference.iter().map(|d| (1.0 - share) * d).collect();
        let (norm_4_a, norm_2_a) = self.norms_about(&shift_a);
        let (norm_4_b, norm_2_b) = other.norms_about(&shift_b);
        self.norm_4 = norm_4_a + norm_4_b;
        self.norm_2_x = norm_2_a.iter().zip(&norm_2_b).map(|(a, b)| a + b).collect();
        self.scatter.add(&other.scatter, self.n as f64 * share, &difference, &difference);
        for (a, b) in self.min.iter_mut().zip(&other.min) {
            *a = a.min(*b);
        }
        for (a, b) in self.max.iter_mut().zip(&other.max) {
            *a = a.max(*b);
        }
        self.mean = mean;
        self.n = n;
    }

    /// Σ‖x + δ‖⁴ for the centred rows x of this block.
    pub(crate) fn norm_4_about(&self, shift: &[f64]) -> f64 {
        self.norms_about(shift).0
    }

    /// Σ‖x + δ‖⁴ and Σ‖x + δ‖²(x + δ) for the centred rows x of this block.
    fn norms_about(&self, shift: &[f64]) -> (f64, Vec<f64>) {
        let n = self.n as f64;
        let trace = self.trace();
        let d = dot(shift, shift);
        let scatter_shift = self.scatter.times(shift);
        let norm_4 = self.norm_4
            + 4.0 * dot(shift, &scatter_shift)
            + 4.0 * dot(shift, &self.norm_2_x)
            + 2.0 * d * trace
            + n * d * d;
        let norm_2_x = (0..shift.len())
            .map(|i| self.norm_2_x[i] + 2.0 * scatter_shift[i] + (trace + n * d) * shift[i])
            .collect();
        (norm_4, norm_2_x)
    }

    /// Total centred sum of squares.
    pub(crate) fn trace(&self) -> f64 {
        (0..self.scatter.n_columns()).map(|i| self.scatter.at(i, i)).sum()
    }

    fn rotate(&self, q: MatRef<'_, f64>) -> Self {
        let turn = |v: &[f64]| (0..q.ncols()).map(|j| dot_column(v, q, j)).collect::<Vec<f64>>();
        Self {
            n: self.n,
            mean: turn(&self.mean),
            scatter: self.scatter.conjugated(q),
            // After a rotation no unit keeps its range; any finite pair with min < max says "not constant".
            min: vec![0.0; q.ncols()],
            max: vec![1.0; q.ncols()],
            norm_4: self.norm_4,
            norm_2_x: turn(&self.norm_2_x),
        }
    }
}

/// Moments of one representation in blocks of stimuli: rows, means, scatters, ranges and norms.
///
/// State is O(blocks · units²), whatever the number of stimuli. Two marginals of the same units are merged by
/// appending blocks; blocks are merged when a [`crate::Side`] is asked for a set of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Marginal {
    pub(crate) name: String,
    pub(crate) blocks: Vec<BlockMarginal>,
}

impl Marginal {
    /// Name of the representation, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The blocks of a set that have rows.
    pub(crate) fn filled(&self, set: BlockSet) -> impl Iterator<Item = &BlockMarginal> {
        set.iter().map(|b| &self.blocks[b]).filter(|block| block.n > 0)
    }

    /// Number of units.
    #[must_use]
    pub fn n_units(&self) -> usize {
        self.blocks.first().map_or(0, |b| b.mean.len())
    }

    /// Number of blocks.
    #[must_use]
    pub fn n_blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Number of rows in all blocks.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.blocks.iter().map(|b| b.n).sum()
    }

    /// The moments with the blocks of each group merged into one: a coarser grain, for designs that need no finer one.
    #[must_use]
    pub fn coarsen(&self, groups: &[crate::BlockSet]) -> Self {
        let merged = groups.iter().map(|group| {
            let mut all = BlockMarginal::empty(self.n_units());
            self.filled(*group).for_each(|block| all.merge(block));
            all
        });
        Self { name: self.name.clone(), blocks: merged.collect() }
    }

    /// The moments of the rotated representation: no second pass over the data.
    #[must_use]
    pub fn rotate(&self, rotation: &crate::Rotation) -> Self {
        let q = rotation.matrix();
        Self { name: self.name.clone(), blocks: self.blocks.iter().map(|b| b.rotate(q)).collect() }
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn dot_column(v: &[f64], q: MatRef<'_, f64>, j: usize) -> f64 {
    v.iter().zip(q.col(j).iter()).map(|(x, y)| x * y).sum()
}
