//! The claims of Kapoor et al. in two planted worlds: one where they are true, and one where they are not.

use consilience_data::store::{Origin, RecordedSet};
use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_papers::{CLAIMS_FILE, Claim, Judged, Judgement, find};
use consilience_study::{Figure, StudySpec, run};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 240;
const UNITS: usize = 5;
const LAYERS: usize = 5;

/// What is true of the networks.
#[derive(Clone, Copy)]
struct World {
    /// Share of a unit's deviation that comes from common sources: before training, after epoch 1, at the end.
    shared: [f64; 3],
    /// Whether units are sources in another order, or mixtures of all of them that differ from network to network.
    privileged: bool,
    /// What the last layer loses of what it shares for each step of severity; the first loses nothing.
    late_loss: f64,
    /// What every layer loses for each step of severity.
    loss: f64,
}

const AS_CLAIMED: World =
    World { shared: [0.75, 0.93, 0.95], privileged: true, late_loss: 0.15, loss: 0.0 };
const OTHERWISE: World =
    World { shared: [0.2, 0.5, 0.95], privileged: false, late_loss: 0.0, loss: 0.15 };

/// Sum of four uniform numbers: near enough to normal, and cheap.
fn noise(rng: &mut impl Rng) -> f64 {
    (0..4).map(|_| rng.random_range(-1.0..1.0)).sum()
}

/// Rows of a random orthogonal matrix.
fn mixture(rng: &mut impl Rng) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    while rows.len() < UNITS {
        let mut row: Vec<f64> = (0..UNITS).map(|_| noise(rng)).collect();
        for other in &rows {
            let along: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            row.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
        }
        let norm = row.iter().map(|a| a * a).sum::<f64>().sqrt();
        row.iter_mut().for_each(|a| *a /= norm);
        rows.push(row);
    }
    rows
}

/// Every network on one set of stimuli; `severity` is 0 in distribution.
fn networks(world: World, set: u64, severity: u8, checkpoints: &[usize]) -> ArraySource {
    let mut source = ArraySource::new(StimulusSet::indexed("planted", STIMULI));
    for (kind, name) in ["cnn", "resnet"].into_iter().enumerate() {
        for seed in 1..=3u64 {
            let network = 10 * kind as u64 + seed;
            let mut own_basis = ChaCha8Rng::seed_from_u64(network);
            let mixture = mixture(&mut own_basis);
            for &step in checkpoints {
                for depth in 0..LAYERS {
                    let late = depth as f64 / (LAYERS - 1) as f64;
                    let lost = f64::from(severity) * (world.loss + world.late_loss * late);
                    let shared = world.shared[step] * (1.0 - lost);
                    let at = 100 * set + depth as u64;
                    let mut common = ChaCha8Rng::seed_from_u64(1_000_000 + at);
                    let mut own = ChaCha8Rng::seed_from_u64(
                        2_000_000 + 10_000 * network + 10 * at + step as u64,
                    );
                    let mut values = Vec::new();
                    for _ in 0..STIMULI {
                        let sources: Vec<f64> = (0..UNITS).map(|_| noise(&mut common)).collect();
                        let unit = |u: usize| -> f64 {
                            if world.privileged {
                                return sources[(u + network as usize) % UNITS];
                            }
                            mixture[u].iter().zip(&sources).map(|(m, s)| m * s).sum()
                        };
                        values.extend((0..UNITS).map(|u| {
                            let rest = (1.0 - shared * shared).sqrt();
                            (shared * unit(u) + rest * noise(&mut own)) as f32
                        }));
                    }
                    let accuracy = [0.1, 0.5, 0.9][step] - 0.1 * f64::from(severity);
                    push(
                        &mut source,
                        (&format!("{name}-seed{seed}"), step, depth),
                        values,
                        accuracy,
                    );
                }
            }
        }
    }
    source
}

fn push(
    source: &mut ArraySource,
    (network, step, depth): (&str, usize, usize),
    values: Vec<f32>,
    accuracy: f64,
) {
    let array = Activations::F32(RowMajor { values, n_units: UNITS });
    let id = RepresentationId {
        network: network.to_owned(),
        checkpoint: ["step-000000", "epoch-01", "epoch-04"][step].to_owned(),
        layer: format!("layer{depth}"),
        pooling: Pooling::Flatten,
    };
    let (steps, epoch) = [(0, 0.0), (10, 1.0), (40, 4.0)][step];
    let representation = Representation {
        id,
        depth,
        n_units: UNITS,
        rows_per_stimulus: 1,
        precision: Precision::F32,
        digest: array.digest(),
        checkpoint: Checkpoint { step: steps, epoch, accuracy: Some(accuracy) },
    };
    source.push(representation, array).expect("finite");
}

/// In distribution at every checkpoint, and two shifts of two severities at the last one.
fn source(world: World) -> ArraySource {
    let mut source = networks(world, 0, 0, &[0, 1, 2]);
    for (number, shift) in ["fog", "rain"].into_iter().enumerate() {
        for severity in [1u8, 2] {
            let origin = Origin::Shift {
                of: "planted".into(),
                shift: shift.into(),
                severity,
                strength: f64::from(severity),
                unit: "steps".into(),
                seed: None,
            };
            let name = format!("{shift}-{severity}");
            let set = RecordedSet { name, origin, n_stimuli: STIMULI, sha256: String::new() };
            let at = 1 + 10 * number as u64 + u64::from(severity);
            source.push_set(set, networks(world, at, severity, &[2]));
        }
    }
    source
}

/// The claims, judged, in their order, from the study of the quick reproduction.
fn verdicts(world: World) -> Vec<Claim> {
    let paper = find("kapoor-2025").expect("it is there");
    // Three networks of each architecture and few blocks, to be quick.
    let text = ["cnn", "resnet"].iter().fold(paper.quick.study.to_owned(), |text, kind| {
        text.replace(&format!(", \"{kind}-seed4\""), "")
    });
    let mut spec = StudySpec::parse(&text, "the quick study").expect("a study");
    (spec.bootstrap_draws, spec.blocks) = (200, 5);
    let folder = tempfile::tempdir().expect("a folder");
    run(&spec, &source(world), folder.path(), &Quiet).expect("a table");
    let judged = Judged::from_rows(paper, folder.path()).expect("claims");
    assert!(folder.path().join(CLAIMS_FILE).is_file());
    assert_eq!(Judged::again(folder.path()), Ok(Some(judged.clone())));
    let section = judged.section().expect("a section");
    let Some(Figure::Table(table)) = section.figures.first() else { panic!("no table") };
    assert_eq!(table.rows.len(), judged.claims.len());
    assert!(judged.claims.iter().all(|claim| !claim.values.is_empty()));
    judged.claims
}

#[test]
fn claims_stand_in_a_world_where_they_are_true() {
    let found = verdicts(AS_CLAIMED);
    for claim in &found {
        // Units that are sources in another order leave nothing for a rotation to gain.
        if !claim.claim.starts_with("One-to-one") {
            assert_eq!(claim.judgement, Judgement::Reproduced, "{}", claim.claim);
            assert_eq!(claim.reason, None, "{}", claim.claim);
        }
    }
    assert_eq!(found.len(), 11);
}

#[test]
fn claims_fall_in_a_world_where_they_are_not() {
    let found = verdicts(OTHERWISE);
    let claim = |start: &str| found.iter().find(|c| c.claim.starts_with(start)).expect("a claim");
    let of = |start: &str| claim(start).judgement;
    // Mixtures of the same sources: shuffled stimuli are no match for them, another basis is.
    let why = claim("Permutation scores are clearly above chance").reason.as_deref();
    assert!(why.is_some_and(|why| why.contains("a rotated basis does as well")), "{why:?}");
    for claim in [
        "Permutation scores are clearly above chance",
        "Nearly all of the final alignment",
        "It comes from input statistics",
        "Early layers stay",
        "Deeper layers diverge",
    ] {
        assert_eq!(of(claim), Judgement::NotReproduced, "{claim}");
    }
    // A share that is not ahead of that of accuracy has its reason, and every share is told of what is above chance too.
    let ahead = claim("Alignment is there long before accuracy");
    assert_eq!(ahead.judgement, Judgement::NotReproduced);
    let why = ahead.reason.as_deref().expect("a reason");
    assert!(
        why.starts_with("It is not ahead in ") && why.contains("ahead of it by no more than"),
        "{why}"
    );
    for claim in [ahead, claim("Nearly all of the final"), claim("It comes from input")] {
        assert!(claim.here.contains("; of what is above chance"), "{}", claim.here);
        let above = claim.values.iter().filter(|v| v.what.ends_with(", above chance"));
        assert!(above.clone().count() > 0 && above.clone().all(|v| v.chance == Some(0.0)));
    }
    assert_eq!(of("One-to-one"), Judgement::Reproduced);
    // Layers do correspond by depth, whatever their basis.
    assert_eq!(of("Across architectures"), Judgement::Reproduced);
}
