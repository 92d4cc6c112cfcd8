//! A tiny data set, a spec of tiny networks for it, and what to look at afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use consilience_data::Progress;
use consilience_nets::TrainSpec;
use consilience_nets::datasets::{Dataset, Images, Normalisation};

/// Images of 8 × 8 in which class `c` has a bright row `2c`.
fn images(prefix: &str, n: usize) -> Images {
    let labels: Vec<u32> = (0..n).map(|i| i as u32 % 3).collect();
    let pixel = |i: usize| {
        let (image, row) = (i / 64, i / 8 % 8);
        let noise = (i * 7919 % 97) as u8;
        if row == 2 * labels[image] as usize { 150 + noise } else { noise }
    };
    let pixels = (0..n * 64).map(pixel).collect();
    let ids = (0..n).map(|i| format!("{prefix}/{i}")).collect();
    Images { ids, pixels, channels: 1, height: 8, width: 8, labels }
}

pub(crate) fn dataset() -> Dataset {
    let train = images("train", 90);
    Dataset {
        name: "rows".into(),
        classes: ["a", "b", "c"].map(String::from).to_vec(),
        normalisation: Normalisation::of(&train),
        train,
        test: images("test", 30),
    }
}

pub(crate) fn spec() -> TrainSpec {
    TrainSpec::from_toml(
        r#"
        architecture = { name = "cnn", channels = [3, 4], hidden = 5 }
        training = { epochs = 2, batch_size = 16, warmup_steps = 0 }
        networks = { seeds = [1, 2, 3] }
        record = { first_epoch_steps = [2] }
        "#,
    )
    .unwrap()
}

/// Every file below `root` with its bytes.
pub(crate) fn tree(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Keeps what it is told.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Mutex<Vec<String>>);

impl Progress for Told {
    fn stage(&self, name: &str, total: u64) {
        self.0.lock().unwrap().push(format!("{name} {total}"));
    }
    fn advance(&self, done: u64) {
        self.0.lock().unwrap().push(format!("+{done}"));
    }
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}
