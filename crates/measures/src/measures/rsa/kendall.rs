//! Pairs of values in the same and in the opposite order, counted by sorting (Knight 1966).

use rayon::prelude::*;

/// What is counted over all pairs of places of two vectors of ranks.
pub(super) struct Orders {
    /// All pairs.
    pub(super) pairs: u64,
    /// Pairs tied in x.
    pub(super) tied_x: u64,
    /// Pairs tied in y.
    pub(super) tied_y: u64,
    /// Pairs in the same order less pairs in the opposite order; ties count for nothing.
    pub(super) excess: i128,
}

/// Values that are sorted by insertion, and counted on one thread.
const SHORT: usize = 24;

/// From which number of values it is worth another thread.
const PARALLEL_FROM: usize = 1 << 14;

/// O(m log m).
pub(super) fn orders(x: &[u32], y: &[u32]) -> Orders {
    // By x, and among equal x by y, so that a tie in x is no inversion of y.
    let mut both: Vec<u64> =
        x.iter().zip(y).map(|(&a, &b)| u64::from(a) << 32 | u64::from(b)).collect();
    both.par_sort_unstable();
    let tied_both = tied(&both);
    let tied_x = tied_by(&both, |a, b| a >> 32 == b >> 32);
    let mut y: Vec<u32> = both.iter().map(|&pair| pair as u32).collect();
    let mut room = vec![0; y.len()];
    let opposite = sort(&mut y, &mut room);
    let tied_y = tied(&y);
    let m = x.len() as u64;
    let pairs = m * m.saturating_sub(1) / 2;
    let untied = i128::from(pairs) - i128::from(tied_x) - i128::from(tied_y);
    let excess = untied + i128::from(tied_both) - 2 * i128::from(opposite);
    Orders { pairs, tied_x, tied_y, excess }
}

fn tied<T: PartialEq>(sorted: &[T]) -> u64 {
    tied_by(sorted, |a, b| a == b)
}

/// Pairs within runs of equal values.
fn tied_by<T>(sorted: &[T], equal: impl Fn(&T, &T) -> bool) -> u64 {
    let runs = sorted.chunk_by(equal).map(|run| run.len() as u64);
    runs.map(|n| n * (n - 1) / 2).sum()
}

/// Sorts, and counts the pairs that stood in the wrong order.
fn sort(values: &mut [u32], room: &mut [u32]) -> u64 {
    let n = values.len();
    if n <= SHORT {
        return insertion_sort(values);
    }
    let middle = n / 2;
    let (left, right) = values.split_at_mut(middle);
    let (left_room, right_room) = room.split_at_mut(middle);
    let (a, b) = if n < PARALLEL_FROM {
        (sort(left, left_room), sort(right, right_room))
    } else {
        rayon::join(|| sort(left, left_room), || sort(right, right_room))
    };
    let crossing = merge(left, right, room);
    values.copy_from_slice(room);
    a + b + crossing
}

fn insertion_sort(values: &mut [u32]) -> u64 {
    let mut moved = 0;
    for i in 1..values.len() {
        let value = values[i];
        let mut place = i;
        while place > 0 && values[place - 1] > value {
            values[place] = values[place - 1];
            place -= 1;
        }
        values[place] = value;
        moved += (i - place) as u64;
    }
    moved
}

/// Merges two sorted halves; a value of the right one stands behind all that are left of the left one.
fn merge(left: &[u32], right: &[u32], out: &mut [u32]) -> u64 {
    let (mut i, mut j, mut crossing) = (0, 0, 0);
    for place in out.iter_mut() {
        let from_left = j == right.len() || (i < left.len() && left[i] <= right[j]);
        if from_left {
            *place = left[i];
            i += 1;
        } else {
            *place = right[j];
            j += 1;
            crossing += (left.len() - i) as u64;
        }
    }
    crossing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_all_pairs() {
        for n in [0, 1, 2, 23, 24, 25, 49, 300] {
            // Few different values, so that there are ties of every kind.
            let value = |i: u32, a: u32, b: u32| (i * a + i * i * b) % 17;
            let x: Vec<u32> = (0..n).map(|i| value(i, 5, 3)).collect();
            let y: Vec<u32> = (0..n).map(|i| value(i, 11, 2) / 2).collect();
            let (mut excess, mut tied_x, mut tied_y, mut pairs) = (0, 0, 0, 0);
            for i in 0..n as usize {
                for j in 0..i {
                    pairs += 1;
                    tied_x += u64::from(x[i] == x[j]);
                    tied_y += u64::from(y[i] == y[j]);
                    let sign = |v: &[u32]| i128::from(v[i] > v[j]) - i128::from(v[i] < v[j]);
                    excess += sign(&x) * sign(&y);
                }
            }
            let found = orders(&x, &y);
            assert_eq!((found.pairs, found.tied_x, found.tied_y), (pairs, tied_x, tied_y), "{n}");
            assert_eq!(found.excess, excess, "{n}");
        }
    }

    #[test]
    fn long_vectors_are_counted_on_several_threads() {
        let n = 3 * PARALLEL_FROM as u32;
        let (up, down): (Vec<u32>, Vec<u32>) = ((0..n).collect(), (0..n).rev().collect());
        let all = i128::from(n) * i128::from(n - 1) / 2;
        assert_eq!((orders(&up, &up).excess, orders(&up, &down).excess), (all, -all));
    }
}
