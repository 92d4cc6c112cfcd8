//! Across architectures, layers of the same proportional depth align best.

use consilience_inference::Null;
use consilience_study::{GroupPair, Quantity};

use super::rows::{MAPS, Wording, measured, of_kind, range};
use crate::{Claim, Measured, Results};

const SAME_DEPTH: Wording = Wording {
    claim: "Across architectures, layers of the same proportional depth align best",
    paper: "layers at similar proportional depth align best; no number at hand",
    criterion: "by every map the share of layers whose best partner is the nearest in proportional depth is above that of layers in random order (p ≤ 0.05), between every two architectures",
};

pub(super) fn same_depth(results: &Results<'_>) -> Claim {
    let mut values = Vec::new();
    let mut above = 0;
    let across = |pair: &GroupPair| pair.as_ref().is_some_and(|[a, b]| a != b);
    for pair in results.run.spec.groups.pairs().into_iter().filter(across) {
        let name = pair.as_ref().map_or_else(String::new, |[a, b]| format!("{a} and {b}"));
        for measure in MAPS {
            let of = ("layers", Quantity::HierarchicalCorrespondence);
            for row in of_kind(results.table, of, &pair, measure) {
                let Some(level) = row.chance.iter().find(|c| c.null == Null::Layers) else {
                    continue;
                };
                above += usize::from(level.p_value <= 0.05);
                values.push(Measured {
                    chance: Some(level.mean),
                    ..measured(format!("{name}, {measure}"), row)
                });
            }
        }
    }
    // Above chance is not everywhere: where it is less than half that is said.
    let few = values.iter().filter(|v| v.estimate.value < 0.5).count();
    let elsewhere = if few == 0 {
        String::new()
    } else {
        format!("; by {few} of them most layers have their best partner at another depth")
    };
    let here = format!(
        "the share is {}; above random orders of the layers by {above} of {} maps{elsewhere}",
        range(&values),
        values.len()
    );
    let holds = above == values.len();
    let missing = "a study `layers` of networks in at least two groups";
    SAME_DEPTH.judged(values, here, holds, missing)
}
