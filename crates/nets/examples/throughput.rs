//! Images a second in training, for every architecture with its default sizes, against the floor: its multiply-adds at the
//! rate of a large product on the same single thread.
//!
//! `cargo run --release -p consilience-nets --example throughput [IMAGES]`

use std::error::Error;
use std::sync::Mutex;
use std::time::Instant;

use burn::tensor::{Device, Distribution, Tensor};
use consilience_data::Progress;
use consilience_nets::architectures::{ARCHITECTURES, ArchitectureSpec, Task, multiply_adds};
use consilience_nets::{TrainSpec, train};

/// Passes that a step of training makes: forward, back to the weights, back to the inputs.
const PASSES: u64 = 3;

/// Side of the square matrices whose product sets the floor.
const SIDE: usize = 512;

#[expect(clippy::disallowed_methods, reason = "the time is what this example shows")]
fn now() -> Instant {
    Instant::now()
}

/// When images were done: the first batch starts the clock, so that neither reading nor recording counts.
#[derive(Default)]
struct Clock(Mutex<Option<(Instant, Instant, u64)>>);

impl Progress for Clock {
    fn stage(&self, _: &str, _: u64) {}

    fn advance(&self, images: u64) {
        let at = now();
        let mut seen = self.0.lock().expect("no other thread failed");
        *seen = match *seen {
            None => Some((at, at, 0)),
            Some((first, _, done)) => Some((first, at, done + images)),
        };
    }

    fn note(&self, _: &str) {}
}

/// Multiply-adds a second of a product of two square matrices: the best of ten.
fn product_rate() -> f64 {
    let device = Device::flex();
    let random = || Tensor::<2>::random([SIDE, SIDE], Distribution::Default, &device);
    let (a, b) = (random(), random());
    let mut best = f64::INFINITY;
    for _ in 0..10 {
        let start = now();
        let product = a.clone().matmul(b.clone()).into_data();
        best = best.min(start.elapsed().as_secs_f64());
        assert_eq!(product.num_elements(), SIDE * SIDE);
    }
    SIDE.pow(3) as f64 / best
}

fn main() -> Result<(), Box<dyn Error>> {
    let images: f64 = std::env::args().nth(1).map_or(Ok(1000.0), |n| n.parse())?;
    let floor = product_rate();
    eprintln!("a product of two {SIDE} × {SIDE} matrices: {:.1} G multiply-adds/s", floor / 1e9);
    eprintln!(
        "architecture | M multiply-adds an image | images/s | G multiply-adds/s | share of the floor"
    );
    for entry in ARCHITECTURES {
        let mut spec = TrainSpec {
            architecture: ArchitectureSpec { name: entry.id.into(), ..ArchitectureSpec::default() },
            ..TrainSpec::default()
        };
        let dataset = spec.dataset.load()?;
        spec.training.epochs = 1;
        spec.training.subset.share = images / dataset.train.len() as f64;
        spec.networks.seeds = vec![1];
        spec.record.first_epoch_steps = Vec::new();
        let each = multiply_adds(spec.architecture.build()?.as_ref(), Task::of(&dataset))?;
        let (clock, out) = (Clock::default(), tempfile::tempdir()?);
        train(&spec, out.path(), 1, &clock)?;
        let (first, last, done) = clock.0.into_inner()?.ok_or("no image was trained on")?;
        let rate = done as f64 / (last - first).as_secs_f64();
        let adds = rate * (PASSES * each) as f64;
        eprintln!(
            "{} | {:.2} | {rate:.0} | {:.2} | {:.0} %",
            entry.id,
            each as f64 / 1e6,
            adds / 1e9,
            100.0 * adds / floor
        );
    }
    Ok(())
}
