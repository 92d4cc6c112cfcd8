//! `layers`: every layer against every layer, for all pairs of networks, at one checkpoint.

mod best;
mod ceiling;
mod correspondence;
mod sections;

use consilience_data::{Pooling, Representation};
use serde::{Deserialize, Serialize};

use super::selection;
use crate::summary::{fill_q_values_of_means, grouped, groups, mean_over_pairs};
use crate::{
    Cell, CellRow, Draws, Groups, Result, Run, Section, Study, StudySpec, SummaryRow, Table,
};

/// Every layer against every layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Layers {
    /// Checkpoint to look at: a name, or `last`.
    #[serde(default = "last")]
    pub checkpoint: String,
    /// How maps of convolutional layers become one row a stimulus.
    #[serde(default = "spatial_mean")]
    pub pooling: Pooling,
    /// Whether same-layer comparisons also run with positions as stimuli, where they are recorded.
    #[serde(default = "yes")]
    pub positions: bool,
    /// Draws for these cells; they are the costly ones, with a row a position.
    #[serde(default = "other_draws")]
    pub positions_draws: Draws,
    /// Draws for cells that compare a layer with itself.
    #[serde(default = "same_layer_draws")]
    pub same_layer_draws: Draws,
    /// Draws for all other cells.
    #[serde(default = "other_draws")]
    pub other_draws: Draws,
    /// Measures that are said to be ordered, the largest first: nested families of maps.
    #[serde(default)]
    pub ordering: Vec<String>,
}

fn last() -> String {
    selection::LAST.to_owned()
}
fn spatial_mean() -> Pooling {
    Pooling::SpatialMean
}
fn yes() -> bool {
    true
}
fn same_layer_draws() -> Draws {
    Draws { shuffle: 99, rotation: 99 }
}
fn other_draws() -> Draws {
    Draws { shuffle: 19, rotation: 19 }
}

impl Layers {
    fn checkpoint<'a>(&'a self, catalogue: &'a [Representation], network: &str) -> Result<&'a str> {
        selection::checkpoint("layers", catalogue, network, &self.checkpoint)
    }

    fn same_layer(&self, catalogue: &[Representation], pair: (&str, &str)) -> Result<Vec<Cell>> {
        let (a, b) = pair;
        let xs = selection::positions(catalogue, a, self.checkpoint(catalogue, a)?);
        let ys = selection::positions(catalogue, b, self.checkpoint(catalogue, b)?);
        let cells = xs.into_iter().filter_map(|x| {
            let (rx, same) =
                (&catalogue[x], |y: &usize| catalogue[*y].id.layer == catalogue[x].id.layer);
            let y = ys.iter().copied().find(same)?;
            let pairs_up = catalogue[y].rows_per_stimulus == rx.rows_per_stimulus;
            pairs_up.then_some(Cell { x, y, draws: self.positions_draws })
        });
        Ok(cells.collect())
    }
}

impl Study for Layers {
    fn kind(&self) -> &'static str {
        "layers"
    }

    fn design(&self, catalogue: &[Representation], groups: &Groups) -> Result<Vec<Cell>> {
        let pairs = selection::pairs(self.kind(), catalogue, groups)?;
        let mut cells = Vec::new();
        for &(a, b) in &pairs {
            let xs = selection::layers(catalogue, a, self.checkpoint(catalogue, a)?, self.pooling);
            let ys = selection::layers(catalogue, b, self.checkpoint(catalogue, b)?, self.pooling);
            for &x in &xs {
                for &y in &ys {
                    let same = catalogue[x].id.layer == catalogue[y].id.layer;
                    let draws = if same { self.same_layer_draws } else { self.other_draws };
                    cells.push(Cell { x, y, draws });
                }
            }
        }
        if self.positions {
            let mut same = Vec::new();
            for &pair in &pairs {
                same.extend(self.same_layer(catalogue, pair)?);
            }
            // Layer by layer, so that one layer of all networks is held at once and not all layers.
            same.sort_by_key(|cell| catalogue[cell.x].depth);
            cells.extend(same);
        }
        Ok(cells)
    }

    fn summaries(&self, table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
        let key = |row: &CellRow| {
            (
                spec.groups.of(row),
                row.measure.clone(),
                row.x.pooling == Pooling::PositionsAsStimuli,
                row.x.layer.clone(),
                row.y.layer.clone(),
            )
        };
        let cells = groups(table.cells(self.kind()), key);
        let mut rows: Vec<SummaryRow> =
            cells.iter().filter_map(|(_, rows)| mean_over_pairs(rows, spec)).collect();
        fill_q_values_of_means(&mut rows);
        // Cells of one row a stimulus, by measure and groups: what a best is the best of.
        let mut pooled = groups(table.cells(self.kind()), |row| {
            (spec.groups.of(row), row.measure.clone(), row.x.pooling == Pooling::PositionsAsStimuli)
        });
        pooled.retain(|((.., positions), _)| !positions);
        rows.extend(pooled.iter().filter_map(|(_, rows)| best::best_layer_pair(rows, spec)));
        let pooled: Vec<&CellRow> = pooled.into_iter().flat_map(|(_, rows)| rows).collect();
        rows.extend(ceiling::ceilings(&pooled, spec));
        // Cells without a score too: a layer that has none may be the best partner of another.
        let one_row = |row: &&CellRow| row.x.pooling != Pooling::PositionsAsStimuli;
        let all = grouped(table.cells(self.kind()).filter(one_row), |row| {
            (spec.groups.of(row), row.measure.clone())
        });
        rows.extend(all.iter().flat_map(|(_, rows)| correspondence::correspondence(rows, spec)));
        rows
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        let section = |pair| {
            sections::layers(self, &table.between(&run.spec.groups, &pair), run).between(&pair)
        };
        let mut sections: Vec<Section> = run.spec.groups.pairs().into_iter().map(section).collect();
        sections.extend(ceiling::section(table, run));
        sections
    }
}
