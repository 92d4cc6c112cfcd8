//! Every measure again, from raw rows: plain loops over stimuli, no moments, no matrix library, no solver.
//!
//! Slow and small (at most some eighteen units on the wider side) and meant to be read against the definitions.

mod cca;
mod descriptors;
mod functional;
mod kernels;
mod maps;
mod neighbours;
mod partial;
mod rsa;
mod shape;
mod span;

/// Rows × units.
pub type Rows = [Vec<f64>];

/// The rows of one split.
#[derive(Debug, Clone)]
pub struct Fold {
    /// Rows that maps are fitted on.
    pub fit: Vec<usize>,
    /// Rows that maps are scored on.
    pub eval: Vec<usize>,
    /// Rows held out in turn inside the fit rows.
    pub inner: Vec<Vec<usize>>,
}

/// What is known of the stimuli beside the activations.
#[derive(Debug, Clone, Copy)]
pub struct Stimuli<'a> {
    /// Rows of one stimulus.
    pub rows_per_stimulus: usize,
    /// Class of each stimulus.
    pub labels: Option<&'a [u32]>,
}

/// A measure with its parameters, as text, and the stimuli that it is evaluated on.
#[derive(Debug, Clone, Copy)]
struct Spec<'a> {
    id: &'a str,
    parameters: &'a str,
    stimuli: Stimuli<'a>,
}

impl<'a> Spec<'a> {
    /// The value of a parameter that is given.
    fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut pairs = self.parameters.split(',').filter_map(|p| p.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// References of a family of measures: nothing for a measure that is not of the family.
type Family = fn(Spec<'_>, &Rows, &Rows, &[Fold]) -> Option<f64>;

/// One file a family, one line here.
const FAMILIES: &[Family] = &[
    maps::score,
    first,
    shape::score,
    cca::score,
    kernels::score,
    rsa::score,
    neighbours::score,
    descriptors::score,
    functional::score,
    span::score,
];

/// The score of a spec, or nothing if there is no reference for that measure.
///
/// # Panics
/// If a parameter is not a number, or there are too many units to try everything.
#[must_use]
pub fn score(spec: &str, x: &Rows, y: &Rows, folds: &[Fold]) -> Option<f64> {
    score_on(spec, x, y, folds, Stimuli { rows_per_stimulus: 1, labels: None })
}

/// The same on stimuli that have several rows, or classes.
///
/// # Panics
/// As [`score`].
#[must_use]
pub fn score_on(
    spec: &str,
    x: &Rows,
    y: &Rows,
    folds: &[Fold],
    stimuli: Stimuli<'_>,
) -> Option<f64> {
    let (id, parameters) = spec.split_once(':').unwrap_or((spec, ""));
    FAMILIES.iter().find_map(|family| family(Spec { id, parameters, stimuli }, x, y, folds))
}

/// The matchings of Kapoor et al. 2025 and linear CKA.
fn first(spec: Spec<'_>, x: &Rows, y: &Rows, folds: &[Fold]) -> Option<f64> {
    let Spec { id, .. } = spec;
    let directed: &dyn Fn(&Rows, &Rows, &Fold) -> f64 = match id {
        "linear-cka" => return Some(linear_cka(x, y)),
        "debiased-linear-cka" => return Some(debiased_linear_cka(x, y)),
        "permutation" => &permutation,
        "soft-matching" => &soft_matching,
        "partial-soft-matching" => &|x, y, fold| partial::soft_matching(x, y, fold, spec),
        "semi-matching" => &semi_matching,
        _ => return None,
    };
    Some(in_directions(spec, x, y, folds, directed))
}

/// The mean over folds, in the direction that is given or in both. Symmetric measures are the same both ways.
fn in_directions(
    spec: Spec<'_>,
    x: &Rows,
    y: &Rows,
    folds: &[Fold],
    directed: &dyn Fn(&Rows, &Rows, &Fold) -> f64,
) -> f64 {
    let mean = |a: &Rows, b: &Rows| {
        folds.iter().map(|fold| directed(a, b, fold)).sum::<f64>() / folds.len() as f64
    };
    match spec.parameter("direction") {
        Some("x-to-y") => mean(x, y),
        Some("y-to-x") => mean(y, x),
        _ => f64::midpoint(mean(x, y), mean(y, x)),
    }
}

fn column(m: &Rows, rows: &[usize], unit: usize) -> Vec<f64> {
    rows.iter().map(|&row| m[row][unit]).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        aa += (a - ma) * (a - ma);
        bb += (b - mb) * (b - mb);
        ab += (a - ma) * (b - mb);
    }
    ab / (aa * bb).sqrt()
}

fn correlations(x: &Rows, y: &Rows, rows: &[usize]) -> Vec<Vec<f64>> {
    let unit = |i: usize| {
        let a = column(x, rows, i);
        (0..y[0].len()).map(|j| pearson(&a, &column(y, rows, j))).collect()
    };
    (0..x[0].len()).map(unit).collect()
}

/// The given rows, each unit less its mean over `about`.
fn centred(m: &Rows, rows: &[usize], about: &[usize]) -> Vec<Vec<f64>> {
    let means: Vec<f64> = (0..m[0].len()).map(|u| mean(&column(m, about, u))).collect();
    rows.iter().map(|&row| m[row].iter().zip(&means).map(|(v, m)| v - m).collect()).collect()
}

/// Inner products of rows, n × n.
fn gram(m: &Rows) -> Vec<Vec<f64>> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum();
    m.iter().map(|a| m.iter().map(|b| product(a, b)).collect()).collect()
}

/// By the n × n kernels, centred by centring the rows.
fn linear_cka(x: &Rows, y: &Rows) -> f64 {
    let all: Vec<usize> = (0..x.len()).collect();
    let (k, l) = (gram(&centred(x, &all, &all)), gram(&centred(y, &all, &all)));
    let trace = |a: &Rows, b: &Rows| -> f64 {
        a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a * b).sum()
    };
    trace(&k, &l) / (trace(&k, &k) * trace(&l, &l)).sqrt()
}

/// Song's estimator on the n × n kernels of rows as they are, diagonals set to zero.
fn debiased_linear_cka(x: &Rows, y: &Rows) -> f64 {
    let n = x.len() as f64;
    let kernel = |m: &Rows| {
        let mut k = gram(m);
        for (i, row) in k.iter_mut().enumerate() {
            row[i] = 0.0;
        }
        k
    };
    let criterion = |k: &Rows, l: &Rows| -> f64 {
        let trace: f64 = k.iter().flatten().zip(l.iter().flatten()).map(|(a, b)| a * b).sum();
        let sums = |m: &Rows| m.iter().map(|row| row.iter().sum::<f64>()).collect::<Vec<f64>>();
        let (k, l) = (sums(k), sums(l));
        let product: f64 = k.iter().zip(&l).map(|(a, b)| a * b).sum();
        let totals = k.iter().sum::<f64>() * l.iter().sum::<f64>();
        trace + totals / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * product
    };
    let (k, l) = (kernel(x), kernel(y));
    criterion(&k, &l) / (criterion(&k, &k) * criterion(&l, &l)).sqrt()
}

/// The column of each row, all different, that maximise the sum: every subset of columns is tried, row after row.
fn best_assignment(value: &Rows) -> Vec<usize> {
    let (rows, columns) = (value.len(), value[0].len());
    assert!(rows <= columns && columns <= 18, "{rows} × {columns} is too large to try everything");
    // best[s]: the greatest sum when the first |s| rows take the columns s; last[s]: the column of the last of them.
    let mut best = vec![f64::NEG_INFINITY; 1 << columns];
    let mut last = vec![usize::MAX; 1 << columns];
    best[0] = 0.0;
    for set in 0..1_usize << columns {
        let row = set.count_ones() as usize;
        if row >= rows {
            continue;
        }
        for column in (0..columns).filter(|c| set >> c & 1 == 0) {
            let (next, sum) = (set | 1 << column, best[set] + value[row][column]);
            if sum > best[next] {
                best[next] = sum;
                last[next] = column;
            }
        }
    }
    let full = (0..best.len()).filter(|s| s.count_ones() as usize == rows);
    let mut set = full.fold(None, |a, b| match a {
        Some(a) if best[a] >= best[b] => Some(a),
        _ => Some(b),
    });
    let mut columns = Vec::new();
    while let Some(s) = set.filter(|&s| s != 0) {
        columns.push(last[s]);
        set = Some(s & !(1 << last[s]));
    }
    columns.reverse();
    columns
}

fn permutation(x: &Rows, y: &Rows, fold: &Fold) -> f64 {
    if x[0].len() > y[0].len() {
        return permutation(y, x, fold);
    }
    let matching = best_assignment(&correlations(x, y, &fold.fit));
    let r = correlations(x, y, &fold.eval);
    mean(&matching.iter().enumerate().map(|(i, &j)| r[i][j]).collect::<Vec<f64>>())
}

/// Uniform masses 1/p and 1/q are lcm(p, q) equal pieces, so that the plan is an assignment of pieces (Birkhoff).
fn soft_matching(x: &Rows, y: &Rows, fold: &Fold) -> f64 {
    let (p, q) = (x[0].len(), y[0].len());
    let pieces = (1..=q).map(|k| k * p).find(|m| m % q == 0).expect("there is a common multiple");
    let fit = correlations(x, y, &fold.fit);
    let (i_of, j_of) = (|a: usize| a * p / pieces, |b: usize| b * q / pieces);
    let value: Vec<Vec<f64>> =
        (0..pieces).map(|a| (0..pieces).map(|b| fit[i_of(a)][j_of(b)]).collect()).collect();
    let plan = best_assignment(&value);
    let r = correlations(x, y, &fold.eval);
    mean(&plan.iter().enumerate().map(|(a, &b)| r[i_of(a)][j_of(b)]).collect::<Vec<f64>>())
}

fn semi_matching(x: &Rows, y: &Rows, fold: &Fold) -> f64 {
    let (fit, r) = (correlations(x, y, &fold.fit), correlations(x, y, &fold.eval));
    let of_unit = |i: usize| {
        let greatest = fit[i].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let partner = fit[i].iter().position(|&c| c == greatest).expect("there is a greatest");
        r[i][partner]
    };
    mean(&(0..fit.len()).map(of_unit).collect::<Vec<f64>>())
}

/// `aᵀ b`.
fn product(a: &Rows, b: &Rows) -> Vec<Vec<f64>> {
    let entry = |i: usize, j: usize| a.iter().zip(b).map(|(a, b)| a[i] * b[j]).sum();
    (0..a[0].len()).map(|i| (0..b[0].len()).map(|j| entry(i, j)).collect()).collect()
}

/// `U Vᵀ` of `a = U Σ Vᵀ` without the vectors of zero singular values.
fn polar(a: &Rows) -> Vec<Vec<f64>> {
    let Jacobi { u, sizes, v } = Jacobi::of(a);
    let greatest = sizes.iter().copied().fold(0.0, f64::max);
    let kept: Vec<usize> = (0..sizes.len()).filter(|&k| sizes[k] > 1e-10 * greatest).collect();
    let entry = |i: usize, j: usize| kept.iter().map(|&k| u[i][k] / sizes[k] * v[j][k]).sum();
    (0..a.len()).map(|i| (0..sizes.len()).map(|j| entry(i, j)).collect()).collect()
}

/// `a = U Vᵀ` with orthogonal columns of U, of the given sizes, and an orthogonal V.
///
/// One-sided Jacobi: columns are rotated in pairs until all are orthogonal.
struct Jacobi {
    u: Vec<Vec<f64>>,
    sizes: Vec<f64>,
    v: Vec<Vec<f64>>,
}

impl Jacobi {
    fn of(a: &Rows) -> Self {
        let columns = a[0].len();
        let mut u = a.to_vec();
        let mut v: Vec<Vec<f64>> = (0..columns)
            .map(|i| (0..columns).map(|j| f64::from(u8::from(i == j))).collect())
            .collect();
        for _sweep in 0..60 {
            let mut is_done = true;
            for i in 0..columns {
                for j in i + 1..columns {
                    let dot = |i: usize, j: usize| u.iter().map(|row| row[i] * row[j]).sum::<f64>();
                    let (ii, jj, ij) = (dot(i, i), dot(j, j), dot(i, j));
                    if ij * ij <= 1e-34 * ii * jj {
                        continue;
                    }
                    is_done = false;
                    let angle = 0.5 * (2.0 * ij).atan2(ii - jj);
                    let (sine, cosine) = angle.sin_cos();
                    for row in u.iter_mut().chain(&mut v) {
                        let (a, b) = (row[i], row[j]);
                        row[i] = cosine * a + sine * b;
                        row[j] = cosine * b - sine * a;
                    }
                }
            }
            if is_done {
                break;
            }
        }
        let size = |k: usize| u.iter().map(|row| row[k] * row[k]).sum::<f64>().sqrt();
        let sizes = (0..columns).map(size).collect();
        Self { u, sizes, v }
    }
}

/// `a = U Σ Vᵀ` without the vectors of zero singular values; vectors are columns, values descend.
fn svd(a: &Rows) -> (Vec<Vec<f64>>, Vec<f64>, Vec<Vec<f64>>) {
    let Jacobi { u, sizes, v } = Jacobi::of(a);
    let greatest = sizes.iter().copied().fold(0.0, f64::max);
    let mut kept: Vec<usize> = (0..sizes.len()).filter(|&k| sizes[k] > 1e-10 * greatest).collect();
    kept.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]));
    let chosen = |m: &Rows, scale: &dyn Fn(usize) -> f64| -> Vec<Vec<f64>> {
        m.iter().map(|row| kept.iter().map(|&k| row[k] * scale(k)).collect()).collect()
    };
    let left = chosen(&u, &|k| 1.0 / sizes[k]);
    (left, kept.iter().map(|&k| sizes[k]).collect(), chosen(&v, &|_| 1.0))
}

/// Eigenvalues and eigenvectors (columns) of a positive definite matrix, which are its singular values and vectors.
fn symmetric_eigen(a: &Rows) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (u, values, _) = svd(a);
    (values, u)
}

/// Gaussian elimination with row exchanges.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    for k in 0..n {
        let pivot = (k..n).fold(k, |p, i| if a[i][k].abs() > a[p][k].abs() { i } else { p });
        a.swap(k, pivot);
        b.swap(k, pivot);
        for i in (0..n).filter(|&i| i != k) {
            let factor = a[i][k] / a[k][k];
            let (from_a, from_b) = (a[k].clone(), b[k].clone());
            a[i].iter_mut().zip(&from_a).for_each(|(v, w)| *v -= factor * w);
            b[i].iter_mut().zip(&from_b).for_each(|(v, w)| *v -= factor * w);
        }
    }
    b.iter().zip(&a).enumerate().map(|(k, (b, a))| b.iter().map(|v| v / a[k]).collect()).collect()
}
