//! Correspondence of layers by depth, on networks whose layers correspond in a planted way.

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_inference::Null;
use consilience_study::{Figure, Quantity, Run, StudySpec, SummaryRow, Table, run};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 120;
const UNITS: usize = 4;
const CKA: &str = "linear-cka";
const RIDGE: &str = "ridge:direction=x-to-y";

/// One value a stimulus and unit.
type Values = Vec<f32>;

fn noise(rng: &mut ChaCha8Rng) -> Values {
    let mut one = || (0..4).map(|_| rng.random_range(-1.0f32..1.0)).sum::<f32>();
    (0..STIMULI * UNITS).map(|_| one()).collect()
}

fn mixed(parts: &[(f32, &Values)]) -> Values {
    (0..STIMULI * UNITS).map(|i| parts.iter().map(|(w, v)| w * v[i]).sum()).collect()
}

fn source(networks: Vec<(String, Vec<Values>)>) -> ArraySource {
    let mut source = ArraySource::new(StimulusSet::indexed("planted", STIMULI));
    for (network, layers) in networks {
        for (depth, values) in layers.into_iter().enumerate() {
            let array = Activations::F32(RowMajor { values, n_units: UNITS });
            let id = RepresentationId {
                network: network.clone(),
                checkpoint: "end".into(),
                layer: format!("layer{depth}"),
                pooling: Pooling::Flatten,
            };
            let representation = Representation {
                id,
                depth,
                n_units: UNITS,
                rows_per_stimulus: 1,
                precision: Precision::F32,
                digest: array.digest(),
                checkpoint: Checkpoint::default(),
            };
            source.push(representation, array).expect("finite");
        }
    }
    source
}

fn table(source: &ArraySource, groups: &str) -> (Table, Run) {
    let text = format!(
        "
        name = 'correspondence'
        activations = ''
        measures = ['{CKA}', '{RIDGE}']
        folds = 2
        blocks = 4
        bootstrap-draws = 200
        {groups}
        [[study]]
        kind = 'layers'
        same-layer-draws = {{ shuffle = 0, rotation = 0 }}
        other-draws = {{ shuffle = 0, rotation = 0 }}
        "
    );
    let folder = tempfile::tempdir().expect("a folder");
    let spec = StudySpec::parse(&text, "test").expect("a spec");
    let table = run(&spec, source, folder.path(), &Quiet).expect("a table");
    (table, Run::read(folder.path()).expect("facts"))
}

fn row<'a>(table: &'a Table, quantity: Quantity, measure: &str) -> &'a SummaryRow {
    table.summaries("layers", quantity).find(|r| r.measure == measure).expect("a row")
}

fn p_value(row: &SummaryRow) -> f64 {
    row.chance.iter().find(|c| c.null == Null::Layers).expect("a null").p_value
}

/// Networks whose layers are noisy copies of sources, those of network k in the order `orders[k]`.
fn copies(seed: u64, share: f32, orders: &[Vec<usize>]) -> ArraySource {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let sources: Vec<Values> = orders[0].iter().map(|_| noise(&mut rng)).collect();
    let network = |(k, order): (usize, &Vec<usize>)| {
        let layer = |&s: &usize| mixed(&[(share, &sources[s]), (1.0 - share, &noise(&mut rng))]);
        (format!("net{k}"), order.iter().map(layer).collect())
    };
    source(orders.iter().enumerate().map(network).collect())
}

#[test]
fn layers_that_correspond_by_depth_are_found_in_every_pair() {
    let in_order = vec![(0..5).collect::<Vec<usize>>(); 4];
    let (table, facts) = table(&copies(1, 0.8, &in_order), "");
    for measure in [CKA, RIDGE] {
        for quantity in [
            Quantity::HierarchicalCorrespondence,
            Quantity::CorrespondenceFromX,
            Quantity::CorrespondenceFromY,
        ] {
            let row = row(&table, quantity, measure);
            assert_eq!((row.estimate.value, row.n_pairs), (1.0, 6), "{row:?}");
            assert_eq!(row.estimate.interval, Some([1.0, 1.0]));
            // The planted order is one of 120.
            assert!(p_value(row) < 0.05, "{row:?}");
            let chance = &row.chance[0];
            assert!((chance.mean - 0.2).abs() < 0.03 && chance.draws == 999, "{chance:?}");
        }
        let depths = table.summaries("layers", Quantity::BestPartnerDepth);
        let depths: Vec<&SummaryRow> = depths.filter(|r| r.measure == measure).collect();
        assert_eq!(depths.len(), 10);
        for (i, row) in depths.iter().enumerate() {
            assert_eq!(row.estimate.value, 0.25 * (i % 5) as f64, "{row:?}");
        }
    }
    let study = &facts.spec.studies().expect("known")[0];
    let section = &study.sections(&table, &facts)[0];
    let said: Vec<&str> = section.verdicts.iter().map(|v| v.text.as_str()).collect();
    assert!(
        said.iter().any(|text| text.contains("by 2 of 2 measures") && text.contains("100 %")),
        "{said:?}"
    );
    let depth = section.figures.iter().find_map(|figure| match figure {
        Figure::Curves(curves) if curves.id == "layers-depth" => Some(curves),
        _ => None,
    });
    let depth = depth.expect("a figure");
    assert_eq!((depth.facets.len(), depth.facets[0].curves.len()), (2, 4));
    assert_eq!(depth.facets[0].curves[0].x, depth.facets[0].curves[0].y);
}

#[test]
fn layers_in_random_order_correspond_as_often_as_chance_says() {
    let studies = 60;
    let (mut shares, mut remarkable) = (Vec::new(), 0);
    for seed in 0..studies {
        let mut rng = ChaCha8Rng::seed_from_u64(9000 + seed);
        let order = |_| {
            let mut order: Vec<usize> = (0..5).collect();
            order.shuffle(&mut rng);
            order
        };
        let orders: Vec<Vec<usize>> = (0..2).map(order).collect();
        let (table, _) = table(&copies(seed, 0.8, &orders), "");
        let row = row(&table, Quantity::HierarchicalCorrespondence, CKA);
        shares.push(row.estimate.value);
        remarkable += u64::from(p_value(row) <= 0.05);
    }
    // Fixed points of a random order of five: one on average, with a standard deviation of one.
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!((mean - 0.2).abs() < 4.0 * 0.2 / (studies as f64).sqrt(), "{mean}");
    // Three of sixty are expected at the 5 % level; four deviations of a binomial are 6.8.
    assert!(remarkable <= 9, "{remarkable} of {studies}");
}

#[test]
fn a_layer_that_is_everyones_best_partner_gains_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let common = noise(&mut rng);
    // The more noise, the less alike to anything: the middle layer is the best partner of all layers.
    let noisy = [2.0, 2.0, 0.05, 2.0, 2.0];
    let network = |k: usize| {
        let layers = noisy.map(|n| mixed(&[(1.0, &common), (n, &noise(&mut rng))]));
        (format!("net{k}"), layers.to_vec())
    };
    let (table, _) = table(&source((0..3).map(network).collect()), "");
    let row = row(&table, Quantity::HierarchicalCorrespondence, CKA);
    assert!((row.estimate.value - 0.2).abs() < 1e-12, "{row:?}");
    assert_eq!(p_value(row), 1.0, "{row:?}");
}

#[test]
fn unequal_numbers_of_layers_correspond_by_proportional_depth() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let sources: Vec<Values> = (0..3).map(|_| noise(&mut rng)).collect();
    let mut networks = Vec::new();
    for k in 0..2 {
        let mut copy =
            |parts: &[(f32, &Values)]| mixed(&[(1.0, &mixed(parts)), (0.2, &noise(&mut rng))]);
        let short = sources.iter().map(|s| copy(&[(1.0, s)])).collect();
        // Between two sources, a little nearer to the second or to the first: both are as near in depth.
        let between = [(0, [0.7, 0.9]), (1, [0.9, 0.7])];
        let between = between.map(|(i, [a, b])| copy(&[(a, &sources[i]), (b, &sources[i + 1])]));
        let [second, fourth] = between;
        let [first, third, fifth] = [0, 1, 2].map(|i| copy(&[(1.0, &sources[i])]));
        networks.push((format!("short{k}"), short));
        networks.push((format!("long{k}"), vec![first, second, third, fourth, fifth]));
    }
    let groups = "groups = { long = ['long0', 'long1'], short = ['short0', 'short1'] }";
    let (table, _) = table(&source(networks), groups);
    let between = |r: &&SummaryRow| {
        r.measure == CKA && r.groups == Some(["long".to_owned(), "short".to_owned()])
    };
    for quantity in [Quantity::CorrespondenceFromX, Quantity::CorrespondenceFromY] {
        let row = table.summaries("layers", quantity).find(between).expect("a row");
        assert_eq!((row.estimate.value, row.n_pairs), (1.0, 4), "{row:?}");
        assert!(p_value(row) < 0.1, "{row:?}");
    }
    let depth = |x: &str, y: &str| {
        let mut rows = table.summaries("layers", Quantity::BestPartnerDepth).filter(between);
        rows.find(|r| r.layer_x == x && r.layer_y == y).expect("a row").estimate.value
    };
    assert_eq!([depth("layer2", ""), depth("layer4", "")], [0.5, 1.0]);
    assert_eq!([depth("", "layer1"), depth("", "layer2")], [0.5, 1.0]);
    // Within a group of two networks there is one pair, whose layers correspond one to one.
    let within = table.summaries("layers", Quantity::HierarchicalCorrespondence);
    assert_eq!(within.filter(|r| r.measure == CKA && r.estimate.value == 1.0).count(), 3);
}

#[test]
fn what_an_early_layer_knows_of_a_late_one_is_told_apart_from_the_converse() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let sources = noise(&mut rng);
    // The late layer has half of the sources, each twice.
    let late: Values = sources.chunks(UNITS).flat_map(|s| [s[0], s[1], s[0], s[1]]).collect();
    let network = |k: usize| {
        let copies = [&sources, &late].map(|v| mixed(&[(1.0, v), (0.3, &noise(&mut rng))]));
        (format!("net{k}"), copies.to_vec())
    };
    let (table, _) = table(&source((0..3).map(network).collect()), "");
    let rows: Vec<&SummaryRow> = table.summaries("layers", Quantity::Asymmetry).collect();
    // CKA has no direction.
    assert_eq!(rows.len(), 1);
    let row = rows[0];
    assert_eq!((&*row.measure, &*row.layer_x, &*row.layer_y), (RIDGE, "layer0", "layer1"));
    // To the late layer all units are predicted, to the early one half of them: 0.92 against half of it.
    assert!((row.estimate.value - 0.46).abs() < 0.08, "{row:?}");
    let [low, _] = row.estimate.interval.expect("three networks");
    assert!(low > 0.3, "{row:?}");
}
