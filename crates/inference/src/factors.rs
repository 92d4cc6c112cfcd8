//! Which factors of a pair its value depends on: a linear model with one column a factor.

/// What a linear model says of its factors.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorShares {
    /// Change of the value with each factor from 0 to 1, the others held.
    pub effects: Vec<f64>,
    /// Share of the sum of squares that is lost without the factor, all others kept (type II).
    pub shares: Vec<f64>,
    /// Share of the sum of squares that all factors explain together.
    pub together: f64,
    /// What of a factor's own variance the other factors leave: 1 where it is balanced against them, 0 where they
    /// determine it.
    pub tolerances: Vec<f64>,
}

/// Tolerance below which a factor counts as determined by the others.
const CONFOUNDED: f64 = 1e-9;

/// Weighted least squares of `values` on a constant and `factors` (one column each, as long as `values`).
///
/// `None` where it has no unique solution (a factor that is constant, or that others determine), or where the values do not
/// vary. The type-II sum of squares of a factor is β² / (G⁻¹)_ff with G the scatter of the columns; shares add up to the
/// share of all factors together where the factors are balanced, and to less or more where they are not.
///
/// # Panics
/// If lengths differ.
#[must_use]
pub fn factor_shares(
    values: &[f64],
    weights: &[f64],
    factors: &[Vec<f64>],
) -> Option<FactorShares> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let centred = |column: &[f64]| -> Vec<f64> {
        assert_eq!(column.len(), weights.len(), "one weight a value");
        let mean = column.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total;
        column.iter().map(|v| v - mean).collect()
    };
    let product = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).zip(weights).map(|((a, b), w)| a * b * w).sum()
    };
    let y = centred(values);
    let columns: Vec<Vec<f64>> = factors.iter().map(|f| centred(f)).collect();
    let squares = product(&y, &y);
    // Values that differ by rounding only do not vary.
    let size: f64 = values.iter().zip(weights).map(|(v, w)| w * v * v).sum();
    if squares <= f64::EPSILON * size {
        return None;
    }
    let scatter: Vec<Vec<f64>> =
        columns.iter().map(|a| columns.iter().map(|b| product(a, b)).collect()).collect();
    let inverse = inverse(&scatter)?;
    let with_y: Vec<f64> = columns.iter().map(|c| product(c, &y)).collect();
    let effects: Vec<f64> = inverse.iter().map(|row| dot(row, &with_y)).collect();
    let own = |f: usize| effects[f] * effects[f] / inverse[f][f] / squares;
    Some(FactorShares {
        shares: (0..effects.len()).map(own).collect(),
        together: dot(&effects, &with_y) / squares,
        tolerances: (0..effects.len()).map(|f| 1.0 / (inverse[f][f] * scatter[f][f])).collect(),
        effects,
    })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Inverse of a scatter by Gauss and Jordan on its correlations; `None` where a column is constant or is determined by those
/// before it.
fn inverse(scatter: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let k = scatter.len();
    let scale: Vec<f64> = (0..k).map(|i| scatter[i][i].max(0.0).sqrt()).collect();
    if scale.contains(&0.0) {
        return None;
    }
    let mut left: Vec<Vec<f64>> =
        (0..k).map(|i| (0..k).map(|j| scatter[i][j] / (scale[i] * scale[j])).collect()).collect();
    let mut right: Vec<Vec<f64>> =
        (0..k).map(|i| (0..k).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for i in 0..k {
        // What the columns before leave of this one: the pivot of a correlation matrix.
        let pivot = left[i][i];
        if pivot < CONFOUNDED {
            return None;
        }
        for rows in [&mut left, &mut right] {
            rows[i].iter_mut().for_each(|v| *v /= pivot);
        }
        for other in (0..k).filter(|other| *other != i) {
            let factor = left[other][i];
            for rows in [&mut left, &mut right] {
                let own = rows[i].clone();
                rows[other].iter_mut().zip(own).for_each(|(v, o)| *v -= factor * o);
            }
        }
    }
    Some((0..k).map(|i| (0..k).map(|j| right[i][j] / (scale[i] * scale[j])).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_factors_share_out_what_they_explain() {
        // 2 × 2 with value 1 + 3 a + 1 b + ab/2: in a balanced design a explains 3.25² of 3.25² + 1.25² + 0.25².
        let (a, b) = (vec![0.0, 0.0, 1.0, 1.0], vec![0.0, 1.0, 0.0, 1.0]);
        let values: Vec<f64> =
            a.iter().zip(&b).map(|(a, b)| 1.0 + 3.0 * a + b + 0.5 * a * b).collect();
        let found = factor_shares(&values, &[1.0; 4], &[a, b]).expect("balanced");
        let all = 3.25_f64.powi(2) + 1.25_f64.powi(2) + 0.25_f64.powi(2);
        assert!((found.effects[0] - 3.25).abs() < 1e-12);
        assert!((found.shares[0] - 3.25_f64.powi(2) / all).abs() < 1e-12);
        assert!((found.shares[1] - 1.25_f64.powi(2) / all).abs() < 1e-12);
        assert!((found.together - found.shares[0] - found.shares[1]).abs() < 1e-12);
        assert!(found.tolerances.iter().all(|t| (t - 1.0).abs() < 1e-12));
    }

    #[test]
    fn shares_are_what_leaving_a_factor_out_costs() {
        // Unbalanced, weighted: against fits of the smaller models.
        let a = vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let b = vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0];
        let values = [0.3, 0.1, 0.9, 0.4, 1.6, 1.1, 1.3];
        let weights = [1.0, 2.0, 1.0, 4.0, 1.0, 0.0, 2.0];
        let both = factor_shares(&values, &weights, &[a.clone(), b.clone()]).expect("unique");
        let only = |f: &Vec<f64>| {
            factor_shares(&values, &weights, std::slice::from_ref(f)).expect("unique").together
        };
        assert!((both.shares[0] - (both.together - only(&b))).abs() < 1e-12);
        assert!((both.shares[1] - (both.together - only(&a))).abs() < 1e-12);
        assert!(both.tolerances[0] < 1.0 && both.tolerances[0] > 0.0);
    }

    #[test]
    fn what_cannot_be_told_apart_has_no_shares() {
        let a = vec![0.0, 0.0, 1.0, 1.0];
        let opposite: Vec<f64> = a.iter().map(|v| 1.0 - v).collect();
        let values = [0.1, 0.2, 0.7, 0.9];
        assert_eq!(factor_shares(&values, &[1.0; 4], &[a.clone(), opposite]), None);
        assert_eq!(factor_shares(&values, &[1.0; 4], &[vec![1.0; 4]]), None);
        assert_eq!(factor_shares(&[0.1; 4], &[1.0; 4], std::slice::from_ref(&a)), None);
        assert_eq!(factor_shares(&values, &[0.0; 4], &[a]), None);
    }
}
