//! Copies of the sources whose code is known: what sparse prediction is read against.

use consilience_linalg::{Mat, MatRef, matmul, random_orthogonal};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Along, curve, largest_gap_of, paths};
use crate::chance::mean;
use crate::draws::{Purpose, generator, order};
use crate::{Calibration, Control, ControlCurve, Parameters, PredictionCurve, Result};

/// Targets of a control at most: their curves are means, which so many tell well enough.
const MOST_TARGETS: usize = 128;

/// Columns of the mixing of a control: target j is the sum of the sources times column j, standardised.
fn mixing(control: Control, sources: usize, together: usize, rng: &mut ChaCha8Rng) -> Mat<f64> {
    let shuffled = order(sources, rng);
    match control {
        Control::Permuted => {
            Mat::from_fn(sources, sources, |i, j| if shuffled[j] == i { 1.0 } else { 0.0 })
        }
        Control::BlockRotated => {
            let mut out = Mat::zeros(sources, sources);
            for group in shuffled.chunks(together) {
                let turn = random_orthogonal(group.len(), rng);
                for (a, &i) in group.iter().enumerate() {
                    group.iter().enumerate().for_each(|(b, &j)| out[(i, j)] = turn[(a, b)]);
                }
            }
            out
        }
        Control::Rotated => random_orthogonal(sources, rng),
    }
}

/// Correlations of the sources with the targets of a control. Target j carries the share `noise[j]` of its variance as noise
/// that no source knows; which target carries which share is drawn.
fn correlations(
    control: Control,
    gram: MatRef<'_, f64>,
    noise: &[f64],
    together: usize,
    rng: &mut ChaCha8Rng,
) -> Mat<f64> {
    let p = gram.nrows();
    let mix = mixing(control, p, together, rng);
    let mix = mix.subcols(0, noise.len());
    let mut noise = noise.to_vec();
    for last in (1..noise.len()).rev() {
        noise.swap(last, rng.random_range(0..=last));
    }
    let mut cross = matmul(gram, mix);
    for (j, noise) in noise.iter().enumerate() {
        let column = cross.col_as_slice_mut(j);
        let variance: f64 = (0..p).map(|i| mix[(i, j)] * column[i]).sum();
        let scale = if variance > 1e-12 { ((1.0 - noise) / variance).sqrt() } else { 0.0 };
        column.iter_mut().for_each(|r| *r = (*r * scale).clamp(-1.0, 1.0));
    }
    cross
}

/// As many of `values` as there are targets of a control, from the smallest to the largest: each once where there are as many.
fn spread_over(values: &[f64], targets: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (0..targets).map(|j| sorted[j * sorted.len() / targets].clamp(0.0, 1.0)).collect()
}

/// The controls, and where the layer stands between them; with the largest duality gap.
pub(super) fn calibrate(
    gram: MatRef<'_, f64>,
    fitted: &[Along],
    layer: &PredictionCurve,
    targets: usize,
    parameters: &Parameters,
) -> Result<(Calibration, f64)> {
    let penalties = &parameters.prediction.penalties;
    let left: Vec<f64> = fitted
        .iter()
        .map(|path| path.residual.iter().fold(1.0, |least: f64, &residual| least.min(residual)))
        .collect();
    let noise = spread_over(&left, gram.nrows().min(MOST_TARGETS));
    let kinds = [Control::Permuted, Control::BlockRotated, Control::Rotated];
    let mut gap = 0.0_f64;
    let mut curves = Vec::with_capacity(kinds.len());
    for (at, control) in kinds.into_iter().enumerate() {
        let rng = &mut generator(parameters.seed, Purpose::Control, [at, gram.nrows()]);
        let together = parameters.prediction.rotated_together;
        let cross = correlations(control, gram, &noise, together, rng);
        let found = paths(gram, cross.as_ref(), penalties, |_, path| Along::of(&path))?;
        gap = gap.max(largest_gap_of(&found));
        let semi_matching = mean_best(&cross);
        let curve = curve(&found, None, penalties, targets);
        curves.push(ControlCurve { control, semi_matching, curve });
    }
    let level = |curve: &PredictionCurve| {
        let points = curve.points.iter().zip(penalties).filter(|(_, penalty)| **penalty > 0.0);
        mean(&points.map(|(point, _)| point.unexplained).collect::<Vec<_>>())
    };
    let [local, blocks, full] = [0, 1, 2].map(|k| level(&curves[k].curve));
    let place = |value: f64| {
        let known = (full - local).abs() > 1e-9;
        known.then(|| (value - local) / (full - local)).filter(|place| place.is_finite())
    };
    let calibration = Calibration {
        distributedness: place(level(layer)),
        block_rotated: place(blocks),
        noise: mean(&noise),
        controls: curves,
    };
    Ok((calibration, gap))
}

/// Mean over targets of the largest correlation with a source.
fn mean_best(cross: &Mat<f64>) -> f64 {
    let best = |j: usize| cross.col_as_slice(j).iter().copied().fold(f64::NEG_INFINITY, f64::max);
    mean(&(0..cross.ncols()).map(best).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_independent_sources_have_as_many_correlations_as_their_code_says() {
        let identity = Mat::<f64>::identity(12, 12);
        for (control, expected) in
            [(Control::Permuted, 1), (Control::BlockRotated, 4), (Control::Rotated, 12)]
        {
            let rng = &mut generator(1, Purpose::Control, [0, 0]);
            let noise = vec![0.19; 12];
            let cross = correlations(control, identity.as_ref(), &noise, 4, rng);
            for j in 0..12 {
                let column = cross.col_as_slice(j);
                assert_eq!(column.iter().filter(|r| r.abs() > 1e-9).count(), expected);
                // All sources together explain what is no noise.
                assert!((column.iter().map(|r| r * r).sum::<f64>() - 0.81).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn noise_of_other_widths_keeps_its_distribution() {
        assert_eq!(spread_over(&[0.3, 0.1], 4), [0.1, 0.1, 0.3, 0.3]);
        assert_eq!(spread_over(&[0.5, 0.1, 1.2, 0.3], 2), [0.1, 0.5]);
    }
}
