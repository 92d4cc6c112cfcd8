//! Layers at the edge of what can be compared, and the independence of results from threads and chunks.

mod networks;

use consilience_data::Precision;
use consilience_linalg::{Mat, in_pool};
use consilience_statistics::Blocks;
use consilience_testkit::synthetic::{generator, normal, rectified_laplace, sparse_pair};
use consilience_units::{
    Error, Findings, Holding, LayerFindings, MomentsOf, Parameters, Part, Request, UnitState,
    analyse_layer, analyse_pair, cost, gather, gather_holding,
};
use networks::{findings, layer, quick, source};

fn reason<T>(part: &Part<T>) -> &str {
    match part {
        Part::Found(_) => "found",
        Part::Undefined(reason) => reason,
    }
}

/// Findings survive the trip through a row of results: no number is missing or not finite.
fn round_trip(found: &Findings) {
    let json = serde_json::to_string(found).expect("finite numbers");
    let back: Findings = serde_json::from_str(&json).expect("its own text");
    assert_eq!(&back, found);
}

#[test]
fn one_unit_on_each_side() {
    let rng = &mut generator(31);
    let x = normal(100, 1, rng);
    let y = Mat::from_fn(100, 1, |i, _| 2.0 * x[(i, 0)] + 1.0);
    let found = findings(&x, &y, &quick());
    round_trip(&found);
    let partner = found.x.matched[0].expect("the only one");
    assert!(partner.unit == 0 && (partner.r - 1.0).abs() < 1e-6 && partner.margin.is_none());
    assert!(found.clusters.found().is_some(), "{}", reason(&found.clusters));
    assert!(found.subspaces.found().is_some());
    // A rotation of one unit is that unit, or its mirror image.
    assert!(found.y_from_x.found().expect("defined").calibration.distributedness.is_none());
}

#[test]
fn identical_networks() {
    let rng = &mut generator(32);
    let x = rectified_laplace(300, 9, rng);
    let found = findings(&x, &x, &quick());
    round_trip(&found);
    let shares = found.shares.found().expect("defined");
    assert_eq!((shares.x, shares.y), ([1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]));
    assert!(
        found.x.matched.iter().enumerate().all(|(i, m)| m.expect("matched").unit as usize == i)
    );
    let epsilon = &found.subspaces.found().expect("defined").epsilon;
    assert_eq!(epsilon.similarity, 1.0);
    for simple in &epsilon.simple {
        assert_eq!((&simple.x, &simple.y), (&vec![simple.unit], &vec![simple.unit]));
    }
}

#[test]
fn dead_and_duplicated_units_of_layers_of_different_widths() {
    let rng = &mut generator(33);
    let (a, b) = sparse_pair(250, [12, 7], rng);
    // x: unit 11 is dead, unit 10 copies unit 0; y: unit 6 is constant.
    let x = Mat::from_fn(250, 12, |i, j| match j {
        11 => 0.0,
        10 => a[(i, 0)],
        _ => a[(i, j)],
    });
    let y = Mat::from_fn(250, 7, |i, j| if j == 6 { 2.0 } else { b[(i, j)] });
    let found = findings(&x, &y, &quick());
    round_trip(&found);
    assert_eq!((found.x.state[11], found.y.state[6]), (UnitState::Dead, UnitState::Constant));
    assert!(
        found.x.verdict[11].is_none()
            && found.x.path[11].is_none()
            && found.x.cluster[11].is_none()
    );
    assert!(found.x.verdict[..11].iter().all(Option::is_some));
    let matching = found.matching.found().expect("defined");
    assert_eq!(matching.units, (11, 6));
    let soft: f64 = found.x.soft[..11].iter().flatten().map(|(_, share)| f64::from(*share)).sum();
    assert!((soft - 11.0).abs() < 1e-5);
    assert!(found.y_from_x.found().expect("defined").largest_gap < 1e-5);
    assert!(found.correlation.cycles.is_empty());
}

#[test]
fn dead_layers_say_so() {
    let rng = &mut generator(34);
    let (x, y) = (Mat::zeros(60, 3), normal(60, 3, rng));
    let found = findings(&x, &y, &quick());
    round_trip(&found);
    for reason in [reason(&found.matching), reason(&found.y_from_x), reason(&found.clusters)] {
        assert!(reason.starts_with("no unit of network-0 varies"), "{reason}");
    }
    assert!(found.x.state.iter().all(|s| *s == UnitState::Dead));
}

#[test]
fn more_clusters_than_units() {
    let rng = &mut generator(35);
    let (x, y) = (normal(80, 3, rng), normal(80, 2, rng));
    let mut parameters = quick();
    parameters.clusters.number = Some(6);
    let found = findings(&x, &y, &parameters);
    assert_eq!(reason(&found.clusters), "6 clusters of 5 units that vary; ask for at most 5");
    assert!(found.x.cluster.iter().all(Option::is_none));
    parameters.clusters.number = Some(5);
    let found = findings(&x, &y, &parameters);
    assert_eq!(found.clusters.found().expect("as many as units").clusters.len(), 5);
}

#[test]
fn clusters_as_a_share_of_the_units() {
    let rng = &mut generator(35);
    let (x, y) = (normal(80, 6, rng), normal(80, 4, rng));
    let mut parameters = quick();
    for (share, expected) in [(0.01, 1), (0.2, 2), (0.44, 4), (1.0, 10)] {
        parameters.clusters.share = Some(share);
        let found = findings(&x, &y, &parameters);
        let clusters = found.clusters.found().expect("defined");
        assert_eq!((clusters.clusters.len(), clusters.given), (expected, true), "{share}");
        // With one cluster all units of the other network are members, with one each none is.
        let between = found.correlation.between.values().expect("its own bytes");
        let all = f64::from(between.iter().sum::<f32>()) / between.len() as f64;
        let mean = clusters.cut.shared_correlation;
        assert!(expected != 1 || (mean - all).abs() < 1.0 / 255.0, "{mean} and {all}");
        assert!(expected != 10 || mean == 0.0, "{mean}");
    }
}

#[test]
fn too_few_stimuli_for_the_folds() {
    let rng = &mut generator(36);
    let (x, y) = (normal(4, 3, rng), normal(4, 3, rng));
    let found = findings(&x, &y, &quick());
    assert!(reason(&found.y_from_x).contains("4 stimuli cannot be split into 5 folds"));
    assert!(found.matching.found().is_some() && found.shares.found().is_none());
}

#[test]
fn fewer_rows_than_units() {
    let rng = &mut generator(37);
    let (x, y) = (rectified_laplace(30, 40, rng), rectified_laplace(30, 40, rng));
    let found = findings(&x, &y, &quick());
    round_trip(&found);
    let shares = found.shares.found().expect("defined");
    assert!(shares.x[3] > 0.9, "held out, nothing is explained: {:?}", shares.x);
}

#[test]
fn requests_without_sense_are_refused() {
    let rng = &mut generator(38);
    let (x, y) = (normal(40, 3, rng), normal(40, 3, rng));
    let together = layer(&[&x, &y], &quick());
    for (a, b) in [(1, 0), (0, 0), (0, 2)] {
        assert!(matches!(analyse_pair(&together, a, b), Err(Error::Representations { .. })));
    }
    let source = source(&[&x, &y], 1, Precision::F64);
    let blocks = Blocks::contiguous(40, 10).expect("blocks");
    let request = |representations, parameters| Request {
        source: &source,
        representations,
        earlier: &[],
        receptive_fields: &[],
        blocks: &blocks,
        parameters,
    };
    let good = quick();
    let error = gather(&request(&[0], &good)).err().expect("one network");
    assert_eq!(
        error.to_string(),
        "1 representations; expected at least 2, each of another network"
    );
    let bad = Parameters { epsilon: 1.5, ..quick() };
    let error = gather(&request(&[0, 1], &bad)).err().expect("epsilon");
    assert_eq!(error.to_string(), "epsilon is 1.5; expected above 0 and below 1");
    let wide = normal(40, 4, rng);
    let source = networks::source(&[&x, &y, &wide], 1, Precision::F64);
    let earlier = [vec![0, 2]];
    let error = gather(&Request { source: &source, earlier: &earlier, ..request(&[0, 1], &good) });
    let error = error.err().expect("another width").to_string();
    assert!(error.contains("network-2 with 4 units"), "{error}");
}

/// Everything about three networks with positions, read on some threads in some blocks' chunks.
fn everything(
    threads: usize,
    precision: Precision,
    holding: Holding,
) -> (Vec<Findings>, LayerFindings) {
    let rng = &mut generator(39);
    let x = rectified_laplace(240 * 6, 10, rng);
    let (y, z) = sparse_pair(240 * 6, [8, 10], rng);
    let source = source(&[&x, &y, &z, &y, &z, &x], 6, precision);
    let ids: Vec<String> = (0..240).map(|i| i.to_string()).collect();
    let blocks = Blocks::hashed(&ids, 10, 1).expect("blocks");
    let mut parameters = quick();
    parameters.information.rows = 500;
    let earlier = [vec![4, 3, 5]];
    let request = Request {
        source: &source,
        representations: &[0, 1, 2],
        earlier: &earlier,
        receptive_fields: &[],
        blocks: &blocks,
        parameters: &parameters,
    };
    in_pool(threads, || {
        // 1,440 rows each of 28 units, read three times over (twice more for those in the middle), and once before.
        assert_eq!(cost(&request).arrays, 3 + 4 + 3);
        let mut layer = gather_holding(&request, holding).expect("good data");
        let pairs = [(0, 1), (0, 2), (1, 2)];
        let pairs = pairs.map(|(x, y)| {
            layer.hold(&request, x, y).expect("good data");
            analyse_pair(&layer, x, y).expect("good data")
        });
        layer.release();
        (pairs.to_vec(), analyse_layer(&layer).expect("good data"))
    })
    .expect("threads")
}

#[test]
fn neither_threads_nor_what_is_held_matters_to_a_byte() {
    for precision in [Precision::F32, Precision::F64] {
        let text = |threads, holding| {
            serde_json::to_string(&everything(threads, precision, holding)).expect("finite")
        };
        let all = text(1, Holding::default());
        assert!(all == text(2, Holding::default()), "{precision:?}");
        for at_once in [1, 2] {
            let less = Holding { moments: MomentsOf::OnePair, at_once };
            assert!(all == text(2, less), "{precision:?}, {at_once} at once");
        }
    }
}

#[test]
fn earlier_checkpoints_are_compared_with_the_last() {
    let (pairs, together) = everything(2, Precision::F64, Holding::default());
    let matching = pairs[0].matching.found().expect("defined");
    assert_eq!(
        (matching.checkpoints.len(), &matching.through[..]),
        (1, &["network-2".to_owned()][..])
    );
    assert!(pairs[0].x.checkpoints.iter().flatten().count() == 8);
    assert!(pairs[0].x.cycle.iter().flatten().count() == 8);
    assert_eq!(
        (together.cycles.len(), together.clusters.found().expect("defined").networks.len()),
        (1, 3)
    );
    round_trip(&pairs[2]);
}
