//! Factors of networks whose effect is planted.

mod planted_pairs;

use consilience_data::ArraySource;
use consilience_inference::Null;
use consilience_study::{Quantity, SummaryRow, Table, Tone};
use planted_pairs::{Layer, mixed, noise, refused, resumes, source, table};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 500;
const UNITS: usize = 6;
/// Correlation of matched units of two networks with the same labels, less that of two with different labels.
const LABELS: f64 = 0.4;
/// Correlation of any two networks.
const COMMON: f64 = 0.3;

/// 2 × 2 × 3 networks: labels are shared by a part of the variance, widths and seeds by none.
fn networks() -> ArraySource {
    let rng = &mut ChaCha8Rng::seed_from_u64(8);
    let size = STIMULI * UNITS;
    let common = noise(size, rng);
    let of_labels = [noise(size, rng), noise(size, rng)];
    let mut names: Vec<(String, usize)> = Vec::new();
    for (l, labels) in ["true", "shuffled"].into_iter().enumerate() {
        for width in ["w8", "w16"] {
            names.extend((1..=3).map(|seed| (format!("{width}-{labels}-seed{seed}"), l)));
        }
    }
    let mut layers = Vec::new();
    for (name, l) in &names {
        let shared = mixed(COMMON / (COMMON + LABELS), &common, &of_labels[*l]);
        let values = mixed(COMMON + LABELS, &shared, &noise(size, rng));
        let early = noise(size, rng);
        // Layers have other names in networks of other widths.
        let layer = |part: &str| format!("{}-{part}", &name[..2]);
        let (first, last) = (layer("early"), layer("late"));
        layers.push((name, first, 0, early));
        layers.push((name, last, 1, values));
    }
    let layers = layers.iter().map(|(network, layer, depth, values)| Layer {
        network,
        checkpoint: "end",
        name: layer,
        depth: *depth,
        values: values.clone(),
    });
    source(STIMULI, layers.collect())
}

const SPEC: &str = "
    name = 'seeds'
    activations = ''
    measures = ['permutation', 'shape-distance']
    bootstrap-draws = 400
    [[study]]
    kind = 'seeds'
    depths = [0.0, 1.0]
    permutations = 199
    [study.factors]
    labels = { true = ['*-true-*'], shuffled = ['*-shuffled-*'] }
    seed = { 1 = ['*1'], 2 = ['*2'], 3 = ['*3'] }
    width = { 8 = ['w8*'], 16 = ['w16*'] }
";

fn row<'a>(
    table: &'a Table,
    quantity: Quantity,
    measure: &str,
    layer: &str,
    factor: Option<&str>,
) -> &'a SummaryRow {
    let wanted = |r: &&SummaryRow| {
        r.measure == measure && r.layer_x == layer && r.factor.as_deref() == factor
    };
    table.summaries("seeds", quantity).find(wanted).expect("a summary")
}

#[test]
fn a_planted_factor_is_found_and_the_others_are_not() {
    let (table, section) = table(SPEC, &networks());
    let of = |quantity, factor| row(&table, quantity, "permutation", "depth 1", Some(factor));
    let value = |quantity, factor| of(quantity, factor).estimate.value;
    // Mean correlations of six units of 500 stimuli err by some 0.02, and by less in a mean over pairs.
    assert!((value(Quantity::MeanOfSameLevel, "labels") - COMMON - LABELS).abs() < 0.03);
    assert!((value(Quantity::MeanOfDifferentLevels, "labels") - COMMON).abs() < 0.04);
    let effect = of(Quantity::FactorEffect, "labels");
    assert!((effect.estimate.value - LABELS).abs() < 0.05, "{effect:?}");
    assert!(effect.estimate.interval.expect("twelve networks")[0] > 0.2, "{effect:?}");
    let share = of(Quantity::FactorShare, "labels");
    assert!(share.estimate.value > 0.9, "{share:?}");
    let chance = &share.chance[0];
    assert_eq!((chance.null, chance.draws), (Null::Levels, 199));
    // Six sets of two networks agree in all else: the truth is 1 of 32 deals.
    assert!(chance.p_value <= 0.05, "{chance:?}");
    for factor in ["seed", "width"] {
        let share = of(Quantity::FactorShare, factor);
        assert!(share.estimate.value < 0.02 && share.chance[0].p_value > 0.05, "{share:?}");
        assert!(value(Quantity::FactorEffect, factor).abs() < 0.05);
    }
    let together = row(&table, Quantity::FactorsTogether, "permutation", "depth 1", None);
    let sum: f64 =
        ["labels", "seed", "width"].map(|f| value(Quantity::FactorShare, f)).iter().sum();
    // The crossing is nearly balanced: pairs of a network with itself are missing.
    assert!((together.estimate.value - sum).abs() < 0.05, "{together:?}, {sum}");
    // A distance tells the same with the other sign; an early layer tells nothing.
    let distance = row(&table, Quantity::FactorEffect, "shape-distance", "depth 1", Some("labels"));
    assert!(distance.estimate.interval.expect("twelve networks")[1] < 0.0, "{distance:?}");
    let early = row(&table, Quantity::FactorShare, "permutation", "depth 0", Some("labels"));
    assert!(early.estimate.value < 0.1 && early.chance[0].p_value > 0.01, "{early:?}");
    let said = |part: &str| section.verdicts.iter().find(|v| v.text.contains(part)).expect(part);
    let labels = said("`labels` moves the likeness");
    assert_eq!(labels.tone, Tone::Mixed, "{}", labels.text);
    assert!(
        labels.text.contains("at 2 of 4 places") && labels.text.contains("are more alike there")
    );
    for factor in ["seed", "width"] {
        let none = said(&format!("No clear effect of `{factor}` was found"));
        assert_eq!(none.tone, Tone::Fails, "{}", none.text);
    }
    let shuffled = row(&table, Quantity::MeanOfSameLevel, "permutation", "depth 1", Some("labels"));
    assert!(shuffled.chance.iter().any(|c| c.null == Null::Shuffle && c.mean.abs() < 0.05));
}

/// Networks with true labels share most of their variance, those with shuffled labels next to nothing, with one another or
/// with the others: units of two of them correlate by the root of the product of what each has of the common part.
const OF_TRUE: f64 = 0.88;
const OF_SHUFFLED: f64 = 0.1;

#[test]
fn a_level_whose_networks_agree_less_among_themselves_is_seen() {
    let rng = &mut ChaCha8Rng::seed_from_u64(31);
    let common = noise(STIMULI * UNITS, rng);
    let mut layers: Vec<(String, Vec<f64>)> = Vec::new();
    for (labels, share) in [("true", OF_TRUE), ("shuffled", OF_SHUFFLED)] {
        for width in ["w8", "w16"] {
            for seed in 1..=3 {
                let own = noise(STIMULI * UNITS, rng);
                layers.push((format!("{width}-{labels}-seed{seed}"), mixed(share, &common, &own)));
            }
        }
    }
    let layers = layers.iter().map(|(network, values)| Layer {
        network,
        checkpoint: "end",
        name: "body",
        depth: 0,
        values: values.clone(),
    });
    let source = source(STIMULI, layers.collect());
    let text = SPEC
        .replace("depths = [0.0, 1.0]\n", "")
        .replace("'permutation', 'shape-distance'", "'permutation', 'debiased-linear-cka'");
    let (table, section) = table(&text, &source);
    let level = |quantity, factor: &str, level: Option<&str>| {
        let wanted = |r: &&SummaryRow| {
            r.measure == "permutation"
                && r.factor.as_deref() == Some(factor)
                && r.level.as_deref() == level
        };
        table.summaries("seeds", quantity).find(wanted).expect("a summary")
    };
    let between = (OF_TRUE * OF_SHUFFLED).sqrt();
    for (name, share, n_pairs) in [("true", OF_TRUE, 15), ("shuffled", OF_SHUFFLED, 15)] {
        let mean = level(Quantity::MeanWithinLevel, "labels", Some(name));
        assert!((mean.estimate.value - share).abs() < 0.04, "{mean:?}");
        assert_eq!(mean.n_pairs, n_pairs);
        let effect = level(Quantity::LevelEffect, "labels", Some(name));
        assert!((effect.estimate.value - (share - between)).abs() < 0.05, "{effect:?}");
    }
    let spread = level(Quantity::LevelSpread, "labels", None);
    assert!((spread.estimate.value - (OF_TRUE - OF_SHUFFLED)).abs() < 0.05, "{spread:?}");
    let [low, high] = spread.estimate.interval.expect("twelve networks");
    assert!(low > 0.6 && high < 0.95, "{spread:?}");
    assert!(spread.chance[0].null == Null::Levels && spread.chance[0].p_value <= 0.05);
    for factor in ["seed", "width"] {
        let spread = level(Quantity::LevelSpread, factor, None);
        assert!(spread.estimate.value < 0.15 && spread.chance[0].p_value > 0.05, "{spread:?}");
    }
    let texts: Vec<&str> = section.verdicts.iter().map(|v| v.text.as_str()).collect();
    let said = texts.iter().find(|t| t.starts_with("Levels of `labels` differ among themselves"));
    let said = said.unwrap_or_else(|| panic!("{texts:?}"));
    assert!(said.contains("two of `true` 0.8") && said.contains("two of `shuffled` 0.1"), "{said}");
    assert!(!texts.iter().any(|t| t.contains("No clear effect of `labels`")), "{texts:?}");
    assert!(!texts.iter().any(|t| t.starts_with("Levels of `width`")), "{texts:?}");
}

#[test]
fn a_study_of_nothing_finds_a_factor_as_seldom_as_promised() {
    let size = 60 * 4;
    let mut found = [0, 0];
    for seed in 0..40 {
        let rng = &mut ChaCha8Rng::seed_from_u64(100 + seed);
        let common = noise(size, rng);
        let names: Vec<String> =
            (0..8).map(|i| format!("{}-{i}", if i % 2 == 0 { "thin" } else { "broad" })).collect();
        let layers = names.iter().map(|network| Layer {
            network,
            checkpoint: "end",
            name: "body",
            depth: 0,
            values: mixed(0.5, &common, &noise(size, rng)),
        });
        let source = source(60, layers.collect());
        let text = "
            name = 'nothing'
            activations = ''
            measures = ['linear-cka']
            bootstrap-draws = 10
            blocks = 5
            [[study]]
            kind = 'seeds'
            permutations = 99
            draws = { shuffle = 0, rotation = 0 }
            factors = { width = { thin = ['thin*'], broad = ['broad*'] } }
        ";
        let (table, _) = table(text, &source);
        for (found, quantity) in
            found.iter_mut().zip([Quantity::FactorShare, Quantity::LevelSpread])
        {
            let row = row(&table, quantity, "linear-cka", "body", Some("width"));
            *found += usize::from(row.chance[0].p_value <= 0.05);
        }
    }
    // 35 ways to halve eight networks, so that p ≤ 0.05 comes in 1 of 35: of 40 studies 1, and seldom more than 5.
    assert!(found.iter().all(|found| *found <= 5), "{found:?} of 40");
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let text = SPEC.replace("bootstrap-draws = 400", "bootstrap-draws = 20");
    resumes(&text.replace("permutations = 199", "permutations = 9"), &networks());
}

#[test]
fn designs_that_cannot_tell_factors_apart_are_refused() {
    let cases = [
        (
            "width = { 8 = ['w8*'], 16 = ['w16*'] }",
            "colour = { a = ['*-true-*'], b = ['*-shuffled-*'] }",
            "factors colour, labels are confounded",
        ),
        (
            "width = { 8 = ['w8*'], 16 = ['w16*'] }",
            "width = { any = ['w*'] }",
            "all pairs have the same level of factor width",
        ),
        ("16 = ['w16*']", "16 = ['w32*']", "names `w32*`, which no network is called"),
        ("16 = ['w16*']", "16 = ['w16-true*']", "has 0 levels of factor width"),
        ("depths = [0.0, 1.0]", "depths = [0.0, 0.1]", "are the same of the 2 layers"),
        ("depths = [0.0, 1.0]", "", "all pairs have the same level of factor width"),
    ];
    refused(SPEC, &networks(), &cases);
}
