//! `cargo xtask digits --from FILE`: makes the bundled digits from `digits.csv.gz` of scikit-learn, a copy of the file
//! `optdigits.tes` of UCI: 64 pixels from 0 to 16 and a class a line. The result is two gzipped IDX files. Hashes of what is
//! read and of what is written are checked, both of the unzipped bytes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::dataset::{idx_header, read_gz, write_gz};

const USAGE: &str = "usage: cargo xtask digits --from FILE [--to DIR]";
const SHA256_IN: &str = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8";
const SHA256_IMAGES: &str = "359cd13f0f514122884198b78a131df597421cbf5e93a76678fa96fc548f0d96";
const SHA256_LABELS: &str = "ce71631c1f31ce56fa54f31d1d498fafacff59b001e6c30c4a5e29508aa277ad";

/// Runs the command with the arguments that follow its name.
///
/// # Errors
/// If the file is missing, is not the one this was written for, or the result is not the one that is bundled.
pub(crate) fn run(args: &[&str]) -> Result<()> {
    let mut from = None;
    let mut to = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/nets/assets/digits");
    for pair in args.chunks(2) {
        match *pair {
            ["--from", value] => from = Some(PathBuf::from(value)),
            ["--to", value] => to = PathBuf::from(value),
            _ => bail!("unexpected argument {:?}; {USAGE}", pair[0]),
        }
    }
    let from = from.with_context(|| format!("--from is missing; {USAGE}"))?;
    fs::create_dir_all(&to).with_context(|| format!("cannot create {}", to.display()))?;
    let text = String::from_utf8(read_gz(&from, SHA256_IN)?)?;
    let n = u32::try_from(text.lines().count())?;
    let (mut images, mut labels) = (idx_header(0x08, &[n, 8, 8]), idx_header(0x08, &[n]));
    for line in text.lines() {
        let values: Vec<u8> = line
            .split(',')
            .map(|v| v.parse::<u8>().with_context(|| format!("{v:?}")))
            .collect::<Result<_>>()?;
        let [pixels @ .., label] = values.as_slice() else { bail!("an empty line") };
        images.extend_from_slice(pixels);
        labels.push(*label);
    }
    write_gz(&to.join("images.idx.gz"), &images, SHA256_IMAGES)?;
    write_gz(&to.join("labels.idx.gz"), &labels, SHA256_LABELS)
}
