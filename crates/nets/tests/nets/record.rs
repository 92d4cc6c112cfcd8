//! Trained networks recorded on shifted stimuli and on other data sets.

use std::fs;

use consilience_data::store::{Origin, Store, read_sets};
use consilience_data::{ActivationSource, Activations, Pooling, Quiet};
use consilience_nets::datasets::{DatasetSpec, Pictures};
use consilience_nets::{CheckpointList, TrainSpec, Which, shifts, train_on};

use crate::rows::{Told, dataset, spec, tree};

fn shifted_spec() -> TrainSpec {
    let mut spec = spec();
    spec.networks.seeds = vec![1, 2];
    spec.training.epochs = 6;
    spec.training.learning_rate = 0.02;
    spec.stimuli = toml::from_str(
        r#"
        shifts = ["contrast", { name = "gaussian-noise", severities = [5] }]
        severities = [1, 5]
        "#,
    )
    .unwrap();
    spec
}

/// All rows of a recording.
pub(crate) fn rows(store: &Store, representation: usize) -> Vec<f32> {
    let n_units = store.representations()[representation].n_units;
    let precision = store.representations()[representation].precision;
    let mut out = Activations::empty(precision, n_units);
    let all: Vec<usize> = (0..store.stimuli().len()).collect();
    store.read(representation, &all, &mut out).unwrap();
    match out {
        Activations::F32(rows) => rows.values,
        Activations::F64(_) => panic!("recordings are float32"),
    }
}

#[test]
fn every_shift_has_a_store_with_the_accuracy_on_it() {
    let out = tempfile::tempdir().unwrap();
    let spec = shifted_spec();
    let summary = train_on(&spec, &dataset(), out.path(), 2, &Quiet).unwrap();
    let root = out.path().join("stimuli");
    let sets = read_sets(&root).unwrap();
    assert_eq!(summary.sets, sets);
    let names: Vec<_> = sets.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["contrast-1", "contrast-5", "gaussian-noise-5"]);
    let Origin::Shift { of, shift, severity, strength, seed, .. } = &sets[1].origin else {
        panic!("{:?}", sets[1].origin)
    };
    assert_eq!(
        (of.as_str(), shift.as_str(), *severity, *strength, *seed),
        ("rows/test", "contrast", 5, 0.95, None)
    );

    let plain = Store::open(&out.path().join("activations")).unwrap();
    let mut accuracies = Vec::new();
    for set in &sets {
        let store = Store::open(&set.store(&root)).unwrap();
        store.verify().unwrap();
        assert_eq!(store.stimuli().ids, plain.stimuli().ids, "the same stimuli, shifted");
        assert_eq!(store.stimuli().labels, plain.stimuli().labels);
        assert_eq!(store.stimuli().name, format!("rows/test/{}", set.name));
        let found: Vec<_> = store.representations().iter().map(|r| r.id.to_string()).collect();
        assert_eq!(found[0], "cnn-seed1/epoch-06/conv1:spatial-mean");
        assert_eq!(
            found.len(),
            8,
            "4 layers of 2 networks, at the last checkpoint only: {found:?}"
        );
        accuracies.push(store.representations()[0].checkpoint.accuracy.unwrap());
    }
    let trained = summary.networks[0].accuracy();
    assert!(trained > 0.9, "{trained}");
    assert!(accuracies[1] < trained && accuracies[1] <= accuracies[0], "{accuracies:?}");
}

#[test]
fn recordings_are_what_the_network_says_of_the_shifted_pictures() {
    let (out, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let spec = shifted_spec();
    train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap();
    // The shifted pictures as a data set of their own, with the same training: its plain recording is the shifted one.
    let mut moved = dataset();
    let set = Pictures::from(&moved.test);
    let entry = shifts::find("contrast").unwrap();
    let found = shifts::apply(entry, 5, &set, 1, 1).unwrap();
    moved.test.pixels = found.values.iter().map(|v| (v * 255.0).round() as u8).collect();
    let plain = TrainSpec { stimuli: consilience_nets::StimuliSpec::default(), ..spec };
    train_on(&plain, &moved, other.path(), 1, &Quiet).unwrap();
    let shifted = Store::open(&out.path().join("stimuli/contrast-5")).unwrap();
    let again = Store::open(&other.path().join("activations")).unwrap();
    let same = |id: &str| {
        let at = |store: &Store| {
            let found = store.representations().iter().position(|r| r.id.to_string() == id);
            rows(store, found.unwrap())
        };
        let (a, b) = (at(&shifted), at(&again));
        assert_eq!(a.len(), b.len());
        // Eight bits round the pictures by up to 1/510.
        a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    assert!(same("cnn-seed1/epoch-06/conv1:spatial-mean") < 0.02);
    assert!(same("cnn-seed2/epoch-06/fc2:flatten") < 0.3);
}

#[test]
fn sets_can_be_added_later_and_what_is_there_is_left() {
    let (at_once, later) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let spec = shifted_spec();
    train_on(&spec, &dataset(), at_once.path(), 1, &Quiet).unwrap();
    let mut first = spec.clone();
    first.stimuli.severities = vec![5];
    train_on(&first, &dataset(), later.path(), 3, &Quiet).unwrap();
    let told = Told::default();
    train_on(&spec, &dataset(), later.path(), 2, &told).unwrap();
    assert!(tree(at_once.path()) == tree(later.path()));
    let told = told.0.into_inner().unwrap();
    let new: Vec<_> = told.iter().filter(|line| line.contains("% correct, mean of")).collect();
    assert_eq!(new.len(), 1, "contrast-1 alone: {told:?}");

    // One recording lost, one made from another network: both are made again.
    let store = later.path().join("stimuli/contrast-5/cnn-seed2");
    fs::remove_dir_all(store.join("epoch-06")).unwrap();
    let manifest = later.path().join("stimuli/contrast-1/cnn-seed1/epoch-06/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("spec ", "spec 0")).unwrap();
    train_on(&spec, &dataset(), later.path(), 2, &Quiet).unwrap();
    assert!(tree(at_once.path()) == tree(later.path()));
}

#[test]
fn every_checkpoint_can_be_recorded_and_poolings_chosen() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = shifted_spec();
    spec.networks.seeds = vec![1];
    spec.stimuli.severities = vec![3];
    spec.stimuli.checkpoints = CheckpointList::Named(Which::All);
    spec.stimuli.poolings = Some(vec![Pooling::Centre]);
    train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap();
    let store = Store::open(&out.path().join("stimuli/contrast-3")).unwrap();
    let checkpoints = out.path().join("stimuli/contrast-3/cnn-seed1");
    assert_eq!(fs::read_dir(checkpoints).unwrap().count(), 8);
    assert_eq!(store.representations()[0].id.to_string(), "cnn-seed1/step-000000/conv1:centre");
    spec.stimuli.checkpoints = CheckpointList::These(vec!["epoch-9".into()]);
    let e = train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap_err().to_string();
    assert!(e.contains("stimuli.checkpoints") && e.contains("step-000000, step-000002"), "{e}");
}

#[test]
fn other_data_sets_are_made_to_fit_and_have_no_accuracy() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.networks.seeds = vec![1];
    spec.training.epochs = 1;
    let clothes = DatasetSpec::default();
    spec.stimuli.datasets = vec![DatasetSpec { id: "digits".into(), options: None }, clothes];
    train_on(&spec, &dataset(), out.path(), 2, &Quiet).unwrap();
    let root = out.path().join("stimuli");
    let sets = read_sets(&root).unwrap();
    assert_eq!(sets[0].origin, Origin::Dataset { of: "digits/test".into(), fitted: None });
    let Origin::Dataset { fitted: Some(done), .. } = &sets[1].origin else { panic!("{sets:?}") };
    assert!(done.starts_with("28 × 28 × 1 made 8 × 8 × 1"), "{done}");
    let store = Store::open(&sets[0].store(&root)).unwrap();
    assert_eq!(store.stimuli().ids[0], "digits/0797");
    assert_eq!(store.representations()[0].checkpoint.accuracy, None, "other classes");
}

#[test]
fn another_set_of_the_same_name_is_refused() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = shifted_spec();
    spec.networks.seeds = vec![1];
    train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap();
    let before = tree(out.path());
    spec.stimuli.seed = 2;
    let e = train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap_err().to_string();
    assert!(e.contains("gaussian-noise-5: Shift") && e.contains("seed: Some(2)"), "{e}");
    assert!(e.contains("give another output folder"), "{e}");
    assert!(tree(out.path()) == before);
    spec.stimuli.shifts =
        toml::from_str::<consilience_nets::StimuliSpec>("shifts = ['grey']").unwrap().shifts;
    let e = train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap_err().to_string();
    assert!(e.contains("stimuli.shifts: grey for images of 8 × 8 × 1"), "{e}");
}
