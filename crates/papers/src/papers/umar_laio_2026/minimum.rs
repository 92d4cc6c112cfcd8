//! Along the number of training samples alignment has a minimum near the interpolation threshold.

use consilience_study::studies::ensembles::{
    Dip, NEAR, NoDip, Place, dip, interpolated_up_to, threshold,
};

use super::{ABSTRACT, Aligned, Case};
use crate::{Claim, Measured};

pub(super) fn near_the_threshold(case: &Case<'_>) -> Claim {
    let claim = format!(
        "Along the number of training samples alignment has a minimum near the interpolation threshold ({})",
        case.students.name()
    );
    let criterion = format!(
        "in more than half of the curves of students that interpolate (measures × ratios × inputs) the lowest point within a factor of {NEAR} of the threshold is below both sides by more than the intervals, and nothing between is lower; the threshold is at {}, or earlier where fewer than half of the students get there",
        case.sweep.threshold_is
    );
    let curves = case.interpolating();
    if curves.is_empty() {
        let missing = "curves of students that interpolate";
        return Claim::untested(&claim, ABSTRACT, "no such curve".to_owned(), missing);
    }
    let (mut found, mut without) = (Vec::new(), Vec::new());
    for aligned in &curves {
        match of_curve(case, aligned) {
            Ok(dip) => found.push(dip),
            Err(why) => without.push(why),
        }
    }
    let mut by_measure = Vec::new();
    for quantity in case.sweep.alignments() {
        let of = curves.iter().filter(|aligned| aligned.quantity == quantity).count();
        let dips = found.iter().filter(|dip| dip.lowest.row.quantity == quantity).count();
        by_measure.push(format!("{quantity} {dips} of {of}"));
    }
    let first = found.iter().map(|dip| dip.between[0]).fold(f64::INFINITY, f64::min);
    let last = found.iter().map(|dip| dip.between[1]).fold(0.0, f64::max);
    let place = if found.is_empty() {
        String::new()
    } else {
        format!(", with their intervals from {first} to {last} samples")
    };
    let here = format!(
        "in {} of {} curves ({}){place}; by counting the threshold is at {:.0} samples{}{}",
        found.len(),
        curves.len(),
        by_measure.join(", "),
        case.sweep.threshold,
        stops_early(case),
        case.points.missing(&case.sweep.alignments())
    );
    let holds = 2 * found.len() > curves.len();
    let claim = Claim::tested(&claim, ABSTRACT, here, &criterion, holds)
        .from_values(extremes(case, &curves));
    if holds { claim } else { claim.because(&reason(&without)) }
}

/// What keeps curves from having a minimum, by how many of them.
fn reason(without: &[NoDip]) -> String {
    let count = |is: &dyn Fn(&NoDip) -> bool| without.iter().filter(|why| is(why)).count();
    let parts = [
        (count(&|why| *why == NoDip::NotSampled), "have no point there or on one of its sides"),
        (
            count(&|why| *why == NoDip::NotBelowFewer),
            "are there not below any number of fewer samples by more than the intervals",
        ),
        (
            count(&|why| *why == NoDip::NotBelowMore),
            "are there not below any number of more samples by more than the intervals",
        ),
        (count(&|why| matches!(why, NoDip::LowerAt(_))), "are clearly lower elsewhere"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let mut elsewhere: Vec<f64> = without
        .iter()
        .filter_map(|why| if let NoDip::LowerAt(at) = why { Some(*at) } else { None })
        .collect();
    elsewhere.sort_by(f64::total_cmp);
    elsewhere.dedup();
    let elsewhere: Vec<String> = elsewhere.iter().map(f64::to_string).collect();
    let at = if elsewhere.is_empty() {
        String::new()
    } else {
        format!(", at {} samples", elsewhere.join(", "))
    };
    format!("Of the {} curves without one, {}{at}", without.len(), parts.join(", "))
}

/// Up to where half of the students interpolate, if that was counted.
fn stops_early(case: &Case<'_>) -> String {
    let places = case.points.places();
    let fits = |place: &&Place<'_>| case.sweep.interpolating.iter().any(|s| s == place.student);
    let up_to = places.iter().filter(fits).filter_map(|place| {
        let at = interpolated_up_to(&case.points, place)?;
        Some(format!("{at} at SNR {} with {} inputs", place.ratio, place.inputs))
    });
    let up_to: Vec<String> = up_to.collect();
    if up_to.is_empty() {
        return String::new();
    }
    format!(", half of the students interpolate up to {}", up_to.join(", "))
}

fn of_curve<'a>(case: &Case<'a>, aligned: &Aligned<'a, '_>) -> Result<Dip<'a>, NoDip> {
    dip(&aligned.curve, threshold(case.sweep, &case.points, &aligned.place))
}

/// First, lowest and last point of the alignment of functions, for each ratio.
fn extremes(case: &Case<'_>, curves: &[Aligned<'_, '_>]) -> Vec<Measured> {
    let mut values = Vec::new();
    for aligned in curves.iter().filter(|aligned| aligned.quantity == case.sweep.alignment) {
        let found = dip(&aligned.curve, threshold(case.sweep, &case.points, &aligned.place));
        let points = [
            ("fewest samples", aligned.curve.first().copied()),
            ("minimum near the threshold", found.ok().map(|dip| dip.lowest)),
            ("most samples", aligned.curve.last().copied()),
        ];
        let measured = points.into_iter().filter_map(|(what, p)| Some(case.measured(what, &p?)));
        values.extend(measured);
    }
    values
}
