//! All ensembles with one number of samples: drawn, compared, averaged over draws.

use std::collections::BTreeMap;

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Quiet, Representation,
    RepresentationId, RowMajor, StimulusSet,
};
use consilience_inference::{Estimate, over_draws};
use consilience_measures::DynMeasure;
use consilience_statistics::{Blocks, SplitDesign, UnitPolicy};
use consilience_teacher::{Ensemble, Inputs, Learnt, Setting, Stimuli, Student, draw, expected};
use rayon::prelude::*;

use super::{ERROR, INPUTS, RATIO, Relation, SAMPLES, STUDENT, Teacher, WEIGHTS};
use crate::point::{PointOutcome, PointRow};
use crate::row::SCHEMA;
use crate::run::digest;
use crate::tile::{Context, Task, TaskOutcome, compute, generator};
use crate::{Cell, Draws, Job, Outcome, Result, Row, Setup, StudySpec};

/// Ensembles of all students and ratios, with one number of samples.
#[derive(Debug)]
pub(super) struct Ensembles {
    setting: Setting,
    ratios: Vec<f64>,
    students: Vec<Student>,
    draws: usize,
    members: usize,
    hidden: usize,
    stimuli: usize,
    measures: Vec<(Box<dyn DynMeasure>, Option<Relation>)>,
    seed: u64,
    folds: usize,
}

/// What one draw says of one ensemble.
struct Said {
    /// Mean inner product of two students and mean squared norm of one.
    taught: (f64, f64),
    /// The same of students of noise alone.
    noise_alone: (f64, f64),
    error: f64,
    /// For each measure the mean score over pairs, taught and of noise alone.
    scores: Vec<std::result::Result<(f64, f64), String>>,
}

impl Ensembles {
    pub(super) fn new(
        study: &Teacher,
        spec: &StudySpec,
        inputs: Inputs,
        samples: usize,
    ) -> Result<Self> {
        let measure = |spec: &String| {
            let measure = consilience_measures::parse(spec)?;
            Ok((measure, study.expected.get(spec).copied()))
        };
        Ok(Self {
            setting: Setting { dimensions: study.dimensions, samples, inputs },
            ratios: study.signal_to_noise.clone(),
            students: study.students.clone(),
            draws: study.draws,
            members: study.members,
            hidden: study.hidden,
            stimuli: study.stimuli,
            measures: spec.measures.iter().map(measure).collect::<Result<_>>()?,
            seed: spec.seed,
            folds: spec.folds,
        })
    }

    /// Names of what is measured of each ensemble, with what theory makes of the cosine of the weights.
    fn quantities(&self) -> Vec<String> {
        let measures = self.measures.iter().map(|(measure, _)| measure.spec());
        [WEIGHTS.to_owned(), ERROR.to_owned()].into_iter().chain(measures).collect()
    }

    /// Index of ratio, of student, and name of the quantity, for each row.
    fn places(&self) -> Vec<(usize, usize, String)> {
        let mut places = Vec::new();
        for r in 0..self.ratios.len() {
            for s in 0..self.students.len() {
                places.extend(self.quantities().into_iter().map(|q| (r, s, q)));
            }
        }
        places
    }

    fn n_pairs(&self) -> usize {
        self.members * (self.members - 1) / 2
    }

    /// What one draw says of each ensemble: `out[ratio][student]`.
    fn one_draw(&self, number: usize) -> Result<Vec<Vec<Said>>> {
        let Setting { dimensions, samples, inputs } = self.setting;
        let purpose = format!("teacher {inputs}");
        let rng = &mut generator(self.seed, &purpose, &[dimensions, samples, number]);
        let learnt = draw(&self.setting, self.members, &self.ratios, &self.students, rng)
            .map_err(consilience_statistics::Error::from)?;
        let stimuli = Stimuli::draw(self.stimuli, dimensions, rng);
        let ensembles: Vec<&Ensemble> =
            learnt.iter().flatten().flat_map(|l| [&l.taught, &l.noise_alone]).collect();
        let mut source = ArraySource::new(StimulusSet::indexed("noiseless", self.stimuli));
        for (e, ensemble) in ensembles.iter().enumerate() {
            for (m, weights) in ensemble.students.iter().enumerate() {
                let values = stimuli.hidden_layer(weights, self.hidden, rng);
                push(&mut source, format!("ensemble {e}, student {m}"), values, self.hidden)?;
            }
        }
        let mut scores = self.scores(&source, ensembles.len())?.into_iter();
        let mut said = |learnt: &Learnt| {
            let (taught, noise) = (scores.next(), scores.next());
            let pairs = taught.into_iter().flatten().zip(noise.into_iter().flatten());
            let errors = learnt.taught.errors();
            Said {
                taught: learnt.taught.products(),
                noise_alone: learnt.noise_alone.products(),
                error: errors.iter().sum::<f64>() / errors.len() as f64,
                scores: pairs.map(|(a, b)| Ok((a?, b?))).collect(),
            }
        };
        Ok(learnt.iter().map(|of_ratio| of_ratio.iter().map(&mut said).collect()).collect())
    }

    /// Mean over pairs of each measure, for each ensemble of `members` representations in turn.
    fn scores(
        &self,
        source: &ArraySource,
        n_ensembles: usize,
    ) -> Result<Vec<Vec<std::result::Result<f64, String>>>> {
        let blocks = Blocks::contiguous(self.stimuli, self.folds)?;
        let design = SplitDesign::k_fold(&blocks, self.folds)?;
        let context = Context {
            source,
            blocks: &blocks,
            design: &design,
            without: &[],
            policy: UnitPolicy::Refuse,
            seed: self.seed,
            progress: &Quiet,
        };
        let draws = Draws { shuffle: 0, rotation: 0 };
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for first in (0..n_ensembles).map(|e| e * self.members) {
            for x in first..first + self.members {
                for y in x + 1..first + self.members {
                    let cell = Cell { x, y, draws };
                    let measures = self.measures.iter();
                    tasks.extend(measures.map(|(m, _)| Task { cell, measure: m.as_ref() }));
                }
            }
        }
        let outcomes = compute(&context, &tasks)?;
        let n_measures = self.measures.len();
        let mean = |ensemble: &[TaskOutcome], m: usize| {
            let of_measure = ensemble.iter().skip(m).step_by(n_measures.max(1));
            let values = of_measure.map(|done| match &done.outcome {
                Outcome::Score { estimate, .. } => Ok(estimate.value),
                Outcome::Error { message } => Err(message.clone()),
            });
            let values = values.collect::<std::result::Result<Vec<f64>, String>>()?;
            Ok(values.iter().sum::<f64>() / values.len() as f64)
        };
        let size = self.n_pairs() * n_measures;
        let of_ensemble = |e: usize| {
            let outcomes = &outcomes[e * size..(e + 1) * size];
            (0..n_measures).map(|m| mean(outcomes, m)).collect()
        };
        Ok((0..n_ensembles).map(of_ensemble).collect())
    }

    /// What came out of one quantity of one ensemble.
    fn outcome(
        &self,
        said: &[&Said],
        ratio: f64,
        student: &Student,
        quantity: &str,
    ) -> PointOutcome {
        let theory = expected(&self.setting, ratio, student);
        let of_means = |f: &dyn Fn(&Said) -> (f64, f64)| {
            let pairs: Vec<(f64, f64)> = said.iter().map(|s| f(s)).collect();
            ratio_of_means(&pairs)
        };
        let value = |estimate, expected, chance| PointOutcome::Value { estimate, expected, chance };
        if quantity == WEIGHTS {
            let chance = of_means(&|s| s.noise_alone).value;
            return value(of_means(&|s| s.taught), theory.map(|t| t.alignment), Some(chance));
        }
        if quantity == ERROR {
            // A student that has learnt nothing is wrong by as much as the teacher says.
            return value(of_means(&|s| (s.error, 1.0)), theory.map(|t| t.error), Some(1.0));
        }
        let at = self.measures.iter().position(|(m, _)| m.spec() == quantity);
        let at = at.expect("quantities are those of the measures");
        let scores: std::result::Result<Vec<(f64, f64)>, String> =
            said.iter().map(|s| s.scores[at].clone()).collect();
        let scores = match scores {
            Ok(scores) => scores,
            Err(message) => return PointOutcome::Error { message },
        };
        let mean = |f: &dyn Fn(&(f64, f64)) -> f64| {
            ratio_of_means(&scores.iter().map(|s| (f(s), 1.0)).collect::<Vec<_>>())
        };
        let expected = self.measures[at].1.zip(theory).map(|(r, t)| r.of(t.alignment));
        value(mean(&|s| s.0), expected, Some(mean(&|s| s.1).value))
    }
}

/// Mean of the first numbers over the mean of the second, with its interval over draws.
fn ratio_of_means(draws: &[(f64, f64)]) -> Estimate {
    let sum = |f: fn(&(f64, f64)) -> f64| draws.iter().map(f).sum::<f64>();
    let (a, b) = (sum(|d| d.0), sum(|d| d.1));
    let without: Vec<f64> = draws.iter().map(|d| (a - d.0) / (b - d.1)).collect();
    over_draws(a / b, &without)
}

fn push(source: &mut ArraySource, network: String, values: Vec<f64>, n_units: usize) -> Result<()> {
    let array = Activations::F64(RowMajor { values, n_units });
    let id = RepresentationId {
        network,
        checkpoint: String::new(),
        layer: "hidden".to_owned(),
        pooling: Pooling::Flatten,
    };
    let representation = Representation {
        id,
        depth: 0,
        n_units,
        rows_per_stimulus: 1,
        precision: Precision::F64,
        digest: String::new(),
        checkpoint: Checkpoint::default(),
    };
    Ok(source.push(representation, array)?)
}

impl Job for Ensembles {
    fn keys(&self) -> Vec<String> {
        let Setting { dimensions, samples, inputs } = self.setting;
        let numbers = [
            dimensions,
            samples,
            self.draws,
            self.members,
            self.hidden,
            self.stimuli,
            self.folds,
            SCHEMA as usize,
        ];
        let shared = format!("{} {inputs} {numbers:?} {}", env!("CARGO_PKG_VERSION"), self.seed);
        let key = |(r, s, quantity): (usize, usize, String)| {
            let measure = self.measures.iter().find(|(m, _)| m.spec() == quantity);
            let measure = measure.map(|(m, relation)| (m.info().revision, relation));
            let own = format!("{} {:?} {measure:?}", self.ratios[r], self.students[s]);
            digest(&["teacher", &shared, &own, &quantity])
        };
        self.places().into_iter().map(key).collect()
    }

    fn steps(&self) -> u64 {
        self.draws as u64
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let draws: Vec<Vec<Vec<Said>>> = (0..self.draws)
            .into_par_iter()
            .map(|number| {
                let said = self.one_draw(number);
                setup.progress.advance(1);
                said
            })
            .collect::<Result<_>>()?;
        let row = |((r, s, quantity), key): ((usize, usize, String), String)| {
            let (ratio, student) = (self.ratios[r], &self.students[s]);
            let said: Vec<&Said> = draws.iter().map(|d| &d[r][s]).collect();
            let series = BTreeMap::from([
                (STUDENT.to_owned(), student.name()),
                (INPUTS.to_owned(), self.setting.inputs.to_string()),
                (RATIO.to_owned(), ratio.to_string()),
            ]);
            Row::Point(Box::new(PointRow {
                schema: SCHEMA,
                key,
                study: "teacher".to_owned(),
                series,
                axis: SAMPLES.to_owned(),
                at: self.setting.samples as f64,
                outcome: self.outcome(&said, ratio, student, &quantity),
                quantity,
                n_draws: self.draws,
                n_pairs: self.n_pairs(),
            }))
        };
        Ok(self.places().into_iter().zip(self.keys()).map(row).collect())
    }
}
