//! What a layer holds in memory at once, before anything is read.

use consilience_data::{Precision, Representation};
use consilience_statistics::ROWS_PER_CHUNK;

use crate::layer::pairs;
use crate::{Holding, MomentsOf, Request};

/// Matrices over all units that clustering works on beside their correlations and edges: the Laplacian, its eigenvectors, and
/// what the decomposition needs.
const OF_CLUSTERING: u64 = 5;

/// Bytes of the findings of a unit of a pair beside the pictures of its correlations.
const OF_A_UNIT: u64 = 4 << 10;

/// Bytes that [`crate::gather_holding`] and all analyses of the layer hold at once, at the most, on so many threads. All units
/// are taken to vary. The allocator's reserve and the program are not counted.
#[must_use]
pub fn held(request: &Request<'_>, holding: Holding, threads: usize) -> u64 {
    let shape = Shape::of(request, threads, holding.at_once);
    let n = request.representations.len();
    let all: Vec<usize> = (0..n).collect();
    let every_pair = pairs(n);
    let lasting: u64 = 8 * (0..n).map(|k| shape.square(k)).sum::<u64>()
        + every_pair
            .iter()
            .map(|&pair| 8 * shape.product(pair) + shape.findings(pair))
            .sum::<u64>();
    let of_pair = |&(x, y): &(usize, usize)| shape.moments(&[x, y], &[(x, y)]);
    let (moments, reading) = match holding.moments {
        MomentsOf::AllPairs => (shape.moments(&all, &every_pair), shape.reading(&all, &every_pair)),
        MomentsOf::OnePair => (
            every_pair.iter().map(of_pair).max().unwrap_or(0),
            every_pair.iter().map(|&(x, y)| shape.reading(&[x, y], &[(x, y)])).max().unwrap_or(0),
        ),
    };
    let analysed = every_pair.iter().map(|&pair| shape.analysed(pair)).max().unwrap_or(0);
    let together = shape.clusters((0..n).map(|k| shape.units(k)).sum());
    let beside = if holding.moments == MomentsOf::AllPairs { moments } else { 0 };
    lasting + (moments + reading.max(analysed)).max(beside + together)
}

/// The sizes that decide.
struct Shape<'a> {
    request: &'a Request<'a>,
    representations: Vec<&'a Representation>,
    threads: u64,
    /// Resamplings side by side.
    at_once: u64,
}

impl<'a> Shape<'a> {
    fn of(request: &'a Request<'a>, threads: usize, at_once: usize) -> Self {
        let all = request.source.representations();
        Self {
            request,
            representations: request.representations.iter().map(|&r| &all[r]).collect(),
            threads: threads as u64,
            at_once: at_once.min(threads) as u64,
        }
    }

    fn units(&self, k: usize) -> u64 {
        self.representations[k].n_units as u64
    }

    fn square(&self, k: usize) -> u64 {
        self.units(k) * self.units(k)
    }

    fn product(&self, (x, y): (usize, usize)) -> u64 {
        self.units(x) * self.units(y)
    }

    fn rows(&self, k: usize) -> u64 {
        (self.request.source.stimuli().len() * self.representations[k].rows_per_stimulus) as u64
    }

    /// Bytes of an entry of the moments of a block: those of one chunk of f32 rows are f32.
    fn entry(&self, k: usize) -> u64 {
        let rows = self.rows(k).div_ceil(self.request.blocks.len() as u64);
        let narrow = self.representations[k].precision == Precision::F32;
        if narrow && rows <= ROWS_PER_CHUNK as u64 { 4 } else { 8 }
    }

    /// Moments in blocks, samples of rows, and correlations under shuffles.
    fn moments(&self, networks: &[usize], pairs: &[(usize, usize)]) -> u64 {
        let blocks = self.request.blocks.len() as u64;
        let shuffles = self.request.parameters.shuffles as u64;
        let own = |&k: &usize| {
            blocks * self.entry(k) * self.square(k) + 4 * self.sampled(k) * self.units(k)
        };
        let between = |&pair: &(usize, usize)| {
            self.product(pair) * (blocks * self.entry(pair.0) + 8 * shuffles)
        };
        networks.iter().map(own).sum::<u64>() + pairs.iter().map(between).sum::<u64>()
    }

    /// Rows on which mutual information is estimated.
    fn sampled(&self, k: usize) -> u64 {
        (self.request.parameters.information.rows as u64).min(self.rows(k))
    }

    /// A chunk of each array (of most of them twice under a shuffle), sums over all stimuli, and what threads multiply.
    fn reading(&self, networks: &[usize], pairs: &[(usize, usize)]) -> u64 {
        let chunk = |&k: &usize| {
            let r = self.representations[k];
            let rows = (2 * ROWS_PER_CHUNK).max(r.rows_per_stimulus) as u64;
            2 * rows.min(self.rows(k)) * self.units(k) * r.precision.bytes() as u64
        };
        let squares: u64 = networks.iter().map(|&k| 8 * self.square(k)).sum();
        let products: u64 = pairs.iter().map(|&pair| 8 * self.product(pair)).sum();
        let of_pair = |&(x, y): &(usize, usize)| {
            8 * (self.square(x) + self.square(y) + 4 * self.product((x, y)))
        };
        let largest = pairs.iter().map(of_pair).max().unwrap_or(0);
        networks.iter().map(chunk).sum::<u64>()
            + squares
            + products
            + self.threads.min(pairs.len() as u64) * largest
    }

    /// The analysis of a pair: its parts come one after the other.
    fn analysed(&self, (x, y): (usize, usize)) -> u64 {
        let (p2, q2, pq) = (self.square(x), self.square(y), self.product((x, y)));
        let sides = p2 + q2;
        let parameters = &self.request.parameters;
        let matchings = 6 * pq + self.at_once * (sides + 8 * pq);
        let folds = parameters.prediction.folds as u64;
        // Sources once more for the solver, its factor, and the part of it that each thread works on.
        let fitted = 5 * p2.max(q2) + 3 * pq;
        let predictions = (2 * folds + 1) * (sides + 2 * pq)
            + self.threads.min(folds) * fitted
            + self.threads * p2.max(q2);
        let units = self.units(x) + self.units(y);
        let subspaces = units * units + self.at_once * (2 * p2.max(q2) + 4 * pq);
        let binned = {
            let sampled = self.sampled(x);
            sampled * (units + self.units(y)) + 4 * self.threads * sampled
        };
        let matrices = matchings.max(predictions).max(subspaces);
        binned.max(8 * matrices).max(self.clusters(units))
    }

    /// Clusters of so many units, and the draws of their null.
    fn clusters(&self, units: u64) -> u64 {
        let draws = self.at_once.min(self.request.parameters.clusters.null_draws as u64).max(1);
        8 * units * units * (2 + draws * (2 + OF_CLUSTERING))
    }

    /// What is kept of the findings of a pair: pictures of its correlations, and a list of each unit.
    fn findings(&self, (x, y): (usize, usize)) -> u64 {
        let pictures = self.square(x) + self.square(y) + self.product((x, y));
        // In base64, and once more in the line that is written.
        2 * pictures * 4 / 3 + OF_A_UNIT * (self.units(x) + self.units(y))
    }
}
