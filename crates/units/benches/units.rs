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
use rayon::prelude::*;

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
    let mut parameters = Parameters::default();
    parameters.information.rows = 0;
    let blocks = Blocks::hashed(&source.stimuli.ids, 20, 1).expect("blocks");
    let request = request(&source, &blocks, &parameters);
    let floor = moments(cost(&request).multiply_adds);
    let (layer, gathering) = timed(|| gather(&request).expect("good data"));
    let (found, analysing) = timed(|| analyse_pair(&layer, 0, 1).expect("good data"));
    assert_eq!(found.x.matched.iter().flatten().count(), units, "every unit varies");
    let reading = timed(|| (0..=parameters.shuffles).for_each(|_| read_all(&source))).1;
    let information = information(units);
    println!("units: {rows} rows, {units} units a side, f32, {threads} threads");
    println!("                                       on the clock    processor");
    println!("  multiply-adds of all moments          {floor}");
    println!("  making the rows, once for each pass   {reading}");
    println!("  gathering, with making the rows       {gathering}");
    println!("  everything but information            {analysing}");
    println!("  information on {INFORMATION_ROWS} rows            {information}");
    let spent = gathering.wall - reading.wall + analysing.wall;
    let allowed = 1.5 * floor.wall + 20.0;
    println!(
        "  without making rows and information {spent:.1} s; 1.5 x the multiply-adds + 20 s: {allowed:.1} s"
    );
}

fn request<'a>(source: &'a Sparse, blocks: &'a Blocks, parameters: &'a Parameters) -> Request<'a> {
    Request {
        source,
        representations: &[0, 1],
        earlier: &[],
        receptive_fields: &[],
        blocks,
        parameters,
    }
}

/// Rows on which information is measured.
const INFORMATION_ROWS: usize = 100_000;

/// What information adds to an analysis, which is made as short as it can be.
fn information(units: usize) -> Time {
    let source = Sparse::new(INFORMATION_ROWS / POSITIONS, units);
    let blocks = Blocks::hashed(&source.stimuli.ids, 20, 1).expect("blocks");
    let mut parameters =
        Parameters { half_splits: 0, shuffles: 0, rotations: 0, ..Parameters::default() };
    parameters.prediction.penalties = vec![1.0];
    parameters.clusters.null_draws = 0;
    let [without, with] = [0, INFORMATION_ROWS].map(|rows| {
        parameters.information.rows = rows;
        let layer = gather(&request(&source, &blocks, &parameters)).expect("good data");
        timed(|| std::hint::black_box(analyse_pair(&layer, 0, 1).expect("good data"))).1
    });
    Time { wall: with.wall - without.wall, processor: with.processor - without.processor }
}

/// Makes the rows of both sides, which gathering does side by side too.
fn read_all(source: &Sparse) {
    let stimuli: Vec<usize> = (0..source.stimuli.len()).collect();
    (0..2).into_par_iter().for_each(|representation| {
        for chunk in stimuli.chunks(16) {
            let mut out = Activations::empty(Precision::F32, source.representations[0].n_units);
            source.read(representation, chunk, &mut out).expect("no file");
            std::hint::black_box(out);
        }
    });
}

/// The time of so many multiply-adds at the rate of a square f32 product, accumulated in f64 as moments are.
fn moments(multiply_adds: u64) -> Time {
    const SIZE: usize = 4096;
    let a = RowMajor { values: noise(SIZE * SIZE, 3), n_units: SIZE };
    let mut out = Mat::zeros(SIZE, SIZE);
    let once = timed(|| add_cross(&mut out, a.view(), a.view())).1;
    let times = multiply_adds as f64 / (SIZE as f64).powi(3);
    Time { wall: once.wall * times, processor: once.processor * times }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Time) {
    let (start, before) = (Instant::now(), processor_seconds());
    let value = work();
    let wall = start.elapsed().as_secs_f64();
    (value, Time { wall, processor: processor_seconds() - before })
}

/// What a part took, in seconds: on the clock, and of all threads together. The second is what other work on the machine
/// disturbs less.
#[derive(Clone, Copy)]
struct Time {
    wall: f64,
    processor: f64,
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:8.2} s   {:8.2} s", self.wall, self.processor)
    }
}

/// Processor time of this process so far, from Linux's `/proc`, in hundredths of a second; NaN elsewhere.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // What precedes the last bracket is a name, which may hold spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(f64::NAN);
    (ticks(11) + ticks(12)) / 100.0
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
