#![doc = include_str!("../../docs/permutation.md")]

use consilience_solvers::maximum_assignment;
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Example, Family, Fold, HeldOutMoments, Info, Invariance, Mapping, Measure, Naming,
    Orientation, Reference, Result, Scale, SideName, Symmetry, Warning,
};

/// One-to-one matching of units, held out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permutation {}

impl Measure for Permutation {
    const INFO: &'static Info = &Info {
        id: "permutation",
        title: "One-to-one matching",
        summary: "How alike units are to the partners that the best one-to-one matching gives them, on stimuli the matching has not seen.",
        definition: r"With $C$ the Pearson correlations of units of $x$ with units of $y$ over the fit stimuli, $M$ is the matching of $\min(p, q)$ pairs that maximises $\sum_{(i,j) \in M} C_{ij}$. The score is the mean over the pairs of $M$ of the correlation over the eval stimuli, averaged over folds. Correlations are signed.",
        family: Family::Matching,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(min(p, q)² max(p, q)) a fold for the assignment",
        caveats: &[
            "Units of the wider representation that have no partner take no part in the mean, which flatters unequal widths; soft-matching counts every unit.",
            "In sample the score is biased upward: the best of many partners correlates by chance. Held out, the chance level of shuffled stimuli is 0, and a rotated basis is the chance level that speaks about units.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Li, Yosinski, Clune, Lipson & Hopcroft 2016, Convergent Learning, section 3.2 (bipartite matching; in sample there)",
                link: "https://arxiv.org/abs/1511.07543",
            },
            Reference {
                citation: "Jonker & Volgenant 1987, A shortest augmenting path algorithm for dense and sparse linear assignment problems",
                link: "https://doi.org/10.1007/BF02278710",
            },
        ],
        examples: &[Example {
            spec: "permutation",
            what: "one-to-one matching on signed correlation",
        }],
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
        Naming { estimator: "one-to-one matching".into(), ..Naming::usual(self) }
    }

    fn compare(&self, fold: Fold<'_>) -> Result<Comparison> {
        let matching = maximum_assignment(fold.fit.correlation().as_ref())?.column_of_row;
        let eval = fold.eval.correlation();
        let per_unit: Vec<Option<f64>> =
            matching.iter().enumerate().map(|(i, j)| j.map(|j| eval[(i, j)])).collect();
        let pairs = eval.nrows().min(eval.ncols());
        let score = per_unit.iter().flatten().sum::<f64>() / pairs as f64;
        let of = eval.nrows().max(eval.ncols());
        let warnings = if of > pairs {
            vec![Warning::UnitsUnmatched { unmatched: of - pairs, of }]
        } else {
            Vec::new()
        };
        let mappings = vec![Mapping::Matching(matching)];
        let per_unit = Some(per_unit);
        Ok(Comparison { per_unit, mappings, warnings, ..Comparison::of_score(score) })
    }
}
