//! Studies within a limit to memory: cut into more steps, with the same rows.

mod least_memory;

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_study::{Error, Outcome, RESULTS_FILE, StudySpec, plan, run, run_within};
use least_memory::least_memory;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STIMULI: usize = 60;

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads").install(work)
}

/// Three networks of two layers at two checkpoints, of different widths; one unit is constant.
fn networks() -> ArraySource {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut source = ArraySource::new(StimulusSet::indexed("noise", STIMULI));
    for network in 0..3 {
        for step in 0..2u64 {
            for (depth, n_units) in [9, 14].into_iter().enumerate() {
                let mut values: Vec<f32> =
                    (0..STIMULI * n_units).map(|_| rng.random_range(-1.0..1.0)).collect();
                if network == 1 {
                    values.chunks_mut(n_units).for_each(|row| row[3] = 0.5);
                }
                let array = Activations::F32(RowMajor { values, n_units });
                let id = RepresentationId {
                    network: format!("net{network}"),
                    checkpoint: format!("epoch-{step}"),
                    layer: format!("layer{depth}"),
                    pooling: Pooling::Flatten,
                };
                let representation = Representation {
                    id,
                    depth,
                    n_units,
                    rows_per_stimulus: 1,
                    precision: Precision::F32,
                    digest: array.digest(),
                    checkpoint: Checkpoint { step, epoch: step as f64, accuracy: None },
                };
                source.push(representation, array).expect("finite");
            }
        }
    }
    source
}

fn spec() -> StudySpec {
    spec_of("'ridge', 'permutation', 'linear-cka', 'mean-cca', 'mutual-knn'")
}

fn spec_of(measures: &str) -> StudySpec {
    let text = "
        name = 'memory'
        activations = ''
        measures = [MEASURES]
        folds = 3
        blocks = 7
        constant-units = 'drop'
        [[study]]
        kind = 'training'
        every-layer = true
        own-end = true
        crossed = true
        draws = { shuffle = 5, rotation = 3 }
    ";
    StudySpec::parse(&text.replace("MEASURES", measures), "test").expect("a spec")
}

fn rows(memory: Option<u64>, threads: usize) -> Result<String, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    in_pool(threads, || run_within(&spec(), &networks(), folder.path(), memory, &Quiet))?;
    Ok(std::fs::read_to_string(folder.path().join(RESULTS_FILE)).expect("rows"))
}

#[test]
fn a_limit_cuts_the_work_and_changes_no_byte() {
    let source = networks();
    let planned = |memory| in_pool(2, || plan(&spec(), &source, memory));
    let whole = planned(None).expect("a plan").studies.remove(0);
    let free = rows(None, 1).expect("rows");
    assert_eq!(free, rows(None, 2).expect("rows"));
    // What is beside the activations and moments of a study this small is most of it: the least limit is searched for.
    let (_, _, enough) = in_pool(2, || least_memory(&spec(), &source));
    let mut cuts = Vec::new();
    for limit in [enough, u64::midpoint(enough, whole.peak_bytes), whole.peak_bytes] {
        let cut = planned(Some(limit)).expect("enough").studies.remove(0);
        assert!(cut.peak_bytes <= limit, "{cut:?}");
        assert_eq!((cut.cells, cut.rows), (whole.cells, whole.rows));
        assert!(cut.bytes_read >= whole.bytes_read, "{cut:?}");
        assert_eq!(free, rows(Some(limit), 2).expect("rows"), "{limit} bytes");
        cuts.push((cut.tiles, cut.strips));
    }
    assert!(cuts[0].0 > whole.tiles, "{cuts:?}, {whole:?}");
    assert_eq!(cuts[2], (whole.tiles, whole.strips));
}

/// A run that was killed goes on with what is missing, which may be other measures than stood together before.
#[test]
fn a_score_and_its_draws_do_not_depend_on_the_other_measures() {
    let outcomes = |measures: &str, wanted: &str| -> Vec<Outcome> {
        let folder = tempfile::tempdir().expect("a folder");
        let table = run(&spec_of(measures), &networks(), folder.path(), &Quiet).expect("a table");
        let rows = table.cells("training").filter(|row| row.measure == wanted);
        rows.map(|row| row.outcome.clone()).collect()
    };
    for measure in ["ridge", "linear-cka", "mutual-knn"] {
        let together = outcomes("'ridge', 'linear-cka', 'mutual-knn'", measure);
        let alone = outcomes(&format!("'{measure}'"), measure);
        assert!(!alone.is_empty());
        assert_eq!(alone, together, "{measure}");
    }
}

#[test]
fn a_limit_that_is_too_small_says_what_is_needed() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("results");
    let error = run_within(&spec(), &networks(), &out, Some(1 << 20), &Quiet).expect_err("1 MiB");
    let message = error.to_string();
    assert!(
        message.contains("net0/epoch-0/layer0") && message.contains("1 MiB are allowed"),
        "{message}"
    );
    let Error::Memory { needed, .. } = error else { panic!("{message}") };
    assert!(
        needed > 1 << 20 && message.contains(&format!("{} MiB at once", needed.div_ceil(1 << 20)))
    );
    assert!(!out.exists());
}
