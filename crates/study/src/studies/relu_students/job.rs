//! All ensembles with one number of samples: trained, compared, averaged over draws.

use consilience_data::ActivationSource;
use consilience_statistics::UnitPolicy;
use consilience_teacher::{Learner, Lesson, Pool, Taught};
use rayon::prelude::*;

use super::ReluStudents;
use crate::point::PointOutcome;
use crate::row::SCHEMA;
use crate::run::digest;
use crate::spec::Measures;
use crate::studies::ensembles::row::Made;
use crate::studies::ensembles::scores::{
    Layers, Score, Scoring, aligned, beside_noise, mean_over_draws, products, ratio_of_means,
};
use crate::studies::ensembles::side_by_side::{OneDraw, SideBySide};
use crate::studies::ensembles::{ERROR, INTERPOLATING, OUTPUTS, RecordedLayer};
use crate::tile::generator;
use crate::{Excerpt, Growth, Job, Result, Row, Setup, StudySpec};

/// Where training inputs come from.
#[derive(Debug, Clone)]
pub(super) enum Inputs {
    /// Drawn, with a teacher of so many units.
    Drawn { dimensions: usize, units: usize },
    /// Read.
    Recorded(RecordedLayer),
}

impl Inputs {
    /// What the rows depend on.
    fn identity(&self) -> String {
        match self {
            Self::Drawn { dimensions, units } => format!("drawn {dimensions} {units}"),
            Self::Recorded(layer) => layer.identity.clone(),
        }
    }
}

/// Ensembles of all ratios, with one number of samples.
#[derive(Debug, Clone)]
pub(super) struct OneNumber {
    inputs: Inputs,
    task: &'static str,
    student: String,
    learner: Learner,
    samples: usize,
    /// The largest number of samples of the study: too many are refused before the first are trained.
    most_samples: usize,
    ratios: Vec<f64>,
    draws: usize,
    members: usize,
    stimuli: usize,
    measures: Measures,
    seed: u64,
    folds: usize,
}

/// What one draw says of one ensemble.
struct Said {
    /// Mean inner product of the outputs of two students, and mean squared norm of those of one.
    products: (f64, f64),
    error: f64,
    /// Share of the students that fit their targets.
    interpolating: f64,
    /// For each measure the mean score over pairs.
    scores: Vec<Score>,
}

impl OneNumber {
    pub(super) fn new(
        study: &ReluStudents,
        spec: &StudySpec,
        inputs: Inputs,
        samples: usize,
    ) -> Result<Self> {
        Ok(Self {
            inputs,
            task: study.task.name(),
            student: study.student(),
            learner: study.learner(),
            samples,
            most_samples: study.samples.last().copied().unwrap_or(samples),
            ratios: study.signal_to_noise.clone(),
            draws: study.draws,
            members: study.members,
            stimuli: study.stimuli,
            measures: spec.parsed_measures()?,
            seed: spec.seed,
            folds: spec.folds,
        })
    }

    /// Index of the ratio and name of the quantity, for each row.
    fn places(&self) -> Vec<(usize, String)> {
        let own = [OUTPUTS, ERROR, INTERPOLATING].map(str::to_owned);
        let measures = self.measures.iter().map(|measure| measure.spec());
        let quantities: Vec<String> = own.into_iter().chain(measures).collect();
        let of_ratio = |r: usize| quantities.iter().map(move |q| (r, q.clone()));
        (0..self.ratios.len()).flat_map(of_ratio).collect()
    }

    /// The recorded inputs with their classes, if it is these that are learnt.
    fn read(&self, source: &dyn ActivationSource) -> Result<Option<Pool>> {
        let Inputs::Recorded(layer) = &self.inputs else { return Ok(None) };
        let (labels, n_classes) = layer.classes(source)?;
        let rows = layer.read(source)?;
        Ok(Some(Pool::of_classes(rows.view(), &labels, n_classes)))
    }

    fn scoring(&self) -> Scoring<'_> {
        Scoring {
            measures: &self.measures,
            members: self.members,
            folds: self.folds,
            seed: self.seed,
            policy: UnitPolicy::Drop,
        }
    }

    fn side_by_side(&self, setup: &Setup<'_>) -> Result<SideBySide> {
        let (dimensions, outputs, recorded) = match &self.inputs {
            Inputs::Drawn { dimensions, .. } => (*dimensions, 1, 0),
            Inputs::Recorded(layer) => {
                let units = layer.units(setup.source);
                (units, layer.classes(setup.source)?.1, setup.source.stimuli().len() * units)
            }
        };
        let ensembles = self.ratios.len() + 1;
        let units = self.learner.units;
        // Hidden layer and outputs of the stimuli.
        let of_student = self.stimuli * (units + outputs);
        // While one is trained: hidden layer and outputs of the samples, their slopes, weights and what Adam knows of them.
        let of_training =
            2 * self.samples * (units + outputs) + 4 * units * (dimensions + 1 + outputs);
        let one = OneDraw {
            kind: "relu-students",
            scoring: self.scoring(),
            ensembles,
            stimuli: self.stimuli,
            hidden: units,
            numbers: (self.samples + self.stimuli) * (dimensions + 1)
                + ensembles * self.members * of_student
                + of_training,
            // As they are read, and as they are used.
            shared_numbers: 2 * recorded,
        };
        SideBySide::within(&one, setup)
    }

    fn lesson(&self, number: usize, recorded: Option<&Pool>) -> Lesson {
        let purpose = format!("relu-students {}", self.task);
        let rng = &mut generator(self.seed, &purpose, &[self.samples, number]);
        let sizes = (self.samples, self.stimuli);
        match (&self.inputs, recorded) {
            (Inputs::Drawn { dimensions, units }, _) => {
                Lesson::of_teacher(*dimensions, *units, sizes, rng)
            }
            (Inputs::Recorded(_), Some(pool)) => pool.deal(sizes, rng),
            (Inputs::Recorded(_), None) => unreachable!("recorded inputs were read"),
        }
    }

    /// What one draw says of the ensemble of each ratio, and last of that of noise alone; with the error of no learning.
    fn one_draw(&self, number: usize, recorded: Option<&Pool>) -> Result<(Vec<Said>, f64)> {
        let lesson = self.lesson(number, recorded);
        let ensembles = self.ratios.len() + 1;
        let learn = |i: usize| {
            let (r, member) = (i / self.members, i % self.members);
            let ratio = self.ratios.get(r).copied();
            // By the ratio and not by its place: a student is the same whatever is learnt beside it.
            let taught = ratio.map_or_else(|| "noise alone".to_owned(), |ratio| ratio.to_string());
            let purpose = format!("relu-students {} student {taught}", self.task);
            let rng = &mut generator(self.seed, &purpose, &[self.samples, number, member]);
            lesson.learn(&self.learner, ratio, rng)
        };
        let taught: Vec<Taught> =
            (0..ensembles * self.members).into_par_iter().map(learn).collect();
        let mut layers = Layers::new(self.stimuli);
        for (i, taught) in taught.iter().enumerate() {
            layers.push(format!("student {i}"), taught.hidden.clone(), self.learner.units)?;
        }
        let ensembles = taught.chunks(self.members).zip(self.scoring().of(&layers)?);
        let said = ensembles.map(|(taught, scores)| said(taught, scores)).collect();
        Ok((said, lesson.error_of_nothing()))
    }

    /// What came out of one quantity of the ensembles of one ratio.
    fn outcome(&self, draws: &[(Vec<Said>, f64)], r: usize, quantity: &str) -> PointOutcome {
        let at = |r: usize| draws.iter().map(move |(said, _)| &said[r]);
        let noise = self.ratios.len();
        let value = |estimate, chance| PointOutcome::Value { estimate, expected: None, chance };
        match quantity {
            OUTPUTS => {
                let of = |r| ratio_of_means(&at(r).map(|s| s.products).collect::<Vec<_>>());
                aligned(of(r), None, of(noise))
            }
            ERROR => value(
                mean_over_draws(at(r).map(|s| s.error)),
                draws.first().map(|(_, of_nothing)| *of_nothing),
            ),
            INTERPOLATING => value(mean_over_draws(at(r).map(|s| s.interpolating)), None),
            measure => {
                let m = self.measures.iter().position(|m| m.spec() == measure);
                let m = m.expect("quantities are those of the measures");
                let score = |s: &Said| s.scores[m].clone();
                beside_noise(at(r).map(score).zip(at(noise).map(score)), None)
            }
        }
    }
}

/// What the students of one ensemble have in common.
fn said(taught: &[Taught], scores: Vec<Score>) -> Said {
    let n = taught.len() as f64;
    let outputs: Vec<&[f64]> = taught.iter().map(|t| t.outputs.as_slice()).collect();
    Said {
        products: products(&outputs),
        error: taught.iter().map(|t| t.error).sum::<f64>() / n,
        interpolating: taught.iter().filter(|t| t.interpolates).count() as f64 / n,
        scores,
    }
}

impl Job for OneNumber {
    fn keys(&self) -> Vec<String> {
        let numbers =
            [self.samples, self.draws, self.members, self.stimuli, self.folds, SCHEMA as usize];
        let (version, inputs) = (env!("CARGO_PKG_VERSION"), self.inputs.identity());
        let shared = format!("{version} {inputs} {:?} {numbers:?} {}", self.learner, self.seed);
        let key = |(r, quantity): (usize, String)| {
            let measure = self.measures.iter().find(|m| m.spec() == quantity);
            let own = format!("{} {:?}", self.ratios[r], measure.map(|m| m.info().revision));
            digest(&["relu-students", &shared, &own, &quantity])
        };
        self.places().into_iter().map(key).collect()
    }

    fn steps(&self) -> u64 {
        self.draws as u64
    }

    fn excerpt(&self) -> Excerpt {
        let part = Self {
            draws: self.draws.min(rayon::current_num_threads().max(2)),
            ratios: self.ratios.iter().take(1).copied().collect(),
            most_samples: self.samples,
            ..self.clone()
        };
        // Students of every ratio take long, and those of noise alone.
        let ensembles = |job: &Self| (job.draws * (job.ratios.len() + 1)) as f64;
        let times = ensembles(self) / ensembles(&part);
        Excerpt { times, job: Box::new(part), growth: Growth::None }
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        Ok(self.side_by_side(setup)?.held)
    }

    fn check(&self, source: &dyn ActivationSource) -> Result<()> {
        let Inputs::Recorded(layer) = &self.inputs else { return Ok(()) };
        layer.check(source, (self.most_samples, self.stimuli))?;
        layer.classes(source).map(drop)
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let recorded = self.read(setup.source)?;
        let one_draw = |number| self.one_draw(number, recorded.as_ref());
        let draws = self.side_by_side(setup)?.all(self.draws, setup.progress, one_draw)?;
        let made = Made {
            study: "relu-students",
            task: Some(self.task),
            inputs: "shared",
            samples: self.samples,
            draws: self.draws,
            members: self.members,
        };
        let row = |((r, quantity), key): ((usize, String), String)| {
            let outcome = self.outcome(&draws, r, &quantity);
            made.row((self.student.clone(), self.ratios[r]), quantity, outcome, key)
        };
        Ok(self.places().into_iter().zip(self.keys()).map(row).collect())
    }
}
