//! Units of two networks that lie in the span of one another.

use consilience_linalg::{Mat, MatRef};

use crate::error::{Error, Result};
use crate::least_squares::LeastSquares;

/// The largest sets of units of two sides each of which the other nearly spans.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct SubspaceMatch {
    /// Units of the first side that are in the match, ascending.
    pub x: Vec<usize>,
    /// Units of the second side that are.
    pub y: Vec<usize>,
    /// Distance of each unit of the first side from the span of the second side's units in the match, as a share of its own
    /// length: 1 if there are none, and for a unit of zeros.
    pub x_distance: Vec<f64>,
    /// The same of the second side from the first.
    pub y_distance: Vec<f64>,
    /// Passes over both sides, the last of which took nothing away.
    pub passes: usize,
}

/// The maximum ε-match of Wang et al. 2018: starting from all units, those of x are removed whose distance from the span of
/// the remaining units of y is more than `epsilon` of their length, then those of y, until none is.
///
/// `gram` holds the products of all units with one another, those of x first (`of_x` of them), *not* centred for the published
/// quantity; what is spanned are combinations without an intercept. The result is the union of all pairs of sets in which every
/// unit is within `epsilon` of the span of the other set, so it depends on no order. A unit of zeros is in no match.
///
/// Units that others determine (all but 1e-10 of their square) add nothing to a span, so that distances below 1e-5 are not told
/// apart from 0. A pass costs two factorisations, O(p³ + q³ + p q (p + q)); passes are few as a rule, p + q at most.
///
/// # Errors
///
/// [`Error::NotSquare`], [`Error::Gram`], [`Error::SubspaceSides`] if `of_x` exceeds the units or `epsilon` is not between 0
/// and 1.
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
/// use consilience_solvers::maximum_match;
///
/// // x has the axes 1, 2 and 3; y has the sum and the difference of the first two.
/// let units = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [1.0, -1.0, 0.0]];
/// let dot = |i: usize, j: usize| (0..3).map(|k| units[i][k] * units[j][k]).sum::<f64>();
/// let found = maximum_match(Mat::from_fn(5, 5, dot).as_ref(), 3, 0.1)?;
/// assert_eq!((found.x, found.y), (vec![0, 1], vec![0, 1]));
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn maximum_match(gram: MatRef<'_, f64>, of_x: usize, epsilon: f64) -> Result<SubspaceMatch> {
    crate::gram::check(gram)?;
    let units = gram.nrows();
    if of_x > units || !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(Error::SubspaceSides { of_x, units, epsilon });
    }
    // Lengths play no part: of every unit the direction alone.
    let length: Vec<f64> = (0..units).map(|i| gram[(i, i)].sqrt()).collect();
    let cosine = |i: usize, j: usize| gram[(i, j)] / (length[i] * length[j]);
    let alive = |range: std::ops::Range<usize>| range.filter(|&i| length[i] > 0.0).collect();
    let (mut x, mut y): (Vec<usize>, Vec<usize>) = (alive(0..of_x), alive(of_x..units));
    let mut passes = 0;
    loop {
        let before = (x.len(), y.len());
        x = within(&x, &distances(&x, &y, &cosine), epsilon);
        y = within(&y, &distances(&y, &x, &cosine), epsilon);
        passes += 1;
        if (x.len(), y.len()) == before {
            break;
        }
    }
    let all = |range: std::ops::Range<usize>, span: &[usize]| {
        let candidates: Vec<usize> = alive(range.clone());
        let mut out = vec![1.0; range.len()];
        for (i, d) in candidates.iter().zip(distances(&candidates, span, &cosine)) {
            out[i - range.start] = d;
        }
        out
    };
    let (x_distance, y_distance) = (all(0..of_x, &y), all(of_x..units, &x));
    y.iter_mut().for_each(|i| *i -= of_x);
    Ok(SubspaceMatch { x, y, x_distance, y_distance, passes })
}

fn within(units: &[usize], distances: &[f64], epsilon: f64) -> Vec<usize> {
    units.iter().zip(distances).filter(|(_, d)| **d <= epsilon).map(|(&i, _)| i).collect()
}

/// Distances of units of length 1 from the span of others: the root of what projection leaves of their square.
fn distances(units: &[usize], span: &[usize], cosine: &dyn Fn(usize, usize) -> f64) -> Vec<f64> {
    let gram = Mat::from_fn(span.len(), span.len(), |a, b| cosine(span[a], span[b]));
    let squares = LeastSquares::new(gram.as_ref());
    let products = Mat::from_fn(span.len(), units.len(), |a, b| cosine(span[a], units[b]));
    squares.explained(products.as_ref()).iter().map(|e| (1.0 - e).max(0.0).sqrt()).collect()
}
