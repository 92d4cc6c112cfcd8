//! Sufficient statistics of data.
//!
//! Nearly every similarity measure depends on the data only through first and second moments. They are gathered once, in
//! *blocks* of stimuli, and everything else (cross-validation, jackknife, sample-size curves) is arithmetic on blocks:
//!
//! - [`Marginal`]: mean and scatter of one representation, per block; shared by all pairs it takes part in.
//! - [`Cross`]: the cross-scatter of two representations, per block; the only thing that is gathered per pair.
//! - [`Side`], [`Pair`]: the same merged over any [`BlockSet`], with factorisations remembered.
//! - [`RowSet`], [`RowPair`]: the rows themselves, for what is no function of moments (kernels, dissimilarities, neighbours).
//! - [`Evidence`]: all of it for two representations, what a measure is evaluated on.
//! - [`Split`], [`SplitDesign`]: which blocks a map is fitted on, and which it is evaluated on.
//!
//! Everything is centred before it is multiplied and merged by the update of Chan, Golub & LeVeque (1983), never by
//! `E[xy] − E[x]E[y]`. f32 activations are multiplied in f32 and accumulated in f64.

mod blocks;
mod canonical;
mod chunk;
mod cross;
mod error;
mod evidence;
mod gather;
mod many;
mod marginal;
mod merge;
mod noise;
mod pair;
mod reading;
mod rotation;
mod rows;
mod scatter;
mod side;
mod split;
mod units;

pub use blocks::{BlockSet, Blocks, MAX_BLOCKS};
pub use canonical::{Canonical, rank, whitened};
pub use cross::Cross;
pub use error::{Error, Result};
pub use evidence::Evidence;
pub use gather::{
    Centred, ROWS_PER_CHUNK, Weighted, check_same_stimuli, gather_cross, gather_marginal,
    gather_pair,
};
pub use many::gather_many;
pub use marginal::Marginal;
pub use noise::{NoisyNorms, noisy_norms};
pub use pair::{Pair, PairMoments};
pub use reading::Reading;
pub use rotation::Rotation;
pub use rows::{
    MaybeMoved, Nearness, Neighbours, PairTable, Preparation, ROWS_PER_BAND, RowPair, RowSet,
    SquaredDistances, shuffled_rows,
};
pub use side::{Side, SideMoments};
pub use split::{Split, SplitDesign};
pub use units::{UnitPolicy, UnitSelection, select_units, select_units_of_dealings};
