//! Independent jobs side by side.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::Result;

/// Runs every job, at most `threads` at a time; the results are in the order of the jobs, an error is that of the first job that
/// has one. After an error no new job begins.
pub(crate) fn run_all<J: Sync, T: Send>(
    jobs: &[J],
    threads: usize,
    run: impl Fn(&J) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let results: Vec<Mutex<Option<Result<T>>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(i) else { break };
            let result = run(job);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            *results[i].lock().expect("no thread panics while it holds the lock") = Some(result);
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, jobs.len().max(1)) {
            scope.spawn(work);
        }
    });
    // Jobs are taken in order, so those that were not run stand behind the one that failed.
    results
        .into_iter()
        .map_while(|result| result.into_inner().expect("no thread panicked"))
        .collect()
}
