//! One pass over the data: from activations to moments in blocks.

use consilience_data::Activations;
use rayon::prelude::*;

use crate::chunk::Chunk;
use crate::cross::BlockCross;
use crate::marginal::BlockMarginal;
use crate::{Blocks, Cross, Marginal, Reading, Result, gather_many};

/// Rows that are multiplied at once, about. At 4,096 rows adding an f32 product to its f64 sum is lost beside the product itself,
/// a chunk of 2,048 units takes 32 MiB, and an f32 sum of so many terms has lost no more than three bits.
pub const ROWS_PER_CHUNK: usize = 4096;

/// Stimuli of a block in pieces of about [`ROWS_PER_CHUNK`] rows (at least one stimulus each), of about equal size: at most
/// half as many again, so that a few rows more do not halve the pieces.
pub(crate) fn pieces(members: &[usize], rows_per_stimulus: usize) -> std::slice::Chunks<'_, usize> {
    let usual = (ROWS_PER_CHUNK / rows_per_stimulus).max(1);
    let n_pieces = ((members.len() + usual / 2) / usual).max(1);
    members.chunks(members.len().div_ceil(n_pieces).max(1))
}

/// Moments of one representation, in blocks. One pass; memory is one chunk and the moments.
///
/// # Errors
/// When the source cannot be read or holds a value that is not finite.
pub fn gather_marginal(reading: &Reading<'_>, blocks: &Blocks) -> Result<Marginal> {
    let mut buffer = None;
    let block = |b: usize| {
        let mut block = BlockMarginal::empty(reading.n_units());
        for stimuli in pieces(blocks.members(b), reading.rows_per_stimulus()) {
            let chunk =
                Chunk::of(reading.read(stimuli, buffer.take().unwrap_or(reading.buffer()))?);
            block.add_chunk(&chunk);
            buffer = Some(chunk.rows);
        }
        Ok(block)
    };
    let blocks = (0..blocks.len()).map(block).collect::<Result<_>>()?;
    Ok(Marginal { name: reading.name(), blocks })
}

/// Cross-moments of two representations of the same stimuli, in blocks. One pass over each.
///
/// # Errors
/// When a source cannot be read, the stimuli differ, or the rows of a stimulus do not pair up.
pub fn gather_cross(x: &Reading<'_>, y: &Reading<'_>, blocks: &Blocks) -> Result<Cross> {
    let (_, mut cross) = gather_many(&[*x, *y], &[], &[(0, 1)], blocks, &mut [unseen, unseen])?;
    Ok(cross.remove(0))
}

/// Moments of two representations and what is between them, in one pass over each.
///
/// # Errors
/// As [`gather_cross`].
pub fn gather_pair(
    x: &Reading<'_>,
    y: &Reading<'_>,
    blocks: &Blocks,
) -> Result<(Marginal, Marginal, Cross)> {
    let (mut own, mut cross) =
        gather_many(&[*x, *y], &[0, 1], &[(0, 1)], blocks, &mut [unseen, unseen])?;
    let y = own.remove(1);
    Ok((own.remove(0), y, cross.remove(0)))
}

/// Rows that nobody looks at.
fn unseen(_: &[usize], _: &Activations) {}

/// A representation in memory, in blocks and centred: read and centred once, then multiplied with many others.
///
/// Its moments are those of [`gather_marginal`] and [`gather_cross`], to the last bit.
#[derive(Debug, Clone)]
pub struct Centred {
    name: String,
    n_units: usize,
    epsilon: f64,
    blocks: Vec<Vec<Chunk>>,
}

impl Centred {
    /// Reads a representation. Memory is that of its activations.
    ///
    /// # Errors
    /// As [`gather_marginal`].
    pub fn read(reading: &Reading<'_>, blocks: &Blocks) -> Result<Self> {
        let block = |b: usize| {
            pieces(blocks.members(b), reading.rows_per_stimulus())
                .map(|stimuli| Ok(Chunk::of(reading.read(stimuli, reading.buffer())?)))
                .collect::<Result<_>>()
        };
        let blocks = (0..blocks.len()).into_par_iter().map(block).collect::<Result<_>>()?;
        let (name, n_units, epsilon) = (reading.name(), reading.n_units(), reading.epsilon());
        Ok(Self { name, n_units, epsilon, blocks })
    }

    /// Its moments.
    #[must_use]
    pub fn marginal(&self) -> Marginal {
        let block = |chunks: &Vec<Chunk>| {
            let mut block = BlockMarginal::empty(self.n_units);
            chunks.iter().for_each(|chunk| block.add_chunk(chunk));
            block
        };
        Marginal { name: self.name.clone(), blocks: self.blocks.iter().map(block).collect() }
    }

    /// What cross-moments with each of several others need of its own rows beside products: one pass over the rows for all of
    /// them.
    ///
    /// # Panics
    /// As [`Self::cross`].
    #[must_use]
    pub fn weighted_by(&self, others: &[&Self]) -> Vec<Weighted> {
        others.iter().for_each(|other| check_rows(self, other));
        let mut out = vec![Weighted(Vec::new()); others.len()];
        for (b, chunks) in self.blocks.iter().enumerate() {
            for (c, chunk) in chunks.iter().enumerate() {
                let weights: Vec<&[f64]> =
                    others.iter().map(|other| &*other.blocks[b][c].squared_norms).collect();
                let sums = chunk.weighted_sums(&weights);
                out.iter_mut().zip(sums).for_each(|(out, sum)| out.0.push(sum));
            }
        }
        out
    }

    /// Its cross-moments with another one of the same stimuli in the same blocks.
    ///
    /// # Panics
    /// If the rows do not pair up: the two were read with other blocks.
    #[must_use]
    pub fn cross(&self, y: &Self) -> Cross {
        let (x_weighted, y_weighted) = (self.weighted_by(&[y]), y.weighted_by(&[self]));
        self.cross_weighted(y, [&x_weighted[0], &y_weighted[0]])
    }

    /// As [`Self::cross`], with what each side has weighted by the other: what of it is the same for many others is not done
    /// again.
    ///
    /// # Panics
    /// As [`Self::cross`].
    #[must_use]
    pub fn cross_weighted(&self, y: &Self, [x_weighted, y_weighted]: [&Weighted; 2]) -> Cross {
        check_rows(self, y);
        let mut weighted = x_weighted.0.iter().cloned().zip(y_weighted.0.iter().cloned());
        let blocks = self.blocks.iter().zip(&y.blocks).map(|(x_chunks, y_chunks)| {
            let mut block = BlockCross::empty(self.n_units, y.n_units);
            for chunks in x_chunks.iter().zip(y_chunks) {
                let (x, y) = weighted.next().expect("weighted chunk by chunk");
                block.add_weighted_chunk(chunks, [x, y]);
            }
            block
        });
        let blocks = blocks.collect();
        Cross { blocks, epsilon: self.epsilon.max(y.epsilon) }
    }
}

/// Sums of the rows of one representation, each times the squared norm of the row of another; chunk by chunk.
#[derive(Debug, Clone)]
pub struct Weighted(Vec<Vec<f64>>);

fn check_rows(x: &Centred, y: &Centred) {
    let chunks = |of: &Centred| of.blocks.iter().map(Vec::len).collect::<Vec<usize>>();
    assert_eq!(chunks(x), chunks(y), "{} and {}: blocks or rows differ", x.name, y.name);
}

/// Checks that two readings are of the same stimuli in the same order, row by row.
///
/// # Errors
/// [`consilience_data::Error::DifferentStimuli`] with the first difference.
pub fn check_same_stimuli(x: &Reading<'_>, y: &Reading<'_>) -> Result<()> {
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
