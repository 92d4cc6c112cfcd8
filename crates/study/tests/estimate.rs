//! Estimates of seconds: of every study, from small parts of it, without reading anything. The clock of these tests counts how
//! often it is asked and says a second every time: what is tested is what follows from it.

use std::cell::Cell;

use consilience_data::store::{Origin, RecordedSet};
use consilience_data::{
    ActivationSource, Activations, ArraySource, Checkpoint, Pooling, Precision, Representation,
    RepresentationId, Result, RowMajor, StimulusSet,
};
use consilience_study::{Machine, StudySpec, estimate};

const STIMULI: usize = 400;

/// A source that is asked what it holds, and never for it.
struct Unreadable(ArraySource);

impl ActivationSource for Unreadable {
    fn stimuli(&self) -> &StimulusSet {
        self.0.stimuli()
    }

    fn representations(&self) -> &[Representation] {
        self.0.representations()
    }

    fn read(&self, _: usize, _: &[usize], _: &mut Activations) -> Result<()> {
        panic!("an estimate reads no activations")
    }

    fn sets(&self) -> Result<Vec<RecordedSet>> {
        self.0.sets()
    }

    fn on(&self, set: &str) -> Result<Box<dyn ActivationSource + '_>> {
        assert_eq!(set, "blur-1");
        Ok(Box::new(Self(networks())))
    }
}

/// Three networks of two layers at two checkpoints; what they hold does not matter.
fn networks() -> ArraySource {
    let stimuli = StimulusSet {
        labels: Some((0..STIMULI).map(|i| (i % 3) as u32).collect()),
        classes: ["a", "b", "c"].map(str::to_owned).to_vec(),
        ..StimulusSet::indexed("unread", STIMULI)
    };
    let mut source = ArraySource::new(stimuli);
    for network in 0..3 {
        for step in 0..2u64 {
            for (depth, n_units) in [6, 9].into_iter().enumerate() {
                let array =
                    Activations::F32(RowMajor { values: vec![0.0; STIMULI * n_units], n_units });
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
                    checkpoint: Checkpoint { step, epoch: step as f64, accuracy: Some(0.5) },
                };
                source.push(representation, array).expect("finite");
            }
        }
    }
    source
}

fn with_a_set() -> Unreadable {
    let mut source = networks();
    let set = RecordedSet {
        name: "blur-1".into(),
        origin: Origin::Shift {
            of: "unread".into(),
            shift: "blur".into(),
            severity: 1,
            strength: 1.0,
            unit: "pixels".into(),
            seed: None,
        },
        n_stimuli: STIMULI,
        sha256: "unread".into(),
    };
    source.push_set(set, ArraySource::new(StimulusSet::default()));
    Unreadable(source)
}

/// Seconds of a study, and how often the clock was asked.
fn seconds(measures: &str, study: &str) -> (f64, usize) {
    let text = format!(
        "name = 'estimates'\nactivations = ''\nmeasures = [{measures}]\nfolds = 3\nblocks = 6\n[[study]]\n{study}"
    );
    let spec = StudySpec::parse(&text, "test").expect("a spec");
    let asked = Cell::new(0);
    let stopwatch = |work: &mut dyn FnMut()| {
        work();
        asked.set(asked.get() + 1);
        1.0
    };
    // A product takes no time: what is left is what was timed.
    let machine = Machine { rate: f64::INFINITY, stopwatch: &stopwatch };
    let found = estimate(&spec, &with_a_set(), machine).expect(study);
    assert_eq!(found.len(), 1);
    assert!(found[0].is_finite() && found[0] > 0.0, "{study}: {found:?}");
    (found[0], asked.get())
}

#[test]
fn every_kind_of_study_has_an_estimate() {
    let draws = "draws = { shuffle = 12, rotation = 12 }";
    for study in [
        "kind = 'noise'\nsignal-to-noise = [1, 4, 16]",
        "kind = 'sample-size'\nhalvings = 2\norders = 2",
        "kind = 'shift'",
        "kind = 'units'\nhistory = false",
        "kind = 'teacher'\ndimensions = 8\nsamples = [4, 20]",
        "kind = 'teacher'\ntask = { labels = { layer = 'layer1' } }\nsamples = [5, 60]\nhidden = 3",
        "kind = 'teacher'\ntask = { values = { layer = 'layer0' } }\nsamples = [4, 20]",
        "kind = 'relu-students'\ntask = { labels = { layer = 'layer0' } }\nsamples = [9, 30]\ntraining = { steps = 20 }",
    ] {
        seconds("'ridge', 'mutual-knn', 'permutation'", study);
    }
    // Measures that read moments and measures that read rows add up.
    for kind in ["layers", "training"] {
        let draws = if kind == "layers" { "" } else { draws };
        let study = format!("kind = '{kind}'\n{draws}");
        seconds("'ridge', 'permutation', 'mutual-knn'", &study);
        seconds("'rsa'", &study);
    }
}

#[test]
fn what_is_done_more_often_takes_as_much_longer() {
    let of = |draws: usize| {
        let study = format!("kind = 'teacher'\ndimensions = 8\nsamples = [4, 20]\ndraws = {draws}");
        seconds("'linear-cka'", &study)
    };
    let ((few, asked), (many, again)) = (of(100), of(300));
    assert!((many / few - 3.0).abs() < 1e-9, "{few}, {many}");
    assert_eq!(asked, again, "a part is as large for more draws");
    let of =
        |ratios: &str| seconds("'ridge'", &format!("kind = 'noise'\nsignal-to-noise = {ratios}"));
    let ((few, asked), (many, again)) = (of("[1, 2]"), of("[1, 2, 4, 8, 16, 32]"));
    assert!(many / few > 2.5 && many / few <= 3.0, "{few}, {many}: also a part without noise");
    assert_eq!(asked, again);
}

#[test]
fn sets_of_the_same_shape_are_timed_once() {
    let (one_layer, asked) = seconds("'ridge'", "kind = 'units'\nlayers = ['layer0']");
    let (both, more) = seconds("'ridge'", "kind = 'units'");
    assert!(both > one_layer && more > asked, "layers of 6 and of 9 units differ");
    let (one, asked) =
        seconds("'linear-cka'", "kind = 'sample-size'\nlayers = ['layer0']\nhalvings = 1");
    let twice = "kind = 'sample-size'\nlayers = ['layer0']\ncheckpoints = ['epoch-0', 'last']\nhalvings = 1";
    let (two, again) = seconds("'linear-cka'", twice);
    assert_eq!((two, again), (2.0 * one, asked), "checkpoints of a layer do not");
}
