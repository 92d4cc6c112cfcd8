//! Networks of given values, for studies of curves and factors whose answer is known.

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_study::{Run, Section, StudySpec, Table, run};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// One layer of one network at one checkpoint.
pub(crate) struct Layer<'a> {
    pub(crate) network: &'a str,
    pub(crate) checkpoint: &'a str,
    pub(crate) name: &'a str,
    pub(crate) depth: usize,
    /// Stimulus after stimulus.
    pub(crate) values: Vec<f64>,
}

/// Nearly normal numbers of variance 1: sums of four uniform ones.
pub(crate) fn noise(n: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut one = || (0..4).map(|_| rng.random_range(-1.0..1.0)).sum::<f64>() * 0.75_f64.sqrt();
    (0..n).map(|_| one()).collect()
}

/// Numbers of variance 1 of which `share` is that of `a`.
pub(crate) fn mixed(share: f64, a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| share.sqrt() * a + (1.0 - share).sqrt() * b).collect()
}

/// A source of layers over so many stimuli.
pub(crate) fn source(n_stimuli: usize, layers: Vec<Layer<'_>>) -> ArraySource {
    let mut source = ArraySource::new(StimulusSet::indexed("planted", n_stimuli));
    for layer in layers {
        let n_units = layer.values.len() / n_stimuli;
        let array = Activations::F64(RowMajor { values: layer.values, n_units });
        let representation = Representation {
            id: RepresentationId {
                network: layer.network.to_owned(),
                checkpoint: layer.checkpoint.to_owned(),
                layer: layer.name.to_owned(),
                pooling: Pooling::Flatten,
            },
            depth: layer.depth,
            n_units,
            rows_per_stimulus: 1,
            precision: Precision::F64,
            digest: array.digest(),
            checkpoint: Checkpoint { step: 1, epoch: 1.0, accuracy: None },
        };
        source.push(representation, array).expect("finite");
    }
    source
}

pub(crate) fn spec(text: &str) -> StudySpec {
    StudySpec::parse(text, "test").expect("a spec")
}

/// The rows of a spec of one study, and its section.
pub(crate) fn table(text: &str, source: &ArraySource) -> (Table, Section) {
    let folder = tempfile::tempdir().expect("a folder");
    let table = run(&spec(text), source, folder.path(), &Quiet).expect("a table");
    let facts = Run::read(folder.path()).expect("facts");
    let section = spec(text).studies().expect("a study")[0].sections(&table, &facts).remove(0);
    (table, section)
}

/// Checks that each spec is refused before any work, with a message that holds `part`: `(from, to, part)` are what is
/// replaced by what.
pub(crate) fn refused(text: &str, source: &ArraySource, cases: &[(&str, &str, &str)]) {
    for (from, to, part) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("results");
        assert!(text.contains(from), "{from}");
        let error = run(&spec(&text.replace(from, to)), source, &out, &Quiet).err();
        let error = error.expect(to).to_string();
        assert!(error.contains(part), "{error}");
        assert!(!out.exists());
    }
}

/// Checks that a run goes on to the same bytes whatever part of its rows is left.
pub(crate) fn resumes(text: &str, source: &ArraySource) {
    let whole = tempfile::tempdir().expect("a folder");
    run(&spec(text), source, whole.path(), &Quiet).expect("a table");
    let bytes = std::fs::read(whole.path().join("results.jsonl")).expect("rows");
    for kept in [0, bytes.len() / 3, bytes.len() - 1] {
        let broken = tempfile::tempdir().expect("a folder");
        let file = |name: &str| broken.path().join(name);
        std::fs::copy(whole.path().join("run.json"), file("run.json")).expect("facts");
        std::fs::write(file("results.jsonl"), &bytes[..kept]).expect("written");
        run(&spec(text), source, broken.path(), &Quiet).expect("a table");
        let found = std::fs::read(file("results.jsonl")).expect("rows");
        assert!(found == bytes, "{kept} bytes kept");
    }
}
