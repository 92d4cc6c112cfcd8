//! All ensembles with one number of samples: drawn, compared, averaged over draws.

use consilience_statistics::UnitPolicy;
use consilience_teacher::{Ensemble, Inputs, Learnt, Setting, Stimuli, Student, draw, expected};

use super::{Relation, Teacher};
use crate::point::PointOutcome;
use crate::row::SCHEMA;
use crate::run::digest;
use crate::spec::Measures;
use crate::studies::ensembles::row::Made;
use crate::studies::ensembles::scores::{
    Layers, Score, Scoring, aligned, beside_noise, mean_over_draws, ratio_of_means,
};
use crate::studies::ensembles::side_by_side::{OneDraw, SideBySide, excerpt, few_draws};
use crate::studies::ensembles::{ERROR, WEIGHTS};
use crate::tile::generator;
use crate::{Excerpt, Job, Result, Row, Setup, StudySpec};

/// Ensembles of all students and ratios, with one number of samples.
#[derive(Debug, Clone)]
pub(super) struct Ensembles {
    setting: Setting,
    ratios: Vec<f64>,
    students: Vec<Student>,
    draws: usize,
    members: usize,
    hidden: usize,
    stimuli: usize,
    measures: Measures,
    /// What theory makes of the cosine of the weights, one a measure.
    relations: Vec<Option<Relation>>,
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
    scores: Vec<(Score, Score)>,
}

impl Ensembles {
    pub(super) fn new(
        study: &Teacher,
        spec: &StudySpec,
        inputs: Inputs,
        samples: usize,
    ) -> Result<Self> {
        Ok(Self {
            setting: Setting { dimensions: study.dimensions, samples, inputs },
            ratios: study.signal_to_noise.clone(),
            students: study.students.clone(),
            draws: study.draws,
            members: study.members,
            hidden: study.hidden,
            stimuli: study.stimuli,
            measures: spec.parsed_measures()?,
            relations: spec.measures.iter().map(|m| study.expected.get(m).copied()).collect(),
            seed: spec.seed,
            folds: spec.folds,
        })
    }

    /// Names of what is measured of each ensemble.
    fn quantities(&self) -> Vec<String> {
        let measures = self.measures.iter().map(|measure| measure.spec());
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

    fn scoring(&self) -> Scoring<'_> {
        Scoring {
            measures: &self.measures,
            members: self.members,
            folds: self.folds,
            seed: self.seed,
            policy: UnitPolicy::Refuse,
        }
    }

    fn side_by_side(&self, setup: &Setup<'_>) -> Result<SideBySide> {
        let Setting { dimensions, samples, inputs } = self.setting;
        let ensembles = 2 * self.ratios.len() * self.students.len();
        let sets = if inputs == Inputs::Shared { 1 } else { self.members };
        // Inputs and both sides of their decomposition; weights; stimuli.
        let of_inputs = sets * (2 * samples + dimensions) * dimensions;
        let one = OneDraw {
            kind: "teacher",
            scoring: self.scoring(),
            ensembles,
            stimuli: self.stimuli,
            hidden: self.hidden,
            numbers: of_inputs + (ensembles * self.members + self.stimuli) * dimensions,
            shared_numbers: 0,
        };
        SideBySide::within(&one, setup)
    }

    /// What one draw says of each ensemble: `out[ratio][student]`.
    fn one_draw(&self, number: usize) -> Result<Vec<Vec<Said>>> {
        let Setting { dimensions, samples, inputs } = self.setting;
        let purpose = format!("teacher {inputs}");
        let rng = &mut generator(self.seed, &purpose, &[dimensions, samples, number]);
        let learnt = draw(&self.setting, self.members, &self.ratios, &self.students, rng)
            .map_err(consilience_statistics::Error::from)?;
        let stimuli = Stimuli::draw(self.stimuli, dimensions, rng);
        let mut layers = Layers::new(self.stimuli);
        for (ratio, of_ratio) in self.ratios.iter().zip(&learnt) {
            for (student, learnt) in self.students.iter().zip(of_ratio) {
                let both = [("taught", &learnt.taught), ("noise alone", &learnt.noise_alone)];
                for (what, Ensemble { students, .. }) in both {
                    let what = format!("{what} {ratio} {}", student.name());
                    for (m, weights) in students.iter().enumerate() {
                        // From a generator of its own: a layer is the same whatever is drawn beside it.
                        let purpose = format!("{purpose} {what}");
                        let rng =
                            &mut generator(self.seed, &purpose, &[dimensions, samples, number, m]);
                        let values = stimuli.hidden_layer(weights, self.hidden, rng);
                        layers.push(format!("{what}, student {m}"), values, self.hidden)?;
                    }
                }
            }
        }
        let mut scores = self.scoring().of(&layers)?.into_iter();
        let mut said = |learnt: &Learnt| {
            let (taught, noise) = (scores.next(), scores.next());
            let pairs = taught.into_iter().flatten().zip(noise.into_iter().flatten());
            let errors = learnt.taught.errors();
            Said {
                taught: learnt.taught.products(),
                noise_alone: learnt.noise_alone.products(),
                error: errors.iter().sum::<f64>() / errors.len() as f64,
                scores: pairs.collect(),
            }
        };
        Ok(learnt.iter().map(|of_ratio| of_ratio.iter().map(&mut said).collect()).collect())
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
            let (taught, chance) = (of_means(&|s| s.taught), of_means(&|s| s.noise_alone));
            return aligned(taught, theory.map(|t| t.alignment), chance);
        }
        if quantity == ERROR {
            // A student that has learnt nothing is wrong by as much as the teacher says.
            return value(
                mean_over_draws(said.iter().map(|s| s.error)),
                theory.map(|t| t.error),
                Some(1.0),
            );
        }
        let at = self.measures.iter().position(|m| m.spec() == quantity);
        let at = at.expect("quantities are those of the measures");
        let expected = self.relations[at].zip(theory).map(|(r, t)| r.of(t.alignment));
        beside_noise(said.iter().map(|s| s.scores[at].clone()), expected)
    }
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
            let at = self.measures.iter().position(|m| m.spec() == quantity);
            let measure = at.map(|at| (self.measures[at].info().revision, self.relations[at]));
            let own = format!("{} {:?} {measure:?}", self.ratios[r], self.students[s]);
            digest(&["teacher", &shared, &own, &quantity])
        };
        self.places().into_iter().map(key).collect()
    }

    fn steps(&self) -> u64 {
        self.draws as u64
    }

    fn excerpt(&self) -> Excerpt {
        excerpt(self, Self { draws: few_draws(self.draws), ..self.clone() })
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        Ok(self.side_by_side(setup)?.held)
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let one_draw = |number| self.one_draw(number);
        let draws = self.side_by_side(setup)?.all(self.draws, setup.progress, one_draw)?;
        let made = Made {
            study: "teacher",
            task: None,
            inputs: &self.setting.inputs.to_string(),
            samples: self.setting.samples,
            draws: self.draws,
            members: self.members,
        };
        let row = |((r, s, quantity), key): ((usize, usize, String), String)| {
            let (ratio, student) = (self.ratios[r], &self.students[s]);
            let said: Vec<&Said> = draws.iter().map(|d| &d[r][s]).collect();
            let outcome = self.outcome(&said, ratio, student, &quantity);
            made.row((student.name(), ratio), quantity, outcome, key)
        };
        Ok(self.places().into_iter().zip(self.keys()).map(row).collect())
    }
}
