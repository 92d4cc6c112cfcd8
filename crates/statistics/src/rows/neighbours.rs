//! Nearest neighbours of each row: exact, itself left out.

use std::sync::Arc;

use consilience_data::Activations;
use rayon::prelude::*;

use super::nearest::{Candidate, Nearest};
use super::twins::Twins;
use super::{Preparation, ROWS_PER_BAND, RowSet, squared_norms_of};
use crate::blocks::scramble;

/// What makes a row near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// A great cosine; that of a row of zeros with any other is 0.
    Cosine,
    /// A small Euclidean distance.
    Euclidean,
    /// A great inner product.
    InnerProduct,
}

/// The nearest neighbours of each row, the nearest first.
///
/// Of rows that are equally near a hash decides, of the keys ([`RowSet::key`]) of all those rows together: no order of
/// files plays a part, representations that leave the same choice choose alike, and others independently of one another.
/// Rows with the same values are exactly equally near.
#[derive(Debug)]
pub struct Neighbours {
    k: usize,
    rows: Vec<u32>,
    nearness: Vec<f64>,
    undecided: usize,
    different: usize,
    without_direction: Vec<bool>,
}

impl Neighbours {
    /// Neighbours of each row.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// The neighbours of row `i`.
    #[must_use]
    pub fn of(&self, i: usize) -> &[u32] {
        &self.rows[i * self.k..(i + 1) * self.k]
    }

    /// How near the neighbours of row `i` are: cosine, inner product, or minus the squared distance.
    #[must_use]
    pub fn nearness_of(&self, i: usize) -> &[f64] {
        &self.nearness[i * self.k..(i + 1) * self.k]
    }

    /// Rows with further rows as near as their last neighbour: which of those are neighbours was decided by a hash.
    #[must_use]
    pub fn undecided(&self) -> usize {
        self.undecided
    }

    /// Whether row `i` is all zeros and so has no cosine or inner product that tells others apart: its neighbours mean nothing.
    #[must_use]
    pub fn is_without_direction(&self, i: usize) -> bool {
        self.without_direction[i]
    }

    /// Number of rows that differ from one another.
    #[must_use]
    pub fn different(&self) -> usize {
        self.different
    }
}

impl RowSet {
    /// The `k` nearest neighbours of each row, remembered. Rows have to be [within range](Self::products_within_range).
    ///
    /// # Panics
    /// Unless `k` is at least 1 and less than the number of rows.
    #[must_use]
    pub fn neighbours(&self, k: usize, nearness: Nearness) -> Arc<Neighbours> {
        assert!((1..self.n_rows()).contains(&k), "{}: {k} neighbours", self.name());
        self.remember(&format!("neighbours {k} {nearness:?}"), |rows| {
            let centred = (nearness == Nearness::Euclidean && rows.far_from_zero())
                .then(|| rows.prepared(&Preparation::centred()));
            find(centred.as_deref().unwrap_or(rows), k, nearness)
        })
    }

    /// Whether the mean of the rows is so long that distances lose digits to it.
    fn far_from_zero(&self) -> bool {
        let mut mean = vec![0.0; self.n_units()];
        for i in 0..self.n_rows() {
            mean.iter_mut().zip(self.row(i)).for_each(|(m, v)| *m += v);
        }
        let of_mean = mean.iter().map(|m| m * m).sum::<f64>() / self.n_rows() as f64;
        // Cancellation costs two bits at most below this.
        of_mean > 0.75 * self.squared_norms().iter().sum::<f64>()
    }
}

/// A row that may be a neighbour.
#[derive(Debug, Clone, Copy)]
struct Row {
    nearness: f64,
    row: u32,
}

/// Among classes of equal rows, then row by row: so equal rows are equally near whatever the rounding of products.
fn find(rows: &RowSet, k: usize, nearness: Nearness) -> Neighbours {
    let twins = Twins::find(rows.values(), rows.n_rows());
    let different: Option<Activations> = twins.as_ref().map(|t| t.first_of_each(rows.values()));
    let values = different.as_ref().unwrap_or(rows.values());
    let classes = match twins {
        Some(twins) => twins.members,
        None => (0..rows.n_rows() as u32).map(|i| vec![i]).collect(),
    };
    let norms = squared_norms_of(values);
    // One more than asked for tells whether the last was a choice.
    let nearest = Nearest { values, nearness, norms: &norms, keep: k + 1 };
    let search = Search { rows, k, classes, nearest };
    let (lists, undecided) = search.lists();
    let mut neighbours = Neighbours {
        k,
        rows: Vec::with_capacity(k * lists.len()),
        nearness: Vec::with_capacity(k * lists.len()),
        undecided,
        different: search.classes.len(),
        without_direction: vec![false; lists.len()],
    };
    for list in lists {
        neighbours.rows.extend(list.iter().map(|r| r.row));
        neighbours.nearness.extend(list.iter().map(|r| r.nearness));
    }
    if nearness != Nearness::Euclidean {
        for (members, norm) in search.classes.iter().zip(&norms) {
            members.iter().for_each(|&i| neighbours.without_direction[i as usize] = *norm == 0.0);
        }
    }
    neighbours
}

/// From the nearest classes to the nearest rows.
struct Search<'a> {
    rows: &'a RowSet,
    k: usize,
    classes: Vec<Vec<u32>>,
    nearest: Nearest<'a>,
}

impl Search<'_> {
    /// The list of each row, and how many rows had a choice.
    fn lists(&self) -> (Vec<Vec<Row>>, usize) {
        let nearest = self.nearest.lists();
        let of_class = |class: usize| (class, self.resolve(class, &nearest[class], false));
        let found: Vec<_> = (0..self.classes.len()).into_par_iter().map(of_class).collect();
        let cut = found.iter().filter(|(_, lists)| lists.is_none()).map(|&(class, _)| class as u32);
        let cut: Vec<u32> = cut.collect();
        let again = cut.par_chunks(ROWS_PER_BAND).flat_map_iter(|some| {
            let whole = self.nearest.whole(some);
            some.iter().zip(whole).map(|(&class, mut all)| {
                all.retain(|candidate| candidate.class != class);
                (class as usize, self.resolve(class as usize, &all, true))
            })
        });
        let again: Vec<_> = again.collect();
        let mut lists: Vec<(u32, Vec<Row>, bool)> = Vec::with_capacity(self.rows.n_rows());
        for (class, found) in found.into_iter().chain(again) {
            let members = self.classes[class].iter();
            let found = members.zip(found.into_iter().flatten());
            lists.extend(found.map(|(&row, (list, undecided))| (row, list, undecided)));
        }
        lists.sort_unstable_by_key(|list| list.0);
        let undecided = lists.iter().filter(|list| list.2).count();
        (lists.into_iter().map(|list| list.1).collect(), undecided)
    }

    /// The list of each member of a class, and whether there was a choice; `None` if there are further candidates as near
    /// as the last neighbour, unless these are `all`.
    fn resolve(
        &self,
        class: usize,
        candidates: &[Candidate],
        all: bool,
    ) -> Option<Vec<(Vec<Row>, bool)>> {
        let itself = Candidate { nearness: self.nearness_of_twins(class), class: class as u32 };
        let rows = candidates.iter().chain([&itself]).flat_map(|&Candidate { nearness, class }| {
            self.classes[class as usize].iter().map(move |&row| Row { nearness, row })
        });
        let rows: Vec<Row> = rows.collect();
        let complete = all || candidates.len() + 1 == self.classes.len();
        let farthest = candidates.iter().map(|c| c.nearness).fold(f64::INFINITY, f64::min);
        let of_member = |&member: &u32| {
            let mut others: Vec<Row> =
                rows.iter().copied().filter(|other| other.row != member).collect();
            let by_nearness = |a: &Row, b: &Row| b.nearness.total_cmp(&a.nearness);
            let (_, &mut last, _) = others.select_nth_unstable_by(self.k - 1, by_nearness);
            if !complete && last.nearness == farthest {
                return None;
            }
            others.retain(|other| other.nearness >= last.nearness);
            others.sort_unstable_by(by_nearness);
            for tied in others.chunk_by_mut(|a, b| a.nearness == b.nearness) {
                self.decide(tied);
            }
            let undecided = others.len() > self.k;
            others.truncate(self.k);
            Some((others, undecided))
        };
        self.classes[class].iter().map(of_member).collect()
    }

    /// An order of equally near rows.
    fn decide(&self, tied: &mut [Row]) {
        if tied.len() > 1 {
            let key = |row: &Row| self.rows.key(row.row as usize);
            let together = scramble(tied.iter().map(key).fold(0, u64::wrapping_add));
            tied.sort_by_cached_key(|row| (scramble(together ^ key(row)), row.row));
        }
    }

    /// How near rows with the same values are to one another.
    fn nearness_of_twins(&self, class: usize) -> f64 {
        match self.nearest.nearness {
            Nearness::Cosine => f64::from(u8::from(self.nearest.norms[class] > 0.0)),
            Nearness::Euclidean => 0.0,
            Nearness::InnerProduct => self.nearest.norms[class],
        }
    }
}
