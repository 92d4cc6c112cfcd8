//! The best pair of layers in whole studies: of networks that share something, and of many that share nothing.

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_inference::{Chance, Null, benjamini_hochberg};
use consilience_study::{Quantity, StudySpec, SummaryRow, Table, run};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 40;
const LAYERS: usize = 3;
const UNITS: usize = 3;

/// Two networks of independent layers; `shared` is the share of the first layer that both have.
fn networks(seed: u64, shared: f32) -> ArraySource {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut noise =
        || (0..STIMULI * UNITS).map(|_| rng.random_range(-1.0f32..1.0)).collect::<Vec<f32>>();
    let common = noise();
    let mut source = ArraySource::new(StimulusSet::indexed("noise", STIMULI));
    for network in ["a", "b"] {
        for depth in 0..LAYERS {
            let weight = if depth == 0 { shared } else { 0.0 };
            let mix = |(c, own): (&f32, f32)| weight * c + (1.0 - weight) * own;
            let values = common.iter().zip(noise()).map(mix).collect();
            let array = Activations::F32(RowMajor { values, n_units: UNITS });
            let id = RepresentationId {
                network: network.into(),
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

fn table(source: &ArraySource, seed: u64) -> Table {
    let text = "
        name = 'best'
        activations = ''
        measures = ['linear-cka']
        folds = 2
        blocks = 2
        [[study]]
        kind = 'layers'
        same-layer-draws = { shuffle = 19, rotation = 0 }
        other-draws = { shuffle = 19, rotation = 0 }
    ";
    let spec = StudySpec { seed, ..StudySpec::parse(text, "test").expect("a spec") };
    let folder = tempfile::tempdir().expect("a folder");
    run(&spec, source, folder.path(), &Quiet).expect("a table")
}

fn best(table: &Table) -> (&SummaryRow, &Chance) {
    let row = table.summaries("layers", Quantity::BestLayerPair).next().expect("a best");
    (row, row.chance.iter().find(|c| c.null == Null::Shuffle).expect("drawn"))
}

#[test]
fn the_best_is_the_planted_pair_with_the_chance_of_a_best_of_nine() {
    let table = table(&networks(1, 0.8), 1);
    let (row, chance) = best(&table);
    assert_eq!((row.layer_x.as_str(), row.layer_y.as_str()), ("layer0", "layer0"));
    assert_eq!((row.best_of, chance.p_value, chance.q_value), (Some(9), 0.05, None));
    let means: Vec<&SummaryRow> = table.summaries("layers", Quantity::MeanOverPairs).collect();
    assert_eq!(means.len(), 9);
    let own = means.iter().find(|r| r.layer_x == row.layer_x && r.layer_y == row.layer_y);
    let own = own.expect("the mean itself");
    assert_eq!(own.estimate.value, row.estimate.value);
    // One pair is seldom as high by chance as the best of nine.
    assert!(own.chance[0].mean < chance.mean && chance.mean < chance.threshold);
    let calibrated = (row.estimate.value - chance.threshold) / (1.0 - chance.threshold);
    assert!((chance.calibrated.expect("19 draws") - calibrated).abs() < 1e-12);
    assert!(own.chance[0].calibrated > chance.calibrated);
}

#[test]
fn q_values_are_over_the_table_of_all_pairs_of_layers() {
    let table = table(&networks(2, 0.8), 1);
    let chances: Vec<&Chance> =
        table.summaries("layers", Quantity::MeanOverPairs).map(|r| &r.chance[0]).collect();
    let p: Vec<f64> = chances.iter().map(|c| c.p_value).collect();
    let q: Vec<f64> = chances.iter().map(|c| c.q_value.expect("a table")).collect();
    assert_eq!(q, benjamini_hochberg(&p));
    assert!(p.contains(&0.05) && p.iter().any(|p| *p > 0.3));
}

/// With nothing to find, the best pair of layers passes its threshold in one study of twenty, while in far more studies
/// some pair or other passes its own.
#[test]
fn studies_of_nothing_find_a_best_pair_as_seldom_as_promised() {
    let studies = 400;
    let (mut of_best, mut of_any) = (0, 0);
    for seed in 0..studies {
        let table = table(&networks(1000 + seed, 0.0), seed);
        of_best += u64::from(best(&table).1.calibrated > Some(0.0));
        let mut means = table.summaries("layers", Quantity::MeanOverPairs);
        of_any += u64::from(means.any(|r| r.chance[0].calibrated > Some(0.0)));
    }
    // 20 of 400 are expected; four deviations of a binomial are 17.4.
    assert!((3..=37).contains(&of_best), "{of_best} of {studies}");
    // Nine independent pairs would make it 37 %, of which four deviations are 10 %.
    assert!(of_any > studies / 5, "{of_any} of {studies}");
}
