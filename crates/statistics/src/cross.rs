//! Cross-moments of two representations, block by block.

use consilience_linalg::MatRef;

use crate::BlockSet;
use crate::chunk::Chunk;
use crate::marginal::dot;
use crate::scatter::Scatter;

/// Cross-moments of the rows of one block, each side centred at its own mean over the block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BlockCross {
    pub(crate) n: usize,
    pub(crate) x: SideSummary,
    pub(crate) y: SideSummary,
    /// Σ x yᵀ, p × q; of no rows, nothing.
    pub(crate) scatter: Scatter,
    /// Σ ‖x‖²‖y‖².
    pub(crate) norms: f64,
}

/// What merging cross-moments needs to know of one side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideSummary {
    pub(crate) mean: Vec<f64>,
    /// Σ ‖x‖².
    pub(crate) trace: f64,
    /// Σ ‖other side‖² x.
    pub(crate) other_norm_2_x: Vec<f64>,
}

impl BlockCross {
    pub(crate) fn empty(p: usize, q: usize) -> Self {
        let side = |units: usize| SideSummary {
            mean: vec![0.0; units],
            trace: 0.0,
            other_norm_2_x: vec![0.0; units],
        };
        Self { n: 0, x: side(p), y: side(q), scatter: Scatter::empty(), norms: 0.0 }
    }

    /// Adds a chunk of rows of both sides.
    pub(crate) fn add_chunk(&mut self, x: &Chunk, y: &Chunk) {
        let weighted = [x.weighted_sum(&y.squared_norms), y.weighted_sum(&x.squared_norms)];
        self.add_weighted_chunk((x, y), weighted);
    }

    /// The same with the rows of each side, times the squared norms of the other's, summed before.
    pub(crate) fn add_weighted_chunk(
        &mut self,
        (x, y): (&Chunk, &Chunk),
        [x_weighted, y_weighted]: [Vec<f64>; 2],
    ) {
        let side = |own: &Chunk, weighted| SideSummary {
            mean: own.mean.clone(),
            trace: own.trace(),
            other_norm_2_x: weighted,
        };
        let chunk = Self {
            n: x.n(),
            x: side(x, x_weighted),
            y: side(y, y_weighted),
            scatter: Scatter::between(&x.rows, &y.rows),
            norms: dot(&x.squared_norms, &y.squared_norms),
        };
        if self.n == 0 {
            *self = chunk;
        } else {
            self.merge(&chunk);
        }
    }

    /// Adds the rows of another block (Chan's update for all of the sums).
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
        let apart =
            |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| b - a).collect::<Vec<f64>>();
        let dx = apart(&self.x.mean, &other.x.mean);
        let dy = apart(&self.y.mean, &other.y.mean);
        let moved_self = self.about(&scaled(&dx, -share), &scaled(&dy, -share));
        let moved_other = other.about(&scaled(&dx, 1.0 - share), &scaled(&dy, 1.0 - share));
        let weight = self.n as f64 * share;
        self.scatter.add(&other.scatter, weight, &dx, &dy);
        self.norms = moved_self.norms + moved_other.norms;
        merge_side(&mut self.x, &moved_self.x, &moved_other.x, &dx, share);
        merge_side(&mut self.y, &moved_self.y, &moved_other.y, &dy, share);
        self.n = n;
    }

    /// Σ‖x + δ‖²‖y + ε‖² for the centred rows of this block.
    pub(crate) fn norms_about(&self, delta: &[f64], epsilon: &[f64]) -> f64 {
        self.about(delta, epsilon).norms
    }

    /// The sums that depend on the centre, for rows x + δ and y + ε.
    fn about(&self, delta: &[f64], epsilon: &[f64]) -> Moved {
        let n = self.n as f64;
        let (d, e) = (dot(delta, delta), dot(epsilon, epsilon));
        let c_epsilon = self.scatter.times(epsilon);
        let c_delta = self.scatter.transpose_times(delta);
        let norms = self.norms
            + 2.0 * dot(&self.y.other_norm_2_x, epsilon)
            + 2.0 * dot(&self.x.other_norm_2_x, delta)
            + 4.0 * dot(delta, &c_epsilon)
            + e * self.x.trace
            + d * self.y.trace
            + n * d * e;
        let side = |u: &[f64], c: &[f64], other_trace: f64, other: f64, shift: &[f64]| {
            (0..u.len())
                .map(|i| u[i] + 2.0 * c[i] + (other_trace + n * other) * shift[i])
                .collect::<Vec<f64>>()
        };
        Moved {
            norms,
            x: (
                side(&self.x.other_norm_2_x, &c_epsilon, self.y.trace, e, delta),
                self.x.trace + n * d,
            ),
            y: (
                side(&self.y.other_norm_2_x, &c_delta, self.x.trace, d, epsilon),
                self.y.trace + n * e,
            ),
        }
    }

    fn rotate_x(&self, rotation: MatRef<'_, f64>) -> Self {
        let turn = |v: &[f64]| {
            (0..rotation.ncols())
                .map(|j| v.iter().zip(rotation.col(j).iter()).map(|(a, b)| a * b).sum())
                .collect::<Vec<f64>>()
        };
        Self {
            x: SideSummary {
                mean: turn(&self.x.mean),
                trace: self.x.trace,
                other_norm_2_x: turn(&self.x.other_norm_2_x),
            },
            scatter: self.scatter.turned(rotation),
            ..self.clone()
        }
    }
}

struct Moved {
    norms: f64,
    x: (Vec<f64>, f64),
    y: (Vec<f64>, f64),
}

fn merge_side(
    side: &mut SideSummary,
    a: &(Vec<f64>, f64),
    b: &(Vec<f64>, f64),
    difference: &[f64],
    share: f64,
) {
    for (m, d) in side.mean.iter_mut().zip(difference) {
        *m += share * d;
    }
    side.other_norm_2_x = a.0.iter().zip(&b.0).map(|(u, v)| u + v).collect();
    side.trace = a.1 + b.1;
}

fn scaled(v: &[f64], factor: f64) -> Vec<f64> {
    v.iter().map(|x| factor * x).collect()
}

/// Cross-moments of two representations in blocks of stimuli: the only statistic that is gathered per pair.
///
/// State is O(blocks · units of x · units of y), whatever the number of stimuli.
#[derive(Debug, Clone, PartialEq)]
pub struct Cross {
    pub(crate) blocks: Vec<BlockCross>,
    /// Relative rounding of the coarser of the two representations.
    pub(crate) epsilon: f64,
}

impl Cross {
    /// Relative rounding of the activations, the coarser of the two sides.
    #[must_use]
    pub fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// The blocks of a set that have rows.
    pub(crate) fn filled(&self, set: BlockSet) -> impl Iterator<Item = &BlockCross> {
        set.iter().map(|b| &self.blocks[b]).filter(|block| block.n > 0)
    }

    /// The cross-moments with the blocks of each group merged into one.
    #[must_use]
    pub fn coarsen(&self, groups: &[crate::BlockSet]) -> Self {
        let merged = groups.iter().map(|group| {
            let shape = self.blocks.first().map_or((0, 0), |b| (b.x.mean.len(), b.y.mean.len()));
            let mut all = BlockCross::empty(shape.0, shape.1);
            self.filled(*group).for_each(|block| all.merge(block));
            all
        });
        Self { blocks: merged.collect(), epsilon: self.epsilon }
    }

    /// The cross-moments with x rotated: no second pass over the data.
    #[must_use]
    pub fn rotate_x(&self, rotation: &crate::Rotation) -> Self {
        let q = rotation.matrix();
        let blocks = self.blocks.iter().map(|b| b.rotate_x(q)).collect();
        Self { blocks, epsilon: self.epsilon }
    }
}
