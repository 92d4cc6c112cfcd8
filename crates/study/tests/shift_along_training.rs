//! The study of shifted stimuli at several checkpoints, on networks whose divergence along training is planted.

use consilience_data::store::{Origin, RecordedSet};
use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_study::{
    Figure, Maps, Quantity, Run, Section, StudySpec, SummaryRow, Table, Tone, run,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 300;
const UNITS: usize = 6;
const NETWORKS: u64 = 4;
const LAYERS: [&str; 3] = ["early", "middle", "late"];
const CHECKPOINTS: [&str; 3] = ["step-000000", "epoch-01", "epoch-02"];
/// Share of a unit's deviation that comes from the sources all networks have in common, in distribution.
const SHARED: f64 = 0.95;

/// What a step of severity takes of what a layer shares, for each step of depth, at each checkpoint.
type Losses = [f64; 3];

const GROWING: Losses = [0.0, 0.04, 0.08];
const STEADY: Losses = [0.05; 3];
const SHRINKING: Losses = [0.08, 0.04, 0.0];

/// What networks lose in accuracy for each step of severity, at each checkpoint.
const ACCURACY_LOST: [f64; 3] = [0.0, 0.05, 0.1];

/// Every layer of every network at every checkpoint on a set of so much severity.
fn on(set: u64, severity: u8, stimuli: StimulusSet, losses: Losses) -> ArraySource {
    let noise = |rng: &mut ChaCha8Rng| (0..4).map(|_| rng.random_range(-1.0f32..1.0)).sum::<f32>();
    let mut source = ArraySource::new(stimuli);
    for (place, (checkpoint, loss)) in CHECKPOINTS.iter().zip(losses).enumerate() {
        let accuracy = 0.9 - ACCURACY_LOST[place] * f64::from(severity);
        for network in 0..NETWORKS {
            for (depth, layer) in LAYERS.iter().enumerate() {
                let seed = 10_000 * set + 100 * place as u64 + 10 * depth as u64;
                let mut common = ChaCha8Rng::seed_from_u64(seed);
                let mut own = ChaCha8Rng::seed_from_u64(1_000_000 + seed + network);
                let kept = 1.0 - loss * f64::from(severity) * depth as f64;
                let shared = (SHARED * kept) as f32;
                let rest = (1.0 - shared * shared).sqrt();
                let mut value = |_| shared * noise(&mut common) + rest * noise(&mut own);
                let values = (0..STIMULI * UNITS).map(&mut value).collect();
                let array = Activations::F32(RowMajor { values, n_units: UNITS });
                let representation = Representation {
                    id: RepresentationId {
                        network: format!("net{network}"),
                        checkpoint: (*checkpoint).to_owned(),
                        layer: (*layer).to_owned(),
                        pooling: Pooling::Flatten,
                    },
                    depth,
                    n_units: UNITS,
                    rows_per_stimulus: 1,
                    precision: Precision::F32,
                    digest: array.digest(),
                    checkpoint: Checkpoint {
                        step: 10 * place as u64,
                        epoch: place as f64,
                        accuracy: Some(accuracy),
                    },
                };
                source.push(representation, array).expect("finite");
            }
        }
    }
    source
}

fn recorded(name: &str, origin: Origin) -> RecordedSet {
    RecordedSet { name: name.into(), origin, n_stimuli: STIMULI, sha256: String::new() }
}

/// Fog of three severities, and another data set on which nothing is lost.
fn source(losses: Losses) -> ArraySource {
    let stimuli = || StimulusSet::indexed("planted", STIMULI);
    let mut source = on(0, 0, stimuli(), losses);
    for severity in 1..=3u8 {
        let origin = Origin::Shift {
            of: "planted".into(),
            shift: "fog".into(),
            severity,
            strength: f64::from(severity),
            unit: "steps".into(),
            seed: None,
        };
        let set = recorded(&format!("fog-{severity}"), origin);
        source.push_set(set, on(u64::from(severity), severity, stimuli(), losses));
    }
    let ids = (0..STIMULI).map(|i| format!("other-{i}")).collect();
    let others = StimulusSet { name: "other".into(), ids, ..StimulusSet::default() };
    let origin = Origin::Dataset { of: "other".into(), fitted: None };
    source.push_set(recorded("other", origin), on(9, 0, others, losses));
    source
}

fn studied(losses: Losses, checkpoints: &str) -> (Table, Vec<Section>) {
    let text = format!(
        "
        name = 'planted'
        activations = ''
        measures = ['ridge', 'linear-cka', 'procrustes-angular-distance']
        bootstrap-draws = 200
        blocks = 10
        [[study]]
        kind = 'shift'
        checkpoints = {checkpoints}
        draws = {{ shuffle = 0, rotation = 0 }}
        "
    );
    let spec = StudySpec::parse(&text, "test").expect("a spec");
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec, &source(losses), folder.path(), &Quiet).expect("a table");
    let facts = Run::read(folder.path()).expect("facts");
    let sections = spec.studies().expect("studies")[0].sections(&table, &facts);
    (table, sections)
}

fn find<'a>(
    table: &'a Table,
    quantity: Quantity,
    (layer, maps): (&str, Maps),
    checkpoint: &str,
) -> &'a SummaryRow {
    let is = |row: &&SummaryRow| {
        let on = row.on.as_ref().is_some_and(|on| on.maps == maps);
        row.measure == "ridge" && row.layer_x == layer && row.checkpoint == checkpoint && on
    };
    table.summaries("shift", quantity).find(is).expect("a summary")
}

fn interval(row: &SummaryRow) -> [f64; 2] {
    row.estimate.interval.expect("four networks")
}

/// What is planted: a score is the product of two shares, and the drop is the mean over three severities.
fn planted_drop(loss: f64, depth: f64) -> f64 {
    (1..=3).map(|s| 1.0 - (1.0 - loss * f64::from(s) * depth).powi(2)).sum::<f64>() / 3.0
}

/// What a step of severity adds: half of what the last layer loses more at severity 3 than at 1.
fn planted_step(loss: f64) -> f64 {
    let drop = |severity: f64| 1.0 - (1.0 - 2.0 * loss * severity).powi(2);
    (drop(3.0) - drop(1.0)) / 2.0
}

#[test]
fn a_planted_growth_along_training_is_found() {
    let (table, sections) = studied(GROWING, "'all'");
    for maps in [Maps::Refitted, Maps::AsFitted] {
        for (checkpoint, loss) in CHECKPOINTS.iter().zip(GROWING) {
            for (depth, layer) in LAYERS.iter().enumerate() {
                let row = find(&table, Quantity::MeanDrop, (layer, maps), checkpoint);
                let expected = planted_drop(loss, depth as f64);
                assert!((row.estimate.value - expected).abs() < 0.06, "{expected}: {row:?}");
                // The other data set has no severity: it is no part of the mean over shifts.
                assert_eq!(row.on.as_ref().map(|on| on.n_sets), Some(3));
            }
        }
        let of = |quantity| find(&table, quantity, ("", maps), "");
        let step = of(Quantity::DropWithDepthAndSeverityAlongTraining);
        let expected = planted_step(GROWING[2]) - planted_step(GROWING[0]);
        assert!((step.estimate.value - expected).abs() < 0.05, "{expected}: {step:?}");
        assert!(interval(step)[0] > 0.0, "{step:?}");
        assert!(interval(of(Quantity::DropWithDepthAlongTraining))[0] > 0.0);
        let change = |layer| find(&table, Quantity::MeanDropAlongTraining, (layer, maps), "");
        assert!(interval(change("late"))[0] > 0.0 && interval(change("early"))[0] < 0.01);
        // A change is what the rows of the two checkpoints say.
        let at = |i: usize| find(&table, Quantity::MeanDrop, ("late", maps), CHECKPOINTS[i]);
        let difference = at(2).estimate.value - at(0).estimate.value;
        assert!((change("late").estimate.value - difference).abs() < 1e-12);
        let at = |i: usize| {
            let quantity = Quantity::DropWithDepthAndSeverity;
            find(&table, quantity, ("", maps), CHECKPOINTS[i]).estimate.value
        };
        assert!((step.estimate.value - (at(2) - at(0))).abs() < 1e-12);
        for (checkpoint, loss) in CHECKPOINTS.iter().zip(ACCURACY_LOST) {
            let row = find(&table, Quantity::LossOfAccuracy, ("", maps), checkpoint);
            assert!((row.estimate.value - 2.0 * loss).abs() < 1e-12, "{row:?}");
        }
    }
    let verdict = &sections[0].verdicts[0];
    assert_eq!(verdict.tone, Tone::Holds, "{}", verdict.text);
    assert!(verdict.text.contains("grows along training"), "{}", verdict.text);
    // A distance goes down where likeness comes up: nothing is said of its drops.
    let is_distance = |row: &&SummaryRow| row.measure == "procrustes-angular-distance";
    assert_eq!(table.summaries("shift", Quantity::MeanDrop).filter(is_distance).count(), 0);
}

#[test]
fn a_divergence_that_does_not_grow_is_not_said_to() {
    let (table, sections) = studied(STEADY, "'all'");
    for maps in [Maps::Refitted, Maps::AsFitted] {
        let step = find(&table, Quantity::DropWithDepthAndSeverityAlongTraining, ("", maps), "");
        assert!(step.estimate.value.abs() < 0.04, "{step:?}");
        // There is an interaction at both ends.
        for checkpoint in [CHECKPOINTS[0], CHECKPOINTS[2]] {
            let row = find(&table, Quantity::DropWithDepthAndSeverity, ("", maps), checkpoint);
            assert!((row.estimate.value - planted_step(0.05)).abs() < 0.04, "{row:?}");
        }
    }
    let (_, shrinking) = studied(SHRINKING, "'all'");
    let verdict = |sections: &[Section]| sections[0].verdicts[0].clone();
    assert_ne!(verdict(&sections).tone, Tone::Holds, "{}", verdict(&sections).text);
    let verdict = verdict(&shrinking);
    assert_eq!(verdict.tone, Tone::Fails, "{}", verdict.text);
    assert!(verdict.text.ends_with("; it shrinks."), "{}", verdict.text);
}

#[test]
fn the_section_joins_checkpoints_and_stands_only_where_there_are_several() {
    let (_, sections) = studied(GROWING, "'all'");
    let anchors: Vec<&str> = sections.iter().map(|section| &*section.anchor).collect();
    assert_eq!(
        anchors,
        ["shift-along-training", "shift-step-000000", "shift-epoch-01", "shift-epoch-02"]
    );
    let drops = sections[0].figures.iter().find_map(|figure| match figure {
        Figure::Curves(curves) if curves.id == "shift-ridge-along-training" => Some(curves),
        _ => None,
    });
    let drops = drops.expect("drops by ridge");
    let ticks: Vec<&str> = drops.x_ticks.iter().map(|(_, text)| &**text).collect();
    assert_eq!(ticks, ["step 0", "1", "2"]);
    let caption = &drops.caption;
    for part in ["6 pairs of 4 networks", "3 sets", "300 stimuli of the other data set other"] {
        assert!(caption.contains(part), "{part}: {caption}");
    }
    assert!(caption.contains("no chance level was drawn"), "{caption}");
    for facet in &drops.facets {
        // Refitted, as fitted, refitted on the other data set, and the loss of accuracy.
        assert_eq!(facet.curves.len(), 4, "{facet:?}");
        for curve in &facet.curves {
            assert_eq!(curve.x, [0.0, 1.0, 2.0], "{curve:?}");
            assert!(curve.band.is_some(), "{curve:?}");
        }
    }
    let (table, sections) = studied(GROWING, "'last'");
    assert_eq!(sections.len(), 1);
    assert_eq!(sections[0].anchor, "shift");
    for quantity in [
        Quantity::MeanDrop,
        Quantity::LossOfAccuracy,
        Quantity::MeanDropAlongTraining,
        Quantity::DropWithDepthAlongTraining,
        Quantity::DropWithDepthAndSeverityAlongTraining,
    ] {
        assert_eq!(table.summaries("shift", quantity).count(), 0, "{quantity:?}");
    }
}
