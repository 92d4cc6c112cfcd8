//! Files and folders that are either complete under their name or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Error, Result};

/// Begin of every temporary name. Readers skip what begins with a dot.
const PREFIX: &str = ".tmp-";

/// A name beside `path` that no other writer uses.
fn temporary(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{PREFIX}{name}-{}-{count}", std::process::id()))
}

/// Makes new names in the folder of `path` durable. Not every system can sync a folder; the names are then as durable as
/// the system makes them.
fn sync_parent(path: &Path) {
    if let Some(parent) = path.parent() {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let _ = File::open(parent).and_then(|folder| folder.sync_all());
    }
}

/// Writes a new file at `path` and syncs it. Errors name `target`, which a temporary `path` will become.
pub(crate) fn write_new(
    path: &Path,
    target: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let file = File::create_new(path).map_err(Error::io("create", target))?;
    let mut out = BufWriter::new(file);
    write(&mut out)
        .and_then(|()| out.flush())
        .and_then(|()| out.get_ref().sync_all())
        .map_err(Error::io("write", target))
}

/// Writes the file at `path` under a temporary name, syncs it and renames it; on an error nothing stays.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let new = temporary(path);
    let done = write_new(&new, path, write)
        .and_then(|()| fs::rename(&new, path).map_err(Error::io("create", path)));
    if done.is_err() {
        let _ = fs::remove_file(&new);
    }
    sync_parent(path);
    done
}

/// Writes `bytes` to the file at `path`: complete under its name, or not there.
///
/// # Errors
/// [`Error::Io`]; nothing half-written stays.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    write_file(path, |out| out.write_all(bytes))
}

/// Fills a folder under a temporary name, then renames it to `path`, replacing what was there; on an error nothing stays.
pub(crate) fn write_folder(path: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let new = temporary(path);
    fs::create_dir(&new).map_err(Error::io("create", path))?;
    let done = fill(&new).and_then(|()| {
        // Syncs the names inside the new folder.
        sync_parent(&new.join("inside"));
        replace_folder(&new, path)
    });
    if done.is_err() {
        let _ = fs::remove_dir_all(&new);
    }
    sync_parent(path);
    done
}

/// Renames `new` to `path`. A folder that is there is moved aside first: between the two renames a reader finds none, and
/// a process killed there leaves none, which means only that the recording is made again.
fn replace_folder(new: &Path, path: &Path) -> Result<()> {
    let old = temporary(path);
    let replaces = path.exists();
    if replaces {
        fs::rename(path, &old).map_err(Error::io("replace", path))?;
    }
    if let Err(error) = fs::rename(new, path) {
        if replaces {
            let _ = fs::rename(&old, path);
        }
        return Err(Error::io("create", path)(error));
    }
    if replaces {
        fs::remove_dir_all(&old).map_err(Error::io("remove", &old))?;
    }
    Ok(())
}
