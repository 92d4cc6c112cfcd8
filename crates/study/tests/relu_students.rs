//! The study of two-layer ReLU students: what has to hold of them, on tasks of which that is known.

mod within_limit;

use consilience_data::{
    Activations, ArraySource, Quiet, RowMajor, StimulusSet, array_representation,
};
use consilience_study::{PointRow, Run, StudySpec, Table, Tone, run};

const SPEC: &str = "
    name = 'students'
    measures = ['linear-cka', 'mutual-knn']
    folds = 4
    [[study]]
    kind = 'relu-students'
    task = { teacher = { dimensions = 6, units = 3 } }
    units = 8
    samples = [16, 48, 300]
    signal-to-noise = [2, 30]
    draws = 4
    members = 4
    stimuli = 100
    training = { steps = 2000, rate = 0.03 }
";

fn nothing() -> ArraySource {
    ArraySource::new(StimulusSet::default())
}

fn spec(text: &str) -> StudySpec {
    StudySpec::parse(text, "test").expect("a spec")
}

fn point<'a>(table: &'a Table, quantity: &str, ratio: &str, at: f64) -> &'a PointRow {
    let wanted = |p: &&PointRow| {
        p.quantity == quantity && p.at == at && p.series["signal-to-noise"] == ratio
    };
    table.points("relu-students").find(wanted).expect("a point")
}

fn value(table: &Table, quantity: &str, ratio: &str, at: f64) -> f64 {
    point(table, quantity, ratio, at).estimate().expect("a value").value
}

#[test]
fn students_of_a_teacher_align_with_signal_and_samples_and_least_at_the_threshold() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec(SPEC), &nothing(), folder.path(), &Quiet).expect("a table");
    assert_eq!(table.points("relu-students").count(), 3 * 2 * 5);
    let outputs = |ratio, at| value(&table, "cosine of outputs", ratio, at);
    let error = |ratio, at| value(&table, "generalisation error", ratio, at);
    // Samples by far enough: students are their teacher, and noise alone has nothing to agree on.
    assert!(outputs("30", 300.0) > 0.95, "{}", outputs("30", 300.0));
    assert!(error("30", 300.0) < 0.05, "{}", error("30", 300.0));
    let chance = point(&table, "cosine of outputs", "30", 300.0).chance().expect("noise alone");
    assert!(chance.abs() < 0.3, "{chance}");
    // 64 weights: 16 samples are interpolated, 300 are not, and between them noise is amplified most.
    let interpolating = |at| value(&table, "share that interpolates", "2", at);
    assert!(interpolating(16.0) >= 0.75 && interpolating(300.0) == 0.0);
    assert!(outputs("2", 48.0) < outputs("2", 300.0) - 0.3);
    assert!(error("2", 48.0) > error("2", 16.0) && error("2", 16.0) > error("2", 300.0));
    for at in [16.0, 48.0, 300.0] {
        assert!(outputs("2", at) < outputs("30", at), "{at}");
        for measure in ["linear-cka", "mutual-knn"] {
            let score = value(&table, measure, "30", at);
            let chance = point(&table, measure, "30", at).chance().expect("noise alone");
            assert!(score > chance && score < 1.0, "{measure} {at}: {score}, {chance}");
        }
    }
    let study = &spec(SPEC).studies().expect("a study")[0];
    let facts = Run::read(folder.path()).expect("facts");
    let section = &study.sections(&table, &facts)[0];
    let said = |part: &str| {
        let mut found = section.verdicts.iter().filter(|v| v.text.contains(part));
        found.next().unwrap_or_else(|| panic!("{part}: {:?}", section.verdicts))
    };
    assert_ne!(said("grows with the signal-to-noise ratio").tone, Tone::Fails);
    assert!(said("n = weights, 64 samples").text.contains("of 6 curves"), "{:?}", section.verdicts);
    assert!(said("do not get to the tolerance").text.contains("of 64 "));
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let text = SPEC
        .replace("draws = 4", "draws = 2")
        .replace("members = 4", "members = 2")
        .replace("[16, 48, 300]", "[16]");
    let rows = |threads: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run(&spec(&text), &nothing(), folder.path(), &Quiet)).expect("a table");
        std::fs::read(folder.path().join("results.jsonl")).expect("rows")
    };
    assert!(rows(1) == rows(3));
}

/// Stimuli in three classes, told apart by two of four values; the last value of the layer is the same for all.
fn classes(n: usize) -> ArraySource {
    let coordinate = |i: usize, j: usize| ((i * 37 + j * 101) as f64 * 0.618).sin();
    let label = |i: usize| match (coordinate(i, 0) > 0.0, coordinate(i, 1) > 0.0) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    };
    let stimuli = StimulusSet {
        labels: Some((0..n).map(label).collect()),
        classes: ["one", "two", "three"].map(str::to_owned).to_vec(),
        ..StimulusSet::indexed("classes", n)
    };
    let values = (0..n)
        .flat_map(|i| (0..5).map(move |j| if j == 4 { 7.0 } else { coordinate(i, j) as f32 }))
        .collect();
    let array = Activations::F32(RowMajor { values, n_units: 5 });
    let mut representation = array_representation("network", &array);
    "input".clone_into(&mut representation.id.layer);
    let mut source = ArraySource::new(stimuli);
    source.push(representation, array).expect("finite values");
    source
}

const CLASSES: &str = "
    name = 'students of classes'
    measures = ['linear-cka']
    folds = 4
    [[study]]
    kind = 'relu-students'
    task = { labels = { layer = 'input' } }
    units = 6
    samples = [12, 200]
    signal-to-noise = [1, 20]
    draws = 3
    members = 3
    stimuli = 100
    training = { steps = 1500, rate = 0.03 }
";

#[test]
fn classes_of_recorded_stimuli_are_learnt_as_far_as_their_labels_are_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec(CLASSES), &classes(400), folder.path(), &Quiet).expect("a table");
    let error = |ratio, at| value(&table, "generalisation error", ratio, at);
    assert!(error("20", 200.0) < 0.2, "{}", error("20", 200.0));
    assert!(error("20", 200.0) < error("1", 200.0), "{}", error("1", 200.0));
    let guess = point(&table, "generalisation error", "1", 12.0).chance().expect("guesses");
    assert!((guess - 2.0 / 3.0).abs() < 1e-12);
    let outputs = |ratio, at| value(&table, "cosine of outputs", ratio, at);
    assert!(outputs("20", 200.0) > outputs("1", 200.0));
    let facts = Run::read(folder.path()).expect("facts");
    let section = &spec(CLASSES).studies().expect("a study")[0].sections(&table, &facts)[0];
    // 6 units of 5 inputs, a bias and 3 outputs: 54 weights for 18 samples of 3 numbers.
    assert!(section.lead.contains("54 weights"), "{}", section.lead);
    assert!(section.verdicts.iter().any(|v| v.text.contains("n · classes = weights, 18 samples")));
    // SNR 1 is a signal of √(1/2): a share of (1 − √(1/2)) 2/3 of the labels is flipped.
    assert!(section.lead.contains("19.5 % at SNR 1"), "{}", section.lead);
}

#[test]
fn a_limit_to_memory_makes_draws_one_by_one() {
    let short = |text: &str| text.replace("steps = 2000", "steps = 20");
    let threads = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
    threads.install(|| {
        within_limit::a_limit_cuts_and_changes_no_byte(&spec(&short(SPEC)), &nothing());
        within_limit::a_limit_cuts_and_changes_no_byte(&spec(&short(CLASSES)), &classes(300));
    });
}

#[test]
fn what_cannot_be_learnt_is_said() {
    let unlabelled = || {
        let mut stimuli = StimulusSet::indexed("bare", 400);
        stimuli.labels = None;
        let array = Activations::F32(RowMajor { values: vec![0.5; 400], n_units: 1 });
        let mut representation = array_representation("network", &array);
        "input".clone_into(&mut representation.id.layer);
        let mut source = ArraySource::new(stimuli);
        source.push(representation, array).expect("finite values");
        source
    };
    let cases: [(ArraySource, &str, &str, &str); 6] = [
        (classes(400), "'input'", "'conv9'", "no layer `conv9` is recorded; there are input"),
        (classes(250), "", "", "expected at most 250 together"),
        (unlabelled(), "", "", "`bare` has no labels"),
        (classes(400), "[12, 200]", "[200, 12]", "expected ascending numbers above 0"),
        (classes(400), "steps = 1500", "steps = 0", "expected at least 1 step"),
        (classes(400), "units = 6", "units = 0", "units = 0; expected at least 1"),
    ];
    for (source, from, to, part) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let text = if from.is_empty() { CLASSES.to_owned() } else { CLASSES.replace(from, to) };
        let error = run(&spec(&text), &source, &folder.path().join("results"), &Quiet);
        let error = error.expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    }
}
