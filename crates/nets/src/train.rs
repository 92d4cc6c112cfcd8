//! [`train`]: all networks of a spec, side by side.

use std::path::Path;

use consilience_data::store::{
    RecordedSet, Recording, has_recording, write_recording, write_stimuli,
};
use consilience_data::{Checkpoint, Pooling, Progress, StimulusSet};

use crate::architectures::{Architecture, Layer, Task};
use crate::checkpoints::{PlannedCheckpoint, planned_checkpoints};
use crate::datasets::{Dataset, Pictures};
use crate::evaluation::{Network, evaluate, input_layer};
use crate::network_file::{Folders, NetworkFile, OneNetworkSpec, TrainedCheckpoint, store};
use crate::parallel::run_all;
use crate::record::{Recorder, Sets};
use crate::resume::{Resume, file_digest};
use crate::session::Session;
use crate::spec::NetworkSeeds;
use crate::training_set::TrainingSet;
use crate::weights::{Kind, Parameter, Weights};
use crate::{Error, Result, TrainSpec};

/// What [`train`] leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSummary {
    /// Every network of the spec, in its order, with its accuracy at every checkpoint.
    pub networks: Vec<NetworkFile>,
    /// How many of them were complete before, and were not trained again.
    pub n_present: usize,
    /// Every set of stimuli of the spec that they were recorded on, beside the test images.
    pub sets: Vec<RecordedSet>,
}

/// Trains the networks of `spec`, at most `threads` at a time, and writes weights and recordings to `out`; then records them
/// on the sets of `spec.stimuli`.
///
/// A network that is complete there, from the same spec, is left as it is; one that is not goes on from its last
/// checkpoint, or begins again if that is damaged; both give the bytes of an unbroken run. So a killed run is resumed by
/// the same call.
///
/// # Errors
/// [`Error::Spec`], and [`Error::Io`] or [`Error::Format`] for a data set that cannot be read; [`Error::OtherSpec`] if `out`
/// holds a network of the same name that was made otherwise; [`Error::Diverged`]; [`Error::Data`] from the activation
/// store, for instance because it holds other stimuli. Networks that were complete by then stay.
pub fn train(
    spec: &TrainSpec,
    out: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<TrainSummary> {
    spec.validate()?;
    train_on(spec, &spec.dataset.load()?, out, threads, progress)
}

/// As [`train`], on a data set that is in memory; `spec.dataset` is not read.
///
/// # Errors
/// As [`train`].
pub fn train_on(
    spec: &TrainSpec,
    dataset: &Dataset,
    out: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<TrainSummary> {
    spec.validate()?;
    let named = spec.networks.named(&spec.training)?;
    // Subsets of all seeds have the same size.
    let n_train = TrainingSet::new(dataset, &spec.training, named[0].1).len();
    let plan = Plan::new(spec, dataset, n_train, out)?;
    let sets = Sets::new(spec, dataset)?;
    let mut networks: Vec<Option<NetworkFile>> = Vec::new();
    let mut jobs = Vec::new();
    let dataset_sha256 = dataset.digest();
    for (name, seeds) in named {
        let spec = OneNetworkSpec::new(spec, dataset, &dataset_sha256, seeds)?;
        let job = Job { folders: Folders::new(out, &name), name, seeds, spec };
        let finished = job.folders.finished(&job.spec)?.filter(|file| plan.is_whole(&job, file));
        if let Some(file) = &finished {
            progress.note(&format!("{}, already there", accuracy(file, dataset)));
            // Left by a run that was killed in the last moment.
            job.folders.forget_state()?;
        } else {
            jobs.push((networks.len(), job));
        }
        networks.push(finished);
    }
    let n_present = networks.len() - jobs.len();
    write_stimuli(&store(out), &plan.stimuli)?;
    if !jobs.is_empty() {
        let done: u64 = jobs.iter().map(|(_, job)| plan.images_seen(job)).sum();
        let images = jobs.len() as u64 * spec.training.epochs * n_train as u64;
        progress.stage("train", images - done);
    }
    let trained = run_all(&jobs, threads, |(_, job)| plan.run(job, progress))?;
    for ((i, _), file) in jobs.iter().zip(trained) {
        networks[*i] = Some(file);
    }
    let networks: Vec<NetworkFile> = networks.into_iter().flatten().collect();
    let sets = if spec.stimuli.is_empty() {
        Vec::new()
    } else {
        Recorder::new(spec, dataset, out)?.run(&sets, &networks, threads, progress)?
    };
    Ok(TrainSummary { networks, n_present, sets })
}

/// One network to train.
struct Job {
    name: String,
    seeds: NetworkSeeds,
    spec: OneNetworkSpec,
    folders: Folders,
}

/// What all networks of a spec share.
struct Plan<'a> {
    spec: &'a TrainSpec,
    dataset: &'a Dataset,
    out: &'a Path,
    stimuli: StimulusSet,
    pictures: Pictures,
    /// Images that each network learns from.
    n_train: usize,
    architecture: Box<dyn Architecture>,
    layers: Vec<Layer>,
    parameters: Vec<Parameter>,
    checkpoints: Vec<PlannedCheckpoint>,
}

impl<'a> Plan<'a> {
    fn new(
        spec: &'a TrainSpec,
        dataset: &'a Dataset,
        n_train: usize,
        out: &'a Path,
    ) -> Result<Self> {
        let task = Task::of(dataset);
        let architecture = spec.architecture.build()?;
        Ok(Self {
            stimuli: dataset.stimuli(),
            pictures: Pictures::from(&dataset.test),
            n_train,
            layers: architecture.layers(task)?,
            parameters: architecture.parameters(task)?,
            architecture,
            checkpoints: planned_checkpoints(spec, n_train)?,
            spec,
            dataset,
            out,
        })
    }

    /// Whether the weights and recordings of every checkpoint are on disk.
    fn is_whole(&self, job: &Job, file: &NetworkFile) -> bool {
        let root = store(self.out);
        file.checkpoints.len() == self.checkpoints.len()
            && self.checkpoints.iter().all(|checkpoint| {
                job.folders.weights(&checkpoint.name).is_file()
                    && has_recording(&root, &self.stimuli, &job.name, &checkpoint.name)
            })
    }

    /// Trains and records one network.
    fn run(&self, job: &Job, progress: &dyn Progress) -> Result<NetworkFile> {
        job.folders.begin(&job.spec)?;
        let training = &self.spec.training;
        let images = TrainingSet::new(self.dataset, training, job.seeds);
        let mut session = Session::new(
            self.architecture.as_ref(),
            self.parameters.clone(),
            training,
            &images,
            job.seeds,
        );
        let mut checkpoints = Vec::with_capacity(self.checkpoints.len());
        if let Some((weights, resume)) = self.unfinished(job)
            && session.resume(&weights, resume.state)
        {
            checkpoints = resume.checkpoints;
        }
        for checkpoint in &self.checkpoints[checkpoints.len()..] {
            session.train_to(checkpoint.step, progress);
            checkpoints.push(self.record(job, checkpoint, &session.weights())?);
            let resume = Resume {
                spec: job.spec.digest(),
                checkpoints: checkpoints.clone(),
                weights: file_digest(&job.folders.weights(&checkpoint.name))?,
                state: session.state(),
            };
            resume.write(&job.folders.state())?;
        }
        let learned = self.parameters.iter().filter(|parameter| parameter.kind == Kind::Learned);
        let file = NetworkFile {
            network: job.name.clone(),
            seeds: job.seeds,
            spec: job.spec.digest(),
            n_weights: learned.map(Parameter::len).sum(),
            checkpoints,
        };
        job.folders.finish(&file)?;
        progress.note(&accuracy(&file, self.dataset));
        Ok(file)
    }

    /// Where a killed run left a network, if everything up to there is as it was written.
    fn unfinished(&self, job: &Job) -> Option<(Weights, Resume)> {
        let resume = Resume::read(&job.folders.state(), &job.spec.digest())?;
        let root = store(self.out);
        let done = resume.checkpoints.iter().zip(&self.checkpoints);
        let whole = resume.checkpoints.len() <= self.checkpoints.len()
            && done.into_iter().all(|(found, planned)| {
                found.name == planned.name
                    && job.folders.weights(&found.name).is_file()
                    && has_recording(&root, &self.stimuli, &job.name, &found.name)
            });
        let path = job.folders.weights(&resume.checkpoints.last()?.name);
        if !whole || file_digest(&path).ok()? != resume.weights {
            return None;
        }
        let device = burn::tensor::Device::flex();
        Some((Weights::read(&path, self.parameters.clone(), &device).ok()?, resume))
    }

    /// Training images that an unfinished network has seen already.
    fn images_seen(&self, job: &Job) -> u64 {
        let Some((_, Resume { state, .. })) = self.unfinished(job) else { return 0 };
        let steps = self.n_train.div_ceil(self.spec.training.batch_size) as u64;
        let n = self.n_train as u64;
        if state.step.is_multiple_of(steps) {
            state.step / steps * n
        } else {
            state.step / steps * n + state.seen as u64
        }
    }

    /// Writes weights and recording of one checkpoint.
    fn record(
        &self,
        job: &Job,
        checkpoint: &PlannedCheckpoint,
        weights: &Weights,
    ) -> Result<TrainedCheckpoint> {
        let network = Network {
            architecture: self.architecture.as_ref(),
            layers: &self.layers,
            weights,
            normalisation: &self.dataset.normalisation,
        };
        let found = evaluate(&network, &self.pictures, &self.poolings(checkpoint));
        if !found.finite {
            return Err(Error::Diverged {
                network: job.name.clone(),
                checkpoint: checkpoint.name.clone(),
                learning_rate: self.spec.training.learning_rate,
            });
        }
        let mut layers = found.layers;
        if self.spec.record.input {
            layers.iter_mut().for_each(|layer| layer.depth += 1);
            layers.insert(0, input_layer(&self.pictures, &self.dataset.normalisation));
        }
        weights.write(&job.folders.weights(&checkpoint.name))?;
        let PlannedCheckpoint { name, step, epoch } = checkpoint.clone();
        let when = Checkpoint { step, epoch, accuracy: Some(found.accuracy) };
        let recording = Recording {
            network: job.name.clone(),
            checkpoint: name.clone(),
            when,
            made_by: format!(
                "consilience {}, spec {}",
                env!("CARGO_PKG_VERSION"),
                job.spec.digest()
            ),
            layers,
        };
        write_recording(&store(self.out), &self.stimuli, &recording)?;
        Ok(TrainedCheckpoint { name, when })
    }

    /// Poolings of layers with maps at a checkpoint, each once.
    fn poolings(&self, checkpoint: &PlannedCheckpoint) -> Vec<Pooling> {
        let record = &self.spec.record;
        let last = self.checkpoints.last() == Some(checkpoint);
        let more = if last { record.final_poolings.as_slice() } else { &[] };
        let mut poolings: Vec<Pooling> = Vec::new();
        for &pooling in record.poolings.iter().chain(more) {
            if !poolings.contains(&pooling) {
                poolings.push(pooling);
            }
        }
        poolings
    }
}

/// A line about a trained network.
fn accuracy(file: &NetworkFile, dataset: &Dataset) -> String {
    let (percent, n) = (100.0 * file.accuracy(), dataset.test.len());
    format!("{}: {percent:.1} % of {n} test images correct", file.network)
}
