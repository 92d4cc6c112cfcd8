//! What an order of the stimuli does to a score, and what it does on average.

use consilience_measures::{Quantity, parse};
use rand::seq::SliceRandom;

use super::{ROUNDING, is_of_other_data, specs};
use crate::evaluate::gather;
use crate::synthetic::{data_sets, generator};

/// Orders of the stimuli whose mean is held against the closed form.
const ORDERS: usize = 200;

/// Deviations of a mean that are not chance: one spec on one data set in some 150,000 passes them.
const DEVIATIONS: f64 = 4.5;

/// Far above any rounding.
const CLEARLY: f64 = 1e-6;

fn order(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut generator(seed));
    order
}

/// Another order of the stimuli of y changes a score where that is declared, and leaves it where it is not.
#[must_use]
pub fn pairing() -> Vec<String> {
    let all = specs();
    let mut failures = Vec::new();
    let mut greatest = vec![0.0_f64; all.len()];
    for data in data_sets() {
        for protocol in data.protocols() {
            let (x, y) = (data.recording(&data.x), data.recording(&data.y));
            let pair = gather(&x, &y, &protocol.blocks).expect("good data");
            let shuffled = pair.shuffled(&order(x.ids.len(), 81)).expect("good data");
            for (i, spec) in all.iter().enumerate() {
                let there = pair.evaluate(spec, &protocol.design);
                let after = shuffled.evaluate(spec, &protocol.design);
                match (there, after) {
                    (Ok(a), Ok(b)) => greatest[i] = greatest[i].max((a.score - b.score).abs()),
                    (a, _) if is_of_other_data(&a) => {}
                    // Without a pairing there may be nothing to fit; that is a change.
                    (Ok(_), Err(_)) => greatest[i] = f64::INFINITY,
                    (Err(error), _) => failures.push(format!("{spec}, {}: {error}", data.name)),
                }
            }
        }
    }
    for (spec, by) in all.iter().zip(greatest) {
        let reads = parse(spec).expect("an example parses").reads_pairing();
        if reads && by < CLEARLY {
            failures.push(format!("{spec} is said to read the pairing, but no order changes it"));
        } else if !reads && by > ROUNDING {
            failures.push(format!(
                "{spec} is said not to read the pairing; an order changes it by {by:e}"
            ));
        }
    }
    failures
}

/// Where a measure knows its mean over all orders of the stimuli, random orders have that mean.
#[must_use]
pub fn expected_by_chance() -> Vec<String> {
    let mut failures = Vec::new();
    let mut known = 0;
    // The closed forms take rows for stimuli.
    for data in data_sets().into_iter().filter(|data| data.rows_per_stimulus == 1) {
        let protocol = &data.protocols()[0];
        let (x, y) = (data.recording(&data.x), data.recording(&data.y));
        let pair = gather(&x, &y, &protocol.blocks).expect("good data");
        let expected = |spec: &&'static str| {
            let details = pair.evaluate(spec, &protocol.design).ok()?.details;
            let of = details.iter().find(|d| d.quantity == Quantity::ExpectedByChance)?;
            Some((*spec, of.value))
        };
        let expected: Vec<(&str, f64)> = specs().iter().filter_map(expected).collect();
        let mut draws = vec![Vec::with_capacity(ORDERS); expected.len()];
        for k in 0..ORDERS {
            let shuffled = pair.shuffled(&order(x.ids.len(), 8_200 + k as u64)).expect("good data");
            for ((spec, _), draws) in expected.iter().zip(&mut draws) {
                match shuffled.evaluate(spec, &protocol.design) {
                    Ok(found) => draws.push(found.score),
                    Err(error) => failures.push(format!("{spec}, {}: {error}", data.name)),
                }
            }
        }
        for ((spec, expected), draws) in expected.iter().zip(draws) {
            let n = draws.len() as f64;
            let mean = draws.iter().sum::<f64>() / n;
            let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let tolerance = DEVIATIONS * (variance / n).sqrt() + ROUNDING;
            if (mean - expected).abs() > tolerance {
                failures.push(format!(
                    "{spec}, {}: {ORDERS} orders have mean {mean}, not {expected} ± {tolerance}",
                    data.name
                ));
            }
            known += 1;
        }
    }
    if known < 10 {
        failures.push(format!("only {known} closed forms were held against random orders"));
    }
    failures
}
