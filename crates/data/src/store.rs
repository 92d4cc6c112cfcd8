//! The activation store: a folder of plain `.npy` files that any tool can read, with what is known about them.
//!
//! ```text
//! ROOT/stimuli.json                                      ids, labels, classes
//! ROOT/thumbnails.png                                    one sheet, if there are thumbnails
//! ROOT/<network>/<checkpoint>/manifest.json              a recording: what, when, from which stimuli, sha256
//! ROOT/<network>/<checkpoint>/<layer>.<pooling>.npy      C order, little-endian f32
//! ```
//! A recording is there as a whole or not at all. Names that begin with a dot are leftovers of killed writers: they are
//! skipped, and may be deleted.

mod manifest;
mod sets;
mod stimuli;

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use manifest::{LayerFile, MANIFEST, Manifest, VERSION};
use sha2::{Digest, Sha256};

use crate::formats::npy::{self, NpyFile};
use crate::source::unknown_set;
use crate::stimuli::hexadecimal;
use crate::{
    ActivationSource, Activations, Checkpoint, Error, Pooling, ReceptiveField, Representation,
    Result, RowMajor, StimulusSet, atomic,
};

pub use sets::{Origin, RecordedSet, beside, has_sets, read_sets, write_sets};
pub use stimuli::{read_stimuli, thumbnail_sheet, write_stimuli};

/// Bytes of rows that are read at a time, then checked while they are in cache.
const PIECE: usize = 256 << 10;

/// Files that are written and synced at the same time.
const WRITERS: usize = 16;

/// What one network said at one checkpoint: a folder of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Network, for instance `cnn-seed1`.
    pub network: String,
    /// Checkpoint, for instance `step-000000`.
    pub checkpoint: String,
    /// When in training.
    pub when: Checkpoint,
    /// What made it: program, version, and the spec of the network.
    pub made_by: String,
    /// The layers, each with its pooling.
    pub layers: Vec<RecordedLayer>,
}

/// One layer of a [`Recording`] under one pooling.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedLayer {
    /// Layer, for instance `conv1`.
    pub layer: String,
    /// Position of the layer in its network, 0 for the first recorded layer.
    pub depth: usize,
    /// How maps became rows.
    pub pooling: Pooling,
    /// Rows that belong to one stimulus.
    pub rows_per_stimulus: usize,
    /// Where positions look, if rows are positions of maps and this is known.
    pub receptive_field: Option<ReceptiveField>,
    /// `n_stimuli * rows_per_stimulus` rows × units, in the order of the stimuli.
    pub rows: RowMajor<f32>,
}

/// Writes a recording under a temporary name and renames it to `ROOT/<network>/<checkpoint>`; one that is there is
/// replaced. Writes the stimuli too if the store is new.
///
/// # Errors
/// [`Error::DifferentStimuli`] if the store holds others; [`Error::Format`] if rows and stimuli do not fit or a layer
/// occurs twice; [`Error::NonFinite`]; [`Error::Io`]. Nothing of the recording stays after an error.
pub fn write_recording(root: &Path, stimuli: &StimulusSet, recording: &Recording) -> Result<()> {
    let folder = manifest::folder(root, &recording.network, &recording.checkpoint);
    manifest::check(&folder, stimuli, recording)?;
    write_stimuli(root, stimuli)?;
    let parent = manifest::network_folder(root, &recording.network);
    fs::create_dir_all(&parent).map_err(Error::io("create", &parent))?;
    atomic::write_folder(&folder, |new| {
        let layers = write_layers(new, &folder, &recording.layers)?;
        let manifest = Manifest {
            version: VERSION,
            network: recording.network.clone(),
            checkpoint: recording.checkpoint.clone(),
            when: recording.when,
            n_stimuli: stimuli.len(),
            stimuli: stimuli.digest(),
            made_by: recording.made_by.clone(),
            layers,
        };
        atomic::write_new(&new.join(MANIFEST), &folder.join(MANIFEST), |out| {
            Ok(serde_json::to_writer_pretty(out, &manifest)?)
        })
    })
}

/// Several at a time: waiting for the disk to confirm one file after the other takes four times as long.
fn write_layers(new: &Path, folder: &Path, layers: &[RecordedLayer]) -> Result<Vec<LayerFile>> {
    let mut written = Vec::with_capacity(layers.len());
    for some in layers.chunks(WRITERS) {
        let results: Vec<Result<LayerFile>> = thread::scope(|scope| {
            let write = |layer| scope.spawn(move || write_layer(new, folder, layer));
            let writers: Vec<_> = some.iter().map(write).collect();
            let join = |writer: thread::ScopedJoinHandle<'_, _>| {
                writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            writers.into_iter().map(join).collect()
        });
        for result in results {
            written.push(result?);
        }
    }
    Ok(written)
}

fn write_layer(new: &Path, folder: &Path, layer: &RecordedLayer) -> Result<LayerFile> {
    let file = manifest::file_name(&layer.layer, layer.pooling);
    let mut hash = Sha256::new();
    atomic::write_new(&new.join(&file), &folder.join(&file), |out| {
        npy::write_values(out, &layer.rows, |bytes| hash.update(bytes))
    })?;
    Ok(LayerFile {
        layer: layer.layer.clone(),
        depth: layer.depth,
        pooling: layer.pooling,
        rows_per_stimulus: layer.rows_per_stimulus,
        receptive_field: layer.receptive_field,
        file,
        shape: (layer.rows.n_rows(), layer.rows.n_units),
        dtype: <f32 as npy::Value>::DTYPE.to_owned(),
        sha256: hexadecimal(hash),
    })
}

/// Whether the recording is complete on disk: its manifest is of stimuli with these ids, and every file has the right size.
#[must_use]
pub fn has_recording(root: &Path, stimuli: &StimulusSet, network: &str, checkpoint: &str) -> bool {
    made_by(root, stimuli, network, checkpoint).is_some()
}

/// What made the recording, if it is complete on disk as for [`has_recording`].
#[must_use]
pub fn made_by(
    root: &Path,
    stimuli: &StimulusSet,
    network: &str,
    checkpoint: &str,
) -> Option<String> {
    let folder = manifest::folder(root, network, checkpoint);
    let manifest = Manifest::read(&folder, stimuli, &stimuli.digest()).ok()?;
    let whole = |entry| Manifest::open_layer(&folder, entry).is_ok();
    manifest.layers.iter().all(whole).then_some(manifest.made_by)
}

/// An activation store that is open for reading. Values are read when asked for.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    stimuli: StimulusSet,
    representations: Vec<Representation>,
    /// One a representation: its recording's folder, and its file there.
    files: Vec<(PathBuf, LayerFile)>,
}

impl Store {
    /// The store at `root`: stimuli, manifests and the headers of all files are read and agree.
    ///
    /// Representations are ordered by network (`seed2` before `seed10`), step, checkpoint, depth, pooling.
    ///
    /// # Errors
    /// [`Error::DifferentStimuli`] if a recording was made from other stimuli than those of the store; [`Error::Format`]
    /// if there is no store, or a manifest and its files disagree; [`Error::Io`].
    pub fn open(root: &Path) -> Result<Self> {
        let stimuli = stimuli::read_stimuli(root)?;
        let digest = stimuli.digest();
        let mut found = Vec::new();
        for folder in recordings(root)? {
            let manifest = Manifest::read(&folder, &stimuli, &digest)?;
            for entry in &manifest.layers {
                let file = Manifest::open_layer(&folder, entry)?;
                let representation = manifest.representation(entry, &file);
                found.push((representation, (folder.clone(), entry.clone())));
            }
        }
        found.sort_by(|(a, _), (b, _)| order(a, b));
        let (representations, files) = found.into_iter().unzip();
        Ok(Self { root: root.to_owned(), stimuli, representations, files })
    }

    /// Nothing, if every file still has the values that were recorded. Reads the whole store.
    ///
    /// # Errors
    /// [`Error::Format`] for the first file whose sha256 is not that of its manifest; [`Error::Io`].
    pub fn verify(&self) -> Result<()> {
        for index in 0..self.files.len() {
            let file = self.file(index)?;
            let mut hash = Sha256::new();
            file.for_each_piece(|bytes| hash.update(bytes))?;
            let (found, expected) = (hexadecimal(hash), &self.files[index].1.sha256);
            if found != *expected {
                return Err(Error::Format {
                    path: file.path().to_owned(),
                    found: format!("values with sha256 {found}"),
                    expected: format!("{expected}, as in manifest.json"),
                    advice: "the file changed after it was written; record it again".into(),
                });
            }
        }
        Ok(())
    }

    /// Opened for each use: a store has more files than a process may keep open.
    fn file(&self, representation: usize) -> Result<NpyFile> {
        let (folder, entry) = &self.files[representation];
        Manifest::open_layer(folder, entry)
    }
}

impl ActivationSource for Store {
    fn stimuli(&self) -> &StimulusSet {
        &self.stimuli
    }

    fn representations(&self) -> &[Representation] {
        &self.representations
    }

    /// Consecutive stimuli are read together.
    fn read(&self, representation: usize, stimuli: &[usize], out: &mut Activations) -> Result<()> {
        let Representation { id, rows_per_stimulus, n_units, precision, .. } =
            &self.representations[representation];
        let file = self.file(representation)?;
        let piece = (PIECE / (n_units * precision.bytes())).max(1);
        let values = stimuli.len() * rows_per_stimulus * n_units;
        match out {
            Activations::F32(out) => out.values.reserve(values),
            Activations::F64(out) => out.values.reserve(values),
        }
        for run in stimuli.chunk_by(|a, b| a + 1 == *b) {
            let end = (run[run.len() - 1] + 1) * rows_per_stimulus;
            for first in (run[0] * rows_per_stimulus..end).step_by(piece) {
                let known = out.n_rows();
                file.read_rows(first..end.min(first + piece), out)?;
                if let Some((row, unit, value)) = non_finite_from(out, known) {
                    let representation = id.to_string();
                    return Err(Error::NonFinite { representation, row: first + row, unit, value });
                }
            }
        }
        Ok(())
    }

    fn receptive_field(&self, representation: usize) -> Option<ReceptiveField> {
        self.files[representation].1.receptive_field
    }

    /// The sets in the folder `stimuli` beside the store, if there is one.
    fn sets(&self) -> Result<Vec<RecordedSet>> {
        let folder = beside(&self.root);
        if has_sets(&folder) { read_sets(&folder) } else { Ok(Vec::new()) }
    }

    fn on(&self, set: &str) -> Result<Box<dyn ActivationSource + '_>> {
        let sets = self.sets()?;
        match sets.iter().find(|recorded| recorded.name == set) {
            Some(recorded) => Ok(Box::new(Self::open(&recorded.store(&beside(&self.root)))?)),
            None => Err(unknown_set(set, &sets)),
        }
    }
}

/// Row after `known`, unit and value of the first value that is NaN or infinite, among the rows from `known` on.
fn non_finite_from(array: &Activations, known: usize) -> Option<(usize, usize, f64)> {
    /// The whole piece is looked at without a branch inside; only a bad one is searched.
    fn first<T: Copy>(values: &[T], finite: impl Fn(T) -> bool) -> Option<usize> {
        let all = values.iter().fold(true, |all, &v| all & finite(v));
        if all { None } else { values.iter().position(|&v| !finite(v)) }
    }
    let units = array.n_units();
    let (index, value) = match array {
        Activations::F32(array) => {
            let values = &array.values[known * units..];
            first(values, f32::is_finite).map(|i| (i, f64::from(values[i])))?
        }
        Activations::F64(array) => {
            let values = &array.values[known * units..];
            first(values, f64::is_finite).map(|i| (i, values[i]))?
        }
    };
    Some((index / units, index % units, value))
}

/// Folders of recordings below `root`, sorted.
fn recordings(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for network in folders(root)? {
        for folder in folders(&network)? {
            if folder.join(MANIFEST).is_file() {
                found.push(folder);
            } else if has_arrays(&folder)? {
                return Err(Error::Format {
                    path: folder,
                    found: "arrays without manifest.json".into(),
                    expected: "a recording".into(),
                    advice: "remove this folder and record it again".into(),
                });
            }
        }
    }
    Ok(found)
}

/// Folders in `path`, sorted, without those that begin with a dot.
fn folders(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(Error::io("read", path))? {
        let entry = entry.map_err(Error::io("read", path))?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.path().is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn has_arrays(folder: &Path) -> Result<bool> {
    for entry in fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let entry = entry.map_err(Error::io("read", folder))?;
        if entry.path().extension().is_some_and(|extension| extension == "npy") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn order(a: &Representation, b: &Representation) -> Ordering {
    natural(&a.id.network, &b.id.network)
        .then(a.checkpoint.step.cmp(&b.checkpoint.step))
        .then_with(|| natural(&a.id.checkpoint, &b.id.checkpoint))
        .then(a.depth.cmp(&b.depth))
        .then(a.id.pooling.cmp(&b.id.pooling))
        .then_with(|| natural(&a.id.layer, &b.id.layer))
}

/// Order of names in which numbers count by their value: `seed2` before `seed10`.
fn natural(a: &str, b: &str) -> Ordering {
    /// Digits compare by length without leading zeros, then by value; other text as it is.
    fn key(text: &str) -> Vec<(bool, usize, &str)> {
        let bytes = text.as_bytes();
        bytes
            .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
            .scan(0, |at, chunk| {
                let part = &text[*at..*at + chunk.len()];
                *at += chunk.len();
                Some(if chunk[0].is_ascii_digit() {
                    let digits = part.trim_start_matches('0');
                    (false, digits.len(), digits)
                } else {
                    (true, 0, part)
                })
            })
            .collect()
    }
    // Equal keys of different names: leading zeros.
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}
