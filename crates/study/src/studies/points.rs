//! Points of curves: the names of their series, and how they become curves of a figure.

use std::collections::BTreeMap;

use consilience_inference::Estimate;
use consilience_measures::{DynMeasure, Warning};

use super::selection::{LAST, Place};
use super::words;
use crate::summary::NULLS;
use crate::{Band, Curve, CurveRole, Draws, Facet, PointRow, Run, Table};

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

/// A point that has a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    row: &'a PointRow,
    pub(crate) estimate: &'a Estimate,
}

impl std::ops::Deref for Known<'_> {
    type Target = PointRow;

    fn deref(&self) -> &PointRow {
        self.row
    }
}

impl<'a> Known<'a> {
    fn of(row: &'a PointRow) -> Option<Self> {
        Some(Self { row, estimate: row.estimate()? })
    }

    pub(crate) fn value(self) -> f64 {
        self.estimate.value
    }

    /// Lower and upper end; the value itself without an interval.
    pub(crate) fn ends(self) -> [f64; 2] {
        self.estimate.interval.unwrap_or([self.estimate.value; 2])
    }

    /// Distance of a number from the interval; 0 inside.
    pub(crate) fn outside(self, number: f64) -> f64 {
        let [low, high] = self.ends();
        (low - number).max(number - high).max(0.0)
    }
}

/// Rows of one measure at one place, along an axis.
pub(crate) struct Sweep<'a> {
    pub(crate) checkpoint: &'a str,
    pub(crate) layer: &'a str,
    pub(crate) groups: &'a str,
    pub(crate) measure: &'a str,
    points: Vec<Known<'a>>,
}

impl<'a> Sweep<'a> {
    /// All sweeps, in the order of the rows.
    pub(crate) fn all(table: &'a Table, study: &'a str) -> Vec<Self> {
        let mut sweeps: Vec<Self> = Vec::new();
        for point in table.points(study).filter_map(Known::of) {
            let place = [CHECKPOINT, LAYER, GROUPS].map(|name| named(point.row, name));
            let own = |s: &&mut Self| {
                [s.checkpoint, s.layer, s.groups] == place && s.measure == point.quantity
            };
            if let Some(sweep) = sweeps.iter_mut().find(own) {
                sweep.points.push(point);
            } else {
                let [checkpoint, layer, groups] = place;
                let (measure, points) = (&*point.row.quantity, vec![point]);
                sweeps.push(Self { checkpoint, layer, groups, measure, points });
            }
        }
        sweeps
    }

    /// Rows that hold one thing, along the axis.
    pub(crate) fn rows(&self, what: &str) -> Vec<Known<'a>> {
        let here = |p: &Known<'_>| named(p, WHAT) == what;
        let mut points: Vec<Known<'a>> = self.points.iter().copied().filter(here).collect();
        points.sort_by(|a, b| a.at.total_cmp(&b.at));
        points
    }

    /// One thing at one place of the axis.
    pub(crate) fn at(&self, what: &str, at: f64) -> Option<Known<'a>> {
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

/// The measures of a run that have sweeps, with these.
pub(crate) fn by_measure<'a, 'b>(
    sweeps: &'b [Sweep<'a>],
    run: &'b Run,
) -> Vec<(&'b str, Vec<&'b Sweep<'a>>)> {
    let of = |m: &'b String| {
        let own: Vec<&Sweep<'a>> = sweeps.iter().filter(|s| s.measure == m).collect();
        (!own.is_empty()).then_some((m.as_str(), own))
    };
    run.spec.measures.iter().filter_map(of).collect()
}

/// Over how many pairs of networks the means are.
pub(crate) fn pairs_words<'a>(sweeps: impl IntoIterator<Item = &'a Sweep<'a>>) -> String {
    let mut counts: Vec<usize> =
        sweeps.into_iter().filter_map(|s| s.points.first()).map(|p| p.n_pairs).collect();
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

/// The value of a series, or nothing.
fn named<'a>(point: &'a PointRow, name: &str) -> &'a str {
    point.series.get(name).map_or("", String::as_str)
}

/// The measured values as a curve, with the band of their intervals where all have one.
pub(crate) fn measured(
    name: &str,
    role: CurveRole,
    points: &[Known<'_>],
    position: impl Fn(f64) -> f64,
) -> Option<Curve> {
    let (x, estimates): (Vec<f64>, Vec<&Estimate>) =
        points.iter().map(|p| (position(p.at), p.estimate)).unzip();
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
    points: &[Known<'_>],
    position: impl Fn(f64) -> f64,
) -> Option<Curve> {
    let known = points.iter().filter_map(|p| Some((position(p.at), p.expected()?)));
    let (x, y): (Vec<f64>, Vec<f64>) = known.unzip();
    let name = name.to_owned();
    (!x.is_empty()).then_some(Curve { name, role: CurveRole::Expected, x, y, band: None })
}
