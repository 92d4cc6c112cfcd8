//! The study of shifted stimuli on networks whose divergence is planted.

mod within_limit;

use std::collections::BTreeSet;

use consilience_data::store::{Origin, RecordedSet};
use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_inference::Null;
use consilience_study::{
    CellRow, Figure, Maps, Outcome, Quantity, RESULTS_FILE, Row, Run, StudySpec, SummaryRow, Table,
    run,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use within_limit::a_limit_cuts_and_changes_no_byte;

const STIMULI: usize = 300;
const UNITS: usize = 6;
const NETWORKS: u64 = 3;
const LAYERS: [&str; 3] = ["early", "middle", "late"];
/// Share of a unit's deviation that comes from the sources all networks have in common, in distribution.
const SHARED: f64 = 0.95;

/// What a set of stimuli does to the networks.
#[derive(Clone, Copy)]
struct Planted {
    /// What a layer loses of what it shares, for each step of depth.
    loss: f64,
    /// Every network has its units in another order than in distribution, and not in that of the others.
    moved: bool,
    /// The middle layer of the first network says the same of all stimuli.
    silent: bool,
    accuracy: f64,
}

const NOTHING: Planted = Planted { loss: 0.0, moved: false, silent: false, accuracy: 0.9 };

/// Every layer of every network on one set. Sources differ from set to set, and are common to all networks.
fn on(set: u64, stimuli: StimulusSet, planted: Planted) -> ArraySource {
    let noise = |rng: &mut ChaCha8Rng| (0..4).map(|_| rng.random_range(-1.0f32..1.0)).sum::<f32>();
    let mut source = ArraySource::new(stimuli);
    for network in 0..NETWORKS {
        for (depth, layer) in LAYERS.iter().enumerate() {
            let seed = 1000 * set + 10 * depth as u64;
            let mut common = ChaCha8Rng::seed_from_u64(seed);
            let mut own = ChaCha8Rng::seed_from_u64(100_000 + seed + network);
            let shared = (SHARED * (1.0 - planted.loss * depth as f64)) as f32;
            let rest = (1.0 - shared * shared).sqrt();
            let turn = network as usize + if planted.moved { network as usize + 1 } else { 0 };
            let mut values = Vec::new();
            for _ in 0..STIMULI {
                let sources: Vec<f32> = (0..UNITS).map(|_| noise(&mut common)).collect();
                let unit = |u: usize| sources[(u + turn) % UNITS];
                values.extend((0..UNITS).map(|u| shared * unit(u) + rest * noise(&mut own)));
            }
            if planted.silent && network == 0 && depth == 1 {
                values.fill(0.5);
            }
            let array = Activations::F32(RowMajor { values, n_units: UNITS });
            let id = RepresentationId {
                network: format!("net{network}"),
                checkpoint: "epoch-01".into(),
                layer: (*layer).to_owned(),
                pooling: Pooling::Flatten,
            };
            let checkpoint = Checkpoint { step: 10, epoch: 1.0, accuracy: Some(planted.accuracy) };
            let representation = Representation {
                id,
                depth,
                n_units: UNITS,
                rows_per_stimulus: 1,
                precision: Precision::F32,
                digest: array.digest(),
                checkpoint,
            };
            source.push(representation, array).expect("finite");
        }
    }
    source
}

fn set(shift: &str, severity: u8) -> RecordedSet {
    RecordedSet {
        name: format!("{shift}-{severity}"),
        origin: Origin::Shift {
            of: "planted".into(),
            shift: shift.into(),
            severity,
            strength: f64::from(severity),
            unit: "steps".into(),
            seed: None,
        },
        n_stimuli: STIMULI,
        sha256: String::new(),
    }
}

/// Networks whose deeper layers lose more, the more the severer the shift; `moved` keeps everything, in another order.
fn source() -> ArraySource {
    let stimuli = || StimulusSet::indexed("planted", STIMULI);
    let mut source = on(0, stimuli(), NOTHING);
    for severity in 1..=3u8 {
        let step = f64::from(severity);
        let fog = Planted { loss: 0.05 * step, accuracy: 0.9 - 0.1 * step, ..NOTHING };
        let haze = Planted { loss: 0.025 * step, accuracy: 0.9 - 0.05 * step, ..NOTHING };
        source.push_set(set("fog", severity), on(u64::from(severity), stimuli(), fog));
        source.push_set(set("haze", severity), on(10 + u64::from(severity), stimuli(), haze));
    }
    source
}

fn spec(sets: &str, more: &str, draws: usize) -> StudySpec {
    let more = if more.is_empty() { "blocks = 10" } else { more };
    let text = format!(
        "
        name = 'planted'
        activations = ''
        measures = ['ridge', 'permutation', 'linear-cka']
        bootstrap-draws = 200
        {more}
        [[study]]
        kind = 'shift'
        sets = {sets}
        draws = {{ shuffle = {draws}, rotation = {draws} }}
        "
    );
    StudySpec::parse(&text, "test").expect("a spec")
}

fn table(spec: &StudySpec, source: &ArraySource) -> Table {
    let folder = tempfile::tempdir().expect("a folder");
    run(spec, source, folder.path(), &Quiet).expect("a table")
}

fn find<'a>(
    table: &'a Table,
    quantity: Quantity,
    (measure, layer): (&str, &str),
    (set, maps): (&str, Maps),
) -> &'a SummaryRow {
    let is = |row: &&SummaryRow| {
        let on = row.on.as_ref().is_some_and(|on| on.set == set && on.maps == maps);
        row.measure == measure && row.layer_x == layer && on
    };
    table.summaries("shift", quantity).find(is).expect("a summary")
}

#[test]
fn layers_of_other_pairs_of_networks_have_no_slope_over_depth() {
    let mut source =
        on(0, StimulusSet::indexed("planted", STIMULI), Planted { silent: true, ..NOTHING });
    let fog = Planted { loss: 0.05, ..NOTHING };
    source.push_set(set("fog", 1), on(1, StimulusSet::indexed("planted", STIMULI), fog));
    let table = table(&spec("[]", "", 0), &source);
    let n_pairs = |layer: &str| {
        let row = find(&table, Quantity::RelativeDrop, ("ridge", layer), ("fog-1", Maps::Refitted));
        row.n_pairs
    };
    assert_eq!((n_pairs("early"), n_pairs("late")), (3, 3));
    // Weights of networks are the same in all layers: with a pair less in one of them they would go to the wrong pairs.
    assert_eq!(table.summaries("shift", Quantity::DropWithDepth).count(), 0);
}

#[test]
fn the_planted_divergence_is_found_with_depth_and_severity() {
    let table = table(&spec("[]", "", 0), &source());
    for maps in [Maps::Refitted, Maps::AsFitted] {
        for measure in ["ridge", "permutation"] {
            for (shift, per_step) in [("fog", 0.05), ("haze", 0.025)] {
                for severity in 1..=3u8 {
                    for (depth, layer) in LAYERS.iter().enumerate() {
                        let set = format!("{shift}-{severity}");
                        let row =
                            find(&table, Quantity::RelativeDrop, (measure, layer), (&set, maps));
                        // Two noisy copies of a source correlate by the product of their shares.
                        let kept = 1.0 - per_step * f64::from(severity) * depth as f64;
                        let expected = 1.0 - kept * kept;
                        let found = row.estimate.value;
                        assert!(
                            (found - expected).abs() < 0.08,
                            "{measure} {maps} {set} {layer}: {found}, expected {expected}"
                        );
                    }
                }
            }
            let of_all = |quantity| find(&table, quantity, (measure, ""), ("", maps));
            let slope = of_all(Quantity::DropWithDepth);
            let step = of_all(Quantity::DropWithDepthAndSeverity);
            for row in [slope, step] {
                let [low, _] = row.estimate.interval.expect("three networks");
                assert!(low > 0.0, "{measure} {maps}: {row:?}");
                assert_eq!(row.on.as_ref().map(|on| on.n_sets), Some(6));
            }
            // From severity 1 to 3 the drop of the last layer rises by .32 under fog and .18 under haze; half of that a step.
            assert!((step.estimate.value - 0.125).abs() < 0.04, "{:?}", step.estimate);
            let order = of_all(Quantity::DropWithDepthAndAccuracy).estimate.value;
            assert!(order > 0.9, "{order}");
            let late = find(&table, Quantity::DropWithAccuracy, (measure, "late"), ("", maps));
            assert!(late.estimate.value > 0.9, "{:?}", late.estimate);
            let early = find(&table, Quantity::RelativeDrop, (measure, "early"), ("fog-3", maps));
            assert!(early.estimate.value.abs() < 0.02, "{:?}", early.estimate);
        }
    }
    // A measure without maps has one value a set, and no row that says otherwise.
    let ways: BTreeSet<Maps> = table
        .cells("shift")
        .filter(|row| row.measure == "linear-cka")
        .filter_map(|row| row.on.as_ref().map(|on| on.maps))
        .collect();
    assert_eq!(ways, BTreeSet::from([Maps::None]));
    let mean = table
        .summaries("shift", Quantity::MeanOverShifts)
        .find(|row| row.measure == "ridge" && row.on.as_ref().is_some_and(|on| on.severity == 3));
    let accuracy = mean.and_then(|row| row.when?.accuracy).expect("accuracies");
    assert!((accuracy - f64::midpoint(0.6, 0.75)).abs() < 1e-12, "{accuracy}");
}

#[test]
fn networks_without_a_divergence_show_none() {
    let stimuli = || StimulusSet::indexed("planted", STIMULI);
    let mut source = on(0, stimuli(), NOTHING);
    for severity in 1..=3 {
        source.push_set(set("fog", severity), on(u64::from(severity), stimuli(), NOTHING));
    }
    let table = table(&spec("[]", "", 0), &source);
    for maps in [Maps::Refitted, Maps::AsFitted] {
        let of = |quantity| find(&table, quantity, ("ridge", ""), ("", maps)).estimate.value;
        assert!(of(Quantity::DropWithDepth).abs() < 0.02);
        assert!(of(Quantity::DropWithDepthAndSeverity).abs() < 0.02);
    }
}

#[test]
fn maps_as_fitted_fail_where_refitted_ones_find_everything() {
    let stimuli = StimulusSet::indexed("planted", STIMULI);
    let mut source = on(0, stimuli.clone(), NOTHING);
    source.push_set(set("moved", 1), on(1, stimuli, Planted { moved: true, ..NOTHING }));
    let table = table(&spec("['moved']", "", 19), &source);
    for measure in ["ridge", "permutation"] {
        for layer in LAYERS {
            let at = |maps| {
                let found =
                    find(&table, Quantity::MeanOverPairs, (measure, layer), ("moved-1", maps));
                let shuffle = found.chance.iter().find(|c| c.null == Null::Shuffle);
                (found.estimate.value, shuffle.expect("drawn").p_value)
            };
            let (value, p) = at(Maps::Refitted);
            assert!((value - SHARED * SHARED).abs() < 0.05 && p == 0.05, "{measure}: {value}");
            let (value, _) = at(Maps::AsFitted);
            assert!(value.abs() < 0.1, "{measure} {layer}: {value}");
        }
    }
}

#[test]
fn on_the_same_activations_both_ways_are_the_score_in_distribution() {
    let stimuli = StimulusSet::indexed("planted", STIMULI);
    let mut source = on(0, stimuli.clone(), NOTHING);
    source.push_set(set("none", 1), on(0, stimuli, NOTHING));
    let table = table(&spec("[]", "", 3), &source);
    let outcome = |row: &CellRow| match &row.outcome {
        Outcome::Score { estimate, draws, .. } => (estimate.clone(), draws.clone()),
        Outcome::Error { message } => panic!("{message}"),
    };
    let rows: Vec<&CellRow> = table.cells("shift").collect();
    let mut compared = 0;
    let on_a_set = |row: &&&CellRow| row.on.as_ref().is_some_and(|on| on.maps != Maps::InSample);
    for row in rows.iter().filter(on_a_set) {
        let same = |other: &&&CellRow| {
            let side = |row: &CellRow| (row.x.network.clone(), row.y.network.clone());
            other.on.is_none()
                && side(other) == side(row)
                && (&other.measure, &other.x.layer) == (&row.measure, &row.x.layer)
        };
        let base = rows.iter().find(same).expect("the cell in distribution");
        let ((found, draws), (expected, base_draws)) = (outcome(row), outcome(base));
        let ends = |e: &consilience_inference::Estimate| {
            let [low, high] = e.interval.expect("a jackknife");
            [e.value, low, high]
        };
        for (a, b) in ends(&found).into_iter().zip(ends(&expected)) {
            assert!((a - b).abs() < 1e-9, "{row:?}\n{base:?}");
        }
        assert_eq!(draws.keys().collect::<Vec<_>>(), base_draws.keys().collect::<Vec<_>>());
        for (null, own) in &draws {
            for (a, b) in own.iter().zip(&base_draws[null]) {
                assert!((a - b).abs() < 1e-6, "{null}: {a} and {b}, {}", row.measure);
            }
        }
        compared += 1;
    }
    // Three pairs, three layers; two measures with two ways and one with one.
    assert_eq!(compared, 3 * 3 * 5);
}

#[test]
fn on_the_fit_stimuli_families_of_maps_are_nested_and_flatter_themselves() {
    let table = table(&spec("['fog-1']", "", 0), &source());
    let mean = |measure: &str, maps: Option<Maps>| {
        let is = |row: &&SummaryRow| {
            row.measure == measure
                && row.layer_x == "late"
                && row.on.as_ref().map(|on| on.maps) == maps
        };
        let row = table.summaries("shift", Quantity::MeanOverPairs).find(is);
        row.map(|row| row.estimate.value)
    };
    let fit = |measure| mean(measure, Some(Maps::InSample)).expect("a score");
    let held_out = |measure| mean(measure, None).expect("a score");
    assert!(fit("ridge") >= fit("permutation"));
    assert!(fit("ridge") > held_out("ridge"), "{} {}", fit("ridge"), held_out("ridge"));
    // Nothing is fitted for CKA.
    assert_eq!(mean("linear-cka", Some(Maps::InSample)), None);
    let split = |row: &&CellRow| row.on.as_ref().is_some_and(|on| on.maps == Maps::InSample);
    assert!(table.cells("shift").filter(split).all(|row| row.split == "in-sample"));
}

#[test]
fn stimuli_that_do_not_pair_up_are_refitted_only() {
    let mut source = on(0, StimulusSet::indexed("planted", STIMULI), NOTHING);
    let others = (0..STIMULI).map(|i| format!("other-{i}")).collect();
    let others = StimulusSet { name: "other".into(), ids: others, ..StimulusSet::default() };
    let origin = Origin::Dataset { of: "other".into(), fitted: None };
    let recorded = RecordedSet { name: "other".into(), origin, ..set("", 0) };
    source.push_set(recorded, on(1, others, NOTHING));
    let table = table(&spec("['other']", "", 0), &source);
    let ways: BTreeSet<Maps> =
        table.cells("shift").filter_map(|row| row.on.as_ref().map(|on| on.maps)).collect();
    assert_eq!(ways, BTreeSet::from([Maps::Refitted, Maps::InSample, Maps::None]));
    // Another data set has no severity: no curve along it, but a drop.
    assert_eq!(table.summaries("shift", Quantity::MeanOverShifts).count(), 0);
    assert!(table.summaries("shift", Quantity::RelativeDrop).count() > 0);
}

#[test]
fn a_killed_run_goes_on_with_the_same_bytes_and_its_sections_hold() {
    let (spec, source) = (spec("['fog']", "", 2), source());
    let folder = tempfile::tempdir().expect("a folder");
    run(&spec, &source, folder.path(), &Quiet).expect("a table");
    let path = folder.path().join(RESULTS_FILE);
    let whole = std::fs::read_to_string(&path).expect("results");
    for cut in [whole.len() / 7, whole.len() / 2] {
        std::fs::write(&path, &whole[..cut]).expect("written");
        run(&spec, &source, folder.path(), &Quiet).expect("a table");
        assert!(std::fs::read_to_string(&path).expect("results") == whole, "cut at {cut}");
    }
    let table = Table::read(folder.path()).expect("a table");
    let facts = Run::read(folder.path()).expect("facts");
    let studies = spec.studies().expect("studies");
    let sections = studies[0].sections(&table, &facts);
    assert_eq!(sections.len(), 1);
    let text = &sections[0].verdicts[0].text;
    assert!(
        text.starts_with("Late layers diverge under shift") && text.contains("3 sets"),
        "{text}"
    );
    // The stimuli of fog are those on which networks lose accuracy: a point a set, the farther the severer.
    let clouds = sections[0].figures.iter().find_map(|figure| match figure {
        Figure::Scatter(clouds) => Some(clouds),
        _ => None,
    });
    for cloud in &clouds.expect("drops against accuracy").facets {
        for series in &cloud.series {
            let x: Vec<f64> = series.points.iter().map(|p| p.x).collect();
            assert_eq!(x.len(), 3, "{series:?}");
            assert!(x.windows(2).all(|w| w[0] < w[1]) && x[0] > 0.0, "{series:?}");
        }
    }
    assert!(
        table.rows.iter().any(
            |row| matches!(row, Row::Cell(row) if row.split == "5-fold, fitted in distribution")
        )
    );
}

#[test]
fn what_is_missing_is_said() {
    let bare = on(0, StimulusSet::indexed("planted", STIMULI), NOTHING);
    let refused = |spec: &StudySpec, source: &ArraySource| {
        let folder = tempfile::tempdir().expect("a folder");
        run(spec, source, &folder.path().join("out"), &Quiet).expect_err("refused").to_string()
    };
    let message = refused(&spec("[]", "", 0), &bare);
    assert!(message.contains("recorded on no other stimuli"), "{message}");
    let message = refused(&spec("['blur']", "", 0), &source());
    assert!(message.contains("`blur`, which was not recorded; there are fog, haze"), "{message}");
    let message = refused(&spec("[]", "blocks = 40", 0), &source());
    assert!(message.contains("blocks = 40") && message.contains("at most 32"), "{message}");
    let mut source = bare;
    source.push_set(set("fog", 1), ArraySource::new(StimulusSet::indexed("planted", STIMULI)));
    let message = refused(&spec("[]", "", 0), &source);
    assert!(message.contains("net0/epoch-01/early:flatten was not recorded on fog-1"), "{message}");
}

#[test]
fn a_limit_to_memory_cuts_the_sets_and_changes_no_byte() {
    let (spec, source) = (spec("['fog-1', 'haze-2']", "", 3), source());
    a_limit_cuts_and_changes_no_byte(&spec, &source);
}

#[test]
fn networks_of_two_groups_diverge_as_those_of_one_do_where_it_is_so() {
    let groups = "blocks = 10\n        groups = { one = ['net0', 'net1'], other = ['net2'] }";
    let within = spec("['fog-3']", groups, 0);
    let across = spec("['fog-3']\n        across = true", groups, 0);
    let source = source();
    let of = |spec: &StudySpec| {
        let table = table(spec, &source);
        let drops = table.summaries("shift", Quantity::RelativeDrop).filter(|r| {
            let on = r.on.as_ref().is_some_and(|on| on.maps == Maps::Refitted);
            on && r.layer_x == "late" && r.measure == "permutation"
        });
        drops.map(|r| (r.groups.clone(), r.estimate.value, r.n_pairs)).collect::<Vec<_>>()
    };
    let pair = |a: &str, b: &str| Some([a.to_owned(), b.to_owned()]);
    let (alone, both) = (of(&within), of(&across));
    let (one, two) = (alone[0].clone(), both[1].clone());
    assert_eq!((alone.len(), &one.0, one.2), (1, &pair("one", "one"), 1));
    assert_eq!((both.len(), &two.0, two.2), (2, &pair("one", "other"), 2));
    assert_eq!(both[0], one);
    // What three steps of fog take of the last of three layers: 1 − (1 − 3 · 2 · 0.05)².
    for drop in [one.1, two.1] {
        assert!((drop - 0.51).abs() < 0.06, "{drop}");
    }
}
