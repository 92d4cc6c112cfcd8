#![doc = include_str!("../../docs/soft-matching.md")]

use consilience_linalg::Mat;
use consilience_solvers::uniform_transport;
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Example, Family, Fold, HeldOutMoments, Info, Invariance, Mapping, Measure, Naming,
    Orientation, Reference, Result, Scale, SideName, Symmetry,
};

/// Soft matching of units by exact optimal transport, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftMatching {}

impl Measure for SoftMatching {
    const INFO: &'static Info = &Info {
        id: "soft-matching",
        title: "Soft matching",
        summary: "How alike units are to the partners among whom optimal transport shares them out, every unit counted, on stimuli the plan has not seen.",
        definition: r"With $C$ the Pearson correlations over the fit stimuli, $T$ maximises $\sum_{ij} T_{ij} C_{ij}$ over plans with $\sum_j T_{ij} = 1/p$, $\sum_i T_{ij} = 1/q$ and $T \ge 0$. The score is $\sum_{ij} T_{ij} r_{ij}$ with $r$ the correlations over the eval stimuli, averaged over folds. Correlations are signed. With $p = q$ it is the one-to-one matching.",
        family: Family::Matching,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "about O((p + q) p q) a fold for the network simplex",
        caveats: &[
            "The soft-matching *distance* of the same paper is the root of a transported squared distance; it is another quantity.",
            "Where several plans are optimal on the fit stimuli, their held-out scores may differ; one of them is reported.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Khosla & Williams 2024, Soft Matching Distance: A metric on neural representations that captures single-neuron tuning",
                link: "https://arxiv.org/abs/2311.09466",
            },
            Reference {
                citation: "Kapoor, Srivastava & Khosla 2025, Bridging Critical Gaps in Convergent Learning (soft matching, five folds)",
                link: "https://arxiv.org/abs/2502.18710",
            },
        ],
        examples: &[Example { spec: "soft-matching", what: "uniform masses, signed correlation" }],
        revision: 1,
    };
    type Statistic = HeldOutMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Permutation, Shift, UnitScale};
        &[Permutation, Shift, IsotropicScale, UnitScale]
    }

    fn scale(&self) -> Scale {
        Scale::HeldOutCorrelation
    }

    fn naming(&self) -> Naming {
        Naming { estimator: "optimal transport of units".into(), ..Naming::usual(self) }
    }

    fn compare(&self, fold: Fold<'_>) -> Result<Comparison> {
        let fit = fold.fit.correlation();
        let cost = Mat::from_fn(fit.nrows(), fit.ncols(), |i, j| 1.0 - fit[(i, j)]);
        let plan = uniform_transport(cost.as_ref())?.entries;
        let eval = fold.eval.correlation();
        let score: f64 = plan.iter().map(|&(i, j, mass)| mass * eval[(i, j)]).sum();
        // The masses sum to 1 up to rounding, so that a perfect score may pass 1 by a few units in the last place.
        let score = score.clamp(-1.0, 1.0);
        Ok(Comparison { mappings: vec![Mapping::Plan(plan)], ..Comparison::of_score(score) })
    }
}
