#![doc = include_str!("../../docs/uniformity-difference-distance.md")]

use std::sync::Arc;

use consilience_statistics::{Preparation, RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::caveats::undefined;
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Which pairs of stimuli the mean is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pairs {
    /// All n², each stimulus with itself too.
    #[default]
    All,
    /// Pairs of two stimuli.
    Different,
}

/// Difference of the logarithms of the mean Gaussian similarity of two stimuli.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UniformityDifferenceDistance {
    /// What squared distances are multiplied by.
    pub t: f64,
    /// Which pairs of stimuli the mean is over.
    pub pairs: Pairs,
    /// Whether each row is divided by its length first.
    pub normalise: bool,
}

impl Default for UniformityDifferenceDistance {
    fn default() -> Self {
        Self { t: 2.0, pairs: Pairs::All, normalise: false }
    }
}

impl Measure for UniformityDifferenceDistance {
    const INFO: &'static Info = &Info {
        id: "uniformity-difference-distance",
        title: "Difference of uniformities",
        summary: "How much more evenly the stimuli of one representation are spread out than those of the other.",
        definition: r"$\lvert u(X) - u(Y)\rvert$ with $u(X) = \log \frac{1}{n^2} \sum_{ij} e^{-t \lVert x_i - x_j\rVert^2}$; with pairs=different the mean is over the $n (n - 1)$ pairs of two stimuli. Sums are of exponentials less the greatest one, so that none vanishes. A metric between uniformities.",
        family: Family::Descriptor,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)), once a representation; memory of a band of 256 rows a thread",
        caveats: &[
            "One number of each representation is compared: 0 says that both are equally spread out, not that they are alike, and a shuffle of the stimuli leaves it as it is.",
            "Defined by its authors for patterns of length 1 (normalise=true), over pairs of two stimuli (pairs=different). The defaults are those of the survey and of ReSi: patterns as they are, and each stimulus with itself. Where distances are great, which they are with many units, the stimuli themselves are all that is left of the mean, $u$ is $-\\log n$ on both sides and the score 0 whatever the data.",
            "With patterns as they are, it depends on the units of measurement.",
        ],
        parameters: &[
            Parameter {
                name: "t",
                default: "2.0",
                range: "above 0",
                purpose: "what squared distances are multiplied by; 2 in the source and in ReSi",
            },
            Parameter {
                name: "pairs",
                default: "all",
                range: "all, different",
                purpose: "which pairs of stimuli the mean is over: all, each stimulus with itself too, or those of two stimuli",
            },
            Parameter {
                name: "normalise",
                default: "false",
                range: "true, false",
                purpose: "each row is divided by its length first, as in the source",
            },
        ],
        references: &[
            Reference {
                citation: "Wang & Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere, equation 3",
                link: "https://arxiv.org/abs/2005.10242",
            },
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
        ],
        examples: &[
            Example { spec: "uniformity-difference-distance", what: "as in ReSi" },
            Example {
                spec: "uniformity-difference-distance:normalise=true,pairs=different",
                what: "uniformity as its authors define it",
            },
            Example { spec: "uniformity-difference-distance:t=0.5", what: "a wider kernel" },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn validate(&self) -> std::result::Result<(), String> {
        if self.t.is_finite() && self.t > 0.0 {
            return Ok(());
        }
        Err(format!("t is {}, it has to be above 0", self.t))
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        if self.normalise {
            &[Permutation, IsotropicScale, Orthogonal]
        } else {
            &[Permutation, Shift, Orthogonal]
        }
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let (found, expected) = (rows.n_rows(), 2);
        if found < expected {
            return Err(Error::TooFewSamples { id: Self::INFO.id, found, expected });
        }
        let score = (self.uniformity(rows.x)? - self.uniformity(rows.y)?).abs();
        Ok(Comparison::of_score(score))
    }
}

impl UniformityDifferenceDistance {
    /// The logarithm of the mean similarity, remembered.
    fn uniformity(&self, rows: &RowSet) -> Result<f64> {
        let name = format!("uniformity {:e} {:?} {}", self.t, self.pairs, self.normalise);
        let found: Arc<std::result::Result<f64, String>> = rows.remember(&name, |rows| {
            // Distances of centred rows lose no digits to the mean; those of normalised ones have it in them.
            let steps = Preparation { normalise: self.normalise, ..Preparation::default() };
            let steps = if self.normalise { steps } else { Preparation::centred() };
            self.of_prepared(&rows.prepared(&steps))
        });
        found.as_ref().clone().map_err(|reason| undefined(Self::INFO.id, reason))
    }

    fn of_prepared(&self, rows: &RowSet) -> std::result::Result<f64, String> {
        if !rows.products_within_range() {
            return Err(crate::out_of_range(rows));
        }
        let n = rows.n_rows();
        let bands = rows.map_bands(|band| {
            let distances = rows.squared_distances(band.clone(), band.start..n);
            let mut sum = Exponentials::none();
            for j in 0..band.len() {
                distances.col_as_slice(j)[j + 1..].iter().for_each(|d| sum.add(-self.t * d));
            }
            sum
        });
        let below = bands.into_iter().fold(Exponentials::none(), Exponentials::merged);
        let n = n as f64;
        Ok(match self.pairs {
            Pairs::Different => below.logarithm() + (2.0 / (n * (n - 1.0))).ln(),
            // Both halves of the table, and n ones.
            Pairs::All => (2.0 * below.logarithm().exp() + n).ln() - 2.0 * n.ln(),
        })
    }
}

/// A sum of exponentials, in units of the greatest.
#[derive(Debug, Clone, Copy)]
struct Exponentials {
    greatest: f64,
    sum: f64,
}

impl Exponentials {
    fn none() -> Self {
        Self { greatest: f64::NEG_INFINITY, sum: 0.0 }
    }

    fn add(&mut self, exponent: f64) {
        if exponent > self.greatest {
            self.sum = self.sum * (self.greatest - exponent).exp() + 1.0;
            self.greatest = exponent;
        } else {
            self.sum += (exponent - self.greatest).exp();
        }
    }

    fn merged(self, other: Self) -> Self {
        let (a, b) = if self.greatest >= other.greatest { (self, other) } else { (other, self) };
        if b.sum == 0.0 {
            return a;
        }
        Self { greatest: a.greatest, sum: a.sum + b.sum * (b.greatest - a.greatest).exp() }
    }

    fn logarithm(self) -> f64 {
        self.greatest + self.sum.ln()
    }
}
