//! What `noise` says.

use super::{CLEAN, CORRECTED, Noise, RAW};
use crate::studies::points::{self, Known, Sweep};
use crate::studies::words;
use crate::{Run, Tone, Verdict};

/// Share of the intervals that have to hold the curve of theory for the two to agree: 95 % less what few draws cost.
const AGREE: f64 = 0.85;

pub(super) fn all(study: &Noise, sweeps: &[Sweep<'_>], run: &Run) -> Vec<Verdict> {
    let measures = points::by_measure(sweeps, run);
    let mut verdicts: Vec<Verdict> =
        measures.iter().filter_map(|(m, sweeps)| recovered(study, m, sweeps)).collect();
    verdicts.extend(measures.iter().filter_map(|(m, sweeps)| theory(study, m, sweeps)));
    verdicts.extend(attenuated(study, &measures));
    let without = |(_, sweeps): &&(&str, Vec<&Sweep<'_>>)| {
        sweeps.iter().all(|s| s.rows(CORRECTED).is_empty())
    };
    let without: Vec<&str> = measures.iter().filter(without).map(|(m, _)| *m).collect();
    if !without.is_empty() {
        let text = format!(
            "There is no corrected score of {}: such a score is no correlation or cosine that noise divides, or its reliability is nothing to divide by.",
            words::list(&without)
        );
        verdicts.push(Verdict { tone: Tone::Note, text });
    }
    verdicts
}

fn tone(kept: usize, of: usize) -> Tone {
    if kept as f64 >= AGREE * of as f64 {
        Tone::Holds
    } else if 2 * kept >= of {
        Tone::Mixed
    } else {
        Tone::Fails
    }
}

/// Whether the correction gives back the score without noise.
fn recovered(study: &Noise, measure: &str, sweeps: &[&Sweep<'_>]) -> Option<Verdict> {
    let mut points: Vec<(&Sweep<'_>, Known<'_>, f64)> = Vec::new();
    for sweep in sweeps {
        let known = sweep.rows(CORRECTED).into_iter();
        points.extend(known.filter_map(|p| Some((*sweep, p, p.expected()?))));
    }
    let recovers = |p: &&(&Sweep<'_>, Known<'_>, f64)| p.1.outside(p.2) <= study.tolerance;
    let kept = points.iter().filter(recovers).count();
    let (sweep, point, clean) = points
        .iter()
        .max_by(|a, b| (a.1.value() - a.2).abs().total_cmp(&(b.1.value() - b.2).abs()))?;
    let raw =
        sweep.at(RAW, point.at).map_or_else(|| "–".to_owned(), |raw| words::number(raw.value()));
    // The lowest ratio from which on every place recovers.
    let mut ratios: Vec<f64> = points.iter().map(|p| p.1.at).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.dedup();
    let all_at = |ratio: &&f64| points.iter().filter(|p| p.1.at == **ratio).all(|p| recovers(&p));
    let from = ratios.iter().rev().take_while(all_at).last();
    let from = from
        .map_or_else(String::new, |ratio| format!("; everywhere from signal-to-noise {ratio} on"));
    let text = format!(
        "Corrected for attenuation, `{measure}` is what it is without noise, within its interval over draws and {}, at {kept} of {}{from}; farthest in {} at signal-to-noise {}: {} where it is {} without noise and {} raw.",
        study.tolerance,
        words::count(points.len(), "point"),
        sweep.place(),
        point.at,
        words::estimate(point.estimate),
        words::number(*clean),
        raw
    );
    Some(Verdict { tone: tone(kept, points.len()), text })
}

/// From which ratio on noise does not matter to the raw score, measure by measure, and what is left at the lowest.
fn attenuated(study: &Noise, measures: &[(&str, Vec<&Sweep<'_>>)]) -> Option<Verdict> {
    let of_place = |sweep: &Sweep<'_>| {
        let clean = sweep.at(CLEAN, 0.0)?.value();
        let rows = sweep.rows(RAW);
        let near = |p: &&Known<'_>| (p.value() - clean).abs() <= study.tolerance;
        let from = match rows.iter().rev().take_while(near).last() {
            Some(p) => format!("from {} on", p.at),
            None => format!("not at {}", rows.last()?.at),
        };
        let lowest = rows.first()?;
        Some(format!(
            "{} {from} ({} without noise, {} at {})",
            sweep.place(),
            words::number(clean),
            words::number(lowest.value()),
            lowest.at
        ))
    };
    let of_measure = |(measure, sweeps): &(&str, Vec<&Sweep<'_>>)| {
        let places: Vec<String> = sweeps.iter().filter_map(|s| of_place(s)).collect();
        (!places.is_empty()).then(|| format!("`{measure}` in {}", places.join(", ")))
    };
    let said: Vec<String> = measures.iter().filter_map(of_measure).collect();
    let text = format!(
        "Signal-to-noise ratios at which raw scores are within {} of what they are without noise: {}.",
        study.tolerance,
        said.join("; ")
    );
    (!said.is_empty()).then_some(Verdict { tone: Tone::Note, text })
}

/// Whether the raw score is what theory expects.
fn theory(study: &Noise, measure: &str, sweeps: &[&Sweep<'_>]) -> Option<Verdict> {
    let mut points: Vec<(&Sweep<'_>, Known<'_>, f64)> = Vec::new();
    for sweep in sweeps {
        let known = sweep.rows(RAW).into_iter();
        points.extend(known.filter_map(|p| Some((*sweep, p, p.expected()?))));
    }
    let agree = points.iter().filter(|p| p.1.outside(p.2) <= study.tolerance).count();
    let (sweep, point, expected) = points
        .iter()
        .max_by(|a, b| (a.1.value() - a.2).abs().total_cmp(&(b.1.value() - b.2).abs()))?;
    let text = format!(
        "Theory and measurement, `{measure}`: the expected curve is within {} of the interval at {agree} of {}; farthest in {} at signal-to-noise {}: measured {}, expected {}.",
        study.tolerance,
        words::count(points.len(), "point"),
        sweep.place(),
        point.at,
        words::estimate(point.estimate),
        words::number(*expected)
    );
    Some(Verdict { tone: tone(agree, points.len()), text })
}
