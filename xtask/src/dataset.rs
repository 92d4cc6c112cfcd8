//! `cargo xtask dataset --from DIR`: makes the bundled data set from the public one.
//!
//! DIR holds the four IDX files of Fashion-MNIST as Debian's package `dataset-fashion-mnist` ships them. Of each class the
//! first 500 training and the first 100 test images are taken, in file order, and kept in file order. The result is
//! again IDX, with one file more that holds the index of each image in the original file, so that every image keeps a
//! stable name. Hashes of what is read and of what is written are checked; both are of the unzipped bytes, because two
//! versions of a compressor need not agree.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const USAGE: &str = "usage: cargo xtask dataset --from DIR [--to DIR]";
const CLASSES: usize = 10;
const PIXELS: usize = 28 * 28;
const IMAGES_HEADER: usize = 16;
const LABELS_HEADER: usize = 8;

/// One of the two parts of the data set.
struct Part {
    /// Prefix of the original files.
    original: &'static str,
    /// Prefix of the files that are written.
    name: &'static str,
    /// Images taken of each class.
    per_class: usize,
    /// sha256 of the original images and labels.
    sha256_in: [&'static str; 2],
    /// sha256 of the images, labels and indices that are written.
    sha256_out: [&'static str; 3],
}

const PARTS: [Part; 2] = [
    Part {
        original: "train",
        name: "train",
        per_class: 500,
        sha256_in: [
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ],
        sha256_out: [
            "444ed5f7ce17397f236f5eba17dd507d3f6912f04edd3e4f1701cdf82f2cc0c5",
            "35d691216f65485d010cc635af5574a9dc04aa5060de9be64ab6e5cb5ead38e9",
            "d980cbcff404107b946b830731773e12687fadb6dbf9b2cad84b8aa458a3f802",
        ],
    },
    Part {
        original: "t10k",
        name: "test",
        per_class: 100,
        sha256_in: [
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ],
        sha256_out: [
            "7cee33c3c6414b1b86c25e665a6c4f41584269de3b7cc9768b1d351922845eef",
            "3128d790775889812b73c4f13923559c8b9e281d112c6ea7862acf60a206a909",
            "1551c19f946fb5a16e2e471afefce57e8ea01d0a569794ab930177790e750782",
        ],
    },
];

/// Runs the command with the arguments that follow its name.
///
/// # Errors
/// If a file is missing, is not the one this was written for, or the result is not the one that is bundled.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut from = None;
    let mut to = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/nets/assets/fashion-mnist");
    for pair in args.chunks(2) {
        match pair {
            [flag, value] if flag == "--from" => from = Some(PathBuf::from(value)),
            [flag, value] if flag == "--to" => to = PathBuf::from(value),
            _ => bail!("unexpected argument {:?}; {USAGE}", pair[0]),
        }
    }
    let from = from.with_context(|| format!("--from is missing; {USAGE}"))?;
    fs::create_dir_all(&to).with_context(|| format!("cannot create {}", to.display()))?;
    for part in &PARTS {
        make(part, &from, &to)?;
    }
    Ok(())
}

fn make(part: &Part, from: &Path, to: &Path) -> Result<()> {
    let read = |kind: &str, hash: &str| {
        read_gz(&from.join(format!("{}-{kind}-ubyte.gz", part.original)), hash)
    };
    let images = read("images-idx3", part.sha256_in[0])?;
    let labels = read("labels-idx1", part.sha256_in[1])?;
    let (pixels, labels) = (&images[IMAGES_HEADER..], &labels[LABELS_HEADER..]);

    let chosen = first_of_each_class(labels, part.per_class);
    ensure!(chosen.len() == CLASSES * part.per_class, "only {} images found", chosen.len());
    let n = u32::try_from(chosen.len())?;
    let mut files = [
        ("images", idx_header(0x08, &[n, 28, 28])),
        ("labels", idx_header(0x08, &[n])),
        ("index", idx_header(0x0C, &[n])),
    ];
    for &i in &chosen {
        files[0].1.extend_from_slice(&pixels[i * PIXELS..(i + 1) * PIXELS]);
        files[1].1.push(labels[i]);
        files[2].1.extend_from_slice(&u32::try_from(i)?.to_be_bytes());
    }
    for ((kind, bytes), expected) in files.iter().zip(part.sha256_out) {
        write_gz(&to.join(format!("{}-{kind}.idx.gz", part.name)), bytes, expected)?;
    }
    Ok(())
}

/// Indices, ascending, of the first `per_class` occurrences of each label.
fn first_of_each_class(labels: &[u8], per_class: usize) -> Vec<usize> {
    let mut taken = [0; CLASSES];
    let mut chosen = Vec::new();
    for (i, &label) in labels.iter().enumerate() {
        let taken = &mut taken[usize::from(label)];
        if *taken < per_class {
            *taken += 1;
            chosen.push(i);
        }
    }
    chosen
}

/// Magic number (element type and number of axes) and lengths of the axes, big-endian.
pub(crate) fn idx_header(element: u8, lengths: &[u32]) -> Vec<u8> {
    let mut header = vec![0, 0, element, lengths.len() as u8];
    header.extend(lengths.iter().flat_map(|n| n.to_be_bytes()));
    header
}

pub(crate) fn read_gz(path: &Path, expected: &str) -> Result<Vec<u8>> {
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut bytes = Vec::new();
    GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{} is not a whole gzip file", path.display()))?;
    check(path, &bytes, expected)?;
    Ok(bytes)
}

pub(crate) fn write_gz(path: &Path, bytes: &[u8], expected: &str) -> Result<()> {
    check(path, bytes, expected)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    let zipped = encoder.finish()?;
    fs::write(path, &zipped).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("{}: {} bytes, {} zipped", path.display(), bytes.len(), zipped.len());
    Ok(())
}

fn check(path: &Path, bytes: &[u8], expected: &str) -> Result<()> {
    let found =
        Sha256::digest(bytes).iter().fold(String::new(), |text, b| text + &format!("{b:02x}"));
    ensure!(
        found == expected,
        "{}: sha256 of the unzipped bytes is {found}, expected {expected}; this was written for another file",
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_class_are_taken_in_file_order() {
        assert_eq!(first_of_each_class(&[3, 3, 1, 3, 1, 1, 0], 2), [0, 1, 2, 4, 6]);
    }

    #[test]
    fn headers_are_those_of_the_format() {
        assert_eq!(idx_header(0x08, &[2, 28, 28])[..8], [0, 0, 8, 3, 0, 0, 0, 2]);
    }
}
