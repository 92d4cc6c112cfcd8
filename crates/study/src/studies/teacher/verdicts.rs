//! What `teacher` says.

use consilience_teacher::Student;

use super::sections::{Place, Points, residual};
use super::{ERROR, INPUTS, RATIO, STUDENT, Teacher, WEIGHTS};
use crate::studies::words;
use crate::{PointRow, Run, Tone, Verdict};

/// Distance from the threshold, as a factor of the number of samples, within which a minimum counts as near to it.
const NEAR: f64 = 1.35;

/// Share of the steps that have to rise, if none falls by more than the intervals: small steps are lost in the draws.
const MOST: f64 = 0.95;

/// Share of the intervals over draws from which theory and measurement are said to agree: 95 % less what few draws cost.
const AGREE: f64 = 0.85;

pub(super) fn all(study: &Teacher, points: &Points<'_>, run: &Run) -> Vec<Verdict> {
    let mut quantities = vec![WEIGHTS.to_owned()];
    quantities.extend(run.spec.measures.iter().cloned());
    let mut verdicts = Vec::new();
    verdicts.extend(monotone(points, &quantities));
    verdicts.extend(dip(study, points, &quantities));
    verdicts.extend(decoupled(points));
    verdicts.extend(theory(points, &quantities));
    verdicts
}

fn value(point: &PointRow) -> f64 {
    point.estimate().map_or(f64::NAN, |e| e.value)
}

/// Lower and upper end; the value itself without an interval.
fn ends(point: &PointRow) -> [f64; 2] {
    point.estimate().map_or([f64::NAN; 2], |e| e.interval.unwrap_or([e.value; 2]))
}

fn tone(kept: usize, of: usize) -> Tone {
    if kept == of {
        Tone::Holds
    } else if 2 * kept > of {
        Tone::Mixed
    } else {
        Tone::Fails
    }
}

/// Whether alignment rises from every signal-to-noise ratio to the next.
fn monotone(points: &Points<'_>, quantities: &[String]) -> Option<Verdict> {
    let ratios = points.values(RATIO);
    let (mut rises, mut falls, mut steps, mut worst) = (0, 0, 0, f64::INFINITY);
    for quantity in quantities {
        for inputs in points.values(INPUTS) {
            for student in points.values(STUDENT) {
                let curve = |ratio| points.curve(quantity, &Place { inputs, student, ratio });
                for pair in ratios.windows(2) {
                    for (low, high) in curve(pair[0]).into_iter().zip(curve(pair[1])) {
                        let rise = value(high) - value(low);
                        steps += 1;
                        rises += usize::from(rise > 0.0);
                        falls += usize::from(ends(high)[1] < ends(low)[0]);
                        worst = worst.min(rise);
                    }
                }
            }
        }
    }
    let text = format!(
        "Alignment grows with the signal-to-noise ratio: it is higher at the higher ratio in {rises} of {steps} steps between neighbouring ratios ({}), over all numbers of samples, students, inputs and ways to measure it; the smallest step is {}, and {falls} fall by more than the intervals.",
        ratios.join(", "),
        words::number(worst)
    );
    let tone = if falls == 0 && rises as f64 >= MOST * steps as f64 {
        Tone::Holds
    } else {
        tone(rises, steps + 1)
    };
    (steps > 0).then_some(Verdict { tone, text })
}

/// The lowest point of a curve near the threshold, if its interval is below that of a point on either side.
pub(super) fn dip_of<'a>(curve: &[&'a PointRow], threshold: f64) -> Option<&'a PointRow> {
    let near = |p: &&&PointRow| (p.at / threshold).ln().abs() <= NEAR.ln();
    let lowest = *curve.iter().filter(near).min_by(|a, b| value(a).total_cmp(&value(b)))?;
    let above = |p: &&&PointRow| ends(p)[0] > ends(lowest)[1];
    let left = curve.iter().filter(|p| p.at < lowest.at).any(|p| above(&p));
    let right = curve.iter().filter(|p| p.at > lowest.at).any(|p| above(&p));
    (left && right).then_some(lowest)
}

/// Whether alignment has its minimum near the interpolation threshold, for each kind of student and of inputs.
fn dip(study: &Teacher, points: &Points<'_>, quantities: &[String]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for student in points.values(STUDENT) {
        for inputs in points.values(INPUTS) {
            verdicts.extend(dips(study, points, quantities, (student, inputs)));
        }
    }
    verdicts
}

fn dips(
    study: &Teacher,
    points: &Points<'_>,
    quantities: &[String],
    (student, inputs): (&str, &str),
) -> Option<Verdict> {
    let ratios = points.values(RATIO);
    let curves: Vec<Vec<&PointRow>> = quantities
        .iter()
        .flat_map(|q| ratios.iter().map(move |ratio| (q, Place { inputs, student, ratio })))
        .map(|(quantity, place)| points.curve(quantity, &place))
        .filter(|curve| !curve.is_empty())
        .collect();
    let threshold = study.dimensions as f64;
    let dips: Vec<&PointRow> = curves.iter().filter_map(|c| dip_of(c, threshold)).collect();
    let deepest = dips.iter().min_by(|a, b| value(a).total_cmp(&value(b)));
    let where_deepest = deepest.map_or_else(String::new, |p| {
        let value = p.estimate().map_or_else(String::new, words::estimate);
        format!("; deepest at {} samples, {value}", p.at)
    });
    let interpolates = student == Student::MinimumNorm.name();
    let (tone, what) = if interpolates {
        (tone(dips.len(), curves.len()), "Students that interpolate align least near the threshold")
    } else {
        (Tone::Note, "Regularised students, for comparison")
    };
    let text = format!(
        "{what} (n = p = {}): alignment of `{student}` with {inputs} inputs has a minimum within a factor of {NEAR} of it, below both sides by more than the intervals, in {} of {}{where_deepest}.",
        study.dimensions,
        dips.len(),
        words::count(curves.len(), "curve")
    );
    (!curves.is_empty()).then_some(Verdict { tone, text })
}

/// Whether higher alignment may go with higher error: pairs of points of one curve that differ clearly in both.
fn decoupled(points: &Points<'_>) -> Option<Verdict> {
    let (mut against, mut clear) = (0, 0);
    let mut best: Option<(f64, Place<'_>, [(&PointRow, &PointRow); 2])> = None;
    for place in points.places() {
        let errors = points.curve(ERROR, &place);
        let both: Vec<(&PointRow, &PointRow)> = points
            .curve(WEIGHTS, &place)
            .into_iter()
            .filter_map(|a| Some((a, *errors.iter().find(|e| e.at == a.at)?)))
            .collect();
        for a in &both {
            for b in &both {
                // a has clearly the higher alignment, and the errors differ clearly.
                let apart = |low: &PointRow, high: &PointRow| ends(low)[1] < ends(high)[0];
                if !apart(b.0, a.0) || !(apart(a.1, b.1) || apart(b.1, a.1)) {
                    continue;
                }
                clear += 1;
                if apart(b.1, a.1) {
                    against += 1;
                    let size = (value(a.0) - value(b.0)).min(value(a.1) - value(b.1));
                    if best.as_ref().is_none_or(|(most, ..)| size > *most) {
                        best = Some((size, place, [*a, *b]));
                    }
                }
            }
        }
    }
    let example = best.map_or_else(String::new, |(_, place, [a, b])| {
        format!(
            "; the clearest: `{}` students, {} inputs, SNR {}: {} samples give alignment {} with error {}, {} samples alignment {} with error {}",
            place.student,
            place.inputs,
            place.ratio,
            a.0.at,
            words::number(value(a.0)),
            words::number(value(a.1)),
            b.0.at,
            words::number(value(b.0)),
            words::number(value(b.1))
        )
    });
    let tone = if against > 0 { Tone::Holds } else { Tone::Fails };
    let text = format!(
        "Higher alignment need not mean lower error: of {} of one curve that differ clearly in both, {against} have the higher alignment with the higher error{example}.",
        words::count(clear, "pair")
    );
    (clear > 0).then_some(Verdict { tone, text })
}

/// Whether what was measured is what theory expects.
fn theory(points: &Points<'_>, quantities: &[String]) -> Vec<Verdict> {
    let mut named: Vec<&str> = quantities.iter().map(String::as_str).collect();
    named.push(ERROR);
    let of_quantity = |quantity: &str| {
        let places = points.places();
        let known: Vec<(&PointRow, (f64, [f64; 2]))> = places
            .iter()
            .flat_map(|place| points.curve(quantity, place))
            .filter_map(|p| Some((p, residual(p)?)))
            .collect();
        let inside =
            known.iter().filter(|(_, (_, [low, high]))| *low <= 0.0 && 0.0 <= *high).count();
        let mean = known.iter().map(|(_, r)| r.0.abs()).sum::<f64>() / known.len() as f64;
        let (worst, (residual, _)) =
            known.iter().max_by(|a, b| a.1.0.abs().total_cmp(&b.1.0.abs()))?;
        let share = inside as f64 / known.len() as f64;
        let tone = if share >= AGREE {
            Tone::Holds
        } else if share >= 0.5 {
            Tone::Mixed
        } else {
            Tone::Fails
        };
        let caveat = if quantity == WEIGHTS || quantity == ERROR {
            ""
        } else {
            " Theory is of a ratio of means, a measure's score a mean of ratios: they part where single draws vary most, at the threshold."
        };
        let text = format!(
            "Theory and measurement, {quantity}: the curve is inside the 95 % interval at {inside} of {}; the mean distance is {}, the largest {} at {} samples (SNR {}, `{}`, {} inputs).{caveat}",
            words::count(known.len(), "point"),
            words::number(mean),
            words::number(*residual),
            worst.at,
            worst.series.get(RATIO).map_or("", String::as_str),
            worst.series.get(STUDENT).map_or("", String::as_str),
            worst.series.get(INPUTS).map_or("", String::as_str),
        );
        Some(Verdict { tone, text })
    };
    named.into_iter().filter_map(of_quantity).collect()
}
