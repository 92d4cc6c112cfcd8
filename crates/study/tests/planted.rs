//! Studies of networks whose answer is known: what two layers share is planted, and grows with "training".

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_inference::Null;
use consilience_study::{
    CellRow, Figure, Outcome, Quantity, Row, StudySpec, SummaryRow, Table, Tone, run,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 300;
const UNITS: usize = 6;
/// Name, steps, epochs, and the share of a unit's deviation that comes from the sources all networks have in common.
const CHECKPOINTS: [(&str, u64, f64, f64); 3] =
    [("step-000000", 0, 0.0, 0.0), ("epoch-01", 10, 1.0, 0.8), ("epoch-02", 20, 2.0, 0.95)];

/// Three networks, two layers each. A layer's sources are the same in all networks, those of the two layers independent.
fn networks(edit: impl Fn(&str, &str, &str, &mut Vec<f32>)) -> ArraySource {
    let noise = |rng: &mut ChaCha8Rng| (0..4).map(|_| rng.random_range(-1.0f32..1.0)).sum::<f32>();
    let mut source = ArraySource::new(StimulusSet::indexed("planted", STIMULI));
    for network in 0..3u64 {
        for (step, (checkpoint, steps, epoch, shared)) in CHECKPOINTS.into_iter().enumerate() {
            for depth in 0..2usize {
                let mut common = ChaCha8Rng::seed_from_u64(depth as u64);
                let mut own = ChaCha8Rng::seed_from_u64(
                    100 + 10 * network + depth as u64 + 1000 * step as u64,
                );
                let (shared, rest) = (shared as f32, (1.0 - shared * shared).sqrt() as f32);
                let mut values = Vec::new();
                for _ in 0..STIMULI {
                    let sources: Vec<f32> = (0..UNITS).map(|_| noise(&mut common)).collect();
                    // Each network has its units in another order.
                    let unit = |u: usize| sources[(u + network as usize) % UNITS];
                    values.extend((0..UNITS).map(|u| shared * unit(u) + rest * noise(&mut own)));
                }
                let layer = ["early", "late"][depth];
                let name = format!("net{network}");
                edit(&name, layer, checkpoint, &mut values);
                let array = Activations::F32(RowMajor { values, n_units: UNITS });
                let id = RepresentationId {
                    network: name,
                    checkpoint: checkpoint.into(),
                    layer: layer.into(),
                    pooling: Pooling::Flatten,
                };
                let accuracy = Some([0.1, 0.6, 0.9][step]);
                let representation = Representation {
                    id,
                    depth,
                    n_units: UNITS,
                    rows_per_stimulus: 1,
                    precision: Precision::F32,
                    digest: array.digest(),
                    checkpoint: Checkpoint { step: steps, epoch, accuracy },
                };
                source.push(representation, array).expect("finite");
            }
        }
    }
    source
}

fn spec() -> StudySpec {
    let text = "
        name = 'planted'
        activations = ''
        measures = ['ridge', 'permutation', 'linear-cka']
        [[study]]
        kind = 'layers'
        ordering = ['ridge', 'permutation']
        same-layer-draws = { shuffle = 19, rotation = 19 }
        other-draws = { shuffle = 19, rotation = 19 }
        [[study]]
        kind = 'training'
        own-end = true
        crossed = true
        draws = { shuffle = 19, rotation = 19 }
    ";
    StudySpec::parse(text, "test").expect("a spec")
}

fn table(source: &ArraySource) -> Table {
    let folder = tempfile::tempdir().expect("a folder");
    run(&spec(), source, folder.path(), &Quiet).expect("a table")
}

fn mean<'a>(
    table: &'a Table,
    study: &'a str,
    measure: &str,
    x: &str,
    y: &str,
    at: &str,
) -> &'a SummaryRow {
    let wanted = |r: &&SummaryRow| {
        r.measure == measure && r.layer_x == x && r.layer_y == y && r.checkpoint == at
    };
    table.summaries(study, Quantity::MeanOverPairs).find(wanted).expect("a summary")
}

#[test]
fn layers_find_the_planted_partner_and_nothing_else() {
    let table = table(&networks(|_, _, _, _| {}));
    for measure in ["ridge", "permutation", "linear-cka"] {
        for x in ["early", "late"] {
            for y in ["early", "late"] {
                let row = mean(&table, "layers", measure, x, y, "epoch-02");
                let shuffle = row.chance.iter().find(|c| c.null == Null::Shuffle).expect("drawn");
                if x == y {
                    // Two noisy copies of a source of correlation .95 each: .95² = .90; CKA of such is its square, .81.
                    let expected = if measure == "linear-cka" { 0.81 } else { 0.9 };
                    assert!(
                        (row.estimate.value - expected).abs() < 0.05,
                        "{measure} {x}: {:?}",
                        row.estimate
                    );
                    assert_eq!(shuffle.p_value, 0.05, "{measure} {x}");
                } else {
                    assert!(
                        row.estimate.value.abs() < 0.1,
                        "{measure} {x} {y}: {:?}",
                        row.estimate
                    );
                }
                assert_eq!((row.n_networks, row.n_pairs), (3, 3));
            }
        }
    }
    let matching = mean(&table, "layers", "permutation", "early", "early", "epoch-02");
    let rotation = matching.chance.iter().find(|c| c.null == Null::Rotation).expect("drawn");
    assert!(rotation.mean < 0.8 && rotation.p_value == 0.05, "{rotation:?}");
}

#[test]
fn what_so_few_draws_cannot_say_is_said() {
    let said = |others: usize| {
        let text = format!(
            "
            name = 'planted'
            activations = ''
            measures = ['ridge']
            [[study]]
            kind = 'layers'
            same-layer-draws = {{ shuffle = 19, rotation = 0 }}
            other-draws = {{ shuffle = {others}, rotation = 0 }}
            "
        );
        let spec = StudySpec::parse(&text, "test").expect("a spec");
        let folder = tempfile::tempdir().expect("a folder");
        let table = run(&spec, &networks(|_, _, _, _| {}), folder.path(), &Quiet).expect("a table");
        let facts = consilience_study::Run::read(folder.path()).expect("facts");
        spec.studies().expect("known")[0].sections(&table, &facts)[0].verdicts[0].text.clone()
    };
    // Two layers against two: a p of .05 in two of four is a q of .1, whatever is planted, unless the other two can have it too.
    let (few, enough) = (said(1), said(19));
    assert!(few.contains("q over the table cannot reach 0.05 with so few draws"), "{few}");
    assert!(enough.contains("with q ≤ 0.05 over the table"), "{enough}");
}

#[test]
fn an_order_of_measures_is_said_of_layers_that_have_a_score_by_all_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = run(&spec(), &networks(|_, _, _, _| {}), folder.path(), &Quiet).expect("a table");
    let facts = consilience_study::Run::read(folder.path()).expect("facts");
    let said = |without: &[(&str, &str)]| {
        let mut table = whole.clone();
        table.rows.retain(|row| match row {
            Row::Summary(row) => !without.contains(&(&row.measure, &row.layer_x)),
            _ => true,
        });
        let section = spec().studies().expect("known")[0].sections(&table, &facts).remove(0);
        let found = section.verdicts.into_iter().find(|v| v.text.starts_with("The order"));
        found.map(|verdict| verdict.text)
    };
    let all = said(&[]).expect("two layers");
    assert!(all.contains(" of 2 layers; ") && !all.contains("left out"), "{all}");
    let one = said(&[("permutation", "late")]).expect("a layer");
    assert!(one.contains(" of 1 layer; ") && one.contains("1 layer without a score"), "{one}");
    assert_eq!(said(&[("permutation", "late"), ("ridge", "early")]), None);
}

#[test]
fn training_finds_when_the_planted_part_came() {
    let table = table(&networks(|_, _, _, _| {}));
    for measure in ["ridge", "permutation"] {
        let at = |checkpoint| {
            mean(&table, "training", measure, "late", "late", checkpoint).estimate.value
        };
        assert!(at("step-000000").abs() < 0.1);
        assert!((at("epoch-01") - 0.64).abs() < 0.06, "{}", at("epoch-01"));
        assert!((at("epoch-02") - 0.9).abs() < 0.04, "{}", at("epoch-02"));
        let share = |quantity| {
            let rows = table.summaries("training", quantity);
            rows.into_iter()
                .find(|r| r.measure == measure && r.layer_x == "late")
                .expect("a share")
                .estimate
                .value
        };
        assert!((share(Quantity::ShareAfterEpochOne) - 0.64 / 0.9).abs() < 0.08);
        assert!(share(Quantity::ShareUntrained).abs() < 0.12);
    }
    let ahead = table.summaries("training", Quantity::ShareAheadOfAccuracy);
    for row in ahead.filter(|r| r.measure == "ridge") {
        assert!((row.estimate.value - (0.64 / 0.9 - 0.6 / 0.9)).abs() < 0.08, "{row:?}");
    }
    let accuracy = table.summaries("training", Quantity::AccuracyShareAfterEpochOne).next();
    assert!((accuracy.expect("accuracies").estimate.value - 0.6 / 0.9).abs() < 1e-12);
}

/// Values in an orthonormal basis of the network's own.
fn turn(network: &str, values: &mut [f32]) {
    let seed = network.bytes().map(u64::from).sum();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut basis: Vec<Vec<f32>> = Vec::new();
    while basis.len() < UNITS {
        let mut axis: Vec<f32> =
            (0..UNITS).map(|_| (0..4).map(|_| rng.random_range(-1.0f32..1.0)).sum()).collect();
        for other in &basis {
            let along: f32 = axis.iter().zip(other).map(|(a, b)| a * b).sum();
            axis.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
        }
        let length = axis.iter().map(|a| a * a).sum::<f32>().sqrt();
        axis.iter_mut().for_each(|a| *a /= length);
        basis.push(axis);
    }
    for row in values.chunks_mut(UNITS) {
        let on = |axis: &Vec<f32>| axis.iter().zip(&*row).map(|(a, v)| a * v).sum::<f32>();
        let turned: Vec<f32> = basis.iter().map(on).collect();
        row.copy_from_slice(&turned);
    }
}

#[test]
fn a_share_above_chance_leaves_out_what_any_basis_gives() {
    // After epoch 1 the early layers share a space and no axes: all that a matching finds there is chance.
    let source = networks(|network, layer, checkpoint, values| {
        if (layer, checkpoint) == ("early", "epoch-01") {
            turn(network, values);
        }
    });
    let table = table(&source);
    let find = |quantity, measure: &str, layer: &str| {
        let is = |r: &&SummaryRow| r.measure == measure && r.layer_x == layer;
        table.summaries("training", quantity).find(is).expect("a share")
    };
    let planted = 0.64 / 0.9;
    for (measure, layer) in [("ridge", "early"), ("ridge", "late"), ("permutation", "late")] {
        let above = find(Quantity::ShareAboveChanceAfterEpochOne, measure, layer);
        assert!((above.estimate.value - planted).abs() < 0.1, "{above:?}");
        let untrained = find(Quantity::ShareAboveChanceUntrained, measure, layer);
        assert!(untrained.estimate.value.abs() < 0.15, "{untrained:?}");
    }
    let raw = find(Quantity::ShareAfterEpochOne, "permutation", "early");
    let above = find(Quantity::ShareAboveChanceAfterEpochOne, "permutation", "early");
    let chance = above.chance.first().expect("drawn");
    assert_eq!((chance.null, chance.draws, chance.mean), (Null::Rotation, 19, 0.0));
    assert!(raw.estimate.value > 0.3, "{raw:?}");
    assert!(above.estimate.value.abs() < 3.0 * chance.standard_deviation, "{above:?}");
    assert!(chance.standard_deviation < 0.1 && chance.p_value > 0.05, "{chance:?}");
    assert!(above.estimate.interval.is_some() && above.n_networks == 3, "{above:?}");
    // The final excess is the mean less its chance level.
    let whole = find(Quantity::FinalExcess, "permutation", "early");
    let mean = mean(&table, "training", "permutation", "early", "early", "epoch-02");
    let level = mean.chance.iter().find(|c| c.null == Null::Rotation).expect("drawn");
    let excess = mean.estimate.value - level.mean;
    assert!((whole.estimate.value - excess).abs() < 1e-12, "{whole:?} {mean:?}");
}

#[test]
fn nothing_is_a_share_of_an_end_that_is_chance() {
    let source = networks(|network, layer, _, values| {
        if layer == "early" {
            turn(network, values);
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec(), &source, folder.path(), &Quiet).expect("a table");
    let facts = consilience_study::Run::read(folder.path()).expect("facts");
    let of = |quantity, layer: &str| {
        let is = |r: &&SummaryRow| r.measure == "permutation" && r.layer_x == layer;
        table.summaries("training", quantity).find(is)
    };
    let whole = of(Quantity::FinalExcess, "early").expect("an excess, whatever it is");
    assert!(whole.estimate.interval.expect("three networks")[0] <= 0.0, "{whole:?}");
    for quantity in [Quantity::ShareAboveChanceAfterEpochOne, Quantity::ShareAboveChanceUntrained] {
        assert!(of(quantity, "early").is_none() && of(quantity, "late").is_some());
    }
    assert!(of(Quantity::ShareAfterEpochOne, "early").is_some(), "the share of the score is kept");
    let section = &facts.spec.studies().expect("known")[1].sections(&table, &facts)[0];
    let said = section.verdicts.iter().find(|v| v.text.contains("of the final one-to-one"));
    let said = &said.unwrap_or_else(|| panic!("{:?}", section.verdicts)).text;
    assert!(said.contains("undefined in `early` ("), "{said}");
    let shares = section.figures.iter().find_map(|figure| match figure {
        Figure::Table(table) if table.id == "training-shares" => Some(table),
        _ => None,
    });
    let shares = shares.expect("a table");
    let row = shares.rows.iter().find(|row| row[..2] == ["early", "permutation"]);
    assert_eq!(row.expect("a row")[4..6], ["undefined", "undefined"]);
    assert!(shares.caption.contains("basis of x rotated (19 draws)"), "{}", shares.caption);
}

#[test]
fn two_checkpoints_share_what_both_of_them_have_of_the_common_sources() {
    let table = table(&networks(|_, _, _, _| {}));
    let last = CHECKPOINTS[2];
    let find = |quantity, measure: &str, layer: &str, s: &str, t: &str| {
        let wanted = |r: &&SummaryRow| {
            (&*r.measure, &*r.layer_x, &*r.layer_y) == (measure, layer, layer)
                && (&*r.checkpoint, r.checkpoint_y.as_deref()) == (s, Some(t))
        };
        table.summaries("training", quantity).find(wanted)
    };
    for layer in ["early", "late"] {
        // Copies of correlation a and b with one source have correlation a·b with one another; CKA has its square.
        for (measure, power) in [("ridge", 1), ("permutation", 1), ("linear-cka", 2)] {
            for (s, _, _, a) in CHECKPOINTS {
                for (t, _, _, b) in CHECKPOINTS.into_iter().filter(|other| other.0 != s) {
                    let row = find(Quantity::CrossedCheckpoints, measure, layer, s, t);
                    let row = row.expect("a pair of checkpoints");
                    assert!((row.estimate.value - (a * b).powi(power)).abs() < 0.09, "{row:?}");
                    assert_eq!((row.n_networks, row.n_pairs), (3, 3));
                    // Of four draws each; nothing is left of a score when stimuli are shuffled.
                    assert_chance(row, 4);
                }
                let own = find(Quantity::OwnEndState, measure, layer, s, last.0);
                assert_eq!(own.is_some(), s != last.0);
                let Some(own) = own else { continue };
                assert!((own.estimate.value - (a * last.3).powi(power)).abs() < 0.09, "{own:?}");
                assert!(own.estimate.interval.is_some() && own.n_networks == 3, "{own:?}");
                assert_chance(own, 19);
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    run(&spec(), &networks(|_, _, _, _| {}), folder.path(), &Quiet).expect("a table");
    let facts = consilience_study::Run::read(folder.path()).expect("facts");
    let study = &facts.spec.studies().expect("known")[1];
    let section = &study.sections(&table, &facts)[0];
    let maps: Vec<_> = section
        .figures
        .iter()
        .filter_map(|figure| match figure {
            Figure::HeatMap(map) => Some(map),
            _ => None,
        })
        .collect();
    assert_eq!(maps.len(), 6);
    assert!(
        maps.iter()
            .all(|map| map.rows.len() == 3 && map.cells.iter().flatten().all(Option::is_some))
    );
    let said = |what: &str| {
        let found = section.verdicts.iter().find(|v| v.text.contains(what));
        found.unwrap_or_else(|| panic!("{what}: {:?}", section.verdicts))
    };
    said("to its own end state");
    // A copy of .8 is to one of .95 by .8 / .95 what two of .95 are to one another: 84 %, and nowhere 90.
    let crossed = said("A network after epoch 1 is to the end state of another");
    assert_eq!(crossed.tone, Tone::Fails);
    assert!(
        crossed.text.contains("in 0 of 4 combinations of layer and measure"),
        "{}",
        crossed.text
    );
    assert!(crossed.text.contains(" % ["), "with the intervals of rows: {}", crossed.text);
    let shares = table.summaries("training", Quantity::CrossedShareAfterEpochOne);
    let shares: Vec<&SummaryRow> = shares.filter(|row| row.measure != "linear-cka").collect();
    assert_eq!(shares.len(), 4);
    for row in shares {
        assert!((row.estimate.value - 0.8 / 0.95).abs() < 0.1, "{row:?}");
        assert!(row.estimate.interval.is_some() && row.n_pairs == 3, "{row:?}");
        assert_eq!(row.checkpoint_y.as_deref(), Some("epoch-02"));
    }
    let own =
        section.figures.iter().find(|f| f.id() == "training-own-end-ridge").expect("a figure");
    assert!(
        own.caption().contains("a mean over 3 networks, each counted once"),
        "{}",
        own.caption()
    );
    let curves = section.figures.iter().find_map(|figure| match figure {
        Figure::Curves(curves) if curves.id == "training-own-end-ridge" => Some(curves),
        _ => None,
    });
    let names = curves.expect("own end states").facets[0].curves.iter().map(|c| c.name.as_str());
    assert!(names.clone().any(|name| name == "Ridge predictivity, own end state · shuffle"));
}

/// A chance level of that many shuffles, which is near nothing.
fn assert_chance(row: &SummaryRow, draws: usize) {
    let shuffle = row.chance.iter().find(|c| c.null == Null::Shuffle).expect("drawn");
    assert!(shuffle.draws == draws && shuffle.mean.abs() < 0.12, "{row:?}");
}

#[test]
fn a_cell_that_fails_is_a_row_with_its_error_and_the_study_goes_on() {
    let source = networks(|network, layer, _, values| {
        if network == "net1" && layer == "late" {
            values.chunks_mut(UNITS).for_each(|row| row[2] = 0.5);
        }
    });
    let table = table(&source);
    let cells: Vec<&CellRow> = table
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Cell(cell) => Some(&**cell),
            _ => None,
        })
        .collect();
    let touches = |c: &CellRow| {
        [&c.x, &c.y].iter().any(|side| side.network == "net1" && side.layer == "late")
    };
    for cell in &cells {
        match &cell.outcome {
            Outcome::Error { message } => {
                assert!(touches(cell), "{cell:?}");
                assert!(
                    message.contains("unit 2 of net1/") && message.contains("is constant"),
                    "{message}"
                );
            }
            Outcome::Score { estimate, .. } => {
                assert!(!touches(cell) && estimate.value.is_finite(), "{cell:?}");
            }
        }
    }
    assert!(cells.iter().any(|c| touches(c)));
}

#[test]
fn a_study_that_is_refused_leaves_no_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("results");
    let spec = StudySpec { folds: 200, ..spec() };
    let error =
        run(&spec, &networks(|_, _, _, _| {}), &out, &Quiet).expect_err("300 stimuli, 200 folds");
    assert!(error.to_string().contains("300 stimuli cannot be split into 200 folds"), "{error}");
    assert!(!out.exists());
}
