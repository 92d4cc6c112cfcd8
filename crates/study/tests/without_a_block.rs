//! What a pair of representations without a block takes from the whole pair is what it would have made itself.

use std::sync::Arc;

use consilience_data::{Activations, ArraySource, RowMajor, StimulusSet, array_representation};
use consilience_measures::{MEASURES, Reads, parse};
use consilience_statistics::{
    Blocks, Evidence, Pair, Reading, Side, SplitDesign, gather_cross, gather_marginal,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 203;

/// Two representations that share some of what they have.
fn source() -> ArraySource {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut noise = |n_units: usize| -> Vec<f64> {
        (0..STIMULI * n_units).map(|_| rng.random_range(-1.0..1.0)).collect()
    };
    let common = noise(3);
    let mut source = ArraySource::new(StimulusSet::indexed("pair", STIMULI));
    for (name, n_units) in [("x", 7), ("y", 5)] {
        let mut values = noise(n_units);
        for (row, common) in values.chunks_mut(n_units).zip(common.chunks(3)) {
            row.iter_mut().zip(common).for_each(|(v, c)| *v += c);
        }
        let array = Activations::F64(RowMajor { values, n_units });
        source.push(array_representation(name, &array), array).expect("finite");
    }
    source
}

#[test]
fn every_score_without_a_block_has_the_same_bytes() {
    let source = source();
    let reading =
        |representation| Reading { source: &source, representation, units: None, order: None };
    // Seven blocks in five folds: three folds have one block, and go with it.
    let blocks = Blocks::contiguous(STIMULI, 7).expect("blocks");
    let marginal = |r| Arc::new(gather_marginal(&reading(r), &blocks).expect("good data"));
    let (x, y) = (marginal(0), marginal(1));
    let cross = Arc::new(gather_cross(&reading(0), &reading(1), &blocks).expect("good data"));
    let k_fold = SplitDesign::k_fold(&blocks, 5).expect("folds");
    let (mut saved, mut compared) = (0, 0);
    for spec in MEASURES.iter().flat_map(|e| e.info.examples).map(|e| e.spec) {
        let measure = parse(spec).expect("an example");
        if measure.reads() == Reads::WholeRows {
            continue;
        }
        for whole in [k_fold.clone(), SplitDesign::in_sample(&blocks)] {
            let groups = whole.groups();
            let side = |m: &Arc<_>| Arc::new(Side::new(Arc::clone(m), &groups));
            let (whole_x, whole_y) = (side(&x), side(&y));
            let whole_pair = Pair::new(&whole_x, &whole_y, &cross, &groups);
            for block in 0..blocks.len() {
                let design = whole.without(block);
                let groups = design.groups();
                let (own_x, own_y) = (Side::new(x.clone(), &groups), Side::new(y.clone(), &groups));
                let own = Pair::new(&own_x, &own_y, &cross, &groups);
                let (x, y) = (Side::without(&whole_x, &groups), Side::without(&whole_y, &groups));
                let taken = Pair::without(&whole_pair, &x, &y, &groups);
                let [own, taken] = [own, taken].map(|pair| {
                    let evidence = Evidence { moments: Some(pair), rows: None };
                    let score = measure.evaluate(&evidence, &design).expect("a score").score;
                    (score.to_bits(), evidence.moments.map_or(0, |pair| pair.n_matrices()))
                });
                assert_eq!(own.0, taken.0, "{spec} without block {block}");
                saved += own.1 - taken.1;
                compared += 1;
            }
        }
    }
    // A fold that the block is not in is merged once, not once a block.
    assert!(compared > 100 && saved > 4 * compared / 2, "{saved} of {compared}");
}
