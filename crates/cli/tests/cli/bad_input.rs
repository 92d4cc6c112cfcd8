//! Bad input: one clear message, the right exit code, nothing half-written.

use std::path::Path;

use crate::binary::{array, consilience, stderr, stdout};

struct Case {
    name: &'static str,
    args: &'static [&'static str],
    code: i32,
    /// Parts of the message: what was found, what was expected, where, what to do.
    says: &'static [&'static str],
}

const COMPARE_CASES: &[Case] = &[
    Case {
        name: "different lengths",
        args: &["compare", "x.npy", "short.npy"],
        code: 1,
        says: &["x.npy has 50 stimuli", "short.npy has 49", "the same stimuli in the same order"],
    },
    Case {
        name: "one stimulus",
        args: &["compare", "one.npy", "one.npy"],
        code: 1,
        says: &["1 stimuli cannot be split into 5 folds", "at least 10", "use more stimuli"],
    },
    Case {
        name: "fewer stimuli than folds",
        args: &["compare", "x.npy", "x.npy", "--folds", "30"],
        code: 1,
        says: &["50 stimuli cannot be split into 30 folds", "at least 60", "fewer folds"],
    },
    Case {
        name: "NaN",
        args: &["compare", "nan.npy", "x.npy"],
        code: 1,
        says: &["nan.npy", "row 3, unit 1 is NaN", "expected finite values"],
    },
    Case {
        name: "infinity",
        args: &["compare", "x.npy", "inf.npy"],
        code: 1,
        says: &["inf.npy", "row 2, unit 0 is inf", "expected finite values"],
    },
    Case {
        name: "constant unit",
        args: &["compare", "x.npy", "constant.npy"],
        code: 1,
        says: &["unit 2 of constant.npy", "is constant", "1 of 4 units", "--constant-units drop"],
    },
    Case {
        name: "all units constant",
        args: &["compare", "x.npy", "dead.npy", "--constant-units", "drop"],
        code: 1,
        says: &["all 4 units of dead.npy", "constant", "leave this layer out"],
    },
    Case {
        name: "object array",
        args: &["compare", "object.npy", "x.npy"],
        code: 1,
        says: &["object.npy", "pickle", "expected float32 or float64", "convert with astype"],
    },
    Case {
        name: "truncated",
        args: &["compare", "truncated.npy", "x.npy"],
        code: 1,
        says: &["truncated.npy", "truncated file", "expected 800 bytes"],
    },
    Case {
        name: "no such file",
        args: &["compare", "nowhere.npy", "x.npy"],
        code: 1,
        says: &["nowhere.npy", "No such file"],
    },
    Case {
        name: "unknown measure",
        args: &["compare", "x.npy", "x.npy", "--measure", "procustes"],
        code: 2,
        says: &["no measure `procustes`", "did you mean procrustes"],
    },
    Case {
        name: "unknown parameter",
        args: &["compare", "x.npy", "x.npy", "--measure", "ridge:lambda=3"],
        code: 2,
        says: &["no parameter `lambda`", "alpha = null"],
    },
    Case {
        name: "value out of range",
        args: &["compare", "x.npy", "x.npy", "--measure", "ridge:alpha=-3"],
        code: 2,
        says: &["alpha is -3", "above 0"],
    },
    Case {
        name: "too many blocks",
        args: &["compare", "x.npy", "x.npy", "--blocks", "2"],
        code: 1,
        says: &["number of folds is 5", "2 to 2 (the number of blocks)"],
    },
];

fn npy(folder: &Path, name: &str, descr: &str, shape: &str, body: &[u8]) {
    let mut header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).expect("short").to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(body);
    std::fs::write(folder.join(name), bytes).expect("written");
}

#[test]
fn compare_names_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    array(f, "x.npy", 50, 4, |_| {});
    array(f, "short.npy", 49, 4, |_| {});
    array(f, "one.npy", 1, 4, |_| {});
    array(f, "nan.npy", 50, 4, |v| v[3 * 4 + 1] = f32::NAN);
    array(f, "inf.npy", 50, 4, |v| v[2 * 4] = f32::INFINITY);
    array(f, "constant.npy", 50, 4, |v| v.chunks_mut(4).for_each(|row| row[2] = 0.1));
    array(f, "dead.npy", 50, 4, |v| v.fill(0.0));
    npy(f, "object.npy", "'|O'", "(50, 4)", b"pickled");
    npy(f, "truncated.npy", "'<f4'", "(50, 4)", &[0; 799]);
    check(f, COMPARE_CASES);
}

/// Runs all cases and lists all failures.
fn check(folder: &Path, cases: &[Case]) {
    let before = names(folder);
    let mut failures = Vec::new();
    for case in cases {
        let output = consilience(folder, case.args);
        let message = stderr(&output);
        if output.status.code() != Some(case.code) {
            failures.push(format!(
                "{}: exit {:?}, expected {}: {message}",
                case.name,
                output.status.code(),
                case.code
            ));
        }
        for part in case.says {
            if !message.contains(part) {
                failures.push(format!("{}: does not say `{part}`: {message}", case.name));
            }
        }
        if stdout(&output).contains("NaN") {
            failures.push(format!("{}: NaN on standard output", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(before, names(folder), "something was left behind");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry"));
    let mut names: Vec<String> =
        entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn fortran_order_and_big_endian_are_read_as_what_they_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    array(f, "x.npy", 50, 4, |_| {});
    let values = match consilience::data::formats::npy::read(f.join("x.npy")).expect("readable") {
        consilience::data::Activations::F32(m) => m.values,
        consilience::data::Activations::F64(_) => panic!("written as f32"),
    };
    let mut big_endian_columns = Vec::new();
    for column in 0..4 {
        for row in 0..50 {
            big_endian_columns.extend(values[row * 4 + column].to_be_bytes());
        }
    }
    let header = "{'descr': '>f4', 'fortran_order': True, 'shape': (50, 4), }";
    let padded = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(padded.len()).expect("short").to_le_bytes());
    bytes.extend(padded.as_bytes());
    bytes.extend(big_endian_columns);
    std::fs::write(f.join("columns.npy"), bytes).expect("written");
    let run = |y| {
        let args = ["compare", "x.npy", y, "--format", "csv"];
        stdout(&consilience(f, &args))
    };
    assert_eq!(run("x.npy"), run("columns.npy"));
}

#[test]
fn studies_name_what_is_wrong_and_leave_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    let spec = |name: &str, text: &str| std::fs::write(f.join(name), text).expect("written");
    let head = "name = 'n'\nactivations = 'store'\nmeasures = ['ridge']\n";
    spec("good.toml", &format!("{head}[[study]]\nkind = 'layers'\n"));
    spec("kind.toml", &format!("{head}[[study]]\nkind = 'layer'\n"));
    spec("parameter.toml", &format!("{head}[[study]]\nkind = 'layers'\npoolings = 'centre'\n"));
    spec(
        "measure.toml",
        "name = 'n'\nactivations = 's'\nmeasures = ['cca']\n[[study]]\nkind = 'layers'\n",
    );
    spec("empty.toml", "name = 'n'\nactivations = 's'\nmeasures = []\nstudy = []\n");
    let bare = "name = 'n'\nactivations = 's'\n[[study]]\nkind = 'layers'\n";
    spec("unmeasured.toml", bare);
    spec("train.toml", "dataset = 'fashion-mnist-tiny'\n");
    check(
        f,
        &[
            Case {
                name: "no store",
                args: &["run", "good.toml"],
                code: 1,
                says: &["store", "record activations first"],
            },
            Case {
                name: "plan without store",
                args: &["plan", "good.toml"],
                code: 1,
                says: &["store"],
            },
            Case {
                name: "unknown kind",
                args: &["run", "kind.toml"],
                code: 1,
                says: &["study `layer`", "layers, training"],
            },
            Case {
                name: "unknown key",
                args: &["run", "parameter.toml"],
                code: 1,
                says: &["study `layers`", "poolings", "pooling"],
            },
            Case {
                name: "unknown measure",
                args: &["run", "measure.toml"],
                code: 1,
                says: &["no measure `cca`"],
            },
            Case {
                name: "nothing to do",
                args: &["run", "empty.toml"],
                code: 1,
                says: &["empty.toml", "no [[study]]", "layers, training"],
            },
            Case {
                name: "nothing to compare by",
                args: &["run", "unmeasured.toml"],
                code: 1,
                says: &["unmeasured.toml", "no measures", "consilience measures"],
            },
            Case {
                name: "no spec",
                args: &["run", "nowhere.toml"],
                code: 1,
                says: &["nowhere.toml", "No such file"],
            },
            Case {
                name: "no results",
                args: &["report", "."],
                code: 1,
                says: &["run.json", "No such file"],
            },
            Case {
                name: "unknown data",
                args: &["train", "train.toml"],
                code: 1,
                says: &["train.toml", "fashion-mnist-tiny"],
            },
            Case {
                name: "a file in place of a folder",
                args: &["demo", "--out", "good.toml/demo"],
                code: 1,
                says: &["good.toml", "Not a directory"],
            },
        ],
    );
}
