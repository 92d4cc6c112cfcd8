//! How often the best of all pairs of layers is called remarkable where there is nothing to find.

use consilience_inference::{Likeness, Null, chance, draws_of_best};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 24;
const DRAWS: usize = 19;
const REPEATS: usize = 2000;
const LEVEL: f64 = 0.05;

/// The layers of a network, one unit each. They share half of their variance, as layers of one network do.
fn layers(n: usize, rng: &mut impl Rng) -> Vec<Vec<f64>> {
    let mut noise = || (0..STIMULI).map(|_| rng.random_range(-1.0..1.0)).collect::<Vec<f64>>();
    let common = noise();
    (0..n).map(|_| common.iter().zip(noise()).map(|(c, own)| c + own).collect()).collect()
}

/// Squared correlation of x with y, the stimuli of y in the given order.
fn score(x: &[f64], y: &[f64], order: &[usize]) -> f64 {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, &j) in x.iter().zip(order) {
        let (a, b) = (x - mx, y[j] - my);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    xy * xy / (xx * yy)
}

/// What is found in networks that have nothing in common.
#[derive(Default)]
struct Found {
    /// Repeats in which the best pair of layers passes the null of the best.
    best: usize,
    /// Repeats in which some pair of layers passes its own null.
    any: usize,
    /// Cells that pass their own null.
    cells: usize,
    /// Sum of the chance levels of the best.
    level: f64,
}

fn repeats(n_layers: usize, seed: u64) -> Found {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let likeness = Likeness::score(1.0);
    let mut found = Found::default();
    for _ in 0..REPEATS {
        let (x, y) = (layers(n_layers, &mut rng), layers(n_layers, &mut rng));
        let mut order: Vec<usize> = (0..STIMULI).collect();
        // The first order is the true one; draw k is one order for all pairs of layers.
        let mut cells = vec![Vec::with_capacity(DRAWS + 1); n_layers * n_layers];
        for k in 0..=DRAWS {
            if k > 0 {
                order.shuffle(&mut rng);
            }
            for (i, x) in x.iter().enumerate() {
                for (j, y) in y.iter().enumerate() {
                    cells[i * n_layers + j].push(score(x, y, &order));
                }
            }
        }
        let observed: Vec<f64> = cells.iter_mut().map(|cell| cell.remove(0)).collect();
        let best = observed.iter().copied().fold(0.0, f64::max);
        let of_best =
            chance(Null::Shuffle, best, &draws_of_best(&cells, likeness), likeness).expect("draws");
        let passing = observed.iter().zip(&cells).filter(|(observed, draws)| {
            let own = chance(Null::Shuffle, **observed, draws, likeness).expect("draws");
            assert_eq!(own.calibrated > Some(0.0), own.p_value <= LEVEL, "one threshold, one p");
            own.p_value <= LEVEL
        });
        let passing = passing.count();
        found.best += usize::from(of_best.calibrated > Some(0.0));
        found.any += usize::from(passing > 0);
        found.cells += passing;
        found.level += of_best.mean / REPEATS as f64;
    }
    found
}

/// Four deviations of the share of `n` independent events of probability 5 %.
fn tolerance(n: usize) -> f64 {
    4.0 * (LEVEL * (1.0 - LEVEL) / n as f64).sqrt()
}

#[test]
fn the_calibrated_best_has_its_size_and_the_best_of_the_cells_does_not() {
    let mut before = 0.0;
    for (n_layers, seed) in [(1, 21), (2, 22), (5, 23)] {
        let found = repeats(n_layers, seed);
        let share = |n: usize| n as f64 / REPEATS as f64;
        let pairs = n_layers * n_layers;
        assert!(
            (share(found.best) - LEVEL).abs() < tolerance(REPEATS),
            "best of {pairs}: {}",
            share(found.best)
        );
        // Each cell by itself has its size too; the cells of a repeat are not independent, repeats are.
        let of_cells = found.cells as f64 / (REPEATS * pairs) as f64;
        assert!((of_cells - LEVEL).abs() < tolerance(REPEATS), "cells of {pairs}: {of_cells}");
        // But some cell or other passes far more often, and the more cells there are the more often.
        match n_layers {
            1 => assert_eq!(found.any, found.best),
            2 => assert!(share(found.any) > LEVEL + 2.0 * tolerance(REPEATS), "{}", found.any),
            _ => assert!(share(found.any) > 0.3, "{}", found.any),
        }
        assert!(found.level > before + 0.02, "the chance level of the best of {pairs} pairs");
        before = found.level;
    }
}
