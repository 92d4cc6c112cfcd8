//! Correction for attenuation.

use consilience_inference::{Estimate, over_draws};
use consilience_measures::{DynMeasure, Family, Orientation, Scale};

/// Whether a score is a correlation or a cosine, which noise of its sides divides: a mean of correlations of units, or an
/// alignment of kernels or of dissimilarities. Other measures have no such correction.
///
/// It is exact where noise only adds to the variances that the score is divided by, as for matched units and for the
/// linear kernel without bias; for others it is approximate, and the study shows by how much.
pub(super) fn is_known(measure: &dyn DynMeasure) -> bool {
    let info = measure.info();
    let bounded = info.orientation == Orientation::Score && measure.range().1 == 1.0;
    let of_stimuli = matches!(info.family, Family::Kernel | Family::Rsa);
    bounded && (measure.scale() == Scale::HeldOutCorrelation || of_stimuli)
}

/// What draws of the noise say of one pair: its score, and the reliabilities of its sides.
pub(super) struct PairDraws<'a> {
    /// Score of the noisy sides, draw by draw.
    pub(super) raw: &'a [f64],
    /// Score of two noisy copies of x, and of y, draw by draw.
    pub(super) reliability: [&'a [f64]; 2],
}

/// The mean over pairs of r_xy / √(r_xx r_yy) with each r a mean over draws (Spearman 1904), with its interval over draws.
/// Both copies of a side have the noise of the score itself, so that no correction for the length of a test is needed.
///
/// # Errors
/// The smallest reliability, if it is not positive.
pub(super) fn corrected(pairs: &[PairDraws<'_>]) -> Result<Estimate, f64> {
    let n = pairs.first().map_or(0, |p| p.raw.len());
    let value = corrected_without(pairs, None)?;
    let without: Vec<f64> =
        (0..n).map(|draw| corrected_without(pairs, Some(draw))).collect::<Result<_, _>>()?;
    Ok(over_draws(value, &without))
}

fn corrected_without(pairs: &[PairDraws<'_>], left_out: Option<usize>) -> Result<f64, f64> {
    let mean = |draws: &[f64]| {
        let kept = draws.iter().enumerate().filter(|(i, _)| Some(*i) != left_out);
        kept.map(|(_, v)| v).sum::<f64>() / (draws.len() - usize::from(left_out.is_some())) as f64
    };
    let mut sum = 0.0;
    for pair in pairs {
        let [x, y] = pair.reliability.map(mean);
        if x <= 0.0 || y <= 0.0 {
            return Err(x.min(y));
        }
        sum += mean(pair.raw) / (x * y).sqrt();
    }
    Ok(sum / pairs.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliabilities_are_divided_out_pair_by_pair() {
        let pairs = [
            PairDraws { raw: &[0.3, 0.5], reliability: [&[0.5, 0.5], &[0.9, 0.7]] },
            PairDraws { raw: &[0.1, 0.1], reliability: [&[1.0, 1.0], &[0.25, 0.25]] },
        ];
        let found = corrected(&pairs).expect("positive");
        let each = [0.4 / 0.4_f64.sqrt(), 0.1 / 0.5];
        assert!((found.value - each.iter().sum::<f64>() / 2.0).abs() < 1e-15);
        let none = [PairDraws { raw: &[0.3, 0.5], reliability: [&[0.5, 0.5], &[0.1, -0.3]] }];
        let worst = corrected(&none).expect_err("nothing to divide by");
        assert!((worst + 0.1).abs() < 1e-15, "{worst}");
    }

    #[test]
    fn which_measures_have_a_correction_follows_from_what_they_are() {
        let known = |spec: &str| is_known(consilience_measures::parse(spec).expect(spec).as_ref());
        for spec in ["permutation", "ridge", "linear-cka", "debiased-linear-cka", "rbf-cka"] {
            assert!(known(spec), "{spec}");
        }
        for spec in ["mutual-knn", "shape-distance", "linear:score=r2", "pwcca"] {
            assert!(!known(spec), "{spec}");
        }
    }
}
