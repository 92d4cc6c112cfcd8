//! What consilience computes, in a process of its own.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use consilience::data::{Activations, ArraySource, RowMajor, StimulusSet, array_representation};
use consilience::linalg::{Mat, in_pool, matmul_atb};
use consilience::measures::{DynMeasure, MEASURES, Reads, parse};
use consilience::solvers::{LassoOptions, assignment, lasso_paths, uniform_transport};
use consilience::statistics::{
    BlockSet, Blocks, Evidence, Pair, Reading, RowPair, RowSet, Side, SplitDesign, gather_pair,
};
use consilience::study::{CompareOptions, Draws, Outcome, Scoring, compare};
use serde::{Deserialize, Serialize};

use crate::cases::{Case, Ours, P};
use crate::inputs;

/// Seconds that a process goes on repeating, at least once beside the untimed first time.
const BUDGET_SECONDS: f64 = 2.0;

/// Beyond this the first time counts, and there is no second one; as in peers.py.
const SLOW_SECONDS: f64 = 20.0;

/// Targets whose objectives are held against those of the peer, which computes no others.
const LASSO_ANSWERS: usize = 4;

/// What a process says, ours or a peer's.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Seconds of each repetition, from arrays in memory to the answer.
    pub(crate) seconds: Vec<f64>,
    /// Seconds of processor time a repetition, all threads together.
    pub(crate) processor: f64,
    /// The answer: a score, or the value of an optimum.
    pub(crate) answer: f64,
}

pub(crate) fn run(case: &Case, threads: usize) -> anyhow::Result<Report> {
    match case.ours {
        Ours::Measure { spec, rows, blocks } => {
            let measure = parse(spec)?;
            let source = source(rows)?;
            repeat(threads, || evaluate(&source, &[&*measure], blocks))
        }
        Ours::Moments => {
            let source = source(crate::cases::N)?;
            let measures: Vec<_> = MEASURES
                .iter()
                .map(|entry| parse(entry.info.id))
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .filter(|m| m.reads() == Reads::WholeMoments)
                .collect();
            let measures: Vec<&dyn DynMeasure> = measures.iter().map(AsRef::as_ref).collect();
            repeat(threads, || evaluate(&source, &measures, 1))
        }
        Ours::Null { spec, draws } => {
            let source = source(crate::cases::N)?;
            let measures = [parse(spec)?];
            let options = CompareOptions {
                blocks: 1,
                scoring: Scoring::InSample,
                draws: Draws { shuffle: draws, rotation: 0 },
                ..CompareOptions::default()
            };
            repeat(threads, || match &compare(&source, (0, 1), &measures, &options)?[0].outcome {
                Outcome::Score { chance, .. } => Ok(chance[0].threshold),
                Outcome::Error { message } => bail!("{message}"),
            })
        }
        Ours::Assignment(name) => {
            let cost = cost(name)?;
            repeat(threads, || Ok(assignment(cost.as_ref())?.value))
        }
        Ours::Transport(name) => {
            let cost = cost(name)?;
            repeat(threads, || Ok(uniform_transport(cost.as_ref())?.value))
        }
        Ours::LassoPath => lasso(threads),
    }
}

/// Paths of all targets, each certified; the answer is the sum of the objectives of the first [`LASSO_ANSWERS`].
fn lasso(threads: usize) -> anyhow::Result<Report> {
    let [x, y] = [standardised("x")?, standardised("y")?];
    let (gram, cross) = (matmul_atb(x.as_ref(), x.as_ref()), matmul_atb(x.as_ref(), y.as_ref()));
    // The grid of peers.py: 20 penalties from 0.5 to 0.005, evenly in their logarithm.
    let penalties: Vec<f64> = (0..20).map(|i| 0.5 * 0.01_f64.powf(f64::from(i) / 19.0)).collect();
    let options = LassoOptions::default();
    repeat(threads, || {
        let variances = vec![1.0; cross.ncols()];
        let paths = lasso_paths(gram.as_ref(), cross.as_ref(), &variances, &penalties, options)?;
        let fits = || paths.iter().flatten();
        // The tolerance is a share of half the variance.
        let worst = fits().map(|fit| fit.gap).fold(0.0, f64::max);
        if worst > 0.5 * options.tolerance {
            bail!("a fit has a gap of {worst:e}, expected at most {:e}", 0.5 * options.tolerance);
        }
        Ok(paths[..LASSO_ANSWERS].iter().flatten().map(|fit| fit.objective).sum())
    })
}

/// The units with mean 0 and norm 1, in f64.
fn standardised(name: &str) -> anyhow::Result<Mat<f64>> {
    let Activations::F32(array) = inputs::read(name)? else { bail!("{name} is not f32") };
    let view = array.view();
    let mut out = Mat::from_fn(view.nrows(), view.ncols(), |i, j| f64::from(view[(i, j)]));
    for j in 0..out.ncols() {
        let column = out.col_as_slice_mut(j);
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        column.iter_mut().for_each(|v| *v -= mean);
        let norm = column.iter().map(|v| v * v).sum::<f64>().sqrt();
        column.iter_mut().for_each(|v| *v /= norm);
    }
    Ok(out)
}

/// Once untimed, then until the budget is spent; what is slow runs once.
fn repeat(
    threads: usize,
    mut work: impl FnMut() -> anyhow::Result<f64> + Send,
) -> anyhow::Result<Report> {
    in_pool(threads, move || {
        let (start, before) = (Instant::now(), processor_seconds()?);
        let answer = work()?;
        let first = start.elapsed().as_secs_f64();
        if first > SLOW_SECONDS {
            let processor = processor_seconds()? - before;
            return Ok(Report { seconds: vec![first], processor, answer });
        }
        let mut seconds = Vec::new();
        let before = processor_seconds()?;
        while seconds.is_empty() || seconds.iter().sum::<f64>() < BUDGET_SECONDS {
            let start = Instant::now();
            std::hint::black_box(work()?);
            seconds.push(start.elapsed().as_secs_f64());
        }
        let processor = (processor_seconds()? - before) / seconds.len() as f64;
        Ok(Report { seconds, processor, answer })
    })?
}

/// Processor time of this process so far, in user and in system mode, as Linux counts it: in hundredths of a second.
fn processor_seconds() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    // The second field is the name of the program, in parentheses; what follows is counted from the third.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    if ticks.len() < 2 {
        bail!("/proc/self/stat has too few fields: {text}");
    }
    Ok((ticks[0] + ticks[1]) / 100.0)
}

/// The first rows of x and y.
fn source(rows: usize) -> anyhow::Result<ArraySource> {
    let mut source = ArraySource::new(StimulusSet::indexed("rows", rows));
    for name in ["x", "y"] {
        let Activations::F32(mut array) = inputs::read(name)? else { bail!("{name} is not f32") };
        array.values.truncate(rows * P);
        let array = Activations::F32(array);
        source.push(array_representation(name, &array), array)?;
    }
    Ok(source)
}

/// From arrays to scores; returns the sum of the scores.
fn evaluate(
    source: &ArraySource,
    measures: &[&dyn DynMeasure],
    blocks: usize,
) -> anyhow::Result<f64> {
    use consilience::data::ActivationSource;
    let ids = &source.stimuli().ids;
    let blocks = Blocks::hashed(ids, blocks, 1)?;
    let design = SplitDesign::in_sample(&blocks);
    let [x, y] =
        [0, 1].map(|representation| Reading { source, representation, units: None, order: None });
    let reads_rows = measures.iter().any(|m| m.reads() == Reads::WholeRows);
    let reads_moments = measures.iter().any(|m| m.reads() != Reads::WholeRows);
    let all = BlockSet::first(blocks.len());
    let rows = if reads_rows {
        Some((RowSet::read(&x, &blocks, all)?, RowSet::read(&y, &blocks, all)?))
    } else {
        None
    };
    let groups = design.groups();
    let moments = if reads_moments {
        let (x, y, cross) = gather_pair(&x, &y, &blocks)?;
        let sides = [x, y].map(|m| Side::new(Arc::new(m), &groups));
        Some((sides, Arc::new(cross)))
    } else {
        None
    };
    let evidence = Evidence {
        moments: moments.as_ref().map(|([x, y], cross)| Pair::new(x, y, cross, &groups)),
        rows: rows.as_ref().map(|(x, y)| RowPair::new(x, y)),
    };
    let mut sum = 0.0;
    for measure in measures {
        sum += measure.evaluate(&evidence, &design).with_context(|| measure.spec())?.score;
    }
    Ok(sum)
}

fn cost(name: &str) -> anyhow::Result<Mat<f64>> {
    let Activations::F64(RowMajor { values, n_units }) = inputs::read(name)? else {
        bail!("{name} is not f64")
    };
    Ok(Mat::from_fn(values.len() / n_units, n_units, |i, j| values[i * n_units + j]))
}
