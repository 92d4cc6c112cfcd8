//! What the rows hold of each layer.

use consilience_inference::{Estimate, NodePairs, node_bootstrap};
use consilience_study::{Row, Table};
use consilience_units::{Findings, LayerFindings, MatchKind, Matching, Part, Summary};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::{Claim, Measured};

/// Draws of the bootstrap over networks.
const DRAWS: usize = 2000;

/// A layer of all networks, as the rows hold it.
pub(super) struct Layer<'a> {
    pub(super) name: &'a str,
    pub(super) depth: usize,
    pub(super) pairs: Vec<Pair<'a>>,
    pub(super) together: Option<&'a LayerFindings>,
}

/// The findings of two networks.
pub(super) struct Pair<'a> {
    pub(super) networks: [&'a str; 2],
    pub(super) findings: &'a Findings,
}

/// The layers that rows are about, by depth.
pub(super) fn layers(table: &Table) -> Vec<Layer<'_>> {
    let mut layers: Vec<Layer<'_>> = Vec::new();
    for row in &table.rows {
        match row {
            Row::Units(row) => {
                let Part::Found(findings) = &row.findings else { continue };
                let networks = [&*row.x.network, &*row.y.network];
                let pair = Pair { networks, findings };
                layer(&mut layers, &row.x.layer, row.x.depth).pairs.push(pair);
            }
            Row::UnitsLayer(row) => {
                if let (Part::Found(found), Some(side)) = (&row.findings, row.sides.first()) {
                    layer(&mut layers, &side.layer, side.depth).together = Some(found);
                }
            }
            _ => {}
        }
    }
    layers.sort_by_key(|layer| layer.depth);
    layers
}

fn layer<'a, 'b>(layers: &'b mut Vec<Layer<'a>>, name: &'a str, depth: usize) -> &'b mut Layer<'a> {
    let at = layers.iter().position(|layer| layer.name == name).unwrap_or_else(|| {
        layers.push(Layer { name, depth, pairs: Vec::new(), together: None });
        layers.len() - 1
    });
    &mut layers[at]
}

impl Layer<'_> {
    /// Whether it has maps: the paper's table is of convolutional layers.
    pub(super) fn is_convolutional(&self) -> bool {
        self.name.starts_with("conv")
    }

    /// The mean over pairs of a number of each, with an interval from resampled networks; nothing if no pair has it.
    pub(super) fn mean(&self, of: impl Fn(&Findings) -> Option<f64>) -> Option<Estimate> {
        let mut names: Vec<&str> = self.pairs.iter().flat_map(|pair| pair.networks).collect();
        names.sort_unstable();
        names.dedup();
        let place = |name: &str| names.binary_search(&name).unwrap_or(0);
        let found: Vec<((usize, usize), f64)> = self
            .pairs
            .iter()
            .filter_map(|pair| {
                let [x, y] = pair.networks.map(place);
                Some(((x, y), of(pair.findings)?))
            })
            .collect();
        let (pairs, values): (Vec<_>, Vec<f64>) = found.into_iter().unzip();
        let nodes = NodePairs::of_one_kind(names.len(), pairs);
        let mean = |weights: &[f64]| {
            let sum: f64 = weights.iter().sum();
            let weighted = weights.iter().zip(&values).map(|(w, v)| w * v);
            (sum > 0.0).then(|| weighted.sum::<f64>() / sum)
        };
        node_bootstrap(&nodes, DRAWS, &mut ChaCha8Rng::seed_from_u64(1), mean)
    }

    /// A number of the layer in the table of a claim.
    pub(super) fn measured(
        &self,
        what: &str,
        of: impl Fn(&Findings) -> Option<f64>,
        chance: Option<f64>,
    ) -> Option<Measured> {
        let estimate = self.mean(of)?;
        let over = format!("{} pairs of networks", self.pairs.len());
        Some(Measured { what: format!("{what}, {}", self.name), estimate, over, chance })
    }

    /// The mean over pairs alone.
    pub(super) fn value(&self, of: impl Fn(&Findings) -> Option<f64>) -> Option<f64> {
        let values: Vec<f64> = self.pairs.iter().filter_map(|pair| of(pair.findings)).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }
}

/// The matching of a pair.
pub(super) fn matching(findings: &Findings) -> Option<&Matching> {
    findings.matching.found()
}

/// A line of it.
pub(super) fn line(findings: &Findings, kind: MatchKind) -> Option<&Summary> {
    matching(findings)?.summaries.iter().find(|summary| summary.kind == kind)
}

/// What a claim says, and by what it is judged.
pub(super) struct Wording {
    pub(super) claim: &'static str,
    pub(super) paper: &'static str,
    pub(super) criterion: &'static str,
}

impl Wording {
    /// The claim as judged, or untested if there are no values.
    pub(super) fn judged(&self, values: Vec<Measured>, here: String, holds: bool) -> Claim {
        if values.is_empty() {
            let missing = "a study `units` of layers in which units of two networks vary";
            let here = "no such layer in these results".to_owned();
            return Claim::untested(self.claim, self.paper, here, missing);
        }
        Claim::tested(self.claim, self.paper, here, self.criterion, holds).from_values(values)
    }
}

/// `name value` for each layer, in words.
pub(super) fn each(layers: &[&Layer<'_>], text: impl Fn(&Layer<'_>) -> Option<String>) -> String {
    let parts: Vec<String> = layers
        .iter()
        .filter_map(|layer| Some(format!("{} {}", layer.name, text(layer)?)))
        .collect();
    parts.join(", ")
}
