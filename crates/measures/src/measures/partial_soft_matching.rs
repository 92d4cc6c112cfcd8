#![doc = include_str!("../../docs/partial-soft-matching.md")]

use consilience_linalg::Mat;
use consilience_solvers::{partial_curve, partial_transport};
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Detail, Example, Family, Fold, HeldOutMoments, Info, Invariance, Mapping, Measure,
    Naming, Orientation, Parameter, Quantity, Reference, Result, Scale, SideName, Symmetry,
};

/// Masses that the curve is read at, from 0 to [`LARGEST_MASS`] in equal steps: those of the authors' notebook.
const MASSES: u32 = 100;
/// The largest of them.
const LARGEST_MASS: f64 = 0.999;

/// What the matched pairs are summed up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sum {
    /// The mean correlation of the matched mass.
    #[default]
    Mean,
    /// One less the cost of the matched mass, as the authors' code returns it: 1 for no mass.
    OneMinusCost,
}

/// Soft matching of a part of the units' mass, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialSoftMatching {
    /// Share of the mass that is matched; chosen by the bend of the cost curve if absent.
    pub mass: Option<f64>,
    /// What the matched pairs are summed up to.
    pub sum: Sum,
}

impl Measure for PartialSoftMatching {
    const INFO: &'static Info = &Info {
        id: "partial-soft-matching",
        title: "Partial soft matching",
        summary: "How alike units are to the partners that optimal transport gives them if units without a good partner may stay without one, on stimuli the plan has not seen.",
        definition: r"With $C$ the Pearson correlations over the fit stimuli, $T$ minimises $\sum_{ij} T_{ij} (1 - C_{ij})$ over plans with $\sum_j T_{ij} \le 1/p$, $\sum_i T_{ij} \le 1/q$, $T \ge 0$ and $\sum_{ij} T_{ij} = m$. The score is $\sum_{ij} T_{ij} r_{ij} / m$ with $r$ the correlations over the eval stimuli, averaged over folds. Correlations are signed. If $m$ is not given it is where the least cost $\lambda(m)$ over the fit stimuli bends most: of $m_k = 0.999\,k/99$, $k = 0, \dots, 99$, the one with the largest $\lvert \lambda(m_{k-1}) - 2 \lambda(m_k) + \lambda(m_{k+1}) \rvert$, the smallest on ties.",
        family: Family::Matching,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "about p + q shortest paths of O(p q) a fold, twice if the mass is chosen",
        caveats: &[
            "The score of a chosen mass says nothing without the mass, which stands beside it: two representations that share one unit can be as alike as two that share all. Matched by more mass, the mean correlation falls.",
            "The authors' code returns $1 - \\sum T_{ij}(1 - r_{ij})$, which tends to 1 as the mass tends to 0; that is sum=one-minus-cost. With mass 1 both are `soft-matching`.",
            "It is no metric. Where several plans are optimal on the fit stimuli, their held-out scores may differ; one of them is reported.",
            "Each fold chooses its own mass. Where the cost curve is all but straight, as between identical representations, the choice says nothing.",
        ],
        parameters: &[
            Parameter {
                name: "mass",
                default: "null",
                range: "null or a number above 0, at most 1",
                purpose: "share of the units' mass that is matched; null takes the one at which the cost curve bends most",
            },
            Parameter {
                name: "sum",
                default: "mean",
                range: "mean, one-minus-cost",
                purpose: "mean: mean correlation of the matched mass; one-minus-cost: as the authors' code has it, not divided by the mass",
            },
        ],
        references: &[
            Reference {
                citation: "Kapoor, Williams & Khosla 2026, Partial Soft-Matching Distance for Neural Representational Comparison with Partial Unit Correspondence",
                link: "https://arxiv.org/abs/2602.19331",
            },
            Reference {
                citation: "Khosla & Williams 2024, Soft Matching Distance: A metric on neural representations that captures single-neuron tuning",
                link: "https://arxiv.org/abs/2311.09466",
            },
        ],
        examples: &[
            Example { spec: "partial-soft-matching", what: "mass by the bend of the cost curve" },
            Example { spec: "partial-soft-matching:mass=0.5", what: "half of the mass" },
            Example {
                spec: "partial-soft-matching:mass=0.9,sum=one-minus-cost",
                what: "the number of the authors' code at mass 0.9",
            },
        ],
        revision: 1,
    };
    type Statistic = HeldOutMoments;

    fn validate(&self) -> std::result::Result<(), String> {
        match self.mass {
            Some(mass) if !(mass > 0.0 && mass <= 1.0) => {
                Err(format!("mass is {mass}; expected a number above 0 and at most 1"))
            }
            _ => Ok(()),
        }
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Permutation, Shift, UnitScale};
        &[Permutation, Shift, IsotropicScale, UnitScale]
    }

    fn scale(&self) -> Scale {
        // Only a mean over all units' mass is a mean over units like those of other maps.
        let whole = self.mass == Some(1.0);
        if whole { Scale::HeldOutCorrelation } else { Scale::Own }
    }

    fn naming(&self) -> Naming {
        let mass = match self.mass {
            Some(mass) => format!("mass {mass}"),
            None => "mass by the bend of the cost curve".to_owned(),
        };
        let usual = Naming::usual(self);
        Naming { estimator: format!("optimal transport of a part of the units, {mass}"), ..usual }
    }

    fn compare(&self, fold: Fold<'_>) -> Result<Comparison> {
        let fit = fold.fit.correlation();
        let cost = Mat::from_fn(fit.nrows(), fit.ncols(), |i, j| 1.0 - fit[(i, j)]);
        let mass = match self.mass {
            Some(mass) => mass,
            None => partial_curve(cost.as_ref())?.corner(&masses()),
        };
        let plan = partial_transport(cost.as_ref(), mass)?.entries;
        let eval = fold.eval.correlation();
        let matched: f64 = plan.iter().map(|&(i, j, share)| share * eval[(i, j)]).sum();
        // Shares sum to the mass up to rounding, so that a perfect score may pass 1 by a few units in the last place.
        let score = match self.sum {
            Sum::Mean => (matched / mass).clamp(-1.0, 1.0),
            Sum::OneMinusCost => (1.0 - mass + matched).clamp(-1.0, 1.0),
        };
        let details = vec![Detail { quantity: Quantity::Mass, value: mass }];
        Ok(Comparison {
            details,
            mappings: vec![Mapping::Plan(plan)],
            ..Comparison::of_score(score)
        })
    }
}

fn masses() -> Vec<f64> {
    let last = f64::from(MASSES - 1);
    (0..MASSES).map(|k| LARGEST_MASS * f64::from(k) / last).collect()
}
