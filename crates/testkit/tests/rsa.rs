//! Dissimilarities and their comparison: identities, ties, and what is refused.

use consilience_linalg::Mat;
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Protocol, Recording, gather};
use consilience_testkit::synthetic::{data_sets, generator, normal};
use rand::RngExt;

fn evaluate(spec: &str, x: &Recording, y: &Recording) -> Result<f64, String> {
    let protocol = Protocol::in_sample(&x.ids, 2).expect("enough stimuli");
    let pair = gather(x, y, &protocol.blocks).expect("good data");
    pair.evaluate(spec, &protocol.design).map(|c| c.score).map_err(|e| e.to_string())
}

/// Diedrichsen et al. 2021, section 2.4: whitening squared distances by their covariance gives the alignment of kernels.
#[test]
fn whitened_squared_distances_are_aligned_kernels() {
    let mut failures = Vec::new();
    for data in data_sets() {
        let (x, y) = (Recording::new(&data.x), Recording::new(&data.y));
        let white = evaluate("rsa:compare=whitened-cosine,rdm=squared-euclidean", &x, &y);
        let aligned = evaluate("linear-cka", &x, &y);
        match (white, aligned) {
            (Ok(white), Ok(aligned)) if (white - aligned).abs() < 1e-9 => {}
            (white, aligned) => failures.push(format!("{}: {white:?}, {aligned:?}", data.name)),
        }
    }
    assert_none(&failures);
}

/// The whitened comparisons by their definition: with the covariance V of squared distances of equally noisy stimuli, two
/// distances having 4 in common with themselves, 1 if they share a stimulus, and nothing else.
#[test]
fn whitening_is_by_the_covariance_of_distances() {
    let n: usize = 7;
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
    let shared = |a: (usize, usize), b: (usize, usize)| {
        let ends = |(i, j)| [i, j];
        ends(a).iter().filter(|&end| ends(b).contains(end)).count()
    };
    let v =
        Mat::from_fn(pairs.len(), pairs.len(), |a, b| [0.0, 1.0, 4.0][shared(pairs[a], pairs[b])]);
    let eigen = consilience_linalg::eigen_symmetric(v.as_ref()).expect("finite");
    let mut rng = generator(901);
    let (x, y) = (normal(n, 9, &mut rng), normal(n, 5, &mut rng));
    let distances = |m: &Mat<f64>| -> Vec<f64> {
        let squared = |&(i, j): &(usize, usize)| {
            (0..m.ncols()).map(|u| (m[(i, u)] - m[(j, u)]).powi(2)).sum::<f64>().sqrt()
        };
        pairs.iter().map(squared).collect()
    };
    let white = |d: &[f64], e: &[f64]| -> f64 {
        let along = |d: &[f64], k: usize| -> f64 {
            d.iter().enumerate().map(|(a, d)| d * eigen.vectors[(a, k)]).sum()
        };
        (0..pairs.len()).map(|k| along(d, k) * along(e, k) / eigen.values[k]).sum()
    };
    for (spec, centre) in [
        ("rsa:compare=whitened-cosine,rdm=euclidean", false),
        ("rsa:compare=whitened-pearson,rdm=euclidean", true),
    ] {
        let prepared = |m: &Mat<f64>| -> Vec<f64> {
            let d = distances(m);
            let less = if centre { d.iter().sum::<f64>() / d.len() as f64 } else { 0.0 };
            d.iter().map(|d| d - less).collect()
        };
        let (d, e) = (prepared(&x), prepared(&y));
        let expected = white(&d, &e) / (white(&d, &d) * white(&e, &e)).sqrt();
        let found = evaluate(spec, &Recording::new(&x), &Recording::new(&y)).expect(spec);
        assert!((found - expected).abs() < 1e-10, "{spec}: {found}, expected {expected}");
    }
}

/// Codes of few levels have few distances, so that nearly all are tied. An origin and a scale that no binary fraction holds
/// make rounding differ from pair to pair; ranks do not.
#[test]
fn rounding_makes_no_order_among_tied_dissimilarities() {
    let mut rng = generator(902);
    let mut codes =
        |units: usize| Mat::from_fn(40, units, |_, _| f64::from(rng.random_range(0..3_u32)));
    let (x, y) = (codes(5), codes(6));
    let moved = |m: &Mat<f64>| {
        Mat::from_fn(m.nrows(), m.ncols(), |i, j| 0.1 * m[(i, j)] + 7.3 * (j as f64 + 0.7))
    };
    let mut failures = Vec::new();
    for compare in ["spearman", "kendall-a", "kendall-b", "rho-a"] {
        for rdm in ["euclidean", "squared-euclidean"] {
            let spec = format!("rsa:compare={compare},rdm={rdm}");
            let plain = evaluate(&spec, &Recording::new(&x), &Recording::new(&y));
            let found = evaluate(&spec, &Recording::new(&moved(&x)), &Recording::new(&moved(&y)));
            if plain != found || plain.is_err() {
                failures.push(format!("{spec}: {plain:?}, moved {found:?}"));
            }
        }
        // Two units leave a correlation of 1 or −1.
        let spec = format!("rsa:compare={compare}");
        let two = |seed: u64| Recording::new(&normal(30, 2, &mut generator(seed)));
        let signs = |seed: u64| {
            let m = normal(30, 2, &mut generator(seed));
            Recording::new(&Mat::from_fn(30, 2, |i, j| {
                let rising = m[(i, 1)] > m[(i, 0)];
                f64::from(u8::from(rising == (j == 1)))
            }))
        };
        let (found, expected) =
            (evaluate(&spec, &two(903), &two(904)), evaluate(&spec, &signs(903), &signs(904)));
        if found != expected || found.is_err() {
            failures.push(format!("{spec}: {found:?}, of signs {expected:?}"));
        }
    }
    assert_none(&failures);
}

#[test]
fn what_has_no_dissimilarities_is_refused_by_name() {
    let rows = |n: usize| Recording::new(&normal(n, 1, &mut generator(905)));
    let mut flat = Recording::new(&normal(20, 4, &mut generator(906)));
    (0..4).for_each(|u| flat.values[(13, u)] = 2.5);
    let one_row = Recording::new(&normal(20, 4, &mut generator(907)));
    let cases: [(&str, &Recording, &[&str]); 4] = [
        (
            "rsa:rdm=euclidean",
            &rows(11_586),
            &["at most 11585 rows", "found 11586", "fewer stimuli"],
        ),
        ("rsa", &flat, &["stimulus 13 of x/", "one value for all units"]),
        ("rsa:rdm=crossnobis", &one_row, &["at least 2 rows a stimulus", "found 1"]),
        ("rsa:rdm=euclidean", &rows(2), &["at least 3 samples", "found 2"]),
    ];
    for (spec, recording, words) in cases {
        let message = evaluate(spec, recording, recording).expect_err(spec);
        let missing: Vec<_> = words.iter().filter(|w| !message.contains(**w)).collect();
        assert!(missing.is_empty(), "{spec}: `{message}` lacks {missing:?}");
    }
}
