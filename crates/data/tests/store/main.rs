//! The activation store: round trips, order, and everything that may be wrong with a folder.

use std::fs;
use std::path::{Path, PathBuf};

use consilience_data::formats::npy;
use consilience_data::store::{
    Origin, RecordedLayer, RecordedSet, Recording, Store, has_recording, write_recording,
    write_sets, write_stimuli,
};
use consilience_data::{
    ActivationSource, Activations, Cached, Checkpoint, Error, Pooling, ReceptiveField, RowMajor,
    StimulusSet, Thumbnails,
};
use tempfile::TempDir;

mod damage;

const N: usize = 10;

fn stimuli() -> StimulusSet {
    StimulusSet {
        labels: Some((0..N as u32).map(|i| i % 3).collect()),
        classes: ["shirt", "sandal", "bag"].map(String::from).to_vec(),
        thumbnails: Some(Thumbnails {
            width: 3,
            height: 2,
            pixels: (0..N * 6).map(|i| i as u8).collect(),
        }),
        ..StimulusSet::indexed("ten/test", N)
    }
}

fn layer(name: &str, depth: usize, pooling: Pooling, per: usize, units: usize) -> RecordedLayer {
    let values = (0..N * per * units).map(|i| i as f32 + depth as f32 / 8.0).collect();
    RecordedLayer {
        layer: name.into(),
        depth,
        pooling,
        rows_per_stimulus: per,
        receptive_field: (pooling == Pooling::PositionsAsStimuli).then_some(ReceptiveField {
            rows: 1,
            columns: per,
            size: 2,
            stride: 1,
            offset: -1,
            height: 2,
            width: 3,
        }),
        rows: RowMajor { values, n_units: units },
    }
}

fn recording(network: &str, step: u64) -> Recording {
    Recording {
        network: network.into(),
        checkpoint: format!("step-{step}"),
        when: Checkpoint { step, epoch: step as f64 / 40.0, accuracy: Some(0.9) },
        made_by: "a test".into(),
        layers: vec![
            layer("/fc/Relu: 1", 1, Pooling::Flatten, 1, 7),
            layer("conv1", 0, Pooling::PositionsAsStimuli, 4, 2),
            layer("conv1", 0, Pooling::SpatialMean, 1, 2),
        ],
    }
}

/// A store with one recording of `cnn-seed1` at step 0, and its folder.
fn store() -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    write_recording(root.path(), &stimuli(), &recording("cnn-seed1", 0)).unwrap();
    let folder = root.path().join("cnn-seed1/step-0");
    (root, folder)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn read(source: &dyn ActivationSource, index: usize, stimuli: &[usize]) -> Activations {
    let representation = &source.representations()[index];
    let mut out = Activations::empty(representation.precision, representation.n_units);
    source.read(index, stimuli, &mut out).unwrap();
    out
}

#[test]
fn what_is_recorded_is_read_for_any_list_of_stimuli() {
    let (root, _) = store();
    let store = Store::open(root.path()).unwrap();
    assert_eq!(store.stimuli(), &stimuli());
    store.verify().unwrap();
    let recorded = recording("cnn-seed1", 0);
    let loaded = Cached::load(&store, &[0, 2, 0]).unwrap();
    assert!(loaded.loaded(0).is_some() && loaded.loaded(1).is_none());
    assert_eq!(loaded.representations(), store.representations());
    for (index, representation) in store.representations().iter().enumerate() {
        let layer = recorded
            .layers
            .iter()
            .find(|l| l.layer == representation.id.layer && l.pooling == representation.id.pooling)
            .unwrap();
        let all = Activations::F32(layer.rows.clone());
        assert_eq!(representation.checkpoint, recorded.when);
        assert_eq!(representation.rows_per_stimulus, layer.rows_per_stimulus);
        assert_eq!(store.receptive_field(index), layer.receptive_field);
        assert_eq!(loaded.receptive_field(index), layer.receptive_field);
        let everything: Vec<_> = (0..N).collect();
        for list in [&everything[..], &[3], &[4, 5, 6, 2, 3, 9, 0, 0, 1], &[]] {
            let mut expected = Activations::empty(all.precision(), all.n_units());
            for &s in list {
                let per = layer.rows_per_stimulus;
                all.append_rows_to(s * per..(s + 1) * per, &mut expected);
            }
            assert_eq!(read(&store, index, list), expected);
            assert_eq!(read(&loaded, index, list), expected);
        }
    }
}

#[test]
fn a_recording_that_does_not_say_where_positions_look_is_read() {
    let (root, folder) = store();
    let path = folder.join("manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let layers = manifest["layers"].as_array_mut().unwrap();
    let said = layers.iter_mut().filter_map(|l| l.as_object_mut()?.remove("receptive_field"));
    assert_eq!(said.count(), 1, "of the layer whose rows are positions");
    fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    let store = Store::open(root.path()).unwrap();
    assert!((0..3).all(|index| store.receptive_field(index).is_none()));
}

#[test]
fn rows_longer_than_a_piece_and_runs_of_many_pieces_are_read() {
    let root = tempfile::tempdir().unwrap();
    let mut wide = recording("wide", 0);
    wide.layers = vec![
        layer("wide", 0, Pooling::Flatten, 1, 70_000),
        layer("tall", 1, Pooling::PositionsAsStimuli, 20_000, 3),
    ];
    write_recording(root.path(), &stimuli(), &wide).unwrap();
    let store = Store::open(root.path()).unwrap();
    for index in 0..2 {
        let all = read(&store, index, &(0..N).collect::<Vec<_>>());
        assert_eq!(all, Activations::F32(wide.layers[index].rows.clone()));
    }
}

#[test]
fn files_are_plain_and_names_stay_inside_the_folder() {
    let (root, folder) = store();
    let expected = [
        "%2Ffc%2FRelu%3A%201.flatten.npy",
        "conv1.positions-as-stimuli.npy",
        "conv1.spatial-mean.npy",
        "manifest.json",
    ];
    assert_eq!(names(&folder), expected);
    assert_eq!(names(root.path()), ["cnn-seed1", "stimuli.json", "thumbnails.png"]);
    let array = npy::read(folder.join("conv1.spatial-mean.npy")).unwrap();
    assert_eq!((array.n_rows(), array.n_units()), (N, 2));

    let mut escaping = recording("../../outside", 0);
    escaping.checkpoint = "..".into();
    write_recording(root.path(), &stimuli(), &escaping).unwrap();
    assert!(has_recording(root.path(), &stimuli(), "../../outside", ".."));
    assert!(root.path().join("%2E.%2F..%2Foutside/%2E.").is_dir());
    assert_eq!(Store::open(root.path()).unwrap().representations().len(), 6);
}

#[test]
fn representations_are_ordered_by_network_step_depth_and_pooling() {
    let root = tempfile::tempdir().unwrap();
    for (network, step) in
        [("seed10", 0), ("seed2", 100), ("seed2", 20), ("seed02", 5), ("seed", 0), ("seed2b", 0)]
    {
        write_recording(root.path(), &stimuli(), &recording(network, step)).unwrap();
    }
    let store = Store::open(root.path()).unwrap();
    let order: Vec<_> = store.representations().iter().map(|r| r.id.to_string()).collect();
    let recordings: Vec<_> =
        order.iter().step_by(3).map(|id| &id[..id.find("/conv1").unwrap()]).collect();
    assert_eq!(
        recordings,
        [
            "seed/step-0",
            "seed02/step-5",
            "seed2/step-20",
            "seed2/step-100",
            "seed2b/step-0",
            "seed10/step-0"
        ]
    );
    assert_eq!(
        order[..3],
        [
            "seed/step-0/conv1:spatial-mean",
            "seed/step-0/conv1:positions-as-stimuli",
            "seed/step-0//fc/Relu: 1:flatten"
        ]
    );
}

#[test]
fn leftovers_of_killed_writers_are_ignored_and_kept() {
    let (root, folder) = store();
    let half = root.path().join("cnn-seed1/.tmp-step-9-123-0");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("conv1.flatten.npy"), b"\x93NUM").unwrap();
    fs::create_dir_all(root.path().join(".tmp-x/y")).unwrap();
    fs::write(folder.join(".tmp-z"), b"").unwrap();
    fs::create_dir(root.path().join("cnn-seed1/notes")).unwrap();
    assert_eq!(Store::open(root.path()).unwrap().representations().len(), 3);
    assert!(half.is_dir());
    assert!(!has_recording(root.path(), &stimuli(), "cnn-seed1", "step-9"));
}

#[test]
fn a_recording_is_replaced_as_a_whole() {
    let (root, folder) = store();
    let mut again = recording("cnn-seed1", 0);
    again.layers.remove(0);
    again.layers[0].rows.values[0] = -7.0;
    write_recording(root.path(), &stimuli(), &again).unwrap();
    assert_eq!(names(&root.path().join("cnn-seed1")), ["step-0"]);
    assert_eq!(names(&folder).len(), 3);
    let store = Store::open(root.path()).unwrap();
    assert_eq!(read(&store, 1, &[0]).n_rows(), 4);
    store.verify().unwrap();
}

#[test]
fn stimuli_are_written_once_and_then_only_compared() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("new/store");
    let plain = StimulusSet { thumbnails: None, ..stimuli() };
    write_stimuli(&folder, &plain).unwrap();
    assert_eq!(Store::open(&folder).unwrap().stimuli(), &plain);
    write_stimuli(&folder, &stimuli()).unwrap();
    write_stimuli(&folder, &plain).unwrap();
    assert_eq!(Store::open(&folder).unwrap().stimuli(), &stimuli());
    assert_eq!(names(&folder), ["stimuli.json", "thumbnails.png"]);

    let mut other = stimuli();
    other.ids[4] = "four".into();
    let mut brighter = stimuli();
    brighter.thumbnails.as_mut().unwrap().pixels[0] = 255;
    let renamed = StimulusSet { name: "else".into(), ..stimuli() };
    let unlabelled = StimulusSet { labels: None, ..stimuli() };
    for (set, words) in [
        (other, "index 4 is '4' and 'four'"),
        (StimulusSet::indexed("ten/test", 12), "10 and 12 stimuli"),
        (brighter, "thumbnails differ"),
        (renamed, "names"),
        (unlabelled, "labels"),
    ] {
        let error = write_recording(&folder, &set, &recording("x", 0)).err();
        // Twelve stimuli do not fit the rows of the recording, which is seen first.
        let error = error.filter(|e| matches!(e, Error::DifferentStimuli { .. }));
        let error = error.unwrap_or_else(|| write_stimuli(&folder, &set).unwrap_err());
        assert!(matches!(error, Error::DifferentStimuli { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(names(&folder), ["stimuli.json", "thumbnails.png"], "nothing of 'x' was begun");
}

#[test]
fn bad_recordings_are_refused_before_anything_is_written() {
    let root = tempfile::tempdir().unwrap();
    let case = |change: &dyn Fn(&mut Recording)| {
        let mut bad = recording("cnn", 0);
        change(&mut bad);
        write_recording(root.path(), &stimuli(), &bad).unwrap_err().to_string()
    };
    let messages = [
        (case(&|r| r.layers[1].rows.values[5] = f32::NAN), "row 2, unit 1 is NaN"),
        (case(&|r| r.layers[0].rows.values[6] = f32::INFINITY), "row 0, unit 6 is inf"),
        (case(&|r| r.layers[0].rows.values.truncate(63)), "9 rows × 7 units"),
        (case(&|r| r.layers[0].rows.values.truncate(69)), "(69 values)"),
        (case(&|r| r.layers[0].rows_per_stimulus = 0), "10 stimuli × 0 rows"),
        (case(&|r| r.layers[2].pooling = Pooling::PositionsAsStimuli), "recorded twice"),
        (case(&|r| r.layers.clear()), "0 layers"),
        (case(&|r| r.network.clear()), "network ''"),
    ];
    for (message, words) in messages {
        assert!(message.contains(words), "{words} not in: {message}");
    }
    assert!(names(root.path()).is_empty());
}

#[test]
fn an_absent_or_unwritable_root_gives_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    let message = Store::open(&absent).unwrap_err().to_string();
    for words in ["absent", "no such folder", "activation store", "record activations first"] {
        assert!(message.contains(words), "{message}");
    }
    fs::create_dir(&absent).unwrap();
    let message = Store::open(&absent).unwrap_err().to_string();
    assert!(message.contains("no stimuli.json"), "{message}");

    // A file in the way, which stops even a privileged user.
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    for root in [&file, &file.join("below")] {
        let error = write_recording(root, &stimuli(), &recording("x", 0)).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("cannot create") && message.contains("file"), "{message}");
        assert!(!has_recording(root, &stimuli(), "x", "step-0"));
    }
    assert_eq!(names(folder.path()), ["absent", "file"]);
}

#[test]
fn an_error_while_replacing_leaves_the_old_recording() {
    let (root, folder) = store();
    let mut long = recording("cnn-seed1", 0);
    long.layers[2].layer = "a name too long for any file system".repeat(20);
    let message = write_recording(root.path(), &stimuli(), &long).unwrap_err().to_string();
    assert!(message.contains("cannot create") && !message.contains(".tmp-"), "{message}");
    assert_eq!(names(&root.path().join("cnn-seed1")), ["step-0"]);
    assert_eq!(names(&folder).len(), 4);
    Store::open(root.path()).unwrap().verify().unwrap();
}

#[test]
fn sets_beside_a_store_are_sources_of_the_same_networks() {
    let out = tempfile::tempdir().unwrap();
    let root = out.path().join("activations");
    write_recording(&root, &stimuli(), &recording("cnn-seed1", 0)).unwrap();
    let store = Store::open(&root).unwrap();
    assert!(store.sets().unwrap().is_empty());
    assert!(store.on("blur-2").err().unwrap().to_string().ends_with("there are: none"));

    let set = RecordedSet {
        name: "blur-2".into(),
        origin: Origin::Dataset { of: "ten/test".into(), fitted: None },
        n_stimuli: N,
        sha256: String::new(),
    };
    let folder = out.path().join("stimuli");
    write_sets(&folder, std::slice::from_ref(&set)).unwrap();
    let mut shifted = recording("cnn-seed1", 0);
    shifted.layers[0].rows.values[0] = -1.0;
    write_recording(&set.store(&folder), &stimuli(), &shifted).unwrap();
    assert_eq!(store.sets().unwrap(), [set]);
    let on = store.on("blur-2").unwrap();
    let ids = |source: &dyn ActivationSource| -> Vec<_> {
        source.representations().iter().map(|r| r.id.clone()).collect()
    };
    assert_eq!(ids(&*on), ids(&store));
    let last = store.representations().len() - 1;
    assert_eq!(on.representations()[0].digest, store.representations()[0].digest);
    assert_ne!(on.representations()[last].digest, store.representations()[last].digest);
    let error = store.on("blur-3").err().unwrap().to_string();
    assert_eq!(error, "no set of stimuli `blur-3`; there are: blur-2");
}
