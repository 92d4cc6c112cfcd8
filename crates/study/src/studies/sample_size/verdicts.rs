//! What `sample-size` says.

use consilience_inference::{Estimate, Null};

use super::{BIAS, SCORE, SampleSize};
use crate::studies::points::Sweep;
use crate::studies::words;
use crate::{PointRow, Run, Tone, Verdict};

pub(super) fn all(study: &SampleSize, sweeps: &[Sweep<'_>], run: &Run) -> Vec<Verdict> {
    let of = |measure: &str| sweeps.iter().filter(|s| s.measure == measure).collect::<Vec<_>>();
    let measures = || run.spec.measures.iter().filter(|m| !of(m).is_empty());
    let mut verdicts: Vec<Verdict> = Vec::new();
    verdicts.extend(measures().filter_map(|m| settling(study, m, &of(m))));
    verdicts.extend(measures().filter_map(|m| biased(study, m, &of(m))));
    verdicts.extend(study.debiased.iter().filter_map(|(a, b)| debiased(a, b, &of(a), &of(b))));
    verdicts.extend(measures().filter_map(|m| chance(m, &of(m))));
    verdicts
}

fn value(point: &PointRow) -> f64 {
    point.estimate().map_or(f64::NAN, |e| e.value)
}

/// The end of an interval that is farther from 0, with its distance.
fn farthest(e: &Estimate) -> f64 {
    let [low, high] = e.interval.unwrap_or([e.value; 2]);
    low.abs().max(high.abs())
}

/// The smallest number of stimuli from which on the whole interval of the bias is within the tolerance.
pub(super) fn settled_at(sweep: &Sweep<'_>, tolerance: f64) -> Option<f64> {
    let biases = sweep.rows(BIAS);
    let within = |p: &&&PointRow| p.estimate().is_some_and(|e| farthest(e) <= tolerance);
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
                let way = if value(before) < 0.0 { "still rising" } else { "still falling" };
                moving.push(format!(
                    "{} {way} ({} from n = {} to {most})",
                    sweep.place(),
                    signed(-value(before)),
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

/// How large the bias is at the fewest stimuli.
fn biased(study: &SampleSize, measure: &str, sweeps: &[&Sweep<'_>]) -> Option<Verdict> {
    let (sweep, point) = sweeps
        .iter()
        .filter_map(|s| Some((s, *s.rows(BIAS).first()?)))
        .max_by(|a, b| value(a.1).abs().total_cmp(&value(b.1).abs()))?;
    let estimate = point.estimate()?;
    let size = if farthest(estimate) <= study.tolerance {
        format!("no larger than {}", study.tolerance)
    } else {
        let [low, high] = estimate.interval.unwrap_or([estimate.value; 2]);
        let least = if low > 0.0 { low } else { -high };
        if least > study.tolerance {
            format!("larger than {}", study.tolerance)
        } else {
            format!("not clearly larger than {}", study.tolerance)
        }
    };
    let text = format!(
        "Bias of `{measure}` at n = {}: {size}; largest in {}, {}.",
        point.at,
        sweep.place(),
        words::estimate(estimate)
    );
    Some(Verdict { tone: Tone::Note, text })
}

/// Whether the debiased measure moves less with the number of stimuli, place by place at the fewest stimuli.
fn debiased(
    plain: &str,
    debiased: &str,
    plain_sweeps: &[&Sweep<'_>],
    debiased_sweeps: &[&Sweep<'_>],
) -> Option<Verdict> {
    let first = |s: &Sweep<'_>| s.rows(BIAS).first().map(|p| value(p));
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

/// How much of a score chance alone would give at the fewest and at most stimuli.
fn chance(measure: &str, sweeps: &[&Sweep<'_>]) -> Option<Verdict> {
    let null = words::telling_null(measure);
    let drawn = |null: Null| sweeps.iter().any(|s| !s.rows(&null.to_string()).is_empty());
    let null = if drawn(null) { null } else { Null::Shuffle };
    let (sweep, (few, many)) = sweeps
        .iter()
        .filter_map(|s| {
            let rows = s.rows(&null.to_string());
            Some((s, (*rows.first()?, *rows.last()?)))
        })
        .max_by(|a, b| value(a.1.0).abs().total_cmp(&value(b.1.0).abs()))?;
    let closed: Vec<(&PointRow, f64)> = sweeps
        .iter()
        .flat_map(|s| s.rows(&null.to_string()))
        .filter_map(|p| Some((p, p.expected()?)))
        .collect();
    let inside = |(point, expected): &&(&PointRow, f64)| {
        let interval = point.estimate().and_then(|e| e.interval);
        interval.is_some_and(|[low, high]| low <= *expected && *expected <= high)
    };
    let agreement = if closed.is_empty() {
        String::new()
    } else {
        format!(
            "; the closed form is inside the 95 % interval of the draws at {} of {}",
            closed.iter().filter(inside).count(),
            words::count(closed.len(), "point")
        )
    };
    let score = sweep.at(SCORE, few.at).map_or(f64::NAN, value);
    let text = format!(
        "Chance of `{measure}` ({null}) is highest in {}: {} at n = {} (score {}), {} at n = {}{agreement}.",
        sweep.place(),
        few.estimate().map_or_else(String::new, words::estimate),
        few.at,
        words::number(score),
        many.estimate().map_or_else(String::new, words::estimate),
        many.at
    );
    Some(Verdict { tone: Tone::Note, text })
}
