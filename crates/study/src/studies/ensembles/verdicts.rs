//! What is said of a sweep.

use super::findings::{
    AGREE, NEAR, agreement, decoupling, dip, interpolated_up_to, monotone, threshold, value,
};
use super::{ERROR, INPUTS, INTERPOLATING, Place, Points, RATIO, STUDENT, Sweep, WEIGHTS};
use crate::studies::words;
use crate::{PointRow, Tone, Verdict};

pub(super) fn all(sweep: &Sweep, points: &Points<'_>) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    verdicts.extend(grows(sweep, points));
    for student in points.values(STUDENT) {
        for inputs in points.values(INPUTS) {
            verdicts.extend(dips(sweep, points, (student, inputs)));
        }
    }
    verdicts.extend(decoupled(sweep, points));
    verdicts.extend(interpolation(sweep, points));
    let expected = sweep.expected.iter().map(String::as_str);
    verdicts.extend(expected.filter_map(|quantity| theory(points, quantity)));
    verdicts
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
fn grows(sweep: &Sweep, points: &Points<'_>) -> Option<Verdict> {
    let found = monotone(points, &sweep.alignments())?;
    let text = format!(
        "Alignment grows with the signal-to-noise ratio: it is higher at the higher ratio in {} of {} steps between neighbouring ratios ({}), over all numbers of samples, students, inputs and ways to measure it; the smallest step is {}, and {} fall by more than the intervals.",
        found.rises,
        found.steps,
        points.values(RATIO).join(", "),
        words::number(found.smallest),
        found.falls
    );
    let tone = if found.holds() { Tone::Holds } else { tone(found.rises, found.steps + 1) };
    Some(Verdict { tone, text })
}

/// Whether alignment has its minimum near the interpolation threshold, for one kind of student and of inputs.
fn dips(sweep: &Sweep, points: &Points<'_>, (student, inputs): (&str, &str)) -> Option<Verdict> {
    let ratios = points.values(RATIO);
    let curves: Vec<(Place<'_>, Vec<&PointRow>)> = sweep
        .alignments()
        .iter()
        .flat_map(|q| ratios.iter().map(move |ratio| (q, Place { inputs, student, ratio })))
        .map(|(quantity, place)| (place, points.curve(quantity, &place)))
        .filter(|(_, curve)| !curve.is_empty())
        .collect();
    let found = |(place, curve): &(Place<'_>, Vec<_>)| dip(curve, threshold(sweep, points, place));
    let dips: Vec<_> = curves.iter().filter_map(found).collect();
    let deepest = dips.iter().min_by(|a, b| value(a.lowest).total_cmp(&value(b.lowest)));
    let where_deepest = deepest.map_or_else(String::new, |dip| {
        let value = dip.lowest.estimate().map_or_else(String::new, words::estimate);
        let [first, last] = dip.between;
        let range = if first < last {
            format!(" (as low, within the intervals, from {first} to {last})")
        } else {
            String::new()
        };
        format!(
            "; the deepest is {value} at {} samples{range}, {}, SNR {}",
            dip.lowest.at,
            dip.lowest.quantity,
            dip.lowest.series.get(RATIO).map_or("", String::as_str)
        )
    });
    let interpolates = sweep.interpolating.iter().any(|name| name == student);
    let (tone, what) = if interpolates {
        (tone(dips.len(), curves.len()), "Students that interpolate align least near the threshold")
    } else {
        (Tone::Note, "Regularised students, for comparison")
    };
    let earlier = if points.have(INTERPOLATING) {
        ", or of the number of samples up to which half of them fit"
    } else {
        ""
    };
    let text = format!(
        "{what} ({}, {:.0} samples): alignment of `{student}` with {inputs} inputs has a minimum within a factor of {NEAR} of it{earlier}, below both sides by more than the intervals, in {} of {}{where_deepest}.",
        sweep.threshold_is,
        sweep.threshold,
        dips.len(),
        words::count(curves.len(), "curve")
    );
    (!curves.is_empty()).then_some(Verdict { tone, text })
}

/// Whether higher alignment may go with higher error.
fn decoupled(sweep: &Sweep, points: &Points<'_>) -> Option<Verdict> {
    let found = decoupling(points, sweep.alignment)?;
    let example = found.clearest.as_ref().map_or_else(String::new, |(place, [a, b])| {
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
    let tone = if found.against > 0 { Tone::Holds } else { Tone::Fails };
    let text = format!(
        "Higher alignment need not mean lower error: of {} of one curve that differ clearly in both, {} have the higher alignment with the higher error{example}.",
        words::count(found.clear, "pair"),
        found.against
    );
    Some(Verdict { tone, text })
}

/// How many students failed to fit what they should be able to fit.
fn interpolation(sweep: &Sweep, points: &Points<'_>) -> Option<Verdict> {
    let below = |p: &&PointRow| p.at < sweep.threshold;
    let places = points.places();
    let curves = places.iter().map(|place| points.curve(INTERPOLATING, place));
    let counted: Vec<&PointRow> = curves.flatten().filter(below).collect();
    if counted.is_empty() {
        return None;
    }
    let students = |p: &PointRow| p.n_draws * sweep.members;
    let failed = |p: &&PointRow| ((1.0 - value(p)) * students(p) as f64).round() as usize;
    let all: usize = counted.iter().map(|p| students(p)).sum();
    let text = format!(
        "By counting, students can fit their targets below {:.0} samples ({}). There, {} of {all} do not get to the tolerance of their training; {}. A threshold that is not reached sharply smooths the minimum.",
        sweep.threshold,
        sweep.threshold_is,
        counted.iter().map(failed).sum::<usize>(),
        places
            .iter()
            .map(|place| match interpolated_up_to(points, place) {
                Some(at) =>
                    format!("at SNR {} half of them or more do up to {at} samples", place.ratio),
                None => format!("at SNR {} fewer than half of them ever do", place.ratio),
            })
            .collect::<Vec<_>>()
            .join(", ")
    );
    Some(Verdict { tone: Tone::Note, text })
}

/// Whether what was measured is what theory expects.
fn theory(points: &Points<'_>, quantity: &str) -> Option<Verdict> {
    let found = agreement(points, quantity)?;
    let tone = if found.share() >= AGREE {
        Tone::Holds
    } else if found.share() >= 0.5 {
        Tone::Mixed
    } else {
        Tone::Fails
    };
    let caveat = if quantity == WEIGHTS || quantity == ERROR {
        ""
    } else {
        " Theory is of a ratio of means, a measure's score a mean of ratios: they part where single draws vary most, at the threshold."
    };
    let (worst, residual) = found.worst;
    let of = |parameter: &str| worst.series.get(parameter).map_or("", String::as_str);
    let text = format!(
        "Theory and measurement, {quantity}: the curve is inside the 95 % interval at {} of {}; the mean distance is {}, the largest {} at {} samples (SNR {}, `{}`, {} inputs).{caveat}",
        found.inside,
        words::count(found.points, "point"),
        words::number(found.mean),
        words::number(residual),
        worst.at,
        of(RATIO),
        of(STUDENT),
        of(INPUTS),
    );
    Some(Verdict { tone, text })
}
