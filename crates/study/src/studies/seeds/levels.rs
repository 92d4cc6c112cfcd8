//! What pairs of one level of a factor say: networks of one may be less alike among themselves than those of another.

use consilience_inference::factor_shares;

use super::Seeds;
use super::factors::Factors;
use super::summaries::{Layer, against_dealt_levels};
use crate::summary::bootstrap;
use crate::{Quantity, StudySpec, SummaryRow};

/// Means within each level, their distance from pairs of different levels, and the spread of these.
pub(super) fn of_factor(
    layer: &Layer<'_>,
    study: &Seeds,
    factors: &Factors,
    factor: usize,
    spec: &StudySpec,
) -> Vec<SummaryRow> {
    let name = Some(factors.names[factor].as_str());
    let levels = factors.shared_levels(factor, &layer.pairs);
    let within = factors.within((factor, None), &levels, &layer.pairs);
    let ones = vec![1.0; layer.values.len()];
    let mut rows = Vec::new();
    for (column, (_, level)) in within.iter().zip(&levels) {
        let kept: Vec<usize> = (0..column.len()).filter(|&i| column[i] == 1.0).collect();
        let mean = layer.mean_of(Quantity::MeanWithinLevel, name, &kept, spec);
        rows.extend(mean.map(|row| SummaryRow { level: Some((*level).to_owned()), ..row }));
    }
    let Some(effects) = effects(layer, factor, &within, &ones) else { return rows };
    for (l, (_, level)) in levels.iter().enumerate() {
        let effect = layer.row(
            Quantity::LevelEffect,
            Some(&format!("{} {level}", factors.names[factor])),
            &layer.rows,
            spec,
            |key| {
                bootstrap(&layer.nodes, spec, key, |w| {
                    Some(self::effects(layer, factor, &within, w)?[l])
                })
            },
        );
        rows.extend(effect.map(|row| SummaryRow {
            factor: name.map(str::to_owned),
            level: Some((*level).to_owned()),
            ..row
        }));
    }
    rows.extend(spread(layer, (study, spec), (factors, factor), &levels, &effects));
    rows
}

/// For each level how much more alike its networks are among themselves than networks of different levels, in a linear model
/// that holds the other factors; `None` where it cannot be told from these.
fn effects(
    layer: &Layer<'_>,
    factor: usize,
    within: &[Vec<f64>],
    weights: &[f64],
) -> Option<Vec<f64>> {
    let others = layer.same.iter().enumerate().filter(|(f, _)| *f != factor).map(|(_, c)| c);
    let columns: Vec<Vec<f64>> = others.chain(within).cloned().collect();
    let mut found = factor_shares(&layer.values, weights, &columns)?.effects;
    Some(found.split_off(columns.len() - within.len()))
}

/// The greatest effect less the smallest, against levels that were dealt anew. Its interval is that of the difference of the
/// two levels that are the extremes of all pairs: a difference of extremes of each draw would never reach 0.
fn spread(
    layer: &Layer<'_>,
    (study, spec): (&Seeds, &StudySpec),
    (factors, factor): (&Factors, usize),
    levels: &[(usize, &str)],
    found: &[f64],
) -> Option<SummaryRow> {
    let by_effect = |a: &usize, b: &usize| found[*a].total_cmp(&found[*b]);
    let most = (0..found.len()).max_by(by_effect)?;
    let least = (0..found.len()).min_by(by_effect)?;
    if most == least {
        return None;
    }
    let within = factors.within((factor, None), levels, &layer.pairs);
    let name = Some(factors.names[factor].as_str());
    let row = layer.row(Quantity::LevelSpread, name, &layer.rows, spec, |key| {
        bootstrap(&layer.nodes, spec, key, |w| {
            let found = effects(layer, factor, &within, w)?;
            Some(found[most] - found[least])
        })
    })?;
    let ones = vec![1.0; layer.values.len()];
    Some(against_dealt_levels(row, (study, spec), (factors, factor), |dealt| {
        let within = factors.within((factor, Some(dealt)), levels, &layer.pairs);
        // A deal in which a level has no pair, or follows from the other factors, tells no difference.
        let Some(found) = effects(layer, factor, &within, &ones) else { return 0.0 };
        let most = found.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most - found.iter().copied().fold(f64::INFINITY, f64::min)
    }))
}
