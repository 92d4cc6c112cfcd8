//! `training`: the same layer across pairs of networks, at every checkpoint they share.

mod checkpoints;
mod sections;

use consilience_data::{Pooling, Representation};
use consilience_measures::Orientation;
use serde::{Deserialize, Serialize};

use super::{selection, words};
use crate::summary::{
    bootstrap, fill_q_values_of_means, groups, mean_over_pairs, nodes, summary, summary_key, value,
    weighted_mean,
};
use crate::{
    Cell, CellRow, Draws, Groups, Quantity, Result, Run, Section, Study, StudySpec, SummaryRow,
    Table,
};

/// The same layer along training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Training {
    /// How maps of convolutional layers become one row a stimulus.
    #[serde(default = "spatial_mean")]
    pub pooling: Pooling,
    /// Draws for each cell.
    #[serde(default = "draws")]
    pub draws: Draws,
    /// Whether every layer is compared with every layer, not with the same one only.
    #[serde(default)]
    pub every_layer: bool,
    /// Whether each network is also compared with its own end state.
    #[serde(default)]
    pub own_end: bool,
    /// Whether every checkpoint of one network is also compared with every checkpoint of another.
    #[serde(default)]
    pub crossed: bool,
    /// Draws for each of these: there are many, and where one checkpoint meets itself there are all `draws`.
    #[serde(default = "crossed_draws")]
    pub crossed_draws: Draws,
}

fn spatial_mean() -> Pooling {
    Pooling::SpatialMean
}
fn draws() -> Draws {
    Draws { shuffle: 19, rotation: 19 }
}
fn crossed_draws() -> Draws {
    Draws { shuffle: 4, rotation: 4 }
}

impl Study for Training {
    fn kind(&self) -> &'static str {
        "training"
    }

    fn design(&self, catalogue: &[Representation], groups: &Groups) -> Result<Vec<Cell>> {
        let pairs = selection::pairs(self.kind(), catalogue, groups)?;
        let mut checkpoints = selection::checkpoints(catalogue, pairs[0].0);
        for network in selection::networks(catalogue) {
            let own = selection::checkpoints(catalogue, network);
            checkpoints.retain(|c| own.contains(c));
        }
        let mut cells = Vec::new();
        for &checkpoint in &checkpoints {
            for &(a, b) in &pairs {
                let ys = selection::layers(catalogue, b, checkpoint, self.pooling);
                for x in selection::layers(catalogue, a, checkpoint, self.pooling) {
                    let same = |y: usize| catalogue[y].id.layer == catalogue[x].id.layer;
                    let partners = ys.iter().filter(|&&y| self.every_layer || same(y));
                    cells.extend(partners.map(|&y| Cell { x, y, draws: self.draws }));
                }
            }
        }
        cells.extend(checkpoints::design(self, catalogue, &pairs, &checkpoints));
        Ok(cells)
    }

    fn summaries(&self, table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
        let of = |row: &CellRow| spec.groups.of(row);
        let by_point = |row: &CellRow| {
            let layers = (row.x.layer.clone(), row.y.layer.clone());
            (of(row), row.measure.clone(), layers, row.x.checkpoint.clone())
        };
        let points = groups(at_one_checkpoint(table), by_point);
        let mut rows: Vec<SummaryRow> =
            points.iter().filter_map(|(_, rows)| mean_over_pairs(rows, spec)).collect();
        fill_q_values_of_means(&mut rows);
        // A distance goes down where likeness comes up: a share of it says nothing.
        let same_layer = || at_one_checkpoint(table).filter(|row| row.x.layer == row.y.layer);
        let scores =
            same_layer().filter(|row| words::info(&row.measure).orientation == Orientation::Score);
        let by_curve = |row: &CellRow| (of(row), row.measure.clone(), row.x.layer.clone());
        for (_, curve) in groups(scores, by_curve) {
            rows.extend(share(&curve, Quantity::ShareAfterEpochOne, spec));
            rows.extend(share(&curve, Quantity::ShareUntrained, spec));
            rows.extend(share(&curve, Quantity::ShareAheadOfAccuracy, spec));
        }
        for (_, all) in groups(same_layer(), of) {
            rows.extend(accuracy_share(&all, spec));
        }
        rows.extend(checkpoints::summaries(table, spec));
        rows
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        let groups = &run.spec.groups;
        let scoped = groups.pairs().into_iter().map(|pair| (table.between(groups, &pair), pair));
        // Two groups need not have a layer of the same name.
        let held = scoped
            .filter(|(table, pair)| pair.is_none() || table.cells(self.kind()).next().is_some());
        held.map(|(table, pair)| sections::training(self, &table, run).between(&pair)).collect()
    }
}

/// Cells of two networks at one checkpoint.
fn at_one_checkpoint(table: &Table) -> impl Iterator<Item = &CellRow> {
    table.cells("training").filter(|row| checkpoints::is_at_one_checkpoint(row))
}

/// Rows of the checkpoint that a share is taken at.
fn at<'a>(rows: &[&'a CellRow], quantity: Quantity) -> Vec<&'a CellRow> {
    let epoch = if quantity == Quantity::ShareUntrained { 0.0 } else { 1.0 };
    rows.iter().copied().filter(|r| r.x.when.epoch == epoch).collect()
}

/// Rows of the last checkpoint.
fn final_rows<'a>(rows: &[&'a CellRow]) -> Vec<&'a CellRow> {
    let last = rows.iter().map(|r| r.x.when.step).max();
    rows.iter().copied().filter(|r| Some(r.x.when.step) == last).collect()
}

/// Mean score at a checkpoint over the mean score at the last one; networks are resampled for both together. Ahead of
/// accuracy: less the same share of the accuracy of the two networks of each pair.
fn share(rows: &[&CellRow], quantity: Quantity, spec: &StudySpec) -> Option<SummaryRow> {
    let (then, last) = (at(rows, quantity), final_rows(rows));
    let same_pairs = then.len() == last.len()
        && then
            .iter()
            .zip(&last)
            .all(|(a, b)| a.x.network == b.x.network && a.y.network == b.y.network);
    if !same_pairs || then.first()?.x.checkpoint == last.first()?.x.checkpoint {
        return None;
    }
    let both: Vec<&CellRow> = then.iter().chain(&last).copied().collect();
    let key = summary_key(quantity, &both);
    let nodes = nodes(&then, &spec.groups);
    let scores = |rows: &[&CellRow]| rows.iter().map(|r| value(r)).collect::<Vec<f64>>();
    let accuracies = |rows: &[&CellRow]| {
        let of_pair = |r: &&CellRow| Some(f64::midpoint(r.x.when.accuracy?, r.y.when.accuracy?));
        rows.iter().map(of_pair).collect::<Option<Vec<f64>>>()
    };
    let ratio = |then: &[f64], last: &[f64], w: &[f64]| {
        let last = weighted_mean(last, w)?;
        // A share of nothing is not a number worth reporting.
        (last > 0.0).then_some(weighted_mean(then, w)? / last)
    };
    let (numerator, denominator) = (scores(&then), scores(&last));
    let estimate = if quantity == Quantity::ShareAheadOfAccuracy {
        let (of_then, of_last) = (accuracies(&then)?, accuracies(&last)?);
        bootstrap(&nodes, spec, &key, |w| {
            Some(ratio(&numerator, &denominator, w)? - ratio(&of_then, &of_last, w)?)
        })?
    } else {
        bootstrap(&nodes, spec, &key, |w| ratio(&numerator, &denominator, w))?
    };
    Some(summary(quantity, key, &then, spec, estimate))
}

/// Mean accuracy after epoch 1 over the mean accuracy at the last checkpoint.
fn accuracy_share(rows: &[&CellRow], spec: &StudySpec) -> Option<SummaryRow> {
    let quantity = Quantity::AccuracyShareAfterEpochOne;
    let (then, last) = (at(rows, quantity), final_rows(rows));
    if then.first()?.x.checkpoint == last.first()?.x.checkpoint {
        return None;
    }
    let key = summary_key(quantity, &then);
    let accuracy = |rows: &[&CellRow], network: &str| {
        rows.iter().flat_map(|r| [&r.x, &r.y]).find(|s| s.network == network)?.when.accuracy
    };
    let names: std::collections::BTreeSet<&str> =
        then.iter().flat_map(|r| [&*r.x.network, &*r.y.network]).collect();
    let both: Option<Vec<(f64, f64)>> =
        names.iter().map(|n| Some((accuracy(&then, n)?, accuracy(&last, n)?))).collect();
    let both = both?;
    // Every network is a pair with itself here: its weight is the square of how often it was drawn, which keeps the
    // resampling the same as for scores.
    let nodes = consilience_inference::NodePairs {
        kinds: names.iter().map(|name| spec.groups.place(name)).collect(),
        pairs: (0..names.len()).map(|i| (i, i)).collect(),
    };
    let estimate = bootstrap(&nodes, spec, &key, |w| {
        let w: Vec<f64> = w.iter().map(|w| w.sqrt()).collect();
        let (then, last): (Vec<f64>, Vec<f64>) = both.iter().copied().unzip();
        let last = weighted_mean(&last, &w)?;
        (last > 0.0).then_some(weighted_mean(&then, &w)? / last)
    })?;
    let row = summary(quantity, key, &then, spec, estimate);
    let (measure, layer) = (String::new(), String::new());
    Some(SummaryRow {
        measure,
        layer_x: layer.clone(),
        layer_y: layer,
        pooling: None,
        n_pairs: 0,
        ..row
    })
}
