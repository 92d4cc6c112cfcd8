//! Answers of classifiers, counted stimulus by stimulus.

use super::{Fold, Rows, Spec, mean};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    Some(match spec.id {
        "disagreement-distance" => {
            let differ = |(a, b): (&Vec<f64>, &Vec<f64>)| f64::from(answer(a) != answer(b));
            mean(&x.iter().zip(y).map(differ).collect::<Vec<f64>>())
        }
        "jensen-shannon-distance" => {
            let logits = spec.parameter("scores").is_none();
            let divergence = |(a, b): (&Vec<f64>, &Vec<f64>)| divergence(a, b, logits);
            mean(&x.iter().zip(y).map(divergence).collect::<Vec<f64>>())
        }
        "accuracy-difference-distance" => (mean(&right(spec, x)) - mean(&right(spec, y))).abs(),
        "error-consistency" => kappa(&right(spec, x), &right(spec, y)),
        _ => return None,
    })
}

/// The lowest class that no other exceeds.
fn answer(row: &[f64]) -> usize {
    let greatest = |k: &usize| row.iter().all(|v| *v <= row[*k]);
    (0..row.len()).find(greatest).expect("one is the greatest")
}

/// 1 where the answer is the class of the stimulus.
fn right(spec: Spec<'_>, rows: &Rows) -> Vec<f64> {
    let labels = spec.stimuli.labels.expect("the stimuli have classes");
    let label = |row: usize| labels[row / spec.stimuli.rows_per_stimulus] as usize;
    rows.iter().enumerate().map(|(row, v)| f64::from(answer(v) == label(row))).collect()
}

/// From the table of two by two counts.
fn kappa(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let count =
        |a: f64, b: f64| x.iter().zip(y).filter(|(x, y)| **x == a && **y == b).count() as f64 / n;
    let (both, only_x, only_y, neither) =
        (count(1.0, 1.0), count(1.0, 0.0), count(0.0, 1.0), count(0.0, 0.0));
    let expected = (both + only_x) * (both + only_y) + (only_y + neither) * (only_x + neither);
    (both + neither - expected) / (1.0 - expected)
}

/// Entropy of the mean less the mean entropy.
fn divergence(a: &[f64], b: &[f64], logits: bool) -> f64 {
    let probabilities = |row: &[f64]| -> Vec<f64> {
        let weights: Vec<f64> = row.iter().map(|v| if logits { v.exp() } else { *v }).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|w| w / sum).collect()
    };
    let entropy =
        |p: &[f64]| -> f64 { p.iter().filter(|p| **p > 0.0).map(|p| -p * p.log2()).sum() };
    let (p, q) = (probabilities(a), probabilities(b));
    let middle: Vec<f64> = p.iter().zip(&q).map(|(p, q)| f64::midpoint(*p, *q)).collect();
    entropy(&middle) - f64::midpoint(entropy(&p), entropy(&q))
}
