//! `manifest.json` of a recording, and the names of its files.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Recording;
use crate::formats::npy::NpyFile;
use crate::{
    Checkpoint, Error, Pooling, ReceptiveField, Representation, RepresentationId, Result,
    StimulusSet,
};

/// Version of the layout of a store, in `stimuli.json` and in every manifest.
pub(super) const VERSION: u32 = 1;
pub(super) const MANIFEST: &str = "manifest.json";

const AGAIN: &str = "remove this folder and record it again";

/// What a recording's folder holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) version: u32,
    pub(super) network: String,
    pub(super) checkpoint: String,
    pub(super) when: Checkpoint,
    /// Number of stimuli, and [`StimulusSet::digest`].
    pub(super) n_stimuli: usize,
    pub(super) stimuli: String,
    pub(super) made_by: String,
    pub(super) layers: Vec<LayerFile>,
}

/// One array of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerFile {
    pub(super) layer: String,
    pub(super) depth: usize,
    pub(super) pooling: Pooling,
    pub(super) rows_per_stimulus: usize,
    /// Absent where rows are no positions, and where whoever recorded them did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) receptive_field: Option<ReceptiveField>,
    pub(super) file: String,
    pub(super) shape: (usize, usize),
    pub(super) dtype: String,
    /// Of the values, as they are in the file after its header.
    pub(super) sha256: String,
}

/// A name as part of a file name: what could leave the folder, hide the file or trouble a file system becomes `%XX`.
/// Different names stay different.
pub(super) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (index, byte) in name.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"-_=+,".contains(&byte);
        if plain || (byte == b'.' && index > 0) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// The folder of a network.
pub(super) fn network_folder(root: &Path, network: &str) -> PathBuf {
    root.join(escape(network))
}

/// The folder of a recording.
pub(super) fn folder(root: &Path, network: &str, checkpoint: &str) -> PathBuf {
    network_folder(root, network).join(escape(checkpoint))
}

/// The file of a layer.
pub(super) fn file_name(layer: &str, pooling: Pooling) -> String {
    format!("{}.{pooling}.npy", escape(layer))
}

/// The value that a JSON file of this store holds, if its version is the one read here.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path, advice: &str) -> Result<T> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let bytes = fs::read(path).map_err(Error::io("read", path))?;
    let wrong = |found: String, expected: String| Error::Format {
        path: path.to_owned(),
        found,
        expected,
        advice: advice.to_owned(),
    };
    let not_json =
        |e: serde_json::Error| wrong(e.to_string(), format!("version {VERSION} of this file"));
    let Versioned { version } = serde_json::from_slice(&bytes).map_err(not_json)?;
    if version != VERSION {
        return Err(wrong(format!("version {version}"), format!("version {VERSION}")));
    }
    serde_json::from_slice(&bytes).map_err(not_json)
}

impl Manifest {
    /// The manifest of a folder of the store, in agreement with the folder's name and the stimuli, whose digest is given.
    pub(super) fn read(folder: &Path, stimuli: &StimulusSet, digest: &str) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let manifest: Self = read_json(&path, AGAIN)?;
        let wrong = |found: String, expected: String| Error::Format {
            path: path.clone(),
            found,
            expected,
            advice: AGAIN.to_owned(),
        };
        let Self { network, checkpoint, n_stimuli, stimuli: found_digest, .. } = &manifest;
        let named = Path::new(&escape(network)).join(escape(checkpoint));
        if !folder.ends_with(&named) {
            let found = format!("a recording of {network}/{checkpoint}");
            return Err(wrong(found, "the recording that the folder is named after".into()));
        }
        let n = stimuli.len();
        if *n_stimuli != n || found_digest != digest {
            let found = if *n_stimuli == n {
                format!("their digests are {found_digest} and {digest}")
            } else {
                format!("{n_stimuli} and {n} stimuli")
            };
            return Err(Error::DifferentStimuli {
                x: format!("{network}/{checkpoint} ({})", path.display()),
                y: format!("stimuli.json of the store ('{}')", stimuli.name),
                found,
            });
        }
        if let Some((found, expected)) = manifest.first_contradiction() {
            return Err(wrong(found, expected));
        }
        Ok(manifest)
    }

    /// What is found and what would agree with the rest, for the first entry that cannot be right.
    fn first_contradiction(&self) -> Option<(String, String)> {
        if self.layers.is_empty() {
            return Some(("no layers".into(), "at least one layer".into()));
        }
        for (index, entry) in self.layers.iter().enumerate() {
            let LayerFile { layer, pooling, rows_per_stimulus, file, shape, sha256, .. } = entry;
            let expected = file_name(layer, *pooling);
            if *file != expected {
                return Some((
                    format!("file '{file}' for layer '{layer}'"),
                    format!("'{expected}'"),
                ));
            }
            if self.layers[..index].iter().any(|other| other.file == *file) {
                return Some((format!("'{file}' twice"), "every layer once a pooling".into()));
            }
            if self.n_stimuli.checked_mul(*rows_per_stimulus) != Some(shape.0) {
                return Some((
                    format!("{} rows in '{file}'", shape.0),
                    format!("{} stimuli × {rows_per_stimulus} rows", self.n_stimuli),
                ));
            }
            let positions = entry.receptive_field.map(|field| (field.rows, field.columns));
            if let Some((rows, columns)) = positions
                && rows.checked_mul(columns) != Some(*rows_per_stimulus)
            {
                return Some((
                    format!("a receptive field of {rows} × {columns} positions for '{file}'"),
                    format!("{rows_per_stimulus} positions, as many as rows a stimulus"),
                ));
            }
            if sha256.len() != 64 || sha256.bytes().any(|b| !b"0123456789abcdef".contains(&b)) {
                return Some((format!("'{sha256}' as sha256 of '{file}'"), "64 hex digits".into()));
            }
        }
        None
    }

    /// Opens the file of a layer, which has the shape and type that the manifest says.
    pub(super) fn open_layer(folder: &Path, entry: &LayerFile) -> Result<NpyFile> {
        let file = NpyFile::open(folder.join(&entry.file))?;
        if file.shape() != entry.shape || file.dtype() != entry.dtype {
            let text = |(rows, units): (usize, usize), dtype| {
                format!("shape ({rows}, {units}) of '{dtype}'")
            };
            return Err(Error::Format {
                path: file.path().to_owned(),
                found: text(file.shape(), file.dtype()),
                expected: format!("{}, as in manifest.json", text(entry.shape, &entry.dtype)),
                advice: AGAIN.into(),
            });
        }
        Ok(file)
    }

    /// The layer as a representation; `file` is its opened file.
    pub(super) fn representation(&self, entry: &LayerFile, file: &NpyFile) -> Representation {
        Representation {
            id: RepresentationId {
                network: self.network.clone(),
                checkpoint: self.checkpoint.clone(),
                layer: entry.layer.clone(),
                pooling: entry.pooling,
            },
            depth: entry.depth,
            n_units: entry.shape.1,
            rows_per_stimulus: entry.rows_per_stimulus,
            precision: file.precision(),
            digest: entry.sha256.clone(),
            checkpoint: self.when,
        }
    }
}

/// Nothing, if a recording can be written and read again.
pub(super) fn check(folder: &Path, stimuli: &StimulusSet, recording: &Recording) -> Result<()> {
    let id = |layer: &str, pooling| RepresentationId {
        network: recording.network.clone(),
        checkpoint: recording.checkpoint.clone(),
        layer: layer.to_owned(),
        pooling,
    };
    let wrong = |what: String, found: String, expected: String, advice: &str| {
        Err(Error::Format { path: what.into(), found, expected, advice: advice.into() })
    };
    if recording.network.is_empty()
        || recording.checkpoint.is_empty()
        || recording.layers.is_empty()
    {
        let found = format!(
            "a recording of network '{}', checkpoint '{}' with {} layers",
            recording.network,
            recording.checkpoint,
            recording.layers.len()
        );
        let expected = "both names and at least one layer".into();
        return wrong(folder.display().to_string(), found, expected, "name and record them");
    }
    for (index, entry) in recording.layers.iter().enumerate() {
        let id = id(&entry.layer, entry.pooling).to_string();
        let same = |other: &super::RecordedLayer| {
            other.layer == entry.layer && other.pooling == entry.pooling
        };
        if recording.layers[..index].iter().any(same) {
            let advice = "give the layers different names";
            return wrong(id, "recorded twice".into(), "once".into(), advice);
        }
        let whole = entry.rows.n_units > 0
            && entry.rows.values.len().is_multiple_of(entry.rows.n_units)
            && entry.rows_per_stimulus > 0;
        if !whole || entry.rows.n_rows() != stimuli.len() * entry.rows_per_stimulus {
            let (values, units) = (entry.rows.values.len(), entry.rows.n_units);
            let found = format!("{} rows × {units} units ({values} values)", entry.rows.n_rows());
            let expected = format!(
                "{} stimuli × {} rows, at least one unit",
                stimuli.len(),
                entry.rows_per_stimulus
            );
            return wrong(id, found, expected, "record one block of rows for each stimulus");
        }
        let values = &entry.rows.values;
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            let (row, unit) = (i / entry.rows.n_units, i % entry.rows.n_units);
            let value = f64::from(values[i]);
            return Err(Error::NonFinite { representation: id, row, unit, value });
        }
    }
    Ok(())
}
