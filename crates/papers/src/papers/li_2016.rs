//! Li, Yosinski, Clune, Lipson & Hopcroft 2016: which units several networks have in common.
//!
//! Their numbers are of four AlexNets on ImageNet. Those by layer are from the notebook and the logs that the authors published;
//! means of mutual information, the threshold and the number of their clusters were not found.

mod clusters;
mod information;
mod layers;
mod matching;
mod prediction;
mod spectra;

use crate::{Claim, Paper, Results, Specs};
use layers::Layer;

macro_rules! spec {
    ($name:literal) => {
        include_str!(concat!("../../../../examples/reproduce/li-2016/", $name))
    };
}

/// The paper.
pub(super) const PAPER: Paper = Paper {
    name: "li-2016",
    title: "Convergent Learning: Do different neural networks learn the same representations?",
    reference: "Li, Yosinski, Clune, Lipson & Hopcroft 2016, ICLR, arXiv 1511.07543",
    setting: "four AlexNets that differ in their seeds, conv1 to conv5, on the validation images of ImageNet",
    full: Specs { networks: &[spec!("networks.toml")], study: spec!("study.toml") },
    quick: Specs { networks: &[spec!("networks-quick.toml")], study: spec!("study-quick.toml") },
    claims,
};

fn claims(results: &Results<'_>) -> Vec<Claim> {
    let layers = layers::layers(results.table);
    let judges: [fn(&[Layer<'_>]) -> Claim; 9] = [
        matching::some_converge,
        matching::below_semi_matching,
        matching::over_depth,
        information::agrees,
        prediction::few_units,
        prediction::between_local_and_distributed,
        spectra::spread,
        spectra::agree,
        clusters::shared,
    ];
    judges.into_iter().map(|judge| judge(&layers)).collect()
}
