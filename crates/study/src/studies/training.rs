//! `training`: the same layer across pairs of networks, at every checkpoint they share.

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
}

fn spatial_mean() -> Pooling {
    Pooling::SpatialMean
}
fn draws() -> Draws {
    Draws { shuffle: 19, rotation: 19 }
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
        for checkpoint in checkpoints {
            for &(a, b) in &pairs {
                let ys = selection::layers(catalogue, b, checkpoint, self.pooling);
                for x in selection::layers(catalogue, a, checkpoint, self.pooling) {
                    let same = |&&y: &&usize| catalogue[y].id.layer == catalogue[x].id.layer;
                    cells.extend(ys.iter().find(same).map(|&y| Cell { x, y, draws: self.draws }));
                }
            }
        }
        Ok(cells)
    }

    fn summaries(&self, table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
        let of = |row: &CellRow| spec.groups.of(row);
        let by_point = |row: &CellRow| {
            (of(row), row.measure.clone(), row.x.layer.clone(), row.x.checkpoint.clone())
        };
        let points = groups(table.cells(self.kind()), by_point);
        let mut rows: Vec<SummaryRow> =
            points.iter().filter_map(|(_, rows)| mean_over_pairs(rows, spec)).collect();
        fill_q_values_of_means(&mut rows);
        // A distance goes down where likeness comes up: a share of it says nothing.
        let scores = table
            .cells(self.kind())
            .filter(|row| words::info(&row.measure).orientation == Orientation::Score);
        let by_curve = |row: &CellRow| (of(row), row.measure.clone(), row.x.layer.clone());
        for (_, curve) in groups(scores, by_curve) {
            rows.extend(share(&curve, Quantity::ShareAfterEpochOne, spec));
            rows.extend(share(&curve, Quantity::ShareUntrained, spec));
        }
        for (_, all) in groups(table.cells(self.kind()), of) {
            rows.extend(accuracy_share(&all, spec));
        }
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

/// Mean score at a checkpoint over the mean score at the last one; networks are resampled for both together.
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
    let numerator: Vec<f64> = then.iter().map(|r| value(r)).collect();
    let denominator: Vec<f64> = last.iter().map(|r| value(r)).collect();
    let estimate = bootstrap(&nodes, spec, &key, |w| {
        let last = weighted_mean(&denominator, w)?;
        // A share of nothing is not a number worth reporting.
        (last > 0.0).then_some(weighted_mean(&numerator, w)? / last)
    })?;
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
