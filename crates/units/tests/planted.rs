//! Planted codes: verdicts, clusters and subspaces say what was planted.

mod networks;

use consilience_linalg::{Mat, matmul, random_orthogonal};
use consilience_testkit::synthetic::{
    generator, permuted_copy, rectified_laplace, rotated_copy, with_noise,
};
use consilience_units::{Findings, Parameters, Part, Shares};
use networks::{findings, quick};

/// Rows and units of the planted layers.
const ROWS: usize = 3000;
const UNITS: usize = 24;
/// Deviation of the noise of a copy, as a share of that of a unit (0.87).
const NOISE: f64 = 0.2;

fn without_information() -> Parameters {
    let mut parameters = quick();
    parameters.information.rows = 0;
    parameters
}

fn shares(found: &Findings) -> &Shares {
    match &found.shares {
        Part::Found(shares) => shares,
        Part::Undefined(reason) => panic!("no shares: {reason}"),
    }
}

/// A copy of x whose units are turned in blocks of four.
fn turned_in_blocks(x: &Mat<f64>, seed: u64) -> Mat<f64> {
    let rng = &mut generator(seed);
    let mut turn = Mat::<f64>::zeros(UNITS, UNITS);
    for first in (0..UNITS).step_by(4) {
        let block = random_orthogonal(4, rng);
        (0..4).for_each(|a| (0..4).for_each(|b| turn[(first + a, first + b)] = block[(a, b)]));
    }
    matmul(x.as_ref(), turn.as_ref())
}

#[test]
fn a_permuted_copy_is_one_to_one() {
    let rng = &mut generator(11);
    let x = rectified_laplace(ROWS, UNITS, rng);
    let (copy, _) = permuted_copy(x.as_ref(), rng);
    let y = with_noise(copy.as_ref(), NOISE, rng);
    let found = findings(&x, &y, &without_information());
    assert_eq!(shares(&found).x, [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(shares(&found).y, [1.0, 0.0, 0.0, 0.0]);
    let rotated = shares(&found).rotated.expect("rotations were asked for");
    assert!(rotated[0] < 0.1, "{rotated:?}");
    let prediction = found.y_from_x.found().expect("defined");
    assert!(prediction.largest_gap < 1e-6, "{}", prediction.largest_gap);
    // One connection a target down to a penalty of 0.1, and a place at the local end.
    let points = prediction.curve.points.iter().zip(&prediction.penalties);
    for (point, penalty) in points.filter(|(_, p)| (0.1..=0.7).contains(*p)) {
        assert!(point.connections == 1.0 && point.alive == UNITS, "{penalty}: {point:?}");
    }
    let place = prediction.calibration.distributedness.expect("the controls differ");
    assert!(place.abs() < 0.02, "{place}");
    let verdict = found.x.verdict[3].expect("varies");
    assert!(verdict.by_one > 0.9 && verdict.chance_r.expect("a shuffle") < 0.15, "{verdict:?}");
    // A cluster a unit and its copy would be 24; the largest share that the gap may choose is 12.
    let clusters = found.clusters.found().expect("defined");
    assert!(clusters.cut.shared_units > 0.9, "{:?}", clusters.cut);
}

#[test]
fn units_turned_in_blocks_take_a_few() {
    let rng = &mut generator(12);
    let x = rectified_laplace(ROWS, UNITS, rng);
    let y = with_noise(turned_in_blocks(&x, 5).as_ref(), NOISE, rng);
    let mut parameters = without_information();
    parameters.clusters.number = Some(UNITS / 4);
    let found = findings(&x, &y, &parameters);
    for shares in [shares(&found).x, shares(&found).y] {
        assert!(shares[0] + shares[1] == 1.0 && shares[1] > 0.6, "{shares:?}");
    }
    let subspaces = found.subspaces.found().expect("defined");
    let clusters = found.clusters.found().expect("defined");
    // A cluster that holds a whole block of both sides spans the same space in both.
    let members = |side: usize, c: usize| -> Vec<usize> {
        (0..UNITS).filter(|&u| clusters.members[side][u] == Some(c as u32)).collect()
    };
    let is_block = |units: &[usize]| {
        units.len() == 4 && units[0].is_multiple_of(4) && units[3] == units[0] + 3
    };
    let mut whole = 0;
    for (c, cosines) in subspaces.cluster_cosines.iter().enumerate() {
        if is_block(&members(0, c)) && members(0, c) == members(1, c) {
            assert!(cosines.len() == 4 && cosines.iter().all(|c| *c > 0.9), "{cosines:?}");
            assert!(subspaces.chance_cosine[c].expect("shared") < 0.9);
            whole += 1;
        }
    }
    assert!(whole > 0, "no block is a cluster: {:?}", clusters.members);
    let calibration = &found.x_from_y.found().expect("defined").calibration;
    let place = calibration.distributedness.expect("the controls differ");
    let block = calibration.block_rotated.expect("the controls differ");
    assert!((place - block).abs() < 0.1, "{place} against {block}");
}

#[test]
fn a_rotated_copy_is_a_shared_subspace() {
    let rng = &mut generator(13);
    let x = rectified_laplace(ROWS, UNITS, rng);
    let y = with_noise(rotated_copy(x.as_ref(), rng).as_ref(), NOISE, rng);
    let found = findings(&x, &y, &without_information());
    for shares in [shares(&found).x, shares(&found).y] {
        assert!(shares[2] > 0.8 && shares[3] == 0.0, "{shares:?}");
    }
    let place = found.y_from_x.found().expect("defined").calibration.distributedness;
    assert!((place.expect("the controls differ") - 1.0).abs() < 0.15, "{place:?}");
}

#[test]
fn independent_layers_are_idiosyncratic_and_no_cluster_is_shared_beyond_chance() {
    let rng = &mut generator(14);
    let x = rectified_laplace(ROWS, UNITS, rng);
    let y = rectified_laplace(ROWS, UNITS, rng);
    let found = findings(&x, &y, &without_information());
    assert_eq!(shares(&found).x, [0.0, 0.0, 0.0, 1.0]);
    for verdict in found.x.verdict.iter().flatten() {
        assert!(verdict.explained < 0.02, "{verdict:?}");
    }
    let epsilon = &found.subspaces.found().expect("defined").epsilon;
    // Raw activations share the direction of their means: at 0.5 something may remain, at 0.1 nothing does.
    assert_eq!(epsilon.curve[0], (0.1, 0.0));
}

#[test]
fn information_finds_what_correlation_does_not() {
    let rng = &mut generator(15);
    let s = consilience_testkit::synthetic::normal(ROWS, 6, rng);
    // |s| is uncorrelated with s, and knows nearly all of it.
    let y = Mat::from_fn(ROWS, 6, |i, j| if j == 0 { s[(i, 0)].abs() } else { s[(i, j)] });
    let found = findings(&s, &y, &quick());
    let information = found.information.found().expect("defined");
    assert_eq!(information.rows, ROWS);
    let partner = found.x.information[0].expect("varies");
    assert_eq!(partner.0, 0);
    assert!(f64::from(partner.1) > 1.0, "{partner:?}");
    assert!(f64::from(information.chance.1) < 0.05, "{:?}", information.chance);
    assert!(information.same_partner_x >= 5.0 / 6.0);
    assert!(information.best_eight == 6 && information.best_eight_same >= 5);
}
