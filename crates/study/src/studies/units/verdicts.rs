//! What `units` answers, in words.

use consilience_inference::Estimate;
use consilience_units::{Findings, MatchKind};

use super::figures::{VERDICTS, share};
use super::layer::{Layer, both, mean, summary};
use crate::studies::words;
use crate::{Run, Tone, Verdict};

/// Distributedness up to which a layer counts as nearer to a local code, and from which as nearer to a distributed one.
const LOCAL: f64 = 1.0 / 3.0;
const DISTRIBUTED: f64 = 2.0 / 3.0;

/// All verdicts.
pub(super) fn all(layers: &[Layer<'_>], run: &Run) -> Vec<Verdict> {
    let said = [correspond(layers, run), few(layers, run), code(layers, run)];
    said.into_iter().flatten().chain(together(layers)).chain(failures(layers)).collect()
}

/// What is said of all networks of a layer.
pub(super) fn together(layers: &[Layer<'_>]) -> Vec<Verdict> {
    [spectra(layers), come_back(layers), clusters(layers)].into_iter().flatten().collect()
}

/// How a claim stands if it holds for some of the layers.
fn tone(holds: usize, of: usize) -> Tone {
    match holds {
        0 => Tone::Fails,
        n if n == of => Tone::Holds,
        _ => Tone::Mixed,
    }
}

/// A layer with its number, as in a list: `` `conv1` 0.66 [0.60, 0.71] ``.
fn of(layer: &Layer<'_>, text: &str) -> String {
    format!("`{}` {text}", layer.name)
}

fn matched(findings: &Findings) -> Option<f64> {
    Some(summary(findings, MatchKind::OneToOne)?.mean)
}

/// Partners are better than axes of a rotated copy would be.
fn correspond(layers: &[Layer<'_>], run: &Run) -> Option<Verdict> {
    let mut lines = Vec::new();
    let mut above = 0;
    for layer in layers {
        let Some(r) = layer.mean(run, "one to one", matched) else { continue };
        let drawn = |f: &Findings| {
            let rotated = &summary(f, MatchKind::OneToOne)?.rotated;
            (!rotated.is_empty()).then(|| rotated.iter().copied().fold(f64::MIN, f64::max))
        };
        let beats = |f: &Findings| Some(f64::from(u8::from(matched(f)? > drawn(f)?)));
        let Some(share) = layer.plain_mean(beats) else { continue };
        let rotated =
            layer.plain_mean(|f| mean(summary(f, MatchKind::OneToOne)?.rotated.iter().copied()));
        above += usize::from(share >= 1.0);
        let rotated = rotated.map_or(String::new(), |r| format!(" (rotated {r:.2})"));
        lines.push(of(layer, &format!("{}{rotated}", words::estimate(&r))));
    }
    let (pairs, draws) = (n_pairs(layers), n_rotations(layers));
    (!lines.is_empty()).then(|| Verdict {
        tone: tone(above, lines.len()),
        text: format!(
            "Single units correspond better than the axes of a rotated copy do in {above} of {}: mean correlation with the one-to-one partner {} ({}; above each of {} in every pair).",
            words::count(lines.len(), "layer"),
            lines.join(", "),
            words::count(pairs, "pair"),
            words::count(draws, "random rotation"),
        ),
    })
}

fn n_pairs(layers: &[Layer<'_>]) -> usize {
    layers.iter().map(|l| l.pairs.len()).max().unwrap_or(0)
}

fn n_rotations(layers: &[Layer<'_>]) -> usize {
    layers.iter().flat_map(|l| &l.pairs).map(|(_, f)| f.parameters.rotations).max().unwrap_or(0)
}

/// The shares of the verdicts, layer by layer.
fn few(layers: &[Layer<'_>], run: &Run) -> Option<Verdict> {
    let line = |layer: &Layer<'_>| {
        let part = |(place, (_, name)): (usize, &(_, &str))| {
            let e: Estimate = layer.mean(run, &format!("share {name}"), |f| share(f, place))?;
            Some(format!("{} {name}", words::percent(&e)))
        };
        let parts: Option<Vec<String>> = VERDICTS.iter().enumerate().map(part).collect();
        Some(of(layer, &parts?.join(", ")))
    };
    let lines: Vec<String> = layers.iter().filter_map(line).collect();
    (!lines.is_empty()).then(|| Verdict {
        tone: Tone::Note,
        text: format!(
            "Of the units that vary: {} ({}).",
            lines.join("; "),
            words::count(n_pairs(layers), "pair")
        ),
    })
}

/// Local, few or distributed, as a reading against controls.
fn code(layers: &[Layer<'_>], run: &Run) -> Option<Verdict> {
    let mut lines = Vec::new();
    let mut between = 0;
    for layer in layers {
        let value = |f: &Findings| {
            let of = |p: Option<&consilience_units::Prediction>| p?.calibration.distributedness;
            both(of(f.y_from_x.found()), of(f.x_from_y.found()))
        };
        let Some(e) = layer.mean(run, "distributedness", value) else { continue };
        let word = if e.value <= LOCAL {
            "local"
        } else if e.value < DISTRIBUTED {
            between += 1;
            "between"
        } else {
            "distributed"
        };
        lines.push(of(layer, &format!("{word} ({})", words::estimate(&e))));
    }
    (!lines.is_empty()).then(|| Verdict {
        tone: tone(between, lines.len()),
        text: format!(
            "Codes are a mix of local and distributed in {between} of {}: {} (0: predicted like a permuted copy of the sources, 1: like a fully rotated one; {}, both directions).",
            words::count(lines.len(), "layer"),
            lines.join(", "),
            words::count(n_pairs(layers), "pair")
        ),
    })
}

/// Sorted means agree more than the means of partners.
fn spectra(layers: &[Layer<'_>]) -> Option<Verdict> {
    let mut lines = Vec::new();
    let mut agree = 0;
    for layer in layers {
        let Some(all) = layer.all else { continue };
        let (Some(sorted), Some(index)) = (all.spectra_difference, all.index_difference) else {
            continue;
        };
        agree += usize::from(sorted < index / 2.0);
        let partners =
            all.partners_difference.map_or(String::new(), |p| format!(", partners {p:.2}"));
        lines.push(of(layer, &format!("{sorted:.2} (units of equal index {index:.2}{partners})")));
    }
    let networks = layers.iter().filter_map(|l| l.all).map(|all| all.spectra.len()).max()?;
    (!lines.is_empty()).then(|| Verdict {
        tone: tone(agree, lines.len()),
        text: format!(
            "Spectra of mean activations agree although their order does not in {agree} of {}: mean relative difference of sorted means {} ({}; the claim is a difference below half of that between units of equal index).",
            words::count(lines.len(), "layer"),
            lines.join(", "),
            words::count(networks, "network")
        ),
    })
}

/// x → k → y is x → y.
fn come_back(layers: &[Layer<'_>]) -> Option<Verdict> {
    let mut lines = Vec::new();
    let mut above = 0;
    for layer in layers {
        let Some(all) = layer.all else { continue };
        let share = mean(all.cycles.iter().map(|t| t.share));
        let chance = mean(all.cycles.iter().map(|t| t.chance));
        let (Some(share), Some(chance)) = (share, chance) else { continue };
        above += usize::from(all.cycles.iter().all(|t| t.share > t.chance));
        lines.push(of(layer, &format!("{:.0} % (chance {:.0} %)", 100.0 * share, 100.0 * chance)));
    }
    let triples = layers.iter().filter_map(|l| l.all).map(|all| all.cycles.len()).max()?;
    (!lines.is_empty()).then(|| Verdict {
        tone: tone(above, lines.len()),
        text: format!(
            "Matchings come back over a third network more often than independent ones would in {above} of {}: {} (mean over {}).",
            words::count(lines.len(), "layer"),
            lines.join(", "),
            words::count(triples, "triple")
        ),
    })
}

/// Units of a cluster correlate over the networks more than without correspondence.
fn clusters(layers: &[Layer<'_>]) -> Option<Verdict> {
    let mut lines = Vec::new();
    let (mut above, mut draws) = (0, 0);
    for layer in layers {
        let Some(clusters) = layer.all.and_then(|all| all.clusters.found()) else { continue };
        let (cut, null) = (&clusters.cut, &clusters.cut.null_shared_correlation);
        let Some(chance) = mean(null.iter().copied()) else { continue };
        above += usize::from(null.iter().all(|drawn| cut.shared_correlation > *drawn));
        draws = draws.max(null.len());
        lines.push(of(
            layer,
            &format!(
                "{:.2} (chance {chance:.2}, {})",
                cut.shared_correlation,
                words::count(clusters.clusters.len(), "cluster")
            ),
        ));
    }
    (!lines.is_empty()).then(|| Verdict {
        tone: tone(above, lines.len()),
        text: format!(
            "Units correlate with the members of other networks in their cluster more than in clusters without correspondence in {above} of {}: {} (mean over units; above each of {}).",
            words::count(lines.len(), "layer"),
            lines.join(", "),
            words::count(draws, "draw")
        ),
    })
}

/// Pairs about which nothing was found.
fn failures(layers: &[Layer<'_>]) -> Option<Verdict> {
    let failed: Vec<_> = layers.iter().flat_map(|l| &l.failed).collect();
    let (row, why) = failed.first()?;
    Some(Verdict {
        tone: Tone::Note,
        text: format!(
            "{} without findings, the first `{}` of `{}` and `{}`: {why}",
            words::count(failed.len(), "pair"),
            row.x.layer,
            row.x.network,
            row.y.network
        ),
    })
}
