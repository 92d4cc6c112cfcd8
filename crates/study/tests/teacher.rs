//! The study of linear students, whose answer is known in closed form.

mod within_limit;

use consilience_data::{
    Activations, ArraySource, Quiet, RowMajor, StimulusSet, array_representation,
};
use consilience_study::{PointRow, Run, StudySpec, Table, Tone, run};

const SPEC: &str = "
    name = 'students'
    measures = ['linear-cka', 'procrustes']
    [[study]]
    kind = 'teacher'
    dimensions = 40
    samples = [10, 20, 37, 45, 80, 200]
    signal-to-noise = [3, 10]
    inputs = ['shared', 'independent']
    students = ['minimum-norm', 'optimal-ridge']
    draws = 40
    members = 3
    hidden = 3
    stimuli = 60
    expected = { linear-cka = 'squared-cosine', procrustes = 'cosine' }
";

fn nothing() -> ArraySource {
    ArraySource::new(StimulusSet::default())
}

fn spec(text: &str) -> StudySpec {
    StudySpec::parse(text, "test").expect("a spec")
}

fn point<'a>(table: &'a Table, quantity: &str, place: [&str; 3], at: f64) -> &'a PointRow {
    let [student, inputs, ratio] = place;
    let wanted = |p: &&PointRow| {
        p.quantity == quantity
            && p.at == at
            && p.series["student"] == student
            && p.series["inputs"] == inputs
            && p.series["signal-to-noise"] == ratio
    };
    table.points("teacher").find(wanted).expect("a point")
}

fn value(point: &PointRow) -> f64 {
    point.estimate().expect("a value").value
}

#[test]
fn points_are_where_theory_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec(SPEC), &nothing(), folder.path(), &Quiet).expect("a table");
    // Six numbers of samples, two ratios, inputs and students; two quantities of the study, two measures.
    assert_eq!(table.points("teacher").count(), 6 * 2 * 2 * 2 * 4);
    for student in ["minimum-norm", "optimal-ridge"] {
        for inputs in ["shared", "independent"] {
            for at in [10.0, 20.0, 80.0, 200.0] {
                let place = [student, inputs, "10"];
                let cosine = point(&table, "cosine of weights", place, at);
                let expected = cosine.expected().expect("theory");
                assert!(
                    (value(cosine) - expected).abs() < 0.1,
                    "{student} {inputs} {at}: {cosine:?}"
                );
                assert!(cosine.chance().expect("noise alone").abs() < 0.2, "{cosine:?}");
                let error = point(&table, "generalisation error", place, at);
                let expected = error.expected().expect("theory");
                assert!(
                    (value(error) / expected - 1.0).abs() < 0.3,
                    "{student} {inputs} {at}: {error:?}"
                );
            }
        }
    }
    // Many samples: hidden layers of rank one have the cosine of the weights, and its square as CKA.
    let place = ["minimum-norm", "shared", "10"];
    for (measure, power) in [("procrustes", 1), ("linear-cka", 2)] {
        let row = point(&table, measure, place, 200.0);
        let cosine = value(point(&table, "cosine of weights", place, 200.0));
        assert!((value(row) - cosine.powi(power)).abs() < 0.02, "{row:?}");
        assert!((row.expected().expect("theory") - cosine.powi(power)).abs() < 0.02);
    }
    let study = &spec(SPEC).studies().expect("a study")[0];
    let facts = Run::read(folder.path()).expect("facts");
    let section = &study.sections(&table, &facts)[0];
    let tone = |part: &str| {
        let mut found = section.verdicts.iter().filter(|v| v.text.contains(part));
        found.next().unwrap_or_else(|| panic!("{part}")).tone
    };
    assert_eq!(tone("grows with the signal-to-noise ratio"), Tone::Holds);
    assert_eq!(tone("`minimum-norm` with shared inputs has a minimum"), Tone::Holds);
    // With inputs of their own, students with the penalty of least error have a curve that rises: no minimum may be said of it.
    let ridge = section.verdicts.iter().find(|v| v.text.contains("`optimal-ridge` with indep"));
    let ridge = ridge.expect("said");
    assert_eq!(ridge.tone, Tone::Note);
    assert!(ridge.text.contains("in 0 of 6 curves."), "{}", ridge.text);
    assert_eq!(tone("need not mean lower error"), Tone::Holds);
    assert_ne!(tone("Theory and measurement, cosine of weights"), Tone::Fails);
}

#[test]
fn without_a_threshold_in_sight_there_is_no_minimum_to_be_found() {
    let text = SPEC.replace("[10, 20, 37, 45, 80, 200]", "[80, 120, 200, 400]");
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec(&text), &nothing(), folder.path(), &Quiet).expect("a table");
    let facts = Run::read(folder.path()).expect("facts");
    let section = &spec(&text).studies().expect("a study")[0].sections(&table, &facts)[0];
    let verdict = section
        .verdicts
        .iter()
        .find(|v| v.text.contains("`minimum-norm` with shared"))
        .expect("said");
    assert_eq!(verdict.tone, Tone::Fails, "{}", verdict.text);
    // Above the threshold more samples give both more alignment and less error.
    let verdict = section.verdicts.iter().find(|v| v.text.contains("need not mean")).expect("said");
    assert_eq!(verdict.tone, Tone::Fails, "{}", verdict.text);
}

const RECORDED: &str = "
    name = 'students of recorded inputs'
    measures = ['linear-cka']
    folds = 4
    [[study]]
    kind = 'teacher'
    task = { labels = { layer = 'input' } }
    samples = [4, 7, 8, 12, 60]
    signal-to-noise = [1, 10]
    inputs = ['shared', 'independent']
    students = ['minimum-norm', { ridge = { penalty = 3 } }]
    draws = 30
    members = 3
    hidden = 5
    stimuli = 40
";

/// Stimuli of eight values with spreads from 1 to 1/8, in three classes that are no linear function of them.
fn recorded() -> ArraySource {
    let n = 160;
    let coordinate =
        |i: usize, j: usize| ((i * 37 + j * 101 + i * i * (j + 3)) as f64 * 0.618).sin();
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
    let value = |i: usize, j: usize| (3.0 + coordinate(i, j) / (j + 1) as f64) as f32;
    let values = (0..n).flat_map(|i| (0..8).map(move |j| value(i, j))).collect();
    let array = Activations::F32(RowMajor { values, n_units: 8 });
    let mut representation = array_representation("network", &array);
    "input".clone_into(&mut representation.id.layer);
    let mut source = ArraySource::new(stimuli);
    source.push(representation, array).expect("finite values");
    source
}

#[test]
fn students_of_recorded_inputs_are_where_theory_says() {
    for task in ["labels", "values"] {
        let text = RECORDED.replace("task = { labels", &format!("task = {{ {task}"));
        let folder = tempfile::tempdir().expect("a folder");
        let table = run(&spec(&text), &recorded(), folder.path(), &Quiet).expect("a table");
        // Outputs, error and linear CKA of all; interpolation of minimum-norm students alone, classes where there are some.
        let per_ratio = 2 * 3 + 1 + if task == "labels" { 2 } else { 0 };
        assert_eq!(table.points("teacher").count(), 5 * 2 * 2 * per_ratio);
        for inputs in ["shared", "independent"] {
            for ratio in ["1", "10"] {
                // Where no single draw decides the mean, as it may for minimum-norm students of few samples.
                for (student, at) in [("minimum-norm", 60.0), ("ridge 3", 8.0), ("ridge 3", 60.0)] {
                    let place = [student, inputs, ratio];
                    let words = format!("{task} {place:?} {at}");
                    let cosine = point(&table, "cosine of outputs", place, at);
                    let expected = cosine.expected().expect("theory");
                    assert!((value(cosine) - expected).abs() < 0.12, "{words}: {cosine:?}");
                    assert!(cosine.chance().expect("noise alone").abs() < 0.3, "{cosine:?}");
                    // Squares have longer tails: within four standard errors over draws.
                    let error = point(&table, "generalisation error", place, at);
                    let expected = error.expected().expect("theory");
                    let estimate = error.estimate().expect("a value");
                    let off = (estimate.value - expected) / estimate.standard_error.expect("draws");
                    assert!(off.abs() < 4.0, "{words}: {error:?}");
                }
            }
            // Eight values: as many samples are fitted, and no more.
            for (at, share) in [(4.0, 1.0), (8.0, 1.0), (12.0, 0.0)] {
                let place = ["minimum-norm", inputs, "1"];
                let found = value(point(&table, "share that interpolates", place, at));
                assert_eq!(found, share, "{task} {inputs} {at}");
            }
            let least = ["minimum-norm", inputs, "1"];
            let outputs = |at: f64| value(point(&table, "cosine of outputs", least, at));
            assert!(outputs(8.0) < outputs(60.0) - 0.2, "{} {}", outputs(8.0), outputs(60.0));
        }
        let study = &spec(&text).studies().expect("a study")[0];
        let section = &study.sections(&table, &Run::read(folder.path()).expect("facts"))[0];
        assert_eq!(section.anchor, format!("teacher-{task}"));
        let said = |part: &str| section.verdicts.iter().find(|v| v.text.contains(part));
        let theory = said("Theory and measurement, cosine of outputs").expect("said");
        assert_ne!(theory.tone, Tone::Fails, "{}", theory.text);
        assert!(said("(n = p, 8 samples)").is_some(), "{:?}", section.verdicts);
        let interpolation = said("do not fit their targets").expect("said");
        // 30 draws of 3 students at 4 and at 7 samples, two ratios, two kinds of inputs.
        assert!(interpolation.text.contains("0 of 720 do not"), "{}", interpolation.text);
    }
}

#[test]
fn classes_are_told_apart_by_linear_students_as_far_as_their_labels_are_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec(RECORDED), &recorded(), folder.path(), &Quiet).expect("a table");
    let wrong = |ratio, at| {
        point(&table, "share classified wrongly", ["minimum-norm", "shared", ratio], at)
    };
    let guess = wrong("10", 60.0).chance().expect("a guess");
    assert!((guess - 2.0 / 3.0).abs() < 1e-12);
    assert!(value(wrong("10", 60.0)) < guess - 0.3, "{:?}", wrong("10", 60.0));
    assert!(value(wrong("10", 60.0)) < value(wrong("1", 60.0)));
}

#[test]
fn rows_do_not_depend_on_what_is_learnt_beside_them() {
    let rows = |text: &str, source: &ArraySource| {
        let folder = tempfile::tempdir().expect("a folder");
        let table = run(&spec(text), source, folder.path(), &Quiet).expect("a table");
        table.points("teacher").cloned().collect::<Vec<_>>()
    };
    for (text, source, students) in [
        (RECORDED, recorded(), "'minimum-norm', { ridge = { penalty = 3 } }"),
        (SPEC, nothing(), "'minimum-norm', 'optimal-ridge'"),
    ] {
        let all = text.replace("draws = 30", "draws = 3").replace("draws = 40", "draws = 3");
        let some = all
            .replace("[1, 10]", "[10]")
            .replace("[3, 10]", "[10]")
            .replace(students, students.split_once(", ").expect("two").1);
        let (all, some) = (rows(&all, &source), rows(&some, &source));
        assert!(!some.is_empty() && some.len() < all.len() / 2);
        for row in some {
            assert!(all.contains(&row), "{row:?}");
        }
    }
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let text = SPEC.replace("draws = 40", "draws = 3");
    let whole = tempfile::tempdir().expect("a folder");
    run(&spec(&text), &nothing(), whole.path(), &Quiet).expect("a table");
    let bytes = std::fs::read(whole.path().join("results.jsonl")).expect("rows");
    for kept in [0, 1000, bytes.len() / 2, bytes.len() - 1] {
        let broken = tempfile::tempdir().expect("a folder");
        std::fs::copy(whole.path().join("run.json"), broken.path().join("run.json"))
            .expect("facts");
        std::fs::write(broken.path().join("results.jsonl"), &bytes[..kept]).expect("written");
        run(&spec(&text), &nothing(), broken.path(), &Quiet).expect("a table");
        let found = std::fs::read(broken.path().join("results.jsonl")).expect("rows");
        assert!(found == bytes, "{kept} bytes kept");
    }
}

#[test]
fn what_cannot_be_learnt_of_recorded_inputs_is_said() {
    for (from, to, part) in [
        ("'input'", "'conv9'", "no layer `conv9` is recorded; there are input"),
        ("12, 60]", "12, 130]", "130 training samples and 40 test stimuli; expected at most 160"),
        ("hidden = 5", "hidden = 2", "hidden = 2; expected at least 3, one unit for each class"),
        ("draws = 30", "draws = 30\nexpected = { linear-cka = 'cosine' }", "nothing is known"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let spec = spec(&RECORDED.replace(from, to));
        let out = folder.path().join("results");
        let error = run(&spec, &recorded(), &out, &Quiet).expect_err(to).to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    for (from, to, part) in [
        ("[10, 20,", "[20, 10,", "expected ascending numbers above 0"),
        ("members = 3", "members = 1", "members = 1; expected at least 2"),
        ("stimuli = 60", "stimuli = 9", "stimuli = 9; expected at least 10"),
        (
            "'optimal-ridge'",
            "{ ridge = { penalty = -1 } }",
            "penalty -1; expected a number above 0",
        ),
        ("{ linear-cka =", "{ ridge =", "expected names `ridge`"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("results");
        let spec = spec(&SPEC.replace(from, to));
        let error = run(&spec, &nothing(), &out, &Quiet).expect_err(to).to_string();
        assert!(error.contains(part), "{error}");
        assert!(!out.exists());
    }
}

#[test]
fn a_limit_to_memory_makes_draws_one_by_one() {
    // So many that two draws side by side hold more than one.
    let gaussian = "
        name = 'students'
        measures = ['linear-cka']
        [[study]]
        kind = 'teacher'
        dimensions = 30
        samples = [20]
        draws = 5
        members = 3
        stimuli = 300
    ";
    let threads = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
    threads.install(|| {
        within_limit::a_limit_cuts_and_changes_no_byte(&spec(gaussian), &nothing());
        within_limit::a_limit_cuts_and_changes_no_byte(&spec(RECORDED), &recorded());
    });
}
