//! Quantiles of Student's t distribution with a whole number of degrees of freedom.

use std::f64::consts::PI;

/// The quantile of Student's t with `degrees` ≥ 1 degrees of freedom at probability `p` in (0, 1).
///
/// Bisection on the closed form of the distribution (Abramowitz & Stegun 26.7.3 and 26.7.4).
///
/// # Panics
/// If `p` is not inside (0, 1) or `degrees` is 0.
#[must_use]
pub fn student_quantile(p: f64, degrees: usize) -> f64 {
    assert!(
        p > 0.0 && p < 1.0 && degrees > 0,
        "no quantile for p = {p}, {degrees} degrees of freedom"
    );
    let (mut low, mut high) = (0.0, 1.0);
    let tail = p.max(1.0 - p);
    while cumulative(high, degrees) < tail {
        high *= 2.0;
    }
    // 200 halvings end at neighbouring floating-point numbers.
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if cumulative(middle, degrees) < tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    if p < 0.5 { -high } else { high }
}

/// P(T ≤ t) for t ≥ 0.
fn cumulative(t: f64, degrees: usize) -> f64 {
    let theta = (t / (degrees as f64).sqrt()).atan();
    let (sin, cos) = theta.sin_cos();
    let inside = if degrees % 2 == 1 {
        let mut term = cos;
        let mut sum = if degrees > 1 { cos } else { 0.0 };
        for k in (3..degrees).step_by(2) {
            term *= cos * cos * (k - 1) as f64 / k as f64;
            sum += term;
        }
        2.0 / PI * (theta + sin * sum)
    } else {
        let (mut term, mut sum) = (1.0, 1.0);
        for k in (2..degrees).step_by(2) {
            term *= cos * cos * (k - 1) as f64 / k as f64;
            sum += term;
        }
        sin * sum
    };
    0.5 + inside / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, degrees, expected) in [
            (0.975, 1, 12.706_205),
            (0.975, 2, 4.302_653),
            (0.975, 3, 3.182_446),
            (0.975, 4, 2.776_445),
            (0.975, 19, 2.093_024),
            (0.95, 10, 1.812_461),
            (0.025, 19, -2.093_024),
            (0.5, 7, 0.0),
        ] {
            let found = student_quantile(p, degrees);
            assert!((found - expected).abs() < 1e-6, "t({p}, {degrees}) = {found}");
        }
    }
}
