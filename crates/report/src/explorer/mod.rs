//! The unit explorer: the rows of the study `units` on the page, with the pictures of the stimuli that they name.
//!
//! Nothing is computed here. A row of results goes to the page as it is, numbers rounded for the eye, and the script in
//! `templates/explorer/` draws what the reader asks for.

mod compact;
mod pictures;

use consilience_data::StimulusSet;
use consilience_study::{Row, SideFacts, Table, UnitsLayerRow, UnitsRow};
use consilience_units::Part;
use serde::Serialize;

use self::pictures::Pictures;
use crate::Result;

/// The parts of the script, in the order in which they are put together.
const SCRIPT: [&str; 11] = [
    include_str!("../../templates/explorer/data.js"),
    include_str!("../../templates/explorer/words.js"),
    include_str!("../../templates/explorer/pictures.js"),
    include_str!("../../templates/explorer/state.js"),
    include_str!("../../templates/explorer/table.js"),
    include_str!("../../templates/explorer/plots.js"),
    include_str!("../../templates/explorer/unit.js"),
    include_str!("../../templates/explorer/galleries.js"),
    include_str!("../../templates/explorer/matrices.js"),
    include_str!("../../templates/explorer/clusters.js"),
    include_str!("../../templates/explorer/explorer.js"),
];

/// Its style sheet.
pub(crate) const STYLE: &str = include_str!("../../templates/explorer.css");

/// What the unit explorer shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explorer {
    /// What there is to choose from, as JSON that is safe inside of a script element.
    index: String,
    /// Rows of pairs of networks, then of all networks of a layer, in the same way.
    rows: Vec<String>,
    script: String,
}

/// What there is to choose from.
#[derive(Serialize)]
struct Index<'a> {
    pairs: Vec<PairEntry<'a>>,
    layers: Vec<LayerEntry<'a>>,
    stimuli: Pictures<'a>,
}

/// One row of two networks, in the order of the rows.
#[derive(Serialize)]
struct PairEntry<'a> {
    study: &'a str,
    x: &'a SideFacts,
    y: &'a SideFacts,
    stimuli: usize,
    samples: usize,
    /// Why there is nothing to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    undefined: Option<&'a str>,
}

/// One row of all networks, behind those of two.
#[derive(Serialize)]
struct LayerEntry<'a> {
    study: &'a str,
    sides: &'a [SideFacts],
    #[serde(skip_serializing_if = "Option::is_none")]
    undefined: Option<&'a str>,
}

impl Explorer {
    /// The explorer of all rows about units; nothing if there are none. Without stimuli units are shown by their numbers
    /// alone.
    ///
    /// # Errors
    /// When the thumbnails make too large a sheet.
    ///
    /// # Panics
    /// Never: rows are plain data.
    pub fn of(table: &Table, stimuli: Option<&StimulusSet>) -> Result<Option<Self>> {
        let pairs: Vec<&UnitsRow> = table.rows.iter().filter_map(of_pair).collect();
        let layers: Vec<&UnitsLayerRow> = table.rows.iter().filter_map(of_layer).collect();
        if pairs.is_empty() {
            return Ok(None);
        }
        let index = Index {
            pairs: pairs.iter().map(|row| pair_entry(row)).collect(),
            layers: layers.iter().map(|row| layer_entry(row)).collect(),
            stimuli: Pictures::of(&pairs, stimuli)?,
        };
        let rows = pairs.iter().map(|row| compact::json(&row.findings));
        let rows = rows.chain(layers.iter().map(|row| compact::json(&row.findings)));
        Ok(Some(Self {
            index: compact::json(&index),
            rows: rows.collect(),
            script: format!("(() => {{\n{}}})();", SCRIPT.concat()),
        }))
    }
}

fn of_pair(row: &Row) -> Option<&UnitsRow> {
    if let Row::Units(row) = row { Some(row) } else { None }
}

fn of_layer(row: &Row) -> Option<&UnitsLayerRow> {
    if let Row::UnitsLayer(row) = row { Some(row) } else { None }
}

fn pair_entry(row: &UnitsRow) -> PairEntry<'_> {
    PairEntry {
        study: &row.study,
        x: &row.x,
        y: &row.y,
        stimuli: row.n_stimuli,
        samples: row.n_samples,
        undefined: why(&row.findings),
    }
}

fn layer_entry(row: &UnitsLayerRow) -> LayerEntry<'_> {
    LayerEntry { study: &row.study, sides: &row.sides, undefined: why(&row.findings) }
}

fn why<T>(part: &Part<T>) -> Option<&str> {
    match part {
        Part::Found(_) => None,
        Part::Undefined(why) => Some(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts are one scope: a name that two of them declare stops the whole script.
    #[test]
    fn parts_of_the_script_declare_no_name_twice() {
        let declared = |line: &'static str| -> Option<&'static str> {
            let rest = line.strip_prefix("const ").or_else(|| line.strip_prefix("let "))?;
            rest.split([' ', '=', ';']).next()
        };
        let mut names: Vec<&str> =
            SCRIPT.iter().flat_map(|s| s.lines()).filter_map(declared).collect();
        assert!(names.len() > 50 && names.contains(&"drawMatrices"));
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None);
    }
}
