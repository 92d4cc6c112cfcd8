//! The same matching elsewhere: through other networks, and at earlier checkpoints.

use consilience_linalg::Mat;

use crate::layer::{Between, Layer, pairs};
use crate::partners::{inverse, likeness, one_to_one};
use crate::{Result, Sign};

impl Layer {
    /// What is between two networks, whichever comes first.
    pub(crate) fn between(&self, x: usize, y: usize) -> &Between {
        let pair = (x.min(y), x.max(y));
        let at = pairs(self.networks.len()).iter().position(|p| *p == pair);
        &self.between[at.expect("two different networks")]
    }

    /// The unit of network `y` that each unit of network `x` is matched with, by recorded index.
    pub(crate) fn matched(&self, x: usize, y: usize) -> Vec<Option<usize>> {
        let between = self.between(x, y);
        let (from, to) = (&self.networks[x], &self.networks[y]);
        let mut out = vec![None; from.representation.n_units];
        let Some(matched) = &between.matched else { return out };
        let forward = &matched.column_of_row;
        let partner = if x < y { forward.clone() } else { inverse(forward, from.varying.len()) };
        for (&unit, partner) in from.varying.iter().zip(partner) {
            out[unit] = partner.map(|j| to.varying[j]);
        }
        out
    }
}

/// For each unit of x, the share of the other networks k for which x → k → y is x → y; nothing for units without a partner,
/// or if there are two networks. With it the share of units of x that come back, mean over k.
pub(crate) fn cycles(layer: &Layer, x: usize, y: usize) -> (Vec<Option<f64>>, Option<f64>) {
    let direct = layer.matched(x, y);
    let others: Vec<usize> = (0..layer.networks.len()).filter(|&k| k != x && k != y).collect();
    if others.is_empty() {
        return (vec![None; direct.len()], None);
    }
    let mut came = vec![0usize; direct.len()];
    for &k in &others {
        let (out, back) = (layer.matched(x, k), layer.matched(k, y));
        for (unit, came) in came.iter_mut().enumerate() {
            let through = out[unit].and_then(|middle| back[middle]);
            *came += usize::from(through.is_some() && through == direct[unit]);
        }
    }
    let varying = &layer.networks[x].varying;
    let total: usize = varying.iter().map(|&unit| came[unit]).sum();
    let share = total as f64 / (others.len() * varying.len()) as f64;
    let each = direct.iter().zip(&came);
    let each = each.map(|(partner, &came)| partner.map(|_| came as f64 / others.len() as f64));
    (each.collect(), Some(share))
}

/// When in training the partners of the last checkpoint were there already.
pub(crate) struct History {
    /// Share of the earlier checkpoints at which each varying unit of x, and of y, has its last partner; empty if there are
    /// none.
    pub(crate) kept: [Vec<f64>; 2],
    /// The first checkpoint from which on the partner of each unit stays the same; the number of earlier checkpoints stands
    /// for the last one.
    pub(crate) settled: [Vec<usize>; 2],
    /// Share of the varying units of x that have their last partner at each earlier checkpoint.
    pub(crate) shares: Vec<f64>,
}

/// The partners of the units of x by correlations at an earlier checkpoint. A unit that does not vary yet, and so correlates
/// with nothing, has none.
pub(crate) fn partners_then(r: &Mat<f64>, sign: Sign) -> Result<Vec<Option<usize>>> {
    let (p, q) = (r.nrows(), r.ncols());
    let matched = one_to_one(likeness(r, sign).as_ref())?.column_of_row;
    let varies_x = |i: usize| (0..q).any(|j| r[(i, j)] != 0.0);
    let varies_y = |j: usize| (0..p).any(|i| r[(i, j)] != 0.0);
    let partners = matched.into_iter().enumerate();
    Ok(partners.map(|(i, j)| j.filter(|&j| varies_x(i) && varies_y(j))).collect())
}

/// Compares the matchings at earlier checkpoints with the last one.
pub(crate) fn history(between: &Between, last: &[Option<usize>]) -> History {
    let (p, q) = (between.correlation.nrows(), between.correlation.ncols());
    let same = |partners: &Vec<Option<usize>>| -> Vec<bool> {
        partners.iter().zip(last).map(|(then, now)| then.is_some() && then == now).collect()
    };
    let same_x: Vec<Vec<bool>> = between.earlier.iter().map(same).collect();
    let of_column = inverse(last, q);
    let same_y: Vec<Vec<bool>> = same_x
        .iter()
        .map(|same| of_column.iter().map(|row| row.is_some_and(|i| same[i])).collect())
        .collect();
    let share = |same: &[bool]| same.iter().filter(|s| **s).count() as f64 / same.len() as f64;
    History {
        kept: [kept(&same_x, p), kept(&same_y, q)],
        settled: [settled(&same_x, p), settled(&same_y, q)],
        shares: same_x.iter().map(|same| share(same)).collect(),
    }
}

fn kept(same: &[Vec<bool>], units: usize) -> Vec<f64> {
    if same.is_empty() {
        return Vec::new();
    }
    let count = |unit: usize| same.iter().filter(|at| at[unit]).count() as f64;
    (0..units).map(|unit| count(unit) / same.len() as f64).collect()
}

fn settled(same: &[Vec<bool>], units: usize) -> Vec<usize> {
    let first = |unit: usize| same.iter().rposition(|at| !at[unit]).map_or(0, |last| last + 1);
    (0..units).map(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_settles_after_the_last_change() {
        let same = [vec![true, false, true], vec![true, true, false], vec![true, true, true]];
        assert_eq!(settled(&same, 3), [0, 1, 2]);
        assert_eq!(kept(&same, 3), [1.0, 2.0 / 3.0, 2.0 / 3.0]);
        assert_eq!(settled(&[], 2), [0, 0]);
    }
}
