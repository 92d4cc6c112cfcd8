//! Ranks of dissimilarities, and what is counted in them: exact, in whole numbers.

use rayon::prelude::*;

/// Neighbours in order that differ by less than this share of their size are equal: rounding tells them apart. Equal rows, rows
/// of two units, and values out of a small set make true ties.
const TIE: f64 = 1.0 / (1_u64 << 36) as f64;

/// Below this share of the mean size, values are 0: what is left of the difference of two rows that point the same way.
const NOTHING: f64 = 1.0 / (1_u128 << 66) as f64;

/// Twice the rank of each value (from 1; the mean rank among equal values), so that it is whole.
///
/// # Panics
/// If there are 2³¹ values or more; the tables that are kept are far smaller.
pub(super) fn doubled_ranks(values: &[f64]) -> Vec<u32> {
    assert!(values.len() < 1 << 31, "{} values have no ranks in 32 bits", values.len());
    let mut sorted: Vec<(u64, u32)> =
        values.iter().zip(0..).map(|(&v, index)| (ordered_bits(v), index)).collect();
    sorted.par_sort_unstable();
    let value = |place: usize| values[sorted[place].1 as usize];
    let nothing = NOTHING * values.iter().map(|v| v.abs()).sum::<f64>() / values.len() as f64;
    let mut ranks = vec![0; values.len()];
    let mut first = 0;
    for place in 0..sorted.len() {
        let last = place + 1 == sorted.len() || {
            let (this, next) = (value(place), value(place + 1));
            next - this > TIE * this.abs().max(next.abs()) + nothing
        };
        if last {
            // The mean of the ranks first + 1 to place + 1.
            let doubled = (first + place + 2) as u32;
            sorted[first..=place].iter().for_each(|&(_, index)| ranks[index as usize] = doubled);
            first = place + 1;
        }
    }
    ranks
}

/// Bits that are in the order of the values.
fn ordered_bits(value: f64) -> u64 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

/// Terms that are added up in 64 bits: a centred doubled rank is smaller than the number of values, which is below 2²⁷ for all
/// tables that are kept, so that so many products are below 2⁶².
const TERMS: usize = 256;

/// Σ (2r − m − 1)(2s − m − 1) over m doubled ranks: four times the sum of products of centred ranks.
pub(super) fn centred_products(x: &[u32], y: &[u32]) -> i128 {
    let middle = i64::try_from(x.len()).expect("a table that is kept") + 1;
    let chunks = x.par_chunks(TERMS).zip(y.par_chunks(TERMS)).with_min_len(64);
    let products = chunks.map(|(x, y)| {
        let terms =
            x.iter().zip(y).map(|(&a, &b)| (i64::from(a) - middle) * (i64::from(b) - middle));
        i128::from(terms.sum::<i64>())
    });
    products.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_mean_rank() {
        assert_eq!(doubled_ranks(&[3.0, 1.0, 2.0, 1.0, 5.0]), [8, 3, 6, 3, 10]);
        assert_eq!(doubled_ranks(&[0.0, -1.0, -0.0, -2.0]), [7, 4, 7, 2]);
        assert_eq!(doubled_ranks(&[7.0]), [2]);
        assert_eq!(doubled_ranks(&[]), [0; 0]);
    }

    #[test]
    fn rounding_makes_no_order_and_hides_none() {
        let third = 1.0 / 3.0;
        let almost = third * (1.0 + 4.0 * f64::EPSILON);
        assert_eq!(doubled_ranks(&[almost, third, 1.0, 1e-30, 0.0]), [7, 7, 10, 3, 3]);
        assert_eq!(doubled_ranks(&[1.0 + 1e-9, 1.0, 1e-9, 0.0]), [8, 6, 4, 2]);
    }

    #[test]
    fn products_are_those_of_centred_ranks() {
        let (x, y) = ([2, 4, 7, 7, 10], [10, 8, 6, 4, 2]);
        let plain: i64 =
            x.iter().zip(&y).map(|(a, b)| (i64::from(*a) - 6) * (i64::from(*b) - 6)).sum();
        assert_eq!(centred_products(&x, &y), i128::from(plain));
        let long: Vec<u32> = (1..=100_000).map(|r| 2 * r).collect();
        // Σ (2r − m − 1)² = m (m² − 1) / 3.
        let m = 100_000_i128;
        assert_eq!(centred_products(&long, &long), m * (m * m - 1) / 3);
    }
}
