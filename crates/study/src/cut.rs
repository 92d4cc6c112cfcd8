//! Which cells are computed together: tiles, whose activations are held at once, and strips of a tile, whose moments are.

use std::ops::Range;

use crate::footprint::{Footprint, Load};
use crate::{Cell, Result};

/// Cells that are computed together; the results do not depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    /// Ranges of cells, one after the other; together the cells of the tile.
    pub(crate) strips: Vec<Range<usize>>,
    /// Jackknife replicates that are computed side by side.
    pub(crate) batch: usize,
    /// Bytes held at once at the most.
    pub(crate) peak: u64,
}

impl Tile {
    /// All cells of the tile.
    pub(crate) fn cells(&self) -> Range<usize> {
        let first = self.strips.first().map_or(0, |strip| strip.start);
        first..self.strips.last().map_or(first, |strip| strip.end)
    }
}

/// Bytes that a strip takes at the most where no limit is set. Tiles are cut for a limit only: a tile that is cut reads
/// activations again, and a strip merely merges moments again that it shares with the next.
const STRIP_BYTES: u64 = 1 << 30;

/// Cuts groups of cells so that no tile takes more than `limit` bytes.
///
/// # Errors
/// [`crate::Error::Memory`] if a cell alone takes more.
pub(crate) fn cut(
    cells: &[Cell],
    groups: &[Range<usize>],
    footprint: &Footprint<'_>,
    limit: Option<u64>,
) -> Result<Vec<Tile>> {
    let mut tiles = Vec::new();
    for group in groups {
        let mut start = group.start;
        while start < group.end {
            let end = match limit {
                None => group.end,
                Some(limit) => tile_end(cells, start..group.end, footprint, limit)?,
            };
            tiles.push(tile(cells, start..end, footprint, limit));
            start = end;
        }
    }
    Ok(tiles)
}

/// Where the tile that begins at a cell ends: its activations and any one of its cells fit.
fn tile_end(
    cells: &[Cell],
    range: Range<usize>,
    footprint: &Footprint<'_>,
    limit: u64,
) -> Result<usize> {
    let mut load = Load::default();
    let mut largest = 0;
    for i in range.clone() {
        footprint.add(&mut load, &cells[i]);
        largest = largest.max(footprint.of_strip(&footprint.load(&cells[i..=i]), 1));
        let bytes = footprint.of_tile(&load) + largest;
        if bytes > limit && i == range.start {
            return Err(footprint.too_large(&cells[i], bytes, limit));
        }
        if bytes > limit {
            return Ok(i);
        }
    }
    Ok(range.end)
}

/// The tile of a range: as few strips as fit, then as many replicates side by side as fit.
fn tile(
    cells: &[Cell],
    range: Range<usize>,
    footprint: &Footprint<'_>,
    limit: Option<u64>,
) -> Tile {
    let held = footprint.of_tile(&footprint.load(&cells[range.clone()]));
    let room = limit.map_or(STRIP_BYTES, |limit| limit.saturating_sub(held));
    let most = footprint.most_replicates();
    let by_batch = |batch: u64| (batch, strips(cells, range.clone(), footprint, batch, room));
    let fits = |(batch, strips): &(u64, Vec<Range<usize>>)| {
        let taken =
            |s: &Range<usize>| footprint.of_strip(&footprint.load(&cells[s.clone()]), *batch);
        strips.iter().all(|strip| taken(strip) <= room)
    };
    // Few strips first, as each merges and factorises moments anew; of equally few the one with more replicates side by
    // side, as a cell is then gathered when it is needed and not kept.
    let choices = [most, most.div_ceil(2), most.div_ceil(4), 1].map(by_batch);
    let fitting = choices.iter().filter(|choice| fits(choice)).min_by_key(|(_, s)| s.len());
    let (batch, strips) = fitting.unwrap_or(&choices[3]).clone();
    let taken =
        strips.iter().map(|s| footprint.of_strip(&footprint.load(&cells[s.clone()]), batch));
    let peak = held + taken.max().unwrap_or(0);
    Tile { strips, batch: batch as usize, peak }
}

/// Ranges that fit into the room, each as long as it goes; of one cell at least.
fn strips(
    cells: &[Cell],
    range: Range<usize>,
    footprint: &Footprint<'_>,
    batch: u64,
    room: u64,
) -> Vec<Range<usize>> {
    let mut strips: Vec<Range<usize>> = Vec::new();
    let mut load = Load::default();
    for i in range {
        footprint.add(&mut load, &cells[i]);
        let fits = footprint.of_strip(&load, batch) <= room;
        match strips.last_mut() {
            Some(strip) if fits => strip.end = i + 1,
            _ => {
                strips.push(i..i + 1);
                load = footprint.load(&cells[i..=i]);
            }
        }
    }
    strips
}
