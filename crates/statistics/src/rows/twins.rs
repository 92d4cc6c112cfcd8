//! Rows that are the same, value by value.

use consilience_data::{Activations, RowMajor};
use consilience_linalg::Real;

use crate::blocks::scramble;

/// Rows in classes of equal values.
#[derive(Debug)]
pub(super) struct Twins {
    /// The rows of each class, ascending; classes in the order of their first rows.
    pub(super) members: Vec<Vec<u32>>,
}

impl Twins {
    /// The classes; `None` if no row occurs twice.
    pub(super) fn find(values: &Activations, n_rows: usize) -> Option<Self> {
        match values {
            Activations::F32(m) => classes(m, n_rows),
            Activations::F64(m) => classes(m, n_rows),
        }
    }

    /// The first row of each class.
    pub(super) fn first_of_each(&self, values: &Activations) -> Activations {
        match values {
            Activations::F32(m) => Activations::F32(self.pick(m)),
            Activations::F64(m) => Activations::F64(self.pick(m)),
        }
    }

    fn pick<T: Copy>(&self, m: &RowMajor<T>) -> RowMajor<T> {
        let row = |members: &Vec<u32>| members[0] as usize * m.n_units;
        let starts = self.members.iter().map(row);
        let values = starts.flat_map(|s| m.values[s..s + m.n_units].iter().copied()).collect();
        RowMajor { values, n_units: m.n_units }
    }
}

fn classes<T: Real>(m: &RowMajor<T>, n_rows: usize) -> Option<Twins> {
    let row = |i: u32| &m.values[i as usize * m.n_units..(i as usize + 1) * m.n_units];
    // Adding zero makes −0 and 0, which are equal, the same bits.
    let bits = |hash: u64, &v: &T| scramble(hash ^ (v.into() + 0.0).to_bits());
    let mut order: Vec<(u64, u32)> =
        (0..n_rows as u32).map(|i| (row(i).iter().fold(0, bits), i)).collect();
    order.sort_unstable();
    if order.windows(2).all(|w| w[0].0 != w[1].0) {
        return None;
    }
    let mut members: Vec<Vec<u32>> = Vec::new();
    for same_hash in order.chunk_by(|a, b| a.0 == b.0) {
        let known = members.len();
        for &(_, i) in same_hash {
            match members[known..].iter_mut().find(|class| row(class[0]) == row(i)) {
                Some(class) => class.push(i),
                None => members.push(vec![i]),
            }
        }
    }
    members.sort_unstable();
    (members.len() < n_rows).then_some(Twins { members })
}
