//! Time and memory of a study of moments against its floor: every layer against every layer of four networks, at ten
//! checkpoints.
//!
//! `cargo bench -p consilience --bench floor [-- CHECKPOINTS THREADS MEMORY_MIB WIDTH]`; the default is 10 checkpoints, two
//! threads and no limit (0), and layers as wide as they are (1). Where there is a limit, it has to be kept, and the study is run
//! once more without: the rows have to be the same. A store is written into a temporary folder, 3 GB for ten checkpoints. The floor is the multiply-adds
//! of the moments at the rate of this process's own matrix product, and one read of the data; on a machine that has other work
//! to do, that of the processor's time is the one to trust. Every representation has to be read once, and the planted layer
//! found, so that a fast wrong answer fails.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use consilience::data::store::{RecordedLayer, Recording, Store, write_recording};
use consilience::data::{
    ActivationSource, Activations, Checkpoint, Pooling, Quiet, Representation, RowMajor,
    StimulusSet,
};
use consilience::linalg::{Mat, add_cross, in_pool};
use consilience::study::{Machine, Quantity, RESULTS_FILE, StudySpec, estimate, plan, run_within};

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NETWORKS: usize = 4;
const LAYERS: [usize; 7] = [64, 128, 128, 256, 256, 512, 512];
const STIMULI: usize = 10_000;

const SPEC: &str = "
    name = 'floor'
    activations = ''
    measures = ['linear-cka']
    [[study]]
    kind = 'training'
    every-layer = true
    draws = { shuffle = 0, rotation = 0 }
";

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let checkpoints = numbers.first().copied().unwrap_or(10);
    let threads = numbers.get(1).copied().unwrap_or(2);
    let memory = numbers.get(2).filter(|mib| **mib > 0).map(|mib| (*mib as u64) << 20);
    let width = numbers.get(3).copied().unwrap_or(1);
    let folder = tempfile::tempdir().expect("a folder");
    write_store(folder.path(), checkpoints, width);
    in_pool(threads, || measure(folder.path(), memory)).expect("threads");
}

fn measure(store: &Path, memory: Option<u64>) {
    let source = Counting { store: Store::open(store).expect("a store"), rows: Mutex::default() };
    let spec = StudySpec::parse(SPEC, "benchmark").expect("a spec");
    let planned = plan(&spec, &source, memory).expect("a plan").studies.remove(0);
    let out = tempfile::tempdir().expect("a folder");
    let (product, read) = (product(), timed(|| read(store)).1);
    let machine = |of: fn(Time) -> f64| {
        let stopwatch = move |work: &mut dyn FnMut()| of(timed(work).1);
        let machine = Machine { rate: product.0 / of(product.1), stopwatch: &stopwatch };
        estimate(&spec, &source, machine).expect("an estimate")[0]
    };
    let predicted = [machine(|t| t.clock), machine(|t| t.processor)];
    let (table, study) = timed(|| run_within(&spec, &source, out.path(), memory, &Quiet));
    let table = table.expect("a table");
    println!(
        "{} cells in {} tiles and {} strips, {} representations, {:.0} MB",
        planned.cells,
        planned.tiles,
        planned.strips,
        planned.representations,
        planned.bytes_read as f64 / 1e6
    );
    println!("                         by the clock   of the processor");
    let line = |name: &str, [clock, processor]: [f64; 2], unit: &str| {
        println!("  {name:<22} {clock:>8.2} {unit:<6} {processor:>8.2} {unit}");
    };
    let both = |of: &dyn Fn(fn(Time) -> f64) -> f64| [of(|t| t.clock), of(|t| t.processor)];
    let rate = |of: fn(Time) -> f64| product.0 / of(product.1);
    let floor = |of: fn(Time) -> f64| planned.multiply_adds as f64 / rate(of) + of(read);
    line("matrix product", both(&|of| rate(of) / 1e9), "G/s");
    line("one read of the data", both(&|of| of(read)), "s");
    line("floor", both(&floor), "s");
    line("study", both(&|of| of(study)), "s");
    line("study, as predicted", predicted, "s");
    line("ratio to the floor", both(&|of| of(study) / floor(of)), "");
    println!("  memory predicted       {:>8.0} MB", planned.peak_bytes as f64 / 1e6);
    if let Some(peak) = peak_resident() {
        println!("  memory at the most     {:>8.0} MB", peak as f64 / 1e6);
    }
    if let Some(limit) = memory {
        if let Some(peak) = peak_resident() {
            assert!(peak <= limit, "{peak} bytes were held, {limit} are allowed");
        }
        let free = tempfile::tempdir().expect("a folder");
        run_within(&spec, &source, free.path(), None, &Quiet).expect("a table");
        let rows = |of: &Path| std::fs::read(of.join(RESULTS_FILE)).expect("rows");
        assert!(rows(out.path()) == rows(free.path()), "the rows depend on the limit");
        if let Some(peak) = peak_resident() {
            println!("  the same rows without  {:>8.0} MB", peak as f64 / 1e6);
        }
    }
    let counts = source.rows.into_inner().expect("no thread panicked");
    if memory.is_none() {
        assert!(counts.values().all(|&rows| rows == STIMULI), "read more than once: {counts:?}");
    }
    let found = table.summaries("training", Quantity::MeanOverPairs);
    let best = found
        .filter(|r| r.layer_x == "layer0")
        .max_by(|a, b| a.estimate.value.total_cmp(&b.estimate.value));
    assert_eq!(best.expect("rows").layer_y, "layer0", "the planted partner");
}

/// A store that counts the rows that are read of each representation.
struct Counting {
    store: Store,
    rows: Mutex<BTreeMap<usize, usize>>,
}

impl ActivationSource for Counting {
    fn stimuli(&self) -> &StimulusSet {
        self.store.stimuli()
    }

    fn representations(&self) -> &[Representation] {
        self.store.representations()
    }

    fn read(
        &self,
        representation: usize,
        stimuli: &[usize],
        out: &mut Activations,
    ) -> consilience::data::Result<()> {
        *self.rows.lock().expect("no thread panicked").entry(representation).or_default() +=
            stimuli.len();
        self.store.read(representation, stimuli, out)
    }
}

/// Noise; the first layer is the same in all networks but for some of it.
fn write_store(root: &Path, checkpoints: usize, width: usize) {
    let stimuli = StimulusSet::indexed("benchmark", STIMULI);
    let common = noise(STIMULI * LAYERS[0] * width, 1);
    for network in 0..NETWORKS {
        for step in 0..checkpoints {
            let layer = |(depth, &units): (usize, &usize)| {
                let units = units * width;
                let seed = 2 + depth + 100 * (network + NETWORKS * step);
                let mut values = noise(STIMULI * units, seed as u64);
                if depth == 0 {
                    values.iter_mut().zip(&common).for_each(|(v, c)| *v += c);
                }
                RecordedLayer {
                    layer: format!("layer{depth}"),
                    depth,
                    pooling: Pooling::SpatialMean,
                    rows_per_stimulus: 1,
                    receptive_field: None,
                    rows: RowMajor { values, n_units: units },
                }
            };
            let recording = Recording {
                network: format!("net{network}"),
                checkpoint: format!("epoch-{step:02}"),
                when: Checkpoint { step: step as u64, epoch: step as f64, accuracy: None },
                made_by: "benchmark".into(),
                layers: LAYERS.iter().enumerate().map(layer).collect(),
            };
            write_recording(root, &stimuli, &recording).expect("a recording");
        }
    }
}

/// One read of all arrays, from the first to the last byte.
fn read(root: &Path) {
    let store = Store::open(root).expect("a store");
    let all: Vec<usize> = (0..STIMULI).collect();
    for (r, of) in store.representations().iter().enumerate() {
        let mut out = Activations::empty(of.precision, of.n_units);
        store.read(r, &all, &mut out).expect("finite");
        std::hint::black_box(out);
    }
}

/// Multiply-adds of a square f32 product, accumulated in f64 as moments are, and the time of several of them.
fn product() -> (f64, Time) {
    const SIZE: usize = 2048;
    const TIMES: usize = 8;
    let a = RowMajor { values: noise(SIZE * SIZE, 3), n_units: SIZE };
    let mut out = Mat::zeros(SIZE, SIZE);
    let products = || (0..TIMES).for_each(|_| add_cross(&mut out, a.view(), a.view()));
    (TIMES as f64 * (SIZE as f64).powi(3), timed(products).1)
}

/// Seconds that some work took.
#[derive(Debug, Clone, Copy)]
struct Time {
    clock: f64,
    /// Of all processors together; not a number where the system does not tell.
    processor: f64,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Time) {
    let (start, before) = (Instant::now(), processor_seconds());
    let result = work();
    let processor = processor_seconds() - before;
    (result, Time { clock: start.elapsed().as_secs_f64(), processor })
}

/// Seconds that this process had a processor.
fn processor_seconds() -> f64 {
    let seconds = || {
        let text = std::fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = text[text.rfind(')')? + 2..].split(' ').collect();
        let ticks: Option<Vec<f64>> =
            [11, 12].iter().map(|&i| fields.get(i)?.parse().ok()).collect();
        Some(ticks?.iter().sum::<f64>() / 100.0)
    };
    seconds().unwrap_or(f64::NAN)
}

/// Bytes that this process held at the most, where the system tells them.
fn peak_resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib << 10)
}

/// Numbers between -1 and 1 from a linear congruential generator: cheap, and as good as any for timing.
fn noise(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32) / (1u32 << 23) as f32 - 1.0
    };
    (0..n).map(|_| next()).collect()
}
