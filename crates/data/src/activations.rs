//! Matrices of activations as they come: row-major, f32 or f64.

use consilience_linalg::MatRef;

/// Precision in which activations are stored and multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floating point.
    F32,
    /// 64-bit floating point.
    F64,
}

impl Precision {
    /// Bytes of one value.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// A dense row-major matrix: `n_rows` samples by `n_units` units.
#[derive(Debug, Clone, PartialEq)]
pub struct RowMajor<T> {
    /// `n_rows * n_units` values, one row after the other.
    pub values: Vec<T>,
    /// Number of columns.
    pub n_units: usize,
}

impl<T> RowMajor<T> {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.values.len().checked_div(self.n_units).unwrap_or(0)
    }

    /// The matrix as a view, rows × units.
    #[must_use]
    pub fn view(&self) -> MatRef<'_, T> {
        MatRef::from_row_major_slice(&self.values, self.n_rows(), self.n_units)
    }
}

/// Activations in the precision of their source.
#[derive(Debug, Clone, PartialEq)]
pub enum Activations {
    /// 32-bit values.
    F32(RowMajor<f32>),
    /// 64-bit values.
    F64(RowMajor<f64>),
}

impl Activations {
    /// An empty matrix of the given precision and width, to be filled by [`crate::ActivationSource::read`].
    #[must_use]
    pub fn empty(precision: Precision, n_units: usize) -> Self {
        match precision {
            Precision::F32 => Self::F32(RowMajor { values: Vec::new(), n_units }),
            Precision::F64 => Self::F64(RowMajor { values: Vec::new(), n_units }),
        }
    }

    /// Precision of the values.
    #[must_use]
    pub fn precision(&self) -> Precision {
        match self {
            Self::F32(_) => Precision::F32,
            Self::F64(_) => Precision::F64,
        }
    }

    /// Number of rows (samples).
    #[must_use]
    pub fn n_rows(&self) -> usize {
        match self {
            Self::F32(m) => m.n_rows(),
            Self::F64(m) => m.n_rows(),
        }
    }

    /// Number of columns (units).
    #[must_use]
    pub fn n_units(&self) -> usize {
        match self {
            Self::F32(m) => m.n_units,
            Self::F64(m) => m.n_units,
        }
    }

    /// Makes room for so many more rows at once.
    pub fn reserve_rows(&mut self, n_rows: usize) {
        let values = n_rows * self.n_units();
        match self {
            Self::F32(m) => m.values.reserve_exact(values),
            Self::F64(m) => m.values.reserve_exact(values),
        }
    }

    /// Forgets the rows and keeps the allocation.
    pub fn clear(&mut self) {
        match self {
            Self::F32(m) => m.values.clear(),
            Self::F64(m) => m.values.clear(),
        }
    }

    /// Appends rows `rows` of `self` to `out`, which has the same precision and width.
    ///
    /// # Panics
    /// If precision or width differ, or the range is out of bounds: the caller built `out` for another representation.
    pub fn append_rows_to(&self, rows: std::ops::Range<usize>, out: &mut Self) {
        let range = rows.start * self.n_units()..rows.end * self.n_units();
        assert_eq!(self.n_units(), out.n_units(), "widths differ");
        match (self, out) {
            (Self::F32(a), Self::F32(b)) => b.values.extend_from_slice(&a.values[range]),
            (Self::F64(a), Self::F64(b)) => b.values.extend_from_slice(&a.values[range]),
            _ => panic!("precisions differ"),
        }
    }

    /// sha256 of the values, little-endian, row after row; hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        match self {
            Self::F32(m) => m.values.iter().for_each(|v| hash.update(v.to_le_bytes())),
            Self::F64(m) => m.values.iter().for_each(|v| hash.update(v.to_le_bytes())),
        }
        crate::hexadecimal(hash)
    }

    /// Row and column of the first value that is NaN or infinite.
    #[must_use]
    pub fn first_non_finite(&self) -> Option<(usize, usize, f64)> {
        let (index, value) = match self {
            Self::F32(m) => {
                m.values.iter().position(|v| !v.is_finite()).map(|i| (i, f64::from(m.values[i])))?
            }
            Self::F64(m) => {
                m.values.iter().position(|v| !v.is_finite()).map(|i| (i, m.values[i]))?
            }
        };
        Some((index / self.n_units(), index % self.n_units(), value))
    }
}
