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
    let mut told = 0;
    for row in rows {
        if row["outcome"]["error"].is_object() {
            continue;
        }
        let score = &row["outcome"]["score"];
        assert!(score["estimate"]["interval"].is_array(), "{row}");
        let spec = row["measure"].as_str().expect("a spec");
        let chances = score["chance"].as_array().expect("a list");
        let shuffle = chances.iter().find(|c| c["null"] == "shuffle");
        // What no order of the stimuli changes has nothing to be above.
        let measure = consilience::measures::parse(spec).expect("canonical");
        assert_eq!(shuffle.is_some(), measure.reads_pairing(), "{row}");
        let Some(shuffle) = shuffle else { continue };
        assert_eq!(shuffle["p_value"].as_f64(), Some(0.025), "y is nearly x: {row}");
        let is_high = shuffle["calibrated"].as_f64().is_none_or(|c| c > 0.5);
        assert!(is_high, "y is nearly x: {row}");
        told += 1;
        if let Some(expected) = score["expected_by_chance"].as_f64() {
            let mean = shuffle["mean"].as_f64().expect("a number");
            let spread = shuffle["standard_deviation"].as_f64().expect("a number");
            assert!((mean - expected).abs() < 4.0 * spread / 39_f64.sqrt(), "{row}");
        }
    }
    assert!(told > 5, "{told} measures found that y is nearly x");
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

/// Runs `compare --format json` and returns its rows.
fn json(folder: &std::path::Path, args: &[&str]) -> Vec<serde_json::Value> {
    let args = [&["compare", "x.npy", "y.npy", "--format", "json"], args].concat();
    let output = consilience(folder, &args);
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("a list")
}

fn smooth_pair(folder: &std::path::Path) {
    array(folder, "x.npy", 120, 6, |_| {});
    array(folder, "y.npy", 120, 6, |v| v.iter_mut().for_each(|v| *v += 0.1 * v.cos()));
}

#[test]
fn q_values_and_calibrated_scores_belong_to_the_table() {
    use consilience::measures::Orientation;
    let folder = tempfile::tempdir().expect("a folder");
    smooth_pair(folder.path());
    let rows = json(folder.path(), &["--family", "kernel", "--null", "shuffle=19"]);
    let chances: Vec<&serde_json::Value> =
        rows.iter().map(|row| &row["outcome"]["score"]["chance"][0]).collect();
    let p: Vec<f64> = chances.iter().map(|c| c["p_value"].as_f64().expect("p")).collect();
    let q: Vec<f64> = chances.iter().map(|c| c["q_value"].as_f64().expect("q")).collect();
    assert!(p.len() > 1, "{rows:?}");
    assert_eq!(q, consilience::inference::benjamini_hochberg(&p));
    for (row, chance) in rows.iter().zip(chances) {
        let score = row["outcome"]["score"]["estimate"]["value"].as_f64().expect("a number");
        let threshold = chance["threshold"].as_f64().expect("a threshold");
        let calibrated = chance["calibrated"].as_f64().expect("19 draws");
        let spec = row["measure"].as_str().expect("a spec");
        let measure = consilience::measures::parse(spec).expect("its own spec");
        let best = match measure.info().orientation {
            Orientation::Score => measure.range().1,
            Orientation::Distance => 0.0,
        };
        assert!((calibrated - (score - threshold) / (best - threshold)).abs() < 1e-12, "{row}");
    }
}

#[test]
fn every_number_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    smooth_pair(folder.path());
    let args = ["--measure", "ridge:direction=x-to-y", "--measure", "ridge"];
    let rows = json(folder.path(), &args);
    let direction = |row: &serde_json::Value| row["naming"]["direction"].clone();
    assert_eq!(direction(&rows[0]), "x → y");
    assert_eq!(direction(&rows[1]), "mean of x → y and y → x");
    for row in &rows {
        for what in ["estimator", "centring", "direction", "aggregation"] {
            assert!(row["naming"][what].as_str().is_some_and(|t| !t.is_empty()), "{what}: {row}");
        }
    }
    let table = |explain: &[&str]| {
        let args = [&["compare", "x.npy", "y.npy", "--measure", "linear-cka"], explain].concat();
        stdout(&consilience(folder.path(), &args))
    };
    assert!(!table(&[]).contains("aggregation") && table(&["--explain"]).contains("aggregation"));
}

#[test]
fn families_and_all_run_what_applies_and_say_why_the_rest_does_not() {
    use consilience::measures::{Family, MEASURES};
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    // Three stimuli: enough for some measures in sample, too few for others.
    array(f, "x.npy", 3, 2, |_| {});
    array(f, "y.npy", 3, 2, |v| v.iter_mut().for_each(|v| *v = v.abs()));
    let base = ["compare", "x.npy", "y.npy", "--folds", "in-sample", "--format", "json"];
    let all = consilience(f, &[&base[..], &["--measure", "all"]].concat());
    assert!(all.status.success(), "{}", stderr(&all));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&stdout(&all)).expect("a list");
    assert_eq!(rows.len(), MEASURES.len());
    let failed: Vec<&serde_json::Value> =
        rows.iter().filter(|row| row["outcome"]["error"].is_object()).collect();
    assert!(!failed.is_empty() && failed.len() < rows.len());
    for row in &failed {
        let id = row["measure"].as_str().expect("a spec");
        let why = row["outcome"]["error"]["message"].as_str().expect("a reason");
        assert!(stderr(&all).contains(&format!("not computed: {id}: {why}")), "{}", stderr(&all));
    }
    // The table has no line for what has no number.
    let table = consilience(f, &["compare", "x.npy", "y.npy", "--folds", "in-sample"]);
    assert!(table.status.success());
    let id = failed[0]["measure"].as_str().expect("a spec");
    assert!(!stdout(&table).contains(&format!("| {id} ")), "{}", stdout(&table));
    // Asked for by name, the same is a failure.
    let named = consilience(f, &[&base[..], &["--measure", "all", "--measure", id]].concat());
    assert_eq!(named.status.code(), Some(1));
    assert!(stderr(&named).contains(&format!("error: {id}: ")), "{}", stderr(&named));
    // A family is what the catalogue says it is.
    for family in Family::ALL {
        let ids: Vec<&str> =
            MEASURES.iter().filter(|e| e.info.family == family).map(|e| e.info.id).collect();
        if ids.is_empty() {
            continue;
        }
        let listed =
            stdout(&consilience(f, &["measures", "--family", family.id(), "--format", "csv"]));
        let listed: Vec<&str> =
            listed.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert!(ids.iter().all(|id| listed.contains(id)), "{}: {listed:?}", family.id());
        let ran = consilience(f, &[&base[..], &["--family", family.id()]].concat());
        let rows: Vec<serde_json::Value> =
            serde_json::from_str(&stdout(&ran)).expect("a list, whatever applies");
        let ran: Vec<&str> = rows.iter().filter_map(|row| row["measure"].as_str()).collect();
        assert_eq!(ran, ids);
    }
}

#[test]
fn packages_are_reproduced_with_their_own_protocol() {
    use consilience::measures::packages::{PACKAGES, Protocol};
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    smooth_pair(f);
    for package in PACKAGES {
        let args = ["compare", "x.npy", "y.npy", "--like", package.name, "--format", "json"];
        let output = consilience(f, &args);
        let rows: Vec<serde_json::Value> = serde_json::from_str(&stdout(&output)).expect("a list");
        let there: Vec<&str> =
            rows.iter().filter_map(|row| row["like"]["quantity"].as_str()).collect();
        let names: Vec<&str> = package.quantities.iter().map(|q| q.name).collect();
        assert_eq!(there, names, "{}", package.name);
        let says = match package.protocol {
            Protocol::InSample => format!("scored in sample, as {} does", package.name),
            Protocol::Folds(k) => format!("scored on {k} folds, as {} does", package.name),
        };
        assert!(stderr(&output).contains(&says), "{}", stderr(&output));
        for (row, quantity) in rows.iter().zip(package.quantities) {
            let score = &row["outcome"]["score"];
            let Some(value) = score["estimate"]["value"].as_f64() else { continue };
            let calibrated = score["chance"][0]["calibrated"].as_f64();
            let expected = quantity.transform.apply(value, calibrated);
            assert_eq!(row["like"]["value"].as_f64(), expected, "{row}");
            assert!(expected.is_some(), "{row}");
        }
    }
    // An angle is what one package calls by the name of a score.
    let rows = json(f, &["--like", "netrep", "--folds", "3"]);
    let cka = rows.iter().find(|row| row["like"]["quantity"] == "LinearCKA").expect("in the table");
    let score = cka["outcome"]["score"]["estimate"]["value"].as_f64().expect("a score");
    assert_eq!(cka["like"]["value"].as_f64(), Some(score.acos()));
    let output = consilience(f, &["compare", "x.npy", "y.npy", "--like", "netrep", "--folds", "3"]);
    assert!(stderr(&output).contains("scored on 3 folds, which netrep does not"));
}

#[test]
fn the_catalogue_and_the_page_of_a_measure() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = stdout(&consilience(folder.path(), &["measures", "--format", "json"]));
    let all: Vec<serde_json::Value> = serde_json::from_str(&all).expect("a list");
    assert_eq!(all.len(), consilience::measures::MEASURES.len());
    for facts in &all {
        for known in ["id", "family", "complexity", "reads", "symmetry", "is_metric", "naming"] {
            assert!(!facts[known].is_null(), "{known}: {facts}");
        }
    }
    let people = stdout(&consilience(folder.path(), &["measures"]));
    for family in consilience::measures::Family::ALL {
        let has = consilience::measures::MEASURES.iter().any(|e| e.info.family == family);
        assert_eq!(people.contains(&format!("{} ({})", family.title(), family.id())), has);
    }
    for invariance in consilience::measures::Invariance::ALL {
        let legend = format!("{} {}", invariance.code(), invariance.name());
        assert!(people.contains(&legend), "{legend}");
    }
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
