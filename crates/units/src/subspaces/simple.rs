//! Simple matches: the few units that a unit cannot do without.

use consilience_linalg::{Mat, MatRef};
use consilience_solvers::{SubspaceMatch, maximum_match};
use rayon::prelude::*;

use crate::{Result, SimpleMatch};

/// Units of each side for which a simple match is sought, spread over the match.
const TRIED: usize = 8;

/// A unit whose match needs more units than this has no simple match worth showing.
const MOST_UNITS: usize = 32;

/// A simple match of some units of both sides: none smaller inside it holds its unit.
pub(super) fn simple_matches(
    gram: MatRef<'_, f64>,
    of_x: usize,
    epsilon: f64,
    all: &SubspaceMatch,
) -> Result<Vec<SimpleMatch>> {
    let spread = |units: &[usize]| -> Vec<usize> {
        let tried = TRIED.min(units.len());
        (0..tried).map(|k| units[k * units.len() / tried]).collect()
    };
    let y: Vec<usize> = all.y.iter().map(|&j| j + of_x).collect();
    let tried: Vec<usize> = spread(&all.x).into_iter().chain(spread(&y)).collect();
    let kept: [&[usize]; 2] = [&all.x, &y];
    let found: Vec<Result<Option<SimpleMatch>>> = tried
        .par_iter()
        .map(|&unit| match closed(gram, of_x, epsilon, kept, unit) {
            Some(units) => Ok(Some(smallest(gram, of_x, epsilon, units, unit)?)),
            None => Ok(None),
        })
        .collect();
    found.into_iter().filter_map(Result::transpose).collect()
}

/// A small match that holds the unit, found greedily: whatever is not spanned yet is given, one after the other, the unit of
/// the other side that explains most of what is left of it.
fn closed(
    gram: MatRef<'_, f64>,
    of_x: usize,
    epsilon: f64,
    kept: [&[usize]; 2],
    unit: usize,
) -> Option<Vec<usize>> {
    let mut units = vec![unit];
    let mut next = 0;
    while next < units.len() {
        let target = units[next];
        let other = usize::from(target < of_x);
        let span: Vec<usize> =
            units.iter().copied().filter(|&u| usize::from(u >= of_x) == other).collect();
        for new in needed(gram, kept[other], &span, target, epsilon) {
            units.push(new);
        }
        if units.len() > MOST_UNITS {
            return None;
        }
        next += 1;
    }
    Some(units)
}

/// The units to be added to a span so that the target is within `epsilon` of it, by orthogonal matching pursuit.
fn needed(
    gram: MatRef<'_, f64>,
    candidates: &[usize],
    span: &[usize],
    target: usize,
    epsilon: f64,
) -> Vec<usize> {
    // Gram–Schmidt on products: each row holds what is left of the products of a unit with the target and the candidates.
    let length = |u: usize| gram[(u, u)].sqrt();
    let cosine = |a: usize, b: usize| gram[(a, b)] / (length(a) * length(b));
    let mut axes: Vec<(usize, Vec<f64>)> = Vec::new();
    let coordinate = |axes: &[(usize, Vec<f64>)], u: usize| -> Vec<f64> {
        let mut own: Vec<f64> = Vec::with_capacity(axes.len());
        for (axis, coordinates) in axes {
            let shared: f64 = coordinates.iter().zip(&own).map(|(a, b)| a * b).sum();
            let pivot = coordinates[own.len()];
            own.push((cosine(*axis, u) - shared) / pivot);
        }
        own
    };
    let left = |coordinates: &[f64]| 1.0 - coordinates.iter().map(|c| c * c).sum::<f64>();
    let add = |axes: &mut Vec<(usize, Vec<f64>)>, u: usize| {
        let mut own = coordinate(axes, u);
        let rest = left(&own);
        // What others determine adds nothing.
        if rest > 1e-10 {
            own.push(rest.sqrt());
            axes.push((u, own));
        }
    };
    span.iter().for_each(|&u| add(&mut axes, u));
    let mut new = Vec::new();
    while left(&coordinate(&axes, target)) > epsilon * epsilon && new.len() <= MOST_UNITS {
        let of_target = coordinate(&axes, target);
        let gain = |u: usize| {
            let own = coordinate(&axes, u);
            let rest = left(&own);
            let shared: f64 = own.iter().zip(&of_target).map(|(a, b)| a * b).sum();
            if rest > 1e-10 { (cosine(u, target) - shared).powi(2) / rest } else { 0.0 }
        };
        let best = candidates.iter().map(|&u| (gain(u), u));
        let Some((gain, u)) = best.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { break };
        if gain <= 0.0 {
            break;
        }
        add(&mut axes, u);
        new.push(u);
    }
    new
}

/// Takes units away, the last first, as long as the unit stays in the match of the rest.
fn smallest(
    gram: MatRef<'_, f64>,
    of_x: usize,
    epsilon: f64,
    mut units: Vec<usize>,
    unit: usize,
) -> Result<SimpleMatch> {
    units.sort_unstable();
    let mut tried = units.clone();
    while let Some(candidate) = tried.pop() {
        if candidate == unit || !units.contains(&candidate) {
            continue;
        }
        let without: Vec<usize> = units.iter().copied().filter(|&u| u != candidate).collect();
        let rest = matched(gram, of_x, epsilon, &without)?;
        if rest.contains(&unit) {
            units = rest;
        }
    }
    let (x, y): (Vec<usize>, Vec<usize>) = units.into_iter().partition(|&u| u < of_x);
    Ok(SimpleMatch {
        of_x: unit < of_x,
        unit: if unit < of_x { unit } else { unit - of_x } as u32,
        x: x.into_iter().map(|u| u as u32).collect(),
        y: y.into_iter().map(|u| (u - of_x) as u32).collect(),
    })
}

/// The maximum match among some units, ascending.
fn matched(
    gram: MatRef<'_, f64>,
    of_x: usize,
    epsilon: f64,
    units: &[usize],
) -> Result<Vec<usize>> {
    let inside = Mat::from_fn(units.len(), units.len(), |a, b| gram[(units[a], units[b])]);
    let first = units.iter().filter(|u| **u < of_x).count();
    let found = maximum_match(inside.as_ref(), first, epsilon)?;
    Ok(found.x.into_iter().chain(found.y.iter().map(|&j| j + first)).map(|at| units[at]).collect())
}
