//! Kernels and distances of the stimuli, whole matrices at a time.

use super::{Fold, Rows, Spec, centred, gram, mean};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    match spec.id {
        "rbf-cka" => Some(alignment(&gaussian(spec, x), &gaussian(spec, y), biased)),
        "debiased-rbf-cka" => Some(alignment(&gaussian(spec, x), &gaussian(spec, y), unbiased)),
        "minibatch-cka" => Some(minibatch_cka(spec, x, y)),
        "distance-correlation" => Some(distance_correlation(x, y)),
        _ => None,
    }
}

fn distance_correlation(x: &Rows, y: &Rows) -> f64 {
    let (a, b) = (doubly_centred(x), doubly_centred(y));
    let covariance = |a: &Rows, b: &Rows| -> f64 {
        a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a * b).sum()
    };
    (covariance(&a, &b) / (covariance(&a, &a) * covariance(&b, &b)).sqrt()).sqrt()
}

/// Euclidean distances less their row and column means, plus their mean.
fn doubly_centred(m: &Rows) -> Vec<Vec<f64>> {
    let distance =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let d: Vec<Vec<f64>> = m.iter().map(|a| m.iter().map(|b| distance(a, b)).collect()).collect();
    let means: Vec<f64> = d.iter().map(|row| mean(row)).collect();
    let all = mean(&means);
    let centred = |(row, of_row): (&Vec<f64>, &f64)| {
        row.iter().zip(&means).map(|(d, of_column)| d - of_row - of_column + all).collect()
    };
    d.iter().zip(&means).map(centred).collect()
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn gaussian(spec: Spec<'_>, m: &Rows) -> Vec<Vec<f64>> {
    let d: Vec<Vec<f64>> =
        m.iter().map(|a| m.iter().map(|b| squared_distance(a, b)).collect()).collect();
    let all: Vec<f64> = d.iter().flatten().copied().collect();
    let others = d
        .iter()
        .enumerate()
        .flat_map(|(i, row)| row.iter().enumerate().filter(move |(j, _)| *j != i).map(|(_, &d)| d));
    let others: Vec<f64> = others.collect();
    let unit = match spec.parameter("bandwidth") {
        None => median(others),
        Some("median-all") => median(all),
        Some("mean") => mean(&others),
        Some(_) => 1.0,
    };
    let factor: f64 = spec.parameter("factor").map_or(1.0, |f| f.parse().expect("a number"));
    let width = 2.0 * factor * factor * unit;
    d.iter().map(|row| row.iter().map(|d| (-d / width).exp()).collect()).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
}

fn alignment(k: &Rows, l: &Rows, criterion: fn(&Rows, &Rows) -> f64) -> f64 {
    criterion(k, l) / (criterion(k, k) * criterion(l, l)).sqrt()
}

fn trace_of_product(a: &Rows, b: &Rows) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a * b).sum()
}

/// By centring both kernels.
fn biased(k: &Rows, l: &Rows) -> f64 {
    let doubly_centred = |k: &Rows| -> Vec<Vec<f64>> {
        let means: Vec<f64> = k.iter().map(|row| mean(row)).collect();
        let all = mean(&means);
        let less = |(row, of_row): (&Vec<f64>, &f64)| {
            row.iter().zip(&means).map(|(v, of_column)| v - of_row - of_column + all).collect()
        };
        k.iter().zip(&means).map(less).collect()
    };
    trace_of_product(&doubly_centred(k), &doubly_centred(l))
}

/// By U-centring, which has the sums of rows and columns of what remains zero (Székely & Rizzo 2014).
pub(super) fn unbiased(k: &Rows, l: &Rows) -> f64 {
    let n = k.len() as f64;
    let centred = |k: &Rows| -> Vec<Vec<f64>> {
        let k: Vec<Vec<f64>> = k.iter().enumerate().map(|(i, row)| without(row, i)).collect();
        let sums: Vec<f64> = k.iter().map(|row| row.iter().sum()).collect();
        let all = sums.iter().sum::<f64>() / ((n - 1.0) * (n - 2.0));
        let entry = |i: usize, j: usize| k[i][j] - (sums[i] + sums[j]) / (n - 2.0) + all;
        (0..k.len())
            .map(|i| without(&(0..k.len()).map(|j| entry(i, j)).collect::<Vec<_>>(), i))
            .collect()
    };
    trace_of_product(&centred(k), &centred(l)) / (n * (n - 3.0))
}

/// The row of a matrix with a zero on the diagonal.
fn without(row: &[f64], diagonal: usize) -> Vec<f64> {
    row.iter().enumerate().map(|(j, &v)| if j == diagonal { 0.0 } else { v }).collect()
}

/// Batches of rows that are named by the index of their stimulus and their position.
fn minibatch_cka(spec: Spec<'_>, x: &Rows, y: &Rows) -> f64 {
    let most: usize = spec.parameter("batch").map_or(256, |b| b.parse().expect("a number"));
    let mut order: Vec<usize> = (0..x.len()).collect();
    let each = spec.stimuli.rows_per_stimulus;
    let position = |row: usize| (row % each) as u64;
    order.sort_by_key(|&row| {
        let id = hash(0x726f_7773, &(row / each).to_string());
        scrambled(id ^ position(row).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    });
    let n_batches = x.len().div_ceil(most);
    let all: Vec<usize> = (0..x.len()).collect();
    let (x, y) = (centred(x, &all, &all), centred(y, &all, &all));
    let mut sums = [0.0; 3];
    for batch in 0..n_batches {
        let rows: Vec<usize> = order.iter().skip(batch).step_by(n_batches).copied().collect();
        let of = |m: &Rows| gram(&rows.iter().map(|&i| m[i].clone()).collect::<Vec<_>>());
        let (k, l) = (of(&x), of(&y));
        for (sum, (a, b)) in sums.iter_mut().zip([(&k, &l), (&k, &k), (&l, &l)]) {
            *sum += unbiased(a, b);
        }
    }
    sums[0] / (sums[1] * sums[2]).sqrt()
}

/// FNV-1a of a seed and a text, scrambled.
fn hash(seed: u64, text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let next = |h: u64, byte: u8| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    scrambled(text.bytes().fold(start, next))
}

/// The finaliser of SplitMix64.
fn scrambled(h: u64) -> u64 {
    let h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}
