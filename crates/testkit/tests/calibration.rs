//! Representations whose alignment is known beforehand.

use consilience_linalg::Mat;
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Gathered, Protocol, Recording, gather};
use consilience_testkit::synthetic::{
    data_sets, generator, permuted_copy, rectified_laplace, rotated_copy, with_noise,
};

const FIT: usize = 4000;
const EVAL: usize = 1000;
const UNITS: usize = 64;
const NOISE: f64 = 0.3;

/// The same sparse sources behind both sides, in another order, each with noise of its own.
fn shared_sources(seed: u64) -> (Mat<f64>, Mat<f64>, Mat<f64>) {
    let mut rng = generator(seed);
    let sources = rectified_laplace(FIT + EVAL, UNITS, &mut rng);
    let x = with_noise(sources.as_ref(), NOISE, &mut rng);
    let permuted = permuted_copy(sources.as_ref(), &mut rng).0;
    let y = with_noise(permuted.as_ref(), NOISE, &mut rng);
    let rotated = rotated_copy(x.as_ref(), &mut rng);
    (x, y, rotated)
}

fn gathered(x: &Mat<f64>, y: &Mat<f64>, protocol: &Protocol) -> Gathered {
    gather(&Recording::new(x), &Recording::new(y), &protocol.blocks).expect("good data")
}

/// A purely local code that is shared up to a permutation: all maps find it, at the correlation 0.75 / (0.75 + 0.09) that
/// the noise leaves. Rotated, the linear maps lose nothing and the matching nearly all.
///
/// The expected numbers are of an independent simulation, to three digits. The mean over 64 units of correlations over
/// 1,000 stimuli has a deviation of (1 − r²) / √64,000 ≈ 0.0008, and so has the simulation's: four deviations of the
/// difference and the last digit make 0.005. After a rotation the best partners depend on the rotation: from draw to draw
/// the score varies by some 0.005, and four deviations of a difference are 0.03.
#[test]
fn shared_sources_are_found_and_rotation_hides_them_from_matching() {
    let fit: Vec<usize> = (0..FIT).collect();
    let eval: Vec<usize> = (FIT..FIT + EVAL).collect();
    let inner: Vec<Vec<usize>> = fit.chunks(FIT / 5).map(<[usize]>::to_vec).collect();
    let protocol = Protocol::of_rows(&fit, &eval, &inner);
    let mut failures = Vec::new();
    for seed in [301, 302] {
        let (x, y, rotated) = shared_sources(seed);
        let native = gathered(&x, &y, &protocol);
        let rotated = gathered(&rotated, &y, &protocol);
        for (spec, pair, what, expected, tolerance) in [
            ("permutation", &native, "native", 0.892, 0.005),
            ("soft-matching", &native, "native", 0.892, 0.005),
            ("semi-matching", &native, "native", 0.892, 0.005),
            ("procrustes", &native, "native", 0.891, 0.005),
            ("ridge", &native, "native", 0.890, 0.005),
            ("permutation", &rotated, "rotated", 0.245, 0.03),
            ("procrustes", &rotated, "rotated", 0.891, 0.005),
            ("ridge", &rotated, "rotated", 0.890, 0.005),
        ] {
            let score = pair.evaluate(spec, &protocol.design).expect(spec).score;
            if (score - expected).abs() > tolerance {
                failures
                    .push(format!("{spec}, {what} (seed {seed}): {score}, expected {expected}"));
            }
        }
    }
    assert_none(&failures);
}

/// In sample, families of maps that contain each other are ordered: linear ≥ orthogonal ≥ permutation.
///
/// For the first pair it is a theorem: least squares (a vanishing penalty) has the greatest correlation with each unit of
/// all linear maps. The second holds for squared error, while the score is a mean of correlations; an inversion by 0.01
/// would say nothing.
#[test]
fn nested_maps_are_ordered_in_sample() {
    let mut pairs: Vec<(String, Mat<f64>, Mat<f64>)> = data_sets()
        .into_iter()
        .map(|d| (d.name, d.x, d.y))
        .filter(|d| d.1.ncols() == d.2.ncols())
        .collect();
    let (x, y, rotated) = shared_sources(311);
    pairs.push(("shared sources (seed 311)".into(), x, y.clone()));
    pairs.push(("rotated sources (seed 311)".into(), rotated, y));
    let mut failures = Vec::new();
    for (name, x, y) in pairs {
        let protocol = Protocol::in_sample(&Recording::new(&x).ids, 10).expect("good data");
        let pair = gathered(&x, &y, &protocol);
        let score = |spec: &str| pair.evaluate(spec, &protocol.design).expect(spec).score;
        let linear = score("ridge:alpha=1e-10");
        let (orthogonal, permutation) = (score("procrustes"), score("permutation"));
        if linear < orthogonal - 1e-9 || orthogonal < permutation - 0.01 {
            failures.push(format!("{name}: {linear}, {orthogonal}, {permutation}"));
        }
    }
    assert_none(&failures);
}
