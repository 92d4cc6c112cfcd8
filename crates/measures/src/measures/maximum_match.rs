#![doc = include_str!("../../docs/maximum-match.md")]

use consilience_linalg::Mat;
use consilience_solvers::maximum_match;
use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, Warning, WholeMoments,
};

/// Share of units that lie near the span of one another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MaximumMatch {
    /// Largest distance from a span, as a share of a unit's length.
    pub epsilon: f64,
}

impl Default for MaximumMatch {
    /// Half of the length.
    fn default() -> Self {
        Self { epsilon: 0.5 }
    }
}

impl Measure for MaximumMatch {
    const INFO: &'static Info = &Info {
        id: "maximum-match",
        title: "Maximum match of subspaces",
        summary: "The share of the units of both representations that can be kept such that each lies near the space spanned by the kept units of the other.",
        definition: r"A unit is the vector of its activations over the stimuli, not centred. Of all units but those that are always zero, those $x_i$ are removed with $\lVert x_i - P_Y x_i \rVert > \varepsilon \lVert x_i \rVert$, $P_Y$ the projection on the span of the remaining units of $y$; then in the same way those of $y$; and so on until nothing changes. With $X^*$ and $Y^*$ what remains, which is the largest such pair of sets, the score is $(\lvert X^* \rvert + \lvert Y^* \rvert) / (p + q)$. Units that others determine (all but $10^{-10}$ of their square) add nothing to a span.",
        family: Family::Subspace,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 0.0,
        complexity: "O(p³ + q³ + p q (p + q)) a pass, few passes as a rule",
        caveats: &[
            "It depends on $\\varepsilon$, and falls from all to nothing within a part of its range: look at several.",
            "Means count: rectified units have a direction in common, which brings them nearer to any span.",
            "A span of q random vectors holds the share $q / n$ of a random unit's square, and of n stimuli n units span everything: the score is 1 by chance where units are as many as stimuli. The authors take 10,000 samples.",
            "The score is a count, so that its intervals are as coarse as one over the number of units.",
        ],
        parameters: &[Parameter {
            name: "epsilon",
            default: "0.5",
            range: "above 0 and below 1",
            purpose: "largest distance of a unit from the span of the other representation's units, as a share of its length",
        }],
        references: &[Reference {
            citation: "Wang, Hu, Gu, Hu, Wu, He & Hopcroft 2018, Towards Understanding Learning Representations: To What Extent Do Different Neural Networks Learn the Same Representation",
            link: "https://arxiv.org/abs/1810.11750",
        }],
        examples: &[
            Example { spec: "maximum-match", what: "units within half their length" },
            Example { spec: "maximum-match:epsilon=0.7", what: "a looser match" },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn validate(&self) -> std::result::Result<(), String> {
        if self.epsilon > 0.0 && self.epsilon < 1.0 {
            return Ok(());
        }
        Err(format!("epsilon is {}; expected a number above 0 and below 1", self.epsilon))
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        &[Invariance::Permutation, Invariance::IsotropicScale, Invariance::UnitScale]
    }

    fn naming(&self) -> Naming {
        let estimator = format!("largest match within ε = {}", self.epsilon);
        let aggregation = "share of the units of both sides".to_owned();
        Naming { estimator, aggregation, ..Naming::usual(self) }
    }

    fn compare(&self, pair: &PairMoments) -> Result<Comparison> {
        let (p, q) = (pair.x.n_units(), pair.y.n_units());
        let found = maximum_match(raw_products(pair).as_ref(), p, self.epsilon)?;
        let score = (found.x.len() + found.y.len()) as f64 / (p + q) as f64;
        let mut warnings = Vec::new();
        if pair.n < p + q {
            warnings.push(Warning::FewSamples { samples: pair.n, units: p + q });
        }
        Ok(Comparison { warnings, ..Comparison::of_score(score) })
    }
}

/// Products of all units, those of x first, about 0.
fn raw_products(pair: &PairMoments) -> Mat<f64> {
    let (x, y, n) = (&pair.x, &pair.y, pair.n as f64);
    let p = x.n_units();
    let mean = |i: usize| if i < p { x.mean[i] } else { y.mean[i - p] };
    let centred = |i: usize, j: usize| match (i < p, j < p) {
        (true, true) => x.scatter()[(i, j)],
        (true, false) => pair.cross()[(i, j - p)],
        (false, true) => pair.cross()[(j, i - p)],
        (false, false) => y.scatter()[(i - p, j - p)],
    };
    let units = p + y.n_units();
    Mat::from_fn(units, units, |i, j| centred(i, j) + n * mean(i) * mean(j))
}
