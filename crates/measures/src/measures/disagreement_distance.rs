#![doc = include_str!("../../docs/disagreement-distance.md")]

use std::collections::BTreeMap;

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::classes::{answers, check_classes};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeRows,
};

/// Share of stimuli on which two classifiers answer differently.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisagreementDistance {}

impl Measure for DisagreementDistance {
    const INFO: &'static Info = &Info {
        id: "disagreement-distance",
        title: "Disagreement",
        summary: "The share of stimuli to which the two networks give different answers.",
        definition: r"Rows are class scores (logits or probabilities), unit k for class k on both sides. The answer is the class of the greatest score, of equal ones the lowest: $a_i = \min \arg\max_k x_{ik}$, $b_i$ likewise. The distance is $\frac{1}{n} \lvert\{i : a_i \ne b_i\}\rvert$.",
        family: Family::Functional,
        orientation: Orientation::Distance,
        range: (0.0, 1.0),
        identity_tolerance: 0.0,
        complexity: "O(n p)",
        caveats: &[
            "Two networks of accuracy a and b differ on at least |a − b| of the stimuli, and two that are always right never do: read it beside their accuracies.",
            "Several rows of a stimulus are several answers.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Madani, Pennock & Flake 2004, Co-Validation: Using Model Disagreement on Unlabeled Data to Validate Classification Algorithms, section 2",
                link: "https://proceedings.neurips.cc/paper/2004/hash/92f54963fc39a9d87c2253186808ea61-Abstract.html",
            },
            Reference {
                citation: "Klabunde et al. 2024, ReSi: A Comprehensive Benchmark for Representational Similarity Measures, test 2",
                link: "https://arxiv.org/abs/2408.00531",
            },
        ],
        examples: &[Example { spec: "disagreement-distance", what: "all stimuli" }],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        &[Invariance::IsotropicScale]
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn expected_by_chance(&self, rows: &RowPair<'_>) -> Option<f64> {
        let share = |answers: &[usize]| {
            let mut shares = BTreeMap::new();
            let one = 1.0 / answers.len() as f64;
            answers.iter().for_each(|a| *shares.entry(*a).or_insert(0.0) += one);
            shares
        };
        let (x, y): (BTreeMap<usize, f64>, BTreeMap<usize, f64>) =
            (share(&answers(rows.x)), share(&answers(rows.y)));
        let agree = x.iter().map(|(class, share)| share * y.get(class).unwrap_or(&0.0));
        Some(1.0 - agree.sum::<f64>())
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        check_classes(Self::INFO.id, rows)?;
        let (x, y) = (answers(rows.x), answers(rows.y));
        let differ = (0..rows.n_rows()).filter(|&i| x[i] != y[rows.partner(i)]).count();
        Ok(Comparison::of_score(differ as f64 / rows.n_rows() as f64))
    }
}
