//! What pairs of networks say of the factors, layer by layer.

use consilience_inference::{Estimate, NodePairs, Null, chance, factor_shares};

use super::factors::Factors;
use super::{KIND, Seeds, checkpoint, label, levels};
use crate::summary::{
    bootstrap, fill_q_values_of_means, generator, groups, likeness_of, mean_draws, mean_over_pairs,
    nodes, summary, summary_key, value, weighted_mean,
};
use crate::{CellRow, Groups, Quantity, StudySpec, SummaryRow, Table};

/// The pairs of one layer under one measure.
pub(super) struct Layer<'a> {
    checkpoint: String,
    label: String,
    pub(super) rows: Vec<&'a CellRow>,
    pub(super) values: Vec<f64>,
    pub(super) nodes: NodePairs,
    pub(super) pairs: Vec<(&'a str, &'a str)>,
    /// `same[factor][pair]`.
    pub(super) same: Vec<Vec<f64>>,
}

/// All summaries. Networks are of one kind: what tells them apart are the factors.
pub(super) fn all(study: &Seeds, table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
    let spec = StudySpec { groups: Groups::default(), ..spec.clone() };
    let cells = groups(table.cells(KIND), |row| {
        (row.measure.clone(), checkpoint(study, row), label(study, table, row))
    });
    let mut summaries = Vec::new();
    for ((_, checkpoint, label), rows) in cells {
        // The names are those that the design was made of.
        let Ok(factors) = Factors::resolve(&study.factors, &networks(table)) else { continue };
        let pairs: Vec<(&str, &str)> =
            rows.iter().map(|r| (&*r.x.network, &*r.y.network)).collect();
        let layer = Layer {
            checkpoint,
            label,
            values: rows.iter().map(|r| value(r)).collect(),
            nodes: nodes(&rows, &spec.groups),
            same: factors.same(&pairs),
            pairs,
            rows,
        };
        summaries.extend(layer.mean(&spec));
        for factor in 0..factors.names.len() {
            summaries.extend(layer.of_factor(study, &factors, factor, &spec));
            summaries.extend(levels::of_factor(&layer, study, &factors, factor, &spec));
        }
        summaries.extend(layer.together(&spec));
    }
    let mut with_null: Vec<&mut SummaryRow> = summaries.iter_mut().collect();
    fill_q_values_of_quantities(&mut with_null);
    summaries
}

/// Networks of the cells, in the order in which they first occur.
pub(super) fn networks(table: &Table) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for side in table.cells(KIND).flat_map(|r| [&r.x, &r.y]) {
        if !names.contains(&&*side.network) {
            names.push(&side.network);
        }
    }
    names
}

/// A table of q-values is what one quantity says by one measure at one checkpoint.
fn fill_q_values_of_quantities(rows: &mut [&mut SummaryRow]) {
    for quantity in [Quantity::MeanOverPairs, Quantity::FactorShare, Quantity::LevelSpread] {
        let (places, mut own): (Vec<usize>, Vec<SummaryRow>) = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.quantity == quantity)
            .map(|(place, row)| (place, (**row).clone()))
            .unzip();
        fill_q_values_of_means(&mut own);
        places.into_iter().zip(own).for_each(|(place, row)| *rows[place] = row);
    }
}

impl Layer<'_> {
    pub(super) fn row(
        &self,
        quantity: Quantity,
        factor: Option<&str>,
        rows: &[&CellRow],
        spec: &StudySpec,
        estimate: impl FnOnce(&str) -> Option<Estimate>,
    ) -> Option<SummaryRow> {
        let key = summary_key(quantity, rows);
        let key = crate::run::digest(&[&key, factor.unwrap_or_default()]);
        let estimate = estimate(&key)?;
        let factor = factor.map(str::to_owned);
        Some(SummaryRow { factor, ..self.here(summary(quantity, key, rows, spec, estimate)) })
    }

    /// A row with the names of this place in place of those of its first pair.
    fn here(&self, row: SummaryRow) -> SummaryRow {
        let (layer_x, layer_y) = (self.label.clone(), self.label.clone());
        SummaryRow { checkpoint: self.checkpoint.clone(), layer_x, layer_y, ..row }
    }

    fn mean(&self, spec: &StudySpec) -> Option<SummaryRow> {
        Some(self.here(mean_over_pairs(&self.rows, spec)?))
    }

    fn together(&self, spec: &StudySpec) -> Option<SummaryRow> {
        self.row(Quantity::FactorsTogether, None, &self.rows, spec, |key| {
            bootstrap(&self.nodes, spec, key, |w| {
                Some(factor_shares(&self.values, w, &self.same)?.together)
            })
        })
    }

    fn of_factor(
        &self,
        study: &Seeds,
        factors: &Factors,
        factor: usize,
        spec: &StudySpec,
    ) -> Vec<SummaryRow> {
        let name = Some(factors.names[factor].as_str());
        let mut rows = Vec::new();
        let levels = [(Quantity::MeanOfSameLevel, 1.0), (Quantity::MeanOfDifferentLevels, 0.0)];
        for (quantity, is_same) in levels {
            let kept: Vec<usize> =
                (0..self.rows.len()).filter(|&i| self.same[factor][i] == is_same).collect();
            rows.extend(self.mean_of(quantity, name, &kept, spec));
        }
        rows.extend(self.row(Quantity::FactorEffect, name, &self.rows, spec, |key| {
            bootstrap(&self.nodes, spec, key, |w| {
                Some(factor_shares(&self.values, w, &self.same)?.effects[factor])
            })
        }));
        let share = self.row(Quantity::FactorShare, name, &self.rows, spec, |key| {
            bootstrap(&self.nodes, spec, key, |w| {
                Some(factor_shares(&self.values, w, &self.same)?.shares[factor])
            })
        });
        rows.extend(share.map(|row| {
            let weights = vec![1.0; self.values.len()];
            let mut same = self.same.clone();
            against_dealt_levels(row, (study, spec), (factors, factor), |levels| {
                same[factor] = factors.same_of(levels, &self.pairs);
                // A deal in which the factor cannot be told from others explains nothing of its own.
                let found = factor_shares(&self.values, &weights, &same);
                found.map_or(0.0, |found| found.shares[factor])
            })
        }));
        rows
    }

    /// Mean over some of the pairs, by index.
    pub(super) fn mean_of(
        &self,
        quantity: Quantity,
        name: Option<&str>,
        kept: &[usize],
        spec: &StudySpec,
    ) -> Option<SummaryRow> {
        let rows: Vec<&CellRow> = kept.iter().map(|&i| self.rows[i]).collect();
        let first = rows.first()?;
        let row = self.row(quantity, name, &rows, spec, |key| {
            bootstrap(&self.nodes, spec, key, |w| {
                let weights: Vec<f64> = kept.iter().map(|&i| w[i]).collect();
                let values: Vec<f64> = kept.iter().map(|&i| self.values[i]).collect();
                weighted_mean(&values, &weights)
            })
        })?;
        let level = |null| {
            let likeness = likeness_of(&first.measure);
            chance(null, row.estimate.value, &mean_draws(&rows, null), likeness)
        };
        let chance = crate::summary::NULLS.into_iter().filter_map(level).collect();
        Some(SummaryRow { chance, ..row })
    }
}

/// The row with where its value, which is remarkable if it is large, stands among values under levels that were dealt anew;
/// as it is where there is nothing to deal.
pub(super) fn against_dealt_levels(
    row: SummaryRow,
    (study, spec): (&Seeds, &StudySpec),
    (factors, factor): (&Factors, usize),
    mut value: impl FnMut(&[usize]) -> f64,
) -> SummaryRow {
    let strata = factors.strata(factor);
    let draws = if strata.is_empty() { 0 } else { study.permutations };
    let rng = &mut generator(spec, &format!("levels {}", row.key));
    let draws: Vec<f64> =
        (0..draws).map(|_| value(&factors.dealt_anew(factor, &strata, rng))).collect();
    // Whatever the orientation of the measure.
    let likeness = consilience_inference::Likeness::score(1.0);
    let level = chance(Null::Levels, row.estimate.value, &draws, likeness);
    SummaryRow { chance: level.into_iter().collect(), ..row }
}
