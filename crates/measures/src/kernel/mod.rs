//! Gaussian kernels of the stimuli, and how their centred alignment is estimated.

mod criterion;
mod exponential;
mod values;

use std::sync::Arc;

use consilience_statistics::{Preparation, RowPair, RowSet, SquaredDistances};
use serde::{Deserialize, Serialize};

use self::criterion::Criterion;
pub(crate) use self::criterion::Estimator;
use self::values::{Gaussian, Kernel};
use crate::chance::of_aligned_kernels;
use crate::{Comparison, Error, Invariance, Parameter, Result, Warning};

/// Share of a kernel's sum of squares that its diagonal has: above it the kernel tells hardly any stimuli from one another.
const NARROW: f64 = 0.99;

/// Mean similarity of two stimuli above which a kernel is nearly constant.
const FLAT: f64 = 0.99;

/// Below this mean sum of squared similarities to others a kernel is the identity, up to rounding.
const IDENTITY: f64 = 1e-9;

/// What the width of a kernel is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bandwidth {
    /// The root of the median squared distance of two stimuli.
    #[default]
    Median,
    /// The root of the median over all n² entries of the table of squared distances, zeros of the diagonal included.
    MedianAll,
    /// The root of the mean squared distance of two stimuli.
    Mean,
    /// 1, in the units of the activations.
    Fixed,
}

/// Parameters of a Gaussian kernel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rbf {
    /// What the width is relative to.
    pub bandwidth: Bandwidth,
    /// The width σ in units of that.
    pub factor: f64,
}

impl Default for Rbf {
    fn default() -> Self {
        Self { bandwidth: Bandwidth::default(), factor: 1.0 }
    }
}

pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "bandwidth",
        default: "median",
        range: "median, median-all, mean, fixed",
        purpose: "what σ is relative to, for each representation by itself: the root of the median squared distance of two stimuli; of the median of all n² entries, zeros of the diagonal included; of the mean squared distance of two stimuli; or 1",
    },
    Parameter {
        name: "factor",
        default: "1.0",
        range: "above 0",
        purpose: "σ in units of that; with bandwidth=fixed it is σ itself",
    },
];

impl Rbf {
    pub(crate) fn validate(&self) -> std::result::Result<(), String> {
        if self.factor.is_finite() && self.factor > 0.0 {
            return Ok(());
        }
        Err(format!("factor is {}, it has to be above 0", self.factor))
    }

    pub(crate) fn invariances(&self) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        match self.bandwidth {
            Bandwidth::Fixed => &[Permutation, Shift, Orthogonal],
            _ => &[Permutation, Shift, IsotropicScale, Orthogonal],
        }
    }

    /// Centred alignment of the kernels of a pair.
    pub(crate) fn alignment(
        &self,
        id: &'static str,
        rows: &RowPair<'_>,
        estimator: Estimator,
    ) -> Result<Comparison> {
        let (found, expected) = (rows.n_rows(), estimator.fewest_stimuli());
        if found < expected {
            return Err(Error::TooFewSamples { id, found, expected });
        }
        let undefined = |reason: &String| Error::Undefined { id, reason: reason.clone() };
        let (x, y) = (self.kernel(rows.x), self.kernel(rows.y));
        let x = x.as_ref().as_ref().map_err(undefined)?;
        let y = y.as_ref().as_ref().map_err(undefined)?;
        let score = Criterion { x, y, rows, estimator }.alignment();
        let mut comparison = Comparison::of_score(score.map_err(|reason| undefined(&reason))?);
        for (side, kernel) in [("x", x), ("y", y)] {
            comparison.warnings.extend(saturation(side, kernel));
        }
        Ok(comparison)
    }

    /// The mean of the biased alignment over all orders of the stimuli.
    pub(crate) fn expected_biased(&self, rows: &RowPair<'_>) -> Option<f64> {
        if rows.n_rows() < Estimator::Biased.fewest_stimuli() {
            return None;
        }
        let (x, y) = (self.kernel(rows.x), self.kernel(rows.y));
        let (x, y) = (x.as_ref().as_ref().ok()?, y.as_ref().as_ref().ok()?);
        let norm = |kernel: &Kernel| kernel.criterion(Estimator::Biased).max(0.0).sqrt();
        let traces = (x.centred_trace(), y.centred_trace());
        of_aligned_kernels(rows.n_rows(), traces, (norm(x), norm(y)))
    }

    /// The kernel of one side, remembered; or why there is none.
    fn kernel(&self, rows: &RowSet) -> Arc<std::result::Result<Kernel, String>> {
        let name = format!("gaussian kernel {:?} {:e}", self.bandwidth, self.factor);
        rows.remember(&name, |rows| self.make(&rows.prepared(&Preparation::centred())))
    }

    /// `rows` are centred.
    fn make(&self, rows: &Arc<RowSet>) -> std::result::Result<Kernel, String> {
        if !rows.products_within_range() {
            return Err(crate::out_of_range(rows));
        }
        let norms: f64 = rows.squared_norms().iter().sum();
        // Of centred rows: the sum over all pairs of ‖a − b‖² is n Σ ‖a‖².
        let mean = 2.0 * norms / (rows.n_rows() as f64 - 1.0);
        let distances = SquaredDistances::new(rows);
        let (unit, rule) = match self.bandwidth {
            Bandwidth::Median => (distances.median(false), "median"),
            Bandwidth::MedianAll => (distances.median(true), "median"),
            Bandwidth::Mean => (mean, "mean"),
            Bandwidth::Fixed => (1.0, "given"),
        };
        let exponent = -0.5 / (unit * self.factor * self.factor);
        if !exponent.is_normal() {
            return Err(format!(
                "the {rule} squared distance among the stimuli of {} is {unit:e}, which with factor {} gives no width; record other stimuli, or use bandwidth=mean or fixed",
                rows.name(),
                self.factor
            ));
        }
        let kernel = Kernel::new(rows, distances, Gaussian::new(exponent, mean));
        let to_others = kernel.squared_similarities() / rows.n_rows() as f64;
        if to_others < IDENTITY {
            return Err(format!(
                "the kernel of {} is the identity: a stimulus is like none but itself, and any two such kernels are alike; use a greater factor",
                rows.name()
            ));
        }
        Ok(kernel)
    }
}

/// Whether a kernel is so narrow or so wide that the score says little of what a Gaussian kernel is for.
fn saturation(side: &str, kernel: &Kernel) -> Option<Warning> {
    let n = kernel.n_rows() as f64;
    let (share, mean) = (n / (n + kernel.squared_similarities()), kernel.mean_similarity());
    let side = side.to_owned();
    if share > NARROW {
        return Some(Warning::NarrowKernel { side, diagonal: share });
    }
    (mean > FLAT).then_some(Warning::FlatKernel { side, similarity: mean })
}
