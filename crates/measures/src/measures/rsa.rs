#![doc = include_str!("../../docs/rsa.md")]

mod comparator;
mod kendall;
mod pairing;
mod ranks;

use std::sync::Arc;

use consilience_statistics::{RowPair, RowSet};
use serde::{Deserialize, Serialize};

pub use comparator::Comparator;
use pairing::Pairing;

use crate::{
    Comparison, Dissimilarity, Error, Example, Family, Info, Invariance, Measure, Naming,
    Orientation, Parameter, Reference, Result, SideName, Symmetry, WholeRows,
};

/// Representational similarity analysis.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rsa {
    /// How unlike two stimuli are.
    pub rdm: Dissimilarity,
    /// How the dissimilarities of the two sides are compared.
    pub compare: Comparator,
}

impl Measure for Rsa {
    const INFO: &'static Info = &Info {
        id: "rsa",
        title: "Representational similarity analysis",
        summary: "Whether the same stimuli are alike and unlike in the two representations.",
        definition: r"The dissimilarities $d_{ij}$ of all pairs of stimuli (of rows, where a stimulus has several) in x, and $e_{ij}$ in y, are two vectors of $m = n(n-1)/2$ values, which are compared.

`rdm`: $1 - r(x_i, x_j)$ with Pearson's $r$ over units (correlation), $\lVert x_i - x_j\rVert$ (euclidean), its square (squared-euclidean), $1 - \cos(x_i, x_j)$ (cosine), $(x_i - x_j)^\top S^{-1} (x_i - x_j)$ (mahalanobis), or the mean of $(x_{if} - x_{jf})^\top S^{-1} (x_{ig} - x_{jg})$ over pairs of different repeats $f \ne g$ (crossnobis: rows of a stimulus are its repeats, and there is one condition a stimulus; it may be negative). $S$ is the covariance of the units: of the rows about the mean of their stimulus where a stimulus has several rows, else of all rows about their mean; off the diagonal it is shrunk by $1 - \lambda$, $\lambda = \min(1, \sum_{u \ne v} \widehat{\operatorname{Var}}(r_{uv}) / \sum_{u \ne v} r_{uv}^2)$ with the correlations $r_{uv}$ of units.

`compare`: Spearman's $\rho$ with equal values at their mean rank (spearman), Pearson's $r$ (pearson), $\tau_a = (c - o) / (m(m-1)/2)$ and $\tau_b = (c - o) / \sqrt{(m(m-1)/2 - t)(m(m-1)/2 - u)}$ with $c$ pairs in the same order, $o$ in the opposite one, $t$ and $u$ ties on either side (kendall-a, kendall-b), $\rho_a = 12 \sum_k \tilde r_k \tilde s_k / (m^3 - m)$ with centred mean ranks, the mean of Spearman's $\rho$ over all ways to break ties (rho-a), the cosine (cosine), and the cosine or correlation after whitening by the covariance of squared distances of equally noisy stimuli, $d^\top V^{-1} e / \sqrt{d^\top V^{-1} d \; e^\top V^{-1} e}$ (whitened-cosine, whitened-pearson): with $D$ the symmetric table, the cosine of $H D H$ and $H E H$, $H = I - \mathbf 1 \mathbf 1^\top / n$.",
        family: Family::Rsa,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)), and O(n² log n) for ranks; of a pair of stimuli 4 bytes are kept for its rank, 8 for its value, and some 30 while they are made; at most 11,585 rows",
        caveats: &[
            "Spearman is the default since nothing says that dissimilarities of two networks are linearly related, and since it is the default of ReSi and Brain-Score. Packages also call Kendall's or Pearson's coefficient RSA: say which.",
            "Correlation and cosine depend on the origin of each unit: a representation whose units are centred first has another score.",
            "Dissimilarities that differ by less than 2⁻³⁶ of themselves are equal: rounding makes no order.",
            "A row that is the same for all units has no correlation, a row of zeros no cosine: that is an error here, NaN in other packages.",
            "Dissimilarities of n stimuli are n (n − 1) / 2 values, but not as many independent ones: no test on correlations applies. Read the score beside its chance level.",
            "whitened-cosine of squared-euclidean is linear-cka.",
            "Covariances of few rows are drawn towards their diagonal. Where a stimulus has one row, mahalanobis is in units of the spread of the stimuli, signal and noise together. λ is computed as in rsatoolbox, which uses n − 1 where the paper has n.",
            "Positions of a convolutional layer that stand for rows of a stimulus are no repeated measurements; crossnobis takes them for such.",
            "`euclidean` is squared and divided by the number of units in rsatoolbox; that changes pearson and cosine, not the ranks.",
        ],
        parameters: &[
            Parameter {
                name: "rdm",
                default: "correlation",
                range: "correlation, euclidean, squared-euclidean, cosine, mahalanobis, crossnobis",
                purpose: "how unlike two stimuli are",
            },
            Parameter {
                name: "compare",
                default: "spearman",
                range: "spearman, pearson, kendall-a, kendall-b, rho-a, cosine, whitened-cosine, whitened-pearson",
                purpose: "how the dissimilarities of the two sides are compared",
            },
        ],
        references: &[
            Reference {
                citation: "Kriegeskorte, Mur & Bandettini 2008, Representational similarity analysis – connecting the branches of systems neuroscience",
                link: "https://doi.org/10.3389/neuro.06.004.2008",
            },
            Reference {
                citation: "Nili et al. 2014, A Toolbox for Representational Similarity Analysis (Kendall's τ_a for tied dissimilarities)",
                link: "https://doi.org/10.1371/journal.pcbi.1003553",
            },
            Reference {
                citation: "Schütt, Kipnis, Diedrichsen & Kriegeskorte 2023, Statistical inference on representational geometries (ρ_a)",
                link: "https://doi.org/10.7554/eLife.82566",
            },
            Reference {
                citation: "Diedrichsen et al. 2021, Comparing representational geometries using whitened unbiased-distance-matrix similarity",
                link: "https://arxiv.org/abs/2007.02789",
            },
            Reference {
                citation: "Walther et al. 2016, Reliability of dissimilarity measures for multi-voxel pattern analysis (crossnobis)",
                link: "https://doi.org/10.1016/j.neuroimage.2015.12.012",
            },
            Reference {
                citation: "Schäfer & Strimmer 2005, A Shrinkage Approach to Large-Scale Covariance Matrix Estimation, target D",
                link: "https://doi.org/10.2202/1544-6115.1175",
            },
            Reference {
                citation: "Knight 1966, A Computer Method for Calculating Kendall's Tau with Ungrouped Data",
                link: "https://doi.org/10.1080/01621459.1966.10480879",
            },
        ],
        examples: &[
            Example { spec: "rsa", what: "correlation, Spearman" },
            Example { spec: "rsa:compare=pearson", what: "correlation, Pearson" },
            Example { spec: "rsa:compare=kendall-a", what: "correlation, Kendall's τ_a" },
            Example { spec: "rsa:compare=kendall-b", what: "correlation, Kendall's τ_b" },
            Example { spec: "rsa:compare=rho-a", what: "correlation, ρ_a" },
            Example { spec: "rsa:compare=cosine", what: "correlation, cosine" },
            Example {
                spec: "rsa:compare=whitened-pearson",
                what: "correlation, whitened correlation",
            },
            Example { spec: "rsa:rdm=euclidean", what: "Euclidean distance, Spearman" },
            Example {
                spec: "rsa:compare=pearson,rdm=squared-euclidean",
                what: "squared Euclidean distance, Pearson",
            },
            Example {
                spec: "rsa:compare=whitened-cosine,rdm=squared-euclidean",
                what: "squared Euclidean distance, whitened cosine",
            },
            Example { spec: "rsa:rdm=cosine", what: "cosine, Spearman" },
            Example { spec: "rsa:compare=pearson,rdm=mahalanobis", what: "Mahalanobis, Pearson" },
            Example {
                spec: "rsa:compare=whitened-cosine,rdm=crossnobis",
                what: "crossnobis, whitened cosine",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift, UnitScale};
        match self.rdm {
            Dissimilarity::Correlation => &[Permutation, IsotropicScale],
            Dissimilarity::Cosine => &[Permutation, IsotropicScale, Orthogonal],
            Dissimilarity::Euclidean | Dissimilarity::SquaredEuclidean => {
                &[Permutation, Shift, IsotropicScale, Orthogonal]
            }
            // The shrinkage is of correlations, so that no unit's scale matters; it is towards the basis of the units.
            Dissimilarity::Mahalanobis | Dissimilarity::Crossnobis => {
                &[Permutation, Shift, IsotropicScale, UnitScale]
            }
        }
    }

    fn naming(&self) -> Naming {
        let estimator =
            if self.rdm == Dissimilarity::Crossnobis { "cross-validated" } else { "plug-in" };
        Naming { estimator: estimator.to_owned(), ..Naming::usual(self) }
    }

    fn expected_by_chance(&self, rows: &RowPair<'_>) -> Option<f64> {
        let pairing = Pairing::of(rows, self.rdm.rows_per_condition(rows.x));
        self.compare.expected(self, rows, &pairing)
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let pairing = Pairing::of(rows, self.rdm.rows_per_condition(rows.x));
        let (id, found, expected) = (Self::INFO.id, pairing.conditions, 3);
        if found < expected {
            return Err(Error::TooFewSamples { id, found, expected });
        }
        Ok(Comparison::of_score(self.compare.score(self, rows, &pairing)?))
    }
}

/// The dissimilarities of a side, remembered.
fn values(rsa: &Rsa, rows: &RowSet) -> Result<Arc<Vec<f64>>> {
    rsa.rdm.remember(Rsa::INFO.id, rows, "table", |values| values)
}
