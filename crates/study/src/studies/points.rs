//! Points of curves: the names of their series, and how they become curves of a figure.

use std::collections::BTreeMap;

use consilience_measures::{DynMeasure, Warning};

use super::selection::{LAST, Place};
use super::words;
use crate::summary::NULLS;
use crate::{Band, Curve, CurveRole, Draws, Facet, PointRow, Table};

/// Name of the series that says what a row holds.
pub(crate) const WHAT: &str = "what";

/// Name of the series for the checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// Name of the series for the layer.
pub(crate) const LAYER: &str = "layer";
/// Name of the series for the groups of the networks.
pub(crate) const GROUPS: &str = "groups";

/// The names and values that say which place a point belongs to.
pub(crate) fn series(place: &Place) -> BTreeMap<String, String> {
    let mut series = BTreeMap::from([
        (CHECKPOINT.to_owned(), place.checkpoint.clone()),
        (LAYER.to_owned(), place.layer.clone()),
    ]);
    if let Some([a, b]) = &place.groups {
        let name = if a == b { format!("within {a}") } else { format!("{a} and {b}") };
        series.insert(GROUPS.to_owned(), name);
    }
    series
}

/// Rows of one measure at one place, along an axis.
pub(crate) struct Sweep<'a> {
    pub(crate) checkpoint: &'a str,
    pub(crate) layer: &'a str,
    pub(crate) groups: &'a str,
    pub(crate) measure: &'a str,
    points: Vec<&'a PointRow>,
}

impl<'a> Sweep<'a> {
    /// All sweeps, in the order of the rows.
    pub(crate) fn all(table: &'a Table, study: &'a str) -> Vec<Self> {
        let mut sweeps: Vec<Self> = Vec::new();
        for point in of(table, study) {
            let place = [CHECKPOINT, LAYER, GROUPS].map(|name| named(point, name));
            let own = |s: &&mut Self| {
                [s.checkpoint, s.layer, s.groups] == place && s.measure == point.quantity
            };
            if let Some(sweep) = sweeps.iter_mut().find(own) {
                sweep.points.push(point);
            } else {
                let [checkpoint, layer, groups] = place;
                let (measure, points) = (&*point.quantity, vec![point]);
                sweeps.push(Self { checkpoint, layer, groups, measure, points });
            }
        }
        sweeps
    }

    /// Rows that hold one thing, along the axis.
    pub(crate) fn rows(&self, what: &str) -> Vec<&'a PointRow> {
        along(&self.points, |p| named(p, WHAT) == what)
    }

    /// One thing at one place of the axis.
    pub(crate) fn at(&self, what: &str, at: f64) -> Option<&'a PointRow> {
        self.rows(what).into_iter().find(|p| p.at == at)
    }

    /// Layer, with the groups where there are some.
    pub(crate) fn place(&self) -> String {
        let groups =
            if self.groups.is_empty() { String::new() } else { format!(" ({})", self.groups) };
        let at = if self.checkpoint == LAST {
            String::new()
        } else {
            format!(" at {}", self.checkpoint)
        };
        format!("{}{groups}{at}", self.layer)
    }

    /// Name of its curve in a panel of its layer.
    pub(crate) fn name(&self) -> String {
        if self.groups.is_empty() {
            self.checkpoint.to_owned()
        } else {
            format!("{}, {}", self.checkpoint, self.groups)
        }
    }
}

/// Over how many pairs of networks the means are.
pub(crate) fn pairs_words(sweeps: &[Sweep<'_>]) -> String {
    let mut counts: Vec<usize> =
        sweeps.iter().filter_map(|s| s.points.first()).map(|p| p.n_pairs).collect();
    counts.sort_unstable();
    match (counts.first(), counts.last()) {
        (Some(&low), Some(&high)) if low == high => {
            format!("means over {}", words::count(low, "pair"))
        }
        (Some(low), Some(high)) => format!("means over {low} to {high} pairs"),
        _ => "nothing could be compared".to_owned(),
    }
}

/// Ticks at the places of the axis for which there are rows.
pub(crate) fn ticks(
    sweeps: &[&Sweep<'_>],
    what: &str,
    position: impl Fn(f64) -> f64,
) -> Vec<(f64, String)> {
    let mut places: Vec<f64> = sweeps.iter().flat_map(|s| s.rows(what)).map(|p| p.at).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    places.into_iter().map(|at| (position(at), at.to_string())).collect()
}

/// Panels of layers.
pub(crate) fn facets(
    sweeps: &[&Sweep<'_>],
    curves: impl Fn(&Sweep<'_>) -> Vec<Curve>,
) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    for sweep in sweeps {
        let curves = curves(sweep);
        if let Some(facet) = facets.iter_mut().find(|f| f.title == sweep.layer) {
            facet.curves.extend(curves);
        } else {
            facets.push(Facet { title: sweep.layer.to_owned(), curves });
        }
    }
    facets
}

/// Values of all curves with the ends of their bands.
pub(crate) fn all_values(facets: &[Facet]) -> Vec<f64> {
    let of = |c: &Curve| {
        let band = c.band.iter().flat_map(|b| b.low.iter().chain(&b.high));
        c.y.iter().chain(band).copied().collect::<Vec<f64>>()
    };
    facets.iter().flat_map(|f| &f.curves).flat_map(of).collect()
}

/// Names of the nulls that are drawn for a measure.
pub(crate) fn drawn_nulls(measure: &dyn DynMeasure, draws: Draws) -> Vec<String> {
    let drawn =
        [measure.reads_pairing() && draws.shuffle > 0, measure.reads_basis() && draws.rotation > 0];
    let nulls = NULLS.into_iter().zip(drawn).filter(|(_, drawn)| *drawn);
    nulls.map(|(null, _)| null.to_string()).collect()
}

/// Adds warnings of kinds that are not there yet.
pub(crate) fn add_warnings(all: &mut Vec<Warning>, more: &[Warning]) {
    for warning in more {
        if all.iter().all(|known| known.kind() != warning.kind()) {
            all.push(warning.clone());
        }
    }
}

/// Points of a study that have a value, in the order of the table.
fn of<'a>(table: &'a Table, study: &'a str) -> Vec<&'a PointRow> {
    table.points(study).filter(|p| p.estimate().is_some()).collect()
}

/// The value of a series, or nothing.
fn named<'a>(point: &'a PointRow, name: &str) -> &'a str {
    point.series.get(name).map_or("", String::as_str)
}

/// Points for which `keep` holds, along the axis.
fn along<'a>(points: &[&'a PointRow], keep: impl Fn(&PointRow) -> bool) -> Vec<&'a PointRow> {
    let mut points: Vec<&PointRow> = points.iter().copied().filter(|p| keep(p)).collect();
    points.sort_by(|a, b| a.at.total_cmp(&b.at));
    points
}

/// The measured values as a curve, with the band of their intervals where all have one.
pub(crate) fn measured(
    name: &str,
    role: CurveRole,
    points: &[&PointRow],
    position: impl Fn(f64) -> f64,
) -> Option<Curve> {
    let known = points.iter().filter_map(|p| Some((p.at, p.estimate()?)));
    let (x, estimates): (Vec<f64>, Vec<_>) = known.map(|(at, e)| (position(at), e)).unzip();
    let intervals: Option<Vec<[f64; 2]>> = estimates.iter().map(|e| e.interval).collect();
    let band = intervals.filter(|_| role == CurveRole::Score).map(|ends| Band {
        low: ends.iter().map(|e| e[0]).collect(),
        high: ends.iter().map(|e| e[1]).collect(),
    });
    let y = estimates.iter().map(|e| e.value).collect();
    (!x.is_empty()).then(|| Curve { name: name.to_owned(), role, x, y, band })
}

/// What theory says of the points for which it says something, as a curve.
pub(crate) fn expected(
    name: &str,
    points: &[&PointRow],
    position: impl Fn(f64) -> f64,
) -> Option<Curve> {
    let known = points.iter().filter_map(|p| Some((position(p.at), p.expected()?)));
    let (x, y): (Vec<f64>, Vec<f64>) = known.unzip();
    let name = name.to_owned();
    (!x.is_empty()).then_some(Curve { name, role: CurveRole::Expected, x, y, band: None })
}
