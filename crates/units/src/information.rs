//! Mutual information between units, from histograms of a sample of rows.

use consilience_linalg::Mat;
use rayon::prelude::*;

use crate::bins::{Binned, MOST_BINS, binned};
use crate::draws::{Purpose, generator, order};
use crate::layer::{Layer, Network};
use crate::partners::best_of_rows;
use crate::ranks::rank_correlation;
use crate::{Information, InformationEstimator};

/// Units with the largest correlation whose partners are compared.
const BEST: usize = 8;

/// Mutual information over a layer, and the best partner of each varying unit of x and of y with its nats.
pub(crate) struct Found {
    pub(crate) information: Information,
    pub(crate) best: [Vec<(usize, f64)>; 2],
}

/// Mutual information between the varying units of two networks; nothing if no rows are to be sampled.
pub(crate) fn information(layer: &Layer, [x, y]: [usize; 2]) -> Option<Found> {
    let rows = layer.samples.information.len();
    if rows == 0 {
        return None;
    }
    let estimator = layer.parameters.information.estimator;
    let sides = [&layer.networks[x], &layer.networks[y]];
    let units = sides.map(|side| all_binned(side, estimator));
    let table = nats(&units[0], &units[1], estimator);
    let rng = &mut generator(layer.parameters.seed, Purpose::InformationOrder, [0, 0]);
    let moved = order(rows, rng);
    let shuffled: Vec<Binned> = units[1]
        .iter()
        .map(|unit| Binned { codes: moved.iter().map(|&r| unit.codes[r]).collect(), ..*unit })
        .collect();
    let chance = best(&nats(&units[0], &shuffled, estimator));
    let best = [best(&table), best(&table.transpose().to_owned())];
    let between = layer.between(x, y);
    let by = crate::partners::likeness(&between.correlation, layer.parameters.correlation);
    let semi = [best_of_rows(by.as_ref(), between.tie), best_of_rows(by.transpose(), between.tie)];
    let same = |side: usize| {
        let same = best[side].iter().zip(&semi[side]).filter(|(best, semi)| best.0 == **semi);
        same.count() as f64 / semi[side].len() as f64
    };
    let r: Vec<f64> = semi[0].iter().enumerate().map(|(i, &j)| by[(i, j)]).collect();
    let mut leading: Vec<usize> = (0..r.len()).collect();
    leading.sort_by(|&a, &b| r[b].total_cmp(&r[a]).then(a.cmp(&b)));
    leading.truncate(BEST);
    let nats_of_x: Vec<f64> = best[0].iter().map(|b| b.1).collect();
    let chances: Vec<f64> = chance.iter().map(|c| c.1).collect();
    let information = Information {
        rows,
        sorted_x: descending(&best[0]),
        sorted_y: descending(&best[1]),
        same_partner_x: same(0),
        same_partner_y: same(1),
        best_eight_same: leading.iter().filter(|&&i| best[0][i].0 == semi[0][i]).count(),
        best_eight: leading.len(),
        rank_correlation: rank_correlation(&nats_of_x, &r),
        chance: (
            crate::chance::mean(&chances) as f32,
            chances.iter().copied().fold(f64::NEG_INFINITY, f64::max) as f32,
        ),
    };
    Some(Found { information, best })
}

fn all_binned(network: &Network, estimator: InformationEstimator) -> Vec<Binned> {
    let (values, p) = (&network.facts.information, network.representation.n_units);
    let unit = |&unit: &usize| {
        let own: Vec<f32> = values.iter().skip(unit).step_by(p).copied().collect();
        binned(&own, estimator)
    };
    network.varying.par_iter().map(unit).collect()
}

fn best(table: &Mat<f64>) -> Vec<(usize, f64)> {
    let partners = best_of_rows(table.as_ref(), 0.0).into_iter().enumerate();
    partners.map(|(i, j)| (j, table[(i, j)])).collect()
}

fn descending(best: &[(usize, f64)]) -> Vec<f32> {
    let mut sorted: Vec<f32> = best.iter().map(|b| b.1 as f32).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted
}

/// Mutual information of every unit of x with every unit of y, less its bias, in nats.
fn nats(x: &[Binned], y: &[Binned], estimator: InformationEstimator) -> Mat<f64> {
    let row = |a: &Binned| -> Vec<f64> { y.iter().map(|b| of_pair(a, b, estimator)).collect() };
    let rows: Vec<Vec<f64>> = x.par_iter().map(row).collect();
    Mat::from_fn(x.len(), y.len(), |i, j| rows[i][j])
}

/// Cells of a table of counts: rows of 16, so that a cell is found by a shift.
const CELLS: usize = 16 * 16;

fn of_pair(a: &Binned, b: &Binned, estimator: InformationEstimator) -> f64 {
    let n = a.codes.len() as f64;
    let cells = joint(&a.codes, &b.codes);
    let mut sum = 0.0;
    let mut filled = 0;
    for (i, &row) in a.counts.iter().enumerate() {
        for (j, &column) in b.counts.iter().enumerate() {
            let cell = cells[i << 4 | j];
            if cell > 0 {
                filled += 1;
                let expected = f64::from(row) * f64::from(column) / n;
                sum += f64::from(cell) * (f64::from(cell) / expected).ln();
            }
        }
    }
    sum / n - bias(a, b, filled, estimator)
}

/// What a histogram finds where there is nothing, in nats (the paper's: in its mixture of units).
fn bias(a: &Binned, b: &Binned, filled: usize, estimator: InformationEstimator) -> f64 {
    let n = a.codes.len() as f64;
    match estimator {
        InformationEstimator::MillerMadow => {
            // Each entropy is too small by (bins − 1) / 2n, and the joint one is taken off the two others. With every cell
            // filled this is (r − 1)(c − 1) / 2n.
            let bins = |unit: &Binned| unit.counts.iter().filter(|c| **c > 0).count() as f64;
            (filled as f64 - bins(a) - bins(b) + 1.0) / (2.0 * n)
        }
        // Ten bins a unit, whether anything is in them or not.
        InformationEstimator::Paper => 100.0 / (2.0 * n * std::f64::consts::LN_2),
    }
}

/// Counts of the pairs of bins. Four tables in turn: a row that falls into the cell of the row before it does not wait.
fn joint(a: &[u8], b: &[u8]) -> [u32; CELLS] {
    const TABLES: usize = 4;
    const { assert!(MOST_BINS <= 16, "a cell is found by a shift of four") };
    let mut tables = [[0_u32; CELLS]; TABLES];
    let (left, right) = (a.chunks_exact(TABLES), b.chunks_exact(TABLES));
    for (&a, &b) in left.remainder().iter().zip(right.remainder()) {
        tables[0][usize::from(a << 4 | b)] += 1;
    }
    for (a, b) in left.zip(right) {
        for (table, (&a, &b)) in tables.iter_mut().zip(a.iter().zip(b)) {
            table[usize::from(a << 4 | b)] += 1;
        }
    }
    let [mut sum, rest @ ..] = tables;
    for table in rest {
        sum.iter_mut().zip(table).for_each(|(s, t)| *s += t);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use InformationEstimator::{MillerMadow, Paper};
    use rand::RngExt;

    fn unit(values: &[f32]) -> Binned {
        binned(values, MillerMadow)
    }

    #[test]
    fn a_unit_knows_its_own_entropy_of_itself() {
        let values: Vec<f32> = (0..1000).map(|i| (i % 5) as f32).collect();
        let found = of_pair(&unit(&values), &unit(&values), MillerMadow);
        // Five values, as often each: ln 5, and 4 / 2n for the bias of one entropy.
        assert!((found - 5.0_f64.ln() - 4.0 / 2000.0).abs() < 1e-12, "{found}");
    }

    #[test]
    fn independent_units_have_none_on_average() {
        let rng = &mut generator(5, Purpose::InformationRows, [0, 0]);
        let mut draw = || -> Vec<f32> {
            (0..2000).map(|_| if rng.random::<f32>() < 0.3 { 0.0 } else { rng.random() }).collect()
        };
        let pairs: Vec<(Binned, Binned)> =
            (0..200).map(|_| (unit(&draw()), unit(&draw()))).collect();
        let mean = |estimator| {
            let nats = pairs.iter().map(|(a, b)| of_pair(a, b, estimator)).sum::<f64>() / 200.0;
            // A cell's share of ten quantile bins; the plain estimate is too large by 100 / 2n.
            nats * 2.0 * 2000.0 / 100.0
        };
        // 2n times the plain estimate has about a χ² distribution of 100 degrees: the mean of 200 errs by 0.01 of its mean.
        assert!(mean(MillerMadow).abs() < 0.05, "{}", mean(MillerMadow));
        // The paper's subtracts 100 / ln 2 in place of 100.
        assert!((mean(Paper) - (1.0 - 1.0 / std::f64::consts::LN_2)).abs() < 0.05);
    }

    #[test]
    fn counts_are_those_of_the_plain_loop() {
        let (a, b): (Vec<u8>, Vec<u8>) =
            (0..103_u8).map(|i| (i.wrapping_mul(7) % 11, i.wrapping_mul(5) % 11)).unzip();
        let mut plain = [0_u32; CELLS];
        a.iter().zip(&b).for_each(|(&a, &b)| plain[usize::from(a) * 16 + usize::from(b)] += 1);
        assert_eq!(joint(&a, &b), plain);
    }
}
