//! The rows of one layer, and means over its pairs of networks.

use std::collections::BTreeSet;

use consilience_inference::{Estimate, NodePairs};
use consilience_units::{Findings, LayerFindings, MatchKind, Part, Summary};

use crate::summary::{bootstrap, weighted_mean};
use crate::{Run, Table, UnitsRow};

/// The rows of one layer.
pub(super) struct Layer<'a> {
    pub(super) name: &'a str,
    /// Pairs with findings.
    pub(super) pairs: Vec<(&'a UnitsRow, &'a Findings)>,
    /// Pairs without, and why.
    pub(super) failed: Vec<(&'a UnitsRow, &'a str)>,
    /// All networks together.
    pub(super) all: Option<&'a LayerFindings>,
}

/// The layers of a table, in the order of its rows.
pub(super) fn layers(table: &Table) -> Vec<Layer<'_>> {
    let mut layers: Vec<Layer<'_>> = Vec::new();
    for row in table.units("units") {
        let layer = named(&mut layers, &row.x.layer);
        match &row.findings {
            Part::Found(findings) => layer.pairs.push((row, findings)),
            Part::Undefined(why) => layer.failed.push((row, why)),
        }
    }
    for row in table.units_layers("units") {
        if let Some(side) = row.sides.first() {
            named(&mut layers, &side.layer).all = row.findings.found().map(|found| &**found);
        }
    }
    layers
}

/// The layer of that name, a new one if there is none yet.
fn named<'a, 'b>(layers: &'b mut Vec<Layer<'a>>, name: &'a str) -> &'b mut Layer<'a> {
    let at = layers.iter().position(|layer| layer.name == name).unwrap_or_else(|| {
        layers.push(Layer { name, pairs: Vec::new(), failed: Vec::new(), all: None });
        layers.len() - 1
    });
    &mut layers[at]
}

impl<'a> Layer<'a> {
    /// Networks that some pair with findings has.
    pub(super) fn networks(&self) -> BTreeSet<&'a str> {
        self.pairs.iter().flat_map(|(row, _)| [&*row.x.network, &*row.y.network]).collect()
    }

    /// Networks that there is a row of.
    pub(super) fn all_networks(&self) -> Vec<&'a str> {
        let failed = self.failed.iter().flat_map(|(row, _)| [&*row.x.network, &*row.y.network]);
        let all = self.all.map_or(&[][..], |all| &all.spectra);
        let all = all.iter().map(|spectrum| &*spectrum.network);
        self.networks().into_iter().chain(failed).chain(all).collect()
    }

    /// Mean of a number of each pair over those that have it, with the bootstrap over networks; `None` if no pair has it.
    pub(super) fn mean(
        &self,
        run: &Run,
        what: &str,
        value: impl Fn(&Findings) -> Option<f64>,
    ) -> Option<Estimate> {
        let names = self.networks();
        let index = |name: &str| names.iter().position(|n| *n == name).unwrap_or(usize::MAX);
        let having: Vec<(&UnitsRow, f64)> =
            self.pairs.iter().filter_map(|(row, f)| Some((*row, value(f)?))).collect();
        let pairs =
            having.iter().map(|(r, _)| (index(&r.x.network), index(&r.y.network))).collect();
        let kinds = names.iter().map(|name| run.spec.groups.place(name)).collect();
        let values: Vec<f64> = having.iter().map(|(_, v)| *v).collect();
        let key = format!("units {} {what}", self.name);
        bootstrap(&NodePairs { kinds, pairs }, &run.spec, &key, |w| weighted_mean(&values, w))
    }

    /// Mean of a number of each pair, without an interval.
    pub(super) fn plain_mean(&self, value: impl Fn(&Findings) -> Option<f64>) -> Option<f64> {
        mean(self.pairs.iter().filter_map(|(_, f)| value(f)))
    }

    /// Mean of a number that all networks together have.
    pub(super) fn of_all<T>(&self, value: impl Fn(&'a LayerFindings) -> Option<T>) -> Option<T> {
        value(self.all?)
    }
}

/// A kind of matching of a pair.
pub(super) fn summary(findings: &Findings, kind: MatchKind) -> Option<&Summary> {
    findings.matching.found()?.summaries.iter().find(|s| s.kind == kind)
}

/// Mean; `None` of nothing.
pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.into_iter().collect();
    let weights = vec![1.0; values.len()];
    weighted_mean(&values, &weights)
}

/// Mean of the two directions of a pair, or the one that there is.
pub(super) fn both(x: Option<f64>, y: Option<f64>) -> Option<f64> {
    mean([x, y].into_iter().flatten())
}
