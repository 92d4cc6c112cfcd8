//! Identities between the measures of alignment and of canonical correlations, published numbers, and expectations under
//! independence.

use consilience_linalg::{Mat, squared_norm};
use consilience_measures::{Error, Result, Warning};
use consilience_statistics::Canonical;
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Gathered, Protocol, Recording, gather};
use consilience_testkit::golden::array;
use consilience_testkit::synthetic::{
    DataSet, data_sets, gaussian_pair, generator, normal, with_noise,
};

/// Rounding of closed forms; none is worse conditioned than the laws' data.
const ROUNDING: f64 = 1e-9;

struct Compared {
    moments: Gathered,
    protocol: Protocol,
}

impl Compared {
    fn new(x: &Mat<f64>, y: &Mat<f64>) -> Self {
        let (x, y) = (Recording::new(x), Recording::new(y));
        let protocol = Protocol::in_sample(&x.ids, 10).expect("good data");
        let moments = gather(&x, &y, &protocol.blocks).expect("good data");
        Self { moments, protocol }
    }

    fn compare(&self, spec: &str) -> Result<consilience_measures::Comparison> {
        self.moments.evaluate(spec, &self.protocol.design)
    }

    fn score(&self, spec: &str) -> f64 {
        self.compare(spec).expect(spec).score
    }
}

/// A failure, if two numbers that should be equal are not, relative to numbers beyond 1.
fn unequal(what: &str, found: f64, expected: f64, tolerance: f64) -> Option<String> {
    let equal = (found - expected).abs() <= tolerance * expected.abs().max(1.0);
    (!equal).then(|| format!("{what}: {found}, expected {expected} within {tolerance:e}"))
}

#[test]
fn measures_of_one_alignment_are_functions_of_each_other() {
    let mut failures = Vec::new();
    for DataSet { name, x, y, .. } in data_sets() {
        let pair = Compared::new(&x, &y);
        let s = pair.score("bures-similarity");
        let raw = pair.score("procrustes-euclidean-distance:size=raw");
        let rms = pair.score("procrustes-euclidean-distance:size=per-stimulus");
        for (spec, expected) in [
            ("procrustes-angular-distance", s.acos()),
            ("procrustes-euclidean-distance", (2.0 - 2.0 * s).sqrt()),
            ("procrustes-squared-distance", 2.0 - 2.0 * s),
            ("procrustes-squared-distance:size=raw", raw * raw),
            ("procrustes-disparity-distance", 1.0 - s * s),
            ("shape-distance", s.acos()),
            ("shape-distance:form=euclidean", raw),
            ("bures-distance:size=raw", raw),
            ("bures-distance", rms),
            ("bures-distance:size=unit", (2.0 - 2.0 * s).sqrt()),
            ("procrustes-euclidean-distance:size=per-stimulus", raw / (x.nrows() as f64).sqrt()),
        ] {
            failures.extend(unequal(
                &format!("{spec}, {name}"),
                pair.score(spec),
                expected,
                ROUNDING,
            ));
        }
    }
    assert_none(&failures);
}

#[test]
fn measures_of_canonical_correlations_are_functions_of_each_other() {
    let mut failures = Vec::new();
    for DataSet { name, x, y, .. } in data_sets() {
        let pair = Compared::new(&x, &y);
        let moments = pair.moments.pair().over(pair.protocol.design.all());
        let [p, q] = moments.canonical().expect("finite").ranks.map(|rank| rank as f64);
        let sum = p.min(q) * pair.score("mean-cca");
        let squares = p.min(q) * pair.score("mean-squared-cca");
        for (spec, expected) in [
            ("svcca:variance=1.0", pair.score("mean-cca")),
            ("eigenspace-overlap", squares / p.max(q)),
            ("gulp-distance", (p + q - 2.0 * squares).max(0.0).sqrt()),
            ("shape-distance:alpha=0.0", (sum / (p * q).sqrt()).min(1.0).acos()),
        ] {
            failures.extend(unequal(
                &format!("{spec}, {name}"),
                pair.score(spec),
                expected,
                ROUNDING,
            ));
        }
        // A vanishing penalty or a vanishing mixture is none; what is left of it is divided by the smallest eigenvalue.
        for (spec, limit) in [
            ("gulp-distance:lambda=1e-12", "gulp-distance"),
            ("shape-distance:alpha=1e-9", "shape-distance:alpha=0.0"),
            ("shape-distance:alpha=0.999999999", "shape-distance"),
        ] {
            let what = format!("{spec}, {name}");
            failures.extend(unequal(&what, pair.score(spec), pair.score(limit), 1e-4));
        }
    }
    assert_none(&failures);
}

/// Whitening by triangular factors, where ranks are certain, and by eigenvectors, everywhere, give the same correlations.
#[test]
fn correlations_need_no_eigenvectors_where_ranks_are_certain() {
    for DataSet { name, x, y, .. } in data_sets() {
        let pair = Compared::new(&x, &y);
        let moments = pair.moments.pair().over(pair.protocol.design.all());
        let found = moments.canonical().expect("finite");
        let (sides, turned) = (moments.eigen(), moments.cross_in_eigenbases());
        let (sides, turned) = (sides.expect("finite"), turned.expect("finite").as_ref());
        let (dimensions, epsilon) = (moments.dimensions(), moments.epsilon);
        let expected = Canonical::of(sides, turned, dimensions, epsilon).expect("finite");
        assert_eq!((found.ranks, found.certain), (expected.ranks, expected.certain), "{name}");
        let mut both = found.correlations.iter().zip(&expected.correlations);
        assert_eq!(found.correlations.len(), expected.correlations.len(), "{name}");
        assert!(both.all(|(a, b)| (a - b).abs() <= ROUNDING), "{name}: {found:?}, {expected:?}");
    }
}

#[test]
fn matchings_of_equal_widths_agree_and_freer_maps_come_nearer() {
    let mut failures = Vec::new();
    for DataSet { name, x, y, .. } in data_sets() {
        let pair = Compared::new(&x, &y);
        let permutation = pair.score("permutation-distance:form=euclidean");
        if x.ncols() == y.ncols() {
            let soft = (x.ncols() as f64).sqrt() * pair.score("soft-matching-distance");
            failures.extend(unequal(
                &format!("soft matching, {name}"),
                soft,
                permutation,
                ROUNDING,
            ));
        }
        let free = pair.score("permutation-distance:form=euclidean,partners=free");
        let rotation = pair.score("procrustes-euclidean-distance:size=raw");
        if !(rotation <= free + ROUNDING && free <= permutation + ROUNDING) {
            failures.push(format!("{name}: {rotation}, {free}, {permutation} are not in order"));
        }
    }
    assert_none(&failures);
}

/// With a large ridge ε, log(A_x⁻¹ A_y) is (K_y − K_x) / ε up to a term of order 1 / ε²: the distance times ε tends to the
/// Frobenius distance of the kernels, which linear CKA and the kernels' own norms give too.
#[test]
fn the_riemannian_distance_tends_to_the_distance_of_kernels() {
    let mut failures = Vec::new();
    for DataSet { name, x, y, .. } in data_sets() {
        let pair = Compared::new(&x, &y);
        let moments = pair.moments.pair().over(pair.protocol.design.all());
        let n = moments.n as f64;
        let norms = [&moments.x, &moments.y]
            .map(|side| n * squared_norm(side.scatter()).sqrt() / side.trace());
        let [kx, ky] = norms;
        let kernels = (kx * kx + ky * ky - 2.0 * pair.score("linear-cka") * kx * ky).sqrt();
        let ridge = 1e6;
        let found = ridge * pair.score(&format!("riemannian-distance:ridge={ridge}"));
        failures.extend(unequal(&format!("riemannian-distance, {name}"), found, kernels, 1e-4));
    }
    assert_none(&failures);
}

/// The demonstration of Kornblith et al. (2019), five decimals as printed there; the mean squared CCA is not centred there.
/// The disparity is what scipy.spatial.procrustes returns for the same arrays.
#[test]
fn published_numbers_are_met() {
    let pair = Compared::new(&array("inputs/X.npy"), &array("inputs/Y.npy"));
    let cases = [
        ("linear-cka", 0.55761),
        ("debiased-linear-cka", 0.51346),
        ("rbf-cka:bandwidth=median-all,factor=0.5", 0.65483),
        ("mean-squared-cca:centre=false", 0.54312),
        ("mean-squared-cca", 0.54540),
        ("procrustes-disparity-distance", 0.457_93),
    ];
    let check = |(spec, expected): (&str, f64)| unequal(spec, pair.score(spec), expected, 5.5e-6);
    let mut failures: Vec<String> = cases.into_iter().filter_map(check).collect();
    // What netrep's PermutationMetric returns for the closed-form arrays of equal widths, six decimals.
    let pair = Compared::new(&array("inputs/B_x.npy"), &array("inputs/B_y.npy"));
    for (spec, expected) in
        [("permutation-distance", 1.124_373), ("permutation-distance:form=euclidean", 7.244_437)]
    {
        failures.extend(unequal(spec, pair.score(spec), expected, 5.5e-7));
    }
    assert_none(&failures);
}

/// Squares are no metrics: half-way between two representations the squared distances to them are a quarter each. One-to-one
/// matching over several widths is none either, unless units may stay alone.
#[test]
fn squares_and_forced_partners_break_the_triangle_inequality() {
    let mut rng = generator(401);
    let x = normal(60, 5, &mut rng);
    let z = with_noise(x.as_ref(), 0.5, &mut rng);
    let middle = Mat::from_fn(60, 5, |i, j| f64::midpoint(x[(i, j)], z[(i, j)]));
    for spec in ["procrustes-squared-distance", "procrustes-disparity-distance"] {
        let distance = |a: &Mat<f64>, b: &Mat<f64>| Compared::new(a, b).score(spec);
        assert!(distance(&x, &z) > 1.5 * (distance(&x, &middle) + distance(&middle, &z)), "{spec}");
    }
    // One unit, its opposite, and a pair of both at half the size.
    let [unit, opposite, both] = [vec![1.0], vec![-1.0], vec![0.5, -0.5]]
        .map(|factors| Mat::from_fn(60, factors.len(), |i, j| factors[j] * x[(i, 0)]));
    let breaks = |spec: &str| {
        let distance = |a: &Mat<f64>, b: &Mat<f64>| Compared::new(a, b).score(spec);
        distance(&unit, &opposite) > 1.1 * (distance(&unit, &both) + distance(&both, &opposite))
    };
    assert!(breaks("permutation-distance:form=euclidean"));
    assert!(!breaks("permutation-distance:form=euclidean,partners=free"));
}

/// With fewer stimuli than dimensions some correlations are 1 by counting: exactly, with a warning, and in any precision.
#[test]
fn certain_correlations_are_exact_and_counted() {
    let mut rng = generator(402);
    let (x, y, _) = gaussian_pair(20, [30, 24], 3, 1.0, &mut rng);
    for pair in [Recording::new, |m: &Mat<f64>| Recording::new(m).in_f32()].map(|recording| {
        let protocol = Protocol::in_sample(&Recording::new(&x).ids, 10).expect("good data");
        let moments = gather(&recording(&x), &recording(&y), &protocol.blocks).expect("good data");
        Compared { moments, protocol }
    }) {
        for spec in ["mean-cca", "mean-squared-cca", "eigenspace-overlap", "pwcca"] {
            let found = pair.compare(spec).expect(spec);
            assert!(found.score == 1.0, "{spec}: {}", found.score);
            let expected = [
                Warning::DependentUnits { side: "x".into(), rank: 19, of: 30 },
                Warning::DependentUnits { side: "y".into(), rank: 19, of: 24 },
                Warning::CertainCorrelations { certain: 19, of: 19, samples: 20 },
            ];
            assert_eq!(found.warnings, expected, "{spec}");
        }
        assert!(pair.score("gulp-distance") == 0.0);
    }
    // Three of twelve: a mean has a value, weights of arbitrary directions have none.
    let (x, y, _) = gaussian_pair(22, [12, 12], 3, 1.0, &mut rng);
    let pair = Compared::new(&x, &y);
    let found = pair.compare("mean-cca").expect("a mean");
    let certain = Warning::CertainCorrelations { certain: 3, of: 12, samples: 22 };
    assert_eq!(found.warnings, [certain]);
    let error = pair.compare("pwcca").expect_err("arbitrary directions");
    assert!(matches!(error, Error::Undefined { id: "pwcca", .. }), "{error}");
    assert!(error.to_string().contains("3 are 1 by counting"), "{error}");
}

/// Mean and sum over draws of independent standard normal pairs.
fn mean_under_independence(
    [n, p, q]: [usize; 3],
    draws: u64,
    value: impl Fn(&Compared) -> f64,
) -> f64 {
    let draw = |seed| {
        let mut rng = generator(seed);
        value(&Compared::new(&normal(n, p, &mut rng), &normal(n, q, &mut rng)))
    };
    (500..500 + draws).map(draw).sum::<f64>() / draws as f64
}

/// For independent Gaussian representations the sum of the squared canonical correlations is the overlap of two random
/// subspaces of m = n − 1 dimensions: its mean is p q / m, its variance 2 p q (m − p)(m − q) / (m² (m − 1)(m + 2)) (for
/// p = q = 1 those of a Beta(½, (m − 1)/2) variable). Four deviations of the mean.
#[test]
fn canonical_correlations_have_their_expectation_under_independence() {
    let draws = 120;
    let mut failures = Vec::new();
    for [n, p, q] in [[40, 6, 4], [60, 5, 12], [31, 15, 15]] {
        let [m, a, b] = [n - 1, p, q].map(|v| v as f64);
        let variance = 2.0 * a * b * (m - a) * (m - b) / (m * m * (m - 1.0) * (m + 2.0));
        let deviation = (variance / draws as f64).sqrt();
        for (spec, denominator) in
            [("mean-squared-cca", a.min(b)), ("eigenspace-overlap", a.max(b))]
        {
            let found = mean_under_independence([n, p, q], draws, |pair| pair.score(spec));
            let tolerance = 4.0 * deviation / denominator;
            let what = format!("{spec}, {n} × [{p}, {q}]");
            failures.extend(unequal(&what, found, a * b / m / denominator, tolerance));
        }
    }
    assert_none(&failures);
}

/// Independent standard normal representations: E‖XᵀY‖² = m p q, m = n − 1 (so that the squared norm of the covariance has the
/// mean p q / m), and E‖XᵀX‖² = m p (m + p + 1), which make linear CKA about √(pq / ((n + p)(n + q))).
#[test]
fn linear_cka_has_its_expectation_under_independence() {
    let (draws, mut failures) = (120, Vec::new());
    for [n, p, q] in [[60, 12, 20], [200, 20, 20], [30, 40, 25]] {
        let [m, a, b] = [n - 1, p, q].map(|v| v as f64);
        let moments = |pair: &Compared| pair.moments.pair().over(pair.protocol.design.all());
        let cross = mean_under_independence([n, p, q], draws, |pair| {
            moments(pair).squared_norm() / (m * a * b)
        });
        let own = mean_under_independence([n, p, q], draws, |pair| {
            moments(pair).x.squared_norm() / (m * a * (m + a + 1.0))
        });
        let cka = mean_under_independence([n, p, q], draws, |pair| pair.score("linear-cka"));
        // One draw of a squared norm deviates by less than 2 / √(smaller width · n) of itself, and 4 deviations of the mean
        // of 120 are less than that; the ratio of means misses the mean of ratios by less still.
        let tolerance = 2.0 / ((a.min(b) * m).sqrt());
        let expected = (a * b / ((m + a + 1.0) * (m + b + 1.0))).sqrt();
        let what = format!("{n} × [{p}, {q}]");
        failures.extend(unequal(&format!("‖XᵀY‖², {what}"), cross, 1.0, tolerance));
        failures.extend(unequal(&format!("‖XᵀX‖², {what}"), own, 1.0, tolerance));
        failures.extend(unequal(&format!("CKA, {what}"), cka / expected, 1.0, tolerance));
    }
    assert_none(&failures);
}
