//! Scores of noisy activations of networks whose answer is known, raw and corrected for attenuation.

mod planted_pairs;
mod within_limit;

use consilience_data::ArraySource;
use consilience_study::{PointRow, StudySpec, Table, Tone};
use planted_pairs::{Layer, mixed, noise, refused, resumes, source, table};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 1500;
const UNITS: usize = 8;
/// Correlation of the units of one network with their partners in another.
const PLANTED: f64 = 0.8;

/// Three networks whose units have the planted share of their variance in common, unit by unit.
fn networks() -> ArraySource {
    let rng = &mut ChaCha8Rng::seed_from_u64(12);
    let common = noise(STIMULI * UNITS, rng);
    let mut layers = Vec::new();
    for network in ["a", "b", "c"] {
        let values = mixed(PLANTED, &common, &noise(STIMULI * UNITS, rng));
        layers.push(Layer { network, checkpoint: "end", name: "body", depth: 0, values });
    }
    source(STIMULI, layers)
}

const SPEC: &str = "
    name = 'noise'
    activations = ''
    measures = ['permutation', 'linear-cka', 'debiased-linear-cka', 'mutual-knn']
    [[study]]
    kind = 'noise'
    signal-to-noise = [0.5, 1, 4, 16]
    repeats = 6
    draws = { shuffle = 3, rotation = 3 }
    expected = { permutation = 'matched-units', linear-cka = 'linear-kernels' }
";

const RATIOS: [f64; 4] = [0.5, 1.0, 4.0, 16.0];

fn point<'a>(table: &'a Table, measure: &str, what: &str, ratio: f64) -> &'a PointRow {
    let wanted = |p: &&PointRow| p.quantity == measure && p.series["what"] == what && p.at == ratio;
    table.points("noise").find(wanted).expect("a point")
}

fn value(point: &PointRow) -> f64 {
    point.estimate().expect("a value").value
}

/// Distance of a number from the interval; 0 inside.
fn outside(point: &PointRow, number: f64) -> f64 {
    let [low, high] = point.estimate().and_then(|e| e.interval).expect("an interval");
    (low - number).max(number - high).max(0.0)
}

#[test]
fn the_correction_gives_the_planted_correlation_back_and_no_other_correction_does() {
    let (table, section) = table(SPEC, &networks());
    let clean = value(point(&table, "permutation", "without noise", 0.0));
    // A mean over 8 units and 3 pairs of correlations over 1,500 stimuli.
    assert!((clean - PLANTED).abs() < 0.01, "{clean}");
    for ratio in RATIOS {
        let share = ratio / (1.0 + ratio);
        let raw = point(&table, "permutation", "score", ratio);
        let reliability = point(&table, "permutation", "reliability", ratio);
        let corrected = point(&table, "permutation", "corrected", ratio);
        assert!((raw.expected().expect("theory") - clean * share).abs() < 1e-12);
        assert!(outside(raw, clean * share) < 0.01, "{ratio}: {raw:?}");
        assert!(outside(reliability, share) < 0.01, "{ratio}: {reliability:?}");
        assert!(outside(corrected, clean) < 0.01, "{ratio}: {corrected:?}");
        assert_eq!(corrected.expected(), Some(clean));
        // Wrong corrections: by the reliability of both sides in full, by that of one side only (its root), by that of a test of
        // twice the length (Spearman and Brown). Where noise matters they are far off.
        let doubled = 2.0 * value(reliability) / (1.0 + value(reliability));
        let wrong = [value(reliability).powi(2), value(reliability).sqrt(), doubled];
        for divisor in wrong {
            let wrong = value(raw) / divisor;
            let least = if ratio <= 4.0 { 0.05 } else { 0.02 };
            assert!((wrong - clean).abs() > least, "{ratio}: divided by {divisor}: {wrong}");
            assert!(outside(corrected, wrong) > 0.01, "{ratio}: {corrected:?} and {wrong}");
        }
    }
    let said = |part: &str| section.verdicts.iter().find(|v| v.text.contains(part)).expect(part);
    let recovered = said("Corrected for attenuation, `permutation`");
    assert_eq!(recovered.tone, Tone::Holds, "{}", recovered.text);
    assert_eq!(said("Theory and measurement, `permutation`").tone, Tone::Holds);
    assert!(said("There is no corrected score").text.contains("of `mutual-knn`"));
}

#[test]
fn kernels_follow_their_expected_scatters_and_are_corrected_without_bias_only() {
    let (table, section) = table(SPEC, &networks());
    let clean = value(point(&table, "debiased-linear-cka", "without noise", 0.0));
    assert!((clean - PLANTED * PLANTED).abs() < 0.02, "{clean}");
    for ratio in RATIOS {
        let raw = point(&table, "linear-cka", "score", ratio);
        assert!(outside(raw, raw.expected().expect("theory")) < 0.01, "{ratio}: {raw:?}");
        let corrected = point(&table, "debiased-linear-cka", "corrected", ratio);
        assert!(outside(corrected, clean) < 0.015, "{ratio}: {corrected:?}");
        // Nothing is in common of shuffled stimuli: debiased, chance is 0 at every ratio.
        let chance = point(&table, "debiased-linear-cka", "shuffle", ratio);
        assert!(outside(chance, 0.0) < 0.005, "{ratio}: {chance:?}");
        assert!(
            table
                .points("noise")
                .all(|p| p.quantity != "mutual-knn" || p.series["what"] != "corrected")
        );
    }
    let raw = |ratio| value(point(&table, "mutual-knn", "score", ratio));
    assert!(raw(0.5) < raw(1.0) && raw(1.0) < raw(4.0) && raw(4.0) < raw(16.0));
    let said = |part: &str| section.verdicts.iter().find(|v| v.text.contains(part)).expect(part);
    assert_eq!(said("Corrected for attenuation, `debiased-linear-cka`").tone, Tone::Holds);
}

#[test]
fn nothing_in_common_stays_nothing_and_dead_units_stay_dead() {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mut layers = Vec::new();
    for network in ["a", "b"] {
        let mut values = noise(300 * UNITS, rng);
        values.chunks_mut(UNITS).enumerate().for_each(|(s, row)| row[2] = f64::from(s == 7));
        layers.push(Layer { network, checkpoint: "end", name: "body", depth: 0, values });
    }
    let source = source(300, layers);
    let (table, _) = table(&format!("constant-units = 'drop'\n{SPEC}"), &source);
    for ratio in RATIOS {
        let raw = point(&table, "permutation", "score", ratio);
        assert!(value(raw).abs() < 0.1, "{raw:?}");
        let warned = raw.warnings.iter().any(|w| w.to_string().starts_with("1 of 8 units"));
        assert!(warned, "{:?}", raw.warnings);
    }
    let (table, section) = planted_pairs::table(SPEC, &source);
    assert!(table.points("noise").all(|p| p.estimate().is_none()));
    assert!(section.verdicts.is_empty(), "{:?}", section.verdicts);
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let text = SPEC.replace("[0.5, 1, 4, 16]", "[1, 4]").replace("repeats = 6", "repeats = 2");
    resumes(&text, &networks());
}

#[test]
fn what_cannot_be_done_is_said_before_any_work() {
    let cases = [
        ("[0.5, 1, 4, 16]", "[1, 0.5]", "expected ascending numbers above 0"),
        ("[0.5, 1, 4, 16]", "[]", "expected ascending numbers above 0"),
        ("repeats = 6", "repeats = 1", "repeats = 1; expected at least 2"),
        ("{ permutation =", "{ ridge =", "expected names `ridge`"),
        ("repeats = 6", "depths = [2.0]", "depths names 2; expected 0 (first layer) to 1 (last)"),
    ];
    refused(SPEC, &networks(), &cases);
}

#[test]
fn a_limit_to_memory_cuts_the_work_and_changes_no_byte() {
    let text = SPEC.replace("repeats = 6", "repeats = 2").replace("[0.5, 1, 4, 16]", "[1, 4]");
    let spec = StudySpec::parse(&text, "test").expect("a spec");
    within_limit::a_limit_cuts_and_changes_no_byte(&spec, &networks());
}
