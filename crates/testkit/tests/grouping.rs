//! The quick ways to the moments give what the plain ones give: one pass over a pair, rows kept in memory, folds merged once,
//! and blocks as coarse as the folds.

use std::sync::Arc;

use consilience_data::Precision;
use consilience_measures::{MEASURES, Reads, parse};
use consilience_statistics::{
    Blocks, Centred, Evidence, Pair, Reading, Side, SplitDesign, gather_cross, gather_marginal,
    gather_pair,
};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::Recording;
use consilience_testkit::synthetic::{gaussian_pair, generator};

/// Merging in another order moves sums by a few roundings; fits amplify that by their conditioning, which is mild here.
const TOLERANCE: f64 = 1e-10;

fn recordings(n: usize, precision: Precision) -> [Recording; 2] {
    let (x, y, _) = gaussian_pair(n, [7, 5], 3, 1.0, &mut generator(501));
    [x, y].map(|m| Recording { precision, ..Recording::new(&m) })
}

#[test]
fn one_pass_and_rows_in_memory_give_the_same_bytes() {
    for precision in [Precision::F32, Precision::F64] {
        // Two blocks of four chunks, so that chunks are merged.
        let [x, y] = recordings(26_000, precision);
        let (x, y) = (x.source("x").expect("good data"), y.source("y").expect("good data"));
        let x = Reading { source: &x, representation: 0, units: Some(&[0, 2, 5]), order: None };
        let y = Reading { source: &y, representation: 0, units: None, order: None };
        let blocks = Blocks::contiguous(26_000, 2).expect("blocks");
        let plain = (
            gather_marginal(&x, &blocks).expect("good data"),
            gather_marginal(&y, &blocks).expect("good data"),
            gather_cross(&x, &y, &blocks).expect("good data"),
        );
        assert!(
            gather_pair(&x, &y, &blocks).expect("good data") == plain,
            "{precision:?}: one pass"
        );
        let (x, y) = (Centred::read(&x, &blocks), Centred::read(&y, &blocks));
        let (x, y) = (x.expect("good data"), y.expect("good data"));
        assert!((x.marginal(), y.marginal(), x.cross(&y)) == plain, "{precision:?}: in memory");
    }
}

#[test]
fn folds_merged_once_and_coarse_blocks_give_the_same_scores() {
    let [x, y] = recordings(203, Precision::F64);
    let (x, y) = (x.source("x").expect("good data"), y.source("y").expect("good data"));
    let x = Reading { source: &x, representation: 0, units: None, order: None };
    let y = Reading { source: &y, representation: 0, units: None, order: None };
    let blocks = Blocks::contiguous(203, 20).expect("blocks");
    let (x, y, cross) = gather_pair(&x, &y, &blocks).expect("good data");
    let (x, y, cross) = (Arc::new(x), Arc::new(y), Arc::new(cross));
    let k_fold = SplitDesign::k_fold(&blocks, 5).expect("folds");
    let mut failures = Vec::new();
    let designs = [
        ("5-fold", k_fold.clone()),
        ("5-fold without a block", k_fold.without(7)),
        ("in-sample", SplitDesign::in_sample(&blocks)),
    ];
    for (name, design) in designs {
        let groups = design.groups();
        assert_eq!(groups.len(), 5, "{name}");
        let coarse_x = Arc::new(x.coarsen(&groups));
        let coarse_y = Arc::new(y.coarsen(&groups));
        let coarse_cross = Arc::new(cross.coarsen(&groups));
        for spec in MEASURES.iter().flat_map(|e| e.info.examples).map(|e| e.spec) {
            let measure = parse(spec).expect("an example");
            if measure.reads() == Reads::WholeRows {
                continue;
            }
            let score = |x: &Arc<_>, y: &Arc<_>, cross, groups: &[_], design: &SplitDesign| {
                let (x, y) = (Side::new(Arc::clone(x), groups), Side::new(Arc::clone(y), groups));
                let moments = Some(Pair::new(&x, &y, cross, groups));
                let evidence = Evidence { moments, rows: None };
                measure.evaluate(&evidence, design).expect("a score").score
            };
            let plain = score(&x, &y, &cross, &[], &design);
            let grouped = score(&x, &y, &cross, &groups, &design);
            let coarse = score(&coarse_x, &coarse_y, &coarse_cross, &[], &design.coarse());
            for (way, found) in [("folds merged once", grouped), ("coarse blocks", coarse)] {
                if (found - plain).abs() > TOLERANCE {
                    failures.push(format!("{spec}, {name}, {way}: {found} against {plain}"));
                }
            }
        }
    }
    assert_none(&failures);
}
