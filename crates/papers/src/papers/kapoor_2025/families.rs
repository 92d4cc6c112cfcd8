//! Orthogonal maps align nearly as well as linear ones.

use consilience_inference::{NodePairs, node_bootstrap};
use consilience_study::{CellRow, GroupPair, Maps, Outcome};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::rows::{MAPS, Wording, but_for, exceptions, label, over, range, same_layer, within};
use crate::{Claim, Measured, Results};

/// Share of the linear score from which an orthogonal map does nearly as well.
const NEARLY: f64 = 0.9;

const CLAIM: &str = "Orthogonal maps align networks nearly as well as linear ones";
const PAPER: &str = "Procrustes nearly as high as linear regression; no number at hand";

const HELD_OUT: Wording = Wording {
    claim: CLAIM,
    paper: PAPER,
    criterion: "on held-out stimuli the mean Procrustes score is at least 90 % of the mean ridge score in every layer",
};

const FIT: Wording = Wording {
    claim: "The same on the stimuli that the maps were fitted on",
    paper: PAPER,
    criterion: "in sample the mean Procrustes score is at least 90 % of the mean ridge score in every layer",
};

/// Where maps are scored.
#[derive(Clone, Copy)]
enum Scored {
    HeldOut,
    InSample,
}

pub(super) fn nearly_as_well(results: &Results<'_>) -> Claim {
    judged(results, Scored::HeldOut, &HELD_OUT, "a study `layers` with ridge and procrustes")
}

pub(super) fn on_fit_stimuli(results: &Results<'_>) -> Claim {
    let missing = "a study `shift` with fit-stimuli = true, ridge and procrustes";
    judged(results, Scored::InSample, &FIT, missing)
}

fn judged(results: &Results<'_>, scored: Scored, wording: &Wording, missing: &str) -> Claim {
    let mut shares = Vec::new();
    let mut values = Vec::new();
    for pair in within(results.run) {
        for row in same_layer(results, "layers", &pair, MAPS[0]) {
            let stream = values.len() as u64;
            let found = paired(results, (scored, &pair, &row.layer_x), stream);
            let Some([gap, share]) = found else { continue };
            let place = format!("{}{}", label(&pair), row.layer_x);
            let number =
                |what: String, estimate| Measured { what, estimate, over: over(row), chance: None };
            values.push(number(format!("{place}: ridge less procrustes"), gap));
            values.push(number(format!("{place}: procrustes / ridge"), share.clone()));
            shares.push(number(place, share));
        }
    }
    let nearly = shares.iter().filter(|s| s.estimate.value >= NEARLY).count();
    let here = format!(
        "Procrustes / ridge is {}; at least {NEARLY} in {nearly} of {} layers",
        range(&shares),
        shares.len()
    );
    let claim = wording.judged(values, here, nearly == shares.len(), missing);
    but_for(claim, exceptions(&shares, NEARLY))
}

/// Gap between the linear and the orthogonal score of one layer, and their ratio: means over pairs of networks, which are
/// resampled for both scores together.
fn paired(
    results: &Results<'_>,
    (scored, pair, layer): (Scored, &GroupPair, &str),
    stream: u64,
) -> Option<[consilience_inference::Estimate; 2]> {
    let groups = &results.run.spec.groups;
    let study = match scored {
        Scored::HeldOut => "layers",
        Scored::InSample => "shift",
    };
    let is_scored_so = |row: &CellRow| match scored {
        Scored::HeldOut => row.on.is_none(),
        Scored::InSample => row.on.as_ref().is_some_and(|on| on.maps == Maps::InSample),
    };
    let cells = |measure: &str| -> Vec<(&CellRow, f64)> {
        let own = results.table.cells(study).filter(|row| {
            row.measure == measure
                && is_scored_so(row)
                && row.x.layer == layer
                && row.y.layer == layer
                && row.x.pooling != consilience_data::Pooling::PositionsAsStimuli
                && groups.of(row) == *pair
        });
        let score = |row: &'_ CellRow| match &row.outcome {
            Outcome::Score { estimate, .. } => Some(estimate.value),
            Outcome::Error { .. } => None,
        };
        own.filter_map(|row| Some((row, score(row)?))).collect()
    };
    let (linear, orthogonal) = (cells(MAPS[0]), cells(MAPS[1]));
    let names = |row: &CellRow| (row.x.network.clone(), row.y.network.clone());
    if linear.is_empty()
        || !linear.iter().map(|c| names(c.0)).eq(orthogonal.iter().map(|c| names(c.0)))
    {
        return None;
    }
    let mut networks: Vec<String> =
        linear.iter().map(|c| names(c.0)).flat_map(|(x, y)| [x, y]).collect();
    networks.sort_unstable();
    networks.dedup();
    let index = |name: &String| networks.binary_search(name).unwrap_or(usize::MAX);
    let pairs = linear.iter().map(|c| names(c.0)).map(|(x, y)| (index(&x), index(&y))).collect();
    let nodes = NodePairs::of_one_kind(networks.len(), pairs);
    let mean = |cells: &[(&CellRow, f64)], weights: &[f64]| {
        let total: f64 = weights.iter().sum();
        let sum: f64 = cells.iter().zip(weights).map(|(c, w)| c.1 * w).sum();
        (total > 0.0).then_some(sum / total)
    };
    let estimate = |purpose: u64, of: &dyn Fn(f64, f64) -> Option<f64>| {
        let mut rng = ChaCha8Rng::seed_from_u64(results.run.spec.seed);
        rng.set_stream(2 * stream + purpose);
        node_bootstrap(&nodes, results.run.spec.bootstrap_draws, &mut rng, |w| {
            of(mean(&linear, w)?, mean(&orthogonal, w)?)
        })
    };
    let gap = estimate(0, &|a, b| Some(a - b))?;
    let share = estimate(1, &|a, b| (a > 0.0).then_some(b / a))?;
    Some([gap, share])
}
