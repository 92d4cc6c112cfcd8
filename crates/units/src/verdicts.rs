//! How each unit stands to the other network, and the shares of each kind of answer.

use rayon::prelude::*;

use crate::chance::rotated;
use crate::draws::rotation;
use crate::layer::Layer;
use crate::matching::SideMatching;
use crate::partners::{best_of_rows, likeness, one_to_one};
use crate::prediction::{Direction, Fold, HeldOut, held_out};
use crate::{Result, Verdict, VerdictKind, VerdictParameters};

/// Units of x that are judged under the rotation at most, evenly spread: shares of so many are good to a few percent.
const MOST_TARGETS: usize = 128;

/// What a verdict is made of besides the held-out shares: the one-to-one partner.
#[derive(Debug, Clone, Copy)]
struct Match {
    /// Likeness to the partner; nothing without one.
    r: Option<f64>,
    /// Share of half-splits with this partner; nothing where it is not measured.
    stability: Option<f64>,
    /// The 95 % point of the best likeness to a rotated copy.
    rotated: Option<f64>,
}

/// Verdicts on the varying units of a side.
pub(crate) fn verdicts(
    of_side: &SideMatching,
    held_out: &HeldOut,
    parameters: &VerdictParameters,
) -> Vec<Verdict> {
    let best = held_out.best();
    let verdict = |t: usize| {
        let partner = Match {
            r: of_side.likeness[t],
            stability: of_side.matched[t].and_then(|p| p.stability).map(f64::from),
            rotated: of_side.rotated[t],
        };
        let explained = 1.0 - held_out.unexplained[t][best];
        let shares = [explained, held_out.by_few[t], held_out.by_one[t]];
        Verdict {
            kind: kind(shares, partner, parameters),
            explained: explained as f32,
            by_few: held_out.by_few[t] as f32,
            few: held_out.few[t] as u32,
            by_one: held_out.by_one[t] as f32,
            chance_r: of_side.chance[t].map(|r| r as f32),
            rotated_r: of_side.rotated[t].map(|r| r as f32),
        }
    };
    (0..held_out.by_one.len()).map(verdict).collect()
}

/// The kind of a verdict. What the other network knows of a unit is the largest of the three shares: a common penalty shrinks
/// the weights of a unit that one partner says all of.
fn kind(
    [explained, by_few, by_one]: [f64; 3],
    partner: Match,
    parameters: &VerdictParameters,
) -> VerdictKind {
    let known = explained.max(by_few).max(by_one);
    let nearly_all = parameters.share * known;
    let stable = partner.stability.is_none_or(|s| s >= parameters.stability);
    let beyond_axes = partner.r.is_some_and(|r| partner.rotated.is_none_or(|axis| r > axis));
    if known < parameters.explained {
        VerdictKind::Idiosyncratic
    } else if by_one >= nearly_all && stable && beyond_axes {
        VerdictKind::OneToOne
    } else if by_few.max(by_one) >= nearly_all {
        VerdictKind::FewToOne
    } else {
        VerdictKind::SharedSubspace
    }
}

/// Shares of the four kinds, in their order.
pub(crate) fn shares(kinds: impl Iterator<Item = VerdictKind>) -> [f64; 4] {
    let mut counts = [0_usize; 4];
    kinds.for_each(|kind| counts[kind as usize] += 1);
    let n = counts.iter().sum::<usize>().max(1) as f64;
    counts.map(|count| count as f64 / n)
}

/// The shares of x when the standardised units of y are turned at random (the first rotation of the null), over at most 128
/// units of x. The stability of its matches is not asked for, which can only make more of them one to one.
pub(crate) fn rotated_shares(
    layer: &Layer,
    [x, y]: [usize; 2],
    of_x: &SideMatching,
    all: &Direction,
    folds: &[Fold],
) -> Result<Option<[f64; 4]>> {
    let parameters = &layer.parameters;
    if parameters.rotations == 0 {
        return Ok(None);
    }
    let (between, within) = (&layer.between(x, y).correlation, &layer.networks[y].within);
    let turn = rotation(parameters.seed, 0, between.ncols());
    let deviation: Vec<f64> = all.source_norm.iter().map(|norm| norm / all.n.sqrt()).collect();
    let p = between.nrows();
    let judged = p.min(MOST_TARGETS);
    let targets: Vec<usize> = (0..judged).map(|k| k * p / judged).collect();
    let turned: Vec<Fold> = folds
        .par_iter()
        .map(|fold| Fold {
            fit: fold.fit.turned(&deviation, turn.as_ref(), &targets),
            eval: fold.eval.turned(&deviation, turn.as_ref(), &targets),
        })
        .collect();
    let r = rotated(between.as_ref(), within.as_ref(), turn.as_ref());
    let by = likeness(&r, parameters.correlation);
    let matched = one_to_one(by.as_ref())?.column_of_row;
    let best = best_of_rows(by.as_ref(), 0.0);
    let one = |&unit: &usize| matched[unit].unwrap_or(best[unit]);
    let one: Vec<usize> = targets.iter().map(one).collect();
    let (found, _) = held_out(&turned, &one, parameters)?;
    let at = found.best();
    let kinds = (0..one.len()).map(|t| {
        let unit = targets[t];
        let r = matched[unit].map(|j| by[(unit, j)]);
        let partner = Match { r, stability: None, rotated: of_x.rotated[unit] };
        let shares = [1.0 - found.unexplained[t][at], found.by_few[t], found.by_one[t]];
        kind(shares, partner, &parameters.verdicts)
    });
    Ok(Some(shares(kinds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_follow_the_lines() {
        use VerdictKind::{FewToOne, Idiosyncratic, OneToOne, SharedSubspace};
        let good = Match { r: Some(0.9), stability: Some(1.0), rotated: Some(0.6) };
        let cases = [
            ([0.9, 0.85, 0.8], good, OneToOne),
            ([0.9, 0.85, 0.6], good, FewToOne),
            ([0.9, 0.5, 0.4], good, SharedSubspace),
            ([0.4, 0.3, 0.2], good, Idiosyncratic),
            // A partner that comes and goes, none at all, or one that an axis of a rotated copy would beat.
            ([0.9, 0.85, 0.8], Match { stability: Some(0.5), ..good }, FewToOne),
            ([0.9, 0.85, 0.8], Match { r: None, ..good }, FewToOne),
            ([0.9, 0.6, 0.8], Match { rotated: Some(0.95), ..good }, FewToOne),
            // The common penalty is bad for a unit that its partner says all of.
            ([0.3, 0.9, 0.9], good, OneToOne),
        ];
        for (shares, partner, expected) in cases {
            assert_eq!(
                kind(shares, partner, &VerdictParameters::default()),
                expected,
                "{shares:?}"
            );
        }
    }

    #[test]
    fn shares_sum_to_one() {
        use VerdictKind::{FewToOne, Idiosyncratic, OneToOne};
        let kinds = [OneToOne, OneToOne, FewToOne, Idiosyncratic];
        assert_eq!(shares(kinds.into_iter()), [0.5, 0.25, 0.0, 0.25]);
        assert_eq!(shares(std::iter::empty()), [0.0; 4]);
    }
}
