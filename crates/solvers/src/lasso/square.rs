//! A square matrix that grows and shrinks in place.

use consilience_linalg::MatRef;

/// Column after column, with room for more of both.
#[derive(Default)]
pub(super) struct Square {
    values: Vec<f64>,
    /// From one column to the next.
    stride: usize,
    size: usize,
}

impl Square {
    pub(super) fn clear(&mut self) {
        self.size = 0;
    }

    pub(super) fn column(&self, k: usize) -> &[f64] {
        &self.values[k * self.stride..][..self.size]
    }

    pub(super) fn column_mut(&mut self, k: usize) -> &mut [f64] {
        &mut self.values[k * self.stride..][..self.size]
    }

    /// Columns `k` and `k + 1`.
    pub(super) fn neighbours_mut(&mut self, k: usize) -> (&mut [f64], &mut [f64]) {
        let (left, right) = self.values[k * self.stride..].split_at_mut(self.stride);
        (&mut left[..self.size], &mut right[..self.size])
    }

    pub(super) fn view(&self) -> MatRef<'_, f64> {
        let values = &self.values[..self.stride * self.size];
        MatRef::from_column_major_slice_with_stride(values, self.size, self.size, self.stride)
    }

    /// Makes it this large; what the new rows and columns hold is not said.
    pub(super) fn grow(&mut self, size: usize) {
        if size > self.stride {
            let stride = size.max(2 * self.stride);
            let mut values = vec![0.0; stride * stride];
            for k in 0..self.size {
                values[k * stride..][..self.size].copy_from_slice(self.column(k));
            }
            (self.values, self.stride) = (values, stride);
        }
        self.size = size;
    }

    /// Keeps these rows and columns, ascending.
    pub(super) fn keep(&mut self, kept: &[usize]) {
        for (to, &from) in kept.iter().enumerate() {
            let (to, from) = (to * self.stride, from * self.stride);
            // Every entry moves towards the start, and none is overwritten before it has moved.
            for (row, &source) in kept.iter().enumerate() {
                self.values[to + row] = self.values[from + source];
            }
        }
        self.size = kept.len();
    }

    /// Takes away one row of all columns; the last row is then free, and the size is still that of the columns.
    pub(super) fn remove_row(&mut self, row: usize) {
        for k in 0..self.size {
            let start = k * self.stride;
            self.values.copy_within(start + row + 1..start + self.size, start + row);
        }
    }

    /// Takes away the last row and column.
    pub(super) fn pop(&mut self) {
        self.size -= 1;
    }
}
