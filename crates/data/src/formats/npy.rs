//! NumPy's `.npy`: two-dimensional arrays of float32 or float64, read by rows without loading the whole.
//!
//! The header is parsed here: the files of strangers get an error of their own for everything that is not such an array,
//! and nothing in them is executed (an object array is a pickle).

mod header;
mod integers;
mod literal;

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use header::Header;

use crate::{Activations, Error, Precision, Result, RowMajor, atomic};

pub use integers::{read_bytes, read_whole_numbers};

/// Bytes that are read at a time and converted while they are in cache.
const PIECE: usize = 256 << 10;

/// An open `.npy` file of rows × units. Reads are positional, so that threads may share it.
#[derive(Debug)]
pub struct NpyFile {
    file: File,
    path: PathBuf,
    header: Header,
    /// Where the values begin.
    offset: u64,
}

impl NpyFile {
    /// The file at `path`, with its header read and its length checked.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Format`] for anything but a whole two-dimensional array of float32 or float64.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(Error::io("open", path))?;
        let length = file.metadata().map_err(Error::io("read", path))?.len();
        let mut start = [0; header::MAX_PREFIX];
        let start = &mut start[..length.min(header::MAX_PREFIX as u64) as usize];
        read_exact_at(&file, start, 0).map_err(Error::io("read", path))?;
        let (prefix, text_length) = header::extent(path, start, length)?;
        let offset = (prefix + text_length) as u64;
        if offset > length {
            return Err(header::short_header(path, length));
        }
        let mut text = vec![0; text_length];
        read_exact_at(&file, &mut text, prefix as u64).map_err(Error::io("read", path))?;
        let header = header::interpret(path, &text)?;
        let opened = Self { file, path: path.to_owned(), header, offset };
        opened.check_length(length - offset)?;
        Ok(opened)
    }

    /// Shape: rows, then units.
    pub fn shape(&self) -> (usize, usize) {
        (self.header.rows, self.header.units)
    }

    /// Precision of the values.
    pub fn precision(&self) -> Precision {
        self.header.precision
    }

    /// NumPy's name of the type of the values: `<f4`, `<f8`, `>f4` or `>f8`.
    pub fn dtype(&self) -> &str {
        &self.header.dtype
    }

    /// The path that was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends the given rows to `out`, whatever the byte order and memory order of the file.
    ///
    /// A file in Fortran order is read column by column: fast for all rows, slow for few rows at a time.
    ///
    /// # Errors
    /// [`Error::Io`]. `out` then keeps only what it held before.
    ///
    /// # Panics
    /// If `out` has another precision or width than the file, or a row is out of range.
    pub fn read_rows(&self, rows: Range<usize>, out: &mut Activations) -> Result<()> {
        let (n_rows, n_units) = self.shape();
        assert!(rows.end <= n_rows && rows.start <= rows.end, "rows {rows:?} of {n_rows}");
        assert_eq!(n_units, out.n_units(), "widths differ");
        match (self.precision(), out) {
            (Precision::F32, Activations::F32(out)) => self.read_values(rows, &mut out.values),
            (Precision::F64, Activations::F64(out)) => self.read_values(rows, &mut out.values),
            _ => panic!("precisions differ"),
        }
    }

    /// Calls `f` on the bytes of the values, piece by piece, as they are in the file.
    pub(crate) fn for_each_piece(&self, mut f: impl FnMut(&[u8])) -> Result<()> {
        let mut left = self.n_bytes();
        let mut buffer = vec![0; PIECE.min(left as usize)];
        let mut at = self.offset;
        while left > 0 {
            let piece = &mut buffer[..(PIECE as u64).min(left) as usize];
            read_exact_at(&self.file, piece, at).map_err(Error::io("read", &self.path))?;
            f(piece);
            at += piece.len() as u64;
            left -= piece.len() as u64;
        }
        Ok(())
    }

    /// Bytes of all values; [`Self::check_length`] has seen that it fits.
    fn n_bytes(&self) -> u64 {
        (self.header.rows * self.header.units * self.header.precision.bytes()) as u64
    }

    fn check_length(&self, found: u64) -> Result<()> {
        let Header { rows, units, precision, dtype, .. } = &self.header;
        let bytes = rows.checked_mul(*units).and_then(|n| n.checked_mul(precision.bytes()));
        let found_text = match bytes {
            Some(bytes) if bytes as u64 == found => return Ok(()),
            Some(bytes) if (bytes as u64) < found => {
                format!("{} trailing bytes after the values", found - bytes as u64)
            }
            _ => format!("a truncated file: {found} bytes of values"),
        };
        let bytes = bytes.map_or("more than memory can address".into(), |b| format!("{b} bytes"));
        Err(Error::Format {
            path: self.path.clone(),
            found: found_text,
            expected: format!("{bytes} for shape ({rows}, {units}) of '{dtype}'"),
            advice: "save one whole array a file with np.save, or copy the file again".into(),
        })
    }

    fn read_values<T: Value>(&self, rows: Range<usize>, out: &mut Vec<T>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let before = out.len();
        let result = if self.header.fortran_order {
            self.read_columns(rows, out)
        } else {
            self.read_contiguous(rows, out)
        };
        result.map_err(|error| {
            out.truncate(before);
            Error::io("read", &self.path)(error)
        })
    }

    fn read_contiguous<T: Value>(&self, rows: Range<usize>, out: &mut Vec<T>) -> io::Result<()> {
        let row_bytes = self.header.units * T::BYTES;
        let mut at = self.offset + (rows.start * row_bytes) as u64;
        let mut left = rows.len() * row_bytes;
        out.reserve(left / T::BYTES);
        let mut buffer = vec![0; left.min(PIECE)];
        while left > 0 {
            let piece = &mut buffer[..left.min(PIECE)];
            read_exact_at(&self.file, piece, at)?;
            T::append(piece, self.header.big_endian, out);
            at += piece.len() as u64;
            left -= piece.len();
        }
        Ok(())
    }

    /// Reads some columns at a time (in one read if all rows are wanted) and transposes them into `out`.
    fn read_columns<T: Value>(&self, rows: Range<usize>, out: &mut Vec<T>) -> io::Result<()> {
        let (n_rows, n_units) = self.shape();
        let column_bytes = rows.len() * T::BYTES;
        let columns_at_once = (PIECE / column_bytes).clamp(1, n_units);
        let begin = out.len();
        out.resize(begin + rows.len() * n_units, T::default());
        let mut buffer = vec![0; columns_at_once * column_bytes];
        let mut values: Vec<T> = Vec::with_capacity(columns_at_once * rows.len());
        for first in (0..n_units).step_by(columns_at_once) {
            let columns = columns_at_once.min(n_units - first);
            let piece = &mut buffer[..columns * column_bytes];
            let at =
                |column: usize| self.offset + ((column * n_rows + rows.start) * T::BYTES) as u64;
            if rows.len() == n_rows {
                read_exact_at(&self.file, piece, at(first))?;
            } else {
                for (j, column) in piece.chunks_exact_mut(column_bytes).enumerate() {
                    read_exact_at(&self.file, column, at(first + j))?;
                }
            }
            values.clear();
            T::append(piece, self.header.big_endian, &mut values);
            for (i, row) in out[begin..].chunks_exact_mut(n_units).enumerate() {
                for (j, value) in row[first..first + columns].iter_mut().enumerate() {
                    *value = values[j * rows.len() + i];
                }
            }
        }
        Ok(())
    }
}

/// The whole array at `path`, rows × units.
///
/// # Errors
/// As [`NpyFile::open`].
pub fn read(path: impl AsRef<Path>) -> Result<Activations> {
    let file = NpyFile::open(path)?;
    let (rows, units) = file.shape();
    let mut out = Activations::empty(file.precision(), units);
    file.read_rows(0..rows, &mut out)?;
    Ok(out)
}

/// Writes rows × units to `path` in C order and little-endian, under a temporary name until it is complete.
///
/// # Errors
/// [`Error::Io`]; [`Error::Format`] for an array without rows or units, which [`read`] would refuse.
pub fn write(path: impl AsRef<Path>, array: &Activations) -> Result<()> {
    let path = path.as_ref();
    if array.n_rows() == 0 {
        return Err(Error::Format {
            path: path.to_owned(),
            found: format!("nothing to write: 0 rows × {} units", array.n_units()),
            expected: "at least one row and one unit".into(),
            advice: "check the code that made it".into(),
        });
    }
    atomic::write_file(path, |out| match array {
        Activations::F32(array) => write_values(out, array, |_| ()),
        Activations::F64(array) => write_values(out, array, |_| ()),
    })
}

/// Writes header and values; `seen` is called on the bytes of the values, without the header.
pub(crate) fn write_values<T: Value>(
    out: &mut dyn Write,
    array: &RowMajor<T>,
    mut seen: impl FnMut(&[u8]),
) -> io::Result<()> {
    out.write_all(&header::compose(T::DTYPE, array.n_rows(), array.n_units))?;
    let mut bytes = Vec::with_capacity(PIECE);
    for piece in array.values.chunks(PIECE / T::BYTES) {
        bytes.clear();
        T::encode(piece, &mut bytes);
        seen(&bytes);
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// A type of numbers that npy files hold.
pub(crate) trait Value: Copy + Default {
    /// Name of the little-endian type.
    const DTYPE: &'static str;
    /// Bytes of one value.
    const BYTES: usize;
    /// Appends the values of `bytes`, a multiple of [`Self::BYTES`].
    fn append(bytes: &[u8], big_endian: bool, out: &mut Vec<Self>);
    /// Appends the little-endian bytes of `values`.
    fn encode(values: &[Self], bytes: &mut Vec<u8>);
}

macro_rules! value {
    ($type:ty, $dtype:literal) => {
        impl Value for $type {
            const DTYPE: &'static str = $dtype;
            const BYTES: usize = size_of::<$type>();

            fn append(bytes: &[u8], big_endian: bool, out: &mut Vec<Self>) {
                let (values, _) = bytes.as_chunks();
                if big_endian {
                    out.extend(values.iter().map(|&v| Self::from_be_bytes(v)));
                } else {
                    out.extend(values.iter().map(|&v| Self::from_le_bytes(v)));
                }
            }

            fn encode(values: &[Self], bytes: &mut Vec<u8>) {
                bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
            }
        }
    };
}

value!(f32, "<f4");
value!(f64, "<f8");

/// Fills `buffer` from the bytes at `offset` without moving a shared position.
#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Fills `buffer` from the bytes at `offset`; every caller gives its offset, so the moved position does not matter.
#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                buffer = &mut buffer[n..];
                offset += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
