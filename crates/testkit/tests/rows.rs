//! Rows, their derived tables and their pairings.

use std::collections::BTreeSet;

use consilience_data::Precision;
use consilience_linalg::Mat;
use consilience_measures::{MEASURES, Reads, parse};
use consilience_statistics::{
    BlockSet, Blocks, Evidence, Preparation, Reading, Rotation, RowPair, RowSet, SplitDesign,
    shuffled_rows,
};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::Recording;
use consilience_testkit::synthetic::{class_scores, gaussian_pair, generator, probabilities};
use rand::seq::SliceRandom;

const STIMULI: usize = 60;

fn recordings(positions: usize, precision: Precision) -> [Recording; 2] {
    let (x, y, _) = gaussian_pair(STIMULI * positions, [7, 5], 3, 1.0, &mut generator(801));
    [x, y].map(|m| Recording { precision, ..Recording::of_positions(&m, positions) })
}

fn rows(recording: &Recording, blocks: &Blocks, set: BlockSet, order: Option<&[usize]>) -> RowSet {
    let source = recording.source("synthetic").expect("good data");
    let reading = Reading { source: &source, representation: 0, units: None, order };
    RowSet::read(&reading, blocks, set).expect("good data")
}

fn blocks(recording: &Recording) -> Blocks {
    Blocks::hashed(&recording.ids, 6, 3).expect("sixty stimuli")
}

#[test]
fn products_and_distances_are_those_of_the_rows() {
    let [x, _] = recordings(1, Precision::F64);
    let blocks = blocks(&x);
    let set: BlockSet = [0, 3, 4].into_iter().collect();
    let rows = rows(&x, &blocks, set, None);
    let stimuli: Vec<usize> = set.iter().flat_map(|b| blocks.members(b).to_vec()).collect();
    assert_eq!((rows.stimuli(), rows.n_rows()), (&*stimuli, 30));
    let (products, distances) = (rows.products(4..9, 2..30), rows.squared_distances(4..9, 2..30));
    for (j, &a) in stimuli[4..9].iter().enumerate() {
        for (i, &b) in stimuli[2..30].iter().enumerate() {
            let units = || (0..7).map(|u| (x.values[(a, u)], x.values[(b, u)]));
            let product: f64 = units().map(|(a, b)| a * b).sum();
            let distance: f64 = units().map(|(a, b)| (a - b) * (a - b)).sum();
            assert!((products[(i, j)] - product).abs() < 1e-12);
            assert!((distances[(i, j)] - distance).abs() < 1e-12);
            assert!(a != b || distances[(i, j)] == 0.0);
        }
    }
}

#[test]
fn a_rotation_keeps_the_products() {
    for (precision, tolerance) in [(Precision::F64, 1e-12), (Precision::F32, 1e-4)] {
        let [x, _] = recordings(1, precision);
        let rows = rows(&x, &blocks(&x), BlockSet::first(6), None);
        let turned = rows.rotated(&Rotation::random(7, &mut generator(802)));
        let (before, after) = (rows.products(0..60, 0..60), turned.products(0..60, 0..60));
        let difference: Mat<f64> = &before - &after;
        assert!(difference.norm_max() < tolerance, "{precision:?}: {}", difference.norm_max());
        assert_ne!(rows.row(0), turned.row(0));
    }
}

#[test]
fn what_is_remembered_is_made_once_under_its_name() {
    let [x, _] = recordings(1, Precision::F64);
    let rows = rows(&x, &blocks(&x), BlockSet::first(6), None);
    assert_eq!(*rows.remember("a number", RowSet::n_rows), 60);
    assert_eq!(*rows.remember("a number", |_| 0_usize), 60);
    assert_eq!(*rows.remember("another", |_| 1_usize), 1);
    let centred = rows.prepared(&Preparation::centred());
    assert!(std::sync::Arc::ptr_eq(&centred, &rows.prepared(&Preparation::centred())));
}

/// Pairs with one row a stimulus and with several, and with classes: every measure has a value on some of them.
fn pairs() -> Vec<(String, [Recording; 2])> {
    let plain = [1, 3].map(|n| (format!("{n} positions"), recordings(n, Precision::F64)));
    let scores = class_scores("class scores (seed 804)", 804, [STIMULI, 2, 5]);
    let classes = [scores.clone(), probabilities(scores)].map(|data| {
        let pair = [data.recording(&data.x), data.recording(&data.y)];
        (data.name, pair)
    });
    plain.into_iter().chain(classes).collect()
}

/// A draw of the shuffle null pairs rows anew; that is what reading y in that order gives.
#[test]
fn a_shuffled_pairing_is_the_reading_in_that_order() {
    let mut failures = Vec::new();
    let mut with_value = BTreeSet::new();
    for (name, [x, y]) in pairs() {
        let (blocks, all) = (blocks(&x), BlockSet::first(6));
        let design = SplitDesign::in_sample(&blocks);
        let mut order: Vec<usize> = (0..STIMULI).collect();
        order.shuffle(&mut generator(803));
        let (x_rows, y_rows) = (rows(&x, &blocks, all, None), rows(&y, &blocks, all, None));
        let y_read = rows(&y, &blocks, all, Some(&order));
        let moved = shuffled_rows(&y_rows, &order);
        let pairs = [
            (RowPair::shuffled(&x_rows, &y_rows, &moved), RowPair::new(&x_rows, &y_read)),
            (RowPair::shuffled(&x_rows, &y_rows, &moved).swapped(), RowPair::new(&y_read, &x_rows)),
        ];
        for (paired, read) in pairs {
            for entry in MEASURES {
                for example in entry.info.examples {
                    let measure = parse(example.spec).expect("an example");
                    if measure.reads() != Reads::WholeRows {
                        continue;
                    }
                    let score = |rows: &RowPair<'_>| {
                        let evidence = Evidence { moments: None, rows: Some(rows.clone()) };
                        measure.evaluate(&evidence, &design).map(|c| c.score)
                    };
                    match (score(&paired), score(&read)) {
                        (Ok(a), Ok(b)) if (a - b).abs() < 1e-9 => {
                            with_value.insert(example.spec);
                        }
                        (Err(a), Err(b)) if a.is_of_other_data() && b.is_of_other_data() => {}
                        // Without a value either way, for the same reason.
                        (Err(a), Err(b)) if a.to_string() == b.to_string() => {}
                        (a, b) => {
                            failures.push(format!("{}, {name}: {a:?} against {b:?}", example.spec));
                        }
                    }
                }
            }
        }
    }
    let of_rows = |spec: &&str| parse(spec).is_ok_and(|m| m.reads() == Reads::WholeRows);
    let examples = MEASURES.iter().flat_map(|e| e.info.examples).map(|e| e.spec).filter(of_rows);
    let without = examples.filter(|spec| !with_value.contains(spec));
    failures.extend(without.map(|spec| format!("{spec} has no value on any pair")));
    assert_none(&failures);
}
