//! What `sample-size` shows.

use consilience_inference::{Estimate, Null};
use consilience_measures::Warning;

use super::{BIAS, KIND, SCORE, SampleSize, verdicts};
use crate::studies::points::{self, Known, Sweep};
use crate::studies::words;
use crate::{CurveRole, Curves, Figure, Run, Section, Table, TableFigure};

/// Place of a number of stimuli on a logarithmic axis.
fn position(n: f64) -> f64 {
    n.log2()
}

/// The section of the study.
pub(super) fn sample_size(study: &SampleSize, table: &Table, run: &Run) -> Section {
    let sweeps = Sweep::all(table, KIND);
    let mut figures = Vec::new();
    for measure in &run.spec.measures {
        let own: Vec<&Sweep<'_>> = sweeps.iter().filter(|s| s.measure == measure).collect();
        if !own.is_empty() {
            figures.push(scores(study, &own, measure, run));
        }
    }
    let mut checkpoints: Vec<&str> = Vec::new();
    for sweep in &sweeps {
        if !checkpoints.contains(&sweep.checkpoint) {
            checkpoints.push(sweep.checkpoint);
        }
    }
    for checkpoint in checkpoints {
        let own: Vec<&Sweep<'_>> = sweeps.iter().filter(|s| s.checkpoint == checkpoint).collect();
        figures.push(biases(study, &own, checkpoint, run));
    }
    figures.push(Figure::Table(numbers(study, &sweeps, run)));
    let lead = format!(
        "How many stimuli does a score need? {} random orders of the {} recorded stimuli; of each order the first n are compared ({}, maps scored on {} folds of those n). Bias is the score of n stimuli less that of the largest set of the same order.",
        study.orders,
        run.n_stimuli,
        points::pairs_words(&sweeps),
        run.spec.folds
    );
    Section {
        anchor: KIND.into(),
        title: "How many stimuli a score needs".into(),
        lead,
        verdicts: verdicts::all(study, &sweeps, run),
        figures,
    }
}

/// How the numbers of a figure were made: n, intervals, folds.
fn made<'a>(
    study: &SampleSize,
    run: &Run,
    sweeps: impl IntoIterator<Item = &'a Sweep<'a>>,
) -> String {
    let means = points::pairs_words(sweeps);
    let (folds, orders) = (run.spec.folds, study.orders);
    format!(
        "95 % intervals are of the mean over {orders} random sets of that size out of those recorded, not over networks; sets overlap, and at all stimuli they are one set of which only the folds differ; {means} of networks, {folds} folds"
    )
}

fn scores(study: &SampleSize, sweeps: &[&Sweep<'_>], measure: &str, run: &Run) -> Figure {
    let facets = points::facets(sweeps, |sweep| {
        let name = sweep.name();
        let chance = |null: Null| {
            let rows = sweep.rows(&null.to_string());
            let drawn =
                points::measured(&format!("{name} · {null}"), CurveRole::Chance, &rows, position);
            let closed =
                points::expected(&format!("{name} · chance in closed form"), &rows, position);
            [drawn, closed]
        };
        let score = points::measured(&name, CurveRole::Score, &sweep.rows(SCORE), position);
        let chance = [Null::Shuffle, Null::Rotation].into_iter().flat_map(chance);
        [score].into_iter().chain(chance).flatten().collect()
    });
    let id = measure.replace([':', '=', ','], "-");
    let closed = if facets.iter().flat_map(|f| &f.curves).any(|c| c.role == CurveRole::Expected) {
        " Thin: the chance level in closed form."
    } else {
        ""
    };
    Figure::Curves(Curves {
        id: format!("{KIND}-{id}"),
        title: format!("{} along the number of stimuli", words::title(measure)),
        caption: format!(
            "{}. Dashed: chance at that number of stimuli, {} shuffles and {} rotations.{closed}",
            made(study, run, sweeps.iter().copied()),
            study.draws.shuffle,
            study.draws.rotation
        ),
        x_label: "stimuli n (logarithmic)".to_owned(),
        y_label: words::title(measure),
        y_range: words::axis(measure, points::all_values(&facets).into_iter()),
        x_ticks: points::ticks(sweeps, SCORE, position),
        mark: None,
        facets,
    })
}

fn biases(study: &SampleSize, sweeps: &[&Sweep<'_>], checkpoint: &str, run: &Run) -> Figure {
    let facets = points::facets(sweeps, |sweep| {
        let name = if sweep.groups.is_empty() {
            sweep.measure.to_owned()
        } else {
            format!("{}, {}", sweep.measure, sweep.groups)
        };
        let rows = sweep.rows(BIAS);
        points::measured(&name, CurveRole::Score, &rows, position).into_iter().collect()
    });
    let most =
        points::all_values(&facets).into_iter().map(f64::abs).fold(study.tolerance, f64::max);
    let bound = (20.0 * most).ceil() / 20.0;
    Figure::Curves(Curves {
        id: format!("{KIND}-bias-{checkpoint}"),
        title: format!("Bias along the number of stimuli, checkpoint {checkpoint}"),
        caption: format!(
            "Score of n stimuli less that of the largest set, order by order; chance plays no part. {}.",
            made(study, run, sweeps.iter().copied())
        ),
        x_label: "stimuli n (logarithmic)".to_owned(),
        y_label: "bias".to_owned(),
        y_range: (-bound, bound),
        x_ticks: points::ticks(sweeps, SCORE, position),
        mark: None,
        facets,
    })
}

fn numbers(study: &SampleSize, sweeps: &[Sweep<'_>], run: &Run) -> TableFigure {
    let dash = || "–".to_owned();
    let text = |p: Option<Known<'_>>| p.map_or_else(dash, |p| words::estimate(p.estimate));
    let mut rows = Vec::new();
    for sweep in sweeps {
        for score in sweep.rows(SCORE) {
            let shuffled = sweep.at(&Null::Shuffle.to_string(), score.at);
            let spread = |e: &Estimate| Some(e.standard_error? * (e.replicates as f64).sqrt());
            let caveats: Vec<String> = score.warnings.iter().map(Warning::to_string).collect();
            rows.push(vec![
                sweep.measure.to_owned(),
                sweep.place(),
                score.at.to_string(),
                text(Some(score)),
                spread(score.estimate).map_or_else(dash, words::number),
                text(sweep.at(BIAS, score.at)),
                text(shuffled),
                shuffled.and_then(|p| p.expected()).map_or_else(dash, words::number),
                if caveats.is_empty() { dash() } else { caveats.join("; ") },
            ]);
        }
    }
    let columns = [
        "measure",
        "layer",
        "n",
        "score",
        "one set ±",
        "bias",
        "shuffled",
        "closed form",
        "caveats",
    ];
    TableFigure {
        id: format!("{KIND}-numbers"),
        title: "Scores, bias and chance by number of stimuli".to_owned(),
        caption: format!(
            "{}. *One set ±* is the standard deviation of a single set of n stimuli.",
            made(study, run, sweeps)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}
