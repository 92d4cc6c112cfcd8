//! IDX, the format of MNIST: two zero bytes, the type of an element, the number of axes, the big-endian lengths of the axes,
//! then the values.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::Images;
use crate::{Error, Result};

/// Bytes that begin every gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const UNSIGNED_BYTE: u8 = 0x08;
const INT: u8 = 0x0C;

/// `bytes`, unzipped if they are gzipped.
pub(super) fn unzip(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>> {
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut unzipped = Vec::new();
    GzDecoder::new(bytes.as_slice()).read_to_end(&mut unzipped).map_err(|e| {
        wrong(path, format!("a gzip file that cannot be unzipped ({e})"), "a whole gzip file")
    })?;
    Ok(unzipped)
}

/// Images and their labels, from the contents of two files; `ids` gives the names of `n` images.
pub(super) fn images(
    (images_path, images): (&Path, &[u8]),
    (labels_path, labels): (&Path, &[u8]),
    ids: impl FnOnce(usize) -> Vec<String>,
) -> Result<Images> {
    let (lengths, pixels) = parse(images_path, images, UNSIGNED_BYTE, 1)?;
    let &[n, height, width] = lengths.as_slice() else {
        let found = format!("{} axes", lengths.len());
        return Err(wrong(images_path, found, "3 axes: images × height × width"));
    };
    if n == 0 || height == 0 || width == 0 {
        let found = format!("{n} images of {height} × {width} pixels");
        return Err(wrong(images_path, found, "at least one image of at least one pixel"));
    }
    let (lengths, labels) = parse(labels_path, labels, UNSIGNED_BYTE, 1)?;
    if lengths != [n] {
        let found = format!("labels of shape {lengths:?}");
        let expected = format!("{n}, one a picture of {}", images_path.display());
        return Err(wrong(labels_path, found, &expected));
    }
    let labels = labels.iter().map(|&label| u32::from(label)).collect();
    Ok(Images { ids: ids(n), pixels: pixels.to_vec(), channels: 1, height, width, labels })
}

/// A list of 32-bit whole numbers that are not negative.
pub(super) fn indices(path: &Path, bytes: &[u8]) -> Result<Vec<u32>> {
    let (lengths, values) = parse(path, bytes, INT, 4)?;
    if lengths.len() != 1 {
        return Err(wrong(path, format!("{} axes", lengths.len()), "1 axis"));
    }
    Ok(values.chunks_exact(4).map(|v| u32::from_be_bytes([v[0], v[1], v[2], v[3]])).collect())
}

/// Lengths of the axes, and the bytes of the values.
fn parse<'a>(
    path: &Path,
    bytes: &'a [u8],
    element: u8,
    size: usize,
) -> Result<(Vec<usize>, &'a [u8])> {
    let magic = |b: &[u8]| b.iter().map(|v| format!("{v:02x}")).collect::<Vec<_>>().join(" ");
    let Some((&[0, 0, found_element, axes], rest)) = bytes.split_first_chunk::<4>() else {
        let found = format!("a file that begins with [{}]", magic(&bytes[..bytes.len().min(4)]));
        return Err(wrong(
            path,
            found,
            &format!("[00 00 {element:02x} …], the begin of an IDX file"),
        ));
    };
    if found_element != element {
        let found = format!("elements of type {found_element:02x}");
        return Err(wrong(path, found, &format!("type {element:02x}")));
    }
    let axes = usize::from(axes);
    if rest.len() < axes * 4 {
        let found = format!("{} bytes, which end inside the header", bytes.len());
        return Err(wrong(path, found, &format!("lengths of {axes} axes")));
    }
    let (header, values) = rest.split_at(axes * 4);
    let lengths: Vec<usize> = header
        .chunks_exact(4)
        .map(|v| u32::from_be_bytes([v[0], v[1], v[2], v[3]]) as usize)
        .collect();
    let expected = lengths.iter().try_fold(size, |product, &n| product.checked_mul(n));
    if expected != Some(values.len()) {
        let found = format!("{} bytes of values for shape {lengths:?}", values.len());
        let expected = expected.map_or("a shape that fits memory".into(), |n| format!("{n} bytes"));
        return Err(wrong(path, found, &expected));
    }
    Ok((lengths, values))
}

pub(super) fn wrong(path: &Path, found: String, expected: &str) -> Error {
    Error::Format {
        path: path.to_owned(),
        found,
        expected: expected.to_owned(),
        advice: "get the file again, or name the folder that holds the IDX files".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        let labels = [0, 0, 8, 1, 0, 0, 0, 1, 7];
        images((Path::new("images"), bytes), (Path::new("labels"), &labels), |_| vec![])
            .map_or_else(|e| e.to_string(), |images| format!("{} images", images.len()))
    }

    #[test]
    fn bad_files_are_named_with_what_is_wrong() {
        let good = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6];
        let cases: [(&[u8], &str); 8] = [
            (&good, "1 images"),
            (b"", "begins with []"),
            (b"\x89PNG", "begins with [89 50 4e 47]"),
            (&[0, 0, 13, 3], "type 0d"),
            (&good[..10], "end inside the header"),
            (&good[..17], "1 bytes of values for shape [1, 1, 2]; expected 2 bytes"),
            (&[0, 0, 8, 1, 0, 0, 0, 1, 7], "1 axes; expected 3 axes"),
            (&[0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2], "0 images of 1 × 2"),
        ];
        for (bytes, part) in cases {
            assert!(message(bytes).contains(part), "{part:?} not in {:?}", message(bytes));
        }
        let two = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6];
        assert!(message(&two).starts_with("labels: labels of shape [1]; expected 2"));
    }

    #[test]
    fn a_truncated_gzip_file_is_an_error() {
        let e = unzip(Path::new("x.gz"), vec![0x1f, 0x8b, 8, 0]).unwrap_err().to_string();
        assert!(e.contains("x.gz: a gzip file that cannot be unzipped"), "{e}");
    }
}
