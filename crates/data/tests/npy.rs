//! `.npy` files: round trips, other orders, and what strangers may send.

use std::fs;
use std::path::PathBuf;

use consilience_data::formats::npy::{self, NpyFile};
use consilience_data::{Activations, Precision, RowMajor};
use tempfile::TempDir;

/// A version 1.0 file with this text as header, padded as NumPy does, and these bytes after it.
fn file(header: &str, values: &[u8]) -> Vec<u8> {
    let mut text = header.to_owned();
    while !(10 + text.len() + 1).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(values);
    bytes
}

fn header(descr: &str, fortran: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}")
}

fn at(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("array.npy");
    fs::write(&path, bytes).unwrap();
    path
}

/// Row i, column j of a test array.
fn value(i: usize, j: usize) -> f64 {
    i as f64 * 1000.5 - j as f64
}

fn f32s(rows: usize, units: usize) -> Activations {
    let values = (0..rows * units).map(|k| value(k / units, k % units) as f32).collect();
    Activations::F32(RowMajor { values, n_units: units })
}

fn f64s(rows: usize, units: usize) -> Activations {
    let values = (0..rows * units).map(|k| value(k / units, k % units)).collect();
    Activations::F64(RowMajor { values, n_units: units })
}

#[test]
fn what_is_written_is_read_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("array.npy");
    // The last is larger than what is read at a time, and its rows straddle the pieces.
    for (rows, units) in [(1, 1), (1, 7), (7, 1), (3, 5), (701, 333)] {
        for array in [f32s(rows, units), f64s(rows, units)] {
            npy::write(&path, &array).unwrap();
            assert_eq!(npy::read(&path).unwrap(), array);
            let bytes = fs::read(&path).unwrap();
            let values = rows * units * array.precision().bytes();
            assert_eq!((bytes.len() - values) % 64, 0, "values are aligned for mmap");
            assert_eq!(bytes[bytes.len() - values - 1], b'\n');
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn the_header_is_the_one_that_numpy_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("array.npy");
    npy::write(&path, &f32s(2, 3)).unwrap();
    let values: Vec<u8> = (0..6).flat_map(|k| (value(k / 3, k % 3) as f32).to_le_bytes()).collect();
    assert_eq!(fs::read(&path).unwrap(), file(&header("'<f4'", "False", "(2, 3)"), &values));
}

#[test]
fn every_byte_order_and_memory_order_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    // Wide enough that Fortran order takes several pieces, both for all rows and for some.
    let (rows, units) = (300, 500);
    for (descr, order) in
        ["<f4", ">f4", "<f8", ">f8"].into_iter().flat_map(|descr| [(descr, "C"), (descr, "F")])
    {
        let mut bytes = Vec::new();
        for k in 0..rows * units {
            let (i, j) = if order == "C" { (k / units, k % units) } else { (k % rows, k / rows) };
            match descr {
                "<f4" => bytes.extend((value(i, j) as f32).to_le_bytes()),
                ">f4" => bytes.extend((value(i, j) as f32).to_be_bytes()),
                "<f8" => bytes.extend(value(i, j).to_le_bytes()),
                _ => bytes.extend(value(i, j).to_be_bytes()),
            }
        }
        let fortran = if order == "F" { "True" } else { "False" };
        let shape = format!("({rows}, {units})");
        let path = at(&folder, &file(&header(&format!("'{descr}'"), fortran, &shape), &bytes));
        let opened = NpyFile::open(&path).unwrap();
        assert_eq!((opened.shape(), opened.dtype()), ((rows, units), descr));
        let single = descr.ends_with('4');
        let expected = if single { f32s(rows, units) } else { f64s(rows, units) };
        assert_eq!(opened.precision(), expected.precision());
        assert_eq!(npy::read(&path).unwrap(), expected, "{descr} {order}");

        let (mut some, mut wanted) = (
            Activations::empty(opened.precision(), units),
            Activations::empty(opened.precision(), units),
        );
        for range in [7..9, 0..1, 299..300, 5..5, 10..290] {
            opened.read_rows(range.clone(), &mut some).unwrap();
            expected.append_rows_to(range, &mut wanted);
        }
        assert_eq!(some, wanted, "{descr} {order}");
    }
}

#[test]
fn later_versions_and_python_2_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let values = 1.5f32.to_le_bytes();
    for version in [2, 3] {
        let text = header("'<f4'", "False", "(1, 1)");
        let mut bytes = vec![0x93, b'N', b'U', b'M', b'P', b'Y', version, 0];
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes.extend(values);
        assert_eq!(npy::read(at(&folder, &bytes)).unwrap().n_rows(), 1);
    }
    let old = file(&header("\"<f4\"", "False", "(1L, 1L)"), &values);
    assert_eq!(npy::read(at(&folder, &old)).unwrap().precision(), Precision::F32);
}

struct Case {
    bytes: Vec<u8>,
    /// All of them are in the message.
    words: &'static [&'static str],
}

fn array(descr: &str, shape: &str, values: usize, words: &'static [&'static str]) -> Case {
    Case { bytes: file(&header(descr, "False", shape), &vec![0; values]), words }
}

fn text(header: &str, words: &'static [&'static str]) -> Case {
    Case { bytes: file(header, &[0; 8]), words }
}

fn raw(bytes: &[u8], words: &'static [&'static str]) -> Case {
    Case { bytes: bytes.to_vec(), words }
}

fn hostile() -> Vec<Case> {
    let huge = "(9223372036854775807, 9223372036854775807)";
    let nested = format!("{}{}", "(".repeat(20_000), ")".repeat(20_000));
    vec![
        // Types.
        array("'|O'", "(2, 2)", 40, &["object array", "pickle", "never loaded", "astype"]),
        array("'<f2'", "(2, 2)", 8, &["'<f2'", "half precision", "astype(float32)"]),
        array("'<f16'", "(2, 2)", 64, &["extended precision", "astype(float64)"]),
        array("'<i8'", "(2, 2)", 32, &["'<i8'", "integers", "float32 or float64", "astype"]),
        array("'|u1'", "(2, 2)", 4, &["integers", "astype(float32)"]),
        array("'|b1'", "(2, 2)", 4, &["truth values", "astype(float32)"]),
        array("'<c8'", "(2, 2)", 32, &["complex", "real", "imag"]),
        array("'<U3'", "(2, 2)", 48, &["text"]),
        array("'|S3'", "(2, 2)", 12, &["text"]),
        array("'<M8[ns]'", "(2, 2)", 32, &["times"]),
        array("'<V2'", "(2, 2)", 8, &["bfloat16", "astype(float32)"]),
        array("'f4'", "(2, 2)", 16, &["'f4'", "float32 or float64"]),
        array("'=f4'", "(2, 2)", 16, &["byte order", "np.save"]),
        array("''", "(2, 2)", 16, &["dtype ''"]),
        array("'é4'", "(2, 2)", 16, &["dtype 'é4'"]),
        array("[('x', '<f4'), ('y', '<f4', (2,))]", "(2, 2)", 48, &["structured", "x['field']"]),
        // Shapes.
        array("'<f4'", "()", 4, &["0 dimensions", "two dimensions"]),
        array("'<f4'", "(6,)", 24, &["1 dimension", "(6,)", "reshape to (n, 1)"]),
        array("'<f4'", "(2, 3, 4)", 96, &["3 dimensions", "(2, 3, 4)", "pool or flatten"]),
        array("'<f4'", "(2, 3, 4, 5)", 480, &["4 dimensions", "pool or flatten"]),
        array("'<f4'", "(0, 3)", 0, &["empty array", "(0, 3)", "at least one"]),
        array("'<f4'", "(3, 0)", 0, &["empty array", "(3, 0)"]),
        array("'<f4'", "(-1, 3)", 12, &["malformed", "sizes"]),
        array("'<f4'", "(99999999999999999999, 3)", 12, &["malformed", "sizes"]),
        array("'<f4'", "(2.0, 3)", 24, &["malformed", "byte"]),
        array("'<f4'", huge, 16, &["truncated", "more than memory can address"]),
        // Length.
        array("'<f4'", "(2, 3)", 23, &["truncated", "23 bytes", "24 bytes", "(2, 3)", "'<f4'"]),
        array("'>f8'", "(2, 3)", 0, &["truncated", "0 bytes", "48 bytes"]),
        array("'<f4'", "(2, 3)", 25, &["1 trailing bytes", "24 bytes", "one whole array a file"]),
        // Headers.
        text("", &["malformed", "no Python literal"]),
        text("(1, 2)", &["malformed", "not a dictionary"]),
        text("{'descr': '<f4', 'shape': (1, 1), }", &["malformed", "fortran_order"]),
        text("{'fortran_order': False, 'shape': (1, 1), }", &["malformed", "descr"]),
        text("{'descr': '<f4', 'fortran_order': False}", &["malformed", "shape"]),
        text("{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 1)}", &["True or False"]),
        text("{'descr': '<f4', 'fortran_order': False, 'shape': 1}", &["tuple"]),
        text("{'descr': '<f4', 'descr': '<f8'}", &["twice"]),
        text("{'descr': '<f4', 'more': 1}", &["unknown key", "more"]),
        text("{'descr': '<f4', 1: 1}", &["unknown key"]),
        text("{'descr': '<f4', 'shape': (1, 1) 'fortran_order': False}", &["no ','"]),
        text("{'descr' '<f4'}", &["no ':'"]),
        text("{'descr': '<f4", &["string without end"]),
        text("{'shape': (1, 1", &["no ','"]),
        text("{} import os", &["text after the dictionary"]),
        text("{'shape': __import__('os')}", &["no Python literal"]),
        text(&nested, &["nested brackets"]),
        Case { bytes: b"\x93NUMPY\x01\x00\x04\x00\xff\xfe{}".to_vec(), words: &["malformed"] },
        // Other files.
        raw(b"", &["empty file", "np.save"]),
        raw(b"\x93NUM", &["4 bytes", "ends inside its header"]),
        raw(b"\x93NUMPY", &["6 bytes", "ends inside its header"]),
        raw(b"\x93NUMPY\x01\x00\x76", &["ends inside its header"]),
        raw(b"\x93NUMPY\x02\x00\x76\x00\x00", &["ends inside its header"]),
        raw(b"\x93NUMPY\x01\x00\x76\x00{'descr'", &["ends inside its header", "copy or save"]),
        raw(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'", &["header of 4294967295 bytes"]),
        raw(b"\x93NUMPY\x09\x00\x76\x00{'descr'", &["version 9", "version 1, 2 or 3"]),
        raw(b"PK\x03\x04\x14\x00", &["zip archive", ".npz", "archive[key]"]),
        raw(b"\x80\x04\x95\x10\x00", &["pickle", "never loaded"]),
        raw(b"\x89HDF\r\n\x1a\n", &["HDF5"]),
        raw(b"1.0,2.0,3.0\n", &["does not begin with", "np.save"]),
    ]
}

#[test]
fn everything_else_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    for Case { bytes, words } in hostile() {
        let path = at(&folder, &bytes);
        let message = match NpyFile::open(&path) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        };
        let all = words.iter().all(|word| message.contains(word));
        if !all || !message.contains("array.npy") || !message.contains("expected") {
            failures.push(format!("{words:?} not all in: {message}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn no_part_and_no_change_of_a_file_panics() {
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<u8> = (0..6u8).flat_map(|k| f32::from(k).to_le_bytes()).collect();
    let whole = file(&header("'<f4'", "True", "(2, 3)"), &values);
    for length in 0..whole.len() {
        assert!(npy::read(at(&folder, &whole[..length])).is_err(), "{length} bytes");
    }
    for position in 0..whole.len() - values.len() {
        for byte in [0, b' ', b'\'', b'(', b'9', b'-', 0xff] {
            let mut changed = whole.clone();
            changed[position] = byte;
            // Accepted or refused: what is read has the shape that the values fill.
            if let Ok(array) = npy::read(at(&folder, &changed)) {
                let bytes = array.n_rows() * array.n_units() * array.precision().bytes();
                assert_eq!(bytes, values.len());
            }
        }
    }
}

#[test]
fn absent_files_folders_and_unwritable_places_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent.npy");
    let message = NpyFile::open(&absent).unwrap_err().to_string();
    assert!(message.contains("cannot open") && message.contains("absent.npy"), "{message}");
    assert!(NpyFile::open(folder.path()).is_err());

    let message = npy::write(absent.join("inside.npy"), &f32s(1, 1)).unwrap_err().to_string();
    assert!(message.contains("cannot create") && message.ends_with(')'), "{message}");
    assert!(message.contains("inside.npy") && !message.contains("tmp-inside"), "{message}");
    let message = npy::write(&absent, &f32s(0, 3)).unwrap_err().to_string();
    assert!(message.contains("0 rows × 3 units") && message.contains("at least one"), "{message}");

    // A folder is in the way: the error leaves no temporary file.
    fs::create_dir(&absent).unwrap();
    assert!(npy::write(&absent, &f32s(1, 1)).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
