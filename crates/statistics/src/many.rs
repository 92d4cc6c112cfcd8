//! One pass over several representations at once.

use consilience_data::Activations;
use rayon::prelude::*;

use crate::chunk::Chunk;
use crate::cross::BlockCross;
use crate::gather::pieces;
use crate::marginal::BlockMarginal;
use crate::{Blocks, Cross, Marginal, Reading, Result, check_same_stimuli};

/// Moments of several representations of the same stimuli, and what is between pairs of them.
///
/// `marginals` and `pairs` are indices into `readings`: whose own moments are wanted, and between which two. What
/// [`crate::gather_marginal`] and [`crate::gather_cross`] give, to the last bit, in one pass over each representation;
/// memory is one chunk of each and the moments. Every observer, one a reading, sees the rows of its reading as they are read:
/// the stimuli of a chunk and the rows that belong to them, each stimulus once, in the order of the blocks.
///
/// # Errors
/// When a source cannot be read or holds a value that is not finite, the stimuli of a pair differ, or their rows do not pair up.
///
/// # Panics
/// If an index is beyond the readings, or there is not one observer a reading.
pub fn gather_many<F: FnMut(&[usize], &Activations) + Send>(
    readings: &[Reading<'_>],
    marginals: &[usize],
    pairs: &[(usize, usize)],
    blocks: &Blocks,
    observers: &mut [F],
) -> Result<(Vec<Marginal>, Vec<Cross>)> {
    assert_eq!(readings.len(), observers.len(), "one observer a reading");
    for &(x, y) in pairs {
        check_same_stimuli(&readings[x], &readings[y])?;
    }
    let Some(first) = readings.first() else { return Ok((Vec::new(), Vec::new())) };
    let mut gathered = Gathered {
        own: vec![Vec::with_capacity(blocks.len()); marginals.len()],
        between: vec![Vec::with_capacity(blocks.len()); pairs.len()],
    };
    let mut buffers: Vec<Activations> = readings.iter().map(Reading::buffer).collect();
    for b in 0..blocks.len() {
        gathered.begin(readings, marginals, pairs);
        for stimuli in pieces(blocks.members(b), first.rows_per_stimulus()) {
            // What is sequential in one reading (files, new pages) goes on beside the others.
            let sides = readings.par_iter().zip(buffers).zip(observers.par_iter_mut());
            let chunks = sides.map(|((reading, buffer), observer)| {
                let rows = reading.read(stimuli, buffer)?;
                observer(stimuli, &rows);
                Ok(Chunk::of(rows))
            });
            let chunks: Vec<Result<Chunk>> = chunks.collect();
            let chunks = chunks.into_iter().collect::<Result<Vec<Chunk>>>()?;
            gathered.add(marginals, pairs, &chunks);
            buffers = chunks.into_iter().map(|chunk| chunk.rows).collect();
        }
    }
    Ok(gathered.finish(readings, marginals, pairs))
}

/// Moments of the blocks so far, of each marginal and of each pair.
struct Gathered {
    own: Vec<Vec<BlockMarginal>>,
    between: Vec<Vec<BlockCross>>,
}

impl Gathered {
    /// A new block.
    fn begin(&mut self, readings: &[Reading<'_>], marginals: &[usize], pairs: &[(usize, usize)]) {
        for (blocks, &r) in self.own.iter_mut().zip(marginals) {
            blocks.push(BlockMarginal::empty(readings[r].n_units()));
        }
        for (blocks, &(x, y)) in self.between.iter_mut().zip(pairs) {
            blocks.push(BlockCross::empty(readings[x].n_units(), readings[y].n_units()));
        }
    }

    /// Adds a chunk of each reading to the last block.
    fn add(&mut self, marginals: &[usize], pairs: &[(usize, usize)], chunks: &[Chunk]) {
        let Self { own, between } = self;
        let own = own.par_iter_mut().zip(marginals);
        let between = between.par_iter_mut().zip(pairs);
        rayon::join(
            || {
                own.for_each(|(blocks, &r)| {
                    blocks.last_mut().expect("a block was begun").add_chunk(&chunks[r]);
                });
            },
            || {
                between.for_each(|(blocks, &(x, y))| {
                    let block = blocks.last_mut().expect("a block was begun");
                    block.add_chunk(&chunks[x], &chunks[y]);
                });
            },
        );
    }

    fn finish(
        self,
        readings: &[Reading<'_>],
        marginals: &[usize],
        pairs: &[(usize, usize)],
    ) -> (Vec<Marginal>, Vec<Cross>) {
        let own = self.own.into_iter().zip(marginals);
        let between = self.between.into_iter().zip(pairs);
        let marginal = |(blocks, &r): (_, &usize)| Marginal { name: readings[r].name(), blocks };
        let cross = |(blocks, &(x, y)): (_, &(usize, usize))| {
            let epsilon = readings[x].epsilon().max(readings[y].epsilon());
            Cross { blocks, epsilon }
        };
        (own.map(marginal).collect(), between.map(cross).collect())
    }
}
