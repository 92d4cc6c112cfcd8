//! Progress on a terminal: stage, rate, time left, and notes worth keeping. In a pipe, nothing.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Mutex;

use consilience::data::Progress;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::output::talk;

/// Draws progress where there is a terminal to draw on.
pub(crate) struct Terminal {
    bar: Mutex<Option<ProgressBar>>,
    is_terminal: bool,
}

impl Terminal {
    /// Progress on standard error.
    pub(crate) fn new() -> Self {
        Self { bar: Mutex::new(None), is_terminal: std::io::stderr().is_terminal() }
    }

    fn with_bar(&self, act: impl FnOnce(&ProgressBar)) {
        if let Ok(guard) = self.bar.lock()
            && let Some(bar) = guard.as_ref()
        {
            act(bar);
        }
    }
}

impl Progress for Terminal {
    fn stage(&self, name: &str, total: u64) {
        if !self.is_terminal {
            return;
        }
        let style = ProgressStyle::with_template(
            "{prefix:>10} {bar:28} {percent:>3} %  {pos}/{len}  {rate}  {eta} left",
        );
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        };
        let bar = ProgressBar::new(total);
        bar.set_style(
            style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("rate", rate),
        );
        bar.set_prefix(name.to_owned());
        if let Ok(mut guard) = self.bar.lock()
            && let Some(old) = guard.replace(bar)
        {
            old.finish_and_clear();
        }
    }

    fn advance(&self, done: u64) {
        self.with_bar(|bar| bar.inc(done));
    }

    fn note(&self, text: &str) {
        if !self.is_terminal {
            return;
        }
        // A bar keeps the line to itself; before the first there is none.
        match self.bar.lock().ok().as_ref().and_then(|bar| bar.as_ref()) {
            Some(bar) => bar.println(text),
            None => talk(text),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.with_bar(ProgressBar::finish_and_clear);
    }
}
