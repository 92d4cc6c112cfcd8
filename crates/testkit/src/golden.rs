//! The golden files: scores that other packages computed. See `golden/README.md`.

use std::path::Path;

use consilience_data::Activations;
use consilience_data::formats::npy;
use consilience_linalg::Mat;
use serde::Deserialize;
use serde_json::Value;

use crate::evaluate::Protocol;
use crate::repository;

/// `golden/<id>.json`.
#[derive(Debug, Deserialize)]
pub struct GoldenFile {
    /// Id of the measure.
    pub measure: String,
    /// What is computed, in one sentence.
    pub definition: String,
    /// Packages and their versions.
    pub made_by: Value,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A comparison with its known result.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Array, relative to the folder `golden`.
    pub x: String,
    /// Array, relative to the folder `golden`.
    pub y: String,
    /// The measure.
    pub spec: String,
    /// Rows that were fitted and scored on.
    pub protocol: Rows,
    /// Rows of one stimulus.
    #[serde(default = "one")]
    pub rows_per_stimulus: usize,
    /// Class of each stimulus.
    pub labels: Option<Vec<u32>>,
    /// Mean over folds.
    pub score: f64,
    /// Mean over folds of each unit.
    pub per_unit: Option<Vec<Option<f64>>>,
    /// For each fold the rows held out in turn inside its fit rows.
    #[serde(default)]
    pub inner: Vec<Vec<Vec<usize>>>,
    /// For each fold the penalty; a comparison does not report it, the score shows it.
    #[serde(default)]
    pub lambda: Vec<f64>,
    /// For each fold the correspondence of units.
    #[serde(default)]
    pub mapping: Vec<Value>,
}

fn one() -> usize {
    1
}

/// Rows that were fitted and scored on.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Rows {
    /// `"in-sample"`: all rows are both.
    Named(String),
    /// A list of rows a fold.
    Folds {
        /// Rows fitted on.
        fit: Vec<Vec<usize>>,
        /// Rows scored on.
        eval: Vec<Vec<usize>>,
    },
}

impl Rows {
    /// One protocol a fold; `inner` as in [`Case::inner`], or empty.
    #[must_use]
    pub fn protocols(&self, n_rows: usize, inner: &[Vec<Vec<usize>>]) -> Vec<Protocol> {
        let inner = |fold: usize| inner.get(fold).map_or(&[][..], Vec::as_slice);
        match self {
            Self::Named(_) => {
                let all: Vec<usize> = (0..n_rows).collect();
                vec![Protocol::of_rows(&all, &all, inner(0))]
            }
            Self::Folds { fit, eval } => {
                (0..fit.len()).map(|f| Protocol::of_rows(&fit[f], &eval[f], inner(f))).collect()
            }
        }
    }
}

/// The golden file of a measure.
///
/// # Errors
/// In words, when it is not there or not in the documented form.
pub fn read(id: &str) -> Result<GoldenFile, String> {
    let path = repository("golden").join(format!("{id}.json"));
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let file: GoldenFile =
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    let named = file.cases.iter().find_map(|c| match &c.protocol {
        Rows::Named(name) if name != "in-sample" => Some(name.clone()),
        _ => None,
    });
    match named {
        Some(name) => Err(format!("{}: protocol `{name}`", path.display())),
        None if file.measure != id => Err(format!("{}: is of {}", path.display(), file.measure)),
        None => Ok(file),
    }
}

/// An array of the folder `golden`.
///
/// # Panics
/// If it is not there, or not f64.
#[must_use]
pub fn array(path: &str) -> Mat<f64> {
    let path = repository("golden").join(path);
    let Activations::F64(rows) = npy::read(&path).expect("a golden input is a readable array")
    else {
        panic!("{}: golden inputs are f64", path.display());
    };
    rows.view().to_owned()
}

/// The rows of a CSV file of the folder `golden`, split at commas outside quotes, without the header.
///
/// # Panics
/// If it is not there.
#[must_use]
pub fn csv(name: &str) -> Vec<Vec<String>> {
    let path = repository("golden").join(Path::new(name));
    let text = std::fs::read_to_string(&path).expect("the file is in the repository");
    text.lines().skip(1).map(fields).collect()
}

/// A spec with two parameters holds a comma, and stands in quotes. No field holds a quote.
fn fields(line: &str) -> Vec<String> {
    let mut quoted = false;
    let outside = |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    };
    line.split(outside).map(|field| field.trim_matches('"').to_owned()).collect()
}
