//! Data sets, architectures, training and recording of networks.
//!
//! [`train`] is the whole of it: a [`TrainSpec`] names a data set, an architecture and seeds; the networks are trained side
//! by side, each on one thread; at every checkpoint the weights are written as safetensors and what every layer says
//! about the test images goes to the activation store of `consilience-data`. Studies read that store and know nothing
//! of this crate.
//!
//! **The same spec gives the same bytes**, for any number of threads: initial weights and the order of the images are drawn
//! here from named seeds, nothing global is read, and no sum is split over threads.
//!
//! ```text
//! OUT/networks/<network>/<checkpoint>.safetensors     weights, named and laid out as PyTorch does
//! OUT/networks/<network>/network.json                 spec, seeds, accuracies; written last
//! OUT/activations/                                    the activation store
//! OUT/stimuli/sets.json                               more sets of stimuli, see `consilience_data::store::RecordedSet`
//! OUT/stimuli/<set>/                                  an activation store for each of them
//! ```

pub mod architectures;
mod checkpoints;
pub mod datasets;
mod error;
mod evaluation;
mod network_file;
mod parallel;
mod record;
mod resume;
mod session;
pub mod shifts;
mod spec;
mod train;
mod training_set;
mod weights;

pub use checkpoints::{PlannedCheckpoint, planned_checkpoints};
pub use error::{Error, Result};
pub use network_file::{NetworkFile, TrainedCheckpoint};
pub use spec::{
    Augmentation, CheckpointList, Every, Labels, LearningRate, NetworkSeeds, NetworksSpec,
    OwnSeverities, RecordSpec, ShiftList, ShiftSpec, StimuliSpec, Subset, TrainSpec, TrainingSpec,
    Which,
};
pub use train::{TrainSummary, train, train_on};
pub use weights::{Initial, Kind, Parameter, Weights};
