#![doc = include_str!("../../docs/debiased-linear-cka.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Naming, Orientation, Reference,
    Result, SideName, Symmetry, WholeMoments,
};

/// Linear centred kernel alignment from the unbiased estimator of the independence criterion.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebiasedLinearCka {}

impl Measure for DebiasedLinearCka {
    const INFO: &'static Info = &Info {
        id: "debiased-linear-cka",
        title: "Linear CKA (debiased)",
        summary: "How alike the similarities among stimuli are in the two representations, with each stimulus's similarity to itself left out.",
        definition: r"$H(x,y) / \sqrt{H(x,x) H(y,y)}$ with Song's unbiased estimator $H(x,y) = \frac{1}{n(n-3)} \big[ \operatorname{tr}(\tilde K \tilde L) + \frac{\mathbf 1^\top \tilde K \mathbf 1 \, \mathbf 1^\top \tilde L \mathbf 1}{(n-1)(n-2)} - \frac{2}{n-2} \mathbf 1^\top \tilde K \tilde L \mathbf 1 \big]$, where $\tilde K$, $\tilde L$ are the Gram matrices with their diagonals set to zero. With centred rows it needs moments only: $\operatorname{tr}(\tilde K\tilde L) = \lVert X^\top Y\rVert_F^2 - s$ and $\mathbf 1^\top \tilde K \tilde L \mathbf 1 = s$ with $s = \sum_i \lVert x_i\rVert^2 \lVert y_i\rVert^2$, and $\mathbf 1^\top \tilde K \mathbf 1 = -\sum_i \lVert x_i\rVert^2$.",
        family: Family::Kernel,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(p² + q² + p q), independent of the number of stimuli and of any batch size",
        caveats: &[
            "The estimator of each criterion is unbiased, their ratio is not: less biased, not unbiased. It may be negative.",
            "Undefined where an own criterion is not positive (few stimuli, almost no structure): that is an error here, NaN or 0 in other packages.",
            "Packages that average minibatch values, or divide by biased own criteria, compute something else.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Song, Smola, Gretton, Bedo & Borgwardt 2012, Feature Selection via Dependence Maximization, equation 5",
                link: "https://www.jmlr.org/papers/v13/song12a.html",
            },
            Reference {
                citation: "Nguyen, Raghu & Kornblith 2021, Do Wide and Deep Networks Learn the Same Things?, section 3",
                link: "https://arxiv.org/abs/2010.15327",
            },
        ],
        examples: &[Example {
            spec: "debiased-linear-cka",
            what: "all stimuli, unbiased criteria",
        }],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        &[Permutation, Shift, IsotropicScale, Orthogonal]
    }

    fn naming(&self) -> Naming {
        Naming { estimator: "unbiased criteria (Song)".into(), ..Naming::usual(self) }
    }

    fn expected_by_chance(&self, _: &PairMoments) -> Option<f64> {
        // The rows of a U-centred kernel sum to 0, and so does the product with another in the mean over its orders.
        Some(0.0)
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let PairMoments { n, x, y, .. } = moments;
        if *n < 4 {
            return Err(Error::TooFewSamples { id: Self::INFO.id, found: *n, expected: 4 });
        }
        let (tx, ty) = (x.trace(), y.trace());
        let xy = criterion(*n, moments.squared_norm(), moments.norms(), tx * ty);
        let xx = criterion(*n, x.squared_norm(), x.norm_4(), tx * tx);
        let yy = criterion(*n, y.squared_norm(), y.norm_4(), ty * ty);
        if xx <= 0.0 || yy <= 0.0 {
            let reason = format!(
                "the unbiased own criteria are {xx:.3e} and {yy:.3e}, they have to be positive; use more stimuli or linear-cka"
            );
            return Err(Error::Undefined { id: Self::INFO.id, reason });
        }
        let ratio = xy / (xx.sqrt() * yy.sqrt());
        Ok(Comparison::of_score(ratio.clamp(-1.0, 1.0)))
    }
}

/// Song's criterion, times n(n − 3): that factor cancels in the ratio.
fn criterion(n: usize, cross: f64, norms: f64, traces: f64) -> f64 {
    let n = n as f64;
    cross - norms + traces / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * norms
}
