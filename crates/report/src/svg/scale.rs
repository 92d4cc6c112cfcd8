//! Scales and ticks.

use crate::number::fixed;

/// A linear map from values to coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    domain: (f64, f64),
    range: (f64, f64),
}

impl Linear {
    /// The map that takes the ends of `domain` to the ends of `range`. A domain of one value is widened by a half to
    /// both sides.
    #[must_use]
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let domain = if domain.0 == domain.1 { (domain.0 - 0.5, domain.1 + 0.5) } else { domain };
        Self { domain, range }
    }

    /// Coordinate of a value. Values outside of the domain are drawn at its end.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.domain.0) / (self.domain.1 - self.domain.0);
        self.range.0 + share.clamp(0.0, 1.0) * (self.range.1 - self.range.0)
    }
}

/// Ticks at multiples of 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    /// Values, from low to high.
    pub values: Vec<f64>,
    decimals: usize,
}

impl Ticks {
    /// About `count` ticks from `low` to `high`.
    #[must_use]
    pub fn new((low, high): (f64, f64), count: usize) -> Self {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        let rough = (high - low) / count.max(1) as f64;
        if rough <= 0.0 || !rough.is_finite() {
            return Self { values: vec![low], decimals: 2 };
        }
        let power = rough.log10().floor();
        let unit = 10_f64.powf(power);
        let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * unit >= rough * 0.8);
        let step = factor.unwrap_or(10.0) * unit;
        // A little slack, so that 0.6 is a tick of (0.0, 0.6) in spite of rounding.
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let values = (first..=last).map(|i| i as f64 * step).collect();
        let decimals = (-step.log10() - 1e-9).ceil().max(0.0) as usize;
        Self { values, decimals }
    }

    /// Text of a tick, as many decimals as the steps need.
    #[must_use]
    pub fn label(&self, value: f64) -> String {
        fixed(value, self.decimals)
    }
}

/// Which labels can be shown: the first and the last always, of the others those that keep `gap` from their neighbours.
/// `labels` are centres and widths, from left to right.
#[must_use]
pub fn spaced(labels: &[(f64, f64)], gap: f64) -> Vec<bool> {
    let mut shown = vec![false; labels.len()];
    let Some((&(last_centre, last_width), _)) = labels.split_last() else { return shown };
    let last_start = last_centre - last_width / 2.0;
    let mut end = f64::NEG_INFINITY;
    for (i, &(centre, width)) in labels.iter().enumerate() {
        let is_last = i + 1 == labels.len();
        let fits_left = centre - width / 2.0 >= end + gap;
        let fits_right = centre + width / 2.0 + gap <= last_start;
        if is_last || i == 0 || (fits_left && fits_right) {
            shown[i] = true;
            end = centre + width / 2.0;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_meets_its_ends_and_stays_inside() {
        let scale = Linear::new((0.0, 2.0), (100.0, 0.0));
        assert_eq!(scale.at(0.0), 100.0);
        assert_eq!(scale.at(1.0), 50.0);
        assert_eq!(scale.at(9.0), 0.0);
        assert_eq!(Linear::new((3.0, 3.0), (0.0, 10.0)).at(3.0), 5.0);
    }

    #[test]
    fn ticks_are_round() {
        let labels = |range, count| {
            let ticks = Ticks::new(range, count);
            ticks.values.iter().map(|&v| ticks.label(v)).collect::<Vec<_>>()
        };
        assert_eq!(labels((0.0, 1.0), 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels((-0.13, 0.6), 4), ["0.0", "0.2", "0.4", "0.6"]);
        assert_eq!(labels((0.0, 1.0), 2), ["0.0", "0.5", "1.0"]);
        assert_eq!(labels((0.0, 100.0), 4), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels((-1.0, 1.0), 4), ["\u{2212}1.0", "\u{2212}0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels((0.5, 0.5), 4), ["0.50"]);
        assert_eq!(labels((0.97, 0.99), 4), ["0.970", "0.975", "0.980", "0.985", "0.990"]);
    }

    #[test]
    fn labels_keep_their_distance() {
        let crowd: Vec<(f64, f64)> = (0..10).map(|i| (10.0 * f64::from(i), 18.0)).collect();
        let shown = spaced(&crowd, 2.0);
        assert!(shown[0] && shown[9]);
        let kept: Vec<usize> = (0..10).filter(|&i| shown[i]).collect();
        assert!(kept.windows(2).all(|w| w[1] - w[0] >= 2), "{kept:?}");
        assert!(spaced(&[], 2.0).is_empty());
    }
}
