//! Shares of what of the final alignment is above chance.
//!
//! Some measures give unrelated networks a high score: a matching has so many units to choose from. Such a score is nearly the
//! same before and after training, and so is much of a share of it, whatever the networks learned.

use consilience_inference::{Chance, Estimate, chance};

use super::{ratio, share_key, then_and_last};
use crate::studies::words;
use crate::summary::{
    bootstrap, likeness_of, mean_draws, nodes, summary, summary_key, value, weighted_mean,
};
use crate::{CellRow, Outcome, Quantity, StudySpec, SummaryRow};

/// Shares above chance beside the shares of the score whose networks are resampled with them.
const SHARES: [(Quantity, Quantity); 2] = [
    (Quantity::ShareAboveChanceAfterEpochOne, Quantity::ShareAfterEpochOne),
    (Quantity::ShareAboveChanceUntrained, Quantity::ShareUntrained),
];

/// The final excess over chance and the shares of it; nothing where the null that the measure is judged by was not drawn.
pub(super) fn summaries(rows: &[&CellRow], spec: &StudySpec) -> Vec<SummaryRow> {
    let last = super::final_rows(rows);
    let Some(whole) = final_excess(&last, spec) else { return Vec::new() };
    let is_defined = is_clear(&whole.estimate);
    let shares = SHARES.into_iter().filter(|_| is_defined);
    let shares: Vec<SummaryRow> =
        shares.filter_map(|quantities| share(rows, quantities, &whole, spec)).collect();
    std::iter::once(whole).chain(shares).collect()
}

/// Whether there is a final excess to have a share of.
pub(super) fn is_clear(excess: &Estimate) -> bool {
    excess.value > 0.0 && excess.interval.is_none_or(|[low, _]| low > 0.0)
}

fn final_excess(last: &[&CellRow], spec: &StudySpec) -> Option<SummaryRow> {
    let excesses = excesses(last)?;
    let key = summary_key(Quantity::FinalExcess, last);
    let nodes = nodes(last, &spec.groups);
    let estimate = bootstrap(&nodes, spec, &key, |w| weighted_mean(&excesses, w))?;
    let chance = chance_of_excess(last, &estimate, 1.0);
    let row = summary(Quantity::FinalExcess, key, last, spec, estimate);
    Some(SummaryRow { chance: chance.into_iter().collect(), ..row })
}

/// Chance levels are of pairs, so those of resampled networks go with them.
fn share(
    rows: &[&CellRow],
    (quantity, of_score): (Quantity, Quantity),
    whole: &SummaryRow,
    spec: &StudySpec,
) -> Option<SummaryRow> {
    let both = then_and_last(rows, of_score)?;
    let (key, seed) = (share_key(quantity, &both), share_key(of_score, &both));
    let [then, last] = both;
    let (numerator, denominator) = (excesses(&then)?, excesses(&last)?);
    let nodes = nodes(&then, &spec.groups);
    let estimate = bootstrap(&nodes, spec, &seed, |w| ratio(&numerator, &denominator, w))?;
    let chance = chance_of_excess(&then, &estimate, whole.estimate.value);
    let row = summary(quantity, key, &then, spec, estimate);
    Some(SummaryRow { chance: chance.into_iter().collect(), ..row })
}

/// What the score of each row is above the mean of its draws; `None` where a row has none.
fn excesses(rows: &[&CellRow]) -> Option<Vec<f64>> {
    let of_row = |row: &&CellRow| {
        let Outcome::Score { chance, .. } = &row.outcome else { return None };
        let null = words::telling_null(&row.measure);
        Some(value(row) - chance.iter().find(|level| level.null == null)?.mean)
    };
    rows.iter().map(of_row).collect()
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
