//! Kernels masked by neighbour lists: few entries a row, the others 0.

use std::sync::Arc;

use consilience_statistics::{Neighbours, RowSet};

use super::{Lists, Near, Neighbourhood};
use crate::kernel::Estimator;

/// Entries of a square matrix that are not masked, row by row, each row in the order of its columns.
#[derive(Debug, Clone)]
pub(crate) struct Masked(Vec<Vec<(u32, f64)>>);

impl Neighbourhood {
    /// Cosines, or inner products unless neighbours are by cosine, of the rows with their neighbours; remembered.
    ///
    /// With `both_ways` of pairs of which either is a neighbour of the other.
    pub(crate) fn masked(&self, rows: &RowSet, lists: &Neighbours, both_ways: bool) -> Arc<Masked> {
        let rows = self.prepared(rows);
        let name = format!("masked kernel {} {:?} {both_ways}", self.k, self.neighbours);
        rows.remember(&name, |rows| {
            let of_row = |i: usize| {
                let neighbours = lists.of(i).iter().zip(lists.nearness_of(i));
                let value = |(&j, &nearness): (&u32, &f64)| match self.neighbours {
                    Near::Euclidean => (j, rows.product(i, j as usize)),
                    Near::Cosine | Near::InnerProduct => (j, nearness),
                };
                neighbours.map(value).collect()
            };
            let directed = Masked::new((0..rows.n_rows()).map(of_row).collect());
            if both_ways { directed.with_transposed() } else { directed }
        })
    }
}

impl Masked {
    fn new(mut rows: Vec<Vec<(u32, f64)>>) -> Self {
        rows.iter_mut().for_each(|row| row.sort_unstable_by_key(|entry| entry.0));
        Self(rows)
    }

    /// With entry (i, j) also at (j, i), where there is none.
    fn with_transposed(self) -> Self {
        let mut rows = self.0.clone();
        for (i, row) in self.0.iter().enumerate() {
            for &(j, value) in row {
                if self.get(j, i as u32).is_none() {
                    rows[j as usize].push((i as u32, value));
                }
            }
        }
        Self::new(rows)
    }

    fn get(&self, i: u32, j: u32) -> Option<f64> {
        let row = &self.0[i as usize];
        row.binary_search_by_key(&j, |entry| entry.0).ok().map(|found| row[found].1)
    }

    /// The entries of both matrices where both have one.
    fn intersection(&self, other: &Self) -> (Self, Self) {
        let mut both = (Vec::with_capacity(self.0.len()), Vec::with_capacity(self.0.len()));
        for (i, row) in self.0.iter().enumerate() {
            let shared = row.iter().filter_map(|&(j, a)| Some((j, a, other.get(i as u32, j)?)));
            let (a, b) = shared.map(|(j, a, b)| ((j, a), (j, b))).unzip();
            both.0.push(a);
            both.1.push(b);
        }
        (Self(both.0), Self(both.1))
    }

    /// The independence criterion as published: Song's estimator, in which the second matrix is transposed once, though
    /// neither need be symmetric.
    fn criterion(&self, other: &Self) -> f64 {
        let n = self.0.len();
        let (mut columns, mut products) = (vec![0.0; n], 0.0);
        for (i, row) in self.0.iter().enumerate() {
            for &(j, value) in row {
                columns[j as usize] += value;
                products += value * other.get(j, i as u32).unwrap_or(0.0);
            }
        }
        let sums = other.0.iter().map(|row| row.iter().map(|entry| entry.1).sum::<f64>());
        let sums: Vec<f64> = sums.collect();
        let between = columns.iter().zip(&sums).map(|(c, r)| c * r).sum();
        let totals = columns.iter().sum::<f64>() * sums.iter().sum::<f64>();
        Estimator::Unbiased.criterion(n as f64, products, between, totals)
    }
}

impl Lists {
    /// A masked kernel of y in the rows of x.
    pub(crate) fn in_rows_of_x(&self, y: &Masked) -> Masked {
        let of_row = |&partner: &u32| {
            let entries = y.0[partner as usize].iter();
            entries.map(|&(j, value)| (self.place_of(j), value)).collect()
        };
        Masked::new(self.partners().iter().map(of_row).collect())
    }
}

/// The criterion of two masked kernels over the geometric mean of those of each with itself, or why there is none.
pub(crate) fn masked_alignment(x: &Masked, y: &Masked) -> Result<f64, String> {
    let (xx, yy) = (x.criterion(x), y.criterion(y));
    if xx <= 0.0 || yy <= 0.0 {
        return Err(format!(
            "the criteria of the masked kernels with themselves are {xx:.3e} and {yy:.3e}, they have to be positive; use more stimuli or another k"
        ));
    }
    let (a, b) = x.intersection(y);
    let ratio = a.criterion(&b) / (xx.sqrt() * yy.sqrt());
    // The masks keep what bounds the alignment of whole kernels from holding here.
    if ratio.abs() > 1.0 + 1e-9 {
        return Err(format!(
            "the masked criterion is {ratio:.3} times those of each kernel with itself: k is too great for so few stimuli, or neighbours are hardly ever mutual"
        ));
    }
    Ok(ratio.clamp(-1.0, 1.0))
}
