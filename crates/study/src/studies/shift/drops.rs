//! What shifts take of the scores of one measure, layer by layer: the numbers behind all quantities of the study.

use std::collections::BTreeMap;

use crate::summary::{value, weighted_mean};
use crate::{CellRow, Maps, OnSet};

/// The rows of one measure at one checkpoint, within one group, with maps fitted in one way.
pub(super) struct Family<'a> {
    /// Where its maps were fitted.
    pub(super) maps: Maps,
    /// Layers, the first of the network first.
    pub(super) layers: Vec<Layer<'a>>,
}

/// The rows of one layer.
pub(super) struct Layer<'a> {
    /// Position among the layers of the network, 0 for the first and 1 for the last.
    pub(super) depth: f64,
    /// In distribution, one a pair of networks.
    pub(super) base: Vec<&'a CellRow>,
    /// On every set, of the same pairs in the same order.
    pub(super) sets: Vec<SetRows<'a>>,
}

/// The rows of one layer on one set.
pub(super) struct SetRows<'a> {
    pub(super) on: &'a OnSet,
    pub(super) rows: Vec<&'a CellRow>,
}

impl<'a> Family<'a> {
    /// The families of some rows that are of one measure, checkpoint and group.
    ///
    /// A set that is not complete in a layer (a cell of it failed) is left out of that layer.
    pub(super) fn of(rows: &[&'a CellRow]) -> Vec<Self> {
        let mut layers: BTreeMap<(usize, &str), Vec<&CellRow>> = BTreeMap::new();
        for row in rows {
            layers.entry((row.x.depth, &row.x.layer)).or_default().push(row);
        }
        let deepest = layers.keys().map(|(depth, _)| *depth).max().unwrap_or(0).max(1) as f64;
        [Maps::Refitted, Maps::AsFitted, Maps::None]
            .into_iter()
            .map(|maps| {
                let layer = |(&(depth, _), rows): (&(usize, &str), &Vec<&'a CellRow>)| {
                    Layer::of(depth as f64 / deepest, maps, rows)
                };
                Self { maps, layers: layers.iter().map(layer).collect() }
            })
            .filter(|family| family.layers.iter().any(|layer| !layer.sets.is_empty()))
            .collect()
    }

    /// The sets that are complete in every layer; none where layers are not of the same pairs of networks (a cell of one failed
    /// in distribution), as networks are resampled in all layers together.
    pub(super) fn everywhere(&self) -> Vec<&'a OnSet> {
        let Some((first, rest)) = self.layers.split_first() else { return Vec::new() };
        if rest.iter().any(|layer| layer.pairs().ne(first.pairs())) {
            return Vec::new();
        }
        let sets = first.sets.iter().map(|set| set.on);
        sets.filter(|on| rest.iter().all(|layer| layer.on(on).is_some())).collect()
    }

    /// The slope of the relative drop on a set over proportional depth, by least squares.
    pub(super) fn slope(&self, on: &OnSet, weights: &[f64]) -> Option<f64> {
        let drops = self.layers.iter().map(|layer| layer.drop(layer.on(on)?, weights));
        let drops: Vec<f64> = drops.collect::<Option<_>>()?;
        let depths: Vec<f64> = self.layers.iter().map(|layer| layer.depth).collect();
        slope(&depths, &drops)
    }

    /// The mean of that slope over sets.
    pub(super) fn mean_slope(&self, sets: &[&OnSet], weights: &[f64]) -> Option<f64> {
        let slopes = sets.iter().map(|on| self.slope(on, weights)).collect::<Option<Vec<f64>>>()?;
        mean_of(&slopes)
    }

    /// What a step of severity adds to the slope over depth: least squares with a level for each shift.
    pub(super) fn interaction(&self, sets: &[&OnSet], weights: &[f64]) -> Option<f64> {
        let mut shifts: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        for on in sets {
            let point = (f64::from(on.severity), self.slope(on, weights)?);
            shifts.entry(&on.shift).or_default().push(point);
        }
        let (mut severities, mut slopes) = (Vec::new(), Vec::new());
        for points in shifts.values() {
            let (severity, slope): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
            severities.extend(centred(&severity));
            slopes.extend(centred(&slope));
        }
        slope(&severities, &slopes)
    }
}

impl<'a> Layer<'a> {
    fn of(depth: f64, maps: Maps, rows: &[&'a CellRow]) -> Self {
        let base: Vec<&CellRow> = rows.iter().copied().filter(|row| row.on.is_none()).collect();
        let mut sets: Vec<SetRows<'a>> = Vec::new();
        for row in rows {
            let Some(on) = row.on.as_ref().filter(|on| on.maps == maps) else { continue };
            match sets.iter_mut().find(|set| set.on == on) {
                Some(set) => set.rows.push(row),
                None => sets.push(SetRows { on, rows: vec![row] }),
            }
        }
        sets.retain(|set| pairs(&set.rows).eq(pairs(&base)));
        Self { depth, base, sets }
    }

    /// Its pairs of networks, in order.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(&self.base)
    }

    /// The rows on a set.
    pub(super) fn on(&self, on: &OnSet) -> Option<&SetRows<'a>> {
        self.sets.iter().find(|set| set.on == on)
    }

    /// What a set takes of the mean score, as a share of it; `None` where there is nothing to lose.
    pub(super) fn drop(&self, set: &SetRows<'_>, weights: &[f64]) -> Option<f64> {
        let base = mean(&self.base, weights)?;
        (base > 0.0).then_some(1.0 - mean(&set.rows, weights)? / base)
    }

    /// The mean of that share over sets.
    pub(super) fn mean_drop(&self, sets: &[&OnSet], weights: &[f64]) -> Option<f64> {
        let drop = |on: &&OnSet| self.drop(self.on(on)?, weights);
        mean_of(&sets.iter().map(drop).collect::<Option<Vec<f64>>>()?)
    }

    /// What sets take of the mean accuracy, mean over them.
    pub(super) fn mean_accuracy_loss(&self, sets: &[&OnSet], weights: &[f64]) -> Option<f64> {
        let loss = |on: &&OnSet| self.accuracy_loss(self.on(on)?, weights);
        mean_of(&sets.iter().map(loss).collect::<Option<Vec<f64>>>()?)
    }

    /// What a set takes of the mean accuracy.
    pub(super) fn accuracy_loss(&self, set: &SetRows<'_>, weights: &[f64]) -> Option<f64> {
        Some(accuracy(&self.base, weights)? - accuracy(&set.rows, weights)?)
    }
}

/// The mean of some values; `None` without any.
/// The pairs of networks of some rows.
fn pairs<'a>(rows: &'a [&CellRow]) -> impl Iterator<Item = (&'a str, &'a str)> {
    rows.iter().map(|row| (&*row.x.network, &*row.y.network))
}

fn mean_of(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn mean(rows: &[&CellRow], weights: &[f64]) -> Option<f64> {
    weighted_mean(&rows.iter().map(|row| value(row)).collect::<Vec<_>>(), weights)
}

/// Mean over pairs of the mean accuracy of the two networks.
fn accuracy(rows: &[&CellRow], weights: &[f64]) -> Option<f64> {
    let of_pair = |row: &&CellRow| Some(f64::midpoint(row.x.when.accuracy?, row.y.when.accuracy?));
    let values: Option<Vec<f64>> = rows.iter().map(of_pair).collect();
    weighted_mean(&values?, weights)
}

fn centred(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|v| v - mean).collect()
}

/// Slope of y over x by least squares; `None` where x does not vary.
fn slope(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = (centred(x), centred(y));
    let spread: f64 = x.iter().map(|x| x * x).sum();
    (spread > 0.0).then(|| x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>() / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_least_squares() {
        assert_eq!(slope(&[0.0, 0.5, 1.0], &[1.0, 2.0, 3.0]), Some(2.0));
        assert_eq!(slope(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(slope(&[], &[]), None);
    }
}
