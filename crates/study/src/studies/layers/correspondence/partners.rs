//! The best partners of the layers of two networks.

use std::collections::BTreeMap;

use crate::summary::{likeness_of, value};
use crate::{CellRow, Outcome};

/// From which side partners are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The best partner of a layer of the first network among the layers of the second.
    FromX,
    /// The best partner of a layer of the second network among the layers of the first.
    FromY,
}

/// The place in depth that each layer is taken to have, for each side.
pub(super) struct Labels {
    pub(super) x: Vec<usize>,
    pub(super) y: Vec<usize>,
}

impl Labels {
    /// The places that the layers do have.
    pub(super) fn kept((n_x, n_y): (usize, usize)) -> Self {
        Self { x: (0..n_x).collect(), y: (0..n_y).collect() }
    }
}

/// Two networks with the best partners of their layers.
pub(super) struct Partners<'a> {
    /// All cells of the pair.
    pub(super) rows: Vec<&'a CellRow>,
    /// Names of the layers by depth.
    x: Vec<&'a str>,
    y: Vec<&'a str>,
    /// For each layer of x the layers of y that are best for it: several where scores are equal.
    from_x: Vec<Vec<usize>>,
    from_y: Vec<Vec<usize>>,
}

/// The pairs of networks of which every cell has a score, in the order of the rows.
pub(super) fn pairs<'a>(rows: &[&'a CellRow]) -> Vec<Partners<'a>> {
    let mut order: Vec<(&str, &str)> = Vec::new();
    let mut of_pair: BTreeMap<(&str, &str), Vec<&CellRow>> = BTreeMap::new();
    for row in rows {
        let networks = (&*row.x.network, &*row.y.network);
        if !of_pair.contains_key(&networks) {
            order.push(networks);
        }
        of_pair.entry(networks).or_default().push(row);
    }
    order.into_iter().filter_map(|networks| Partners::of(of_pair.remove(&networks)?)).collect()
}

impl<'a> Partners<'a> {
    fn of(rows: Vec<&'a CellRow>) -> Option<Self> {
        if rows.iter().any(|row| matches!(row.outcome, Outcome::Error { .. })) {
            return None;
        }
        let names = |side: &dyn Fn(&'a CellRow) -> (usize, &'a str)| {
            let layers: std::collections::BTreeSet<(usize, &str)> =
                rows.iter().map(|row| side(row)).collect();
            layers.into_iter().map(|(_, name)| name).collect::<Vec<&str>>()
        };
        let x = names(&|row| (row.x.depth, &row.x.layer));
        let y = names(&|row| (row.y.depth, &row.y.layer));
        if x.len() < 2 || y.len() < 2 {
            return None;
        }
        let score = |x: &str, y: &str| {
            let cell = rows.iter().find(|row| row.x.layer == x && row.y.layer == y)?;
            Some(value(cell))
        };
        let scores: Option<Vec<Vec<f64>>> =
            x.iter().map(|x| y.iter().map(|y| score(x, y)).collect()).collect();
        let scores = scores?;
        let likeness = likeness_of(&rows[0].measure);
        let best = |scores: &[f64]| {
            let best = scores.iter().copied().reduce(|a, b| likeness.better(a, b));
            (0..scores.len()).filter(|&i| Some(scores[i]) == best).collect::<Vec<usize>>()
        };
        let from_x = scores.iter().map(|row| best(row)).collect();
        let column = |j: usize| scores.iter().map(|row| row[j]).collect::<Vec<f64>>();
        let from_y = (0..y.len()).map(|j| best(&column(j))).collect();
        Some(Self { rows, x, y, from_x, from_y })
    }

    /// Layers of either network.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.x.len(), self.y.len())
    }

    /// Layers of the side that is looked from.
    pub(super) fn names(&self, way: Way) -> &[&'a str] {
        match way {
            Way::FromX => &self.x,
            Way::FromY => &self.y,
        }
    }

    /// The best partners of a layer.
    fn best(&self, way: Way, layer: usize) -> &[usize] {
        match way {
            Way::FromX => &self.from_x[layer],
            Way::FromY => &self.from_y[layer],
        }
    }

    /// Proportional depth of the best partner of a layer: 0 for the first layer of its network, 1 for the last.
    pub(super) fn partner_depth(&self, way: Way, layer: usize) -> f64 {
        let last = match way {
            Way::FromX => self.y.len() - 1,
            Way::FromY => self.x.len() - 1,
        };
        let best = self.best(way, layer);
        best.iter().map(|&b| b as f64 / last as f64).sum::<f64>() / best.len() as f64
    }

    /// The share of layers of one side whose best partner is nearest to them in proportional depth, if depths are those of
    /// `labels`. Of best partners that are equally good each counts in part; of two depths that are equally near, either
    /// will do.
    pub(super) fn share(&self, way: Way, labels: &Labels) -> f64 {
        let (n_x, n_y) = self.shape();
        // |i / (n_x − 1) − j / (n_y − 1)|, times both denominators: whole numbers, so that equal is equal.
        let apart = |i: usize, j: usize| (i * (n_y - 1)).abs_diff(j * (n_x - 1));
        let (own, other, distance): (_, _, &dyn Fn(usize, usize) -> usize) = match way {
            Way::FromX => (&labels.x, &labels.y, &apart),
            Way::FromY => (&labels.y, &labels.x, &|j, i| apart(i, j)),
        };
        let found = own.iter().enumerate().map(|(layer, &depth)| {
            let nearest = other.iter().map(|&there| distance(depth, there)).min();
            let best = self.best(way, layer);
            let hits = best.iter().filter(|&&b| Some(distance(depth, other[b])) == nearest).count();
            hits as f64 / best.len() as f64
        });
        found.sum::<f64>() / own.len() as f64
    }
}
