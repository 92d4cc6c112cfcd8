//! The table.

use std::fmt::Write;

use crate::cases::Case;
use crate::rounds::{CaseResult, Contender, Options};

pub(crate) fn write(options: &Options, results: &[(&Case, anyhow::Result<CaseResult>)]) -> String {
    let mut out = format!(
        "Median seconds of {} rounds, {} threads, {}, {}.\n\n",
        options.rounds,
        options.threads,
        machine(),
        today()
    );
    let _ = writeln!(
        out,
        "| case | consilience | best peer | ratio to it | ratio of processor time | ratio to the floor | all peers |\n|---|---|---|---|---|---|---|"
    );
    for (case, result) in results {
        let _ = match result {
            Ok(result) => writeln!(out, "{}", line(case, result)),
            Err(error) => writeln!(out, "| {} | failed: {error:#} | | | | | |", case.what),
        };
    }
    let _ = writeln!(
        out,
        "\nRatio to a peer: its time over ours, more is faster. Ratio of processor time: the same of the time of all threads together, of the peer that takes the least of it, which other programs on the machine disturb less. Floor: the multiply-adds that cannot be avoided (products; textbook counts of factorisations) at the rate of a product measured in this process before the case."
    );
    out
}

fn line(case: &Case, result: &CaseResult) -> String {
    let ours = median(&result.contenders[0].seconds);
    let peers: Vec<(&Contender, f64)> =
        result.contenders[1..].iter().map(|c| (c, median(&c.seconds))).collect();
    let best = peers.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let (name, ratio) = best.map_or((String::new(), String::new()), |(c, seconds)| {
        (format!("{}: {seconds:.3}", c.what), format!("{:.2}", seconds / ours))
    });
    let processor = |c: &Contender| median(&c.processor);
    let least = result.contenders[1..].iter().map(processor).min_by(f64::total_cmp);
    let processor = least
        .map_or(String::new(), |least| format!("{:.2}", least / processor(&result.contenders[0])));
    let floor = case.floor;
    let floor = floor.single / result.rates.single + floor.double / result.rates.double;
    let floor = if floor > 0.0 { format!("{:.1}", ours / floor) } else { String::new() };
    let all: Vec<String> = peers.iter().map(|(c, s)| format!("{} {s:.3}", c.what)).collect();
    format!(
        "| {} | {ours:.3} | {name} | {ratio} | {processor} | {floor} | {} |",
        case.what,
        all.join("; ")
    )
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}

/// The date, as the system writes it; nothing if it has no such command.
fn today() -> String {
    let output = std::process::Command::new("date").arg("+%Y-%m-%d").output();
    output.map_or_else(
        |_| "date unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// The processor, as the system names it.
fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|l| l.strip_prefix("model name")?.split(':').nth(1));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |m| m.trim().to_owned())
}
