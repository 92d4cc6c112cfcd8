//! The table.

use std::fmt::Write;

use crate::rounds::{CaseResult, Contender, Options};

pub(crate) fn write(options: &Options, results: &[CaseResult]) -> String {
    let mut out = format!(
        "Median seconds of {} rounds, {} threads, {}.\n\n",
        options.rounds,
        options.threads,
        machine()
    );
    let _ = writeln!(
        out,
        "| case | consilience | best peer | ratio to it | ratio to the floor | all peers |\n|---|---|---|---|---|---|"
    );
    for result in results {
        let _ = writeln!(out, "{}", line(result));
    }
    let _ = writeln!(
        out,
        "\nRatio to a peer: its time over ours, more is faster. Floor: the multiply-adds that cannot be avoided (products; textbook counts of factorisations) at the rate of a product measured in this process before the case."
    );
    out
}

fn line(result: &CaseResult) -> String {
    let ours = median(&result.contenders[0].seconds);
    let peers: Vec<(&Contender, f64)> =
        result.contenders[1..].iter().map(|c| (c, median(&c.seconds))).collect();
    let best = peers.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let (name, ratio) = best.map_or((String::new(), String::new()), |(c, seconds)| {
        (format!("{}: {seconds:.3}", c.what), format!("{:.1}", seconds / ours))
    });
    let floor = result.case.floor;
    let floor = floor.single / result.rates.single + floor.double / result.rates.double;
    let floor = if floor > 0.0 { format!("{:.1}", ours / floor) } else { String::new() };
    let all: Vec<String> = peers.iter().map(|(c, s)| format!("{} {s:.3}", c.what)).collect();
    format!(
        "| {} | {ours:.3} | {name} | {ratio} | {floor} | {} |",
        result.case.what,
        all.join("; ")
    )
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}

/// The processor, as the system names it.
fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|l| l.strip_prefix("model name")?.split(':').nth(1));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |m| m.trim().to_owned())
}
