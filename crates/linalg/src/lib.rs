//! Dense linear algebra for consilience.
//!
//! The only crate that names the internals of the library below it. Matrices and views are `faer`'s. Large products run on
//! the threads of the caller's rayon pool and give the same bytes for any number of threads; factorisations are
//! sequential (theirs would not), so callers take parallelism from cells, layers and folds.

mod cholesky;
mod eigen;
mod error;
mod leading;
mod orthogonal;
mod pool;
mod products;
mod svd;
mod vectors;

pub use cholesky::{cholesky, solve_lower, solve_lower_transposed};
pub use eigen::{Eigen, eigen_symmetric, eigenvalues_symmetric};
pub use error::{Error, Result};
pub use faer::{Mat, MatMut, MatRef};
pub use leading::leading_left_vector;
pub use orthogonal::{orthonormal_columns, polar_factor, random_orthogonal};
pub use pool::in_pool;
pub use products::{
    Real, add_cross, add_outer, cross, gram, matmul, matmul_abt, matmul_atb, row_gram, scaled,
    squared_norm, symmetric_product,
};
pub use svd::{Svd, singular_values, svd};
pub use vectors::{sum_of_squares, vectorised};
