//! Curves of means over pairs, as several studies draw them.

use super::words;
use crate::{Band, Curve, CurveRole, SummaryRow};

/// The curve of a measure through some rows, and that of its chance level where one was drawn. `place` is where a row stands
/// along the axis.
pub(super) fn with_chance(
    name: &str,
    measure: &str,
    mut rows: Vec<&SummaryRow>,
    place: &dyn Fn(&SummaryRow) -> f64,
) -> Vec<Curve> {
    rows.sort_by(|a, b| place(a).total_cmp(&place(b)));
    let null = words::telling_null(measure);
    let levels: Vec<(f64, f64)> =
        rows.iter().filter_map(|r| Some((place(r), words::chance_of(r, null)?.mean))).collect();
    let mut curves = vec![Curve {
        name: name.to_owned(),
        role: CurveRole::Score,
        x: rows.iter().map(|r| place(r)).collect(),
        y: rows.iter().map(|r| r.estimate.value).collect(),
        band: band(&rows),
    }];
    if !levels.is_empty() {
        let (x, y) = levels.into_iter().unzip();
        let name = format!("{name} · {null}");
        curves.push(Curve { name, role: CurveRole::Chance, x, y, band: None });
    }
    curves
}

/// The curve of the networks' accuracy at the places of some rows, if there is any.
pub(super) fn accuracy<'a>(
    rows: impl IntoIterator<Item = &'a SummaryRow>,
    place: &dyn Fn(&SummaryRow) -> f64,
) -> Option<Curve> {
    let mut points: Vec<(f64, f64)> =
        rows.into_iter().filter_map(|row| Some((place(row), row.when?.accuracy?))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
    let name = "accuracy of the networks".to_owned();
    (!x.is_empty()).then_some(Curve { name, role: CurveRole::Accuracy, x, y, band: None })
}

/// What is along an axis of checkpoints.
pub(super) const CHECKPOINTS: &str = "checkpoint (steps, then epochs)";

/// A checkpoint on its axis: the epoch, or the step inside epoch 1.
pub(super) fn tick(step: u64, epoch: f64) -> String {
    if epoch >= 1.0 { format!("{epoch:.0}") } else { format!("step {step}") }
}

/// Ends of the intervals of some rows; `None` if one of them has none.
fn band(rows: &[&SummaryRow]) -> Option<Band> {
    let ends: Option<Vec<[f64; 2]>> = rows.iter().map(|r| r.estimate.interval).collect();
    ends.map(|ends| Band {
        low: ends.iter().map(|e| e[0]).collect(),
        high: ends.iter().map(|e| e[1]).collect(),
    })
}
