//! Shares of what of the final alignment is above chance.
//!
//! Some measures give unrelated networks a high score: a matching has so many units to choose from. Such a score is nearly the
//! same before and after training, and so is much of a share of it, whatever the networks learned.

use consilience_inference::{Chance, Estimate, chance};

use super::{ThenAndLast, of_pairs, ratio, share_key};
use crate::studies::words;
use crate::summary::{
    bootstrap, likeness_of, mean_draws, nodes, summary, summary_key, weighted_mean,
};
use crate::{CellRow, Outcome, Quantity, StudySpec, SummaryRow};

/// Whether there is a final excess to have a share of.
pub(super) fn is_clear(excess: &Estimate) -> bool {
    excess.value > 0.0 && excess.interval.is_none_or(|[low, _]| low > 0.0)
}

/// What the mean score at the end is above chance; `None` where the null that the measure is judged by was not drawn.
pub(super) fn final_excess(last: &[&CellRow], spec: &StudySpec) -> Option<SummaryRow> {
    let excesses: Vec<f64> = last.iter().map(|row| excess(row)).collect::<Option<_>>()?;
    let key = summary_key(Quantity::FinalExcess, last);
    let nodes = nodes(last, &spec.groups);
    let estimate = bootstrap(&nodes, spec, &key, |w| weighted_mean(&excesses, w))?;
    let chance = chance_of_excess(last, &estimate, 1.0);
    let row = summary(Quantity::FinalExcess, key, last, spec, estimate);
    Some(SummaryRow { chance: chance.into_iter().collect(), ..row })
}

/// The share of a final excess that is there then; `None` where that is not clear. The networks are resampled as for the
/// share of the score, and their chance levels, which are of pairs, with them.
pub(super) fn share(
    both: &ThenAndLast<'_>,
    (quantity, of_score): (Quantity, Quantity),
    whole: &SummaryRow,
    spec: &StudySpec,
) -> Option<SummaryRow> {
    if !is_clear(&whole.estimate) {
        return None;
    }
    let [then, last] = of_pairs(both, excess)?;
    let nodes = nodes(&both[1], &spec.groups);
    let seed = share_key(of_score, both);
    let estimate = bootstrap(&nodes, spec, &seed, |w| ratio(&then, &last, w))?;
    let chance = chance_of_excess(&both[0], &estimate, whole.estimate.value);
    let row = summary(quantity, share_key(quantity, both), &both[0], spec, estimate);
    Some(SummaryRow { chance: chance.into_iter().collect(), ..row })
}

/// What the score of a cell is above the mean of its draws; `None` without draws.
fn excess(row: &CellRow) -> Option<f64> {
    let Outcome::Score { estimate, chance, .. } = &row.outcome else { return None };
    let null = words::telling_null(&row.measure);
    Some(estimate.value - chance.iter().find(|level| level.null == null)?.mean)
}

/// Where an excess, or a share of a final one, stands among draws taken about their mean.
fn chance_of_excess(rows: &[&CellRow], estimate: &Estimate, whole: f64) -> Option<Chance> {
    let measure = &rows.first()?.measure;
    let null = words::telling_null(measure);
    let draws = mean_draws(rows, null);
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let about_mean: Vec<f64> = draws.iter().map(|draw| (draw - mean) / whole).collect();
    let level = chance(null, estimate.value, &about_mean, likeness_of(measure))?;
    // Perfect likeness is no end of this scale. The mean is 0 but for rounding.
    Some(Chance { mean: 0.0, calibrated: None, ..level })
}
