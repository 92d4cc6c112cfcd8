//! `plan`: what a study would cost.

use std::time::Instant;

use consilience::linalg::{Mat, add_cross};
use consilience::study::{Machine, StudyPlan};

use super::run::{read_spec, source};
use super::threads;
use crate::args::{Format, Plan};
use crate::output::{rows, talk};

pub(crate) fn plan(args: &Plan) -> anyhow::Result<()> {
    let (spec, activations) = read_spec(&args.spec, args.activations.as_deref())?;
    let source = source(&spec, &activations)?;
    let (plan, seconds) = consilience::linalg::in_pool(threads(&args.threads), || {
        let plan = consilience::study::plan(&spec, &*source, args.memory.memory)?;
        let machine = Machine { rate: product_rate(), stopwatch: &stopwatch };
        let seconds = consilience::study::estimate(&spec, &*source, machine)?;
        Ok::<_, anyhow::Error>((plan, seconds))
    })??;
    let head = [
        "study",
        "cells",
        "rows",
        "scores",
        "tiles",
        "strips",
        "arrays read",
        "MB read",
        "multiply adds",
        "MB held",
        "seconds",
    ];
    let line = |(s, seconds): (&StudyPlan, &f64)| {
        vec![
            s.kind.clone(),
            s.cells.to_string(),
            s.rows.to_string(),
            s.evaluations.to_string(),
            s.tiles.to_string(),
            s.strips.to_string(),
            s.representations.to_string(),
            megabytes(s.bytes_read),
            format!("{:.3e}", s.multiply_adds as f64),
            megabytes(s.peak_bytes),
            format!("{seconds:.1}"),
        ]
    };
    let lines: Vec<Vec<String>> = plan.studies.iter().zip(&seconds).map(line).collect();
    if args.format == Format::Table {
        talk(&format!(
            "{} stimuli in {} blocks; seconds are estimated from small parts of the work on made-up activations",
            plan.n_stimuli, plan.blocks
        ));
    }
    let planned = Planned { plan, seconds };
    rows(args.format, &head, &lines, &planned)
}

/// The plan with an estimate of the seconds that each study takes on this machine.
#[derive(serde::Serialize)]
struct Planned {
    #[serde(flatten)]
    plan: consilience::study::Plan,
    /// One a study.
    seconds: Vec<f64>,
}

/// Rows and columns of the product whose rate is measured.
const PRODUCT: usize = 1024;

/// Multiply-adds a second of an f32 product that is accumulated in f64, as moments are; the best of a few.
fn product_rate() -> f64 {
    let a = Mat::<f32>::from_fn(PRODUCT, PRODUCT, |i, j| ((i * 31 + j * 17) % 97) as f32 / 97.0);
    let mut out = Mat::zeros(PRODUCT, PRODUCT);
    let mut product = || add_cross(&mut out, a.as_ref(), a.as_ref());
    let best = (0..5).map(|_| stopwatch(&mut product)).fold(f64::INFINITY, f64::min);
    (PRODUCT as f64).powi(3) / best.max(f64::MIN_POSITIVE)
}

/// Seconds that some work takes.
#[expect(clippy::disallowed_methods, reason = "an estimate of time; no result depends on it")]
fn stopwatch(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
