//! The table of results: rows in the order of the plan.

use std::path::Path;

use crate::row::SCHEMA;
use crate::{CellRow, Error, Quantity, RESULTS_FILE, Result, Row, SummaryRow};

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
        })
    }

    /// Cells of a study.
    pub fn cells<'a>(&'a self, study: &'a str) -> impl Iterator<Item = &'a CellRow> {
        self.rows.iter().filter_map(move |row| match row {
            Row::Cell(row) if row.study == study => Some(&**row),
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
