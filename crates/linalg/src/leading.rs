//! The leading singular vector alone.

use faer::{Mat, MatRef};

use crate::{Result, eigen_symmetric, svd};

/// Short sides up to which the whole decomposition costs no more.
const SMALL: usize = 64;

/// Steps between two looks at what the steps so far have found.
const LOOK: usize = 4;

/// Residual of the pair, as a share of the squared singular value, at which it is found: some roundings.
const FOUND: f64 = 8.0 * f64::EPSILON;

/// The largest singular value of `a` and its left singular vector, of length 1 and arbitrary sign; 0 and a vector of zeros for a
/// matrix of zeros.
///
/// Lanczos steps on `a aᵀ` with full orthogonalisation (Golub & Van Loan, section 10.1), from a fixed combination of the columns:
/// O(rows · columns) a step, some tens of steps unless the largest values are close to one another, and never more than the
/// shorter side. Of equal largest values any vector of theirs may be found.
///
/// # Errors
/// As [`svd`].
pub fn leading_left_vector(a: MatRef<'_, f64>) -> Result<(f64, Vec<f64>)> {
    let (rows, columns) = (a.nrows(), a.ncols());
    if rows.min(columns) <= SMALL {
        let svd = svd(a)?;
        let value = svd.values.first().copied().unwrap_or(0.0);
        let vector = if value > 0.0 { svd.u.col_as_slice(0).to_vec() } else { vec![0.0; rows] };
        return Ok((value, vector));
    }
    crate::error::check_finite("matrix whose leading singular vector is sought", a)?;
    // Fractional parts of multiples of the golden ratio: a combination that no structure of data is orthogonal to.
    let golden = f64::midpoint(5.0_f64.sqrt(), 1.0);
    let combination: Vec<f64> = (0..columns).map(|j| 0.5 + (golden * j as f64).fract()).collect();
    let mut next = times(a, &combination);
    let mut length = norm(&next);
    if length == 0.0 {
        // No data are orthogonal to the combination but those without a value.
        return Ok((0.0, vec![0.0; rows]));
    }
    let (mut basis, mut diagonal, mut beside): (Vec<Vec<f64>>, Vec<f64>, Vec<f64>) =
        (Vec::new(), Vec::new(), Vec::new());
    loop {
        next.iter_mut().for_each(|v| *v /= length);
        basis.push(next);
        let last = &basis[basis.len() - 1];
        next = times(a, &transposed_times(a, last));
        diagonal.push(dot(last, &next));
        // Twice is enough (Parlett).
        for _ in 0..2 {
            for earlier in &basis {
                let along = dot(earlier, &next);
                next.iter_mut().zip(earlier).for_each(|(v, e)| *v -= along * e);
            }
        }
        length = norm(&next);
        let steps = basis.len();
        let scale = diagonal.iter().copied().fold(0.0, f64::max);
        let exhausted = steps == rows.min(columns) || length <= f64::EPSILON * scale;
        if exhausted || steps % LOOK == 0 {
            let (square, weights) = largest_of_tridiagonal(&diagonal, &beside)?;
            if exhausted || length * weights[steps - 1].abs() <= FOUND * square {
                let mut vector = vec![0.0; rows];
                for (weight, direction) in weights.iter().zip(&basis) {
                    vector.iter_mut().zip(direction).for_each(|(v, d)| *v += weight * d);
                }
                return Ok((square.max(0.0).sqrt(), vector));
            }
        }
        beside.push(length);
    }
}

/// The largest eigenvalue and its vector.
fn largest_of_tridiagonal(diagonal: &[f64], beside: &[f64]) -> Result<(f64, Vec<f64>)> {
    let n = diagonal.len();
    let entry = |i: usize, j: usize| match i.abs_diff(j) {
        0 => diagonal[i],
        1 => beside[i.min(j)],
        _ => 0.0,
    };
    let eigen = eigen_symmetric(Mat::from_fn(n, n, entry).as_ref())?;
    Ok((eigen.values[n - 1], eigen.vectors.col_as_slice(n - 1).to_vec()))
}

fn times(a: MatRef<'_, f64>, right: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; a.nrows()];
    for (j, factor) in right.iter().enumerate() {
        out.iter_mut().zip(a.col(j).iter()).for_each(|(o, v)| *o += factor * v);
    }
    out
}

fn transposed_times(a: MatRef<'_, f64>, left: &[f64]) -> Vec<f64> {
    (0..a.ncols()).map(|j| a.col(j).iter().zip(left).map(|(v, l)| v * l).sum()).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_the_whole_decomposition_finds() {
        for (rows, columns) in [(1, 1), (5, 3), (64, 90), (65, 65), (80, 200), (150, 70)] {
            let a = Mat::from_fn(rows, columns, |i, j| {
                (0.3 + 1.3 * i as f64 + 0.7 * (i * j) as f64).sin() + 0.2 * (j as f64).cos()
            });
            let whole = svd(a.as_ref()).expect("converges");
            let (value, vector) = leading_left_vector(a.as_ref()).expect("converges");
            assert!((value / whole.values[0] - 1.0).abs() < 1e-14);
            let cosine = dot(&vector, whole.u.col_as_slice(0));
            assert!((cosine.abs() - 1.0).abs() < 1e-13, "{rows} × {columns}: {cosine}");
            assert!((norm(&vector) - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn low_rank_and_nothing_end_early() {
        let a = Mat::from_fn(100, 120, |i, j| (i as f64 + 1.0) * (j as f64 - 3.0).sin());
        let (value, vector) = leading_left_vector(a.as_ref()).expect("converges");
        let lengths = crate::squared_norm(a.as_ref()).sqrt();
        assert!((value / lengths - 1.0).abs() < 1e-13 && vector[99].abs() > vector[0].abs());
        let (value, vector) = leading_left_vector(Mat::zeros(100, 100).as_ref()).expect("zeros");
        assert!(value == 0.0 && vector.iter().all(|v| *v == 0.0));
    }

    #[test]
    fn a_block_without_the_longest_column_is_found() {
        // The longest column is alone; a hundred shorter ones are alike, and theirs is the leading direction.
        let a = Mat::from_fn(120, 101, |i, j| match (i, j) {
            (0, 0) => 2.0,
            (1, 1..) => 1.0,
            (i, j) if i == j + 10 => 0.01,
            _ => 0.0,
        });
        let (value, vector) = leading_left_vector(a.as_ref()).expect("converges");
        assert!((value - 10.0).abs() < 0.01 && vector[1].abs() > 0.99);
    }
}
