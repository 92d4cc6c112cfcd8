//! Matching, moving and predicting at the least cost, with a proof in every result; groups, clusters and trees.
//!
//! # Matching and moving
//!
//! Two classical problems have the same shape. Given the cost `c[i, j]` of pairing row `i` with column `j`,
//!
//! - **assignment** pairs each row with a column of its own ([`assignment`], [`maximum_assignment`]);
//! - **transport** moves masses `a[i]` of the rows to masses `b[j]` of the columns ([`transport`]); with masses `1/p` and
//!   `1/q` it is the matching between sets of different size ([`uniform_transport`]), and with `p = q` the assignment again.
//!
//! A part of the mass may stay where it is: [`partial_transport`] moves a given share at the least cost, and
//! [`partial_curve`] tells the least cost of every share in one run.
//!
//! The first two have a twin that ends in `_with` and works in memory of the caller ([`AssignmentWorkspace`],
//! [`TransportWorkspace`]); use it to solve many problems one after the other.
//!
//! # Sparse prediction
//!
//! [`lasso_path`] gives the weights of one target along descending penalties, [`lasso_paths`] those of all targets; both read
//! second moments alone, so that what is gathered once serves every penalty, fold and target.
//!
//! [`maximum_match`] finds the units of two networks that lie in the span of one another.
//!
//! # Groups, clusters, trees
//!
//! [`kmeans`] groups points around means, [`spectral_clusters`] groups the nodes of a graph, [`average_linkage`] builds a tree
//! over leaves that may be clusters already. The first two are heuristics for hard problems: they say what is known of
//! the result (a fixed point; the bound of the relaxation), not that it is the best. All draws come from a seed.
//!
//! # A worked example
//!
//! Two mines hold half of the ore each, three mills take a third each, and a road costs what it is long:
//!
//! ```
//! use consilience_linalg::Mat;
//! use consilience_solvers::uniform_transport;
//!
//! let road = [[1.0, 4.0, 6.0], [3.0, 2.0, 5.0]];
//! let cost = Mat::from_fn(2, 3, |mine, mill| road[mine][mill]);
//! let plan = uniform_transport(cost.as_ref())?;
//! let mut lines = Vec::new();
//! for (mine, mill, mass) in &plan.entries {
//!     lines.push(format!("mine {mine} -> mill {mill}: {mass:.4}"));
//! }
//! lines.push(format!("cost {:.4}, at most {:.0e} above the optimum", plan.value, plan.gap));
//! assert_eq!(
//!     lines.join("\n"),
//!     "mine 0 -> mill 0: 0.3333\n\
//!      mine 0 -> mill 2: 0.1667\n\
//!      mine 1 -> mill 1: 0.3333\n\
//!      mine 1 -> mill 2: 0.1667\n\
//!      cost 2.8333, at most 0e0 above the optimum",
//! );
//! // The proof: potentials whose sum is at most the cost of every pair, and the cost where mass moves.
//! let (u, v) = (&plan.row_potentials, &plan.column_potentials);
//! for i in 0..2 {
//!     for j in 0..3 {
//!         assert!(u[i] + v[j] <= cost[(i, j)] + 1e-12);
//!     }
//! }
//! # Ok::<(), consilience_solvers::Error>(())
//! ```
//!
//! # Certificates
//!
//! Assignment and transport are linear programs, and a program and its dual meet only at the optimum. Every result holds the dual
//! solution, one potential for each row and column, and the `gap` between the two values in the unit of the costs: zero but
//! for rounding. [`Assignment::certificate_gap`] and [`Plan::certificate_gap`] compute it anew from the costs by a few plain
//! loops that share no code with the solvers, so a result can be checked by who does not trust this crate.
//!
//! Sparse weights have the dual of the LASSO, which their own residual gives: [`SparseFit::certificate_gap`]. The solver works
//! in floating point on a quadratic, so that this gap is small rather than zero; how small is asked for.
//!
//! # Determinism
//!
//! A result depends on the values of the input alone: not on the layout of the matrix, not on threads, not
//! on what a workspace was used for before. Where several solutions are optimal, searches keep the first of equals in order
//! of index, so the same one is found every time; which one it is, is otherwise no promise. Restarts of k-means run on the
//! threads of the caller's pool, each with a generator of its own, and are compared in their order; the targets
//! of [`lasso_paths`] are each computed as if they were alone.
//!
//! # Scale
//!
//! Costs are copied once, multiplied by a power of two so that the largest is about 1; any finite magnitude up to 1e150
//! works. Costs below the largest by more than sixteen digits matter as little as they do in any sum. Masses are integers
//! inside, so a plan meets its marginals however long the run.
//!
//! # Sources
//!
//! - R. Jonker, A. Volgenant: A shortest augmenting path algorithm for dense and sparse linear assignment problems.
//!   *Computing* 38, 325–340 (1987). Column reduction, reduction transfer, augmenting row reduction, shortest paths.
//! - D. F. Crouse: On implementing 2D rectangular assignment algorithms. *IEEE Transactions on Aerospace and Electronic
//!   Systems* 52(4), 1679–1696 (2016). The rectangular case, which SciPy implements.
//! - N. Bonneel, M. van de Panne, S. Paris, W. Heidrich: Displacement interpolation using Lagrangian mass transport. *ACM
//!   Transactions on Graphics* 30(6) (2011). Network simplex with block search for dense transport, after the LEMON library;
//!   POT's `emd` descends from it.
//! - R. Ahuja, T. Magnanti, J. Orlin: *Network Flows* (1993), section 9.7: successive shortest paths, whose plans are the
//!   cheapest of their mass one after the other.
//! - A. Charnes: Optimality and degeneracy in linear programming. *Econometrica* 20, 160–170 (1952). The perturbation.
//!
//! - J. Friedman, T. Hastie, R. Tibshirani: Regularization paths for generalized linear models via coordinate descent.
//!   *Journal of Statistical Software* 33(1) (2010). Covariance updates and warm starts.
//! - R. Tibshirani et al.: Strong rules for discarding predictors in lasso-type problems. *JRSS B* 74, 245–266 (2012).
//! - H. Lee, A. Battle, R. Raina, A. Ng: Efficient sparse coding algorithms. *NIPS* 19 (2006). Exact steps on a support whose
//!   signs are held.
//! - L. Wang et al.: Towards understanding learning representations: to what extent do different neural networks learn the
//!   same representation. *NeurIPS* 31 (2018), arXiv:1810.11750. The maximum match.
//! - D. Arthur, S. Vassilvitskii: k-means++: the advantages of careful seeding. *SODA*, 1027–1035 (2007).
//! - A. Ng, M. Jordan, Y. Weiss: On spectral clustering: analysis and an algorithm. *NIPS* 14 (2002). Normalised
//!   eigenvectors and k-means; the eigengap after U. von Luxburg: A tutorial on spectral clustering (2007).
//! - F. Murtagh: A survey of recent advances in hierarchical clustering algorithms. *The Computer Journal* 26, 354–359 (1983).
//!   Nearest-neighbour chains; the order of their merges after D. Müllner (2011), arXiv:1109.2378.
//!
//! The code is our own. What is not in these papers: candidate lists with a bound that stays valid because prices only fall
//! (`candidates.rs`), which make the assignment of thousands of rows several times faster than scans of whole lines; and
//! the change to the network simplex where shortest paths meet their worst case (`matching.rs`).
//!
//! # Testing
//!
//! Small problems of every shape are compared with all permutations, or all integer plans; large ones must close their
//! gap, at shapes around the block lengths, wide, tall and coprime, with ties, duplicates, constant and extreme costs.
//! Sparse weights meet the optimality conditions and an iteration of another kind. Values of large problems were compared by hand with SciPy, `lap` and POT; that comparison is not automated.

mod assignment;
mod candidates;
mod certificate;
mod cost;
mod error;
mod gram;
mod kmeans;
mod lasso;
mod least_squares;
mod linkage;
mod matching;
mod partial;
mod partial_search;
mod scan;
mod search;
mod simplex;
mod spectral;
mod subspace_match;
mod transport;

pub use assignment::{
    Assignment, AssignmentWorkspace, assignment, assignment_with, maximum_assignment,
    maximum_assignment_with,
};
pub use cost::Objective;
pub use error::{Error, Result, Side};
pub use kmeans::{KmeansOptions, Partition, kmeans};
pub use lasso::{LassoOptions, SparseFit, lasso_path, lasso_paths, lasso_paths_map};
pub use linkage::{Merge, Tree, average_linkage};
pub use partial::{PartialCurve, PartialPlan, partial_curve, partial_transport};
pub use spectral::{ClusterCount, SpectralClusters, spectral_clusters};
pub use subspace_match::{SubspaceMatch, maximum_match};
pub use transport::{
    Plan, TransportWorkspace, transport, transport_with, uniform_transport, uniform_transport_with,
};
