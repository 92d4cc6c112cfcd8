//! What a layer would cost, before anything is read.

use crate::Request;
use crate::layer::pairs;

/// What gathering and analysing a layer costs at least: what a plan shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Multiply-adds of the moments. The rest depends on units, not on rows.
    pub multiply_adds: u64,
    /// Bytes of activations read.
    pub bytes_read: u64,
    /// Arrays read, each as often as it is.
    pub arrays: u64,
}

/// The cost of [`crate::gather`] and of all analyses of its layer.
#[must_use]
pub fn cost(request: &Request<'_>) -> Cost {
    let all = request.source.representations();
    let stimuli = request.source.stimuli().len() as u64;
    let shuffles = request.parameters.shuffles as u64;
    let mut cost = Cost::default();
    let checkpoints = std::iter::once(request.representations)
        .chain(request.earlier.iter().map(Vec::as_slice))
        .enumerate();
    for (at, representations) in checkpoints {
        let last = at == 0;
        let n = representations.len();
        for (k, &r) in representations.iter().enumerate() {
            let (units, rows) = (all[r].n_units as u64, stimuli * all[r].rows_per_stimulus as u64);
            // Under a shuffle every network is read again, those in the middle both as x and as y.
            let again = u64::from(k + 1 < n) + u64::from(k > 0);
            let passes = 1 + if last { shuffles * again } else { 0 };
            cost.arrays += passes;
            cost.bytes_read += passes * rows * units * all[r].precision.bytes() as u64;
            cost.multiply_adds += rows * units * (units + 1) / 2;
        }
        for (x, y) in pairs(n) {
            let [x, y] = [x, y].map(|k| &all[representations[k]]);
            let (products, rows) =
                ((x.n_units * y.n_units) as u64, stimuli * x.rows_per_stimulus as u64);
            cost.multiply_adds += rows * products * (1 + if last { shuffles } else { 0 });
        }
    }
    cost
}
