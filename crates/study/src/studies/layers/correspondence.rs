//! Whether layers correspond by depth: where the best partner of a layer lies in the other network.

mod partners;
mod shown;

use std::collections::BTreeMap;

use consilience_inference::{Chance, Likeness, Null, chance};
use consilience_measures::Symmetry;
use rand::seq::SliceRandom;

pub(super) use self::shown::show;

use self::partners::{Labels, Partners, Way, pairs};
use crate::run::digest;
use crate::studies::words;
use crate::summary::{bootstrap, groups, nodes, summary, summary_key, value, weighted_mean};
use crate::tile::generator;
use crate::{CellRow, Outcome, Quantity, StudySpec, SummaryRow};

/// Random orders of the layers that the share of corresponding layers is held against.
const ORDERS: usize = 999;

/// The share of layers whose best partner has the same proportional depth, where the best partners lie, and by how much
/// the two directions of a measure differ.
///
/// `rows` are the cells of one measure and one pair of groups. A pair of networks takes part if all of its cells have a
/// score and both networks have at least two layers.
pub(super) fn correspondence(rows: &[&CellRow], spec: &StudySpec) -> Vec<SummaryRow> {
    let pairs = pairs(rows);
    if pairs.is_empty() {
        return Vec::new();
    }
    let orders: BTreeMap<(usize, usize), Vec<Labels>> = pairs
        .iter()
        .map(|pair| {
            let shape = pair.shape();
            (shape, (0..ORDERS).map(|draw| shuffled_labels(shape, spec.seed, draw)).collect())
        })
        .collect();
    let share = |of: &Share| share(*of, &pairs, &orders, spec);
    let mut out: Vec<SummaryRow> = SHARES.iter().filter_map(share).collect();
    for way in [Way::FromX, Way::FromY] {
        out.extend(depths(way, &pairs, spec));
    }
    out.extend(asymmetries(rows, spec));
    out
}

/// A quantity that is a share, with the ways it looks.
type Share = (Quantity, &'static [Way]);

const SHARES: [Share; 3] = [
    (Quantity::HierarchicalCorrespondence, &[Way::FromX, Way::FromY]),
    (Quantity::CorrespondenceFromX, &[Way::FromX]),
    (Quantity::CorrespondenceFromY, &[Way::FromY]),
];

/// The cells of some pairs.
fn of_pairs<'a>(pairs: &[Partners<'a>]) -> Vec<&'a CellRow> {
    pairs.iter().flat_map(|pair| pair.rows.iter().copied()).collect()
}

fn share(
    (quantity, ways): Share,
    pairs: &[Partners<'_>],
    orders: &BTreeMap<(usize, usize), Vec<Labels>>,
    spec: &StudySpec,
) -> Option<SummaryRow> {
    let of_pair = |pair: &Partners<'_>, labels: &Labels| {
        ways.iter().map(|way| pair.share(*way, labels)).sum::<f64>() / ways.len() as f64
    };
    let kept = |pair: &Partners<'_>| of_pair(pair, &Labels::kept(pair.shape()));
    let values: Vec<f64> = pairs.iter().map(kept).collect();
    let all = of_pairs(pairs);
    let key = summary_key(quantity, &all);
    let firsts: Vec<&CellRow> = pairs.iter().map(|pair| pair.rows[0]).collect();
    let estimate =
        bootstrap(&nodes(&firsts, &spec.groups), spec, &key, |w| weighted_mean(&values, w))?;
    // One order of the layers serves all pairs of a draw: layers that correspond in some other order than that of their
    // depth do so in every pair, and would otherwise count as many times.
    let draw = |number: usize| {
        let of_pair = |pair: &Partners<'_>| of_pair(pair, &orders[&pair.shape()][number]);
        pairs.iter().map(of_pair).sum::<f64>() / pairs.len() as f64
    };
    let draws: Vec<f64> = (0..ORDERS).map(draw).collect();
    let level = chance(Null::Layers, estimate.value, &draws, Likeness::score(1.0));
    Some(SummaryRow {
        layer_x: String::new(),
        layer_y: String::new(),
        chance: level.into_iter().collect(),
        ..summary(quantity, key, &all, spec, estimate)
    })
}

/// Depths dealt anew to the layers of the network that has more of them, of the second if they have as many.
fn shuffled_labels(shape: (usize, usize), seed: u64, draw: usize) -> Labels {
    let mut labels = Labels::kept(shape);
    let mut rng = generator(seed, "layers", &[draw, shape.0, shape.1]);
    let longer = if shape.0 > shape.1 { &mut labels.x } else { &mut labels.y };
    longer.shuffle(&mut rng);
    labels
}

/// The mean proportional depth of the best partner of each layer of one side.
fn depths(way: Way, pairs: &[Partners<'_>], spec: &StudySpec) -> Vec<SummaryRow> {
    let mut names: Vec<&str> = Vec::new();
    for name in pairs.iter().flat_map(|pair| pair.names(way)) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let row = |name: &&str| {
        let found = pairs.iter().filter_map(|pair| {
            let layer = pair.names(way).iter().position(|n| n == name)?;
            Some((pair, pair.partner_depth(way, layer)))
        });
        let (pairs, depths): (Vec<&Partners<'_>>, Vec<f64>) = found.unzip();
        let own = |row: &&CellRow| match way {
            Way::FromX => row.x.layer == **name,
            Way::FromY => row.y.layer == **name,
        };
        let rows: Vec<&CellRow> =
            pairs.iter().flat_map(|pair| pair.rows.iter().copied().filter(own)).collect();
        let firsts: Vec<&CellRow> = pairs.iter().map(|pair| pair.rows[0]).collect();
        let quantity = Quantity::BestPartnerDepth;
        // Rows of one layer of either side may be the same cells: the key says which side is looked from.
        let key = digest(&[&format!("{way:?}"), &summary_key(quantity, &rows)]);
        let estimate =
            bootstrap(&nodes(&firsts, &spec.groups), spec, &key, |w| weighted_mean(&depths, w))?;
        let (layer_x, layer_y) = match way {
            Way::FromX => ((*name).to_owned(), String::new()),
            Way::FromY => (String::new(), (*name).to_owned()),
        };
        Some(SummaryRow { layer_x, layer_y, ..summary(quantity, key, &rows, spec, estimate) })
    };
    names.iter().filter_map(row).collect()
}

/// For each two layers that both sides have, an earlier and a later one: the score from the earlier to the later less the
/// score from the later to the earlier. Of measures with a direction only; another has nothing to tell here but noise.
fn asymmetries(rows: &[&CellRow], spec: &StudySpec) -> Vec<SummaryRow> {
    let Some(first) = rows.first() else { return Vec::new() };
    if words::measure(&first.measure).symmetry() == Symmetry::Symmetric {
        return Vec::new();
    }
    let forward = rows.iter().copied().filter(|row| row.x.depth < row.y.depth);
    let cells = groups(forward, |row| (row.x.layer.clone(), row.y.layer.clone()));
    let difference = |(early, late): &(String, String), forward: &[&CellRow]| {
        let back = |row: &CellRow| {
            rows.iter().copied().find(|other| {
                (&other.x.network, &other.y.network) == (&row.x.network, &row.y.network)
                    && (&other.x.layer, &other.y.layer) == (late, early)
                    && matches!(other.outcome, Outcome::Score { .. })
            })
        };
        let both: Vec<(&CellRow, &CellRow)> =
            forward.iter().filter_map(|row| Some((*row, back(row)?))).collect();
        let values: Vec<f64> = both.iter().map(|(a, b)| value(a) - value(b)).collect();
        let (forward, backward): (Vec<&CellRow>, Vec<&CellRow>) = both.into_iter().unzip();
        let all: Vec<&CellRow> = forward.iter().chain(&backward).copied().collect();
        let key = summary_key(Quantity::Asymmetry, &all);
        let estimate =
            bootstrap(&nodes(&forward, &spec.groups), spec, &key, |w| weighted_mean(&values, w))?;
        Some(summary(Quantity::Asymmetry, key, &all, spec, estimate))
    };
    cells.iter().filter_map(|(layers, rows)| difference(layers, rows)).collect()
}

/// The null of a share of corresponding layers.
fn level(row: &SummaryRow) -> Option<&Chance> {
    words::chance_of(row, Null::Layers)
}
