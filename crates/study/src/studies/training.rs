//! `training`: the same layer across pairs of networks, at every checkpoint they share.

mod checkpoints;
mod sections;
mod shares;

use consilience_data::{Pooling, Representation};
use serde::{Deserialize, Serialize};

use super::selection;
use crate::summary::{fill_q_values_of_means, groups, mean_over_pairs};
use crate::{
    Cell, CellRow, Draws, Groups, Result, Run, Section, Study, StudySpec, SummaryRow, Table,
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
        rows.extend(shares::summaries(table, spec));
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
