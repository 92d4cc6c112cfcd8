//! One place: its pairs of networks under all measures, at every ratio, in every draw of the noise.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use consilience_data::{ActivationSource, Cached, Representation};
use consilience_inference::{Estimate, Null, draws_of_mean, mean_over_draws};
use consilience_measures::{DynMeasure, Warning};
use consilience_statistics::{Blocks, SplitDesign, UnitPolicy};

use super::compared::Compared;
use super::correction::{PairDraws, corrected, is_known};
use super::noisy::{COPIES, NoisyCopy, noisy, selections_of_copies};
use super::{Attenuation, CLEAN, CORRECTED, KIND, Noise, RAW, RELIABILITY};
use crate::compare::dealt;
use crate::footprint::Footprint;
use crate::job::growth_of;
use crate::plan::{Shuffled, tile};
use crate::point::{PointOutcome, PointRow};
use crate::row::SCHEMA;
use crate::run::digest;
use crate::spec::Measures;
use crate::studies::points::{self, WHAT};
use crate::studies::selection::Place;
use crate::summary::NULLS;
use crate::tile::{
    Context, Selections, Task, TaskOutcome, compute_each, evaluations, generator, selections,
};
use crate::within::together;
use crate::{Cell, Cost, Draws, Excerpt, Job, Outcome, Result, Row, Setup, StudySpec};

/// The curves of one place.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    place: Place,
    ratios: Vec<f64>,
    repeats: usize,
    draws: Draws,
    measures: Measures,
    /// What is expected of each measure.
    attenuations: Vec<Option<Attenuation>>,
    /// All that its rows depend on beside measure, ratio and what they hold.
    shared: String,
    spec: Dealing,
}

/// How stimuli are dealt to blocks and folds.
#[derive(Debug, Clone)]
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
        let attenuations = spec.measures.iter().map(|m| study.expected.get(m).copied());
        Ok(Self {
            shared: digest(&parts),
            ratios: study.signal_to_noise.clone(),
            repeats: study.repeats,
            draws: study.draws,
            measures: spec.parsed_measures()?,
            attenuations: attenuations.collect(),
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

    /// What is scored: the pairs, then two noisy copies of each representation where a measure has a correction.
    fn comparisons(&self) -> Vec<Compared> {
        let pairs = self.place.pairs.iter().map(|&(x, y)| Compared::Pair(x, y));
        let is_corrected = self.measures.iter().any(|m| is_known(m.as_ref()));
        let copies = if is_corrected { self.used() } else { Vec::new() };
        pairs.chain(copies.into_iter().map(Compared::Copies)).collect()
    }

    /// The tasks of some comparisons of noisy activations, each copy at its place.
    fn noisy_tasks(
        &self,
        compared: &[Compared],
        place: impl Fn(NoisyCopy) -> usize,
    ) -> Vec<Task<'_>> {
        let of = |compared: &Compared| {
            let cell = compared.cell(&place, self.draws);
            let corrected = matches!(compared, Compared::Copies(_));
            let measures = self.measures.iter().filter(move |m| !corrected || is_known(m.as_ref()));
            measures.map(move |m| Task { cell, measure: m.as_ref() })
        };
        compared.iter().flat_map(of).collect()
    }

    /// The tasks of the pairs among some comparisons, without noise.
    fn clean_tasks(&self, compared: &[Compared]) -> Vec<Task<'_>> {
        let pairs: Vec<Compared> = compared.iter().filter(|c| c.is_pair()).copied().collect();
        let clean = Draws { shuffle: 0, rotation: 0 };
        let tasks = self.noisy_tasks(&pairs, |copy| copy.of);
        tasks.into_iter().map(|t| Task { cell: Cell { draws: clean, ..t.cell }, ..t }).collect()
    }

    /// Ranges of the comparisons that are computed together within the limit, with the bytes that each holds.
    fn together(
        &self,
        setup: &Setup<'_>,
        (blocks, design): (&Blocks, &SplitDesign),
    ) -> Result<Vec<(Range<usize>, u64)>> {
        let (source, used) = (setup.source, self.used());
        // Copies of the representations, side by side.
        let original = |&r: &usize| source.representations()[r].clone();
        let catalogue: Vec<Representation> =
            used.iter().map(original).flat_map(|r| std::iter::repeat_n(r, COPIES)).collect();
        let place = |copy: NoisyCopy| {
            let of = used.binary_search(&copy.of).expect("it is used");
            COPIES * of + copy.number
        };
        let compared = self.comparisons();
        let cells: Vec<Cell> = compared.iter().map(|c| c.cell(place, self.draws)).collect();
        let n = source.stimuli().len();
        let footprint = Footprint::new(&catalogue, n, (blocks, design, &[]), &self.measures)?;
        together(&cells, &footprint, setup.memory, |cells| {
            // What noise is added to is held beside its copies.
            let originals: BTreeSet<usize> =
                cells.iter().flat_map(|c| [c.x, c.y]).map(|copy| copy / COPIES * COPIES).collect();
            footprint.of_each(&footprint.load(cells)) + footprint.of_values(originals)
        })
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
        for (m, measure) in self.measures.iter().enumerate() {
            rows.push((m, None, CLEAN.to_owned()));
            for ratio in 0..self.ratios.len() {
                let whats = self.whats(measure.as_ref()).into_iter();
                rows.extend(whats.map(|what| (m, Some(ratio), what)));
            }
        }
        rows
    }

    /// How the stimuli are dealt.
    fn dealing(&self, source: &dyn ActivationSource) -> Result<(Blocks, SplitDesign)> {
        let blocks = dealt(source, self.spec.blocks, self.spec.seed)?;
        let design = SplitDesign::k_fold(&blocks, self.spec.folds)?;
        Ok((blocks, design))
    }

    /// What each measure says without noise, and what it says at each ratio.
    fn said(&self, setup: &Setup<'_>) -> Result<Found> {
        let (blocks, design) = self.dealing(setup.source)?;
        let compared = self.comparisons();
        let mut outcomes = Outcomes {
            clean: Vec::new(),
            noisy: (0..self.ratios.len())
                .map(|_| (0..self.repeats).map(|_| Vec::new()).collect())
                .collect(),
            expected: vec![Vec::new(); self.measures.len()],
        };
        for (range, _) in self.together(setup, (&blocks, &design))? {
            self.compute(setup, (&blocks, &design), &compared[range], &mut outcomes)?;
        }
        let n_measures = self.measures.len();
        let clean: Vec<std::result::Result<Vec<f64>, String>> =
            (0..n_measures).map(|m| scores(&outcomes.clean, m, n_measures)).collect();
        let expected = outcomes.expected.into_iter().zip(&clean);
        let expected = expected
            .map(|(of_pairs, clean)| self.mean_over_pairs(of_pairs).filter(|_| clean.is_ok()));
        Ok(Found {
            noisy: outcomes.noisy.iter().map(|draws| self.of_ratio(draws)).collect(),
            expected: expected.collect(),
            clean,
        })
    }

    /// Adds the outcomes of some comparisons, whose activations are read once.
    fn compute(
        &self,
        setup: &Setup<'_>,
        (blocks, design): (&Blocks, &SplitDesign),
        compared: &[Compared],
        out: &mut Outcomes,
    ) -> Result<()> {
        let copies: BTreeSet<NoisyCopy> = compared.iter().flat_map(|c| c.copies()).collect();
        let copies: Vec<NoisyCopy> = copies.into_iter().collect();
        let used: BTreeSet<usize> = copies.iter().map(|copy| copy.of).collect();
        let used: Vec<usize> = used.into_iter().collect();
        let cached = Cached::load(setup.source, &used)?;
        let Dealing { seed, policy, .. } = self.spec;
        let dealing = [(blocks.clone(), vec![design.clone()])];
        let designs = &dealing[0].1;
        let selections = selections(&cached, &used, &dealing, policy)?;
        let context = Context {
            source: &cached,
            blocks,
            versions: 1,
            design,
            without: &[],
            policy,
            seed,
            progress: setup.progress,
        };
        let clean =
            compute_each(&context, &self.clean_tasks(compared), designs, &selections)?.remove(0);
        self.expect(&cached, &selections, (compared, &clean), &mut out.expected)?;
        out.clean.extend(clean);
        let of_copies = selections_of_copies(&copies, &selections);
        let place = |copy: NoisyCopy| copies.binary_search(&copy).expect("one of the copies");
        let tasks = self.noisy_tasks(compared, place);
        for (&ratio, draws) in self.ratios.iter().zip(&mut out.noisy) {
            for (draw, outcomes) in draws.iter_mut().enumerate() {
                let source = noisy(&cached, &copies, &selections, (seed, draw), ratio)?;
                let seed = rand::Rng::next_u64(&mut generator(seed, "noise nulls", &[draw]));
                let context = Context { source: &source, seed, ..context };
                outcomes.extend(compute_each(&context, &tasks, designs, &of_copies)?.remove(0));
            }
        }
        Ok(())
    }

    /// What each measure says at one ratio: `draws[draw][task]`.
    fn of_ratio(&self, draws: &[Vec<TaskOutcome>]) -> Vec<std::result::Result<Said, String>> {
        let n_measures = self.measures.len();
        let n_pair_tasks = self.place.pairs.len() * n_measures;
        let known: Vec<usize> =
            (0..n_measures).filter(|&m| is_known(self.measures[m].as_ref())).collect();
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

    /// Adds what theory says of each pair at each ratio, where it says something: `out[measure][pair]`.
    fn expect(
        &self,
        source: &dyn ActivationSource,
        selections: &Selections,
        (compared, clean): (&[Compared], &[TaskOutcome]),
        out: &mut [Vec<Option<Vec<f64>>>],
    ) -> Result<()> {
        let pairs = compared.iter().filter_map(|c| match c {
            Compared::Pair(x, y) => Some((*x, *y)),
            Compared::Copies(_) => None,
        });
        for ((x, y), scores) in pairs.zip(clean.chunks(self.measures.len())) {
            for ((out, attenuation), done) in out.iter_mut().zip(&self.attenuations).zip(scores) {
                out.push(match (attenuation, &done.outcome, &selections[&x], &selections[&y]) {
                    (Some(of), Outcome::Score { estimate, .. }, Ok(x_units), Ok(y_units)) => {
                        let pair = [(x, x_units), (y, y_units)];
                        Some(of.of(source, pair, estimate.value, &self.ratios)?)
                    }
                    _ => None,
                });
            }
        }
        Ok(())
    }

    /// The mean over pairs at each ratio, if there is a value of each pair.
    fn mean_over_pairs(&self, of_pairs: Vec<Option<Vec<f64>>>) -> Option<Vec<f64>> {
        let of_pairs: Vec<Vec<f64>> = of_pairs.into_iter().collect::<Option<_>>()?;
        let mut sums = vec![0.0; self.ratios.len()];
        for of_pair in &of_pairs {
            sums.iter_mut().zip(of_pair).for_each(|(sum, value)| *sum += value);
        }
        Some(sums.into_iter().map(|sum| sum / of_pairs.len() as f64).collect())
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
                let theory = self.attenuations[m].and_then(|a| a.reliability(self.ratios[ratio]));
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

/// What came out of the comparisons so far.
struct Outcomes {
    /// Of pairs without noise.
    clean: Vec<TaskOutcome>,
    /// `noisy[ratio][draw]`.
    noisy: Vec<Vec<Vec<TaskOutcome>>>,
    /// `expected[measure][pair]`: what theory says at each ratio.
    expected: Vec<Vec<Option<Vec<f64>>>>,
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
            let (measure, expected) = (&self.measures[m], self.attenuations[m]);
            let ratio = ratio.map_or(0.0, |r| self.ratios[r]);
            let own = format!("{ratio} {} {SCHEMA} {expected:?}", measure.info().revision);
            digest(&[&self.shared, &own, &measure.spec(), &what])
        };
        self.rows_to_make().into_iter().map(key).collect()
    }

    fn steps(&self) -> u64 {
        let clean = self.place.pairs.len() * self.measures.len();
        let noisy = self.noisy_tasks(&self.comparisons(), |copy| copy.of);
        let noisy: u64 = noisy.iter().map(|t| evaluations(t, 0)).sum();
        clean as u64 + noisy * (self.ratios.len() * self.repeats) as u64
    }

    fn cost(&self, catalogue: &[Representation], n_stimuli: usize, _: usize) -> Cost {
        let none = Draws { shuffle: 0, rotation: 0 };
        let cells = |draws: Draws| -> Vec<Cell> {
            self.place.pairs.iter().map(|&(x, y)| Cell { x, y, draws }).collect()
        };
        let clean = tile(catalogue, n_stimuli, &cells(none), Shuffled::WithMomentsOfY);
        let mut noisy = cells(self.draws);
        noisy.extend(self.used().into_iter().map(|r| Cell { x: r, y: r, draws: none }));
        let noisy = tile(catalogue, n_stimuli, &noisy, Shuffled::WithMomentsOfY);
        let times = (self.ratios.len() * self.repeats) as u64;
        let multiply_adds = clean.multiply_adds + times * noisy.multiply_adds;
        // Copies are made of activations that stay in memory: they are read once.
        Cost { multiply_adds, ..clean }
    }

    fn excerpt(&self) -> Excerpt {
        let part = Self {
            place: self.place.of_few_pairs(),
            // Several, as the activations are read once for all of them.
            ratios: self.ratios.iter().take(2).copied().collect(),
            repeats: self.repeats.min(2),
            ..self.clone()
        };
        Excerpt::of(self, part, growth_of(&self.measures))
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        let (blocks, design) = self.dealing(setup.source)?;
        let together = self.together(setup, (&blocks, &design))?;
        Ok(together.into_iter().map(|(_, held)| held).max().unwrap_or(0))
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
                quantity: self.measures[m].spec(),
                n_draws,
                n_pairs: self.place.pairs.len(),
                outcome,
                warnings,
            }))
        };
        Ok(self.rows_to_make().into_iter().zip(self.keys()).map(row).collect())
    }
}
