//! Scores along the number of stimuli, of networks whose answer is known.

mod planted_pairs;
mod within_limit;

use consilience_data::ArraySource;
use consilience_measures::Warning;
use consilience_study::{
    CompareOptions, Outcome, PointRow, Scoring, StudySpec, Table, Tone, compare,
};
use planted_pairs::{Layer, mixed, noise, refused, resumes, source, table};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use within_limit::a_limit_cuts_and_changes_no_byte;

const STIMULI: usize = 800;
const UNITS: usize = 10;

/// Two networks: half of the variance of each unit of `body` is common to both, unit by unit, and nothing of `head`.
fn networks() -> ArraySource {
    named(&["a", "b"])
}

/// The same of networks of these names.
fn named(networks: &[&str]) -> ArraySource {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    let common = noise(STIMULI * UNITS, rng);
    let mut layers = Vec::new();
    for network in networks {
        for (depth, layer) in ["body", "head"].into_iter().enumerate() {
            let own = noise(STIMULI * UNITS, rng);
            let values = if layer == "body" { mixed(0.5, &common, &own) } else { own };
            layers.push(Layer { network, checkpoint: "end", name: layer, depth, values });
        }
    }
    source(STIMULI, layers)
}

const SPEC: &str = "
    name = 'sample size'
    activations = ''
    measures = ['linear-cka', 'debiased-linear-cka', 'permutation', 'ridge', 'mutual-knn']
    [[study]]
    kind = 'sample-size'
    halvings = 4
    orders = 8
    tolerance = 0.03
    draws = { shuffle = 32, rotation = 8 }
    debiased = { linear-cka = 'debiased-linear-cka' }
";

fn point<'a>(table: &'a Table, layer: &str, measure: &str, what: &str, n: usize) -> &'a PointRow {
    let wanted = |p: &&PointRow| {
        p.series["layer"] == layer
            && p.quantity == measure
            && p.series["what"] == what
            && p.at == n as f64
    };
    table.points("sample-size").find(wanted).expect("a point")
}

fn value(point: &PointRow) -> f64 {
    point.estimate().expect("a value").value
}

/// Whether the interval holds a number, give or take something.
fn holds(point: &PointRow, number: f64, slack: f64) -> bool {
    let [low, high] = point.estimate().and_then(|e| e.interval).expect("an interval");
    low - slack <= number && number <= high + slack
}

#[test]
fn bias_and_chance_are_those_that_theory_expects() {
    let (table, section) = table(SPEC, &networks());
    for n in [50, 100, 200, 400] {
        // Nothing is shared: all of the plug-in score is chance, and the shuffled level is the same. E tr(S_x S_y) and
        // E tr(S²) of white Gaussian units give p / (n + p) to first order.
        let expected = UNITS as f64 / (n + UNITS) as f64;
        let score = value(point(&table, "head", "linear-cka", "score", n));
        assert!((score / expected - 1.0).abs() < 0.2, "n = {n}: {score}, expected {expected}");
        let shuffled = point(&table, "head", "linear-cka", "shuffle", n);
        let closed = shuffled.expected().expect("a closed form");
        assert!(holds(shuffled, closed, 0.002), "n = {n}: {shuffled:?}");
        assert!((closed / expected - 1.0).abs() < 0.1, "n = {n}: {closed}, expected {expected}");
        let chance = point(&table, "head", "linear-cka", "score", n).chance();
        assert_eq!(chance, Some(value(shuffled)));
        // Debiased, it is unbiased at every number of stimuli.
        assert!(holds(point(&table, "head", "debiased-linear-cka", "shuffle", n), 0.0, 0.005));
    }
    // What is shared: correlation .5 of matched units, CKA .25.
    let at_all = |measure| value(point(&table, "body", measure, "score", STIMULI));
    assert!((at_all("permutation") - 0.5).abs() < 0.03);
    assert!((at_all("debiased-linear-cka") - 0.25).abs() < 0.03);
    let bias = point(&table, "body", "linear-cka", "bias", 50);
    assert!(bias.estimate().and_then(|e| e.interval).expect("drawn")[0] > 0.05, "{bias:?}");
    assert!(holds(point(&table, "body", "debiased-linear-cka", "bias", 50), 0.0, 0.03));
    // A map fitted on few stimuli predicts others worse: held out, the score rises.
    let bias = point(&table, "body", "ridge", "bias", 50);
    assert!(bias.estimate().and_then(|e| e.interval).expect("drawn")[1] < -0.01, "{bias:?}");
    let said = |part: &str| section.verdicts.iter().find(|v| v.text.contains(part)).expect(part);
    let debiased = said("`debiased-linear-cka` takes the bias of `linear-cka` away");
    assert_eq!(debiased.tone, Tone::Holds, "{}", debiased.text);
    assert!(debiased.text.contains("in 2 of 2 places"), "{}", debiased.text);
    let bias = &said("Bias at n = 50").text;
    assert!(bias.contains("larger than 0.03: `linear-cka` 0.1"), "{bias}");
    assert!(said("`permutation` within").text.contains("body by n = "));
    let chance = &said("Chance, where it is highest").text;
    assert!(chance.contains("at n = 800 (rotation, body); `ridge`"), "{chance}");
    assert!(chance.contains("Closed forms are inside"), "{chance}");
}

#[test]
fn all_stimuli_give_the_score_of_a_plain_comparison() {
    let source = networks();
    let (table, _) = table(SPEC, &source);
    let measures: Vec<_> = ["linear-cka", "debiased-linear-cka", "mutual-knn"]
        .map(|m| consilience_measures::parse(m).expect("known"))
        .into();
    let options = CompareOptions { scoring: Scoring::Folds(5), ..CompareOptions::default() };
    let compared = compare(&source, (0, 2), &measures, &options).expect("compared");
    for found in compared {
        let Outcome::Score { estimate, .. } = found.outcome else { panic!("a score") };
        let at_all = point(&table, "body", &found.measure, "score", STIMULI);
        assert!((value(at_all) - estimate.value).abs() < 1e-12, "{}: {at_all:?}", found.measure);
        // One set: no spread over orders.
        let interval = at_all.estimate().and_then(|e| e.interval).expect("orders");
        assert!(interval[1] - interval[0] < 1e-12);
        assert_eq!(value(point(&table, "body", &found.measure, "bias", STIMULI)), 0.0);
    }
}

#[test]
fn units_are_the_same_at_every_number_and_few_stimuli_are_warned_of() {
    let rng = &mut ChaCha8Rng::seed_from_u64(9);
    let mut layers = Vec::new();
    for network in ["a", "b"] {
        let mut values = noise(STIMULI * UNITS, rng);
        // A unit that speaks for two stimuli only is constant over most small sets.
        values.chunks_mut(UNITS).enumerate().for_each(|(s, row)| row[3] = f64::from(s < 2));
        layers.push(Layer { network, checkpoint: "end", name: "body", depth: 0, values });
    }
    let source = source(STIMULI, layers);
    let text = format!("constant-units = 'drop'\n{SPEC}");
    let (table, _) = table(&text, &source);
    for n in [50, 100, 200, 400, 800] {
        let warnings = &point(&table, "body", "linear-cka", "score", n).warnings;
        let dropped = warnings.iter().find_map(|w| match w {
            Warning::UnitsDropped { dropped, of, .. } => Some((*dropped, *of)),
            _ => None,
        });
        assert_eq!(dropped, Some((1, UNITS)), "n = {n}");
        let few = warnings.iter().any(|w| matches!(w, Warning::FewSamples { .. }));
        assert_eq!(few, n < 10 * (UNITS - 1), "n = {n}: {warnings:?}");
    }
    // Refused, every point of the curve is a row with the error.
    let (table, section) = planted_pairs::table(SPEC, &source);
    assert!(table.points("sample-size").all(|p| p.estimate().is_none()));
    assert!(section.verdicts.is_empty(), "{:?}", section.verdicts);
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let text = SPEC.replace("halvings = 4", "halvings = 1").replace("orders = 8", "orders = 2");
    resumes(&text, &networks());
}

#[test]
fn what_cannot_be_done_is_said_before_any_work() {
    let cases = [
        ("orders = 8", "orders = 1", "orders = 1; expected at least 2"),
        ("halvings = 4", "halvings = 7", "6 stimuli after 0: expected at least 10"),
        ("halvings = 4", "stimuli = [100, 900]", "stimuli = 900; there are 800"),
        ("halvings = 4", "layers = ['tail']", "layers names `tail`, which no network has"),
        ("halvings = 4", "pairs = [['a', 'c']]", "expected two different networks of a, b"),
        ("halvings = 4", "checkpoints = ['begin']", "has no checkpoint `begin`; it has end"),
        ("halvings = 4", "checkpoints = ['last', 'end']", "checkpoints names end of a twice"),
        ("{ linear-cka =", "{ svcca =", "debiased names `svcca`"),
    ];
    refused(SPEC, &networks(), &cases);
    let unknown = StudySpec::parse(&SPEC.replace("orders = 8", "order = 8"), "test");
    assert!(unknown.expect_err("unknown").to_string().contains("unknown field `order`"));
}

#[test]
fn a_limit_to_memory_cuts_the_pairs_and_changes_no_byte() {
    let text = SPEC.replace("halvings = 4", "halvings = 1").replace("orders = 8", "orders = 2");
    let (spec, source) = (planted_pairs::spec(&text), named(&["a", "b", "c", "d"]));
    a_limit_cuts_and_changes_no_byte(&spec, &source);
}
