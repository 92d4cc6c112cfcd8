//! What `noise` shows.

use consilience_inference::Null;
use consilience_measures::Warning;

use super::{CLEAN, CORRECTED, KIND, Noise, RAW, RELIABILITY, verdicts};
use crate::studies::points::{self, Known, Sweep};
use crate::studies::selection::LAST;
use crate::studies::words;
use crate::{Curve, CurveRole, Curves, Draws, Figure, Run, Section, Table, TableFigure};

/// Place of a ratio on a logarithmic axis.
fn position(ratio: f64) -> f64 {
    ratio.log2()
}

/// The section of the study.
pub(super) fn noise(study: &Noise, table: &Table, run: &Run) -> Section {
    let sweeps = Sweep::all(table, KIND);
    let mut figures = Vec::new();
    for measure in &run.spec.measures {
        let own: Vec<&Sweep<'_>> = sweeps.iter().filter(|s| s.measure == measure).collect();
        if !own.is_empty() {
            figures.push(scores(study, &own, measure, run));
        }
    }
    figures.push(Figure::Table(numbers(study, &sweeps, run)));
    let lead = format!(
        "What does noise make of a score? Gaussian noise, independent between units, stimuli, networks and copies, is added to the activations of both sides ({}, {} stimuli). The signal-to-noise ratio is the variance of a unit over that of its noise. The same is done with two copies of each network: how alike they are is its reliability, by which scores that are correlations are corrected (Spearman). The recorded activations count as free of noise.",
        points::pairs_words(&sweeps),
        run.n_stimuli
    );
    Section {
        anchor: KIND.into(),
        title: "What noise makes of a score".into(),
        lead,
        verdicts: verdicts::all(study, &sweeps, run),
        figures,
    }
}

/// How the numbers of a figure were made: n, intervals, folds.
fn made<'a>(study: &Noise, run: &Run, sweeps: impl IntoIterator<Item = &'a Sweep<'a>>) -> String {
    let means = points::pairs_words(sweeps);
    let (stimuli, folds, draws) = (run.n_stimuli, run.spec.folds, study.repeats);
    format!(
        "95 % intervals over {draws} draws of the noise, networks and stimuli stay the same; {means} of networks, {stimuli} stimuli, {folds} folds"
    )
}

/// How often chance was drawn.
fn drawn(study: &Noise) -> String {
    let Draws { shuffle, rotation } = study.draws;
    format!("{shuffle} shuffles and {rotation} rotations for each draw of the noise")
}

fn scores(study: &Noise, sweeps: &[&Sweep<'_>], measure: &str, run: &Run) -> Figure {
    let (first, last) = (study.signal_to_noise[0], study.signal_to_noise.last().copied());
    let facets = points::facets(sweeps, |sweep| {
        let alone = sweep.checkpoint == LAST && sweep.groups.is_empty();
        let named = |what: &str| {
            if alone { what.to_owned() } else { format!("{}, {what}", sweep.name()) }
        };
        let raw = named("raw");
        let null = |null: Null| {
            let rows = sweep.rows(&null.to_string());
            points::measured(&format!("{raw} · {null}"), CurveRole::Chance, &rows, position)
        };
        let clean = sweep.at(CLEAN, 0.0).map(|p| Curve {
            name: named("without noise"),
            role: CurveRole::Reference,
            x: vec![position(first), position(last.unwrap_or(first))],
            y: vec![p.value(); 2],
            band: None,
        });
        let curves = [
            points::measured(&raw, CurveRole::Score, &sweep.rows(RAW), position),
            points::measured(
                &named("corrected"),
                CurveRole::Score,
                &sweep.rows(CORRECTED),
                position,
            ),
            points::expected(&format!("{raw} · theory"), &sweep.rows(RAW), position),
            null(Null::Shuffle),
            null(Null::Rotation),
            clean,
        ];
        curves.into_iter().flatten().collect()
    });
    let correction = if sweeps.iter().any(|s| !s.rows(CORRECTED).is_empty()) {
        "Corrected: divided by the root of the two reliabilities."
    } else {
        "No correction for attenuation is known for this measure."
    };
    let theory = if sweeps.iter().flat_map(|s| s.rows(RAW)).any(|p| p.expected().is_some()) {
        " Thin: what theory expects of the raw score."
    } else {
        ""
    };
    let id = measure.replace([':', '=', ','], "-");
    Figure::Curves(Curves {
        id: format!("{KIND}-{id}"),
        title: format!("{} over the signal-to-noise ratio", words::title(measure)),
        caption: format!(
            "{correction}{theory} Straight: the score without noise. {}. Dashed: chance at that ratio, {}.",
            made(study, run, sweeps.iter().copied()),
            drawn(study)
        ),
        x_label: "signal-to-noise ratio (logarithmic)".to_owned(),
        y_label: words::title(measure),
        y_range: words::axis(measure, points::all_values(&facets).into_iter()),
        x_ticks: points::ticks(sweeps, RAW, position),
        mark: None,
        facets,
    })
}

fn numbers(study: &Noise, sweeps: &[Sweep<'_>], run: &Run) -> TableFigure {
    let dash = || "–".to_owned();
    let text = |p: Option<Known<'_>>| p.map_or_else(dash, |p| words::estimate(p.estimate));
    let theory = |p: Known<'_>| p.expected().map_or_else(dash, words::number);
    let mut rows = Vec::new();
    for sweep in sweeps {
        let clean = sweep.at(CLEAN, 0.0);
        for raw in sweep.rows(RAW) {
            let at = |what: &str| sweep.at(what, raw.at);
            let caveats: Vec<String> = raw.warnings.iter().map(Warning::to_string).collect();
            rows.push(vec![
                sweep.measure.to_owned(),
                sweep.place(),
                raw.at.to_string(),
                text(Some(raw)),
                theory(raw),
                text(at(&Null::Shuffle.to_string())),
                text(at(&Null::Rotation.to_string())),
                text(at(RELIABILITY)),
                text(at(CORRECTED)),
                text(clean),
                if caveats.is_empty() { dash() } else { caveats.join("; ") },
            ]);
        }
    }
    let columns = [
        "measure",
        "layer",
        "SNR",
        "raw",
        "theory",
        "shuffled",
        "rotated",
        "reliability",
        "corrected",
        "without noise",
        "caveats",
    ];
    TableFigure {
        id: format!("{KIND}-numbers"),
        title: "Raw and corrected scores by signal-to-noise ratio".to_owned(),
        caption: format!("{}. Chance: {}.", made(study, run, sweeps), drawn(study)),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}
