//! Groups, spectral clusters and trees against plain methods and planted structure.

mod common;

use common::rng;
use consilience_linalg::{Mat, in_pool};
use consilience_solvers::{
    ClusterCount, Error, KmeansOptions, average_linkage, kmeans, spectral_clusters,
};
use rand::RngExt;

fn uniform(rows: usize, columns: usize, seed: u64) -> Mat<f64> {
    let mut rng = rng(seed);
    Mat::from_fn(rows, columns, |_, _| rng.random_range(-1.0..1.0))
}

/// Sum of squared distances of the members of each group from their mean.
fn spread(points: &Mat<f64>, group: &[usize], k: usize) -> f64 {
    let of_group = |g: usize| -> f64 {
        let members: Vec<usize> = (0..group.len()).filter(|&i| group[i] == g).collect();
        let of_coordinate = |c: usize| -> f64 {
            let mean = members.iter().map(|&i| points[(i, c)]).sum::<f64>() / members.len() as f64;
            members.iter().map(|&i| (points[(i, c)] - mean).powi(2)).sum()
        };
        (0..points.ncols()).map(of_coordinate).sum()
    };
    (0..k).map(of_group).sum()
}

/// The least sum of squares over all partitions into k groups that are not empty.
fn least_spread(points: &Mat<f64>, k: usize) -> f64 {
    let n = points.nrows();
    let mut least = f64::INFINITY;
    for code in 0..k.pow(n as u32) {
        let group: Vec<usize> = (0..n).map(|i| code / k.pow(i as u32) % k).collect();
        if (0..k).all(|g| group.contains(&g)) {
            least = least.min(spread(points, &group, k));
        }
    }
    least
}

#[test]
fn few_points_are_grouped_as_well_as_any_partition_does() {
    for (n, k) in [(1, 1), (2, 1), (2, 2), (5, 2), (8, 2), (7, 3), (6, 4), (6, 6)] {
        for seed in 0..6 {
            let points = uniform(n, 2, 100 + seed);
            let found = kmeans(points.as_ref(), k, KmeansOptions::default()).unwrap();
            let least = least_spread(&points, k);
            assert!(
                (found.sum_of_squares - least).abs() < 1e-12,
                "{n} {k} {seed}: {found:?} {least}"
            );
            assert!((spread(&points, &found.group, k) - found.sum_of_squares).abs() < 1e-12);
        }
    }
}

#[test]
fn groups_are_fixed_points_whatever_the_data() {
    let mut failures = Vec::new();
    for (n, d, k) in [(15, 1, 15), (16, 3, 2), (17, 3, 5), (200, 7, 12), (300, 30, 40)] {
        let base = uniform(n, d, 7);
        let duplicates = Mat::from_fn(n, d, |i, c| base[(i / 4, c)]);
        let far = Mat::from_fn(n, d, |i, c| base[(i, c)] + if i % 9 == 0 { 1e6 } else { 0.0 });
        for (what, points) in [("uniform", &base), ("duplicates", &duplicates), ("far", &far)] {
            let found = kmeans(points.as_ref(), k, KmeansOptions::default()).unwrap();
            let distance = |i: usize, g: usize| -> f64 {
                (0..d).map(|c| (points[(i, c)] - found.centres[(g, c)]).powi(2)).sum()
            };
            let occupied = (0..k).all(|g| found.group.contains(&g));
            // Rounding of the product form of a distance, relative to the size of the points.
            let rounding = 1e-13 * d as f64 * points.norm_max().powi(2);
            let nearest = (0..n)
                .all(|i| (0..k).all(|g| distance(i, g) >= distance(i, found.group[i]) - rounding));
            let first = |g: usize| found.group.iter().position(|&x| x == g);
            let in_order = (1..k).all(|g| first(g - 1) < first(g));
            if !(occupied && nearest && in_order && found.fixed_point) {
                failures.push(format!("{what} {n}×{d}, {k}: {occupied} {nearest} {in_order}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn groups_depend_on_the_seed_and_not_on_threads() {
    let points = uniform(400, 5, 3);
    let run = |threads, seed| {
        let options = KmeansOptions { seed, restarts: 3, ..KmeansOptions::default() };
        in_pool(threads, || kmeans(points.as_ref(), 20, options).unwrap()).unwrap()
    };
    assert_eq!(run(1, 5), run(3, 5));
    assert_ne!(run(1, 5), run(1, 6));
}

/// Blocks of nodes with strong edges, weak ones between, in a random order; block b has `sizes[b]` nodes.
fn planted(sizes: &[usize], between: f64, seed: u64) -> (Mat<f64>, Vec<usize>) {
    let mut rng = rng(seed);
    let mut block: Vec<usize> =
        sizes.iter().enumerate().flat_map(|(b, &size)| vec![b; size]).collect();
    for i in (1..block.len()).rev() {
        block.swap(i, rng.random_range(0..=i));
    }
    let n = block.len();
    let mut affinity = Mat::zeros(n, n);
    for j in 0..n {
        for i in 0..j {
            let level = if block[i] == block[j] { 1.0 } else { between };
            affinity[(i, j)] = level * rng.random_range(0.5..1.0);
            affinity[(j, i)] = affinity[(i, j)];
        }
    }
    (affinity, block)
}

/// Whether two partitions are the same up to the names of the parts.
fn same(a: &[usize], b: &[usize]) -> bool {
    (0..a.len()).all(|i| (0..i).all(|j| (a[i] == a[j]) == (b[i] == b[j])))
}

#[test]
fn planted_clusters_are_found_and_counted() {
    for (sizes, seed) in [(&[4, 4][..], 1), (&[10, 20, 30], 2), (&[15, 16, 17, 12, 25], 3)] {
        let (affinity, block) = planted(sizes, 0.05, seed);
        for count in [ClusterCount::Given(sizes.len()), ClusterCount::Eigengap { largest: 7 }] {
            let found =
                spectral_clusters(affinity.as_ref(), count, KmeansOptions::default()).unwrap();
            assert!(same(&found.cluster, &block), "{sizes:?} {count:?}: {found:?}");
            assert_eq!(found.clusters, sizes.len());
            assert!(found.bound <= found.normalised_cut + 1e-12);
        }
    }
}

/// No partition cuts less than the relaxation says, here by trying all of them.
#[test]
fn the_bound_is_below_every_partition() {
    let mut rng = rng(11);
    for n in [2, 5, 8] {
        let weights = Mat::from_fn(n, n, |_, _| rng.random_range(0.0..1.0));
        let affinity = Mat::from_fn(n, n, |i, j| weights[(i, j)] + weights[(j, i)]);
        let count = ClusterCount::Given(2);
        let found = spectral_clusters(affinity.as_ref(), count, KmeansOptions::default()).unwrap();
        let inside = |side: &dyn Fn(usize) -> bool, other: &dyn Fn(usize) -> bool| -> f64 {
            let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
            pairs.filter(|&(i, j)| i != j && side(i) && other(j)).map(|p| affinity[p]).sum()
        };
        for code in 1..(1_usize << n) - 1 {
            let (one, other) = (|i: usize| code >> i & 1 == 1, |i: usize| code >> i & 1 == 0);
            let leaving = inside(&one, &other);
            let cut = leaving / inside(&one, &|_| true) + leaving / inside(&other, &|_| true);
            assert!(found.bound <= cut + 1e-12, "{n}: {} {cut}", found.bound);
            if (0..n).all(|i| one(i) == (found.cluster[i] == 0)) {
                assert!((found.normalised_cut - cut).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn components_and_lonely_nodes_have_eigenvalue_zero() {
    // Two pairs and a node without edges.
    let affinity = Mat::from_fn(5, 5, |i, j| f64::from(u8::from(i != j && i / 2 == j / 2)));
    let count = ClusterCount::Eigengap { largest: 4 };
    let found = spectral_clusters(affinity.as_ref(), count, KmeansOptions::default()).unwrap();
    assert_eq!((found.cluster, found.clusters), (vec![0, 0, 1, 1, 2], 3));
    let zero = found.eigenvalues.iter().filter(|v| v.abs() < 1e-12).count();
    assert_eq!(zero, 3);
    assert!(found.normalised_cut.abs() < 1e-12);
}

/// Merges by looking at all pairs of nodes anew each time, means over members.
fn plain_tree(similarity: &Mat<f64>, weights: &[f64]) -> Vec<(Vec<usize>, f64)> {
    let mut nodes: Vec<Vec<usize>> = (0..weights.len()).map(|i| vec![i]).collect();
    let mut merges = Vec::new();
    while nodes.len() > 1 {
        let mean = |a: &[usize], b: &[usize]| {
            let pairs = || a.iter().flat_map(|&i| b.iter().map(move |&j| (i.min(j), i.max(j))));
            let weight = |(i, j): (usize, usize)| weights[i] * weights[j];
            pairs().map(|p| weight(p) * similarity[p]).sum::<f64>()
                / pairs().map(weight).sum::<f64>()
        };
        let mut best = (f64::NEG_INFINITY, 0, 0);
        for i in 0..nodes.len() {
            for j in i + 1..nodes.len() {
                let value = mean(&nodes[i], &nodes[j]);
                if value > best.0 {
                    best = (value, i, j);
                }
            }
        }
        let other = nodes.remove(best.2);
        nodes[best.1].extend(other);
        let mut members = nodes[best.1].clone();
        members.sort_unstable();
        merges.push((members, best.0));
    }
    merges
}

#[test]
fn trees_are_those_of_the_plain_method() {
    for n in [1, 2, 3, 15, 16, 17, 40] {
        for (seed, single) in [(1, true), (2, false)] {
            let mut rng = rng(20 + seed);
            let half = uniform(n, n, 30 + seed);
            let similarity = Mat::from_fn(n, n, |i, j| half[(i.min(j), i.max(j))]);
            let weights: Vec<f64> = (0..n)
                .map(|_| if single { 1.0 } else { f64::from(rng.random_range(1..9)) })
                .collect();
            let tree = average_linkage(similarity.as_ref(), &weights).unwrap();
            let mut members: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
            for (merge, (expected, value)) in
                tree.merges.iter().zip(plain_tree(&similarity, &weights))
            {
                let mut both = [&members[merge.first][..], &members[merge.second]].concat();
                both.sort_unstable();
                assert_eq!(both, expected, "{n} (seed {seed})");
                assert!((merge.similarity - value).abs() < 1e-12, "{n} (seed {seed})");
                let weight: f64 = both.iter().map(|&i| weights[i]).sum();
                assert!((merge.weight - weight).abs() < 1e-12);
                members.push(both);
            }
            assert_eq!(tree.merges.len(), n - 1);
            let mut leaves = tree.order();
            leaves.sort_unstable();
            assert!(leaves.iter().copied().eq(0..n));
            assert_eq!(tree.cut(1), vec![0; n]);
            assert!(tree.cut(n).into_iter().eq(0..n));
        }
    }
}

/// Equal similarities leave the order open; sums of rounded means must not lead a merge before its parts.
#[test]
fn ties_make_a_tree_all_the_same() {
    for n in [2, 7, 30] {
        for value in [0.0, 0.1, 1.0 / 3.0] {
            let tree =
                average_linkage(Mat::from_fn(n, n, |_, _| value).as_ref(), &vec![3.0; n]).unwrap();
            let mut used = vec![false; 2 * n - 1];
            for (m, merge) in tree.merges.iter().enumerate() {
                assert!(merge.first < merge.second && merge.second < n + m);
                assert!(!std::mem::replace(&mut used[merge.first], true));
                assert!(!std::mem::replace(&mut used[merge.second], true));
                assert!((merge.similarity - value).abs() < 1e-14);
            }
            assert!(tree.merges.windows(2).all(|w| w[0].similarity >= w[1].similarity));
        }
    }
}

#[test]
fn wrong_input_is_named() {
    let points = Mat::from_fn(3, 2, |i, j| if (i, j) == (1, 1) { f64::NAN } else { 0.0 });
    let options = KmeansOptions::default();
    let error = kmeans(points.as_ref(), 2, options).unwrap_err();
    assert!(matches!(error, Error::NonFinitePoint { point: 1, coordinate: 1, .. }), "{error}");
    for k in [0, 4] {
        let error = kmeans(points.as_ref(), k, options).unwrap_err();
        assert_eq!(error, Error::Groups { groups: k, points: 3 });
    }
    let spectral = |affinity: Mat<f64>, k| {
        spectral_clusters(affinity.as_ref(), ClusterCount::Given(k), options).unwrap_err()
    };
    assert!(matches!(spectral(Mat::zeros(2, 3), 1), Error::NotSquare { rows: 2, columns: 3 }));
    assert!(matches!(spectral(Mat::zeros(2, 2), 3), Error::Groups { groups: 3, points: 2 }));
    for (up, down) in [(-1.0, -1.0), (1.0, 2.0), (f64::NAN, 1.0), (f64::INFINITY, f64::INFINITY)] {
        let affinity = Mat::from_fn(3, 3, |i, j| match (i, j) {
            (0, 2) => up,
            (2, 0) => down,
            _ => 1.0,
        });
        assert!(matches!(spectral(affinity, 2), Error::Affinity { row: 0, column: 2, .. }));
    }
    let similarity = Mat::<f64>::zeros(2, 2);
    let error = average_linkage(similarity.as_ref(), &[1.0, 0.0]).unwrap_err();
    assert_eq!(error, Error::Weights { found: 2, expected: 2, index: 1 });
    assert!(average_linkage(similarity.as_ref(), &[1.0]).is_err());
    assert!(average_linkage(Mat::zeros(0, 0).as_ref(), &[]).is_err());
}
