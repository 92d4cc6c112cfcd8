//! How the data arrives plays no part: chunks, blocks, order of stimuli, basis, precision, threads.

use consilience_linalg::{Mat, eigen_symmetric, in_pool, matmul, matmul_atb};
use consilience_measures::{Comparison, Invariance, Reads, Result, SideName, parse};
use consilience_statistics::{BlockSet, Blocks, Split, SplitDesign};

use super::{
    ROUNDING, compare_all, compare_recordings, compare_specs, differences, differences_of, specs,
};
use crate::evaluate::{Protocol, Recording};
use crate::synthetic::{data_sets, gaussian_pair, generator, permutation};

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
        for protocol in Protocol::usual(&Recording::new(&data.x).ids) {
            let expected = compare_all(&data.x, &data.y, &protocol);
            let context = format!("{}, {} (order seed {seed})", data.name, protocol.name);
            let n_blocks = protocol.blocks.len();
            let order = permutation(n_blocks, &mut generator(seed));
            let moved = relabelled(&protocol, n_blocks, |b| vec![order[b]], |m| vec![m.to_vec()]);
            let found = compare_all(&data.x, &data.y, &moved);
            failures.extend(differences(&format!("{context}, moved"), &expected, &found, ROUNDING));
            let halves = |m: &[usize]| {
                let (a, b) = m.split_at(m.len() / 2);
                vec![a.to_vec(), b.to_vec()]
            };
            let finer = relabelled(&protocol, 2 * n_blocks, |b| vec![b, n_blocks + b], halves);
            let found = compare_all(&data.x, &data.y, &finer);
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

/// Stimuli in another order, ids with them: the same score.
#[must_use]
pub fn joint_permutation() -> Vec<String> {
    let mut failures = Vec::new();
    for (data, seed) in data_sets().into_iter().zip(61..) {
        let (x, y) = (Recording::new(&data.x), Recording::new(&data.y));
        let order = permutation(x.ids.len(), &mut generator(seed));
        let moved = |r: &Recording| Recording {
            ids: order.iter().map(|&i| r.ids[i].clone()).collect(),
            values: Mat::from_fn(order.len(), r.values.ncols(), |i, j| r.values[(order[i], j)]),
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

/// Where a side is declared orthogonally invariant, its principal coordinates may stand for it, p > n too.
///
/// The coordinates are as many as the units: with more units than stimuli the last ones are zero, as they must be for a
/// measure whose penalty is relative to the mean over units.
#[must_use]
pub fn principal_coordinates() -> Vec<String> {
    let mut failures = Vec::new();
    for data in data_sets() {
        let (x, y) = (principal(&data.x), principal(&data.y));
        for protocol in Protocol::usual(&Recording::new(&data.x).ids) {
            let native = compare_all(&data.x, &data.y, &protocol);
            let sides = [
                (SideName::X, compare_all(&x, &data.y, &protocol)),
                (SideName::Y, compare_all(&data.x, &y, &protocol)),
            ];
            for (side, found) in sides {
                let context = format!("{}, {}, coordinates of {side:?}", data.name, protocol.name);
                let declared = |spec: &str| {
                    let measure = parse(spec).expect("an example parses");
                    measure.invariances(side).contains(&Invariance::Orthogonal)
                };
                let all = differences(&context, &native, &found, ROUNDING);
                let of_spec =
                    |failure: &String, spec: &str| failure.starts_with(&format!("{spec},"));
                failures.extend(all.into_iter().filter(|failure| {
                    specs().iter().any(|spec| of_spec(failure, spec) && declared(spec))
                }));
            }
        }
    }
    failures
}

/// Centred rows in the eigenbasis of their scatter.
fn principal(m: &Mat<f64>) -> Mat<f64> {
    let n = m.nrows() as f64;
    let means: Vec<f64> = (0..m.ncols()).map(|j| m.col(j).iter().sum::<f64>() / n).collect();
    let centred = Mat::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)] - means[j]);
    let scatter = matmul_atb(centred.as_ref(), centred.as_ref());
    let basis = eigen_symmetric(scatter.as_ref()).expect("the scatter is finite").vectors;
    matmul(centred.as_ref(), basis.as_ref())
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
        let (x, y) = (Recording::new(&data.x), Recording::new(&data.y));
        for protocol in Protocol::usual(&x.ids) {
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

/// One thread and two give the same bytes, at sizes where products are divided among threads.
#[must_use]
pub fn threads() -> Vec<String> {
    let seed = 71;
    let (x, y, _) = gaussian_pair(2400, [72, 64], 12, 1.0, &mut generator(seed));
    let (x, y) = (Recording::new(&x).in_f32(), Recording::new(&y).in_f32());
    let mut failures = Vec::new();
    for (x, y) in [(&x, &y), (&Recording::new(&x.values), &Recording::new(&y.values))] {
        let blocks = Blocks::hashed(&x.ids, 4, 1).expect("enough stimuli");
        let design = SplitDesign::k_fold(&blocks, 4).expect("enough stimuli");
        let protocol = Protocol { name: "4-fold".into(), blocks, design };
        let run = |n: usize| {
            in_pool(n, || compare_recordings(x, y, &protocol)).expect("the system gives threads")
        };
        let bytes = |results: Vec<Result<Comparison>>| -> Vec<String> {
            // JSON writes the shortest decimal that reads back exactly: equal text, equal bits.
            let text = |r: &Result<Comparison>| match r {
                Ok(c) => serde_json::to_string(c).expect("a comparison serializes"),
                Err(error) => error.to_string(),
            };
            results.iter().map(text).collect()
        };
        let (one, two) = (bytes(run(1)), bytes(run(2)));
        for (spec, (one, two)) in specs().iter().zip(one.iter().zip(&two)) {
            if one != two || !one.contains("\"score\"") {
                failures.push(format!("{spec}, {:?} (seed {seed}): {one} and {two}", x.precision));
            }
        }
    }
    failures
}
