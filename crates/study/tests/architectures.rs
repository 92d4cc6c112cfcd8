//! Networks of two architectures whose likeness is planted: what two trainings share is the ceiling of what they share
//! with one another.

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_study::{Quantity, StudySpec, SummaryRow, Table, run};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 600;
const UNITS: usize = 8;
/// Share of a unit's variance that every training of the architecture has.
const RELIABILITY: [f64; 2] = [0.9, 0.6];
/// Correlation of what the trainings of one architecture have in common with what those of the other have.
const COMMON: f64 = 0.7;

fn noise(rng: &mut ChaCha8Rng) -> Vec<f64> {
    // Four uniform numbers of variance 1/3 each.
    let mut one = || (0..4).map(|_| rng.random_range(-1.0..1.0)).sum::<f64>() * 0.75_f64.sqrt();
    (0..STIMULI * UNITS).map(|_| one()).collect()
}

fn mixed(share: f64, a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| share.sqrt() * a + (1.0 - share).sqrt() * b).collect()
}

/// Three networks of each architecture, interleaved, with one layer of a name of its own and a head that is all noise.
fn networks() -> ArraySource {
    let mut rng = ChaCha8Rng::seed_from_u64(77);
    let first = noise(&mut rng);
    let second = mixed(COMMON * COMMON, &first, &noise(&mut rng));
    let mut source = ArraySource::new(StimulusSet::indexed("planted", STIMULI));
    for seed in 0..3 {
        for (architecture, common) in [("thin", &second), ("broad", &first)] {
            let reliability = RELIABILITY[usize::from(architecture == "thin")];
            let layers = [
                (format!("{architecture}-body"), mixed(reliability, common, &noise(&mut rng))),
                ("head".to_owned(), noise(&mut rng)),
            ];
            for (depth, (layer, values)) in layers.into_iter().enumerate() {
                let array = Activations::F64(RowMajor { values, n_units: UNITS });
                let id = RepresentationId {
                    network: format!("{architecture}-{seed}"),
                    checkpoint: "end".into(),
                    layer,
                    pooling: Pooling::Flatten,
                };
                let representation = Representation {
                    id,
                    depth,
                    n_units: UNITS,
                    rows_per_stimulus: 1,
                    precision: Precision::F64,
                    digest: array.digest(),
                    checkpoint: Checkpoint { step: 1, epoch: 1.0, accuracy: None },
                };
                source.push(representation, array).expect("finite");
            }
        }
    }
    source
}

fn spec(groups: &str) -> StudySpec {
    let text = format!(
        "
        name = 'architectures'
        activations = ''
        measures = ['permutation', 'ridge:direction=x-to-y']
        {groups}
        [[study]]
        kind = 'layers'
        same-layer-draws = {{ shuffle = 19, rotation = 0 }}
        other-draws = {{ shuffle = 19, rotation = 0 }}
        "
    );
    StudySpec::parse(&text, "test").expect("a spec")
}

const GROUPS: &str =
    "groups = { thin = ['thin-0', 'thin-1', 'thin-2'], broad = ['broad-0', 'broad-1', 'broad-2'] }";

fn table(groups: &str) -> Table {
    let folder = tempfile::tempdir().expect("a folder");
    run(&spec(groups), &networks(), folder.path(), &Quiet).expect("a table")
}

fn row<'a>(
    table: &'a Table,
    quantity: Quantity,
    measure: &str,
    layers: (&str, &str),
) -> &'a SummaryRow {
    let wanted = |r: &&SummaryRow| {
        r.measure == measure && (r.layer_x.as_str(), r.layer_y.as_str()) == layers
    };
    table.summaries("layers", quantity).find(wanted).expect("a summary")
}

#[test]
fn a_score_between_architectures_is_read_against_two_trainings_of_one() {
    let table = table(GROUPS);
    let layers = ("broad-body", "thin-body");
    let [broad, thin] = RELIABILITY;
    let ceiling = (broad * thin).sqrt();
    // A mean of correlations over 8 units of 600 stimuli, in 3 networks of a kind, is some 0.02 from what is planted.
    for measure in ["permutation", "ridge:direction=x-to-y"] {
        let between = row(&table, Quantity::MeanOverPairs, measure, layers);
        assert!((between.estimate.value - COMMON * ceiling).abs() < 0.04, "{between:?}");
        let pair = Some(["broad".to_owned(), "thin".to_owned()]);
        assert_eq!((&between.groups, between.n_networks, between.n_pairs), (&pair, 6, 9));
        let found = row(&table, Quantity::SeedCeiling, measure, layers);
        assert!((found.estimate.value - ceiling).abs() < 0.04, "{found:?}");
        let share = row(&table, Quantity::ShareOfSeedCeiling, measure, layers);
        assert!((share.estimate.value - COMMON).abs() < 0.05, "{share:?}");
        let [low, high] = share.estimate.interval.expect("three networks of each");
        assert!(low <= share.estimate.value && share.estimate.value <= high && high < 1.0);
    }
    // Within a group a mean is of its own networks only.
    let within = row(&table, Quantity::MeanOverPairs, "permutation", ("thin-body", "thin-body"));
    assert_eq!((within.n_networks, within.n_pairs), (3, 3));
    assert!((within.estimate.value - thin).abs() < 0.04, "{within:?}");
    // The head is noise: it has no ceiling, or one of no size, and no share of it.
    let heads = table.summaries("layers", Quantity::ShareOfSeedCeiling);
    for share in heads.filter(|r| r.layer_x == "head" && r.layer_y == "thin-body") {
        let ceiling = row(&table, Quantity::SeedCeiling, &share.measure, ("head", "thin-body"));
        assert!(ceiling.estimate.value < 0.3, "{ceiling:?}");
    }
}

#[test]
fn without_groups_there_is_no_ceiling_and_one_mean_over_all_pairs() {
    let table = table("");
    assert_eq!(table.summaries("layers", Quantity::ShareOfSeedCeiling).count(), 0);
    let heads = row(&table, Quantity::MeanOverPairs, "permutation", ("head", "head"));
    assert_eq!((&heads.groups, heads.n_pairs), (&None, 15));
}

#[test]
fn the_sections_are_one_for_each_pair_of_groups_and_one_for_the_ceiling() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = spec(GROUPS);
    let table = run(&spec, &networks(), folder.path(), &Quiet).expect("a table");
    let facts = consilience_study::Run::read(folder.path()).expect("facts");
    let studies = spec.studies().expect("known");
    let sections: Vec<_> = studies.iter().flat_map(|s| s.sections(&table, &facts)).collect();
    let titles: Vec<&str> = sections.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "Where networks converge: within broad",
            "Where networks converge: broad and thin",
            "Where networks converge: within thin",
            "Against the seed-to-seed ceiling",
        ]
    );
    let said = &sections[3].verdicts[0].text;
    assert!(said.contains("by 0 of 2 measures") && said.contains("`permutation` 7"), "{said}");
}

#[test]
fn groups_that_do_not_fit_the_store_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let message = |groups: &str| {
        let out = folder.path().join("results");
        let error = run(&spec(groups), &networks(), &out, &Quiet).expect_err(groups);
        assert!(!out.exists());
        error.to_string()
    };
    assert!(message("groups = { broad = ['broad-0'] }").contains("is in no group"));
    assert!(
        message(&GROUPS.replace("'thin-2'", "'thin-2', 'thin-9'"))
            .contains("group thin names the network thin-9; the store has thin-0, broad-0")
    );
}
