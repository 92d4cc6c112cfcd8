//! Rows of two representations of the same stimuli, and which belong together.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::RowSet;

/// Rows of two representations, row by row of the same stimuli, or of stimuli in another order for a shuffle null.
#[derive(Debug, Clone)]
pub struct RowPair<'a> {
    /// First representation.
    pub x: &'a RowSet,
    /// Second representation, in its own order: row i of x belongs to row [`Self::partner`] of it.
    pub y: &'a RowSet,
    order: Option<Cow<'a, [usize]>>,
    swapped: bool,
}

impl<'a> RowPair<'a> {
    /// Row i of x belongs to row i of y.
    ///
    /// # Panics
    /// If the numbers of rows differ: the two were read with other blocks.
    #[must_use]
    pub fn new(x: &'a RowSet, y: &'a RowSet) -> Self {
        assert_eq!(x.n_rows(), y.n_rows(), "{} and {}: rows differ", x.name(), y.name());
        Self { x, y, order: None, swapped: false }
    }

    /// Row i of x belongs to row `order[i]` of y (see [`shuffled_rows`]).
    #[must_use]
    pub fn shuffled(x: &'a RowSet, y: &'a RowSet, order: &'a [usize]) -> Self {
        Self { order: Some(Cow::Borrowed(order)), ..Self::new(x, y) }
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.x.n_rows()
    }

    /// The row of y that belongs to row i of x.
    #[must_use]
    pub fn partner(&self, i: usize) -> usize {
        self.order.as_ref().map_or(i, |order| order[i])
    }

    /// Partners of all rows; `None` if row i belongs to row i.
    #[must_use]
    pub fn order(&self) -> Option<&[usize]> {
        self.order.as_deref()
    }

    /// A number that stands for row i in whatever order rows were read (see [`RowSet::key`]): of the side that a shuffle
    /// leaves in place, so that exchanging x and y changes nothing.
    #[must_use]
    pub fn key(&self, i: usize) -> u64 {
        if self.swapped { self.y.key(self.partner(i)) } else { self.x.key(i) }
    }

    /// Rows of y in the order of x: `y` or a prepared copy of it, moved if the stimuli are in another order.
    #[must_use]
    pub fn aligned<'b>(&self, y: &'b RowSet) -> MaybeMoved<'b> {
        match &self.order {
            None => MaybeMoved::AsRead(y),
            Some(order) => MaybeMoved::Moved(Box::new(y.reordered(order))),
        }
    }

    /// The same with x and y exchanged.
    #[must_use]
    pub fn swapped(&self) -> Self {
        let inverse = self.order.as_ref().map(|order| {
            let mut inverse = vec![0; order.len()];
            order.iter().enumerate().for_each(|(i, &partner)| inverse[partner] = i);
            Cow::Owned(inverse)
        });
        Self { x: self.y, y: self.x, order: inverse, swapped: !self.swapped }
    }
}

/// Rows that were moved to stand beside those of another representation, or needed not be.
#[derive(Debug)]
pub enum MaybeMoved<'a> {
    /// In the order in which they were read.
    AsRead(&'a RowSet),
    /// In another order.
    Moved(Box<RowSet>),
}

impl std::ops::Deref for MaybeMoved<'_> {
    type Target = RowSet;

    fn deref(&self) -> &RowSet {
        match self {
            Self::AsRead(rows) => rows,
            Self::Moved(rows) => rows,
        }
    }
}

/// The row of `rows` that stands in for each of them when stimulus `order[s]` is shown in place of stimulus s.
///
/// # Panics
/// If `order` leads to a stimulus that is not among the rows.
#[must_use]
pub fn shuffled_rows(rows: &RowSet, order: &[usize]) -> Vec<usize> {
    let place: BTreeMap<usize, usize> =
        rows.stimuli().iter().enumerate().map(|(place, &s)| (s, place)).collect();
    let of = |s: &usize| place[&order[*s]] * rows.rows_per_stimulus();
    let starts = rows.stimuli().iter().map(of);
    starts.flat_map(|start| start..start + rows.rows_per_stimulus()).collect()
}
