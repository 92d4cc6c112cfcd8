//! The threads that products and studies run on.

use crate::{Error, Result};

/// What `work` returns, run on a pool of `threads` threads; every parallel loop inside it uses that pool.
///
/// # Errors
/// [`Error::Threads`] when the operating system gives none.
pub fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|e| Error::Threads { threads, reason: e.to_string() })?;
    Ok(pool.install(work))
}
