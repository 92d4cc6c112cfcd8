//! The table of results: rows in the order of the plan.

use std::collections::BTreeMap;
use std::path::Path;

use consilience_measures::Warning;

use crate::row::SCHEMA;
use crate::{
    CellRow, Error, GroupPair, Groups, PointRow, Quantity, RESULTS_FILE, Result, Row, SummaryRow,
    UnitsLayerRow, UnitsRow,
};

/// Rows of results.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
}

impl Table {
    /// Reads the rows of a folder of results.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::NotResults`] with the line that cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(RESULTS_FILE);
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        Self::parse(&text, &path)
    }

    /// Rows from the text of a file, whose name is for messages.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self> {
        let not_results = |problem| Error::NotResults { path: path.to_owned(), problem };
        let rows = text.lines().enumerate().map(|(number, line)| {
            serde_json::from_str(line).map_err(|e| not_results(format!("line {}: {e}", number + 1)))
        });
        let table = Self { rows: rows.collect::<Result<_>>()? };
        let other = table.schemas().find(|&s| s != SCHEMA);
        match other {
            None => Ok(table),
            Some(found) => Err(not_results(format!("rows of format {found}, expected {SCHEMA}"))),
        }
    }

    fn schemas(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|row| match row {
            Row::Cell(row) => row.schema,
            Row::Summary(row) => row.schema,
            Row::Units(row) => row.schema,
            Row::UnitsLayer(row) => row.schema,
            Row::Point(row) => row.schema,
        })
    }

    /// Caveats of all cells in words, each with the number of rows it stands for.
    #[must_use]
    pub fn caveats(&self) -> Vec<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for row in &self.rows {
            let Row::Cell(cell) = row else { continue };
            for warning in &cell.warnings {
                let side = match warning {
                    Warning::UnitsDropped { side, .. } if side == "x" => &cell.x,
                    Warning::UnitsDropped { .. } => &cell.y,
                    _ => {
                        *counts.entry(format!("`{}`: {warning}", cell.measure)).or_default() += 1;
                        continue;
                    }
                };
                let place = format!("{}/{}/{}", side.network, side.checkpoint, side.layer);
                let Warning::UnitsDropped { dropped, of, .. } = warning else { continue };
                let text = format!(
                    "`{place}` ({}): {dropped} of {of} units are constant over a fit or eval set and take no part",
                    side.pooling
                );
                *counts.entry(text).or_default() += 1;
            }
        }
        counts.into_iter().map(|(text, n)| format!("{text} ({n} rows)")).collect()
    }

    /// The rows of one pair of groups; all rows where there are no groups.
    #[must_use]
    pub fn between(&self, groups: &Groups, pair: &GroupPair) -> Self {
        let is_of = |row: &&Row| match row {
            Row::Cell(row) => groups.of(row) == *pair,
            Row::Summary(row) => row.groups == *pair,
            Row::Units(row) => groups.between(&row.x.network, &row.y.network) == *pair,
            // Of all networks: of a pair of groups if they are all of its kind.
            Row::UnitsLayer(row) => row
                .sides
                .windows(2)
                .all(|sides| groups.between(&sides[0].network, &sides[1].network) == *pair),
            // These are of networks, not of means.
            Row::Point(_) => true,
        };
        Self { rows: self.rows.iter().filter(is_of).cloned().collect() }
    }

    /// Cells of a study.
    pub fn cells<'a>(&'a self, study: &'a str) -> impl Iterator<Item = &'a CellRow> {
        self.rows.iter().filter_map(move |row| match row {
            Row::Cell(row) if row.study == study => Some(&**row),
            _ => None,
        })
    }

    /// Rows of a study about the units of two networks.
    pub fn units<'a>(&'a self, study: &'a str) -> impl Iterator<Item = &'a UnitsRow> {
        self.rows.iter().filter_map(move |row| match row {
            Row::Units(row) if row.study == study => Some(&**row),
            _ => None,
        })
    }

    /// Rows of a study about the units of all networks.
    pub fn units_layers<'a>(&'a self, study: &'a str) -> impl Iterator<Item = &'a UnitsLayerRow> {
        self.rows.iter().filter_map(move |row| match row {
            Row::UnitsLayer(row) if row.study == study => Some(&**row),
            _ => None,
        })
    }

    /// Points of curves of a study.
    pub fn points<'a>(&'a self, study: &'a str) -> impl Iterator<Item = &'a PointRow> {
        self.rows.iter().filter_map(move |row| match row {
            Row::Point(row) if row.study == study => Some(&**row),
            _ => None,
        })
    }

    /// Summaries of a study about one quantity.
    pub fn summaries<'a>(
        &'a self,
        study: &'a str,
        quantity: Quantity,
    ) -> impl Iterator<Item = &'a SummaryRow> {
        self.rows.iter().filter_map(move |row| match row {
            Row::Summary(row) if row.study == study && row.quantity == quantity => Some(&**row),
            _ => None,
        })
    }
}
