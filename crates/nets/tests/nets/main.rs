//! Whole runs: training, resuming, recording on more stimuli.

mod record;
mod rows;
mod train;
