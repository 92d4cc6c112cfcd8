//! What is said of a sweep.

use super::findings::{
    AGREE, NEAR, agreement, decoupling, dip, interpolated_up_to, monotone, threshold,
};
use super::{
    ERROR, INPUTS, INTERPOLATING, OUTPUTS, Place, Points, RATIO, STUDENT, Sweep, Valued, WEIGHTS,
};
use crate::studies::words;
use crate::{Tone, Verdict};

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
        "Alignment grows with the signal-to-noise ratio: it is higher at the higher ratio in {} of {} steps between neighbouring ratios ({}), over all numbers of samples, students, inputs and ways to measure it; the smallest step is {}, and {} fall by more than the intervals{}.",
        found.rises,
        found.steps,
        points.values(RATIO).join(", "),
        words::number(found.smallest),
        found.falls,
        points.missing(&sweep.alignments())
    );
    let tone = if found.holds() { Tone::Holds } else { tone(found.rises, found.steps + 1) };
    Some(Verdict { tone, text })
}

/// Whether alignment has its minimum near the interpolation threshold, for one kind of student and of inputs.
fn dips(sweep: &Sweep, points: &Points<'_>, (student, inputs): (&str, &str)) -> Option<Verdict> {
    let ratios = points.values(RATIO);
    let curves: Vec<(Place<'_>, Vec<Valued<'_>>)> = sweep
        .alignments()
        .iter()
        .flat_map(|q| ratios.iter().map(move |ratio| (q, Place { inputs, student, ratio })))
        .map(|(quantity, place)| (place, points.curve(quantity, &place)))
        .filter(|(_, curve)| !curve.is_empty())
        .collect();
    let found =
        |(place, curve): &(Place<'_>, Vec<_>)| dip(curve, threshold(sweep, points, place)).ok();
    let dips: Vec<_> = curves.iter().filter_map(found).collect();
    let deepest = dips.iter().min_by(|a, b| a.lowest.value().total_cmp(&b.lowest.value()));
    let where_deepest = deepest.map_or_else(String::new, |dip| {
        let value = words::estimate(dip.lowest.estimate);
        let [first, last] = dip.between;
        let range = if first < last {
            format!(" (as low, within the intervals, from {first} to {last})")
        } else {
            String::new()
        };
        format!(
            "; the deepest is {value} at {} samples{range}, {}, SNR {}",
            dip.lowest.at(),
            dip.lowest.row.quantity,
            dip.lowest.row.series.get(RATIO).map_or("", String::as_str)
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
        "{what} ({}, {:.0} samples): alignment of `{student}` with {inputs} inputs has a minimum within a factor of {NEAR} of it{earlier}, below both sides by more than the intervals, in {} of {}{where_deepest}{}.",
        sweep.threshold_is,
        sweep.threshold,
        dips.len(),
        words::count(curves.len(), "curve"),
        points.of_students(student, inputs).missing(&sweep.alignments())
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
            a.0.at(),
            words::number(a.0.value()),
            words::number(a.1.value()),
            b.0.at(),
            words::number(b.0.value()),
            words::number(b.1.value())
        )
    });
    let tone = if found.against > 0 { Tone::Holds } else { Tone::Fails };
    let text = format!(
        "Higher alignment need not mean lower error: of {} of one curve that differ clearly in both, {} have the higher alignment with the higher error{example}{}.",
        words::count(found.clear, "pair"),
        found.against,
        points.missing(&[sweep.alignment, ERROR])
    );
    Some(Verdict { tone, text })
}

/// How many students failed to fit what they should be able to fit.
fn interpolation(sweep: &Sweep, points: &Points<'_>) -> Option<Verdict> {
    let below = |p: &Valued<'_>| p.at() < sweep.threshold;
    let mut places = points.places();
    places.retain(|place| sweep.interpolating.iter().any(|name| name == place.student));
    let curves = places.iter().map(|place| points.curve(INTERPOLATING, place));
    let counted: Vec<Valued<'_>> = curves.flatten().filter(below).collect();
    if counted.is_empty() {
        return None;
    }
    let students = |p: &Valued<'_>| p.row.n_draws * sweep.members;
    let failed = |p: &Valued<'_>| ((1.0 - p.value()) * students(p) as f64).round() as usize;
    let all: usize = counted.iter().map(students).sum();
    let several = points.values(INPUTS).len() > 1;
    let up_to = places.iter().map(|place| {
        let inputs = if several { format!(" with {} inputs", place.inputs) } else { String::new() };
        match interpolated_up_to(points, place) {
            Some(at) => {
                format!("at SNR {}{inputs} half of them or more do up to {at} samples", place.ratio)
            }
            None => format!("at SNR {}{inputs} fewer than half of them ever do", place.ratio),
        }
    });
    let up_to: Vec<String> = up_to.collect();
    let text = format!(
        "By counting, students can fit their targets below {:.0} samples ({}). There, {} of {all} do not {}; {}{}. A threshold that is not reached sharply smooths the minimum.",
        sweep.threshold,
        sweep.threshold_is,
        counted.iter().map(failed).sum::<usize>(),
        sweep.fits_is,
        up_to.join(", "),
        points.missing(&[INTERPOLATING])
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
    let caveat = if [WEIGHTS, OUTPUTS, ERROR].contains(&quantity) {
        ""
    } else {
        " Theory is of a ratio of means, a measure's score a mean of ratios: they part where single draws vary most, at the threshold."
    };
    let (worst, residual) = found.worst;
    let of = |parameter: &str| worst.row.series.get(parameter).map_or("", String::as_str);
    let text = format!(
        "Theory and measurement, {quantity}: the curve is inside the 95 % interval at {} of {}; the mean distance is {}, the largest {} at {} samples (SNR {}, `{}`, {} inputs){}.{caveat}",
        found.inside,
        words::count(found.points, "point"),
        words::number(found.mean),
        words::number(residual),
        worst.at(),
        of(RATIO),
        of(STUDENT),
        of(INPUTS),
        points.missing(&[quantity]),
    );
    Some(Verdict { tone, text })
}
