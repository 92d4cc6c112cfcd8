#![doc = include_str!("../../docs/intrinsic-distance.md")]

use std::sync::Arc;

use consilience_linalg::{Mat, eigenvalues_symmetric};
use consilience_statistics::{Nearness, RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::caveats::undefined;
use crate::neighbourhood::OF_POSITIONS;
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Temperatures at which traces are compared.
const TEMPERATURES: usize = 256;

/// Of the published code.
const SCALE: f64 = 1e6;

/// Greatest weighted difference of the heat traces of two graphs of nearest neighbours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntrinsicDistance {
    /// Neighbours of each stimulus.
    pub k: usize,
}

impl Default for IntrinsicDistance {
    fn default() -> Self {
        Self { k: 5 }
    }
}

impl Measure for IntrinsicDistance {
    const INFO: &'static Info = &Info {
        id: "intrinsic-distance",
        title: "Multi-scale intrinsic distance (IMD)",
        summary: "How differently heat spreads over the stimuli along nearest neighbours in the two representations, at the scale where it differs most.",
        definition: r"$10^6 \max_t e^{-2 (t + 1/t)} \lvert h_x(t) - h_y(t)\rvert$ with the heat trace $h(t) = \frac{1}{n} \sum_i e^{-t \lambda_i}$ of a representation, over 256 temperatures $t$ from 0.1 to 10, evenly in their logarithm. $\lambda_i$ are the eigenvalues of $I - D^{-1/2} A D^{-1/2}$, where $A_{ij} = 1$ if $i$ is among the $k$ nearest stimuli of $j$ by Euclidean distance, or $j$ among those of $i$, else 0, and $D$ holds the row sums of $A$. A metric between heat traces.",
        family: Family::Descriptor,
        orientation: Orientation::Distance,
        // The weight is greatest at t = 1, and traces are between 0 and 1.
        range: (0.0, 18_315.638_888_734_18),
        identity_tolerance: 1e-9,
        complexity: "O(n³) on one thread for the eigenvalues, once a representation, and n² values",
        caveats: &[
            "One curve of each representation is compared: 0 says that both are of one shape at all scales, not that they are alike, and a shuffle of the stimuli leaves it as it is.",
            "Exact: all eigenvalues. The published code estimates the traces from random vectors (stochastic Lanczos quadrature), which varies from run to run; ReSi averages five runs of it. The factor of 1e6 is that of the published code.",
            "Of stimuli that are equally near, a hash of the ids of all of them together decides.",
            OF_POSITIONS,
        ],
        parameters: &[Parameter {
            name: "k",
            default: "5",
            range: "1 to the number of stimuli less one",
            purpose: "neighbours of each stimulus; 5 in the published code and in ReSi",
        }],
        references: &[Reference {
            citation: "Tsitsulin et al. 2020, The Shape of Data: Intrinsic Distance for Data Distributions",
            link: "https://arxiv.org/abs/1905.11141",
        }],
        examples: &[
            Example { spec: "intrinsic-distance", what: "5 neighbours" },
            Example { spec: "intrinsic-distance:k=10", what: "10 neighbours" },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn validate(&self) -> std::result::Result<(), String> {
        if self.k == 0 {
            return Err("k is 0, it has to be at least 1".to_owned());
        }
        Ok(())
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        &[Permutation, Shift, IsotropicScale, Orthogonal]
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let (x, y) = (self.trace(rows.x)?, self.trace(rows.y)?);
        let differences = temperatures().zip(x.iter().zip(y.iter()));
        let weighted = differences.map(|(t, (a, b))| (-2.0 * (t + 1.0 / t)).exp() * (a - b).abs());
        Ok(Comparison::of_score(SCALE * weighted.fold(0.0, f64::max)))
    }
}

/// 0.1 to 10, evenly in their logarithm.
fn temperatures() -> impl Iterator<Item = f64> {
    (0..TEMPERATURES).map(|i| 10_f64.powf(2.0 * i as f64 / (TEMPERATURES - 1) as f64 - 1.0))
}

impl IntrinsicDistance {
    /// The heat trace at each temperature, remembered.
    fn trace(&self, rows: &RowSet) -> Result<Arc<Vec<f64>>> {
        let (id, found) = (Self::INFO.id, rows.n_rows());
        if self.k >= found {
            return Err(Error::TooFewSamples { id, found, expected: self.k + 1 });
        }
        let most = rows.most_remembered::<f64>().isqrt();
        if found > most {
            return Err(Error::TooManyRows { id, found, most });
        }
        if !rows.products_within_range() {
            return Err(undefined(id, crate::out_of_range(rows)));
        }
        let name = format!("heat trace of {} neighbours", self.k);
        // What is remembered is never an error.
        if let Some(trace) = rows.recall(&name) {
            return Ok(trace);
        }
        let neighbours = rows.neighbours(self.k, Nearness::Euclidean);
        if neighbours.different() == 1 {
            let reason = format!("all stimuli have the same values in {}", rows.name());
            return Err(undefined(id, reason));
        }
        let values = eigenvalues_symmetric(laplacian(found, |i| neighbours.of(i)).as_ref())?;
        let mean = |t: f64| values.iter().map(|v| (-t * v).exp()).sum::<f64>() / found as f64;
        Ok(rows.remember(&name, |_| temperatures().map(mean).collect::<Vec<f64>>()))
    }
}

/// The normalised Laplacian of the graph in which rows are joined if one is a neighbour of the other.
fn laplacian<'a>(n: usize, neighbours: impl Fn(usize) -> &'a [u32]) -> Mat<f64> {
    let mut joined = Mat::zeros(n, n);
    for i in 0..n {
        for &j in neighbours(i) {
            joined[(i, j as usize)] = 1.0;
            joined[(j as usize, i)] = 1.0;
        }
    }
    // Each row has neighbours, so that no sum is 0.
    let roots: Vec<f64> =
        (0..n).map(|i| joined.col_as_slice(i).iter().sum::<f64>().sqrt()).collect();
    for j in 0..n {
        let column = joined.col_as_slice_mut(j);
        column.iter_mut().zip(&roots).for_each(|(v, root)| *v /= -root * roots[j]);
        column[j] = 1.0;
    }
    joined
}
