//! Recording of trained networks on more stimuli: shifted test images, and other data sets.

use std::path::Path;

use consilience_data::store::{
    Origin, RecordedSet, Recording, beside, has_sets, made_by, read_sets, write_recording,
    write_sets, write_stimuli,
};
use consilience_data::{Checkpoint, Pooling, Progress, StimulusSet, hexadecimal};
use sha2::{Digest, Sha256};

use crate::architectures::{Architecture, Layer, Task};
use crate::datasets::{Dataset, Pictures, fit, thumbnails};
use crate::evaluation::{Network, evaluate};
use crate::network_file::{Folders, NetworkFile, TrainedCheckpoint, store};
use crate::parallel::run_all;
use crate::shifts::{self, SHIFTS};
use crate::weights::{Parameter, Weights};
use crate::{Error, Result, TrainSpec};

/// A set that a spec asks for.
struct Planned {
    name: String,
    source: Source,
}

enum Source {
    Shift { entry: &'static shifts::Entry, severity: u8 },
    Dataset { data: Box<Dataset>, fitted: Option<String> },
}

/// The sets of a spec, with other data sets read, before any network is trained.
pub(crate) struct Sets(Vec<Planned>);

impl Sets {
    /// # Errors
    /// [`Error::Spec`] for shifts that the images cannot have, and for two sets of one name; errors of reading data sets.
    pub(crate) fn new(spec: &TrainSpec, dataset: &Dataset) -> Result<Self> {
        let mut planned: Vec<Planned> = Vec::new();
        for (entry, severities) in spec.stimuli.shifts(dataset.test.channels)? {
            let id = entry.info.id;
            if !entry.info.needs.are_met(dataset.test.channels) {
                let found = format!("{id} for images of {}", dataset.test.size());
                return Err(Error::spec(
                    "stimuli.shifts",
                    &found,
                    "shifts that do not need colours",
                ));
            }
            planned.extend(severities.into_iter().map(|severity| Planned {
                name: format!("{id}-{severity}"),
                source: Source::Shift { entry, severity },
            }));
        }
        for other in &spec.stimuli.datasets {
            let mut data = Box::new(other.load()?);
            let (test, fitted) = fit::fitted(&data.test, &dataset.test)?;
            data.test = test;
            planned.push(Planned {
                name: data.name.clone(),
                source: Source::Dataset { data, fitted },
            });
        }
        for (i, set) in planned.iter().enumerate() {
            if planned[..i].iter().any(|other| other.name == set.name) {
                let found = format!("two sets named {}", set.name);
                let expected = "sets of different names; rename the folder of one of the data sets";
                return Err(Error::spec("stimuli", &found, expected));
            }
        }
        Ok(Self(planned))
    }
}

/// What was made of a planned set.
struct Made {
    stimuli: StimulusSet,
    pictures: Pictures,
    /// Whether the labels are classes of the networks.
    is_task: bool,
    entry: RecordedSet,
}

/// Where and how sets are recorded.
pub(crate) struct Recorder<'a> {
    spec: &'a TrainSpec,
    dataset: &'a Dataset,
    out: &'a Path,
    test: Pictures,
    architecture: Box<dyn Architecture>,
    layers: Vec<Layer>,
    parameters: Vec<Parameter>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(spec: &'a TrainSpec, dataset: &'a Dataset, out: &'a Path) -> Result<Self> {
        let architecture = spec.architecture.build()?;
        let task = Task::of(dataset);
        Ok(Self {
            spec,
            dataset,
            out,
            test: Pictures::from(&dataset.test),
            layers: architecture.layers(task)?,
            parameters: architecture.parameters(task)?,
            architecture,
        })
    }

    /// Records every network on every set; what is there is left. The sets of the spec, as they are in the index.
    pub(crate) fn run(
        &self,
        sets: &Sets,
        networks: &[NetworkFile],
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<Vec<RecordedSet>> {
        let Sets(planned) = sets;
        let root = beside(&store(self.out));
        let mut index = if has_sets(&root) { read_sets(&root)? } else { Vec::new() };
        let jobs = self.jobs(networks)?;
        let n_stimuli: u64 = planned.iter().map(|set| self.n_stimuli(set) as u64).sum();
        progress.stage("record", n_stimuli * jobs.len() as u64);
        let mut recorded = Vec::with_capacity(planned.len());
        for set in planned {
            let made = self.make(set, threads)?;
            match index.iter().find(|entry| entry.name == set.name) {
                Some(entry) if *entry != made.entry => {
                    return Err(other_set(&root, entry, &made.entry));
                }
                Some(_) => {}
                None => {
                    index.push(made.entry.clone());
                    index.sort_by_key(place);
                }
            }
            self.record(&root, &made, &jobs, threads, progress)?;
            // After its recordings: what the index names is complete for the networks of some run.
            write_sets(&root, &index)?;
            recorded.push(made.entry);
        }
        Ok(recorded)
    }

    /// Networks with the checkpoints that are wanted.
    fn jobs<'n>(&self, networks: &'n [NetworkFile]) -> Result<Vec<Job<'n>>> {
        let mut jobs = Vec::new();
        for network in networks {
            let n = network.checkpoints.len();
            for (i, checkpoint) in network.checkpoints.iter().enumerate() {
                if self.spec.stimuli.wants(&checkpoint.name, i + 1 == n) {
                    jobs.push(Job { network, checkpoint });
                }
            }
        }
        if jobs.is_empty() {
            let names: Vec<_> =
                networks.iter().flat_map(|n| &n.checkpoints).map(|c| c.name.as_str()).collect();
            let found = format!("{:?}", self.spec.stimuli.checkpoints);
            return Err(Error::spec(
                "stimuli.checkpoints",
                &found,
                format!("some of: {}", names.join(", ")),
            ));
        }
        Ok(jobs)
    }

    fn n_stimuli(&self, set: &Planned) -> usize {
        match &set.source {
            Source::Shift { .. } => self.test.len(),
            Source::Dataset { data, .. } => data.test.len(),
        }
    }

    fn make(&self, set: &Planned, threads: usize) -> Result<Made> {
        let of = |data: &Dataset| format!("{}/test", data.name);
        let (pictures, classes, name, origin) = match &set.source {
            Source::Shift { entry, severity } => {
                let (info, seed) = (entry.info, self.spec.stimuli.seed);
                let pictures = shifts::apply(entry, *severity, &self.test, seed, threads)?;
                let origin = Origin::Shift {
                    of: of(self.dataset),
                    shift: info.id.to_owned(),
                    severity: *severity,
                    strength: info.strength(*severity),
                    unit: info.unit.to_owned(),
                    seed: info.is_random.then_some(seed),
                };
                let name = format!("{}/{}", of(self.dataset), set.name);
                (pictures, &self.dataset.classes, name, origin)
            }
            Source::Dataset { data, fitted } => {
                let origin = Origin::Dataset { of: of(data), fitted: fitted.clone() };
                (Pictures::from(&data.test), &data.classes, of(data), origin)
            }
        };
        let mut hash = Sha256::new();
        pictures.values.iter().for_each(|v| hash.update(v.to_le_bytes()));
        let stimuli = StimulusSet {
            name,
            ids: pictures.ids.clone(),
            labels: Some(pictures.labels.clone()),
            classes: classes.clone(),
            thumbnails: Some(thumbnails::of(&pictures)),
        };
        let entry = RecordedSet {
            name: set.name.clone(),
            origin,
            n_stimuli: pictures.len(),
            sha256: hexadecimal(hash),
        };
        Ok(Made { stimuli, pictures, is_task: *classes == self.dataset.classes, entry })
    }

    fn record(
        &self,
        root: &Path,
        made: &Made,
        jobs: &[Job<'_>],
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<()> {
        let store = made.entry.store(root);
        write_stimuli(&store, &made.stimuli)?;
        let run = |job: &Job<'_>| {
            let accuracy = self.record_one(&store, made, job)?;
            progress.advance(made.pictures.len() as u64);
            Ok(accuracy)
        };
        let accuracies = run_all(jobs, threads, run)?;
        let known: Vec<f64> = accuracies.into_iter().flatten().collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        progress.note(&match known.len() {
            0 => made.entry.name.clone(),
            n => format!("{}: {:.1} % correct, mean of {n}", made.entry.name, 100.0 * mean),
        });
        Ok(())
    }

    /// Records one network at one checkpoint, unless that is there; gives its accuracy if it was recorded now.
    fn record_one(&self, store: &Path, made: &Made, job: &Job<'_>) -> Result<Option<f64>> {
        let Job { network, checkpoint } = job;
        let origin = format!("spec {}, stimuli {}", network.spec, made.entry.sha256);
        let found = made_by(store, &made.stimuli, &network.network, &checkpoint.name);
        if found.is_some_and(|found| found.ends_with(&origin)) {
            return Ok(None);
        }
        let path = Folders::new(self.out, &network.network).weights(&checkpoint.name);
        let device = burn::tensor::Device::flex();
        let weights = Weights::read(&path, self.parameters.clone(), &device)?;
        let evaluated = evaluate(
            &Network {
                architecture: self.architecture.as_ref(),
                layers: &self.layers,
                weights: &weights,
                normalisation: &self.dataset.normalisation,
            },
            &made.pictures,
            self.poolings(),
        );
        let accuracy = made.is_task.then_some(evaluated.accuracy);
        let recording = Recording {
            network: network.network.clone(),
            checkpoint: checkpoint.name.clone(),
            when: Checkpoint { accuracy, ..checkpoint.when },
            made_by: format!("consilience {}, {origin}", env!("CARGO_PKG_VERSION")),
            layers: evaluated.layers,
        };
        write_recording(store, &made.stimuli, &recording)?;
        Ok(accuracy)
    }

    fn poolings(&self) -> &[Pooling] {
        self.spec.stimuli.poolings.as_deref().unwrap_or(&self.spec.record.poolings)
    }
}

/// A network at a checkpoint.
struct Job<'n> {
    network: &'n NetworkFile,
    checkpoint: &'n TrainedCheckpoint,
}

/// Order of the index: shifts in the order of the registry, by severity, then data sets by name.
fn place(set: &RecordedSet) -> (usize, u8, String) {
    match &set.origin {
        Origin::Shift { shift, severity, .. } => {
            let at = SHIFTS.iter().position(|entry| entry.info.id == *shift);
            (at.unwrap_or(SHIFTS.len()), *severity, set.name.clone())
        }
        Origin::Dataset { .. } => (SHIFTS.len() + 1, 0, set.name.clone()),
    }
}

fn other_set(root: &Path, found: &RecordedSet, new: &RecordedSet) -> Error {
    let what = if found.origin == new.origin {
        "other pictures under the same description".to_owned()
    } else {
        format!("{:?}", found.origin)
    };
    Error::Format {
        path: found.store(root),
        found: what,
        expected: format!("{:?}", new.origin),
        advice: "give another output folder, or remove this one and its entry in sets.json".into(),
    }
}
