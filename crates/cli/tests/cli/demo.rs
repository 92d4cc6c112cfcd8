//! The whole path on a small scale: train, run, kill, resume, report.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::binary::{consilience, stderr, stdout};

const STUDY: &str = r"
name = 'a small study'
activations = 'activations'
constant-units = 'drop'
measures = ['ridge', 'permutation', 'linear-cka']
[[study]]
kind = 'layers'
ordering = ['ridge', 'permutation']
same-layer-draws = { shuffle = 3, rotation = 3 }
other-draws = { shuffle = 1, rotation = 1 }
[[study]]
kind = 'training'
draws = { shuffle = 2, rotation = 2 }
";

const TRAIN: &str = r"
[networks]
prefix = 'cnn'
seeds = [5, 6]
[training]
epochs = 1
";

fn results(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("results.jsonl")).expect("results")
}

/// Both texts have the same lines; the first that differs is named.
fn same(found: &str, expected: &str, what: &str) {
    let differs = found.lines().zip(expected.lines()).enumerate().find(|(_, (a, b))| a != b);
    if let Some((i, (a, b))) = differs {
        panic!("{what}: line {} differs\n{a}\n{b}", i + 1);
    }
    assert_eq!(found.len(), expected.len(), "{what}: one is longer");
}

#[test]
fn train_run_kill_resume_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    std::fs::write(f.join("train.toml"), TRAIN).expect("written");
    std::fs::write(f.join("study.toml"), STUDY).expect("written");
    let trained = consilience(f, &["train", "train.toml"]);
    assert!(trained.status.success(), "{}", stderr(&trained));

    let whole = consilience(f, &["run", "study.toml", "--out", "one", "--threads", "1"]);
    assert!(whole.status.success(), "{}", stderr(&whole));
    assert_eq!(stdout(&whole).trim(), "one/report.html");
    let expected = results(&f.join("one"));
    assert!(expected.lines().count() > 100);
    assert!(!expected.contains("\"error\""), "a cell failed");

    let two = consilience(f, &["run", "study.toml", "--out", "two", "--threads", "2"]);
    assert!(two.status.success(), "{}", stderr(&two));
    same(&results(&f.join("two")), &expected, "two threads against one");

    killed_and_resumed(f, &expected);
    planned(f);

    // The report is a function of the results.
    let first = std::fs::read_to_string(f.join("one/report.html")).expect("report");
    let again = consilience(f, &["report", "one"]);
    assert!(again.status.success(), "{}", stderr(&again));
    assert_eq!(std::fs::read_to_string(f.join("one/report.html")).expect("report"), first);

    // Another study does not go into the same folder.
    std::fs::write(f.join("study.toml"), STUDY.replace("shuffle = 2", "shuffle = 1"))
        .expect("written");
    let other = consilience(f, &["run", "study.toml", "--out", "one"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(stderr(&other).contains("another study"), "{}", stderr(&other));
    same(&results(&f.join("one")), &expected, "the first study, after another was refused");
}

/// A run that is killed while it works, and one whose last line is torn, both end with the same bytes.
fn killed_and_resumed(f: &Path, expected: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_consilience"))
        .current_dir(f)
        .args(["run", "study.toml", "--out", "killed"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let path = f.join("killed/results.jsonl");
    while !std::fs::read(&path).is_ok_and(|bytes| bytes.len() > 1000) {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before it could be killed");
        std::thread::yield_now();
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let left = std::fs::read_to_string(&path).expect("rows");
    assert!(
        left.len() < expected.len()
            && expected.starts_with(&left[..left.rfind('\n').map_or(0, |i| i + 1)])
    );
    std::fs::write(&path, format!("{}{{\"row\":\"ce", &left[..=left.rfind('\n').expect("a row")]))
        .expect("torn");
    let resumed = consilience(f, &["run", "study.toml", "--out", "killed"]);
    assert!(resumed.status.success(), "{}", stderr(&resumed));
    same(&results(&f.join("killed")), expected, "killed and resumed against whole");
}

fn planned(f: &Path) {
    let plan = consilience(f, &["plan", "study.toml", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&stdout(&plan)).expect("JSON");
    let rows: u64 = plan["studies"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|s| s["rows"].as_u64().expect("a number"))
        .sum();
    let cells =
        results(&f.join("one")).lines().filter(|l| l.starts_with("{\"row\":\"cell\"")).count();
    assert_eq!(rows, cells as u64, "the plan counts the rows that the run writes");
}
