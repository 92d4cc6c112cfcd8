//! The study of linear students, whose answer is known in closed form.

use consilience_data::{ArraySource, Quiet, StimulusSet};
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
