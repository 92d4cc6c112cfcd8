//! Average linkage: a binary tree over leaves, the most similar first.
//!
//! Nearest-neighbour chains (Murtagh 1983; Müllner 2011), O(n²) time and memory. Written here because leaves may have
//! weights: they may be clusters already, and then the mean similarity of two nodes is over their members.

use consilience_linalg::MatRef;

use crate::error::{Error, Result};

/// A tree over leaves `0..n`. Merge m makes node `n + m`.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Tree {
    /// Number of leaves.
    pub leaves: usize,
    /// The merges, the most similar first; n − 1 of them.
    pub merges: Vec<Merge>,
}

/// Two nodes that become one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The node with the lower number.
    pub first: usize,
    /// The other node.
    pub second: usize,
    /// Mean similarity between the members of the two.
    pub similarity: f64,
    /// Weight of both together.
    pub weight: f64,
}

impl Tree {
    /// Cluster of each leaf when the merges stop at so many clusters, numbered in the order of their first leaves.
    ///
    /// # Panics
    ///
    /// Unless there are 1 to n clusters.
    #[must_use]
    pub fn cut(&self, clusters: usize) -> Vec<usize> {
        assert!((1..=self.leaves).contains(&clusters), "1 to {} clusters", self.leaves);
        let mut node_of: Vec<usize> = (0..2 * self.leaves - 1).collect();
        // From the last merge that is kept down, each node knows the node that it is part of.
        for m in (0..self.leaves - clusters).rev() {
            let whole = node_of[self.leaves + m];
            node_of[self.merges[m].first] = whole;
            node_of[self.merges[m].second] = whole;
        }
        let mut seen: Vec<usize> = Vec::new();
        let number = |node: &usize| {
            seen.iter().position(|s| s == node).unwrap_or_else(|| {
                seen.push(*node);
                seen.len() - 1
            })
        };
        node_of[..self.leaves].iter().map(number).collect()
    }

    /// The leaves from one side of the tree to the other, first nodes first: no two branches cross.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.leaves);
        let mut stack = vec![2 * self.leaves - 2];
        while let Some(node) = stack.pop() {
            match node.checked_sub(self.leaves) {
                None => order.push(node),
                Some(m) => stack.extend([self.merges[m].second, self.merges[m].first]),
            }
        }
        order
    }
}

/// The tree in which the two most similar nodes are merged again and again. The similarity of two nodes is the mean over
/// pairs of their members.
///
/// `similarity` is n × n and symmetric (the upper triangle is read; any finite numbers, correlations for one); `weights` are
/// the numbers of members of the leaves, 1 each if they are single. Similarities along the merges never rise, so the
/// result is that of the plain method whatever the order in which it was found. O(n²).
///
/// # Errors
///
/// [`Error::NotSquare`], [`Error::Weights`], and [`Error::NonFiniteCost`] for a similarity that is not finite.
///
/// # Example
///
/// ```
/// use consilience_linalg::Mat;
///
/// let r = [[1.0, 0.9, 0.1], [0.9, 1.0, 0.3], [0.1, 0.3, 1.0]];
/// let similarity = Mat::from_fn(3, 3, |i, j| r[i][j]);
/// let tree = consilience_solvers::average_linkage(similarity.as_ref(), &[1.0; 3])?;
/// assert_eq!((tree.merges[0].first, tree.merges[0].second), (0, 1));
/// assert!((tree.merges[1].similarity - 0.2).abs() < 1e-15);
/// assert_eq!(tree.cut(2), [0, 0, 1]);
/// # Ok::<(), consilience_solvers::Error>(())
/// ```
pub fn average_linkage(similarity: MatRef<'_, f64>, weights: &[f64]) -> Result<Tree> {
    let n = similarity.nrows();
    if n == 0 || similarity.ncols() != n {
        return Err(Error::NotSquare { rows: n, columns: similarity.ncols() });
    }
    let positive = |w: &f64| *w > 0.0 && w.is_finite();
    if weights.len() != n || !weights.iter().all(positive) {
        let index = weights.iter().position(|w| !positive(w)).unwrap_or(weights.len());
        return Err(Error::Weights { found: weights.len(), expected: n, index });
    }
    // Rows of a dense copy; a merged node lives in the row of its second part.
    let mut rows = vec![vec![0.0; n]; n];
    for j in 0..n {
        for i in 0..j {
            let value = similarity[(i, j)];
            if !value.is_finite() {
                return Err(Error::NonFiniteCost { row: i, column: j, value });
            }
            rows[i][j] = value;
            rows[j][i] = value;
        }
    }
    Ok(numbered(chain(&mut rows, weights.to_vec()), n, weights))
}

/// Merges as pairs of rows with their similarity, in the order in which chains find them.
fn chain(rows: &mut [Vec<f64>], mut weights: Vec<f64>) -> Vec<(usize, usize, f64)> {
    let mut active: Vec<usize> = (0..rows.len()).collect();
    let (mut chain, mut merges): (Vec<usize>, Vec<_>) = (Vec::new(), Vec::new());
    // Similarity at which the node of a row was made. A merge above is no more similar; rounding may say otherwise.
    let mut made = vec![f64::INFINITY; rows.len()];
    while active.len() > 1 {
        if chain.is_empty() {
            chain.push(active[0]);
        }
        loop {
            let last = chain[chain.len() - 1];
            let before = chain.len().checked_sub(2).map(|b| chain[b]);
            // The one before stays the nearest unless another is strictly nearer: without that, ties would circle.
            let mut next = before.map(|b| (rows[last][b], b));
            for &other in active.iter().filter(|&&other| other != last) {
                if next.is_none_or(|(nearest, _)| rows[last][other] > nearest) {
                    next = Some((rows[last][other], other));
                }
            }
            let (similarity, nearest) = next.expect("two nodes are left");
            if Some(nearest) != before {
                chain.push(nearest);
                continue;
            }
            chain.truncate(chain.len() - 2);
            let (gone, stays) = (last.min(nearest), last.max(nearest));
            active.retain(|&node| node != gone);
            let (a, b) = (weights[gone], weights[stays]);
            for &other in active.iter().filter(|&&other| other != stays) {
                let mean = (a * rows[gone][other] + b * rows[stays][other]) / (a + b);
                rows[stays][other] = mean;
                rows[other][stays] = mean;
            }
            weights[stays] = a + b;
            made[stays] = similarity.min(made[gone]).min(made[stays]);
            merges.push((gone, stays, made[stays]));
            break;
        }
    }
    merges
}

/// The merges in order of similarity, their rows replaced by the nodes that live in them.
fn numbered(mut merges: Vec<(usize, usize, f64)>, n: usize, weights: &[f64]) -> Tree {
    // Stable: of equal ones the order in which they were found, in which parts come before wholes.
    merges.sort_by(|a, b| b.2.total_cmp(&a.2));
    let mut node_of: Vec<usize> = (0..n).collect();
    let mut weight_of = weights.to_vec();
    let merge = |(m, &(gone, stays, similarity)): (usize, &(usize, usize, f64))| {
        let (first, second) =
            (node_of[gone].min(node_of[stays]), node_of[gone].max(node_of[stays]));
        node_of[stays] = n + m;
        weight_of[stays] += weight_of[gone];
        Merge { first, second, similarity, weight: weight_of[stays] }
    };
    Tree { leaves: n, merges: merges.iter().enumerate().map(merge).collect() }
}
