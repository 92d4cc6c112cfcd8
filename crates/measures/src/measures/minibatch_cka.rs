#![doc = include_str!("../../docs/minibatch-cka.md")]

use std::cmp::Reverse;

use consilience_linalg::Mat;
use consilience_statistics::{Preparation, RowPair};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::kernel::Estimator;
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Naming, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Fewest stimuli of which the criterion has an unbiased estimate.
const FEWEST: usize = 4;

/// Linear CKA from criteria that are averaged over batches of stimuli.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinibatchCka {
    /// Most stimuli of a batch.
    pub batch: usize,
}

impl Default for MinibatchCka {
    fn default() -> Self {
        Self { batch: 256 }
    }
}

impl Measure for MinibatchCka {
    const INFO: &'static Info = &Info {
        id: "minibatch-cka",
        title: "Minibatch CKA",
        summary: "How alike the similarities among stimuli are in the two representations, by their inner products within small batches.",
        definition: r"Stimuli are dealt to batches $b$. With Song's unbiased estimator $H_b$ of the criterion of the linear kernels within a batch (see debiased-linear-cka), the score is $\sum_b H_b(x,y) / \sqrt{\sum_b H_b(x,x) \, \sum_b H_b(y,y)}$: sums first, then the ratio.",
        family: Family::Kernel,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(n b (p + q)) for batches of b",
        caveats: &[
            "An estimate of debiased-linear-cka, which needs no batches here and costs less: use that, and this one to compare with published values.",
            "The value depends on which stimuli share a batch. Here stimuli are dealt in the order of a hash of their ids, in turn to as few batches as hold them all, of sizes equal within one; so neither the order of files nor blocks play a part, and none is left out. Packages take them as they come and may drop the last ones.",
            "Packages that average the ratios of the batches, or keep the last one, compute something else.",
        ],
        parameters: &[Parameter {
            name: "batch",
            default: "256",
            range: "8 or more",
            purpose: "most stimuli (rows) of a batch",
        }],
        references: &[Reference {
            citation: "Nguyen, Raghu & Kornblith 2021, Do Wide and Deep Networks Learn the Same Things?, section 3",
            link: "https://arxiv.org/abs/2010.15327",
        }],
        examples: &[
            Example { spec: "minibatch-cka", what: "batches of at most 256" },
            Example { spec: "minibatch-cka:batch=16", what: "small batches" },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn validate(&self) -> std::result::Result<(), String> {
        // Two batches that share a batch's worth of stimuli and one more have half of it each.
        if self.batch >= 2 * FEWEST {
            return Ok(());
        }
        Err(format!("batch is {}, it has to be at least {}", self.batch, 2 * FEWEST))
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        &[Permutation, Shift, IsotropicScale, Orthogonal]
    }

    fn naming(&self) -> Naming {
        Naming {
            estimator: "unbiased criteria (Song), summed over batches".into(),
            ..Naming::usual(self)
        }
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let id = Self::INFO.id;
        let (found, expected) = (rows.n_rows(), FEWEST);
        if found < expected {
            return Err(Error::TooFewSamples { id, found, expected });
        }
        let centred = |side: &consilience_statistics::RowSet| {
            let centred = side.prepared(&Preparation::centred());
            if centred.products_within_range() {
                return Ok(centred);
            }
            Err(Error::Undefined { id, reason: crate::out_of_range(side) })
        };
        let (x, y) = (centred(rows.x)?, centred(rows.y)?);
        let of_batch = |batch: &Vec<usize>| {
            let partners: Vec<usize> = batch.iter().map(|&i| rows.partner(i)).collect();
            let (k, l) = (x.products_among(batch), y.products_among(&partners));
            [criterion(&k, &l), criterion(&k, &k), criterion(&l, &l)]
        };
        let parts: Vec<[f64; 3]> = self.batches(rows).par_iter().map(of_batch).collect();
        let [xy, xx, yy] = [0, 1, 2].map(|c| parts.iter().map(|p| p[c]).sum::<f64>());
        if xx <= 0.0 || yy <= 0.0 {
            let reason = format!(
                "the unbiased own criteria add up to {xx:.3e} and {yy:.3e}, they have to be positive; use more stimuli or linear-cka"
            );
            return Err(Error::Undefined { id, reason });
        }
        let ratio = xy / (xx.sqrt() * yy.sqrt());
        Ok(Comparison::of_score(ratio.clamp(-1.0, 1.0)))
    }
}

impl MinibatchCka {
    /// Rows dealt in turn to batches, in the order of their keys.
    fn batches(&self, rows: &RowPair<'_>) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..rows.n_rows()).collect();
        order.sort_by_cached_key(|&i| (rows.key(i), Reverse(i)));
        let mut batches = vec![Vec::new(); order.len().div_ceil(self.batch)];
        let n_batches = batches.len();
        order.into_iter().enumerate().for_each(|(turn, i)| batches[turn % n_batches].push(i));
        batches
    }
}

/// Song's criterion of two linear kernels.
fn criterion(k: &Mat<f64>, l: &Mat<f64>) -> f64 {
    let n = k.ncols();
    let (mut products, mut rows, mut of_k, mut of_l) = (0.0, 0.0, 0.0, 0.0);
    for j in 0..n {
        let (mut sum_k, mut sum_l) = (0.0, 0.0);
        for i in (0..n).filter(|&i| i != j) {
            let (a, b) = (k[(i, j)], l[(i, j)]);
            products += a * b;
            sum_k += a;
            sum_l += b;
        }
        rows += sum_k * sum_l;
        of_k += sum_k;
        of_l += sum_l;
    }
    let n = n as f64;
    Estimator::Unbiased.criterion(n, products, rows, of_k * of_l) / (n * (n - 3.0))
}
