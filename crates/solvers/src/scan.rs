//! Searches along one line of reduced costs `line[j] - prices[j]`: the inner loops of every solver here.
//!
//! Minima are taken lane by lane in loops that the compiler turns into vector code; the index is looked up afterwards,
//! only in the block that held the minimum. Ties go to the lowest index.

/// Independent running minima, so that no comparison waits for the one before it.
const LANES: usize = 16;

/// Columns between two looks at the running minimum: one block of line and prices fits the first-level cache.
const BLOCK: usize = 128;

/// The smaller of two numbers, neither NaN. Unlike `f64::min` it is one instruction.
#[inline(always)]
#[expect(clippy::inline_always, reason = "one instruction in the innermost loops")]
pub(crate) fn smaller(x: f64, y: f64) -> f64 {
    if x < y { x } else { y }
}

/// The larger of two numbers, neither NaN.
#[inline(always)]
#[expect(clippy::inline_always, reason = "one instruction in the innermost loops")]
fn larger(x: f64, y: f64) -> f64 {
    if x > y { x } else { y }
}

/// The two smallest reduced costs of a line and their columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TwoLeast {
    pub(crate) least: f64,
    pub(crate) column: usize,
    /// Infinite if the line has one column.
    pub(crate) second: f64,
    pub(crate) second_column: usize,
}

/// The smallest `line[j] - prices[j]`.
pub(crate) fn least(line: &[f64], prices: &[f64]) -> f64 {
    let mut lanes = [f64::INFINITY; LANES];
    let (line, line_rest) = line.as_chunks::<LANES>();
    let (prices, prices_rest) = prices.as_chunks::<LANES>();
    for (c, v) in line.iter().zip(prices) {
        for k in 0..LANES {
            lanes[k] = smaller(c[k] - v[k], lanes[k]);
        }
    }
    let rest = line_rest.iter().zip(prices_rest).map(|(c, v)| c - v).fold(f64::INFINITY, smaller);
    lanes.into_iter().fold(rest, smaller)
}

/// The lowest column whose `line[j] - prices[j]` is the smallest, with that value.
pub(crate) fn least_column(line: &[f64], prices: &[f64]) -> (f64, usize) {
    let (mut value, mut start) = (f64::INFINITY, 0);
    for (block, (c, v)) in line.chunks(BLOCK).zip(prices.chunks(BLOCK)).enumerate() {
        let x = least(c, v);
        if x < value {
            (value, start) = (x, block * BLOCK);
        }
    }
    (value, start + position(&line[start..], &prices[start..], value))
}

/// The first column with that reduced cost, which must occur.
fn position(line: &[f64], prices: &[f64], value: f64) -> usize {
    first_equal(line, prices, value, usize::MAX).expect("a minimum was read from this line")
}

/// The first column but one with that reduced cost.
fn first_equal(line: &[f64], prices: &[f64], value: f64, except: usize) -> Option<usize> {
    let mut start = 0;
    // Whole chunks are tested without an early exit, which would keep the loop scalar.
    for (c, v) in line.chunks(LANES).zip(prices.chunks(LANES)) {
        let hits = c.iter().zip(v).map(|(c, v)| u64::from(c - v == value)).sum::<u64>();
        if hits > 0 {
            let hit = |&k: &usize| c[k] - v[k] == value && start + k != except;
            if let Some(k) = (0..c.len()).find(hit) {
                return Some(start + k);
            }
        }
        start += LANES;
    }
    None
}

/// The two smallest values of `line[j] - prices[j]`, counted with multiplicity; the second infinite if there is one.
pub(crate) fn two_least_values(line: &[f64], prices: &[f64]) -> (f64, f64) {
    let mut first = [f64::INFINITY; LANES];
    let mut second = [f64::INFINITY; LANES];
    let (line, line_rest) = line.as_chunks::<LANES>();
    let (prices, prices_rest) = prices.as_chunks::<LANES>();
    for (c, v) in line.iter().zip(prices) {
        for k in 0..LANES {
            let x = c[k] - v[k];
            second[k] = smaller(larger(x, first[k]), second[k]);
            first[k] = smaller(x, first[k]);
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for k in 0..half {
            let larger = larger(first[k], first[k + half]);
            second[k] = smaller(larger, smaller(second[k], second[k + half]));
            first[k] = smaller(first[k], first[k + half]);
        }
        half /= 2;
    }
    let mut two = (first[0], second[0]);
    for (c, v) in line_rest.iter().zip(prices_rest) {
        let x = c - v;
        two = (smaller(x, two.0), smaller(larger(x, two.0), two.1));
    }
    two
}

/// The two smallest reduced costs and their columns; ties go to the lowest columns.
pub(crate) fn two_least(line: &[f64], prices: &[f64]) -> TwoLeast {
    let (mut least, mut second) = ((f64::INFINITY, 0), (f64::INFINITY, 0));
    for (block, (c, v)) in line.chunks(BLOCK).zip(prices.chunks(BLOCK)).enumerate() {
        let (x, y) = two_least_values(c, v);
        let start = block * BLOCK;
        if x < least.0 {
            second = if y < least.0 { (y, start) } else { least };
            least = (x, start);
        } else if x < second.0 {
            second = (x, start);
        }
    }
    let column = least.1 + position(&line[least.1..], &prices[least.1..], least.0);
    // If the second is the first once more, or the only one, there is no other column.
    let except = column.wrapping_sub(second.1);
    let second_column = first_equal(&line[second.1..], &prices[second.1..], second.0, except)
        .map_or(column, |k| second.1 + k);
    TwoLeast { least: least.0, column, second: second.0, second_column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_agree_with_sorting() {
        for width in [1, 2, 15, 16, 17, 127, 128, 129, 300] {
            for modulus in [1, 3, 97] {
                let line: Vec<f64> = (0..width).map(|j| ((j * 61 + 13) % modulus) as f64).collect();
                let prices: Vec<f64> = (0..width).map(|j| ((j * 7) % 2) as f64).collect();
                let mut sorted: Vec<(f64, usize)> =
                    (0..width).map(|j| (line[j] - prices[j], j)).collect();
                sorted.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
                assert_eq!(least(&line, &prices), sorted[0].0);
                assert_eq!(least_column(&line, &prices), sorted[0]);
                let two = two_least(&line, &prices);
                assert_eq!((two.least, two.column), sorted[0], "width {width}");
                if width > 1 {
                    assert_eq!((two.second, two.second_column), sorted[1], "width {width}");
                } else {
                    assert_eq!(two.second, f64::INFINITY);
                }
            }
        }
    }
}
