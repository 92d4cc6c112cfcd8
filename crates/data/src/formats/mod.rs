//! File formats, one file each.

pub mod npy;
