#![doc = include_str!("../../docs/svcca.md")]

use consilience_linalg::Eigen;
use consilience_statistics::{Canonical, PairMoments, rank};
use serde::{Deserialize, Serialize};

use crate::caveats::of_canonical;
use crate::correlations::canonical;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeMoments,
};

/// Mean canonical correlation of the principal components that hold most of the variance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Svcca {
    /// Share of the variance that the components kept hold at least.
    pub variance: f64,
}

impl Default for Svcca {
    fn default() -> Self {
        Self { variance: 0.99 }
    }
}

impl Measure for Svcca {
    const INFO: &'static Info = &Info {
        id: "svcca",
        title: "SVCCA",
        summary: "How strongly the principal components of one representation correlate with those of the other, each direction of the smaller space paired with its best one.",
        definition: r"Columns centred; of each side the fewest principal components are kept whose variances reach the share $v$ of the total. The score is the mean of the canonical correlations between the two sets of components, $\frac{1}{\min(k_x, k_y)} \sum_i \rho_i$, over all stimuli. $v = 1$ is mean-cca.",
        family: Family::Cca,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p³ + q³) for the eigendecompositions, shared by all pairs of a representation, and O(p q min(p, q)) for the singular values",
        caveats: &[
            "The share is of variance, as in the paper. anatome takes the share of the sum of singular values, of activations that are not centred; the google/svcca tutorial keeps 20 components; platonic-rep 10; ReSi's comparison keeps one in nearly every case.",
            "A component more or less beyond the threshold is a jump of the score.",
            "With fewer stimuli than components of x and y together some correlations are 1 for any data; a warning counts them.",
        ],
        parameters: &[Parameter {
            name: "variance",
            default: "0.99",
            range: "above 0, to 1",
            purpose: "share of the variance that the components kept hold at least",
        }],
        references: &[Reference {
            citation: "Raghu, Gilmer, Yosinski & Sohl-Dickstein 2017, SVCCA: Singular Vector Canonical Correlation Analysis for Deep Learning Dynamics and Interpretability",
            link: "https://arxiv.org/abs/1706.05806",
        }],
        examples: &[
            Example { spec: "svcca", what: "components of 99 % of the variance" },
            Example { spec: "svcca:variance=0.8", what: "components of 80 % of the variance" },
            Example { spec: "svcca:variance=1.0", what: "all components" },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        if self.variance == 1.0 {
            &Invariance::ALL
        } else {
            &[Permutation, Shift, IsotropicScale, Orthogonal]
        }
    }

    fn naming(&self) -> Naming {
        Naming {
            aggregation: "mean over the smaller number of components".into(),
            ..Naming::usual(self)
        }
    }

    fn validate(&self) -> std::result::Result<(), String> {
        if self.variance > 0.0 && self.variance <= 1.0 {
            return Ok(());
        }
        Err(format!("variance is {}, expected a number above 0 and at most 1", self.variance))
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let all = canonical(Self::INFO.id, moments)?;
        let sides = moments.eigen()?;
        let kept = sides.map(|side| self.components(side, moments));
        let reduced;
        let found = if kept == all.ranks {
            all
        } else {
            let turned = moments.cross_in_eigenbases()?.as_ref();
            reduced = Canonical::of_leading(sides, turned, kept, moments.dimensions())?;
            &reduced
        };
        let score = found.correlations.iter().sum::<f64>() / found.correlations.len() as f64;
        // What was left out on purpose is no lack of rank.
        let found = Canonical { ranks: all.ranks, ..found.clone() };
        let warnings = of_canonical(moments, &found);
        Ok(Comparison { warnings, ..Comparison::of_score(score) })
    }
}

impl Svcca {
    /// The fewest first components that reach the share of the variance.
    fn components(&self, side: &Eigen, moments: &PairMoments) -> usize {
        let rank = rank(side, moments.dimensions(), moments.epsilon);
        let leading = side.values.iter().rev().take(rank);
        // A share that is met but for rounding is met.
        let wanted = self.variance * (1.0 - 1e-12) * leading.clone().sum::<f64>();
        let mut sum = 0.0;
        let below = leading.take_while(|&&value| {
            sum += value;
            sum < wanted
        });
        (below.count() + 1).min(rank)
    }
}
