#![doc = include_str!("../../docs/error-consistency.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::classes::{accuracy, check_classes, correct};
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeRows,
};

/// Whether two classifiers are right on the same stimuli, beyond what their accuracies make of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorConsistency {}

impl Measure for ErrorConsistency {
    const INFO: &'static Info = &Info {
        id: "error-consistency",
        title: "Error consistency",
        summary: "Whether the two networks are right and wrong on the same stimuli, beyond what two independent networks of their accuracies would be.",
        definition: r"Cohen's $\kappa = (o - e) / (1 - e)$ of being right: $o$ is the share of stimuli on which both are right or both are wrong, $e = a b + (1 - a)(1 - b)$ what it would be of independent networks of the accuracies $a$ and $b$. An answer is the class of the greatest score, of equal ones the lowest.",
        family: Family::Functional,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n p)",
        caveats: &[
            "0 is chance. The greatest value that two networks can reach is below 1 where their accuracies differ.",
            "Undefined where both networks are always right, or both always wrong: that is an error here. Near there a few stimuli decide the value.",
            "Whether two wrong answers are the same answer plays no part: that is disagreement-distance.",
            "Needs the classes of the stimuli. Several rows of a stimulus are several answers.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Geirhos, Meding & Wichmann 2020, Beyond accuracy: quantifying trial-by-trial behaviour of CNNs and humans by measuring error consistency, equations 1 to 3",
                link: "https://arxiv.org/abs/2006.16736",
            },
            Reference {
                citation: "Cohen 1960, A Coefficient of Agreement for Nominal Scales",
                link: "https://doi.org/10.1177/001316446002000104",
            },
        ],
        examples: &[Example { spec: "error-consistency", what: "all stimuli" }],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        &[Invariance::IsotropicScale]
    }

    fn expected_by_chance(&self, _: &RowPair<'_>) -> Option<f64> {
        // What is subtracted is the mean over all orders.
        Some(0.0)
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let id = Self::INFO.id;
        check_classes(id, rows)?;
        let (x, y) = (correct(id, rows.x)?, correct(id, rows.y)?);
        let (a, b) = (accuracy(&x), accuracy(&y));
        let expected = a * b + (1.0 - a) * (1.0 - b);
        if expected >= 1.0 {
            let which = if a > 0.5 { "right" } else { "wrong" };
            let reason = format!(
                "both networks are {which} on all {} rows; use harder stimuli",
                rows.n_rows()
            );
            return Err(Error::Undefined { id, reason });
        }
        let agree = (0..rows.n_rows()).filter(|&i| x[i] == y[rows.partner(i)]).count();
        let observed = agree as f64 / rows.n_rows() as f64;
        let kappa = (observed - expected) / (1.0 - expected);
        Ok(Comparison::of_score(kappa.clamp(-1.0, 1.0)))
    }
}
