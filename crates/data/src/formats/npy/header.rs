//! The header of an npy file: which values, in which order, and where they begin.

use std::path::Path;

use super::literal::{Literal, parse};
use crate::{Error, Precision, Result};

/// Files begin with this, then two bytes of version.
pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// Bytes before the text of the header, at most: magic, version, length.
pub(super) const MAX_PREFIX: usize = 12;

/// Headers are padded to a multiple of this, so that mapped values are aligned for any instruction.
const ALIGNMENT: usize = 64;

/// Longer headers belong to no array of numbers: NumPy itself refuses more than 10,000 characters from strangers.
const MAX_HEADER: usize = 1 << 20;

/// What a header says about an array that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) dtype: String,
    pub(super) precision: Precision,
    pub(super) big_endian: bool,
    pub(super) fortran_order: bool,
    pub(super) rows: usize,
    pub(super) units: usize,
}

pub(super) fn error(path: &Path, found: impl Into<String>, expected: &str, advice: &str) -> Error {
    Error::Format {
        path: path.to_owned(),
        found: found.into(),
        expected: expected.into(),
        advice: advice.into(),
    }
}

/// The error for a file that ends before its header does.
pub(super) fn short_header(path: &Path, length: u64) -> Error {
    let found = format!("a file of {length} bytes that ends inside its header");
    error(path, found, "a whole npy file", "copy or save the file again")
}

/// Bytes before the header's text, and bytes of the text. `start` is the begin of the file, up to [`MAX_PREFIX`] bytes.
pub(super) fn extent(path: &Path, start: &[u8], file_length: u64) -> Result<(usize, usize)> {
    if !start.starts_with(MAGIC) {
        return Err(foreign(path, start));
    }
    let (prefix, length) = match *start {
        [_, _, _, _, _, _, 1, _, a, b, ..] => (10, usize::from(u16::from_le_bytes([a, b]))),
        [_, _, _, _, _, _, 2 | 3, _, a, b, c, d, ..] => {
            (12, u32::from_le_bytes([a, b, c, d]) as usize)
        }
        [_, _, _, _, _, _, 1..=3, ..] | [_, _, _, _, _, _] => {
            return Err(short_header(path, file_length));
        }
        _ => {
            let found = format!("npy format version {}", start[6]);
            return Err(error(path, found, "version 1, 2 or 3", "save it with np.save"));
        }
    };
    if length > MAX_HEADER {
        let found = format!("a header of {length} bytes");
        let expected = format!("at most {MAX_HEADER}");
        return Err(error(path, found, &expected, "save the plain array with np.save"));
    }
    Ok((prefix, length))
}

/// The error for a file that is no npy file, by what it looks like.
fn foreign(path: &Path, start: &[u8]) -> Error {
    let expected = "a .npy file with one array";
    let (found, advice) = match *start {
        [] => ("an empty file", "save the array again with np.save"),
        [b'P', b'K', 3 | 5, ..] => {
            ("a zip archive (.npz?)", "save one array of it: np.save(name, archive[key])")
        }
        [0x80, 2..=5, ..] => (
            "a Python pickle (or a file of torch.save), which can run code and is never loaded",
            "load it where you trust it and save the array with np.save",
        ),
        [0x89, b'H', b'D', b'F', ..] => {
            ("an HDF5 file", "save the data set with np.save(name, file[key][:])")
        }
        _ if MAGIC.starts_with(start) => return short_header(path, start.len() as u64),
        _ => ("a file that does not begin with \\x93NUMPY", "save the array with np.save"),
    };
    error(path, found, expected, advice)
}

/// What the text of a header says, if it is a two-dimensional array of f32 or f64.
pub(super) fn interpret(path: &Path, text: &[u8]) -> Result<Header> {
    let Fields { descr, fortran_order, shape } = fields(path, text)?;
    let (dtype, precision, big_endian) = number_type(path, &descr)?;
    let (rows, units) = two_dimensions(path, &shape)?;
    // One row or one column lies the same way in both orders.
    let fortran_order = fortran_order && rows > 1 && units > 1;
    Ok(Header { dtype, precision, big_endian, fortran_order, rows, units })
}

/// What every header says, whatever the array.
pub(super) struct Fields {
    pub(super) descr: Literal,
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

/// The fields of the text of a header.
pub(super) fn fields(path: &Path, text: &[u8]) -> Result<Fields> {
    let malformed = |what: String| {
        let found = format!("a malformed npy header ({what})");
        let expected = "a dictionary of 'descr', 'fortran_order' and 'shape'";
        error(path, found, expected, "save the array again with np.save")
    };
    let text = str::from_utf8(text).map_err(|e| malformed(e.to_string()))?;
    let Literal::Dict(pairs) = parse(text).map_err(&malformed)? else {
        return Err(malformed("not a dictionary".into()));
    };
    let (mut descr, mut order, mut shape) = (None, None, None);
    for (key, value) in pairs {
        let slot = match &key {
            Literal::Text(key) if key == "descr" => &mut descr,
            Literal::Text(key) if key == "fortran_order" => &mut order,
            Literal::Text(key) if key == "shape" => &mut shape,
            other => return Err(malformed(format!("unknown key {other:?}"))),
        };
        if slot.replace(value).is_some() {
            return Err(malformed(format!("{key:?} occurs twice")));
        }
    }
    let descr = descr.ok_or_else(|| malformed("no 'descr'".into()))?;
    let Some(Literal::Bool(fortran_order)) = order else {
        return Err(malformed("no 'fortran_order' that is True or False".into()));
    };
    let Some(Literal::Tuple(shape)) = shape else {
        return Err(malformed("no 'shape' that is a tuple".into()));
    };
    let shape = shape
        .iter()
        .map(|extent| match extent {
            Literal::Int(Some(n)) => usize::try_from(*n).ok(),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| malformed("extents that are no sizes".into()))?;
    Ok(Fields { descr, fortran_order, shape })
}

fn two_dimensions(path: &Path, shape: &[usize]) -> Result<(usize, usize)> {
    let expected = "two dimensions, (stimuli, units)";
    match *shape {
        [0, _] | [_, 0] => Err(error(
            path,
            format!("an empty array of shape ({}, {})", shape[0], shape[1]),
            "at least one row and one unit",
            "check the code that made it",
        )),
        [rows, units] => Ok((rows, units)),
        [] => Err(error(path, "a single number (0 dimensions)", expected, "save the whole array")),
        [n] => {
            let found = format!("1 dimension, shape ({n},)");
            let advice = "for one unit reshape to (n, 1), for one stimulus to (1, n)";
            Err(error(path, found, expected, advice))
        }
        _ => {
            let sizes: Vec<_> = shape.iter().map(usize::to_string).collect();
            let found = format!("{} dimensions, shape ({})", shape.len(), sizes.join(", "));
            let advice = "pool or flatten the maps first, for instance x.reshape(len(x), -1)";
            Err(error(path, found, expected, advice))
        }
    }
}

/// Name, precision and whether big-endian, of the two types of numbers that are read.
fn number_type(path: &Path, descr: &Literal) -> Result<(String, Precision, bool)> {
    let expected = "float32 or float64";
    let Literal::Text(dtype) = descr else {
        let advice = "save the field of interest as a plain array, for instance x['field']";
        return Err(error(path, "a structured dtype", expected, advice));
    };
    let precision = match dtype.get(1..) {
        Some("f4") => Some(Precision::F32),
        Some("f8") => Some(Precision::F64),
        _ => None,
    };
    if let (Some(precision), Some(order @ (b'<' | b'>'))) = (precision, dtype.bytes().next()) {
        return Ok((dtype.clone(), precision, order == b'>'));
    }
    let kind = dtype.trim_start_matches(['<', '>', '=', '|']);
    let (what, advice) = match (kind.chars().next(), kind) {
        (Some('O'), _) => {
            let found = format!("dtype '{dtype}': an object array is a pickle, which can run code");
            let advice = "it is never loaded; convert with astype(float32) where you trust it";
            return Err(error(path, found, expected, advice));
        }
        (_, "f2") => ("half precision", "convert with astype(float32), which loses nothing"),
        (_, "f4" | "f8") => ("unknown byte order", "save it with np.save, which writes '<' or '>'"),
        (Some('f'), _) => ("extended precision", "convert with astype(float64)"),
        (Some('i' | 'u'), _) => {
            ("integers", "convert with astype(float32), or float64 beyond 2^24")
        }
        (Some('b'), _) => ("truth values", "convert with astype(float32)"),
        (Some('c'), _) => (
            "complex numbers",
            "make real and imaginary parts units: np.concatenate([x.real, x.imag], axis=1)",
        ),
        (Some('S' | 'U' | 'a'), _) => ("text", "save the numbers with astype(float32)"),
        (Some('m' | 'M'), _) => ("times", "convert with astype(float64)"),
        (Some('V'), _) => {
            ("raw bytes (bfloat16 looks so)", "convert with astype(float32) before saving")
        }
        _ => ("unknown", "convert with astype(float32)"),
    };
    Err(error(path, format!("dtype '{dtype}' ({what})"), expected, advice))
}

/// The bytes before the values of a C-order array of this dtype: version 1.0, aligned.
pub(super) fn compose(dtype: &str, rows: usize, units: usize) -> Vec<u8> {
    let text =
        format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({rows}, {units}), }}");
    // Two 20-digit extents still leave the whole below 192 bytes, so the length fits into 16 bits.
    let total = (MAGIC.len() + 4 + text.len() + 1).next_multiple_of(ALIGNMENT);
    let length = (total - MAGIC.len() - 4) as u16;
    let mut header = Vec::with_capacity(total);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&[1, 0]);
    header.extend_from_slice(&length.to_le_bytes());
    header.extend_from_slice(text.as_bytes());
    header.resize(total - 1, b' ');
    header.push(b'\n');
    header
}
