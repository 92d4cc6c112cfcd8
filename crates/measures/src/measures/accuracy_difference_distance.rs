#![doc = include_str!("../../docs/accuracy-difference-distance.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::classes::{accuracy, check_classes, correct};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeRows,
};

/// How far the accuracies of two classifiers are apart.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccuracyDifferenceDistance {}

impl Measure for AccuracyDifferenceDistance {
    const INFO: &'static Info = &Info {
        id: "accuracy-difference-distance",
        title: "Difference of accuracies",
        summary: "How far apart the shares of right answers of the two networks are.",
        definition: r"$\lvert \frac{1}{n} \lvert\{i : a_i = c_i\}\rvert - \frac{1}{n} \lvert\{i : b_i = c_i\}\rvert \rvert$ with the answers $a_i$, $b_i$ of the two networks (the class of the greatest score, of equal ones the lowest) and the class $c_i$ of the stimulus.",
        family: Family::Functional,
        orientation: Orientation::Distance,
        range: (0.0, 1.0),
        identity_tolerance: 0.0,
        complexity: "O(n p)",
        caveats: &[
            "0 for networks that are right equally often, on whatever stimuli: a shuffle of the stimuli leaves it as it is, and its chance level is itself.",
            "Needs the classes of the stimuli. Several rows of a stimulus are several answers.",
        ],
        parameters: &[],
        references: &[Reference {
            citation: "Klabunde et al. 2024, ReSi: A Comprehensive Benchmark for Representational Similarity Measures, test 1",
            link: "https://arxiv.org/abs/2408.00531",
        }],
        examples: &[Example { spec: "accuracy-difference-distance", what: "all stimuli" }],
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

    fn reads_pairing(&self) -> bool {
        // A stimulus in another place is still answered rightly or wrongly.
        false
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let id = Self::INFO.id;
        check_classes(id, rows)?;
        let (x, y) = (correct(id, rows.x)?, correct(id, rows.y)?);
        Ok(Comparison::of_score((accuracy(&x) - accuracy(&y)).abs()))
    }
}
