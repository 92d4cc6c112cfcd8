//! Dissimilarities pair by pair, ranks by counting.

use super::{Fold, Rows, Spec, mean, pearson, solve, svd};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    if spec.id == "rsm-norm-difference-distance" {
        return Some(norm_of_difference(spec.parameter("norm"), x, y));
    }
    if spec.id != "rsa" {
        return None;
    }
    let kind = spec.parameter("rdm").unwrap_or("correlation");
    let repeats = spec.stimuli.rows_per_stimulus;
    let (d, e) = (table(kind, x, repeats), table(kind, y, repeats));
    let compare = spec.parameter("compare").unwrap_or("spearman");
    Some(if d.iter().chain(&e).flatten().all(|v| v.is_finite()) {
        compared(compare, &d, &e)
    } else {
        f64::NAN
    })
}

/// Norm of the difference of the tables of Euclidean distances.
fn norm_of_difference(norm: Option<&str>, x: &Rows, y: &Rows) -> f64 {
    let (d, e) = (table("euclidean", x, 1), table("euclidean", y, 1));
    let less = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a - b).collect();
    let difference: Vec<Vec<f64>> = d.iter().zip(&e).map(less).collect();
    let squares: f64 = difference.iter().flatten().map(|v| v * v).sum();
    match norm {
        None => (squares / 2.0).sqrt(),
        Some("frobenius") => squares.sqrt(),
        // The greatest singular value of a symmetric table is its greatest absolute eigenvalue.
        Some(_) => svd(&difference).1.first().copied().unwrap_or(0.0),
    }
}

/// The symmetric table of dissimilarities.
fn table(kind: &str, m: &Rows, repeats: usize) -> Vec<Vec<f64>> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let difference =
        |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    let squared = |a: &[f64], b: &[f64]| product(&difference(a, b), &difference(a, b));
    let of_pairs = |n: usize, d: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
        (0..n).map(|i| (0..n).map(|j| if i == j { 0.0 } else { d(i, j) }).collect()).collect()
    };
    let n = m.len();
    match kind {
        "correlation" => of_pairs(n, &|i, j| 1.0 - pearson(&m[i], &m[j])),
        "cosine" => of_pairs(n, &|i, j| {
            let cosine = product(&m[i], &m[j]);
            1.0 - cosine / (product(&m[i], &m[i]) * product(&m[j], &m[j])).sqrt()
        }),
        "euclidean" => of_pairs(n, &|i, j| squared(&m[i], &m[j]).sqrt()),
        "squared-euclidean" => of_pairs(n, &|i, j| squared(&m[i], &m[j])),
        "mahalanobis" => {
            let precision = precision(m, repeats);
            of_pairs(n, &|i, j| {
                let d = difference(&m[i], &m[j]);
                precision.iter().zip(&d).map(|(row, v)| v * product(row, &d)).sum()
            })
        }
        "crossnobis" => {
            let precision = precision(m, repeats);
            of_pairs(n / repeats, &|i, j| {
                let d = |f: usize| difference(&m[i * repeats + f], &m[j * repeats + f]);
                let (mut sum, mut pairs) = (0.0, 0.0);
                for f in 0..repeats {
                    for g in (0..repeats).filter(|&g| g != f) {
                        let (a, b) = (d(f), d(g));
                        let terms = precision.iter().zip(&a);
                        sum += terms.map(|(row, v)| v * product(row, &b)).sum::<f64>();
                        pairs += 1.0;
                    }
                }
                sum / pairs
            })
        }
        other => panic!("no dissimilarity `{other}`"),
    }
}

/// Inverse of the shrunk covariance of units, about the mean row of each stimulus if it has several.
fn precision(m: &Rows, repeats: usize) -> Vec<Vec<f64>> {
    let (n, p) = (m.len(), m[0].len());
    let group = if repeats > 1 { repeats } else { n };
    let residual = |i: usize, u: usize| {
        let start = i / group * group;
        m[i][u] - mean(&(start..start + group).map(|k| m[k][u]).collect::<Vec<f64>>())
    };
    let freedom = (n - n / group) as f64;
    let e: Vec<Vec<f64>> = (0..n).map(|i| (0..p).map(|u| residual(i, u)).collect()).collect();
    let sum = |of: &dyn Fn(&Vec<f64>) -> f64| e.iter().map(of).sum::<f64>();
    let mut s: Vec<Vec<f64>> =
        (0..p).map(|u| (0..p).map(|v| sum(&|e| e[u] * e[v]) / freedom).collect()).collect();
    let (mut variances, mut sizes) = (0.0, 0.0);
    let n = n as f64;
    for u in 0..p {
        for v in (0..p).filter(|&v| v != u) {
            let scale = s[u][u] * s[v][v];
            let first = sum(&|e| e[u] * e[v]) / scale.sqrt() / (n - 1.0);
            let second = sum(&|e| e[u] * e[u] * e[v] * e[v]) / scale / (n - 1.0);
            variances += n / (freedom * freedom) * (second - first * first);
            sizes += first * first;
        }
    }
    let lambda: f64 = (variances / sizes).clamp(0.0, 1.0);
    for (u, row) in s.iter_mut().enumerate() {
        for (v, entry) in row.iter_mut().enumerate().filter(|(v, _)| *v != u) {
            *entry *= if v == u { 1.0 } else { 1.0 - lambda };
        }
    }
    let identity = |u: usize| (0..p).map(|v| f64::from(u8::from(u == v))).collect();
    solve(s, (0..p).map(identity).collect())
}

fn compared(compare: &str, d: &Rows, e: &Rows) -> f64 {
    let above =
        |t: &Rows| -> Vec<f64> { (0..t.len()).flat_map(|i| t[i][i + 1..].to_vec()).collect() };
    let (x, y) = (above(d), above(e));
    let cosine = |a: &[f64], b: &[f64]| {
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        product(a, b) / (product(a, a) * product(b, b)).sqrt()
    };
    match compare {
        "pearson" => pearson(&x, &y),
        "cosine" => cosine(&x, &y),
        "spearman" => pearson(&ranks(&x), &ranks(&y)),
        "rho-a" => {
            let m = x.len() as f64;
            let middle = f64::midpoint(m, 1.0);
            let (r, s) = (ranks(&x), ranks(&y));
            let sum: f64 = r.iter().zip(&s).map(|(r, s)| (r - middle) * (s - middle)).sum();
            12.0 * sum / (m * m * m - m)
        }
        "kendall-a" | "kendall-b" => kendall(&x, &y, compare == "kendall-b"),
        "whitened-cosine" => cosine(&doubly_centred(d, 0.0), &doubly_centred(e, 0.0)),
        "whitened-pearson" => cosine(&doubly_centred(d, mean(&x)), &doubly_centred(e, mean(&y))),
        other => panic!("no comparison `{other}`"),
    }
}

/// -1, 0 or 1; what rounding tells apart is equal.
fn order(a: f64, b: f64) -> i32 {
    let equal = (a - b).abs() <= 1e-10 * a.abs().max(b.abs()) + 1e-13;
    if equal { 0 } else { 2 * i32::from(a > b) - 1 }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |v: &f64| {
        let places = values.iter().map(|w| f64::from(order(*v, *w) + 1) / 2.0);
        places.sum::<f64>() + 0.5
    };
    values.iter().map(rank).collect()
}

fn kendall(x: &[f64], y: &[f64], without_ties: bool) -> f64 {
    let (mut excess, mut pairs, mut x_pairs, mut y_pairs) = (0, 0, 0, 0);
    for i in 0..x.len() {
        for j in 0..i {
            let (a, b) = (order(x[i], x[j]), order(y[i], y[j]));
            excess += a * b;
            pairs += 1;
            x_pairs += a.abs();
            y_pairs += b.abs();
        }
    }
    let of = if without_ties {
        (f64::from(x_pairs) * f64::from(y_pairs)).sqrt()
    } else {
        f64::from(pairs)
    };
    f64::from(excess) / of
}

/// The table less a constant off its diagonal, and then less its row and column means, plus their mean.
fn doubly_centred(t: &Rows, less: f64) -> Vec<f64> {
    let n = t.len();
    let entry = |i: usize, j: usize| if i == j { 0.0 } else { t[i][j] - less };
    let means: Vec<f64> =
        (0..n).map(|i| mean(&(0..n).map(|j| entry(i, j)).collect::<Vec<f64>>())).collect();
    let all = mean(&means);
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    pairs.map(|(i, j)| entry(i, j) - means[i] - means[j] + all).collect()
}
