//! The costs as the solvers read them: contiguous, the short side outside, scaled to magnitudes below one.

use consilience_linalg::MatRef;

use crate::{Error, Result};

/// Larger costs are refused: sums of them, as potentials are, and products with masses must stay finite.
pub(crate) const LARGEST_COST: f64 = 1e150;

/// Lines copied side by side when the copy transposes: their heads stay in the first-level cache.
const TILE: usize = 16;

/// What an optimum optimises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// The smallest total cost.
    Minimum,
    /// The largest total cost (gain).
    Maximum,
}

/// A contiguous copy of a cost matrix, always to be minimised, with at most as many lines as columns.
///
/// An entry is a cost times `factor`, a power of two that brings the largest magnitude into [½, 1), negative for a
/// maximum. So tolerances are absolute, no difference overflows, and nothing is rounded (but costs far below the largest).
#[derive(Debug, Clone, Default)]
pub(crate) struct CostTable {
    entries: Vec<f64>,
    pub(crate) lines: usize,
    pub(crate) width: usize,
    /// The lines are the columns of the matrix.
    pub(crate) flipped: bool,
    pub(crate) factor: f64,
}

impl CostTable {
    /// Reads a matrix. The orientation depends on its shape alone, never on its layout in memory.
    pub(crate) fn load(&mut self, cost: MatRef<'_, f64>, objective: Objective) -> Result<()> {
        let (rows, columns) = (cost.nrows(), cost.ncols());
        if rows == 0 || columns == 0 {
            return Err(Error::Empty { rows, columns });
        }
        let scale = scale(largest_magnitude(cost)?);
        self.factor = match objective {
            Objective::Minimum => scale,
            Objective::Maximum => -scale,
        };
        self.flipped = columns <= rows;
        let lines_as_columns = if self.flipped { cost } else { cost.transpose() };
        (self.width, self.lines) = (lines_as_columns.nrows(), lines_as_columns.ncols());
        if self.entries.capacity() < rows * columns {
            // Fresh zeroed memory costs nothing before it is written.
            self.entries = vec![0.0; rows * columns];
        }
        self.entries.resize(rows * columns, 0.0);
        if lines_as_columns.row_stride() == 1 {
            self.copy_lines(lines_as_columns);
        } else {
            self.copy_transposed(lines_as_columns.transpose());
        }
        Ok(())
    }

    /// The costs of one line.
    #[inline]
    pub(crate) fn line(&self, line: usize) -> &[f64] {
        &self.entries[line * self.width..(line + 1) * self.width]
    }

    /// All lines in order.
    pub(crate) fn iter(&self) -> std::slice::ChunksExact<'_, f64> {
        self.entries.chunks_exact(self.width)
    }

    /// Adds a line of zeros.
    pub(crate) fn push_zero_line(&mut self) {
        self.lines += 1;
        self.entries.resize(self.lines * self.width, 0.0);
    }

    /// Removes the last line.
    pub(crate) fn pop_line(&mut self) {
        self.lines -= 1;
        self.entries.truncate(self.lines * self.width);
    }

    /// Row and column of the matrix for a line and column of the table.
    pub(crate) fn cell(&self, line: usize, column: usize) -> (usize, usize) {
        if self.flipped { (column, line) } else { (line, column) }
    }

    /// Potentials of lines and columns of the table, as (row, column) potentials of the matrix.
    pub(crate) fn potentials(&self, lines: &[f64], columns: &[f64]) -> (Vec<f64>, Vec<f64>) {
        // The reciprocal of a power of two is exact, and adding zero turns -0 into 0.
        let back = self.factor.recip();
        let lines = lines.iter().map(|u| u * back + 0.0).collect();
        let columns = columns.iter().map(|v| v * back + 0.0).collect();
        if self.flipped { (columns, lines) } else { (lines, columns) }
    }

    /// A nonnegative amount of table cost in the unit of the matrix.
    pub(crate) fn amount(&self, amount: f64) -> f64 {
        amount * self.factor.abs().recip()
    }

    /// A table cost in the unit of the matrix.
    pub(crate) fn signed(&self, cost: f64) -> f64 {
        cost * self.factor.recip() + 0.0
    }

    /// Copies a matrix whose columns are the lines.
    fn copy_lines(&mut self, source: MatRef<'_, f64>) {
        let factor = self.factor;
        for (j, line) in self.entries.chunks_exact_mut(self.width).enumerate() {
            match source.col(j).try_as_col_major() {
                Some(column) => {
                    for (entry, c) in line.iter_mut().zip(column.as_slice()) {
                        *entry = c * factor;
                    }
                }
                None => {
                    for (i, entry) in line.iter_mut().enumerate() {
                        *entry = source[(i, j)] * factor;
                    }
                }
            }
        }
    }

    /// Copies a matrix whose rows are the lines, tile by tile.
    fn copy_transposed(&mut self, source: MatRef<'_, f64>) {
        let (factor, width) = (self.factor, self.width);
        if source.row_stride() != 1 {
            return self.copy_lines(source.transpose());
        }
        for first in (0..width).step_by(TILE) {
            let columns: Vec<&[f64]> = (first..(first + TILE).min(width))
                .filter_map(|j| Some(source.col(j).try_as_col_major()?.as_slice()))
                .collect();
            for (i, line) in self.entries.chunks_exact_mut(width).enumerate() {
                for (entry, column) in line[first..].iter_mut().zip(&columns) {
                    *entry = column[i] * factor;
                }
            }
        }
    }
}

/// The largest magnitude of a matrix, or the first entry that is not acceptable.
fn largest_magnitude(cost: MatRef<'_, f64>) -> Result<f64> {
    let view = if cost.row_stride() == 1 { cost } else { cost.transpose() };
    let (mut largest, mut finite) = (0.0, true);
    for j in 0..view.ncols() {
        let column = view.col(j);
        let (magnitude, column_finite) = match column.try_as_col_major() {
            Some(column) => magnitude_of(column.as_slice()),
            None => column.iter().fold((0.0, true), |(magnitude, finite), x| {
                (larger(magnitude, x.abs()), finite && x.is_finite())
            }),
        };
        largest = larger(largest, magnitude);
        finite &= column_finite;
    }
    if finite && largest <= LARGEST_COST {
        return Ok(largest);
    }
    for column in 0..cost.ncols() {
        for row in 0..cost.nrows() {
            let value = cost[(row, column)];
            if !value.is_finite() {
                return Err(Error::NonFiniteCost { row, column, value });
            }
            if value.abs() > LARGEST_COST {
                return Err(Error::CostTooLarge { row, column, value, limit: LARGEST_COST });
            }
        }
    }
    unreachable!("an unacceptable entry was seen")
}

/// The larger of two magnitudes; the first if the second is NaN.
fn larger(x: f64, y: f64) -> f64 {
    if y > x { y } else { x }
}

/// The largest magnitude (NaN passed over), and whether all entries are finite.
fn magnitude_of(entries: &[f64]) -> (f64, bool) {
    let mut magnitudes = [0.0; 8];
    // Zero times an infinity or a NaN is NaN, and NaN stays in a sum: a test without a branch.
    let mut zeros = [0.0; 8];
    let (chunks, rest) = entries.as_chunks::<8>();
    for chunk in chunks {
        for k in 0..8 {
            magnitudes[k] = larger(magnitudes[k], chunk[k].abs());
            zeros[k] += chunk[k] * 0.0;
        }
    }
    let magnitude = rest.iter().map(|x| x.abs()).chain(magnitudes).fold(0.0, larger);
    (magnitude, rest.iter().chain(&zeros).all(|x| x.is_finite()))
}

/// The power of two that brings a magnitude into [½, 1); 1 for zero.
fn scale(magnitude: f64) -> f64 {
    if magnitude == 0.0 {
        return 1.0;
    }
    // The exponent field; subnormal numbers have field 0 and get the largest factor that has a finite reciprocal.
    let exponent = (magnitude.to_bits() >> 52) as i32 - 1022;
    2.0_f64.powi(-exponent.clamp(-1000, 1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use consilience_linalg::Mat;

    #[test]
    fn layouts_give_the_same_table() {
        for (p, q) in [(1, 1), (1, 40), (40, 1), (16, 17), (33, 20), (20, 20)] {
            let matrix = Mat::from_fn(p, q, |i, j| (i * 100 + j) as f64);
            let rows = Mat::from_fn(q, p, |i, j| matrix[(j, i)]);
            let wide = Mat::from_fn(2 * p, q, |i, j| matrix[(i / 2, j)]);
            let mut tables = [CostTable::default(), CostTable::default(), CostTable::default()];
            tables[0].load(matrix.as_ref(), Objective::Maximum).unwrap();
            tables[1].load(rows.transpose(), Objective::Maximum).unwrap();
            tables[2].load(wide.get(..p, ..), Objective::Maximum).unwrap();
            assert_eq!(tables[0].entries, tables[1].entries);
            for line in 0..tables[0].lines {
                for column in 0..tables[0].width {
                    let back = tables[0].line(line)[column] / tables[0].factor;
                    assert_eq!(back, matrix[tables[0].cell(line, column)]);
                }
            }
        }
    }

    #[test]
    fn scales_are_powers_of_two() {
        for (magnitude, expected) in [(0.0, 1.0), (0.75, 1.0), (1.0, 0.5), (3.0, 0.25), (0.3, 2.0)]
        {
            assert_eq!(scale(magnitude), expected);
        }
        assert!(scale(f64::from_bits(1)).is_finite());
        assert!(scale(LARGEST_COST) > 0.0);
    }
}
