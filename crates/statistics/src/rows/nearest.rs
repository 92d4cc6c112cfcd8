//! The nearest of all rows to each row: one half of the products serves both rows of a pair.

use std::cmp::Ordering;
use std::ops::Range;

use consilience_data::Activations;
use consilience_linalg::{Mat, vectorised};
use rayon::prelude::*;

use super::neighbours::Nearness;
use super::table::COLUMNS_PER_TILE;
use super::{bands, picked, products_between};

/// Longest lists for which only one half of the products is computed. What a band finds for later rows is kept until the
/// bands beside it are done: with longer lists that would be much of the table.
const LONGEST_MIRRORED: usize = 65;

/// Entries of a tile that are looked at together: a line of the cache.
const LINE: usize = 8;

/// Bands whose findings wait for one another, at least.
const WAVE: usize = 8;

/// A class of equal rows that may be among the nearest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) nearness: f64,
    pub(super) class: u32,
}

impl Candidate {
    fn nearer(a: &Self, b: &Self) -> Ordering {
        let by_nearness = b.nearness.partial_cmp(&a.nearness).unwrap_or(Ordering::Equal);
        by_nearness.then(a.class.cmp(&b.class))
    }
}

/// A search for the nearest other rows of each row. Here no two rows are the same.
pub(super) struct Nearest<'a> {
    pub(super) values: &'a Activations,
    pub(super) nearness: Nearness,
    /// Squared norms.
    pub(super) norms: &'a [f64],
    pub(super) keep: usize,
}

/// The nearest so far, and a few more until the next selection.
#[derive(Debug, Clone)]
struct List {
    candidates: Vec<Candidate>,
    /// Nothing less near can be among the nearest.
    least: f64,
}

/// What a band of rows has found.
struct Found {
    /// First row after the band.
    end: usize,
    /// For the rows of the band.
    own: Vec<List>,
    /// For the rows after the band, if one half of the products serves both.
    later: Vec<List>,
}

impl Nearest<'_> {
    /// The `keep` nearest of each row, in no particular order. Of equally near ones those that come first.
    pub(super) fn lists(&self) -> Vec<Vec<Candidate>> {
        let n = self.norms.len();
        let mirrored = self.keep <= LONGEST_MIRRORED;
        let mut lists = vec![List { candidates: Vec::new(), least: f64::NEG_INFINITY }; n];
        let together = WAVE.max(2 * rayon::current_num_threads());
        for wave in bands(n).chunks(together) {
            let found: Vec<Found> =
                wave.par_iter().map(|band| self.search(band.clone(), mirrored, &lists)).collect();
            lists.par_iter_mut().enumerate().for_each(|(row, list)| {
                for found in &found {
                    let start = found.end - found.own.len();
                    let more = match row {
                        row if row >= found.end => found.later.get(row - found.end),
                        row => row.checked_sub(start).map(|r| &found.own[r]),
                    };
                    list.candidates.extend(more.iter().flat_map(|more| &more.candidates));
                }
                self.select(list);
            });
        }
        lists.into_iter().map(|list| list.candidates).collect()
    }

    fn search(&self, band: Range<usize>, mirrored: bool, known: &[List]) -> Found {
        let n = self.norms.len();
        let empty = |list: &List| List { candidates: Vec::new(), least: list.least };
        let mut own: Vec<List> = known[band.clone()].iter().map(empty).collect();
        let mut later: Vec<List> =
            if mirrored { known[band.end..].iter().map(empty).collect() } else { Vec::new() };
        let start = if mirrored { band.start } else { 0 };
        for from in (start..n).step_by(COLUMNS_PER_TILE) {
            let columns = from..(from + COLUMNS_PER_TILE).min(n);
            let tile = self.tile(band.clone(), columns.clone());
            for (j, list) in own.iter_mut().enumerate() {
                self.search_row(tile.col_as_slice(j), columns.start, band.start + j, list);
            }
            if mirrored && columns.end > band.end {
                let after = columns.start.max(band.end)..columns.end;
                let lists = &mut later[after.start - band.end..after.end - band.end];
                self.search_mirrored(&tile, after.start - columns.start, band.start, lists);
            }
        }
        own.iter_mut().chain(&mut later).for_each(|list| self.select(list));
        Found { end: band.end, own, later }
    }

    /// The columns of a tile, from the one that is named first, as neighbours of a row. Few of them are near enough: they are
    /// looked for some at a time.
    fn search_row(&self, nearnesses: &[f64], first: usize, row: usize, list: &mut List) {
        vectorised(
            #[inline(always)]
            || {
                for (block, some) in nearnesses.chunks(LINE).enumerate() {
                    let near = some.iter().map(|&nearness| u32::from(nearness >= list.least));
                    if near.sum::<u32>() == 0 {
                        continue;
                    }
                    for (column, &nearness) in (first + block * LINE..).zip(some) {
                        if nearness >= list.least && column != row {
                            self.add(list, Candidate { nearness, class: column as u32 });
                        }
                    }
                }
            },
        );
    }

    /// The rows of a tile as neighbours of its columns.
    fn search_mirrored(
        &self,
        tile: &Mat<f64>,
        offset: usize,
        first_row: usize,
        lists: &mut [List],
    ) {
        for (block, lists) in lists.chunks_mut(LINE).enumerate() {
            let skipped = offset + block * LINE;
            // Nothing is near enough to a row that is not there.
            let mut least = [f64::INFINITY; LINE];
            least.iter_mut().zip(&*lists).for_each(|(least, list)| *least = list.least);
            vectorised(
                #[inline(always)]
                || {
                    for j in 0..tile.ncols() {
                        let line = &tile.col_as_slice(j)[skipped..skipped + lists.len()];
                        let near = line.iter().zip(&least).map(|(n, least)| u32::from(n >= least));
                        if near.sum::<u32>() == 0 {
                            continue;
                        }
                        let class = (first_row + j) as u32;
                        for (l, list) in lists.iter_mut().enumerate() {
                            if line[l] >= list.least {
                                self.add(list, Candidate { nearness: line[l], class });
                                least[l] = list.least;
                            }
                        }
                    }
                },
            );
        }
    }

    fn add(&self, list: &mut List, candidate: Candidate) {
        list.candidates.push(candidate);
        if list.candidates.len() >= 2 * self.keep + 32 {
            self.select(list);
        }
    }

    fn select(&self, list: &mut List) {
        if list.candidates.len() < self.keep {
            return;
        }
        let last = self.keep - 1;
        list.candidates.select_nth_unstable_by(last, Candidate::nearer);
        list.candidates.truncate(self.keep);
        list.least = list.candidates[last].nearness;
    }

    /// How near all rows are to some, each of these with its own.
    pub(super) fn whole(&self, rows: &[u32]) -> Vec<Vec<Candidate>> {
        let n = self.norms.len();
        let some: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
        let norms: Vec<f64> = some.iter().map(|&row| self.norms[row]).collect();
        let mut products =
            products_between(&picked(self.values, &some), self.values, 0..some.len(), 0..n);
        self.of_products(&mut products, &norms, self.norms);
        let of_row = |j: usize| {
            let classes = (0..n as u32).zip(products.col_as_slice(j));
            classes.map(|(class, &nearness)| Candidate { nearness, class }).collect()
        };
        (0..some.len()).map(of_row).collect()
    }

    /// How near columns are to rows, in the layout of the products.
    fn tile(&self, rows: Range<usize>, columns: Range<usize>) -> Mat<f64> {
        let mut tile = products_between(self.values, self.values, rows.clone(), columns.clone());
        self.of_products(&mut tile, &self.norms[rows], &self.norms[columns]);
        tile
    }

    fn of_products(&self, tile: &mut Mat<f64>, row_norms: &[f64], column_norms: &[f64]) {
        // A row of zeros has the product 0 with every row: what it is divided by is arbitrary.
        let length = |norm: f64| if norm > 0.0 { norm.sqrt() } else { 1.0 };
        let lengths: Vec<f64> = column_norms.iter().map(|&norm| length(norm)).collect();
        for (j, &own) in row_norms.iter().enumerate() {
            let column = tile.col_as_slice_mut(j);
            match self.nearness {
                // Adding zero turns −0 into 0: equally near.
                Nearness::InnerProduct => column.iter_mut().for_each(|v| *v += 0.0),
                Nearness::Cosine => {
                    let own = length(own);
                    let products = column.iter_mut().zip(&lengths);
                    vectorised(
                        #[inline(always)]
                        || products.for_each(|(v, other)| *v = *v / (own * other) + 0.0),
                    );
                }
                Nearness::Euclidean => {
                    let products = column.iter_mut().zip(column_norms);
                    products.for_each(|(v, other)| *v = (2.0 * *v - (own + other)).min(0.0) + 0.0);
                }
            }
        }
    }
}
