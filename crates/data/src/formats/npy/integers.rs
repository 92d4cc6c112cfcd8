//! Arrays of whole numbers: images and labels.

use std::fs;
use std::path::Path;

use super::header::{self, Fields};
use super::literal::Literal;
use crate::{Error, Result};

/// Shape and values, in C order, of an array of bytes (NumPy's uint8) of any number of dimensions.
///
/// # Errors
/// [`Error::Io`]; [`Error::Format`] for anything but a whole array of uint8 in C order.
pub fn read_bytes(path: impl AsRef<Path>) -> Result<(Vec<usize>, Vec<u8>)> {
    let path = path.as_ref();
    let advice = "convert with x.astype(np.uint8); values between 0 and 1 with (x * 255).round().astype(np.uint8)";
    let Whole { dtype, shape, values } = Whole::read(path, "an array of uint8 in C order")?;
    if !matches!(dtype.as_str(), "|u1" | "<u1" | ">u1") {
        return Err(header::error(path, format!("dtype '{dtype}'"), "uint8", advice));
    }
    check_length(path, &shape, values.len(), 1)?;
    Ok((shape, values))
}

/// Values of a one-dimensional array of whole numbers, none below 0 or beyond 32 bits.
///
/// # Errors
/// [`Error::Io`]; [`Error::Format`] for anything but such an array of signed or unsigned integers.
pub fn read_whole_numbers(path: impl AsRef<Path>) -> Result<Vec<u32>> {
    let path = path.as_ref();
    let Whole { dtype, shape, values } = Whole::read(path, "one dimension of whole numbers")?;
    let [_] = *shape else {
        let found = format!("{} dimensions", shape.len());
        return Err(header::error(path, found, "one dimension", "save the labels alone"));
    };
    let width = match dtype.get(1..) {
        Some("i1" | "u1") => 1,
        Some("i2" | "u2") => 2,
        Some("i4" | "u4") => 4,
        Some("i8" | "u8") => 8,
        _ => {
            let advice = "convert with x.astype(np.int64)";
            return Err(header::error(path, format!("dtype '{dtype}'"), "integers", advice));
        }
    };
    check_length(path, &shape, values.len(), width)?;
    let (signed, big_endian) = (dtype.as_bytes()[1] == b'i', dtype.starts_with('>'));
    values
        .chunks_exact(width)
        .enumerate()
        .map(|(i, bytes)| {
            let value = whole(bytes, signed, big_endian);
            u32::try_from(value).map_err(|_| {
                let found = format!("{value} at index {i}");
                header::error(
                    path,
                    found,
                    "whole numbers from 0 to 2^32 - 1",
                    "number the classes from 0",
                )
            })
        })
        .collect()
}

/// The number that these bytes, at most 8, are.
fn whole(bytes: &[u8], signed: bool, big_endian: bool) -> i128 {
    let byte = |i: usize| if big_endian { bytes[bytes.len() - 1 - i] } else { bytes[i] };
    let value = (0..bytes.len()).rev().fold(0_i128, |value, i| (value << 8) | i128::from(byte(i)));
    let negative = signed && byte(bytes.len() - 1) & 0x80 != 0;
    if negative { value - (1 << (8 * bytes.len())) } else { value }
}

/// An array as it lies in a file.
struct Whole {
    dtype: String,
    shape: Vec<usize>,
    values: Vec<u8>,
}

impl Whole {
    fn read(path: &Path, expected: &str) -> Result<Self> {
        let mut bytes = fs::read(path).map_err(Error::io("read", path))?;
        let start = &bytes[..bytes.len().min(header::MAX_PREFIX)];
        let (prefix, length) = header::extent(path, start, bytes.len() as u64)?;
        if prefix + length > bytes.len() {
            return Err(header::short_header(path, bytes.len() as u64));
        }
        let Fields { descr, fortran_order, shape } =
            header::fields(path, &bytes[prefix..prefix + length])?;
        let Literal::Text(dtype) = descr else {
            let advice = "save the field of interest as a plain array";
            return Err(header::error(path, "a structured dtype", expected, advice));
        };
        if fortran_order && shape.iter().filter(|&&n| n > 1).count() > 1 {
            let advice = "save np.ascontiguousarray(x)";
            return Err(header::error(path, "Fortran order", expected, advice));
        }
        let values = bytes.split_off(prefix + length);
        Ok(Self { dtype, shape, values })
    }
}

fn check_length(path: &Path, shape: &[usize], found: usize, width: usize) -> Result<()> {
    let expected = shape.iter().try_fold(width, |size, &n| size.checked_mul(n));
    if expected == Some(found) && found > 0 {
        return Ok(());
    }
    let found = format!("{found} bytes of values for shape {shape:?}");
    let expected =
        expected.map_or("a shape that fits memory".into(), |n| format!("{} bytes", n.max(width)));
    Err(header::error(path, found, &expected, "save one whole array a file with np.save"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(descr: &str, order: &str, shape: &str, values: &[u8]) -> tempfile::NamedTempFile {
        let text =
            format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = header::MAGIC.to_vec();
        bytes.extend([1, 0, text.len() as u8, 0]);
        bytes.extend(text.as_bytes());
        bytes.extend(values);
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn bytes_of_any_shape_are_read() {
        let file = npy("|u1", "False", "(1, 2, 3)", &[1, 2, 3, 4, 5, 6]);
        assert_eq!(read_bytes(file.path()).unwrap(), (vec![1, 2, 3], vec![1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn whole_numbers_of_every_width_sign_and_byte_order_are_read() {
        for (descr, values) in [
            ("|u1", vec![3, 200]),
            ("<i2", vec![3, 0, 200, 0]),
            (">u4", vec![0, 0, 0, 3, 0, 0, 0, 200]),
            ("<i8", vec![3, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let file = npy(descr, "False", "(2,)", &values);
            assert_eq!(read_whole_numbers(file.path()).unwrap(), [3, 200], "{descr}");
        }
    }

    #[test]
    fn anything_else_is_named() {
        let bytes = |descr, order, shape, values: &[u8]| {
            let file = npy(descr, order, shape, values);
            read_bytes(file.path()).unwrap_err().to_string()
        };
        assert!(bytes("<f4", "False", "(1,)", &[0; 4]).contains("dtype '<f4'; expected uint8"));
        assert!(bytes("|u1", "True", "(2, 2)", &[0; 4]).contains("Fortran order"));
        assert!(bytes("|u1", "False", "(2, 2)", &[0; 3]).contains("3 bytes of values"));
        assert!(bytes("|u1", "False", "(0,)", &[]).contains("0 bytes of values"));
        let numbers = |descr, shape, values: &[u8]| {
            let file = npy(descr, "False", shape, values);
            read_whole_numbers(file.path()).unwrap_err().to_string()
        };
        assert!(numbers("|i1", "(2,)", &[1, 0xFF]).contains("-1 at index 1"));
        assert!(numbers("<f8", "(1,)", &[0; 8]).contains("dtype '<f8'; expected integers"));
        assert!(numbers("|u1", "(1, 1)", &[0]).contains("2 dimensions"));
    }
}
