//! Who is whose partner: semi-matching and one-to-one matching on a matrix of correlations.

use consilience_linalg::{Mat, MatRef};
use consilience_solvers::{Assignment, maximum_assignment};

use crate::{Partner, Result, Sign};

/// Correlations that differ by no more than so many roundings of the activations are the same.
const TIE_ROUNDINGS: f64 = 8.0;

/// What partners are chosen by: the correlations, or their magnitudes.
pub(crate) fn likeness(correlation: &Mat<f64>, sign: Sign) -> Mat<f64> {
    match sign {
        Sign::Signed => correlation.clone(),
        Sign::Absolute => {
            Mat::from_fn(correlation.nrows(), correlation.ncols(), |i, j| correlation[(i, j)].abs())
        }
    }
}

/// How far two correlations may be apart and still be a tie.
pub(crate) fn tie_width(epsilon: f64) -> f64 {
    TIE_ROUNDINGS * epsilon
}

/// For each row the column of the largest entry, of equals the first.
pub(crate) fn best_of_rows(likeness: MatRef<'_, f64>, tie: f64) -> Vec<usize> {
    let row = |i: usize| {
        let values = || (0..likeness.ncols()).map(|j| likeness[(i, j)]);
        let largest = values().fold(f64::NEG_INFINITY, f64::max);
        values().position(|value| value >= largest - tie).expect("a matrix of at least one column")
    };
    (0..likeness.nrows()).map(row).collect()
}

/// The one-to-one matching with the largest sum, with its certificate.
pub(crate) fn one_to_one(likeness: MatRef<'_, f64>) -> Result<Assignment> {
    Ok(maximum_assignment(likeness)?)
}

/// The row of each column of an assignment.
pub(crate) fn inverse(column_of_row: &[Option<usize>], columns: usize) -> Vec<Option<usize>> {
    let mut row_of_column = vec![None; columns];
    for (row, column) in column_of_row.iter().enumerate() {
        if let Some(column) = column {
            row_of_column[*column] = Some(row);
        }
    }
    row_of_column
}

/// A choice of partners for the varying units of one side.
pub(crate) struct Choice<'a> {
    /// Correlations, own units in rows.
    pub(crate) correlation: MatRef<'a, f64>,
    /// What partners are chosen by.
    pub(crate) likeness: MatRef<'a, f64>,
    /// Index of the partner of each own unit, among the varying units of the other side.
    pub(crate) partner: &'a [Option<usize>],
    /// Share of half-splits with the same partner.
    pub(crate) stability: Option<&'a [f64]>,
    /// The varying units of the other side.
    pub(crate) others: &'a [usize],
    /// How far apart ties may be.
    pub(crate) tie: f64,
}

impl Choice<'_> {
    /// The partners with what is known of them, one entry a varying unit.
    pub(crate) fn partners(&self) -> Vec<Option<Partner>> {
        (0..self.partner.len()).map(|i| self.partner[i].map(|j| self.entry(i, j))).collect()
    }

    fn entry(&self, i: usize, j: usize) -> Partner {
        let own = self.likeness[(i, j)];
        let others = (0..self.likeness.ncols()).filter(|&k| k != j).map(|k| self.likeness[(i, k)]);
        let best = others.fold(f64::NEG_INFINITY, f64::max);
        let ties = (0..self.likeness.ncols())
            .any(|k| k != j && (self.likeness[(i, k)] - own).abs() <= self.tie);
        Partner {
            unit: self.others[j] as u32,
            r: self.correlation[(i, j)] as f32,
            margin: best.is_finite().then_some((own - best) as f32),
            stability: self.stability.map(|s| s[i] as f32),
            tie: ties,
        }
    }
}

/// The units with the largest likeness of each row, the largest first, of equals the first: index among the varying units of
/// the other side.
pub(crate) fn candidates(likeness: MatRef<'_, f64>, wanted: usize) -> Vec<Vec<usize>> {
    let row = |i: usize| {
        let mut order: Vec<usize> = (0..likeness.ncols()).collect();
        order.sort_by(|&a, &b| likeness[(i, b)].total_cmp(&likeness[(i, a)]).then(a.cmp(&b)));
        order.truncate(wanted);
        order
    };
    (0..likeness.nrows()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Case B of the plain test vectors: the best of X0 is Y2, the matching gives it Y0.
    fn correlations() -> Mat<f64> {
        let r = [
            [0.451_173, -0.070_907, 0.803_832, -0.009_819],
            [-0.123_491, 0.373_162, -0.063_316, 0.302_120],
            [-0.030_422, -0.066_629, 0.472_663, -0.053_931],
            [0.062_786, 0.059_002, -0.145_570, 0.429_212],
        ];
        Mat::from_fn(4, 4, |i, j| r[i][j])
    }

    #[test]
    fn the_best_and_the_matched_partner_differ_where_two_units_want_one() {
        let r = correlations();
        assert_eq!(best_of_rows(r.as_ref(), 0.0), [2, 1, 2, 3]);
        let matched = one_to_one(r.as_ref()).expect("finite");
        assert_eq!(matched.column_of_row, [Some(0), Some(1), Some(2), Some(3)]);
        assert!(matched.gap < 1e-15 && matched.certificate_gap(r.as_ref()) < 1e-15);
        assert!((matched.value / 4.0 - 0.431_553).abs() < 1e-6);
        let others = [10, 11, 12, 13];
        let partner = &matched.column_of_row;
        let choice = Choice {
            correlation: r.as_ref(),
            likeness: r.as_ref(),
            partner,
            stability: None,
            others: &others,
            tie: 0.0,
        };
        let partners = choice.partners();
        let first = partners[0].expect("matched");
        assert_eq!((first.unit, first.tie), (10, false));
        assert!((first.margin.expect("others") - (0.451_173 - 0.803_832)).abs() < 1e-6);
    }

    #[test]
    fn ties_go_to_the_first_and_say_so() {
        let r =
            Mat::from_fn(2, 3, |i, j| if i == 0 && j > 0 { 0.5 + 1e-9 * j as f64 } else { 0.1 });
        assert_eq!(best_of_rows(r.as_ref(), 1e-6), [1, 0]);
        assert_eq!(best_of_rows(r.as_ref(), 0.0), [2, 0]);
        let choice = Choice {
            correlation: r.as_ref(),
            likeness: r.as_ref(),
            partner: &[Some(1), Some(0)],
            stability: None,
            others: &[0, 1, 2],
            tie: 1e-6,
        };
        assert!(choice.partners().iter().all(|p| p.expect("matched").tie));
    }

    #[test]
    fn one_unit_has_no_margin() {
        let r = Mat::from_fn(1, 1, |_, _| -0.25);
        let choice = Choice {
            correlation: r.as_ref(),
            likeness: r.as_ref(),
            partner: &[Some(0)],
            stability: Some(&[0.5]),
            others: &[3],
            tie: 0.0,
        };
        let only = choice.partners()[0].expect("matched");
        assert_eq!((only.unit, only.r, only.margin, only.stability), (3, -0.25, None, Some(0.5)));
    }

    #[test]
    fn the_magnitude_is_another_choice() {
        let r = Mat::from_fn(1, 2, |_, j| [0.3, -0.8][j]);
        let choose = |sign| best_of_rows(likeness(&r, sign).as_ref(), 0.0)[0];
        assert_eq!((choose(Sign::Signed), choose(Sign::Absolute)), (0, 1));
    }
}
