//! Kapoor, Srivastava and Khosla 2025: by which maps, when in training, where in the network and on which stimuli networks
//! agree.
//!
//! Only the abstract's claims are judged; no number of the paper by layer, epoch or stimulus set was at hand. It reads the centre
//! position of each channel where the specs here take the mean over positions.

mod basis;
mod depth;
mod families;
mod rows;
mod shift;
mod time;

use crate::{Claim, Paper, Results, Specs};

macro_rules! spec {
    ($name:literal) => {
        include_str!(concat!("../../../../examples/reproduce/kapoor-2025/", $name))
    };
}

/// The paper.
pub(crate) const PAPER: Paper = Paper {
    name: "kapoor-2025",
    title: "Bridging Critical Gaps in Convergent Learning: How Representational Alignment Evolves Across Layers, Training, and Distribution Shifts",
    reference: "Kapoor, Srivastava & Khosla 2025, arXiv 2502.18710",
    setting: "dozens of vision models, trained on ImageNet and CIFAR; 17 sets of out-of-distribution images",
    full: Specs {
        networks: &[spec!("cnn.toml"), spec!("resnet.toml")],
        study: spec!("study.toml"),
    },
    quick: Specs {
        networks: &[spec!("cnn-quick.toml"), spec!("resnet-quick.toml")],
        study: spec!("study-quick.toml"),
    },
    claims,
};

fn claims(results: &Results<'_>) -> Vec<Claim> {
    vec![
        families::nearly_as_well(results),
        families::on_fit_stimuli(results),
        basis::lower(results),
        basis::privileged(results),
        time::after_epoch_one(results),
        time::ahead_of_accuracy(results),
        time::untrained(results),
        shift::early_layers_stay(results),
        shift::late_layers_diverge(results),
        shift::in_proportion(results),
        depth::same_depth(results),
    ]
}
