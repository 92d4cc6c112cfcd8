//! Class scores: what the measures of answers share.

use std::sync::Arc;

use consilience_statistics::{RowPair, RowSet};

use crate::{Error, Result};

/// Checks that unit k is the score of class k on both sides.
pub(crate) fn check_classes(id: &'static str, rows: &RowPair<'_>) -> Result<()> {
    let (p, q) = (rows.x.n_units(), rows.y.n_units());
    if p != q {
        let found = format!("{} has {p} units, {} has {q}", rows.x.name(), rows.y.name());
        return Err(Error::NeedsSameClasses { id, found });
    }
    for side in [rows.x, rows.y] {
        if side.units_left_out() > 0 {
            let (name, left_out) = (side.name(), side.units_left_out());
            let found = format!("{left_out} constant units of {name} were left out");
            return Err(Error::NeedsSameClasses { id, found });
        }
    }
    Ok(())
}

/// The class of the greatest score of each row; of equal scores the lowest class.
pub(crate) fn answers(rows: &RowSet) -> Arc<Vec<usize>> {
    rows.remember("answers", |rows| {
        let answer = |row: usize| {
            let scores = rows.row(row);
            (1..scores.len()).fold(0, |best, k| if scores[k] > scores[best] { k } else { best })
        };
        (0..rows.n_rows()).map(answer).collect()
    })
}

/// Whether the answer of each row is the class of its stimulus.
pub(crate) fn correct(id: &'static str, rows: &RowSet) -> Result<Vec<bool>> {
    let name = || rows.name().to_owned();
    let labels = rows.labels().ok_or_else(|| Error::NeedsLabels { id, name: name() })?;
    let classes = rows.n_units();
    if let Some(label) = labels.iter().find(|&&label| label as usize >= classes) {
        let found = format!("a stimulus is of class {label}, {} has {classes} units", name());
        return Err(Error::NeedsSameClasses { id, found });
    }
    let of_row = |row: usize| labels[row / rows.rows_per_stimulus()] as usize;
    Ok(answers(rows).iter().enumerate().map(|(row, &answer)| answer == of_row(row)).collect())
}

/// The share of answers that are right.
pub(crate) fn accuracy(correct: &[bool]) -> f64 {
    correct.iter().filter(|&&right| right).count() as f64 / correct.len() as f64
}
