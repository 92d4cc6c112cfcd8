//! One place: its pairs of networks under all measures, at every ratio, in every draw of the noise.

use std::collections::{BTreeMap, BTreeSet};

use consilience_data::{ActivationSource, Cached, Representation};
use consilience_inference::{Estimate, Null, draws_of_mean, mean_over_draws};
use consilience_measures::{DynMeasure, Warning};
use consilience_statistics::{SplitDesign, UnitPolicy};

use super::correction::{PairDraws, corrected, is_known};
use super::noisy::{COPIES, noisy, selections_of_copies};
use super::{Attenuation, CLEAN, CORRECTED, KIND, Noise, RAW, RELIABILITY};
use crate::compare::dealt;
use crate::plan::tile;
use crate::point::{PointOutcome, PointRow};
use crate::row::SCHEMA;
use crate::run::digest;
use crate::studies::points::{self, WHAT};
use crate::studies::selection::Place;
use crate::summary::NULLS;
use crate::tile::{
    Context, Selections, Task, TaskOutcome, compute_each, evaluations, generator, selections,
};
use crate::{Cell, Cost, Draws, Job, Outcome, Result, Row, Setup, StudySpec};

/// The curves of one place.
#[derive(Debug)]
pub(super) struct Curve {
    place: Place,
    ratios: Vec<f64>,
    repeats: usize,
    draws: Draws,
    measures: Vec<(Box<dyn DynMeasure>, Option<Attenuation>)>,
    /// All that its rows depend on beside measure, ratio and what they hold.
    shared: String,
    spec: Dealing,
}

/// How stimuli are dealt to blocks and folds.
#[derive(Debug)]
struct Dealing {
    seed: u64,
    folds: usize,
    blocks: usize,
    policy: UnitPolicy,
}

/// What one measure says, by pair (or by network) and draw of the noise, or what stood in the way.
type Values = std::result::Result<Vec<Vec<f64>>, String>;

/// What one measure says at one ratio.
#[derive(Default)]
struct Said {
    /// `raw[pair][draw]`.
    raw: Vec<Vec<f64>>,
    /// `reliability[network][draw]`; empty where no correction is known.
    reliability: Vec<Vec<f64>>,
    /// For each null the draws of the mean over pairs.
    chance: BTreeMap<Null, Vec<f64>>,
    warnings: Vec<Warning>,
}

impl Curve {
    pub(super) fn new(
        study: &Noise,
        spec: &StudySpec,
        catalogue: &[Representation],
        place: Place,
    ) -> Result<Self> {
        let side = |r: usize| format!("{} {}", catalogue[r].id, catalogue[r].digest);
        let pairs = place.pairs.iter().map(|&(x, y)| format!("{} {}", side(x), side(y)));
        let pairs: Vec<String> = pairs.collect();
        let numbers = format!(
            "{} {:?} {} {} {} {:?}",
            study.repeats, study.draws, spec.seed, spec.folds, spec.blocks, spec.constant_units
        );
        let parts = [KIND, env!("CARGO_PKG_VERSION"), &place.layer, &numbers].into_iter();
        let parts: Vec<&str> = parts.chain(pairs.iter().map(String::as_str)).collect();
        let measure =
            |m: &String| Ok((consilience_measures::parse(m)?, study.expected.get(m).copied()));
        Ok(Self {
            shared: digest(&parts),
            ratios: study.signal_to_noise.clone(),
            repeats: study.repeats,
            draws: study.draws,
            measures: spec.measures.iter().map(measure).collect::<Result<_>>()?,
            spec: Dealing {
                seed: spec.seed,
                folds: spec.folds,
                blocks: spec.blocks,
                policy: spec.constant_units.into(),
            },
            place,
        })
    }

    /// The representations that take part, ascending.
    fn used(&self) -> Vec<usize> {
        let used: BTreeSet<usize> = self.place.pairs.iter().flat_map(|&(x, y)| [x, y]).collect();
        used.into_iter().collect()
    }

    /// Cells of the pairs, with the representation `index` of a catalogue at `place(index)`.
    fn pair_tasks(&self, place: impl Fn(usize) -> usize, draws: Draws) -> Vec<Task<'_>> {
        let mut tasks = Vec::new();
        for &(x, y) in &self.place.pairs {
            let cell = Cell { x: place(x), y: place(y), draws };
            tasks.extend(self.measures.iter().map(|(m, _)| Task { cell, measure: m.as_ref() }));
        }
        tasks
    }

    /// Cells of two noisy copies of each representation, under the measures that have a correction.
    fn copy_tasks(&self) -> Vec<Task<'_>> {
        let draws = Draws { shuffle: 0, rotation: 0 };
        let mut tasks = Vec::new();
        for copy in (0..self.used().len()).map(|i| COPIES * i) {
            let cell = Cell { x: copy, y: copy + 1, draws };
            let measures = self.measures.iter().filter(|(m, _)| is_known(m.as_ref()));
            tasks.extend(measures.map(|(m, _)| Task { cell, measure: m.as_ref() }));
        }
        tasks
    }

    /// The pairs of noisy representations, then the copies.
    fn noisy_tasks(&self, used: &[usize]) -> Vec<Task<'_>> {
        let place = |index| COPIES * used.iter().position(|u| *u == index).expect("it is used");
        let mut tasks = self.pair_tasks(place, self.draws);
        tasks.extend(self.copy_tasks());
        tasks
    }

    /// What the rows of a measure hold at one ratio.
    fn whats(&self, measure: &dyn DynMeasure) -> Vec<String> {
        let mut whats = vec![RAW.to_owned()];
        if is_known(measure) {
            whats.extend([RELIABILITY.to_owned(), CORRECTED.to_owned()]);
        }
        whats.extend(points::drawn_nulls(measure, self.draws));
        whats
    }

    /// Index of the measure, of the ratio (none without noise), and what the row holds, for each row.
    fn rows_to_make(&self) -> Vec<(usize, Option<usize>, String)> {
        let mut rows = Vec::new();
        for (m, (measure, _)) in self.measures.iter().enumerate() {
            rows.push((m, None, CLEAN.to_owned()));
            for ratio in 0..self.ratios.len() {
                let whats = self.whats(measure.as_ref()).into_iter();
                rows.extend(whats.map(|what| (m, Some(ratio), what)));
            }
        }
        rows
    }

    /// What each measure says without noise, and what it says at each ratio: `noisy[ratio][measure]`.
    fn said(&self, setup: &Setup<'_>) -> Result<Found> {
        let used = self.used();
        let cached = Cached::load(setup.source, &used)?;
        let Dealing { seed, folds, blocks, policy } = self.spec;
        let blocks = dealt(&cached, blocks, seed)?;
        let dealing = [(blocks.clone(), vec![SplitDesign::k_fold(&blocks, folds)?])];
        let design = &dealing[0].1;
        let selections = selections(&cached, &used, &dealing, policy)?;
        let context = Context {
            source: &cached,
            blocks: &blocks,
            versions: 1,
            design: &design[0],
            without: &[],
            policy,
            seed,
            progress: setup.progress,
        };
        let tasks = self.pair_tasks(|index| index, Draws { shuffle: 0, rotation: 0 });
        let clean = compute_each(&context, &tasks, design, &selections)?.remove(0);
        let clean: Vec<std::result::Result<Vec<f64>, String>> =
            (0..self.measures.len()).map(|m| scores(&clean, m, self.measures.len())).collect();
        let copies = selections_of_copies(&used, &selections);
        let tasks = self.noisy_tasks(&used);
        let mut noisy_said = Vec::new();
        for &ratio in &self.ratios {
            let of_draw = |draw: usize| {
                let source = noisy(&cached, &used, &selections, (seed, draw), ratio)?;
                let seed = rand::Rng::next_u64(&mut generator(seed, "noise nulls", &[draw]));
                let context = Context { source: &source, seed, ..context };
                Ok(compute_each(&context, &tasks, design, &copies)?.remove(0))
            };
            let draws =
                (0..self.repeats).map(of_draw).collect::<Result<Vec<Vec<TaskOutcome>>>>()?;
            noisy_said.push(self.of_ratio(&draws));
        }
        let expected = self.expected(&cached, &selections, &clean)?;
        Ok(Found { clean, noisy: noisy_said, expected })
    }

    /// What each measure says at one ratio: `draws[draw][task]`.
    fn of_ratio(&self, draws: &[Vec<TaskOutcome>]) -> Vec<std::result::Result<Said, String>> {
        let n_measures = self.measures.len();
        let n_pair_tasks = self.place.pairs.len() * n_measures;
        let known: Vec<usize> =
            (0..n_measures).filter(|&m| is_known(self.measures[m].0.as_ref())).collect();
        let of_measure = |m: usize| {
            let pairs: Vec<&[TaskOutcome]> = draws.iter().map(|d| &d[..n_pair_tasks]).collect();
            let mut said = Said { raw: by_draw(&pairs, m, n_measures)?, ..Said::default() };
            if let Some(at) = known.iter().position(|k| *k == m) {
                let copies: Vec<&[TaskOutcome]> =
                    draws.iter().map(|d| &d[n_pair_tasks..]).collect();
                said.reliability = by_draw(&copies, at, known.len())?;
            }
            for outcomes in pairs {
                let mut drawn: BTreeMap<Null, Vec<Vec<f64>>> = BTreeMap::new();
                for done in outcomes.iter().skip(m).step_by(n_measures) {
                    points::add_warnings(&mut said.warnings, &done.warnings);
                    if let Outcome::Score { draws, .. } = &done.outcome {
                        for (&null, draws) in draws {
                            drawn.entry(null).or_default().push(draws.clone());
                        }
                    }
                }
                for (null, draws) in drawn {
                    said.chance.entry(null).or_default().extend(draws_of_mean(&draws));
                }
            }
            Ok(said)
        };
        (0..n_measures).map(of_measure).collect()
    }

    /// What theory says of the mean over pairs: `out[measure][ratio]`, where it says something.
    fn expected(
        &self,
        source: &dyn ActivationSource,
        selections: &Selections,
        clean: &[std::result::Result<Vec<f64>, String>],
    ) -> Result<Vec<Option<Vec<f64>>>> {
        let of_measure = |(m, (_, attenuation)): (usize, &(_, Option<Attenuation>))| {
            let (Some(attenuation), Ok(scores)) = (attenuation, &clean[m]) else {
                return Ok(None);
            };
            let mut sums = vec![0.0; self.ratios.len()];
            for (&(x, y), &score) in self.place.pairs.iter().zip(scores) {
                let (Ok(x_units), Ok(y_units)) = (&selections[&x], &selections[&y]) else {
                    return Ok(None);
                };
                let pair = [(x, x_units), (y, y_units)];
                let of_pair = attenuation.of(source, pair, score, &self.ratios)?;
                sums.iter_mut().zip(of_pair).for_each(|(sum, value)| *sum += value);
            }
            let n = self.place.pairs.len() as f64;
            Ok(Some(sums.into_iter().map(|sum| sum / n).collect()))
        };
        self.measures.iter().enumerate().map(of_measure).collect()
    }

    /// What a row at a ratio holds.
    fn outcome(&self, found: &Found, (m, ratio): (usize, usize), what: &str) -> PointOutcome {
        let (clean, said) = match (&found.clean[m], &found.noisy[ratio][m]) {
            (Ok(clean), Ok(said)) => (mean(clean), said),
            (Err(message), _) | (_, Err(message)) => {
                return PointOutcome::Error { message: message.clone() };
            }
        };
        let value = |estimate, expected, chance| PointOutcome::Value { estimate, expected, chance };
        let shuffled = said.chance.get(&Null::Shuffle).map(|draws| mean(draws));
        match what {
            RAW => {
                let expected = found.expected[m].as_ref().map(|e| e[ratio]);
                value(mean_over_draws(&draws_of_mean(&said.raw)), expected, shuffled)
            }
            RELIABILITY => {
                let theory = self.measures[m].1.and_then(|a| a.reliability(self.ratios[ratio]));
                value(mean_over_draws(&draws_of_mean(&said.reliability)), theory, None)
            }
            CORRECTED => match self.corrected(said) {
                Ok(estimate) => value(estimate, Some(clean), None),
                Err(reliability) => PointOutcome::Error {
                    message: format!(
                        "a reliability is {reliability:.3} at signal-to-noise ratio {}: there is nothing to divide by; give higher ratios",
                        self.ratios[ratio]
                    ),
                },
            },
            null => {
                let null = NULLS.into_iter().find(|n| n.to_string() == null);
                let null = null.expect("rows are of nulls that were drawn");
                value(mean_over_draws(&said.chance[&null]), None, None)
            }
        }
    }

    fn corrected(&self, said: &Said) -> std::result::Result<Estimate, f64> {
        let used = self.used();
        let of = |index: usize| {
            let place = used.iter().position(|u| *u == index).expect("it is used");
            &*said.reliability[place]
        };
        let pairs = self.place.pairs.iter().zip(&said.raw);
        let pairs: Vec<PairDraws<'_>> =
            pairs.map(|(&(x, y), raw)| PairDraws { raw, reliability: [of(x), of(y)] }).collect();
        corrected(&pairs)
    }
}

/// All that one place says.
struct Found {
    /// `clean[measure][pair]`.
    clean: Vec<std::result::Result<Vec<f64>, String>>,
    /// `noisy[ratio][measure]`.
    noisy: Vec<Vec<std::result::Result<Said, String>>>,
    /// `expected[measure][ratio]`.
    expected: Vec<Option<Vec<f64>>>,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Scores of every `n_measures`-th outcome from the first on, or the first error.
fn scores(
    outcomes: &[TaskOutcome],
    first: usize,
    n_measures: usize,
) -> std::result::Result<Vec<f64>, String> {
    let score = |done: &TaskOutcome| match &done.outcome {
        Outcome::Score { estimate, .. } => Ok(estimate.value),
        Outcome::Error { message } => Err(message.clone()),
    };
    outcomes.iter().skip(first).step_by(n_measures).map(score).collect()
}

/// The same by draw: `out[cell][draw]`.
fn by_draw(draws: &[&[TaskOutcome]], first: usize, n_measures: usize) -> Values {
    let draws: Vec<Vec<f64>> = draws
        .iter()
        .map(|d| scores(d, first, n_measures))
        .collect::<std::result::Result<_, _>>()?;
    let n = draws.first().map_or(0, Vec::len);
    Ok((0..n).map(|cell| draws.iter().map(|d| d[cell]).collect()).collect())
}

impl Job for Curve {
    fn keys(&self) -> Vec<String> {
        let key = |(m, ratio, what): (usize, Option<usize>, String)| {
            let (measure, expected) = &self.measures[m];
            let ratio = ratio.map_or(0.0, |r| self.ratios[r]);
            let own = format!("{ratio} {} {SCHEMA} {expected:?}", measure.info().revision);
            digest(&[&self.shared, &own, &measure.spec(), &what])
        };
        self.rows_to_make().into_iter().map(key).collect()
    }

    fn steps(&self) -> u64 {
        let clean = self.place.pairs.len() * self.measures.len();
        let noisy = self.noisy_tasks(&self.used());
        let noisy: u64 = noisy.iter().map(|t| evaluations(t, 0)).sum();
        clean as u64 + noisy * (self.ratios.len() * self.repeats) as u64
    }

    fn cost(&self, catalogue: &[Representation], n_stimuli: usize, n_blocks: usize) -> Cost {
        let none = Draws { shuffle: 0, rotation: 0 };
        let cells = |draws: Draws| -> Vec<Cell> {
            self.place.pairs.iter().map(|&(x, y)| Cell { x, y, draws }).collect()
        };
        let clean = tile(catalogue, n_stimuli, n_blocks, &cells(none));
        let mut noisy = cells(self.draws);
        noisy.extend(self.used().into_iter().map(|r| Cell { x: r, y: r, draws: none }));
        let noisy = tile(catalogue, n_stimuli, n_blocks, &noisy);
        let times = (self.ratios.len() * self.repeats) as u64;
        let multiply_adds = clean.multiply_adds + times * noisy.multiply_adds;
        // Copies are made of activations that stay in memory: they are read once.
        Cost { multiply_adds, peak: clean.bytes + COPIES as u64 * noisy.peak, ..clean }
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let found = self.said(setup)?;
        let row = |((m, ratio, what), key): ((usize, Option<usize>, String), String)| {
            let outcome = match (ratio, &found.clean[m]) {
                (Some(ratio), _) => self.outcome(&found, (m, ratio), &what),
                (None, Err(message)) => PointOutcome::Error { message: message.clone() },
                (None, Ok(scores)) => PointOutcome::Value {
                    estimate: Estimate::bare(mean(scores)),
                    expected: None,
                    chance: None,
                },
            };
            let warnings = match ratio.map(|r| &found.noisy[r][m]) {
                Some(Ok(said)) if what == RAW => said.warnings.clone(),
                _ => Vec::new(),
            };
            let n_draws = match &outcome {
                PointOutcome::Value { estimate, .. } => estimate.replicates,
                PointOutcome::Error { .. } => 0,
            };
            let axis = if ratio.is_some() { "signal-to-noise" } else { "noise-to-signal" };
            let mut series = points::series(&self.place);
            series.insert(WHAT.to_owned(), what);
            Row::Point(Box::new(PointRow {
                schema: SCHEMA,
                key,
                study: KIND.to_owned(),
                series,
                axis: axis.to_owned(),
                at: ratio.map_or(0.0, |r| self.ratios[r]),
                quantity: self.measures[m].0.spec(),
                n_draws,
                n_pairs: self.place.pairs.len(),
                outcome,
                warnings,
            }))
        };
        Ok(self.rows_to_make().into_iter().zip(self.keys()).map(row).collect())
    }
}
