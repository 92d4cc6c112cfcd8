//! Alignment is decoupled from the generalisation error.

use consilience_study::studies::ensembles::{ERROR, Place, decoupling};

use super::{ABSTRACT, Case};
use crate::Claim;

pub(super) fn from_error(case: &Case<'_>) -> Claim {
    let claim = format!(
        "Alignment is decoupled from the generalisation error: more of it need not mean less error ({})",
        case.students.name()
    );
    let criterion = "some two numbers of samples of one curve where alignment and error are both higher at the same one, by more than the intervals";
    let Some(found) = decoupling(&case.points, case.sweep.alignment) else {
        let missing = "numbers of samples that differ clearly in both";
        return Claim::untested(&claim, ABSTRACT, "no clear difference".to_owned(), missing);
    };
    let mut values = Vec::new();
    if let Some((_, [more, less])) = &found.clearest {
        for (what, point) in [
            ("more alike", more.0),
            ("and more wrong", more.1),
            ("less alike", less.0),
            ("and less wrong", less.1),
        ] {
            values.push(case.measured(what, &point));
        }
    }
    let here = format!(
        "of {} pairs of numbers of samples that differ clearly in both, {} have the higher alignment with the higher {ERROR}{}",
        found.clear,
        found.against,
        case.points.missing(&[case.sweep.alignment, ERROR])
    );
    let holds = found.against > 0;
    let claim = Claim::tested(&claim, ABSTRACT, here, criterion, holds).from_values(values);
    if holds { claim } else { claim.because(&fewest(case)) }
}

/// Alignment and error where there are fewest samples: alike and wrong is what students would have to be there.
fn fewest(case: &Case<'_>) -> String {
    let places = case.points.places();
    let said = |place: &Place<'_>| {
        let aligned = case.points.curve(case.sweep.alignment, place).first().copied()?;
        let errors = case.points.curve(ERROR, place);
        let error = errors.iter().find(|e| e.at() == aligned.at())?;
        Some(format!(
            "{:.2} with {ERROR} {:.2} (`{}`, {} inputs, SNR {}, {} samples)",
            aligned.value(),
            error.value(),
            place.student,
            place.inputs,
            place.ratio,
            aligned.at()
        ))
    };
    let said: Vec<String> = places.iter().filter_map(said).collect();
    format!("With the fewest samples alignment is {}", said.join(", "))
}
