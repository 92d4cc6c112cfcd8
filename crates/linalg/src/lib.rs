//! Dense linear algebra for consilience.
//!
//! The only crate that names the internals of the library below it. Matrices and views are `faer`'s; products may run on
//! the threads of the caller's pool (they give the same bytes for any number of threads), factorisations are sequential
//! (theirs would not), so callers take parallelism from cells, layers and folds.

pub use faer::{Mat, MatMut, MatRef};
