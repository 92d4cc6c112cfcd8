//! Many p-values at once.

/// The q-value of each p-value of a table, in its order (Benjamini & Hochberg 1995).
///
/// With p₍₁₎ ≤ … ≤ p₍ₘ₎, q₍ᵢ₎ = min over j ≥ i of m p₍ⱼ₎ / j. Taking every test with q ≤ α for a discovery keeps the expected
/// share of false ones among the discoveries at or below α where the tests are independent or depend on one another
/// positively (Benjamini & Yekutieli 2001), as tests that share stimuli and networks do. q-values keep the order of their
/// p-values, are at least as large and at most 1. An empty table has none.
///
/// # Panics
/// If a number is not between 0 and 1: it is no p-value. NaN is none either.
#[must_use]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    for (i, p) in p_values.iter().enumerate() {
        assert!((0.0..=1.0).contains(p), "p-value {i} of {m} is {p}; expected 0 to 1");
    }
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut q_values = vec![0.0; m];
    let mut smallest = 1.0_f64;
    for (place, &i) in order.iter().enumerate().rev() {
        // Equal p-values come to the same q-value: the last of them has the largest place.
        smallest = smallest.min(p_values[i] * m as f64 / (place + 1) as f64);
        q_values[i] = smallest;
    }
    q_values
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn the_example_of_the_paper() {
        // Benjamini & Hochberg 1995, section 3.2: fifteen hypotheses, the first four are rejected at 5 %.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let q = benjamini_hochberg(&p);
        assert_eq!(q.iter().filter(|q| **q <= 0.05).count(), 4);
        assert!((q[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-15);
        // The sixth and the seventh share the smaller of their ratios, which is the seventh's.
        assert!((q[5] - 0.0298 * 15.0 / 7.0).abs() < 1e-15 && q[5] == q[6]);
        assert_eq!(q[14], 1.0);
    }

    #[test]
    fn agrees_with_the_closed_form_in_any_order_and_with_ties() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        for m in [0_usize, 1, 2, 3, 17, 60] {
            // Few different values, as permutation tests give them.
            let p: Vec<f64> = (0..m).map(|_| f64::from(rng.random_range(1..=20)) / 20.0).collect();
            let at_most = |limit: f64| p.iter().filter(|p| **p <= limit).count() as f64;
            let closed = |own: &f64| {
                let above = p.iter().filter(|p| *p >= own);
                above.map(|p| m as f64 * p / at_most(*p)).fold(1.0, f64::min)
            };
            let q = benjamini_hochberg(&p);
            assert_eq!(q.len(), m);
            for (q, expected) in q.iter().zip(p.iter().map(closed)) {
                assert!((q - expected).abs() < 1e-15, "{q} against {expected}");
            }
        }
    }

    #[test]
    fn false_discoveries_are_as_rare_as_promised() {
        // With nothing to find every discovery is false: tables with one are 5 % of all (Simes' equality).
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (tables, m) = (4000, 20);
        let wrong = (0..tables)
            .filter(|_| {
                let p: Vec<f64> = (0..m).map(|_| rng.random_range(0.0..1.0)).collect();
                benjamini_hochberg(&p).iter().any(|q| *q <= 0.05)
            })
            .count();
        let (share, deviation) =
            (wrong as f64 / f64::from(tables), (0.05_f64 * 0.95 / 4000.0).sqrt());
        assert!((share - 0.05).abs() < 4.0 * deviation, "{share}");
    }

    #[test]
    #[should_panic(expected = "p-value 1 of 2 is NaN; expected 0 to 1")]
    fn what_is_no_p_value_is_refused() {
        let _ = benjamini_hochberg(&[0.5, f64::NAN]);
    }
}
