//! Files that are either complete under their name or not there.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::{Error, Result};

/// Writes `bytes` to `path` under a temporary name that begins with a dot, syncs it and renames it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = path.with_file_name(format!(".tmp-{name}-{}", std::process::id()));
    let written = File::create(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // The first error is the one to report; a leftover that cannot be removed is named like one.
        let _ = fs::remove_file(&new);
    }
    written.map_err(Error::io("write", path))
}
