//! `consilience compare`, as it is typed.

use crate::binary::{array, consilience, stderr, stdout};

#[test]
fn all_measures_with_intervals_and_chance() {
    let folder = tempfile::tempdir().expect("a folder");
    array(folder.path(), "x.npy", 120, 6, |_| {});
    array(folder.path(), "y.npy", 120, 6, |v| v.iter_mut().for_each(|v| *v += 0.1 * v.cos()));
    let args = [
        "compare",
        "x.npy",
        "y.npy",
        "--null",
        "shuffle=39",
        "--null",
        "rotation=39",
        "--format",
        "json",
    ];
    let output = consilience(folder.path(), &args);
    assert!(output.status.success(), "{}", stderr(&output));
    let rows: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), consilience::measures::MEASURES.len());
    for row in rows {
        let score = &row["outcome"]["score"];
        let value = score["estimate"]["value"].as_f64().expect("a number");
        assert!(value > 0.9, "y is nearly x: {row}");
        assert!(score["estimate"]["interval"].is_array(), "{row}");
        let shuffle = &score["chance"][0];
        assert_eq!(
            (shuffle["null"].as_str(), shuffle["p_value"].as_f64()),
            (Some("shuffle"), Some(0.025))
        );
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    array(folder.path(), "x.npy", 300, 40, |_| {});
    array(folder.path(), "y.npy", 300, 25, |v| v.iter_mut().for_each(|v| *v = v.abs()));
    let run = |threads| {
        let args = [
            "compare",
            "x.npy",
            "y.npy",
            "--null",
            "shuffle=5",
            "--format",
            "csv",
            "--threads",
            threads,
        ];
        stdout(&consilience(folder.path(), &args))
    };
    let one = run("1");
    assert_eq!(one.lines().count(), 1 + consilience::measures::MEASURES.len());
    assert_eq!(one, run("2"));
    assert_eq!(one, run("5"));
}

#[test]
fn in_sample_scores_are_those_of_the_fit() {
    let folder = tempfile::tempdir().expect("a folder");
    array(folder.path(), "x.npy", 60, 5, |_| {});
    let args = [
        "compare",
        "x.npy",
        "x.npy",
        "--folds",
        "in-sample",
        "--measure",
        "permutation",
        "--format",
        "csv",
    ];
    let text = stdout(&consilience(folder.path(), &args));
    let line = text.lines().nth(1).expect("one measure");
    assert!(line.starts_with("permutation,in-sample,1.000000,"), "{line}");
}

#[test]
fn the_catalogue_and_the_page_of_a_measure() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = stdout(&consilience(folder.path(), &["measures", "--format", "csv"]));
    assert_eq!(all.lines().count(), 1 + consilience::measures::MEASURES.len());
    for entry in consilience::measures::MEASURES {
        let page = stdout(&consilience(folder.path(), &["measures", entry.info.id]));
        for heading in [
            "Definition",
            "Reads",
            "Range and orientation",
            "Invariances",
            "Parameters",
            "Complexity",
            "Caveats",
            "References",
            "Example",
        ] {
            assert!(page.contains(&format!("\n## {heading}\n")), "{}: {heading}", entry.info.id);
        }
    }
}
