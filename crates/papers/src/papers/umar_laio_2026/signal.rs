//! Alignment grows with the signal-to-noise ratio.

use consilience_study::studies::ensembles::monotone;

use super::{ABSTRACT, Case};
use crate::Claim;

pub(super) fn grows(case: &Case<'_>) -> Claim {
    let claim =
        format!("Alignment grows with the signal-to-noise ratio ({})", case.students.name());
    let criterion = "higher at the higher of neighbouring ratios in at least 95 % of the steps, over all numbers of samples and measures, and in none lower by more than the intervals";
    let Some(found) = monotone(&case.points, &case.sweep.alignments()) else {
        let missing = "two signal-to-noise ratios or more";
        return Claim::untested(&claim, ABSTRACT, "one ratio only".to_owned(), missing);
    };
    let here = format!(
        "higher in {} of {} steps, lower by more than the intervals in {}; the smallest step is {:.3}{}",
        found.rises,
        found.steps,
        found.falls,
        found.smallest,
        case.points.missing(&case.sweep.alignments())
    );
    Claim::tested(&claim, ABSTRACT, here, criterion, found.holds())
}
