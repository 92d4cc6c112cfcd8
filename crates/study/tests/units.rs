//! The study `units` on networks whose correspondence is planted: a permuted copy, a rotated copy, noise of its own.

mod within_limit;

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_study::{
    Figure, RESULTS_FILE, Row, STIMULI_FOLDER, StudySpec, Table, Tone, UnitsRow, plan, run,
};
use consilience_units::{Findings, MatchKind, VerdictKind};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 600;
const UNITS: usize = 8;

/// Index of the unit of the first network that unit `u` of a network copies: another order in each network.
fn planted(network: usize, u: usize) -> usize {
    (u * [1, 3, 5][network] + network) % UNITS
}

/// Three networks at two checkpoints. `permuted`: units are the common sources in another order, with a little noise. `rotated`:
/// each network turns the sources at random. `single`: one unit.
fn networks() -> ArraySource {
    let mut source = ArraySource::new(StimulusSet::indexed("planted", STIMULI));
    for network in 0..3 {
        for (step, checkpoint) in ["epoch-01", "epoch-02"].into_iter().enumerate() {
            for (depth, layer) in ["permuted", "rotated", "single"].into_iter().enumerate() {
                let n_units = if layer == "single" { 1 } else { UNITS };
                let values = values(network, step, layer);
                let array = Activations::F32(RowMajor { values, n_units });
                let id = RepresentationId {
                    network: format!("net{network}"),
                    checkpoint: checkpoint.into(),
                    layer: layer.into(),
                    pooling: Pooling::Flatten,
                };
                let representation = Representation {
                    id,
                    depth,
                    n_units,
                    rows_per_stimulus: 1,
                    precision: Precision::F32,
                    digest: array.digest(),
                    checkpoint: Checkpoint {
                        step: step as u64,
                        epoch: step as f64,
                        accuracy: None,
                    },
                };
                source.push(representation, array).expect("finite");
            }
        }
    }
    source
}

fn values(network: usize, step: usize, layer: &str) -> Vec<f32> {
    // Before the last checkpoint every unit is noise of its own.
    let (signal, noise) = if step == 0 { (0.0, 1.0) } else { (1.0, 0.2) };
    let mut common = ChaCha8Rng::seed_from_u64(7);
    let mut own = ChaCha8Rng::seed_from_u64(100 + network as u64 + 10 * step as u64);
    let turn = rotation(network as u64);
    let mut values = Vec::new();
    for _ in 0..STIMULI {
        // A peaked source: rotations of Gaussian ones could not be told from the sources by their units alone.
        let sources: Vec<f32> =
            (0..UNITS).map(|_| common.random_range(-1.0f32..1.0).powi(3) * 2.6).collect();
        let unit = |u: usize| match layer {
            "rotated" => (0..UNITS).map(|k| turn[u][k] * sources[k]).sum(),
            "single" => sources[0],
            _ => sources[planted(network, u)],
        };
        let n = if layer == "single" { 1 } else { UNITS };
        values.extend((0..n).map(|u| signal * unit(u) + noise * own.random_range(-1.0f32..1.0)));
    }
    values
}

/// A random orthogonal matrix, by Gram and Schmidt.
fn rotation(seed: u64) -> Vec<Vec<f32>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1000 + seed);
    let mut rows: Vec<Vec<f32>> = Vec::new();
    while rows.len() < UNITS {
        let mut row: Vec<f32> = (0..UNITS)
            .map(|_| (0..6).map(|_| rng.random_range(-1.0f32..1.0)).sum::<f32>())
            .collect();
        for other in &rows {
            let along: f32 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            row.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
        }
        let norm = row.iter().map(|v| v * v).sum::<f32>().sqrt();
        row.iter_mut().for_each(|v| *v /= norm);
        rows.push(row);
    }
    rows
}

fn spec(extra: &str) -> StudySpec {
    with_groups(extra, "")
}

fn with_groups(extra: &str, groups: &str) -> StudySpec {
    let text = format!(
        "name = 'planted'\nactivations = ''\n[[study]]\nkind = 'units'\n{extra}\n[study.parameters]\nrotations = 19\n{groups}"
    );
    StudySpec::parse(&text, "test").expect("a spec")
}

fn table(extra: &str) -> Table {
    let folder = tempfile::tempdir().expect("a folder");
    run(&spec(extra), &networks(), folder.path(), &Quiet).expect("a table")
}

fn of_layer<'a>(
    table: &'a Table,
    layer: &'a str,
) -> impl Iterator<Item = (&'a UnitsRow, &'a Findings)> {
    let rows = table.units("units").filter(move |row| row.x.layer == layer);
    rows.filter_map(|row| Some((row, &**row.findings.found()?)))
}

fn index(network: &str) -> usize {
    network.trim_start_matches("net").parse().expect("a number")
}

#[test]
fn a_permuted_copy_is_matched_unit_by_unit() {
    let table = table("layers = ['permuted']");
    assert_eq!(of_layer(&table, "permuted").count(), 3);
    for (row, findings) in of_layer(&table, "permuted") {
        let (x, y) = (index(&row.x.network), index(&row.y.network));
        for (u, partner) in findings.x.matched.iter().enumerate() {
            let partner = partner.as_ref().expect("all units vary");
            assert_eq!(
                planted(y, partner.unit as usize),
                planted(x, u),
                "unit {u} of {}",
                row.x.network
            );
            assert_eq!(findings.x.cycle[u], Some(1.0), "the third network agrees");
        }
        let kinds: Vec<VerdictKind> =
            findings.x.verdict.iter().map(|v| v.expect("it varies").kind).collect();
        assert_eq!(kinds, [VerdictKind::OneToOne; UNITS]);
        // Noise of its own before: a partner is the last one as often as in a random order, one in eight.
        let before: f32 = findings.x.checkpoints.iter().map(|share| share.expect("known")).sum();
        assert!(before <= 4.0, "{before} units had their last partner before training");
    }
    let all = table.units_layers("units").next().expect("a row of all networks");
    let found = all.findings.found().expect("findings");
    assert_eq!(found.cliques.expect("three networks").share, 1.0);
}

#[test]
fn a_rotated_copy_is_explained_but_not_matched() {
    let table = table("layers = ['rotated']\nhistory = false");
    for (row, findings) in of_layer(&table, "rotated") {
        let matching = findings.matching.found().expect("units vary");
        let one = matching.summaries.iter().find(|s| s.kind == MatchKind::OneToOne).expect("it");
        assert!(one.mean < 0.8, "{} of {}", one.mean, row.y.network);
        let prediction = findings.x_from_y.found().expect("units vary");
        let left = prediction.curve.points[prediction.best].held_out.expect("measured");
        assert!(left < 0.2, "all units together leave {left} unexplained");
        let verdicts: Vec<_> = findings.x.verdict.iter().map(|v| v.expect("it varies")).collect();
        let one_to_one = verdicts.iter().filter(|v| v.kind == VerdictKind::OneToOne).count();
        assert!(one_to_one <= 1, "{one_to_one} units are matched in a rotated copy");
        assert!(verdicts.iter().all(|v| v.explained > 0.8), "{verdicts:?}");
        assert_eq!(findings.x.checkpoints, [None; UNITS]);
    }
}

#[test]
fn words_and_figures_speak_of_every_layer() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = spec("layers = ['permuted', 'rotated']");
    let table = run(&spec, &networks(), folder.path(), &Quiet).expect("a table");
    let facts = consilience_study::Run::read(folder.path()).expect("facts");
    let sections = spec.studies().expect("studies")[0].sections(&table, &facts);
    let [section] = sections.as_slice() else { panic!("one section") };
    let first = &section.verdicts[0];
    assert_eq!(first.tone, Tone::Mixed, "{}", first.text);
    assert!(first.text.contains("in 1 of 2 layers"), "{}", first.text);
    let curves = section.figures.iter().filter_map(|f| match f {
        Figure::Curves(curves) => Some(curves),
        _ => None,
    });
    for figure in curves {
        assert_eq!(figure.facets.len(), 2, "{}", figure.id);
        assert!(figure.facets.iter().all(|f| !f.curves.is_empty()), "{}", figure.id);
    }
    assert!(folder.path().join(STIMULI_FOLDER).join("stimuli.json").exists());
    // Where training records networks on other sets of stimuli; a report is written into the same folder.
    assert!(!folder.path().join("stimuli").exists());
}

#[test]
fn means_stay_within_a_pair_of_groups() {
    let folder = tempfile::tempdir().expect("a folder");
    let groups = "[groups]\nnarrow = ['net0', 'net1']\nwide = ['net2']\n";
    let spec = with_groups("layers = ['permuted']\nhistory = false", groups);
    let table = run(&spec, &networks(), folder.path(), &Quiet).expect("a table");
    let facts = consilience_study::Run::read(folder.path()).expect("facts");
    let sections = spec.studies().expect("studies")[0].sections(&table, &facts);
    let anchors: Vec<&str> = sections.iter().map(|section| &*section.anchor).collect();
    assert_eq!(anchors, ["units-narrow-narrow", "units-narrow-wide", "units-all"]);
    for (section, networks, pairs) in
        [(&sections[0], "2 networks", "1 pair"), (&sections[1], "3 networks", "2 pairs")]
    {
        assert!(section.lead.contains(networks), "{}", section.lead);
        assert!(section.verdicts[0].text.contains(pairs), "{}", section.verdicts[0].text);
        // What is of all three networks is of neither.
        assert!(!section.verdicts.iter().any(|verdict| verdict.text.contains("third network")));
    }
    let all = &sections[2];
    assert!(all.verdicts.iter().any(|verdict| verdict.text.contains("third network")));
    let ids = |section: &consilience_study::Section| -> Vec<String> {
        section.figures.iter().map(|figure| figure.id().to_owned()).collect()
    };
    assert_eq!(ids(all), ["units-spectra-all"]);
    let mut every: Vec<String> = sections.iter().flat_map(ids).collect();
    let n = every.len();
    every.sort();
    every.dedup();
    assert_eq!(every.len(), n, "a name is the name of a file");
}

#[test]
fn a_killed_run_ends_with_the_same_bytes() {
    let (whole, killed) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let spec = spec("layers = ['permuted', 'single']\nhistory = false");
    run(&spec, &networks(), whole.path(), &Quiet).expect("a table");
    run(&spec, &networks(), killed.path(), &Quiet).expect("a table");
    let path = killed.path().join(RESULTS_FILE);
    let bytes = std::fs::read(whole.path().join(RESULTS_FILE)).expect("rows");
    let first = bytes.iter().position(|b| *b == b'\n').expect("a line") + 1;
    // A row of the first layer, and a torn one.
    std::fs::write(&path, &bytes[..first + 20]).expect("written");
    run(&spec, &networks(), killed.path(), &Quiet).expect("a table");
    assert!(std::fs::read(&path).expect("rows") == bytes);
}

#[test]
fn one_unit_is_no_reason_to_stop() {
    let table = table("layers = ['single']\nhistory = false");
    for (_, findings) in of_layer(&table, "single") {
        let partner = findings.x.matched[0].expect("it varies");
        assert!(partner.r > 0.9 && partner.margin.is_none());
    }
    assert_eq!(of_layer(&table, "single").count(), 3);
}

#[test]
fn what_it_costs_is_known_before() {
    let (spec, source) = (spec("layers = ['permuted']"), networks());
    let planned = plan(&spec, &source, None).expect("a plan");
    let units = &planned.studies[0];
    assert_eq!((units.kind.as_str(), units.rows), ("units", 4));
    // The last checkpoint, once more in random order, and the earlier one.
    let pass = (3 * STIMULI * UNITS * 4) as u64;
    assert_eq!(units.bytes_read, 3 * pass);
    assert!(units.multiply_adds > 0 && units.peak_bytes > 0);
    let made =
        table("layers = ['permuted']").rows.iter().filter(|r| !matches!(r, Row::Cell(_))).count();
    assert_eq!(made, units.rows);
}

#[test]
fn what_is_not_there_is_named() {
    let cases = [
        ("layers = ['conv9']", "no layer `conv9`"),
        ("networks = ['net0', 'other']", "no network `other`; there are net0, net1, net2"),
        ("networks = ['net0']", "expected at least 2 to compare"),
        ("checkpoint = 'epoch-09'", "network net0 has no checkpoint `epoch-09`"),
        ("receptive-fields = { fc9 = { size = 3, stride = 1, offset = 0 } }", "no layer `fc9`"),
    ];
    for (extra, words) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let error =
            run(&spec(extra), &networks(), folder.path(), &Quiet).expect_err(extra).to_string();
        assert!(error.contains(words), "{extra}: {error}");
    }
}

#[test]
fn a_limit_to_memory_takes_pair_by_pair_and_changes_no_byte() {
    let text = "
        name = 'limited'
        activations = ''
        blocks = 10
        [[study]]
        kind = 'units'
        pooling = 'flatten'
        parameters.information.rows = 300
    ";
    let spec = StudySpec::parse(text, "test").expect("a spec");
    within_limit::a_limit_cuts_and_changes_no_byte(&spec, &networks());
}
