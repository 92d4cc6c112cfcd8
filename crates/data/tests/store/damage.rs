//! Files of a store that somebody changed, cut or removed.

use std::fs;
use std::path::Path;

use consilience_data::formats::npy;
use consilience_data::store::{Store, has_recording};
use consilience_data::{ActivationSource, Activations, Cached, RowMajor, StimulusSet};

use super::{N, stimuli, store};

/// Opens a store after a change to its folder: the message, and whether the recording still counts as complete.
fn opened_after(change: &dyn Fn(&Path)) -> (String, bool) {
    let (root, folder) = store();
    change(&folder);
    let message = Store::open(root.path()).map_or_else(|e| e.to_string(), |_| "opened".into());
    (message, has_recording(root.path(), &stimuli(), "cnn-seed1", "step-0"))
}

#[test]
fn damaged_arrays_are_found_when_the_store_is_opened() {
    let array = |folder: &Path| folder.join("conv1.spatial-mean.npy");
    let units = |units| Activations::F32(RowMajor { values: vec![0.0; 12], n_units: units });
    let double = Activations::F64(RowMajor { values: vec![0.0; 2 * N], n_units: 2 });
    let cases: [(&dyn Fn(&Path), &[&str]); 5] = [
        (
            &|f| {
                let bytes = fs::read(array(f)).unwrap();
                fs::write(array(f), &bytes[..bytes.len() - 9]).unwrap();
            },
            &["conv1.spatial-mean.npy", "truncated", "71 bytes", "80 bytes"],
        ),
        (&|f| fs::remove_file(array(f)).unwrap(), &["cannot open", "conv1.spatial-mean.npy"]),
        (
            &|f| npy::write(array(f), &units(3)).unwrap(),
            &["shape (4, 3)", "shape (10, 2)", "manifest.json", "record it again"],
        ),
        (&|f| npy::write(array(f), &double).unwrap(), &["'<f8'", "'<f4'"]),
        (&|f| fs::remove_file(f.join("manifest.json")).unwrap(), &["arrays without manifest"]),
    ];
    for (change, words) in cases {
        let (message, complete) = opened_after(change);
        assert!(words.iter().all(|word| message.contains(word)), "{words:?} not in: {message}");
        assert!(!complete, "{message}");
    }
}

#[test]
fn tampered_manifests_are_refused() {
    let other = StimulusSet::indexed("", N + 1).digest();
    let cases: [(&str, &str, &[&str]); 14] = [
        ("\"version\": 1", "\"version\": 2", &["version 2", "expected version 1"]),
        ("\"version\": 1,", "", &["missing field", "version"]),
        ("{", "", &["manifest.json", "record it again"]),
        ("\"depth\"", "\"deep\"", &["unknown field", "deep"]),
        ("cnn-seed1", "cnn-seed2", &["cnn-seed2/step-0", "folder is named after"]),
        ("\"n_stimuli\": 10", "\"n_stimuli\": 9", &["different stimuli", "9 and 10 stimuli"]),
        ("conv1.spatial-mean.npy", "../other/x.npy", &["'../other/x.npy'", "conv1"]),
        ("\"<f4\"", "\"<f8\"", &["'<f8'"]),
        ("\"rows_per_stimulus\": 4", "\"rows_per_stimulus\": 5", &["40 rows", "10 stimuli × 5"]),
        ("\"rows\": 1", "\"rows\": 2", &["2 × 4 positions", "expected 4 positions"]),
        ("\"sha256\": \"", "\"sha256\": \"X", &["as sha256", "64 hex digits"]),
        ("\"layer\": \"conv1\"", "\"layer\": \"conv2\"", &["for layer 'conv2'"]),
        ("\"spatial-mean\"", "\"median\"", &["median"]),
        ("DIGEST", &other, &["different stimuli", "digests", "stimuli.json"]),
    ];
    for (from, to, words) in cases {
        let (message, complete) = opened_after(&|folder| {
            let path = folder.join("manifest.json");
            let text = fs::read_to_string(&path).unwrap().replace(&stimuli().digest(), "DIGEST");
            assert!(text.contains(from), "{from}");
            let text = text.replacen(from, to, 1).replace("DIGEST", &stimuli().digest());
            fs::write(path, text).unwrap();
        });
        assert!(words.iter().all(|word| message.contains(word)), "{words:?} not in: {message}");
        assert!(!complete, "{message}");
    }
}

#[test]
fn damaged_stimuli_are_refused() {
    let cases: [(&dyn Fn(&Path), &[&str]); 4] = [
        (
            &|root| {
                let path = root.join("stimuli.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("\"3\"", "\"2\"")).unwrap();
            },
            &["id '2' at index 2 and again at index 3", "every id once"],
        ),
        (&|root| fs::remove_file(root.join("thumbnails.png")).unwrap(), &["thumbnails.png"]),
        (
            &|root| fs::write(root.join("thumbnails.png"), b"\x89PNG").unwrap(),
            &["thumbnails.png", "8-bit grey sheet", "record it again"],
        ),
        (
            &|root| {
                let path = root.join("stimuli.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("\"width\":3", "\"width\":30000000000")).unwrap();
            },
            &["thumbnails.png", "no sheet has"],
        ),
    ];
    for (change, words) in cases {
        let (message, _) = opened_after(&|folder| change(folder.ancestors().nth(2).unwrap()));
        assert!(words.iter().all(|word| message.contains(word)), "{words:?} not in: {message}");
    }
}

#[test]
fn changed_and_non_finite_values_are_found() {
    let (root, folder) = store();
    let path = folder.join("conv1.positions-as-stimuli.npy");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.len() - 4 * (2 * 4 * N) + 4 * (2 * 13 + 1);
    bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let store = Store::open(root.path()).unwrap();
    let message = store.verify().unwrap_err().to_string();
    for words in ["positions-as-stimuli.npy", "sha256", "manifest.json", "record it again"] {
        assert!(message.contains(words), "{message}");
    }
    let mut out = Activations::empty(store.representations()[1].precision, 2);
    store.read(1, &[0, 1, 2, 4], &mut out).unwrap();
    let message = store.read(1, &[9, 2, 3], &mut out).unwrap_err().to_string();
    for words in ["conv1:positions-as-stimuli", "row 13, unit 1", "NaN"] {
        assert!(message.contains(words), "{message}");
    }
    assert!(Cached::load(&store, &[1]).is_err());
    assert!(Cached::load(&store, &[0, 2]).is_ok());
}
