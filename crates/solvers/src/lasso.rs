//! LASSO along a path of penalties, from second moments.
//!
//! Coordinate descent on a compact copy of the Gram matrix of the sources in play (`working.rs`), with exact steps on the support
//! in between (`support.rs`), whose factor follows the support (`factor.rs`); a sequential strong rule says which sources are in play, and every result is checked on all.

mod factor;
mod problem;
mod square;
mod support;
mod working;

use consilience_linalg::MatRef;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::certificate;
use crate::error::Result;
use crate::least_squares::LeastSquares;
use problem::{Sources, Target, check_penalties};
use working::{Room, Working};

/// When the solver may stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LassoOptions {
    /// Largest duality gap, as a share of half the target's variance: the objective of no weights at all. 1e-10 can be reached
    /// on any Gram that is not singular up to rounding; with 0 (or NaN) all sweeps are spent.
    pub tolerance: f64,
    /// Most sweeps a penalty. A fit that was cut short has a gap above the tolerance, and is returned as it is.
    pub sweeps: usize,
}

impl Default for LassoOptions {
    /// A relative gap of 1e-6, at most 10,000 sweeps.
    fn default() -> Self {
        Self { tolerance: 1e-6, sweeps: 10_000 }
    }
}

/// Sparse weights of one target at one penalty, and how far they can be from the optimum.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct SparseFit {
    /// The penalty λ.
    pub penalty: f64,
    /// `(source, weight)` of the weights that are not zero, sources ascending.
    pub weights: Vec<(usize, f64)>,
    /// What is minimised, at these weights: half of `residual`, and λ times the sum of magnitudes.
    pub objective: f64,
    /// `v − 2 wᵀc + wᵀSw`: the mean square of what is not predicted.
    pub residual: f64,
    /// How far `objective` can be above the optimum, in its own unit.
    pub gap: f64,
    /// Sweeps of coordinate descent.
    pub iterations: usize,
}

impl SparseFit {
    /// How far the weights can be from the optimum, computed anew from the Gram matrix, the products with the target and its
    /// variance.
    ///
    /// With the residual r = y − Xw and α = min(1, λ / max|Xᵀr|), αr is feasible in the dual, so the optimum is at least
    /// α rᵀy − ½ α² rᵀr; all of it follows from moments. With λ = 0 only a residual without any product with the sources is
    /// feasible: it is what remains of r after least squares on the sources, those left out that others determine.
    /// Takes p steps a weight, and p³ / 3 if λ = 0.
    ///
    /// # Panics
    ///
    /// If the shapes are not those of the problem.
    #[must_use]
    pub fn certificate_gap(&self, gram: MatRef<'_, f64>, cross: &[f64], variance: f64) -> f64 {
        certificate::lasso_gap(self, gram, cross, variance)
    }
}

/// Sparse weights for one target along descending penalties: for each λ the w that minimises
/// `½ (v − 2 wᵀc + wᵀSw) + λ Σ|w_i|`.
///
/// `gram` is S (p × p), the products of the sources with one another; `cross` is c, their p products with the target;
/// `variance` is v, the target's own. With moments divided by n and centred this is `½ mean (y − wᵀx)² + λ ‖w‖₁`: scikit-learn's
/// objective. Nothing is scaled: give correlations (and v = 1) for standardised units.
///
/// A source with S_ii = 0 gets no weight. Where λ ≥ max|c_i|, nothing does. λ = 0 is least squares: where S is singular,
/// sources that others determine (all but 1e-10 of their variance) get no weight, so the solution is one of many, and not
/// that of the smallest norm. For λ > 0 and a singular S the objective of the result is certified all the same; which of
/// several minimisers it is depends on the order of the sources.
///
/// The optimum is certified by the duality gap alone, so a result is good whatever the way to it.
///
/// # Errors
///
/// [`Error::NotSquare`](crate::Error::NotSquare), [`Error::Gram`](crate::Error::Gram),
/// [`Error::CrossShape`](crate::Error::CrossShape), [`Error::CrossProduct`](crate::Error::CrossProduct),
/// [`Error::TargetVariance`](crate::Error::TargetVariance), [`Error::Penalty`](crate::Error::Penalty); [`Error::Indefinite`](crate::Error::Indefinite) if moments
/// that passed these tests turn out to be those of no data.
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
/// use consilience_solvers::{LassoOptions, lasso_path};
///
/// // Two sources that correlate by 0.5; the target is the first of them.
/// let gram = Mat::from_fn(2, 2, |i, j| if i == j { 1.0 } else { 0.5 });
/// let path = lasso_path(gram.as_ref(), &[1.0, 0.5], 1.0, &[1.0, 0.2], LassoOptions::default())?;
/// assert!(path[0].weights.is_empty());
/// assert_eq!(path[1].weights, [(0, 0.8)]);
/// assert!(path[1].gap < 1e-15 && (path[1].residual - 0.04).abs() < 1e-15);
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn lasso_path(
    gram: MatRef<'_, f64>,
    cross: &[f64],
    variance: f64,
    penalties: &[f64],
    options: LassoOptions,
) -> Result<Vec<SparseFit>> {
    let cross = MatRef::from_column_major_slice(cross, cross.len(), 1);
    let mut paths = lasso_paths(gram, cross, &[variance], penalties, options)?;
    Ok(paths.remove(0))
}

/// [`lasso_path`] for every target: a path for each column of `cross` (p × t), with its variance.
///
/// Targets run side by side on the threads of the caller's pool; each is computed as if it were alone, so the result does
/// not depend on threads. The least squares of λ = 0 are factorised once for all.
///
/// # Errors
///
/// Those of [`lasso_path`].
pub fn lasso_paths(
    gram: MatRef<'_, f64>,
    cross: MatRef<'_, f64>,
    variances: &[f64],
    penalties: &[f64],
    options: LassoOptions,
) -> Result<Vec<Vec<SparseFit>>> {
    lasso_paths_map(gram, cross, variances, penalties, options, |_, path| path)
}

/// What `of` makes of each target and its path, of [`lasso_paths`]: paths with many weights are forgotten one by one.
///
/// # Errors
///
/// Those of [`lasso_path`].
pub fn lasso_paths_map<T: Send>(
    gram: MatRef<'_, f64>,
    cross: MatRef<'_, f64>,
    variances: &[f64],
    penalties: &[f64],
    options: LassoOptions,
    of: impl Fn(usize, Vec<SparseFit>) -> T + Sync,
) -> Result<Vec<T>> {
    let sources = Sources::new(gram)?;
    let targets = sources.targets(cross, variances)?;
    check_penalties(penalties)?;
    let unpenalised = penalties.last().is_some_and(|&l| l == 0.0).then(|| LeastSquares::new(gram));
    let path = |room: &mut Room, (t, target): (usize, &Target)| {
        let path = path(&sources, target, room, penalties, unpenalised.as_ref(), options)?;
        Ok(of(t, path))
    };
    targets.par_iter().enumerate().map_init(Room::default, path).collect()
}

/// The fits of one target, each starting from the one before.
fn path(
    sources: &Sources,
    target: &Target,
    room: &mut Room,
    penalties: &[f64],
    unpenalised: Option<&LeastSquares>,
    options: LassoOptions,
) -> Result<Vec<SparseFit>> {
    let mut working = Working::new(sources, target, room);
    let fit = |&penalty: &f64| match unpenalised {
        Some(squares) if penalty == 0.0 => Ok(least_squares_fit(sources, target, squares)),
        _ => working.fit(penalty, options),
    };
    penalties.iter().map(fit).collect()
}

/// The fit without a penalty, refined once, with the gap that its gradient leaves.
fn least_squares_fit(sources: &Sources, target: &Target, squares: &LeastSquares) -> SparseFit {
    let mut weights = squares.solve(&target.cross);
    let gradient = sources.gradient(target, &weights);
    let correction = squares.solve(&gradient);
    weights.iter_mut().zip(correction).for_each(|(w, c)| *w += c);
    let gradient = sources.gradient(target, &weights);
    let correction = squares.solve(&gradient);
    let gap = 0.5 * gradient.iter().zip(&correction).map(|(g, c)| g * c).sum::<f64>();
    let residual = target.residual(&weights, &gradient);
    SparseFit {
        penalty: 0.0,
        weights: weights.into_iter().enumerate().filter(|(_, w)| *w != 0.0).collect(),
        objective: 0.5 * residual,
        residual,
        gap: gap.max(0.0),
        iterations: 0,
    }
}
