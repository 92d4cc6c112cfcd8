//! All ensembles with one number of samples on recorded inputs: learnt, compared, averaged over draws.

use consilience_data::ActivationSource;
use consilience_statistics::UnitPolicy;
use consilience_teacher::{
    Inputs, LinearLesson, LinearlyTaught, Parts, Pool, Student, expected_of_lessons,
};

use super::{Task, Teacher};
use crate::point::PointOutcome;
use crate::row::SCHEMA;
use crate::run::digest;
use crate::spec::Measures;
use crate::studies::ensembles::row::Made;
use crate::studies::ensembles::scores::{
    Layers, Score, Scoring, aligned, beside_noise, mean_over_draws, products, ratio_of_means,
};
use crate::studies::ensembles::side_by_side::{OneDraw, SideBySide, excerpt, few_draws};
use crate::studies::ensembles::{ERROR, INTERPOLATING, OUTPUTS, RecordedLayer, WRONG};
use crate::tile::generator;
use crate::{Excerpt, Job, Result, Row, Setup, StudySpec};

/// Ensembles of all students and ratios, with one number of samples of one layer.
#[derive(Debug, Clone)]
pub(super) struct RecordedEnsembles {
    task: Task,
    layer: RecordedLayer,
    inputs: Inputs,
    samples: usize,
    /// The largest number of samples of the study: too many are refused before the first are learnt.
    most_samples: usize,
    ratios: Vec<f64>,
    students: Vec<Student>,
    draws: usize,
    members: usize,
    hidden: usize,
    stimuli: usize,
    measures: Measures,
    seed: u64,
    folds: usize,
}

/// What one draw says of one ensemble.
struct Said {
    /// Mean inner product of the outputs of two students, and mean squared norm of those of one.
    products: (f64, f64),
    /// The same of students of noise alone.
    noise_alone: (f64, f64),
    error: f64,
    /// What theory says of the products and of the error.
    expected: Parts,
    /// Share of the stimuli that is classified wrongly, and that a guess has wrong.
    wrong: Option<(f64, f64)>,
    interpolating: f64,
    /// For each measure the mean score over pairs, taught and of noise alone.
    scores: Vec<(Score, Score)>,
}

impl RecordedEnsembles {
    pub(super) fn new(
        study: &Teacher,
        spec: &StudySpec,
        layer: RecordedLayer,
        inputs: Inputs,
        samples: usize,
    ) -> Result<Self> {
        Ok(Self {
            task: study.task.clone(),
            layer,
            inputs,
            samples,
            most_samples: study.samples.last().copied().unwrap_or(samples),
            ratios: study.signal_to_noise.clone(),
            students: study.students.clone(),
            draws: study.draws,
            members: study.members,
            hidden: study.hidden,
            stimuli: study.stimuli,
            measures: spec.parsed_measures()?,
            seed: spec.seed,
            folds: spec.folds,
        })
    }

    /// Index of ratio, of student, and name of the quantity, for each row.
    fn places(&self) -> Vec<(usize, usize, String)> {
        let mut places = Vec::new();
        for r in 0..self.ratios.len() {
            for (s, student) in self.students.iter().enumerate() {
                let wrong = matches!(self.task, Task::Labels { .. }).then_some(WRONG);
                // The others do not try to.
                let interpolating = (*student == Student::MinimumNorm).then_some(INTERPOLATING);
                let own = [Some(OUTPUTS), Some(ERROR), wrong, interpolating];
                let own = own.into_iter().flatten().map(str::to_owned);
                let measures = self.measures.iter().map(|measure| measure.spec());
                places.extend(own.chain(measures).map(|quantity| (r, s, quantity)));
            }
        }
        places
    }

    fn read(&self, source: &dyn ActivationSource) -> Result<Recorded> {
        let rows = self.layer.read(source)?;
        if !self.is_of_classes() {
            return Ok(Recorded::Inputs(rows));
        }
        let (labels, n) = self.layer.classes(source)?;
        Ok(Recorded::Classes(Pool::of_classes(rows.view(), &labels, n)))
    }

    fn is_of_classes(&self) -> bool {
        matches!(self.task, Task::Labels { .. })
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
        let (n, units) = (setup.source.stimuli().len(), self.layer.units(setup.source));
        let outputs = if self.is_of_classes() { self.layer.classes(setup.source)?.1 } else { 1 };
        let ensembles = 2 * self.ratios.len() * self.students.len();
        let lessons = if self.inputs == Inputs::Shared { 1 } else { self.members };
        // Inputs and both sides of their decomposition; stimuli, and what directions say of them.
        let of_lesson = (2 * self.samples + units + 2 * self.stimuli) * units;
        // Weights and outputs, twice: as they were learnt and by ensemble.
        let of_student = 2 * (units + self.stimuli) * outputs;
        // A linear teacher has rows of its own.
        let of_teacher = if self.is_of_classes() { 0 } else { n * units };
        let one = OneDraw {
            kind: "teacher",
            scoring: self.scoring(),
            ensembles,
            stimuli: self.stimuli,
            hidden: self.hidden,
            numbers: lessons * of_lesson + ensembles * self.members * of_student + of_teacher,
            // As they are read, and as they are used.
            shared_numbers: 2 * n * units,
        };
        SideBySide::within(&one, setup)
    }

    /// What one draw says of each ensemble: `out[ratio][student]`.
    fn one_draw(&self, number: usize, recorded: &Recorded) -> Result<Vec<Vec<Said>>> {
        let purpose = format!("teacher {} {}", self.task.name(), self.inputs);
        let rng = &mut generator(self.seed, &purpose, &[self.samples, number]);
        let drawn;
        let pool = match recorded {
            Recorded::Classes(pool) => pool,
            Recorded::Inputs(rows) => {
                drawn = Pool::of_linear_teacher(rows.view(), rng);
                &drawn
            }
        };
        let dealt =
            pool.deal_ensemble((self.samples, self.stimuli), (self.members, self.inputs), rng);
        let lessons = dealt.into_iter().map(LinearLesson::new);
        let lessons: Vec<LinearLesson> = lessons
            .collect::<std::result::Result<_, _>>()
            .map_err(consilience_statistics::Error::from)?;
        let lesson = |member: usize| &lessons[member.min(lessons.len() - 1)];
        // Every student draws from a generator of its own: it is the same whatever is learnt beside it.
        let own = |what: &str, member: usize| {
            generator(self.seed, &format!("{purpose} {what}"), &[self.samples, number, member])
        };
        let mut ensembles: Vec<Vec<LinearlyTaught>> = Vec::new();
        let mut layers = Layers::new(self.stimuli);
        for &ratio in &self.ratios {
            for signal in [Some(ratio), None] {
                let taught = signal.map_or("noise alone", |_| "taught");
                let learn = |member: usize| {
                    let rng = &mut own(&format!("{taught} {ratio}"), member);
                    let targets = lesson(member).targets(signal, rng);
                    lesson(member).learn(&self.students, ratio, targets.as_ref())
                };
                let learnt: Vec<Vec<LinearlyTaught>> = (0..self.members).map(learn).collect();
                for (s, student) in self.students.iter().enumerate() {
                    let ensemble: Vec<LinearlyTaught> =
                        learnt.iter().map(|of_member| of_member[s].clone()).collect();
                    let what = format!("{taught} {ratio} {}", student.name());
                    for (member, student) in ensemble.iter().enumerate() {
                        let values = lesson(member)
                            .hidden_layer(student, self.hidden, &mut own(&what, member))
                            .map_err(consilience_statistics::Error::from)?;
                        layers.push(format!("{what}, student {member}"), values, self.hidden)?;
                    }
                    ensembles.push(ensemble);
                }
            }
        }
        let scores = self.scoring().of(&layers)?;
        let said = |r: usize, s: usize| {
            // Students of all kinds taught, then students of all kinds of noise alone.
            let taught = 2 * r * self.students.len() + s;
            let noise = taught + self.students.len();
            let (ensemble, n) = (&ensembles[taught], self.members as f64);
            let wrong: Option<f64> = ensemble.iter().map(|t| t.wrong).sum();
            let scores = scores[taught].iter().cloned().zip(scores[noise].iter().cloned());
            Said {
                products: products_of(ensemble),
                noise_alone: products_of(&ensembles[noise]),
                error: ensemble.iter().map(|t| t.error).sum::<f64>() / n,
                expected: expected_of_lessons(&lessons, self.ratios[r], &self.students[s]),
                wrong: wrong.map(|sum| sum / n).zip(lesson(0).wrong_by_guess()),
                interpolating: ensemble.iter().filter(|t| t.interpolates).count() as f64 / n,
                scores: scores.collect(),
            }
        };
        let of_ratio = |r: usize| (0..self.students.len()).map(|s| said(r, s)).collect();
        Ok((0..self.ratios.len()).map(of_ratio).collect())
    }

    /// What came out of one quantity of one ensemble.
    fn outcome(&self, said: &[&Said], quantity: &str) -> PointOutcome {
        let value = |estimate, expected, chance| PointOutcome::Value { estimate, expected, chance };
        let of = |f: &dyn Fn(&Said) -> (f64, f64)| {
            ratio_of_means(&said.iter().map(|s| f(s)).collect::<Vec<_>>())
        };
        match quantity {
            OUTPUTS => match of(&|s| (s.expected.common, s.expected.own)) {
                Ok(expected) => {
                    let (taught, chance) = (of(&|s| s.products), of(&|s| s.noise_alone));
                    aligned(taught, Some(expected.value), chance)
                }
                Err(message) => PointOutcome::Error { message },
            },
            ERROR => {
                let expected = mean_over_draws(said.iter().map(|s| s.expected.error)).value;
                // A student that has learnt nothing is wrong by as much as is true.
                value(mean_over_draws(said.iter().map(|s| s.error)), Some(expected), Some(1.0))
            }
            WRONG => {
                let wrong: Vec<(f64, f64)> = said.iter().filter_map(|s| s.wrong).collect();
                let guess = wrong.first().map(|(_, guess)| *guess);
                value(mean_over_draws(wrong.iter().map(|w| w.0)), None, guess)
            }
            INTERPOLATING => {
                value(mean_over_draws(said.iter().map(|s| s.interpolating)), None, None)
            }
            measure => {
                let m = self.measures.iter().position(|m| m.spec() == measure);
                let m = m.expect("quantities are those of the measures");
                beside_noise(said.iter().map(|s| s.scores[m].clone()), None)
            }
        }
    }
}

/// What was read.
enum Recorded {
    /// Inputs with their classes, the same for all draws.
    Classes(Pool),
    /// Inputs of a linear teacher, which is drawn anew for each.
    Inputs(consilience_data::RowMajor<f64>),
}

/// Mean inner product of the outputs of two students, and mean squared norm of those of one.
fn products_of(ensemble: &[LinearlyTaught]) -> (f64, f64) {
    products(&ensemble.iter().map(|taught| taught.outputs.as_slice()).collect::<Vec<_>>())
}

impl Job for RecordedEnsembles {
    fn keys(&self) -> Vec<String> {
        let numbers = [
            self.samples,
            self.draws,
            self.members,
            self.hidden,
            self.stimuli,
            self.folds,
            SCHEMA as usize,
        ];
        let shared = format!(
            "{} {} {} {} {numbers:?} {}",
            self.task.name(),
            self.layer.identity,
            self.inputs,
            env!("CARGO_PKG_VERSION"),
            self.seed
        );
        let key = |(r, s, quantity): (usize, usize, String)| {
            let measure = self.measures.iter().find(|m| m.spec() == quantity);
            let measure = measure.map(|m| m.info().revision);
            let own = format!("{} {:?} {measure:?}", self.ratios[r], self.students[s]);
            digest(&["teacher", &shared, &own, &quantity])
        };
        self.places().into_iter().map(key).collect()
    }

    fn steps(&self) -> u64 {
        self.draws as u64
    }

    fn excerpt(&self) -> Excerpt {
        let draws = few_draws(self.draws);
        excerpt(self, Self { draws, most_samples: self.samples, ..self.clone() })
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        Ok(self.side_by_side(setup)?.held)
    }

    fn check(&self, source: &dyn ActivationSource) -> Result<()> {
        self.layer.check(source, (self.most_samples, self.stimuli))?;
        if !self.is_of_classes() {
            return Ok(());
        }
        let (_, n) = self.layer.classes(source)?;
        if n <= self.hidden {
            return Ok(());
        }
        let found =
            format!("hidden = {}; expected at least {n}, one unit for each class", self.hidden);
        Err(crate::studies::ensembles::problem("teacher", found))
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let recorded = self.read(setup.source)?;
        let one_draw = |number| self.one_draw(number, &recorded);
        let draws = self.side_by_side(setup)?.all(self.draws, setup.progress, one_draw)?;
        let made = Made {
            study: "teacher",
            task: Some(self.task.name()),
            inputs: &self.inputs.to_string(),
            samples: self.samples,
            draws: self.draws,
            members: self.members,
        };
        let row = |((r, s, quantity), key): ((usize, usize, String), String)| {
            let said: Vec<&Said> = draws.iter().map(|d| &d[r][s]).collect();
            let outcome = self.outcome(&said, &quantity);
            made.row((self.students[s].name(), self.ratios[r]), quantity, outcome, key)
        };
        Ok(self.places().into_iter().zip(self.keys()).map(row).collect())
    }
}
