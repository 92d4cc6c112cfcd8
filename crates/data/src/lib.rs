//! Activations, stimuli, representations, and the files they live in.
//!
//! A *representation* is what one layer of one network, at one checkpoint and under one pooling, says about a set of
//! *stimuli*: a matrix with a row per sample and a column per unit. Rows of one stimulus stay together.
//! Everything that can produce such matrices implements [`ActivationSource`].

mod activations;
mod atomic;
mod cached;
mod error;
pub mod formats;
mod pooling;
mod progress;
mod receptive_field;
mod representation;
mod source;
mod stimuli;
pub mod store;

pub use activations::{Activations, Precision, RowMajor};
pub use atomic::write_atomically;
pub use cached::Cached;
pub use error::{Error, Result};
pub use pooling::{Maps, Pooling, pool};
pub use progress::{Progress, Quiet};
pub use receptive_field::ReceptiveField;
pub use representation::{Checkpoint, Representation, RepresentationId};
pub use source::{ActivationSource, ArraySource, array_representation};
pub use stimuli::{StimulusSet, Thumbnails, hexadecimal};
