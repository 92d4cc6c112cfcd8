//! `stimuli.json` and `thumbnails.png` of a store.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::manifest::{VERSION, read_json};
use crate::{Error, Result, StimulusSet, Thumbnails, atomic};

pub(super) const STIMULI: &str = "stimuli.json";
const SPRITES: &str = "thumbnails.png";

/// What `stimuli.json` holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StimuliFile {
    version: u32,
    /// The sheet of thumbnails, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnails: Option<Sprites>,
    stimuli: StimulusSet,
}

/// Where in the sheet a thumbnail is: number `i` in row `i / columns`, column `i % columns`.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sprites {
    width: usize,
    height: usize,
    columns: usize,
}

/// Writes `stimuli.json`, and `thumbnails.png` if the stimuli have thumbnails, into the folder `root`, which is made if
/// it is not there. If it holds the same stimuli already, nothing changes (thumbnails are added if it had none).
///
/// # Errors
/// [`Error::DifferentStimuli`] if it holds others; [`Error::Format`] for an inconsistent set; [`Error::Io`].
pub fn write_stimuli(root: &Path, stimuli: &StimulusSet) -> Result<()> {
    stimuli.validate()?;
    if stimuli.is_empty() {
        return Err(Error::Format {
            path: root.join(STIMULI),
            found: "no stimuli to write".into(),
            expected: "at least one".into(),
            advice: "check the data set that was read".into(),
        });
    }
    if root.join(STIMULI).exists() {
        let present = read_stimuli(root)?;
        if let Some(found) = difference(&present, stimuli) {
            return Err(Error::DifferentStimuli {
                x: format!("the store {} ('{}')", root.display(), present.name),
                y: format!("'{}'", stimuli.name),
                found,
            });
        }
        if present.thumbnails.is_some() || stimuli.thumbnails.is_none() {
            return Ok(());
        }
    }
    fs::create_dir_all(root).map_err(Error::io("create", root))?;
    let thumbnails = stimuli.thumbnails.as_ref().map(|Thumbnails { width, height, .. }| Sprites {
        width: *width,
        height: *height,
        columns: stimuli.len().isqrt().max(1),
    });
    if let (Some(sprites), Some(pictures)) = (thumbnails, &stimuli.thumbnails) {
        write_sprites(&root.join(SPRITES), sprites, stimuli.len(), &pictures.pixels)?;
    }
    let file = StimuliFile {
        version: VERSION,
        thumbnails,
        stimuli: StimulusSet { thumbnails: None, ..stimuli.clone() },
    };
    // Last: a folder without it is not a store yet.
    atomic::write_file(&root.join(STIMULI), |out| Ok(serde_json::to_writer(out, &file)?))
}

/// The stimuli that [`write_stimuli`] left in a folder, with their thumbnails.
///
/// # Errors
/// [`Error::Format`] if the folder holds none or they are damaged; [`Error::Io`].
pub fn read_stimuli(root: &Path) -> Result<StimulusSet> {
    let path = root.join(STIMULI);
    if !path.is_file() {
        return Err(Error::Format {
            path: root.to_owned(),
            found: if root.is_dir() { "no stimuli.json" } else { "no such folder" }.into(),
            expected: "a folder with an activation store".into(),
            advice: "record activations first, or give the folder that holds stimuli.json".into(),
        });
    }
    let advice = "remove the store and record it again";
    let StimuliFile { thumbnails, mut stimuli, .. } = read_json(&path, advice)?;
    if let Some(sprites) = thumbnails {
        let pixels = read_sprites(&root.join(SPRITES), sprites, stimuli.len())?;
        let Sprites { width, height, .. } = sprites;
        stimuli.thumbnails = Some(Thumbnails { width, height, pixels });
    }
    stimuli.validate()?;
    Ok(stimuli)
}

/// As [`StimulusSet::first_difference`], but what a store would keep of the first only has to be equal, too.
fn difference(present: &StimulusSet, new: &StimulusSet) -> Option<String> {
    if let Some(found) = present.first_difference(new) {
        return Some(found);
    }
    let thumbnails = match (&present.thumbnails, &new.thumbnails) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    [
        (present.name == new.name, "the names of the sets differ"),
        (present.labels == new.labels, "only one of them has labels"),
        (present.classes == new.classes, "only one of them has class names"),
        (thumbnails, "the ids are the same but the thumbnails differ"),
    ]
    .into_iter()
    .find_map(|(same, found)| (!same).then(|| found.to_owned()))
}

/// Pixels of the largest sheet, so that a damaged file cannot ask for all memory.
const MAX_PIXELS: u64 = 1 << 30;

/// Width and height of the sheet, if there is anything in it and it is not too large.
fn sheet(Sprites { width, height, columns }: Sprites, n: usize) -> Option<(u32, u32)> {
    let size = |extent: usize, times: usize| u32::try_from(extent.checked_mul(times)?).ok();
    let (width, height) = (size(width, columns)?, size(height, n.div_ceil(columns.max(1)))?);
    (1..=MAX_PIXELS).contains(&(u64::from(width) * u64::from(height))).then_some((width, height))
}

/// For every row of pixels of every thumbnail: where it begins in the sheet.
fn lines(Sprites { width, height, columns }: Sprites, n: usize) -> impl Iterator<Item = usize> {
    (0..n).flat_map(move |i| {
        (0..height).map(move |y| ((i / columns * height + y) * columns + i % columns) * width)
    })
}

fn write_sprites(path: &Path, sprites: Sprites, n: usize, pixels: &[u8]) -> Result<()> {
    atomic::write_atomically(path, &encoded(path, sprites, n, pixels)?)
}

/// A sheet of some of the thumbnails as a file of the format PNG, 8-bit grey: picture i of `which` in row i / `columns`,
/// column i % `columns`. No bytes for no pictures.
///
/// # Errors
/// [`Error::Format`] if the sheet would be too large.
///
/// # Panics
/// If there is no thumbnail of an index.
pub fn thumbnail_sheet(
    thumbnails: &Thumbnails,
    which: &[usize],
    columns: usize,
) -> Result<Vec<u8>> {
    let Thumbnails { width, height, pixels } = thumbnails;
    if which.is_empty() {
        return Ok(Vec::new());
    }
    let size = width * height;
    let chosen: Vec<u8> =
        which.iter().flat_map(|&i| &pixels[i * size..(i + 1) * size]).copied().collect();
    let sprites = Sprites { width: *width, height: *height, columns: columns.max(1) };
    encoded(Path::new(SPRITES), sprites, which.len(), &chosen)
}

fn encoded(path: &Path, sprites: Sprites, n: usize, pixels: &[u8]) -> Result<Vec<u8>> {
    let Some((width, height)) = sheet(sprites, n) else {
        return Err(Error::Format {
            path: path.to_owned(),
            found: format!("{n} thumbnails of {} × {} pixels", sprites.width, sprites.height),
            expected: format!("at most {MAX_PIXELS} pixels in all"),
            advice: "use smaller thumbnails".into(),
        });
    };
    let mut image = vec![0; width as usize * height as usize];
    for (at, line) in lines(sprites, n).zip(pixels.chunks_exact(sprites.width)) {
        image[at..at + sprites.width].copy_from_slice(line);
    }
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&image)?;
        writer.finish()
    });
    written.map_err(|e| Error::io("write", path)(e.into()))?;
    Ok(png)
}

fn read_sprites(path: &Path, sprites: Sprites, n: usize) -> Result<Vec<u8>> {
    let wrong = |found: String| Error::Format {
        path: path.to_owned(),
        found,
        expected: format!(
            "an 8-bit grey sheet of {n} thumbnails, {} × {} pixels, {} a row",
            sprites.width, sprites.height, sprites.columns
        ),
        advice: "remove the store and record it again".into(),
    };
    let expected = sheet(sprites, n).ok_or_else(|| wrong("sizes that no sheet has".into()))?;
    let file = File::open(path).map_err(Error::io("read", path))?;
    let decoder = png::Decoder::new(BufReader::new(file));
    let mut reader = decoder.read_info().map_err(|e| wrong(e.to_string()))?;
    let info = reader.info();
    let (width, height) = (info.width, info.height);
    let grey = info.color_type == png::ColorType::Grayscale;
    if (width, height) != expected || !grey || info.bit_depth != png::BitDepth::Eight {
        return Err(wrong(format!("a picture of {width} × {height} pixels, or not 8-bit grey")));
    }
    let mut image = vec![0; width as usize * height as usize];
    reader.next_frame(&mut image).map_err(|e| wrong(e.to_string()))?;
    Ok(lines(sprites, n).flat_map(|at| &image[at..at + sprites.width]).copied().collect())
}
