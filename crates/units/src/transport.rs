//! Soft and partial matching: where the mass of a unit goes.

use consilience_linalg::{Mat, MatRef};
use consilience_solvers::{partial_curve, partial_transport, uniform_transport};

use crate::{PartialMatching, Result, SoftPartner};

/// A plan between the varying units of x and y, as shares of each unit's own mass.
#[derive(Debug, Clone)]
pub(crate) struct Shares {
    /// Σ P r over the mass that is moved, divided by that mass.
    pub(crate) mean: f64,
    /// Partners of each unit of x, and of y: index and share, the largest share first.
    pub(crate) of: [Vec<Vec<(usize, f64)>>; 2],
    /// How far the plan can be from the optimum.
    pub(crate) gap: f64,
}

/// Cost of a pairing: 1 − r.
fn cost(likeness: MatRef<'_, f64>) -> Mat<f64> {
    Mat::from_fn(likeness.nrows(), likeness.ncols(), |i, j| 1.0 - likeness[(i, j)])
}

/// The soft matching: optimal transport between uniform masses.
pub(crate) fn soft(likeness: MatRef<'_, f64>) -> Result<Shares> {
    let plan = uniform_transport(cost(likeness).as_ref())?;
    Ok(shares(&plan.entries, likeness, plan.gap))
}

/// The partial matching of that mass.
pub(crate) fn partial(likeness: MatRef<'_, f64>, mass: f64) -> Result<Shares> {
    let plan = partial_transport(cost(likeness).as_ref(), mass)?;
    Ok(shares(&plan.entries, likeness, plan.gap))
}

/// Cost along the masses 1/n, 2/n … 1, and the mass at its corner (for fewer than three masses: all of it).
pub(crate) fn curve(likeness: MatRef<'_, f64>, n: usize) -> Result<PartialMatching> {
    let curve = partial_curve(cost(likeness).as_ref())?;
    let masses: Vec<f64> = (1..=n).map(|k| k as f64 / n as f64).collect();
    let mass = if n < 3 { 1.0 } else { curve.corner(&masses) };
    let costs = masses.iter().map(|&mass| curve.cost(mass)).collect();
    Ok(PartialMatching { masses, costs, mass, kept_x: 0.0, kept_y: 0.0, gap: curve.gap })
}

fn shares(entries: &[(usize, usize, f64)], likeness: MatRef<'_, f64>, gap: f64) -> Shares {
    let (p, q) = (likeness.nrows(), likeness.ncols());
    let (mut of_x, mut of_y) = (vec![Vec::new(); p], vec![Vec::new(); q]);
    let (mut moved, mut gained) = (0.0, 0.0);
    for &(i, j, mass) in entries {
        of_x[i].push((j, mass * p as f64));
        of_y[j].push((i, mass * q as f64));
        moved += mass;
        gained += mass * likeness[(i, j)];
    }
    let mean = if moved > 0.0 { gained / moved } else { 0.0 };
    for partners in of_x.iter_mut().chain(&mut of_y) {
        partners.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    Shares { mean, of: [of_x, of_y], gap }
}

/// Share of the units that keep at least half of their mass.
pub(crate) fn kept(units: &[Vec<(usize, f64)>]) -> f64 {
    // Shares are sums of multiples of 1 / lcm(p, q), with their rounding.
    let keeps =
        |partners: &&Vec<(usize, f64)>| partners.iter().map(|p| p.1).sum::<f64>() >= 0.5 - 1e-9;
    units.iter().filter(keeps).count() as f64 / units.len() as f64
}

/// Mean likeness of each unit to its partners, weighted by mass; units without mass are left out. Descending.
pub(crate) fn sorted_means(
    units: &[Vec<(usize, f64)>],
    of: impl Fn(usize, usize) -> f64,
) -> Vec<f32> {
    let mean = |(i, partners): (usize, &Vec<(usize, f64)>)| {
        let mass: f64 = partners.iter().map(|p| p.1).sum();
        let gained: f64 = partners.iter().map(|&(j, share)| share * of(i, j)).sum();
        (mass > 0.0).then(|| (gained / mass) as f32)
    };
    let mut means: Vec<f32> = units.iter().enumerate().filter_map(mean).collect();
    means.sort_by(|a, b| b.total_cmp(a));
    means
}

/// Partners as the findings hold them.
pub(crate) fn named(partners: &[(usize, f64)], others: &[usize]) -> Vec<SoftPartner> {
    partners.iter().map(|&(j, share)| (others[j] as u32, share as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_equal_widths_the_soft_matching_is_the_matching() {
        let r = Mat::from_fn(3, 3, |i, j| if (i + 1) % 3 == j { 0.9 } else { 0.2 });
        let soft = soft(r.as_ref()).expect("finite");
        assert!((soft.mean - 0.9).abs() < 1e-12 && soft.gap < 1e-12);
        assert_eq!(soft.of[0], [vec![(1, 1.0)], vec![(2, 1.0)], vec![(0, 1.0)]]);
        assert_eq!(kept(&soft.of[1]), 1.0);
    }

    #[test]
    fn between_different_widths_units_share_their_mass() {
        let r = Mat::from_fn(2, 4, |i, j| if i == j / 2 { 0.8 } else { 0.0 });
        let soft = soft(r.as_ref()).expect("finite");
        assert_eq!(soft.of[0][0], [(0, 0.5), (1, 0.5)]);
        assert_eq!(soft.of[1][3], [(1, 1.0)]);
        assert_eq!(sorted_means(&soft.of[0], |i, j| r[(i, j)]), [0.8, 0.8]);
    }

    #[test]
    fn a_part_leaves_out_what_has_no_partner() {
        // Three units have a copy, the fourth of each side has none.
        let r = Mat::from_fn(4, 4, |i, j| if i == j && i < 3 { 1.0 } else { 0.0 });
        let curve = curve(r.as_ref(), 20).expect("finite");
        assert!((curve.mass - 0.75).abs() < 1e-12, "{}", curve.mass);
        let part = partial(r.as_ref(), curve.mass).expect("finite");
        assert!((part.mean - 1.0).abs() < 1e-12);
        assert_eq!((kept(&part.of[0]), part.of[0][3].len()), (0.75, 0));
        assert_eq!(sorted_means(&part.of[0], |i, j| r[(i, j)]).len(), 3);
    }
}
