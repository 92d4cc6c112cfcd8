//! Whole runs on a tiny data set: the same bytes for any number of threads, resuming, and refusals.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use consilience_data::store::Store;
use consilience_data::{ActivationSource, Pooling, Progress, Quiet};
use consilience_nets::{Augmentation, Error, Labels, Subset, train_on};

use crate::record::rows;
use crate::rows::{Told, dataset, spec, tree};

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let folders = [1, 2, 3].map(|threads| {
        let out = tempfile::tempdir().unwrap();
        train_on(&spec(), &dataset(), out.path(), threads, &Quiet).unwrap();
        out
    });
    let alone = tree(folders[0].path());
    // 3 networks of 4 checkpoints: weights, manifest, 4 layers (and 2 more at the end), 2 files more; stimuli and thumbnails.
    assert_eq!(alone.len(), 3 * (4 * 6 + 2 + 2) + 2);
    for other in &folders[1..] {
        for (a, b) in alone.iter().zip(tree(other.path())) {
            assert_eq!(a.0, b.0);
            assert!(a.1 == b.1, "{} differs", a.0.display());
        }
    }
}

#[test]
fn networks_learn_and_are_recorded_at_every_checkpoint() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.networks.seeds = vec![1, 2];
    spec.training.epochs = 12;
    spec.training.learning_rate = 0.02;
    let summary = train_on(&spec, &dataset(), out.path(), 2, &Quiet).unwrap();
    assert_eq!(summary.n_present, 0);
    for network in &summary.networks {
        assert!(network.accuracy() > 0.9, "{}", network.accuracy());
        assert_eq!(network.checkpoints.len(), 14);
        assert_eq!(network.checkpoints[1].name, "step-000002");
        assert_eq!(network.checkpoints[2].when.step, 6);
    }
    let store = Store::open(&out.path().join("activations")).unwrap();
    assert_eq!(store.stimuli().ids, dataset().test.ids);
    let last: Vec<_> = store
        .representations()
        .iter()
        .filter(|r| r.id.network == "cnn-seed2" && r.id.checkpoint == "epoch-12")
        .map(|r| (r.id.layer.as_str(), r.id.pooling, r.rows_per_stimulus, r.n_units))
        .collect();
    let expected = [
        ("conv1", Pooling::SpatialMean, 1, 3),
        ("conv1", Pooling::PositionsAsStimuli, 64, 3),
        ("conv2", Pooling::SpatialMean, 1, 4),
        ("conv2", Pooling::PositionsAsStimuli, 16, 4),
        ("fc1", Pooling::Flatten, 1, 5),
        ("fc2", Pooling::Flatten, 1, 3),
    ];
    assert_eq!(last, expected);
}

#[test]
fn the_stimuli_themselves_can_be_recorded_before_the_first_layer() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.networks.seeds = vec![1];
    spec.record.input = true;
    let data = dataset();
    train_on(&spec, &data, out.path(), 1, &Quiet).unwrap();
    let store = Store::open(&out.path().join("activations")).unwrap();
    let of_layer = |layer: &str| {
        let mut found = store.representations().iter().filter(|r| r.id.layer == layer);
        found.next().unwrap()
    };
    assert_eq!((of_layer("input").depth, of_layer("conv1").depth), (0, 1));
    let index = store.representations().iter().position(|r| r.id.layer == "input").unwrap();
    let found = rows(&store, index);
    assert_eq!(found.len(), 30 * 64);
    let (mean, deviation) = (data.normalisation.mean[0], data.normalisation.deviation[0]);
    for (value, &pixel) in found.iter().zip(&data.test.pixels) {
        assert!((value * deviation + mean - f32::from(pixel) / 255.0).abs() < 1e-5);
    }
}

#[test]
fn what_is_complete_is_kept_and_what_is_not_is_made_again() {
    let out = tempfile::tempdir().unwrap();
    train_on(&spec(), &dataset(), out.path(), 2, &Quiet).unwrap();
    let complete = tree(out.path());

    let told = Told::default();
    let again = train_on(&spec(), &dataset(), out.path(), 2, &told).unwrap();
    assert_eq!(again.n_present, 3);
    let notes = told.0.into_inner().unwrap();
    assert_eq!(notes.len(), 3, "no stage, no image: {notes:?}");
    assert!(notes[0].starts_with("cnn-seed1: ") && notes[0].ends_with(", already there"));

    // As if killed: one network without its end, one without a recording.
    fs::remove_file(out.path().join("networks/cnn-seed2/network.json")).unwrap();
    fs::remove_dir_all(out.path().join("activations/cnn-seed3/epoch-01")).unwrap();
    let told = Told::default();
    let summary = train_on(&spec(), &dataset(), out.path(), 1, &told).unwrap();
    assert_eq!(summary.n_present, 1);
    assert_eq!(summary.networks, again.networks);
    assert!(tree(out.path()) == complete);
    let told = told.0.into_inner().unwrap();
    let advanced: u64 = told.iter().filter_map(|t| t.strip_prefix('+')?.parse::<u64>().ok()).sum();
    assert!(told.contains(&format!("train {advanced}")), "{told:?}");
}

/// Kills the thread that trains when so many images were seen.
struct Killer {
    seen: AtomicU64,
    last: u64,
}

impl Progress for Killer {
    fn stage(&self, _: &str, _: u64) {}
    fn advance(&self, done: u64) {
        assert!(self.seen.fetch_add(done, Ordering::Relaxed) + done < self.last, "killed");
    }
    fn note(&self, _: &str) {}
}

/// Killed between two checkpoints, in the middle of an epoch, with everything on that has a state: the run goes on from the
/// checkpoint before and leaves the bytes of one that was not killed.
#[test]
fn a_killed_training_goes_on_from_its_last_checkpoint() {
    let mut spec = spec();
    spec.networks.seeds = vec![1];
    spec.training.epochs = 3;
    spec.training.augmentation = Augmentation { shift: 1, flip: true };
    spec.training.labels = Labels::Noise(0.2);
    spec.training.subset = Subset { share: 0.8, common: 0.5, common_seed: 4 };
    spec.training.weight_decay = 0.1;
    let unbroken = tempfile::tempdir().unwrap();
    train_on(&spec, &dataset(), unbroken.path(), 1, &Quiet).unwrap();

    // 72 images an epoch: steps of 16, 16, 16, 16, 8. Checkpoints after 0, 32, 72, 144 and 216 images.
    for (killed_after, from) in [(10, 0), (40, 32), (100, 72), (210, 144)] {
        let out = tempfile::tempdir().unwrap();
        let killer = Killer { seen: AtomicU64::new(0), last: killed_after };
        let run = || train_on(&spec, &dataset(), out.path(), 1, &killer);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
        let state = out.path().join("networks/cnn-seed1/unfinished.safetensors");
        assert!(state.is_file());
        let told = Told::default();
        train_on(&spec, &dataset(), out.path(), 1, &told).unwrap();
        let told = told.0.into_inner().unwrap();
        assert_eq!(told[0], format!("train {}", 216 - from), "killed after {killed_after} images");
        assert!(tree(out.path()) == tree(unbroken.path()), "killed after {killed_after} images");
        assert!(!state.exists());
    }
}

#[test]
fn a_state_that_does_not_fit_its_weights_is_not_used() {
    let mut spec = spec();
    spec.networks.seeds = vec![1];
    let unbroken = tempfile::tempdir().unwrap();
    train_on(&spec, &dataset(), unbroken.path(), 1, &Quiet).unwrap();
    let out = tempfile::tempdir().unwrap();
    let killer = Killer { seen: AtomicU64::new(0), last: 100 };
    let run = || train_on(&spec, &dataset(), out.path(), 1, &killer);
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
    let networks = out.path().join("networks/cnn-seed1");
    fs::copy(networks.join("step-000002.safetensors"), networks.join("epoch-01.safetensors"))
        .unwrap();
    let told = Told::default();
    train_on(&spec, &dataset(), out.path(), 1, &told).unwrap();
    assert_eq!(told.0.into_inner().unwrap()[0], "train 180", "from the begin");
    assert!(tree(out.path()) == tree(unbroken.path()));
}

#[test]
fn more_networks_can_be_added() {
    let out = tempfile::tempdir().unwrap();
    train_on(&spec(), &dataset(), out.path(), 2, &Quiet).unwrap();
    let mut spec = spec();
    spec.networks.seeds = vec![2, 4];
    let summary = train_on(&spec, &dataset(), out.path(), 2, &Quiet).unwrap();
    assert_eq!((summary.networks.len(), summary.n_present), (2, 1));
    assert_eq!(summary.networks[1].network, "cnn-seed4");
}

#[test]
fn a_network_of_another_spec_is_refused() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.networks.seeds = vec![1];
    train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap();
    let before = tree(out.path());
    spec.training.epochs = 3;
    let e = train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap_err();
    assert!(matches!(e, Error::OtherSpec { .. }));
    let e = e.to_string();
    assert!(e.contains("made with training.epochs = 2, now it is 3"), "{e}");
    assert!(e.contains("give another output folder, or remove this folder and"), "{e}");
    assert!(tree(out.path()) == before);

    fs::remove_dir_all(out.path().join("networks")).unwrap();
    let e = train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap_err().to_string();
    assert!(e.contains("activations/cnn-seed1 without spec.json"), "{e}");
}

#[test]
fn a_store_of_other_stimuli_is_refused() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.networks.seeds = vec![1];
    train_on(&spec, &dataset(), out.path(), 1, &Quiet).unwrap();
    let mut other = dataset();
    other.test.ids[7] = "test/seven".into();
    spec.networks.seeds = vec![2];
    let e = train_on(&spec, &other, out.path(), 1, &Quiet).unwrap_err().to_string();
    assert!(e.contains("index 7 is 'test/7' and 'test/seven'"), "{e}");
    assert!(!out.path().join("networks/cnn-seed2").exists());
}

#[test]
fn a_diverging_network_says_so() {
    let out = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.training.learning_rate = 1e30;
    let e = train_on(&spec, &dataset(), out.path(), 2, &Quiet).unwrap_err().to_string();
    assert!(e.contains("lower training.learning_rate (now 1e30)"), "{e}");
    assert!(
        e.contains("network cnn-seed1"),
        "the first network is named, not the first to fail: {e}"
    );
}

#[test]
fn an_output_folder_that_cannot_be_made_is_named() {
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("file");
    fs::write(&file, "").unwrap();
    let e = train_on(&spec(), &dataset(), &file.join("out"), 1, &Quiet).unwrap_err().to_string();
    assert!(e.contains("file/out"), "{e}");
}
