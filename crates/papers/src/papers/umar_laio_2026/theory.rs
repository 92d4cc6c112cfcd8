//! For a minimal linear network alignment has an analytic estimate.

use consilience_inference::Estimate;
use consilience_study::Table;
use consilience_study::studies::ensembles::{AGREE, Agreement, ERROR, Points, Sweep, agreement};

use crate::{Claim, Measured};

pub(super) fn agrees(sweep: &Sweep, table: &Table) -> Claim {
    let claim =
        "For a minimal linear network with one hidden layer alignment has an analytic estimate";
    let paper =
        "its formula was not at hand; the curve is derived here (exact for minimum-norm students)";
    let criterion = format!(
        "the curve is inside the 95 % intervals at {:.0} % of the points or more, for the cosine of weights and for the error",
        100.0 * AGREE
    );
    let points = Points::of(table, sweep);
    let judged: Vec<_> = [sweep.alignment, ERROR]
        .into_iter()
        .filter_map(|quantity| Some((quantity, agreement(&points, quantity)?)))
        .collect();
    if judged.is_empty() {
        return Claim::untested(claim, paper, "no curve".to_owned(), "students of known theory");
    }
    let said = |(quantity, found): &(&str, Agreement<'_>)| {
        format!(
            "{quantity}: inside at {} of {} points, mean distance {:.3}, largest {:.3} at {} samples{}",
            found.inside,
            found.points,
            found.mean,
            found.worst.1,
            found.worst.0.at(),
            points.missing(&[quantity])
        )
    };
    let here: Vec<String> = judged.iter().map(said).collect();
    let holds = judged.iter().all(|(_, found)| found.share() >= AGREE);
    let values = judged.iter().map(|(quantity, found)| Measured {
        what: format!("share of the intervals that hold the curve, {quantity}"),
        estimate: Estimate::bare(found.share()),
        over: format!("{} points", found.points),
        chance: None,
    });
    Claim::tested(claim, paper, here.join("; "), &criterion, holds).from_values(values.collect())
}
