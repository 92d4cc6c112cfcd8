//! What `sample-size` says.

use consilience_inference::{Estimate, Null};

use super::{BIAS, SCORE, SampleSize};
use crate::studies::points::{self, Known, Sweep};
use crate::studies::words;
use crate::{Run, Tone, Verdict};

pub(super) fn all(study: &SampleSize, sweeps: &[Sweep<'_>], run: &Run) -> Vec<Verdict> {
    let of = |measure: &str| sweeps.iter().filter(|s| s.measure == measure).collect::<Vec<_>>();
    let measures = points::by_measure(sweeps, run);
    let mut verdicts: Vec<Verdict> =
        measures.iter().filter_map(|(m, sweeps)| settling(study, m, sweeps)).collect();
    verdicts.extend(study.debiased.iter().filter_map(|(a, b)| debiased(a, b, &of(a), &of(b))));
    verdicts.extend(biased(study, &measures));
    verdicts.extend(chance(&measures));
    verdicts
}

/// The end of an interval that is farther from 0, with its distance.
fn farthest(e: &Estimate) -> f64 {
    let [low, high] = e.interval.unwrap_or([e.value; 2]);
    low.abs().max(high.abs())
}

/// The smallest number of stimuli from which on the whole interval of the bias is within the tolerance.
pub(super) fn settled_at(sweep: &Sweep<'_>, tolerance: f64) -> Option<f64> {
    let biases = sweep.rows(BIAS);
    let within = |p: &&Known<'_>| farthest(p.estimate) <= tolerance;
    biases.iter().rev().take_while(within).last().map(|p| p.at)
}

/// Where a score settles, or which way it still goes.
fn settling(study: &SampleSize, measure: &str, sweeps: &[&Sweep<'_>]) -> Option<Verdict> {
    let most = sweeps.iter().flat_map(|s| s.rows(SCORE)).map(|p| p.at).fold(0.0, f64::max);
    let (mut settled, mut moving) = (Vec::new(), Vec::new());
    for sweep in sweeps {
        match settled_at(sweep, study.tolerance) {
            Some(n) if n < most => settled.push(format!("{} by n = {n}", sweep.place())),
            _ => {
                let biases = sweep.rows(BIAS);
                let before = biases.iter().rev().nth(1)?;
                // A set below its value at the end rises on the way to it.
                let way = if before.value() < 0.0 { "still rising" } else { "still falling" };
                moving.push(format!(
                    "{} {way} ({} from n = {} to {most})",
                    sweep.place(),
                    signed(-before.value()),
                    before.at
                ));
            }
        }
    }
    let tone = if moving.is_empty() {
        Tone::Holds
    } else if settled.is_empty() {
        Tone::Fails
    } else {
        Tone::Mixed
    };
    let said = [("settled", &settled), ("not settled", &moving)];
    let said: Vec<String> = said
        .into_iter()
        .filter(|(_, places)| !places.is_empty())
        .map(|(how, places)| format!("{how}: {}", places.join(", ")))
        .collect();
    let text = format!(
        "`{measure}` within {} of its value at {most} stimuli, interval included, {}.",
        study.tolerance,
        said.join("; ")
    );
    (!sweeps.is_empty() && most > 0.0).then_some(Verdict { tone, text })
}

/// `+0.031` or `−0.031`.
fn signed(value: f64) -> String {
    let text = words::number(value);
    if value >= 0.0 { format!("+{text}") } else { text }
}

/// How large the bias of each measure is at the fewest stimuli, in the place where it is largest.
fn biased(study: &SampleSize, measures: &[(&str, Vec<&Sweep<'_>>)]) -> Option<Verdict> {
    let mut said: [Vec<String>; 3] = Default::default();
    let mut fewest: Option<f64> = None;
    for (measure, sweeps) in measures {
        let first = sweeps.iter().filter_map(|s| Some((s, *s.rows(BIAS).first()?)));
        let largest = first.max_by(|a, b| a.1.value().abs().total_cmp(&b.1.value().abs()));
        let Some((sweep, point)) = largest else { continue };
        let estimate = point.estimate;
        let [low, high] = estimate.interval.unwrap_or([estimate.value; 2]);
        let size = if low.max(-high) > study.tolerance {
            0
        } else if farthest(estimate) > study.tolerance {
            1
        } else {
            2
        };
        said[size].push(format!("`{measure}` {} ({})", words::estimate(estimate), sweep.place()));
        fewest = Some(point.at);
    }
    let sizes = ["larger than", "not clearly larger than", "no larger than"];
    let said = sizes.iter().zip(said).filter(|(_, measures)| !measures.is_empty());
    let said: Vec<String> = said
        .map(|(size, measures)| format!("{size} {}: {}", study.tolerance, measures.join(", ")))
        .collect();
    let text =
        format!("Bias at n = {}, where it is largest of all places: {}.", fewest?, said.join("; "));
    Some(Verdict { tone: Tone::Note, text })
}

/// Whether the debiased measure moves less with the number of stimuli, place by place at the fewest stimuli.
fn debiased(
    plain: &str,
    debiased: &str,
    plain_sweeps: &[&Sweep<'_>],
    debiased_sweeps: &[&Sweep<'_>],
) -> Option<Verdict> {
    let first = |s: &Sweep<'_>| s.rows(BIAS).first().map(|p| p.value());
    let pairs: Vec<(f64, f64)> = plain_sweeps
        .iter()
        .filter_map(|a| {
            let b = debiased_sweeps.iter().find(|b| b.place() == a.place())?;
            Some((first(a)?, first(b)?))
        })
        .collect();
    let n = plain_sweeps.first()?.rows(BIAS).first()?.at;
    let less = pairs.iter().filter(|(a, b)| b.abs() < a.abs()).count();
    let largest = |of: fn(&(f64, f64)) -> f64| {
        pairs.iter().map(of).max_by(|a, b| a.abs().total_cmp(&b.abs())).map(signed)
    };
    let tone = if less == pairs.len() {
        Tone::Holds
    } else if less == 0 {
        Tone::Fails
    } else {
        Tone::Mixed
    };
    let text = format!(
        "`{debiased}` takes the bias of `{plain}` away: at n = {n} it is nearer to its own value at all stimuli in {less} of {} (largest bias {} against {}).",
        words::count(pairs.len(), "place"),
        largest(|p| p.1)?,
        largest(|p| p.0)?
    );
    Some(Verdict { tone, text })
}

/// How much of a score chance alone would give at the fewest and at most stimuli, measure by measure.
fn chance(measures: &[(&str, Vec<&Sweep<'_>>)]) -> Option<Verdict> {
    let mut said: Vec<String> = Vec::new();
    let (mut closed, mut inside) = (0, 0);
    for (measure, sweeps) in measures {
        let telling = words::telling_null(measure);
        let drawn = |null: Null| sweeps.iter().any(|s| !s.rows(&null.to_string()).is_empty());
        let null = if drawn(telling) { telling } else { Null::Shuffle };
        let ends = sweeps.iter().filter_map(|s| {
            let rows = s.rows(&null.to_string());
            Some((s, (*rows.first()?, *rows.last()?)))
        });
        let highest = ends.max_by(|a, b| a.1.0.value().abs().total_cmp(&b.1.0.value().abs()));
        let Some((sweep, (few, many))) = highest else { continue };
        said.push(format!(
            "`{measure}` {} at n = {} (score {}), {} at n = {} ({null}, {})",
            words::number(few.value()),
            few.at,
            sweep.at(SCORE, few.at).map_or_else(|| "–".to_owned(), |p| words::number(p.value())),
            words::number(many.value()),
            many.at,
            sweep.place()
        ));
        for point in sweeps.iter().flat_map(|s| s.rows(&Null::Shuffle.to_string())) {
            let Some(expected) = point.expected() else { continue };
            closed += 1;
            let interval = point.estimate.interval;
            inside += usize::from(interval.is_some_and(|[a, b]| a <= expected && expected <= b));
        }
    }
    let agreement = if closed == 0 {
        String::new()
    } else {
        format!(
            " Closed forms are inside the 95 % interval of the draws at {inside} of {}.",
            words::count(closed, "point")
        )
    };
    let text =
        format!("Chance, where it is highest of all places: {}.{agreement}", said.join("; "));
    (!said.is_empty()).then_some(Verdict { tone: Tone::Note, text })
}
