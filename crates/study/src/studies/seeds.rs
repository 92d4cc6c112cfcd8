//! `seeds`: which factor (seed, architecture, width, training set, labels) moves the likeness of two networks, and how much.

mod factors;
mod levels;
mod sections;
mod summaries;
mod verdicts;

use std::collections::BTreeMap;

use consilience_data::Representation;
use serde::{Deserialize, Serialize};

use self::factors::Factors;
use super::selection::{self, Selection, networks};
use crate::{
    Cell, CellRow, Draws, Groups, Result, Run, Section, Study, StudySpec, SummaryRow, Table,
};

/// All pairs of networks at one layer, by what the two networks have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Seeds {
    /// Which comparisons.
    #[serde(flatten)]
    pub selection: Selection,
    /// For each factor its levels, for each level the names of its networks; `*` stands for any part of a name.
    pub factors: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Draws from each null for each pair.
    pub draws: Draws,
    /// Draws in which the levels of a factor are dealt anew.
    pub permutations: usize,
}

impl Default for Seeds {
    /// Nineteen shuffles a pair, 999 permutations of the levels; factors have to be given.
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            factors: BTreeMap::new(),
            draws: Draws { shuffle: 19, rotation: 0 },
            permutations: 999,
        }
    }
}

pub(crate) const KIND: &str = "seeds";

impl Study for Seeds {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn design(&self, catalogue: &[Representation], _: &Groups) -> Result<Vec<Cell>> {
        let factors = Factors::resolve(&self.factors, &networks(catalogue))?;
        // Groups are one more factor, if at all: all pairs are of one table.
        let places = self.selection.places(KIND, catalogue, &Groups::default())?;
        for place in &places {
            let name = |r: usize| catalogue[r].id.network.as_str();
            let pairs: Vec<(&str, &str)> =
                place.pairs.iter().map(|&(x, y)| (name(x), name(y))).collect();
            factors.check(&pairs)?;
        }
        let cell = |(x, y)| Cell { x, y, draws: self.draws };
        Ok(places.into_iter().flat_map(|place| place.pairs).map(cell).collect())
    }

    fn summaries(&self, table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
        summaries::all(self, table, spec)
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        vec![sections::seeds(self, table, run)]
    }
}

/// The checkpoint of a cell as it was asked for: the last ones of two networks may be called differently.
fn checkpoint(study: &Seeds, row: &CellRow) -> String {
    study.selection.asked_for(&row.x.checkpoint)
}

/// Name of the layer of a cell, or its proportional depth: of the layers of a network that take part the first belongs to
/// the first depth.
fn label(study: &Seeds, table: &Table, row: &CellRow) -> String {
    if study.selection.depths.is_empty() {
        return row.x.layer.clone();
    }
    let sides = table.cells(KIND).flat_map(|r| [&r.x, &r.y]);
    let own = sides.filter(|s| {
        s.network == row.x.network && s.checkpoint == row.x.checkpoint && s.depth < row.x.depth
    });
    let before: std::collections::BTreeSet<usize> = own.map(|s| s.depth).collect();
    let depth = study.selection.depths.get(before.len()).copied().unwrap_or(1.0);
    selection::depth_label(depth)
}
