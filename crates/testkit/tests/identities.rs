//! Closed forms and identities between measures.

use consilience_linalg::{Mat, matmul_abt};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Gathered, Protocol, Recording, gather};
use consilience_testkit::golden::array;
use consilience_testkit::oracle;
use consilience_testkit::synthetic::{
    DataSet, data_sets, gaussian_pair, generator, normal, permuted_copy, rotated_copy,
};

/// Rounding of closed forms; none is worse conditioned than the laws' data.
const ROUNDING: f64 = 1e-9;

struct Compared {
    moments: Gathered,
    protocol: Protocol,
}

impl Compared {
    fn new(x: &Mat<f64>, y: &Mat<f64>, protocol: Protocol) -> Self {
        let (x, y) = (Recording::new(x), Recording::new(y));
        let moments = gather(&x, &y, &protocol.blocks).expect("good data");
        Self { moments, protocol }
    }

    fn in_sample(x: &Mat<f64>, y: &Mat<f64>) -> Self {
        let protocol = Protocol::in_sample(&Recording::new(x).ids, 10).expect("good data");
        Self::new(x, y, protocol)
    }

    fn score(&self, spec: &str) -> f64 {
        self.moments.evaluate(spec, &self.protocol.design).expect(spec).score
    }
}

/// A failure, if two numbers that should be equal are not.
fn unequal(what: &str, found: f64, expected: f64, tolerance: f64) -> Option<String> {
    let equal = (found - expected).abs() <= tolerance;
    (!equal).then(|| format!("{what}: {found}, expected {expected} within {tolerance:e}"))
}

#[test]
fn soft_matching_of_equal_widths_is_one_to_one() {
    let mut failures = Vec::new();
    for seed in 201..207 {
        let mut rng = generator(seed);
        let widths = [5 + 4 * (seed as usize - 201); 2];
        let (x, y, _) = gaussian_pair(90, widths, 4, 1.0, &mut rng);
        for protocol in Protocol::usual(&Recording::new(&x).ids) {
            let what = format!("{widths:?} (seed {seed}), {}", protocol.name);
            let pair = Compared::new(&x, &y, protocol);
            let (soft, hard) = (pair.score("soft-matching"), pair.score("permutation"));
            failures.extend(unequal(&what, soft, hard, ROUNDING));
        }
    }
    assert_none(&failures);
}

#[test]
fn parts_of_the_mass_lead_to_the_whole() {
    let mut failures = Vec::new();
    for DataSet { name, x, y, .. } in data_sets() {
        for protocol in Protocol::usual(&Recording::new(&x).ids) {
            let what = format!("{name}, {}", protocol.name);
            let pair = Compared::new(&x, &y, protocol);
            let whole = pair.score("soft-matching");
            for spec in ["mass=1.0", "mass=1.0,sum=one-minus-cost"] {
                let part = pair.score(&format!("partial-soft-matching:{spec}"));
                failures.extend(unequal(&format!("{what}, {spec}"), part, whole, ROUNDING));
            }
        }
    }
    // What the authors' code returns on these arrays, in sample, and the same divided by the mass: three decimals.
    let pair = Compared::in_sample(&array("inputs/X.npy"), &array("inputs/Y.npy"));
    let known =
        [(0.1, 0.977, 0.772), (0.5, 0.876, 0.751), (0.9, 0.761, 0.734), (1.0, 0.721, 0.721)];
    for (mass, as_coded, mean) in known {
        let spec = format!("partial-soft-matching:mass={mass:?}");
        failures.extend(unequal(&spec, pair.score(&spec), mean, 5e-4));
        let spec = format!("{spec},sum=one-minus-cost");
        failures.extend(unequal(&spec, pair.score(&spec), as_coded, 5e-4));
    }
    assert_none(&failures);
}

#[test]
fn all_components_are_least_squares() {
    let mut failures = Vec::new();
    let mut rng = generator(220);
    let (x, y, _) = gaussian_pair(120, [7, 5], 4, 1.0, &mut rng);
    for protocol in Protocol::usual(&Recording::new(&x).ids) {
        let pair = Compared::new(&x, &y, protocol);
        for direction in ["x-to-y", "y-to-x"] {
            let linear = pair.score(&format!("linear:direction={direction}"));
            for spec in ["pls", "pls:standardise=true"] {
                let comma = if spec.contains(':') { ',' } else { ':' };
                let spec = format!("{spec}{comma}direction={direction}");
                failures.extend(unequal(&spec, pair.score(&spec), linear, ROUNDING));
            }
        }
    }
    assert_none(&failures);
}

#[test]
fn free_partners_do_no_worse_in_sample_than_shared_out_ones() {
    let mut failures = Vec::new();
    for DataSet { name, x, y, .. } in data_sets() {
        let pair = Compared::in_sample(&x, &y);
        let semi = |direction: &str| pair.score(&format!("semi-matching:direction={direction}"));
        let (there, back) = (semi("x-to-y"), semi("y-to-x"));
        let soft = pair.score("soft-matching");
        if there.min(back) < soft - ROUNDING {
            failures.push(format!("{name}: semi {there} and {back}, soft {soft}"));
        }
        // The mean of a one-to-one matching is over the narrower side, whose units look for partners here.
        let narrow = if x.ncols() <= y.ncols() { there } else { back };
        let hard = pair.score("permutation");
        if narrow < hard - ROUNDING {
            failures.push(format!("{name}: semi {narrow}, one-to-one {hard}"));
        }
    }
    assert_none(&failures);
}

#[test]
fn copies_are_recognised() {
    let mut failures = Vec::new();
    for DataSet { name, x, .. } in data_sets() {
        let mut rng = generator(210);
        let scaled = Mat::from_fn(x.nrows(), x.ncols(), |i, j| 4.0 - 3.5 * x[(i, j)]);
        let rotated = rotated_copy(x.as_ref(), &mut rng);
        let permuted = permuted_copy(x.as_ref(), &mut rng).0;
        let cases: [(&str, &Mat<f64>, &[&str]); 3] = [
            ("negated and scaled", &scaled, &["linear-cka", "debiased-linear-cka", "procrustes"]),
            ("rotated", &rotated, &["linear-cka", "debiased-linear-cka", "procrustes"]),
            (
                "permuted",
                &permuted,
                &["permutation", "soft-matching", "semi-matching", "procrustes", "linear-cka"],
            ),
        ];
        for (what, copy, specs) in cases {
            let pair = Compared::in_sample(&x, copy);
            for spec in specs {
                let what = format!("{spec}, {name}, {what}");
                failures.extend(unequal(&what, pair.score(spec), 1.0, ROUNDING));
            }
            // The smallest penalty of the grid is 1e-8 of the mean variance.
            let what = format!("ridge, {name}, {what}");
            failures.extend(unequal(&what, pair.score("ridge"), 1.0, 1e-6));
        }
    }
    assert_none(&failures);
}

/// Known to the last digit for small closed-form arrays (x = sin, y = cos), independently of the packages behind the
/// golden files: six decimals.
#[test]
fn closed_form_arrays_have_their_known_scores() {
    let cases = [
        ("A", "linear-cka", 0.424_345),
        ("B", "linear-cka", 0.357_225),
        ("A", "debiased-linear-cka", 0.307_942),
        ("B", "debiased-linear-cka", 0.200_996),
        ("A", "semi-matching:direction=x-to-y", 0.549_886),
        ("B", "semi-matching:direction=x-to-y", 0.519_717),
        ("A", "semi-matching:direction=y-to-x", 0.436_733),
        ("B", "semi-matching:direction=y-to-x", 0.514_345),
        ("A", "permutation", 0.432_333),
        ("B", "permutation", 0.431_553),
        ("A", "soft-matching", 0.362_794),
        ("B", "soft-matching", 0.431_553),
    ];
    let check = |(pair, spec, expected): (&str, &str, f64)| {
        let side = |side: &str| array(&format!("inputs/{pair}_{side}.npy"));
        let found = Compared::in_sample(&side("x"), &side("y")).score(spec);
        unequal(&format!("{spec} of {pair}"), found, expected, 5.5e-7)
    };
    assert_none(&cases.into_iter().filter_map(check).collect::<Vec<_>>());
}

/// Both forms of CKA depend on the data through inner products of stimuli only: features and the roots of their Gram
/// matrix have the same. The debiased form equals the n × n form with zeroed diagonals.
#[test]
fn cka_from_moments_is_cka_from_kernels() {
    let mut failures = Vec::new();
    for DataSet { name, x, y, .. } in data_sets() {
        let rows = |m: &Mat<f64>| -> Vec<Vec<f64>> {
            (0..m.nrows()).map(|i| m.row(i).iter().copied().collect()).collect()
        };
        let pair = Compared::in_sample(&x, &y);
        for spec in ["linear-cka", "debiased-linear-cka"] {
            let expected = oracle::score(spec, &rows(&x), &rows(&y), &[]).expect("has a reference");
            let what = format!("{spec}, {name}");
            failures.extend(unequal(&what, pair.score(spec), expected, ROUNDING));
        }
    }
    // K = X Xᵀ is itself a representation with n units, whose Gram matrix is K².
    let x = normal(30, 4, &mut generator(220));
    let kernel = matmul_abt(x.as_ref(), x.as_ref());
    let found = Compared::in_sample(&kernel, &kernel).score("linear-cka");
    failures.extend(unequal("a kernel with itself", found, 1.0, ROUNDING));
    assert_none(&failures);
}

/// A Gaussian pair has a population CKA in closed form. Both estimators approach it as 1/√n; the debiased one has no
/// bias of its own to speak of at this size, the biased one some p q / n ≈ 0.002.
#[test]
fn a_gaussian_pair_has_the_cka_of_its_population() {
    let (n, widths) = (20_000, [7, 5]);
    let mut failures = Vec::new();
    for seed in 231..235 {
        let (x, y, expected) = gaussian_pair(n, widths, 3, 1.0, &mut generator(seed));
        let pair = Compared::in_sample(&x, &y);
        // A covariance errs by about 1/√n relative to the variances, the ratio of squared norms by at most twice as much
        // from each of its three; four deviations.
        let tolerance = 8.0 / (n as f64).sqrt();
        for spec in ["linear-cka", "debiased-linear-cka"] {
            let what = format!("{spec} (seed {seed})");
            failures.extend(unequal(&what, pair.score(spec), expected, tolerance));
        }
    }
    assert_none(&failures);
}

/// With few stimuli the biased estimator of unrelated Gaussians is far above 0, the debiased one is not.
#[test]
fn debiasing_removes_the_bias() {
    let (n, widths, draws) = (40, [20, 20], 60);
    let (mut biased, mut debiased) = (0.0, 0.0);
    for seed in 0..draws {
        let mut rng = generator(240 + seed);
        let (x, y) = (normal(n, widths[0], &mut rng), normal(n, widths[1], &mut rng));
        let pair = Compared::in_sample(&x, &y);
        biased += pair.score("linear-cka") / draws as f64;
        debiased += pair.score("debiased-linear-cka") / draws as f64;
    }
    assert!(biased > 0.3, "biased {biased}, seeds 240 to 299");
    // One draw has a deviation of about √2 / n; sixty of them 0.005.
    assert!(debiased.abs() < 0.02, "debiased {debiased}, seeds 240 to 299");
}
