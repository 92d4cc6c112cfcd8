//! Mean activations of units.

use consilience_inference::Estimate;
use consilience_units::LayerFindings;

use super::layers::{Layer, Wording, each};
use crate::{Claim, Measured};

const SPREAD: Wording = Wording {
    claim: "Mean activations of the units of a layer differ by an order of magnitude or more",
    paper: "largest over smallest: conv1 about 20 to 30, conv2 15 to 400, conv3 about 8, conv4 about 12, conv5 about 7",
    criterion: "the largest mean is at least ten times the smallest one above 0 in at least half of the convolutional layers",
};

const AGREE: Wording = Wording {
    claim: "Networks agree in the sorted mean activations, although not in which unit has which",
    paper: "the sorted curves of four networks nearly coincide; units of equal rank are not the same feature",
    criterion: "in every convolutional layer the sorted means differ less than half as much as the means of units of equal index",
};

fn convolutional<'a, 'b>(layers: &'b [Layer<'a>]) -> Vec<&'b Layer<'a>> {
    layers.iter().filter(|layer| layer.is_convolutional()).collect()
}

fn measured(what: &str, layer: &Layer<'_>, over: &str, value: Option<f64>) -> Option<Measured> {
    let estimate = Estimate::bare(value?);
    let what = format!("{what}, {}", layer.name);
    Some(Measured { what, estimate, over: over.to_owned(), chance: None })
}

/// The median over networks of the largest mean over the smallest.
fn range(found: &LayerFindings) -> Option<f64> {
    let mut ranges: Vec<f64> = found.spectra.iter().filter_map(|s| s.range).collect();
    ranges.sort_by(f64::total_cmp);
    ranges.get(ranges.len() / 2).copied()
}

pub(super) fn spread(layers: &[Layer<'_>]) -> Claim {
    let layers = convolutional(layers);
    let of = |layer: &Layer<'_>| range(layer.together?);
    let values: Vec<Measured> = layers
        .iter()
        .filter_map(|l| measured("largest mean over smallest", l, "median over networks", of(l)))
        .collect();
    let wide = values.iter().filter(|value| value.estimate.value >= 10.0).count();
    let here = each(&layers, |layer| Some(format!("{:.1}", of(layer)?)));
    let holds = 2 * wide >= values.len();
    SPREAD.judged(values, format!("largest over smallest: {here}"), holds)
}

pub(super) fn agree(layers: &[Layer<'_>]) -> Claim {
    let layers = convolutional(layers);
    let mut values: Vec<Measured> = Vec::new();
    let mut holds = true;
    for layer in &layers {
        let Some(found) = layer.together else { continue };
        let (sorted, index) = (found.spectra_difference, found.index_difference);
        let over = "mean over pairs of networks";
        values.extend(measured("difference of sorted means", layer, over, sorted));
        values.extend(measured("difference at equal index", layer, over, index));
        holds &= sorted.zip(index).is_some_and(|(sorted, index)| sorted < index / 2.0);
    }
    let text = |layer: &Layer<'_>| {
        let found = layer.together?;
        let (sorted, index) = (found.spectra_difference?, found.index_difference?);
        let ranks = found.partners_rank_correlation;
        let ranks =
            ranks.map_or_else(String::new, |r| format!(", partners' rank correlation {r:.2}"));
        Some(format!("{sorted:.2} sorted, {index:.2} by index{ranks}"))
    };
    let here = format!("relative difference of means: {}", each(&layers, text));
    AGREE.judged(values, here, holds)
}
