//! Tables of both sides, pair of conditions by pair of conditions.

use std::borrow::Cow;

use consilience_statistics::RowPair;

use crate::dissimilarity::pair;

/// How many conditions there are, and which of y belongs to which of x.
pub(super) struct Pairing {
    pub(super) conditions: usize,
    order: Option<Vec<usize>>,
}

impl Pairing {
    /// Conditions of so many rows each, which stand together.
    pub(super) fn of(rows: &RowPair<'_>, rows_per_condition: usize) -> Self {
        let conditions = rows.n_rows() / rows_per_condition;
        let starts = |order: &[usize]| {
            order.iter().step_by(rows_per_condition).map(|row| row / rows_per_condition).collect()
        };
        Self { conditions, order: rows.order().map(starts) }
    }

    /// A table of y in the order of x: other conditions have other pairs, and nothing else of it changes.
    pub(super) fn beside_x<'a, T: Copy>(&self, y: &'a [T]) -> Cow<'a, [T]> {
        let Some(order) = &self.order else { return Cow::Borrowed(y) };
        let n = self.conditions;
        let mut moved = Vec::with_capacity(y.len());
        for (i, &a) in order.iter().enumerate() {
            moved.extend(order[i + 1..].iter().map(|&b| y[pair(n, a, b)]));
        }
        Cow::Owned(moved)
    }
}
