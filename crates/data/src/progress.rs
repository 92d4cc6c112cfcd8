//! How long work tells how far it is. The command line draws it; libraries stay quiet.

/// Receives the progress of long work. Every method may be called from any thread.
pub trait Progress: Sync {
    /// A stage begins: its name, and how many units of work it has.
    fn stage(&self, name: &str, total: u64);
    /// Some units of the current stage are done.
    fn advance(&self, done: u64);
    /// A line worth keeping, such as the accuracy of a network.
    fn note(&self, text: &str);
}

/// Progress that nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
}
