//! Time of the analysis of a pair against the multiply-adds of its moments.
//!
//! `cargo bench -p consilience-units --bench units [-- ROWS UNITS THREADS]`; the default is 1,000,000 rows (4,000 stimuli of
//! 250 positions), 512 units a side, f32, two threads. It prints what gathering and each part takes.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use consilience_data::{
    ActivationSource, Activations, Precision, Representation, RowMajor, StimulusSet,
    array_representation,
};
use consilience_linalg::{Mat, add_cross, in_pool};
use consilience_statistics::Blocks;
use consilience_units::{Parameters, Request, analyse_pair, cost, gather};

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows of a stimulus.
const POSITIONS: usize = 250;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let [rows, units, threads] = match numbers[..] {
        [rows, units, threads] => [rows, units, threads],
        _ => [1_000_000, 512, 2],
    };
    in_pool(threads, || measure(rows, units, threads)).expect("threads");
}

/// Rectified mixtures of 64 sources that are made anew for each stimulus: nothing of size n is held.
struct Sparse {
    stimuli: StimulusSet,
    representations: Vec<Representation>,
    mixing: Vec<Mat<f32>>,
}

const SOURCES: usize = 64;

impl Sparse {
    fn new(n_stimuli: usize, units: usize) -> Self {
        let mixing: Vec<Mat<f32>> = (1..3)
            .map(|seed| {
                Mat::from_fn(SOURCES, units, {
                    let values = noise(SOURCES * units, seed);
                    move |i, j| values[i * units + j].powi(3)
                })
            })
            .collect();
        let representation = |name: &str| {
            let empty = Activations::empty(Precision::F32, units);
            let mut representation = array_representation(name, &empty);
            representation.rows_per_stimulus = POSITIONS;
            representation
        };
        Self {
            stimuli: StimulusSet::indexed("benchmark", n_stimuli),
            representations: vec![representation("x"), representation("y")],
            mixing,
        }
    }
}

impl ActivationSource for Sparse {
    fn stimuli(&self) -> &StimulusSet {
        &self.stimuli
    }

    fn representations(&self) -> &[Representation] {
        &self.representations
    }

    fn read(
        &self,
        representation: usize,
        stimuli: &[usize],
        out: &mut Activations,
    ) -> consilience_data::Result<()> {
        let Activations::F32(out) = out else { unreachable!("the source is f32") };
        for &stimulus in stimuli {
            let sources = RowMajor {
                values: noise(POSITIONS * SOURCES, 100 + stimulus as u64),
                n_units: SOURCES,
            };
            let own = noise(POSITIONS * out.n_units, 7 * stimulus as u64 + representation as u64);
            let mixed = sources.view() * &self.mixing[representation];
            for i in 0..POSITIONS {
                let noise = &own[i * out.n_units..(i + 1) * out.n_units];
                out.values
                    .extend((0..out.n_units).map(|j| (mixed[(i, j)] + noise[j] - 0.3).max(0.0)));
            }
        }
        Ok(())
    }
}

fn measure(rows: usize, units: usize, threads: usize) {
    let source = Sparse::new(rows / POSITIONS, units);
    let blocks = Blocks::hashed(&source.stimuli.ids, 20, 1).expect("blocks");
    let mut parameters = Parameters::default();
    parameters.information.rows = 0;
    let with = Parameters::default();
    let request = Request {
        source: &source,
        representations: &[0, 1],
        earlier: &[],
        receptive_fields: &[],
        blocks: &blocks,
        parameters: &parameters,
    };
    let (layer, gathering) = timed(|| gather(&request).expect("good data"));
    let (found, analysing) = timed(|| analyse_pair(&layer, 0, 1).expect("good data"));
    assert_eq!(found.x.matched.iter().flatten().count(), units, "every unit varies");
    let reading = timed(|| read_all(&source)).1;
    let passes = 1.0 + parameters.shuffles as f64;
    let floor = 2.0 * cost(&request).multiply_adds as f64 / product_rate();
    println!("units: {rows} rows, {units} units a side, f32, {threads} threads");
    println!("  floor: multiply-adds of all moments  {floor:8.2} s");
    println!("  making the rows, {passes} times          {:8.2} s", passes * reading);
    println!("  gathering                            {gathering:8.2} s");
    println!("  everything but information           {analysing:8.2} s");
    drop((layer, found));
    let request = Request { parameters: &with, ..request };
    let layer = gather(&request).expect("good data");
    let (found, with_information) = timed(|| analyse_pair(&layer, 0, 1).expect("good data"));
    let rows = found.information.found().expect("rows were asked for").rows;
    println!("  information on {rows} rows        {:8.2} s", with_information - analysing);
}

fn read_all(source: &Sparse) {
    let stimuli: Vec<usize> = (0..source.stimuli.len()).collect();
    for representation in 0..2 {
        for chunk in stimuli.chunks(16) {
            let mut out = Activations::empty(Precision::F32, source.representations[0].n_units);
            source.read(representation, chunk, &mut out).expect("no file");
            std::hint::black_box(out);
        }
    }
}

/// Operations a second of a square f32 product, accumulated in f64 as moments are.
fn product_rate() -> f64 {
    const SIZE: usize = 4096;
    let a = RowMajor { values: noise(SIZE * SIZE, 3), n_units: SIZE };
    let mut out = Mat::zeros(SIZE, SIZE);
    2.0 * (SIZE as f64).powi(3) / timed(|| add_cross(&mut out, a.view(), a.view())).1
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let value = work();
    (value, start.elapsed().as_secs_f64())
}

/// Numbers between -1 and 1 from a linear congruential generator: cheap, and as good as any for timing.
fn noise(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32) / (1u32 << 23) as f32 - 1.0
    };
    (0..n).map(|_| next()).collect()
}
