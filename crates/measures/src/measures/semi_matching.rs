#![doc = include_str!("../../docs/semi-matching.md")]

use consilience_linalg::MatRef;
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Direction, Example, Family, Fold, HeldOutMoments, Info, Invariance, Mapping,
    Measure, Naming, Orientation, Parameter, Reference, Result, Scale, SideName, Symmetry,
};

/// Best partner of each unit, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SemiMatching {
    /// Whose units look for a partner.
    pub direction: Direction,
}

impl Measure for SemiMatching {
    const INFO: &'static Info = &Info {
        id: "semi-matching",
        title: "Semi-matching",
        summary: "How alike units are to their single best partner in the other representation, partners may be shared, on stimuli the choice has not seen.",
        definition: r"For each unit $i$ of $x$, $m(i) = \arg\max_j C_{ij}$ with $C$ the Pearson correlations over the fit stimuli (the lowest $j$ on ties). The score is the mean over all units of $x$ of the correlation of $i$ and $m(i)$ over the eval stimuli, averaged over folds. Correlations are signed.",
        family: Family::Matching,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p q) a fold",
        caveats: &[
            "Called soft correlation match in ReSi, where in sample and both ways; it is not the optimal transport of Khosla & Williams, which is soft-matching here.",
            "Several units may share a partner, so the score says nothing about how many different features the other network has.",
        ],
        parameters: &[Parameter {
            name: "direction",
            default: "both",
            range: "x-to-y, y-to-x, both",
            purpose: "x-to-y: units of x look for partners in y and the mean is over units of x; both averages the two",
        }],
        references: &[Reference {
            citation: "Li, Yosinski, Clune, Lipson & Hopcroft 2016, Convergent Learning, section 3.2 (semi-matching; in sample there)",
            link: "https://arxiv.org/abs/1511.07543",
        }],
        examples: &[
            Example { spec: "semi-matching", what: "both directions" },
            Example {
                spec: "semi-matching:direction=x-to-y",
                what: "partners in y for the units of x",
            },
        ],
        revision: 1,
    };
    type Statistic = HeldOutMoments;

    fn symmetry(&self) -> Symmetry {
        self.direction.symmetry()
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Permutation, Shift, UnitScale};
        &[Permutation, Shift, IsotropicScale, UnitScale]
    }

    fn scale(&self) -> Scale {
        Scale::HeldOutCorrelation
    }

    fn naming(&self) -> Naming {
        Naming { estimator: "best partner of each unit".into(), ..Naming::usual(self) }
    }

    fn compare(&self, fold: Fold<'_>) -> Result<Comparison> {
        let (fit, eval) = (fold.fit.correlation(), fold.eval.correlation());
        self.direction.average(|forward| {
            Ok(if forward {
                best_partners(fit.as_ref(), eval.as_ref())
            } else {
                best_partners(fit.transpose(), eval.transpose())
            })
        })
    }
}

/// Each row takes its best column of `fit`; the score is the mean of those entries of `eval`.
fn best_partners(fit: MatRef<'_, f64>, eval: MatRef<'_, f64>) -> Comparison {
    let best = |i: usize| {
        (1..fit.ncols()).fold(0, |best, j| if fit[(i, j)] > fit[(i, best)] { j } else { best })
    };
    let partners: Vec<usize> = (0..fit.nrows()).map(best).collect();
    let per_unit: Vec<Option<f64>> =
        partners.iter().enumerate().map(|(i, &j)| Some(eval[(i, j)])).collect();
    let score = per_unit.iter().flatten().sum::<f64>() / per_unit.len() as f64;
    let matching = Mapping::Matching(partners.into_iter().map(Some).collect());
    let mappings = vec![matching];
    Comparison { per_unit: Some(per_unit), mappings, ..Comparison::of_score(score) }
}
