//! Equally near stimuli, stimuli that are the same, and lists of all other stimuli.

use consilience_linalg::Mat;
use consilience_measures::{Error, Warning};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Protocol, Recording, gather};
use consilience_testkit::synthetic::{gaussian_pair, generator, normal, permutation};
use rand::RngExt;

/// Far above the rounding of some thousand additions.
const ROUNDING: f64 = 1e-9;

/// Measures of the lists alone. All but the one of cycles, which depends on who is whose neighbour in turn, have their best
/// value where the lists agree.
const OF_LISTS: [&str; 6] =
    ["mutual-knn", "jaccard-knn", "rank-similarity", "cycle-knn", "lcs-knn", "edit-knn"];

fn compare(
    spec: &str,
    x: &Recording,
    y: &Recording,
) -> Result<consilience_measures::Comparison, Error> {
    let protocol = Protocol::in_sample(&x.ids, 10).expect("enough stimuli");
    let pair = gather(x, y, &protocol.blocks).expect("good data");
    pair.evaluate(spec, &protocol.design)
}

fn score(spec: &str, x: &Recording, y: &Recording) -> f64 {
    compare(spec, x, y).unwrap_or_else(|error| panic!("{spec}: {error}")).score
}

fn unequal(what: &str, found: f64, expected: f64) -> Option<String> {
    let near = (found - expected).abs() <= ROUNDING * expected.abs().max(1.0);
    (!near).then(|| format!("{what}: {found}, expected {expected}"))
}

/// Rows of small whole numbers, all different: products and distances are exact, and few.
fn lattice(n: usize, seed: u64) -> Mat<f64> {
    let mut rng = generator(seed);
    let mut rows: Vec<[i32; 4]> = Vec::new();
    while rows.len() < n {
        let row = std::array::from_fn(|_| rng.random_range(-2..=2));
        if row != [0; 4] && !rows.contains(&row) {
            rows.push(row);
        }
    }
    Mat::from_fn(n, 4, |i, j| f64::from(rows[i][j]))
}

fn with_neighbours(id: &str, k: usize, near: &str) -> String {
    format!("{id}:k={k},neighbours={near}")
}

/// Of equally near stimuli the same are taken wherever the same are equally near: in a copy, in one with the units in another
/// order and other signs, and in one of twice the size. The comparison says that there was a choice.
#[test]
fn representations_that_leave_the_same_choice_choose_alike() {
    let x = lattice(90, 501);
    let signs = [-1.0, 1.0, 1.0, -1.0];
    let turned = Mat::from_fn(90, 4, |i, j| signs[j] * x[(i, (j + 1) % 4)]);
    let doubled = Mat::from_fn(90, 4, |i, j| 2.0 * x[(i, j)]);
    let mut failures = Vec::new();
    for near in ["euclidean", "inner-product"] {
        for k in [1, 4, 10] {
            for (what, copy) in [("itself", &x), ("turned", &turned), ("doubled", &doubled)] {
                for id in OF_LISTS {
                    let spec = with_neighbours(id, k, near);
                    let (a, b) = (Recording::new(&x), Recording::new(copy));
                    let found = compare(&spec, &a, &b).expect("defined");
                    let best = if id == "cycle-knn" { score(&spec, &a, &a) } else { 1.0 };
                    failures.extend(unequal(&format!("{spec}, {what}"), found.score, best));
                    let is_told =
                        |w: &Warning| matches!(w, Warning::TiedNeighbours { stimuli: 1.., .. });
                    if !found.warnings.iter().any(is_told) {
                        failures.push(format!("{spec}, {what}: no word about ties"));
                    }
                }
            }
        }
    }
    assert_none(&failures);
}

/// Which of the tied stimuli are taken does not follow the order of the file, and those nearer than the tied ones are always
/// taken: so every list is one that a search over all pairs may return.
#[test]
fn the_order_of_the_file_decides_nothing() {
    let (x, y) = (lattice(80, 502), lattice(80, 503));
    let order = permutation(80, &mut generator(504));
    let moved = |m: &Mat<f64>| Recording {
        ids: order.iter().map(ToString::to_string).collect(),
        ..Recording::new(&Mat::from_fn(80, 4, |i, j| m[(order[i], j)]))
    };
    let mut failures = Vec::new();
    for near in ["euclidean", "inner-product", "cosine"] {
        for id in OF_LISTS.into_iter().chain(["second-order-cosine", "symmetric-cknna"]) {
            let spec = with_neighbours(id, 3, near);
            let before = score(&spec, &Recording::new(&x), &Recording::new(&y));
            let after = score(&spec, &moved(&x), &moved(&y));
            failures.extend(unequal(&spec, after, before));
        }
    }
    assert_none(&failures);
}

/// What two tied lists have in common is between what the worst and the best choice have.
#[test]
fn ties_are_resolved_within_what_the_distances_allow() {
    const K: usize = 5;
    let (x, y) = (lattice(80, 505), lattice(80, 506));
    let squared = |m: &Mat<f64>, i: usize, j: usize| -> i64 {
        (0..4).map(|u| ((m[(i, u)] - m[(j, u)]) as i64).pow(2)).sum()
    };
    // For each stimulus: those surely among the nearest, and those possibly.
    let lists = |m: &Mat<f64>, i: usize| -> [Vec<usize>; 2] {
        let others: Vec<usize> = (0..80).filter(|&j| j != i).collect();
        let mut sorted: Vec<i64> = others.iter().map(|&j| squared(m, i, j)).collect();
        sorted.sort_unstable();
        let (last, next) = (sorted[K - 1], sorted[K]);
        let sure = |&j: &usize| squared(m, i, j) < last || last < next && squared(m, i, j) == last;
        let surely = others.iter().copied().filter(sure).collect();
        [surely, others.into_iter().filter(|&j| squared(m, i, j) <= last).collect()]
    };
    let common = |a: &[usize], b: &[usize]| a.iter().filter(|j| b.contains(j)).count();
    let (mut least, mut most) = (0, 0);
    for i in 0..80 {
        let ([sure_x, may_x], [sure_y, may_y]) = (lists(&x, i), lists(&y, i));
        // Of the free places of each side at most so many fall on members of the other's list.
        least += common(&sure_x, &sure_y);
        most += common(&may_x, &may_y).min(K);
    }
    let spec = with_neighbours("mutual-knn", K, "euclidean");
    let found = score(&spec, &Recording::new(&x), &Recording::new(&y)) * (80 * K) as f64;
    assert!(least < most, "the data have no ties");
    assert!(
        (least as f64 - ROUNDING..=most as f64 + ROUNDING).contains(&found),
        "{found} in common, between {least} and {most} are possible"
    );
}

/// Each stimulus so many times.
fn repeated(m: &Mat<f64>, times: usize) -> Recording {
    Recording::new(&Mat::from_fn(times * m.nrows(), m.ncols(), |i, j| m[(i / times, j)]))
}

/// The nearest neighbour of a stimulus that was shown twice is itself, whatever the representation.
#[test]
fn the_nearest_neighbour_of_a_stimulus_shown_twice_is_itself() {
    let mut rng = generator(507);
    let (x, y) = (normal(60, 5, &mut rng), normal(60, 7, &mut rng));
    let mut failures = Vec::new();
    for near in ["euclidean", "cosine"] {
        for id in OF_LISTS {
            let spec = with_neighbours(id, 1, near);
            failures.extend(unequal(&spec, score(&spec, &repeated(&x, 2), &repeated(&y, 2)), 1.0));
        }
    }
    assert_none(&failures);
}

/// What is a mean over all pairs of stimuli, each with itself too, or over stimuli does not notice that each was shown three
/// times; a sum of squares over pairs is nine times as great.
#[test]
fn plain_means_over_pairs_do_not_notice_repetition() {
    let (x, y, _) = gaussian_pair(50, [6, 5], 3, 1.0, &mut generator(508));
    let mut failures = Vec::new();
    for (spec, factor) in [
        ("linear-cka", 1.0),
        ("rbf-cka:bandwidth=median-all", 1.0),
        ("rbf-cka:bandwidth=fixed,factor=2.0", 1.0),
        ("distance-correlation", 1.0),
        ("aligned-cosine", 1.0),
        ("magnitude-difference-distance", 1.0),
        ("concentricity-difference-distance", 1.0),
        ("uniformity-difference-distance:t=0.05", 1.0),
        ("rsm-norm-difference-distance:norm=frobenius", 3.0),
        ("rsm-norm-difference-distance:norm=spectral", 3.0),
    ] {
        let once = score(spec, &Recording::new(&x), &Recording::new(&y));
        let thrice = score(spec, &repeated(&x, 3), &repeated(&y, 3));
        failures.extend(unequal(spec, thrice, factor * once));
    }
    assert_none(&failures);
}

/// With k = n − 1 all other stimuli are neighbours: sets agree whatever the data, masks mask nothing, and vectors of
/// similarities are whole rows. One more is refused.
#[test]
fn all_other_stimuli_may_be_neighbours() {
    let (n, mut failures) = (30, Vec::new());
    let (x, y, _) = gaussian_pair(n, [6, 5], 3, 1.0, &mut generator(509));
    let (x, y) = (Recording::new(&x), Recording::new(&y));
    for near in ["euclidean", "inner-product", "cosine"] {
        for id in ["mutual-knn", "jaccard-knn", "cycle-knn"] {
            let spec = with_neighbours(id, n - 1, near);
            failures.extend(unequal(&spec, score(&spec, &x, &y), 1.0));
        }
        for id in OF_LISTS {
            let spec = with_neighbours(id, n, near);
            match compare(&spec, &x, &y) {
                Err(Error::TooFewSamples { found: 30, expected: 31, .. }) => {}
                other => failures.push(format!("{spec}: {other:?}")),
            }
        }
    }
    for id in ["cknna", "symmetric-cknna"] {
        let spec = with_neighbours(id, n - 1, "inner-product");
        failures.extend(unequal(&spec, score(&spec, &x, &y), score("debiased-linear-cka", &x, &y)));
    }
    let row = |m: &Mat<f64>, i: usize| -> Vec<f64> {
        let product =
            |i: usize, j: usize| (0..m.ncols()).map(|u| m[(i, u)] * m[(j, u)]).sum::<f64>();
        let cosine = |j: usize| product(i, j) / (product(i, i) * product(j, j)).sqrt();
        (0..n).filter(|&j| j != i).map(cosine).collect()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let of_stimulus = |i: usize| {
        let (a, b) = (row(&x.values, i), row(&y.values, i));
        dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
    };
    let expected = (0..n).map(of_stimulus).sum::<f64>() / n as f64;
    let spec = format!("second-order-cosine:k={}", n - 1);
    failures.extend(unequal(&spec, score(&spec, &x, &y), expected));
    assert_none(&failures);
}

/// Stimuli that are all the same have neither neighbours nor a kernel: an error says so, for a side or for both.
#[test]
fn one_stimulus_many_times_is_refused_by_name() {
    let same = Recording::new(&Mat::from_fn(20, 3, |_, j| 1.0 + j as f64));
    let other = Recording::new(&normal(20, 3, &mut generator(510)));
    let mut failures = Vec::new();
    for spec in OF_LISTS.into_iter().chain([
        "cknna",
        "rbf-cka",
        "distance-correlation",
        "rsa:rdm=euclidean",
    ]) {
        for (x, y) in [(&same, &other), (&other, &same), (&same, &same)] {
            match compare(spec, x, y) {
                Err(Error::Undefined { id, .. }) if spec.starts_with(id) => {}
                other => failures.push(format!("{spec}: {other:?}")),
            }
        }
    }
    assert_none(&failures);
}
