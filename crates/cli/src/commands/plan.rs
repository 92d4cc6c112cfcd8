//! `plan`: what a study would cost.

use consilience::study::StudyPlan;

use super::run::{read_spec, source};
use super::threads;
use crate::args::{Format, Plan};
use crate::output::{rows, talk};

pub(crate) fn plan(args: &Plan) -> anyhow::Result<()> {
    let (spec, activations) = read_spec(&args.spec, args.activations.as_deref())?;
    let source = source(&spec, &activations)?;
    let plan = consilience::linalg::in_pool(threads(&args.threads), || {
        consilience::study::plan(&spec, &*source, args.memory.memory)
    })??;
    let head = [
        "study",
        "cells",
        "rows",
        "evaluations",
        "tiles",
        "strips",
        "arrays read",
        "MB read",
        "multiply-adds",
        "MB held",
    ];
    let line = |s: &StudyPlan| {
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
        ]
    };
    let lines: Vec<Vec<String>> = plan.studies.iter().map(line).collect();
    if args.format == Format::Table {
        talk(&format!(
            "{} stimuli in {} blocks; nothing was computed",
            plan.n_stimuli, plan.blocks
        ));
    }
    rows(args.format, &head, &lines, &plan)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
