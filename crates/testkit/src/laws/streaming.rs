//! How the data arrives plays no part: chunks, blocks, order of stimuli, basis, precision, threads.

use std::collections::BTreeSet;

use consilience_linalg::{Mat, eigen_symmetric, in_pool, matmul, matmul_atb};
use consilience_measures::{Comparison, Invariance, Reads, Result, SideName, parse};
use consilience_statistics::{BlockSet, Blocks, Split, SplitDesign};

use super::{
    ROUNDING, compare_all, compare_recordings, compare_specs, differences, differences_of,
    is_of_other_data, specs,
};
use crate::evaluate::{Protocol, Recording};
use crate::synthetic::{
    class_scores, data_sets, gaussian_pair, generator, permutation, probabilities,
};

/// The same rows as many stimuli of one row (full chunks) and as few stimuli of many (a chunk each): the same score.
///
/// For measures of moments, which are streamed in chunks; what reads rows has them all.
#[must_use]
pub fn chunking() -> Vec<String> {
    let (stimuli, positions, n_blocks, seed) = (20, 1100, 5, 41);
    let (x, y, _) = gaussian_pair(stimuli * positions, [6, 5], 3, 1.0, &mut generator(seed));
    let protocol = |rows_per_stimulus: usize| {
        let per_block = stimuli * positions / n_blocks / rows_per_stimulus;
        let members = (0..n_blocks).map(|b| (b * per_block..(b + 1) * per_block).collect());
        let blocks = Blocks::explicit(members.collect());
        let design = SplitDesign::k_fold(&blocks, n_blocks).expect("enough stimuli");
        Protocol { name: format!("{rows_per_stimulus} rows a stimulus"), blocks, design }
    };
    let of_moments = |spec: &&str| parse(spec).is_ok_and(|m| m.reads() != Reads::WholeRows);
    let specs: Vec<&str> = specs().into_iter().filter(of_moments).collect();
    let compare = |rows: usize| {
        let (x, y) = (Recording::of_positions(&x, rows), Recording::of_positions(&y, rows));
        compare_specs(&specs, &x, &y, &protocol(rows))
    };
    let expected = compare(1);
    let context = |rows: usize| format!("{rows} rows a stimulus (seed {seed})");
    let sizes = [4, 50, positions];
    let differ = |&r: &usize| differences_of(&specs, &context(r), &expected, &compare(r), ROUNDING);
    sizes.iter().flat_map(differ).collect()
}

/// Blocks merged in another order, and finer blocks of the same folds: the same score.
#[must_use]
pub fn merge_order() -> Vec<String> {
    let mut failures = Vec::new();
    for (data, seed) in data_sets().into_iter().zip(51..) {
        for protocol in data.protocols() {
            let expected = compare_all(&data, &data.x, &data.y, &protocol);
            let context = format!("{}, {} (order seed {seed})", data.name, protocol.name);
            let n_blocks = protocol.blocks.len();
            let order = permutation(n_blocks, &mut generator(seed));
            let moved = relabelled(&protocol, n_blocks, |b| vec![order[b]], |m| vec![m.to_vec()]);
            let found = compare_all(&data, &data.x, &data.y, &moved);
            failures.extend(differences(&format!("{context}, moved"), &expected, &found, ROUNDING));
            let halves = |m: &[usize]| {
                let (a, b) = m.split_at(m.len() / 2);
                vec![a.to_vec(), b.to_vec()]
            };
            let finer = relabelled(&protocol, 2 * n_blocks, |b| vec![b, n_blocks + b], halves);
            let found = compare_all(&data, &data.x, &data.y, &finer);
            failures.extend(differences(&format!("{context}, finer"), &expected, &found, ROUNDING));
        }
    }
    failures
}

/// The protocol with block b in the places `places(b)`, its members dealt by `parts`.
fn relabelled(
    protocol: &Protocol,
    n_blocks: usize,
    places: impl Fn(usize) -> Vec<usize>,
    parts: impl Fn(&[usize]) -> Vec<Vec<usize>>,
) -> Protocol {
    let mut members = vec![Vec::new(); n_blocks];
    for b in 0..protocol.blocks.len() {
        for (place, part) in places(b).into_iter().zip(parts(protocol.blocks.members(b))) {
            members[place] = part;
        }
    }
    let moved = |set: BlockSet| set.iter().flat_map(&places).collect::<BlockSet>();
    let splits = protocol.design.splits().iter().map(|s| Split {
        fit: moved(s.fit),
        eval: moved(s.eval),
        inner: s.inner.iter().map(|&g| moved(g)).collect(),
    });
    Protocol {
        name: protocol.name.clone(),
        blocks: Blocks::explicit(members),
        design: SplitDesign::explicit(splits.collect()),
    }
}

/// Stimuli in another order, ids, rows and classes with them: the same score.
#[must_use]
pub fn joint_permutation() -> Vec<String> {
    let mut failures = Vec::new();
    for (data, seed) in data_sets().into_iter().zip(61..) {
        let (x, y) = (data.recording(&data.x), data.recording(&data.y));
        let order = permutation(x.ids.len(), &mut generator(seed));
        let positions = data.rows_per_stimulus;
        let row = |i: usize| order[i / positions] * positions + i % positions;
        let moved = |r: &Recording| Recording {
            ids: order.iter().map(|&i| r.ids[i].clone()).collect(),
            labels: r.labels.as_ref().map(|labels| order.iter().map(|&i| labels[i]).collect()),
            values: Mat::from_fn(r.values.nrows(), r.values.ncols(), |i, j| r.values[(row(i), j)]),
            ..r.clone()
        };
        let (x_moved, y_moved) = (moved(&x), moved(&y));
        let protocols = Protocol::usual(&x.ids).into_iter().zip(Protocol::usual(&x_moved.ids));
        for (protocol, protocol_moved) in protocols {
            let expected = compare_recordings(&x, &y, &protocol);
            let found = compare_recordings(&x_moved, &y_moved, &protocol_moved);
            let context = format!("{}, {} (order seed {seed})", data.name, protocol.name);
            failures.extend(differences(&context, &expected, &found, ROUNDING));
        }
    }
    failures
}

/// Where a side is declared orthogonally invariant, its principal coordinates may stand for it, p > n too: those of the
/// centred rows where the side may be shifted too, else those of the rows as they are.
///
/// The coordinates are as many as the units: with more units than stimuli the last ones are zero, as they must be for a
/// measure whose penalty is relative to the mean over units.
#[must_use]
pub fn principal_coordinates() -> Vec<String> {
    let mut failures = Vec::new();
    for data in data_sets() {
        for (side, centre) in
            [SideName::X, SideName::Y].into_iter().flat_map(|s| [(s, true), (s, false)])
        {
            let declared = |spec: &&str| {
                let measure = parse(spec).expect("an example parses");
                let held = measure.invariances(side);
                held.contains(&Invariance::Orthogonal)
                    && held.contains(&Invariance::Shift) == centre
            };
            let specs: Vec<&str> = specs().into_iter().filter(declared).collect();
            let (x, y) = (data.recording(&data.x), data.recording(&data.y));
            let (x_moved, y_moved) = match side {
                SideName::X => (data.recording(&principal(&data.x, centre)), y.clone()),
                SideName::Y => (x.clone(), data.recording(&principal(&data.y, centre))),
            };
            for protocol in data.protocols() {
                let context = format!("{}, {}, coordinates of {side:?}", data.name, protocol.name);
                let native = compare_specs(&specs, &x, &y, &protocol);
                let found = compare_specs(&specs, &x_moved, &y_moved, &protocol);
                failures.extend(differences_of(&specs, &context, &native, &found, ROUNDING));
            }
        }
    }
    failures
}

/// Rows, centred or as they are, in the eigenbasis of their second moments.
fn principal(m: &Mat<f64>, centre: bool) -> Mat<f64> {
    let n = if centre { m.nrows() as f64 } else { f64::INFINITY };
    let means: Vec<f64> = (0..m.ncols()).map(|j| m.col(j).iter().sum::<f64>() / n).collect();
    let rows = Mat::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)] - means[j]);
    let moments = matmul_atb(rows.as_ref(), rows.as_ref());
    let basis = eigen_symmetric(moments.as_ref()).expect("the moments are finite").vectors;
    matmul(rows.as_ref(), basis.as_ref())
}

/// Largest difference of a score from f32 and from f64 activations. A value is rounded by 2⁻²⁴ ≈ 6 · 10⁻⁸ of itself, a product
/// of chunks by about as much of the two norms; fits amplify that by their conditioning, means over units and stimuli
/// average it out again. Sixteen roundings; f32 where f64 belongs, or noise taken for a direction, shows at 10⁻⁴ and more.
const SINGLE: f64 = 1e-6;

/// f32 activations give the score of f64 ones within 10⁻⁶.
#[must_use]
pub fn precision() -> Vec<String> {
    let mut failures = Vec::new();
    for data in data_sets() {
        let (x, y) = (data.recording(&data.x), data.recording(&data.y));
        for protocol in data.protocols() {
            let wide = compare_recordings(&x, &y, &protocol);
            let narrow = (x.clone().in_f32(), y.clone().in_f32());
            let cases = [
                ("both f32", compare_recordings(&narrow.0, &narrow.1, &protocol)),
                ("x f32", compare_recordings(&narrow.0, &y, &protocol)),
                ("y f32", compare_recordings(&x, &narrow.1, &protocol)),
            ];
            for (what, found) in cases {
                let context = format!("{}, {}, {what}", data.name, protocol.name);
                failures.extend(differences(&context, &wide, &found, SINGLE));
            }
        }
    }
    failures
}

/// A pair at a size where work is divided among threads.
struct LargePair {
    name: String,
    x: Recording,
    y: Recording,
    /// Whether it is for what reads rows: of these three bands are enough to be divided, and all pairs of them are visited.
    rows: bool,
}

/// Both precisions, and scores and probabilities of classes.
fn large_pairs() -> Vec<LargePair> {
    let gaussian = |stimuli: usize, seed: u64, rows: bool| {
        let (x, y, _) = gaussian_pair(stimuli, [72, 64], 12, 1.0, &mut generator(seed));
        let (x, y) = (Recording::new(&x), Recording::new(&y));
        let (x_narrow, y_narrow) = (x.clone().in_f32(), y.clone().in_f32());
        let name = |precision: &str| format!("{stimuli} stimuli, {precision} (seed {seed})");
        [
            LargePair { name: name("f32"), x: x_narrow, y: y_narrow, rows },
            LargePair { name: name("f64"), x, y, rows },
        ]
    };
    let scores = class_scores("class scores (seed 72)", 72, [300, 2, 7]);
    let classes = [scores.clone(), probabilities(scores)].map(|data| {
        let (x, y) = (data.recording(&data.x), data.recording(&data.y));
        LargePair { name: data.name, x, y, rows: true }
    });
    gaussian(2400, 71, false).into_iter().chain(gaussian(700, 73, true)).chain(classes).collect()
}

/// One thread and two give the same bytes, at sizes where products are divided among threads.
#[must_use]
pub fn threads() -> Vec<String> {
    let mut failures = Vec::new();
    let mut scored = BTreeSet::new();
    for LargePair { name, x, y, rows } in large_pairs() {
        let is_for = |spec: &&str| {
            parse(spec).is_ok_and(|measure| (measure.reads() == Reads::WholeRows) == rows)
        };
        let specs: Vec<&str> = specs().into_iter().filter(is_for).collect();
        let blocks = Blocks::hashed(&x.ids, 4, 1).expect("enough stimuli");
        let design = SplitDesign::k_fold(&blocks, 4).expect("enough stimuli");
        let protocol = Protocol { name: "4-fold".into(), blocks, design };
        let run = |n: usize| {
            in_pool(n, || compare_specs(&specs, &x, &y, &protocol))
                .expect("the system gives threads")
        };
        // JSON writes the shortest decimal that reads back exactly: equal text, equal bits.
        let text = |r: &Result<Comparison>| match r {
            Ok(c) => serde_json::to_string(c).expect("a comparison serializes"),
            Err(error) => error.to_string(),
        };
        let (one, two) = (run(1), run(2));
        for (spec, (one, two)) in specs.iter().zip(one.iter().zip(&two)) {
            if one.is_ok() {
                scored.insert(*spec);
            }
            if text(one) != text(two) || (one.is_err() && !is_of_other_data(one)) {
                failures.push(format!("{spec}, {name}: {} and {}", text(one), text(two)));
            }
        }
    }
    let never = specs().into_iter().filter(|spec| !scored.contains(spec));
    failures.extend(never.map(|spec| format!("{spec} has no score")));
    failures
}
