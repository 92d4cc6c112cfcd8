//! Trains the networks of the default spec, or of a TOML file, and says how long it took.
//!
//! `cargo run --release -p consilience-nets --example train -- OUT [THREADS [SPEC.toml]]`

use std::error::Error;
use std::path::Path;

use consilience_data::Progress;
use consilience_nets::{TrainSpec, train};

struct Notes;

impl Progress for Notes {
    fn stage(&self, name: &str, total: u64) {
        eprintln!("{name}: {total} images");
    }
    fn advance(&self, _: u64) {}
    fn note(&self, text: &str) {
        eprintln!("{text}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("usage: train OUT [THREADS [SPEC.toml]]")?;
    let threads = args.next().map_or(Ok(2), |n| n.parse())?;
    let spec = match args.next() {
        Some(path) => TrainSpec::from_toml(&std::fs::read_to_string(path)?)?,
        None => TrainSpec::default(),
    };
    #[expect(clippy::disallowed_methods, reason = "the time is what this example shows")]
    let start = std::time::Instant::now();
    let summary = train(&spec, Path::new(&out), threads, &Notes)?;
    for network in &summary.networks {
        let accuracies: Vec<String> = network
            .checkpoints
            .iter()
            .map(|c| format!("{} {:.1}", c.name, 100.0 * c.when.accuracy.unwrap_or(0.0)))
            .collect();
        eprintln!("{}: {}", network.network, accuracies.join(", "));
    }
    eprintln!("{:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
