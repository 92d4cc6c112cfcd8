//! What the specs of these studies have to be.

use crate::{Error, Result};

/// What is wrong with the spec of a study.
pub(in crate::studies) fn problem(kind: &str, problem: String) -> Error {
    Error::Spec { place: format!("study `{kind}`"), problem }
}

/// Nothing, if numbers of samples and ratios are ascending and above 0.
pub(in crate::studies) fn check_axes(kind: &str, samples: &[usize], ratios: &[f64]) -> Result<()> {
    let ascending = |found: &[f64]| {
        found.windows(2).all(|w| w[0] < w[1]) && found.iter().all(|v| *v > 0.0 && v.is_finite())
    };
    let samples: Vec<f64> = samples.iter().map(|&n| n as f64).collect();
    for (name, found) in [("samples", samples.as_slice()), ("signal-to-noise", ratios)] {
        if found.is_empty() || !ascending(found) {
            let expected = "expected ascending numbers above 0";
            return Err(problem(kind, format!("{name} = {found:?}; {expected}")));
        }
    }
    Ok(())
}

/// Nothing, if no number is below the least that makes sense: name, what was found, the least.
pub(in crate::studies) fn check_least(kind: &str, numbers: &[(&str, usize, usize)]) -> Result<()> {
    match numbers.iter().find(|(_, found, least)| found < least) {
        Some((name, found, least)) => {
            Err(problem(kind, format!("{name} = {found}; expected at least {least}")))
        }
        None => Ok(()),
    }
}
