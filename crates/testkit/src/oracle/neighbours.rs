//! Neighbours of the stimuli: every pair is looked at, every list is sorted.

use super::{Fold, Rows, Spec, centred, mean};

pub(super) fn score(spec: Spec<'_>, x: &Rows, y: &Rows, _: &[Fold]) -> Option<f64> {
    let of_sides: fn(&Side, &Side, Spec<'_>) -> f64 = match spec.id {
        "mutual-knn" => |x, y, _| each(x, |i| x.common(y, i).len() as f64 / x.k() as f64),
        "jaccard-knn" => |x, y, _| {
            let union = |common: usize| (2 * x.k() - common) as f64;
            each(x, |i| x.common(y, i).len() as f64 / union(x.common(y, i).len()))
        },
        "rank-similarity" => |x, y, _| each(x, |i| rank_similarity(x, y, i)),
        "second-order-cosine" => second_order_cosine,
        "cycle-knn" => |x, y, spec| both_ways(x, y, spec, cycle),
        "lcs-knn" => |x, y, _| each(x, |i| common_length(&x.lists[i], &y.lists[i]) / x.k() as f64),
        "edit-knn" => {
            |x, y, _| each(x, |i| 1.0 - edit_distance(&x.lists[i], &y.lists[i]) / x.k() as f64)
        }
        "cknna" => |x, y, spec| both_ways(x, y, spec, |x, y| cknna(x, y, false)),
        "symmetric-cknna" => |x, y, _| cknna(x, y, true),
        _ => return None,
    };
    let one_dimension_of_signs = |m: &Rows| {
        m[0].len() == 1 && (near(spec) == "cosine" || spec.parameter("normalise") == Some("true"))
    };
    if one_dimension_of_signs(x) || one_dimension_of_signs(y) {
        return Some(f64::NAN);
    }
    Some(of_sides(&Side::new(spec, x), &Side::new(spec, y), spec))
}

fn near(spec: Spec<'_>) -> &str {
    spec.parameter("neighbours").unwrap_or("cosine")
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

/// Neighbours of one side.
struct Side {
    rows: Vec<Vec<f64>>,
    lists: Vec<Vec<usize>>,
    cosines: bool,
}

impl Side {
    fn new(spec: Spec<'_>, m: &Rows) -> Self {
        let rows = prepared(spec, m);
        let k: usize = spec.parameter("k").map_or(10, |k| k.parse().expect("a number"));
        let nearness = |i: usize, j: usize| match near(spec) {
            "cosine" => cosine(&rows[i], &rows[j]),
            "inner-product" => product(&rows[i], &rows[j]),
            _ => -rows[i].iter().zip(&rows[j]).map(|(a, b)| (a - b) * (a - b)).sum::<f64>(),
        };
        let list = |i: usize| {
            let near: Vec<f64> = (0..rows.len()).map(|j| nearness(i, j)).collect();
            let mut others: Vec<usize> = (0..rows.len()).filter(|&j| j != i).collect();
            others.sort_by(|&a, &b| near[b].total_cmp(&near[a]));
            others[..k].to_vec()
        };
        let lists = (0..rows.len()).map(list).collect();
        Self { lists, rows, cosines: near(spec) == "cosine" }
    }

    fn k(&self) -> usize {
        self.lists[0].len()
    }

    fn common(&self, y: &Self, i: usize) -> Vec<usize> {
        self.lists[i].iter().copied().filter(|j| y.lists[i].contains(j)).collect()
    }

    fn rank(&self, i: usize, j: usize) -> f64 {
        1.0 + self.lists[i].iter().position(|&n| n == j).expect("a neighbour") as f64
    }

    /// Whether j is a neighbour of i, or with `either` one of them of the other.
    fn has(&self, i: usize, j: usize, either: bool) -> bool {
        self.lists[i].contains(&j) || either && self.lists[j].contains(&i)
    }
}

fn prepared(spec: Spec<'_>, m: &Rows) -> Vec<Vec<f64>> {
    let mut rows = m.to_vec();
    if let Some(q) = spec.parameter("clip") {
        let mut sizes: Vec<f64> = m.iter().flatten().map(|v| v.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let limit = sizes[(q.parse::<f64>().expect("a number") * sizes.len() as f64) as usize];
        rows.iter_mut().flatten().for_each(|v| *v = v.clamp(-limit, limit));
    }
    if spec.parameter("centre") == Some("true") {
        let all: Vec<usize> = (0..m.len()).collect();
        rows = centred(&rows, &all, &all);
    }
    if spec.parameter("normalise") == Some("true") {
        for row in &mut rows {
            let length = product(row, row).sqrt();
            row.iter_mut().for_each(|v| *v /= length);
        }
    }
    rows
}

fn each(x: &Side, of_stimulus: impl Fn(usize) -> f64) -> f64 {
    mean(&(0..x.rows.len()).map(of_stimulus).collect::<Vec<f64>>())
}

fn both_ways(x: &Side, y: &Side, spec: Spec<'_>, score: fn(&Side, &Side) -> f64) -> f64 {
    match spec.parameter("direction") {
        Some("x-to-y") => score(x, y),
        Some("y-to-x") => score(y, x),
        _ => f64::midpoint(score(x, y), score(y, x)),
    }
}

fn rank_similarity(x: &Side, y: &Side, i: usize) -> f64 {
    let common = x.common(y, i);
    if common.is_empty() {
        return 0.0;
    }
    let of = |&j: &usize| {
        let (a, b) = (x.rank(i, j), y.rank(i, j));
        2.0 / ((1.0 + (a - b).abs()) * (a + b))
    };
    let most: f64 = (1..=common.len()).map(|m| 1.0 / m as f64).sum();
    common.iter().map(of).sum::<f64>() / most
}

fn second_order_cosine(x: &Side, y: &Side, spec: Spec<'_>) -> f64 {
    let distances = spec.parameter("of") == Some("distances");
    each(x, |i| {
        let union = (0..x.rows.len()).filter(|&j| x.has(i, j, false) || y.has(i, j, false));
        let (a, b): (Vec<f64>, Vec<f64>) = union
            .map(|j| (cosine(&x.rows[i], &x.rows[j]), cosine(&y.rows[i], &y.rows[j])))
            .map(|(a, b)| if distances { (1.0 - a, 1.0 - b) } else { (a, b) })
            .unzip();
        cosine(&a, &b)
    })
}

fn cycle(x: &Side, y: &Side) -> f64 {
    each(x, |i| {
        let back = y.lists[i].iter().any(|&j| x.lists[j].contains(&i));
        f64::from(u8::from(back))
    })
}

/// Length of the longest common subsequence.
fn common_length(a: &[usize], b: &[usize]) -> f64 {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..a.len() {
        for j in 0..b.len() {
            table[i + 1][j + 1] =
                if a[i] == b[j] { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
        }
    }
    f64::from(table[a.len()][b.len()])
}

fn edit_distance(a: &[usize], b: &[usize]) -> f64 {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, edits) | (edits, 0) => edits,
                _ if a[i - 1] == b[j - 1] => table[i - 1][j - 1],
                _ => 1 + table[i - 1][j].min(table[i][j - 1]).min(table[i - 1][j - 1]),
            };
        }
    }
    table[a.len()][b.len()] as f64
}

/// Whole matrices with zeros where the mask is.
fn cknna(x: &Side, y: &Side, either: bool) -> f64 {
    let n = x.rows.len();
    let masked = |side: &Side, other: &Side| -> Vec<Vec<f64>> {
        let value = |i: usize, j: usize| {
            if !(side.has(i, j, either) && other.has(i, j, either)) {
                return 0.0;
            }
            let (a, b) = (&side.rows[i], &side.rows[j]);
            if side.cosines { cosine(a, b) } else { product(a, b) }
        };
        (0..n).map(|i| (0..n).map(|j| if i == j { 0.0 } else { value(i, j) }).collect()).collect()
    };
    let criterion = |a: &Rows, b: &Rows| {
        let all = |m: &Rows| m.iter().flatten().sum::<f64>();
        let (mut products, mut between) = (0.0, 0.0);
        for i in 0..n {
            products += (0..n).map(|j| a[i][j] * b[j][i]).sum::<f64>();
            // Σ over all entries of the product of the matrices, by column i of the first and row i of the second.
            between += (0..n).map(|j| a[j][i]).sum::<f64>() * b[i].iter().sum::<f64>();
        }
        let n = n as f64;
        products + all(a) * all(b) / ((n - 1.0) * (n - 2.0)) - 2.0 * between / (n - 2.0)
    };
    let own = |side: &Side| criterion(&masked(side, side), &masked(side, side));
    let (xx, yy) = (own(x), own(y));
    let ratio = criterion(&masked(x, y), &masked(y, x)) / (xx * yy).sqrt();
    // No value where the criteria are not what an alignment is made of.
    if xx > 0.0 && yy > 0.0 && ratio.abs() <= 1.0 + 1e-9 { ratio } else { f64::NAN }
}
