//! One place: its pairs of networks under all measures, at every number of stimuli, in every order.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use consilience_data::{ActivationSource, Cached, Representation};
use consilience_inference::{Null, draws_of_mean, mean_over_draws};
use consilience_measures::{DynMeasure, Warning};
use consilience_statistics::{Blocks, SplitDesign, UnitPolicy};

use super::{BIAS, KIND, SCORE, SampleSize, ladder};
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
    sizes: Vec<usize>,
    halvings: usize,
    orders: usize,
    draws: Draws,
    measures: Measures,
    /// All that its rows depend on beside measure, size and what they hold.
    shared: String,
    seed: u64,
    folds: usize,
    policy: UnitPolicy,
}

/// What one measure says at one size: for each order the mean over pairs, and what chance says of it.
struct Said {
    scores: Vec<f64>,
    chance: BTreeMap<Null, Vec<f64>>,
    /// Mean over pairs and orders of the closed form.
    expected_by_chance: Option<f64>,
    warnings: Vec<Warning>,
}

impl Curve {
    pub(super) fn new(
        study: &SampleSize,
        spec: &StudySpec,
        catalogue: &[Representation],
        place: Place,
    ) -> Result<Self> {
        let side = |r: usize| format!("{} {}", catalogue[r].id, catalogue[r].digest);
        let pairs: Vec<String> =
            place.pairs.iter().map(|&(x, y)| format!("{} {}", side(x), side(y))).collect();
        let numbers = format!(
            "{:?} {} {} {:?} {} {} {:?}",
            study.stimuli,
            study.halvings,
            study.orders,
            study.draws,
            spec.seed,
            spec.folds,
            spec.constant_units
        );
        let parts: Vec<&str> = [KIND, env!("CARGO_PKG_VERSION"), &place.layer, &numbers]
            .into_iter()
            .chain(pairs.iter().map(String::as_str))
            .collect();
        Ok(Self {
            shared: digest(&parts),
            sizes: study.stimuli.clone(),
            halvings: study.halvings,
            orders: study.orders,
            draws: study.draws,
            measures: spec.parsed_measures()?,
            seed: spec.seed,
            folds: spec.folds,
            policy: spec.constant_units.into(),
            place,
        })
    }

    fn n_sizes(&self) -> usize {
        if self.sizes.is_empty() { self.halvings + 1 } else { self.sizes.len() }
    }

    /// Numbers of stimuli, ascending.
    fn sizes(&self, n: usize) -> Vec<usize> {
        if self.sizes.is_empty() { ladder::halved(n, self.halvings) } else { self.sizes.clone() }
    }

    /// What the rows of a measure hold at one size.
    fn whats(&self, measure: &dyn DynMeasure) -> Vec<String> {
        let mut whats = vec![SCORE.to_owned(), BIAS.to_owned()];
        whats.extend(points::drawn_nulls(measure, self.draws));
        whats
    }

    /// The draws of one order: together the orders make as many as were asked for.
    fn draws_of(&self, order: usize) -> Draws {
        let share = |all: usize| all / self.orders + usize::from(order < all % self.orders);
        Draws { shuffle: share(self.draws.shuffle), rotation: share(self.draws.rotation) }
    }

    /// Some pairs under all measures, pair by pair.
    fn tasks(&self, order: usize, pairs: &[(usize, usize)]) -> Vec<Task<'_>> {
        let draws = self.draws_of(order);
        let mut tasks = Vec::new();
        for &(x, y) in pairs {
            let cell = Cell { x, y, draws };
            tasks.extend(self.measures.iter().map(|m| Task { cell, measure: m.as_ref() }));
        }
        tasks
    }

    /// Outcomes: `out[order][size][task]`.
    fn outcomes(&self, setup: &Setup<'_>) -> Result<Vec<Vec<Vec<TaskOutcome>>>> {
        let dealings = self.dealings(setup)?;
        let mut outcomes: Vec<Vec<Vec<TaskOutcome>>> = Vec::new();
        for (pairs, _) in self.together(setup, &dealings[0])? {
            let pairs = &self.place.pairs[pairs];
            let used: BTreeSet<usize> = pairs.iter().flat_map(|&(x, y)| [x, y]).collect();
            let used: Vec<usize> = used.into_iter().collect();
            let cached = Cached::load(setup.source, &used)?;
            let selections: Selections = selections(&cached, &used, &dealings, self.policy)?;
            for (order, (blocks, designs)) in dealings.iter().enumerate() {
                let seed =
                    rand::Rng::next_u64(&mut generator(self.seed, "sample-size nulls", &[order]));
                let context = Context {
                    source: &cached,
                    blocks,
                    versions: 1,
                    design: &designs[0],
                    without: &[],
                    policy: self.policy,
                    seed,
                    progress: setup.progress,
                };
                let found =
                    compute_each(&context, &self.tasks(order, pairs), designs, &selections)?;
                if outcomes.len() <= order {
                    outcomes.push(Vec::new());
                }
                let of_order = &mut outcomes[order];
                of_order.resize_with(found.len(), Vec::new);
                of_order.iter_mut().zip(found).for_each(|(all, own)| all.extend(own));
            }
        }
        Ok(outcomes)
    }

    /// For each order the stimuli in blocks, and the design of each size.
    fn dealings(&self, setup: &Setup<'_>) -> Result<Vec<(Blocks, Vec<SplitDesign>)>> {
        let stimuli = setup.source.stimuli();
        let sizes = self.sizes(stimuli.len());
        let dealt = |order| ladder::dealt(stimuli, &sizes, self.folds, self.seed, order);
        (0..self.orders).map(dealt).collect()
    }

    /// Ranges of the pairs that are computed together within the limit, with the bytes that each holds.
    fn together(
        &self,
        setup: &Setup<'_>,
        (blocks, designs): &(Blocks, Vec<SplitDesign>),
    ) -> Result<Vec<(Range<usize>, u64)>> {
        let catalogue = setup.source.representations();
        let largest = designs.last().expect("a curve has a size");
        let n = setup.source.stimuli().len();
        let footprint = Footprint::new(catalogue, n, (blocks, largest, &[]), &self.measures)?;
        let draws = self.draws_of(0);
        let cell = |&(x, y): &(usize, usize)| Cell { x, y, draws };
        let cells: Vec<Cell> = self.place.pairs.iter().map(cell).collect();
        let held = |cells: &[Cell]| footprint.of_each(&footprint.load(cells));
        together(&cells, &footprint, setup.memory, held)
    }

    /// What one measure says at one size, or what stood in the way.
    fn said(
        &self,
        outcomes: &[Vec<Vec<TaskOutcome>>],
        size: usize,
        measure: usize,
    ) -> std::result::Result<Said, String> {
        let mut said = Said {
            scores: Vec::new(),
            chance: BTreeMap::new(),
            expected_by_chance: None,
            warnings: Vec::new(),
        };
        let mut expected = Vec::new();
        for of_order in outcomes {
            let of_measure = || of_order[size].iter().skip(measure).step_by(self.measures.len());
            let mut scores = Vec::new();
            let mut draws: BTreeMap<Null, Vec<Vec<f64>>> = BTreeMap::new();
            for done in of_measure() {
                match &done.outcome {
                    Outcome::Error { message } => return Err(message.clone()),
                    Outcome::Score { estimate, expected_by_chance, draws: drawn, .. } => {
                        scores.push(estimate.value);
                        expected.push(*expected_by_chance);
                        for (&null, drawn) in drawn {
                            draws.entry(null).or_default().push(drawn.clone());
                        }
                    }
                }
                points::add_warnings(&mut said.warnings, &done.warnings);
            }
            said.scores.push(mean(&scores));
            for (null, draws) in draws {
                said.chance.entry(null).or_default().extend(draws_of_mean(&draws));
            }
        }
        let expected: Option<Vec<f64>> = expected.into_iter().collect();
        said.expected_by_chance = expected.map(|all| mean(&all));
        Ok(said)
    }

    /// What a row holds: the score, its bias or a chance level.
    fn outcome(said: &Said, at_all: &Said, what: &str) -> PointOutcome {
        let value = |values: &[f64], expected, chance| PointOutcome::Value {
            estimate: mean_over_draws(values),
            expected,
            chance,
        };
        let shuffled = said.chance.get(&Null::Shuffle).map(|draws| mean(draws));
        match what {
            SCORE => value(&said.scores, None, shuffled.or(said.expected_by_chance)),
            BIAS => {
                let both = said.scores.iter().zip(&at_all.scores);
                value(&both.map(|(here, all)| here - all).collect::<Vec<f64>>(), None, None)
            }
            null => {
                let null = NULLS.into_iter().find(|n| n.to_string() == null);
                let null = null.expect("rows are of nulls that were drawn");
                let closed = said.expected_by_chance.filter(|_| null == Null::Shuffle);
                value(&said.chance[&null], closed, None)
            }
        }
    }

    /// Index of the size, of the measure, and what the row holds, for each row.
    fn rows_to_make(&self) -> Vec<(usize, usize, String)> {
        let mut rows = Vec::new();
        for size in 0..self.n_sizes() {
            for (m, measure) in self.measures.iter().enumerate() {
                rows.extend(self.whats(measure.as_ref()).into_iter().map(|what| (size, m, what)));
            }
        }
        rows
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

impl Job for Curve {
    fn keys(&self) -> Vec<String> {
        let key = |(size, m, what): (usize, usize, String)| {
            let measure = &self.measures[m];
            let own = format!("{size} {} {}", measure.info().revision, SCHEMA);
            digest(&[&self.shared, &own, &measure.spec(), &what])
        };
        self.rows_to_make().into_iter().map(key).collect()
    }

    fn steps(&self) -> u64 {
        let of_order = |order| {
            self.tasks(order, &self.place.pairs).iter().map(|t| evaluations(t, 0)).sum::<u64>()
        };
        self.n_sizes() as u64 * (0..self.orders).map(of_order).sum::<u64>()
    }

    fn cost(&self, catalogue: &[Representation], n_stimuli: usize, _: usize) -> Cost {
        let sizes = self.sizes(n_stimuli);
        let of = |draws: Draws| {
            let cell = |&(x, y): &(usize, usize)| Cell { x, y, draws };
            let cells: Vec<Cell> = self.place.pairs.iter().map(cell).collect();
            tile(catalogue, n_stimuli, &cells, Shuffled::WithMomentsOfY)
        };
        let (whole, drawn) = (of(Draws { shuffle: 0, rotation: 0 }), of(self.draws));
        // Each order is gathered once; a shuffle gathers the stimuli of its set only.
        let share = sizes.iter().sum::<usize>() as f64 / n_stimuli as f64;
        let of_draws = (drawn.multiply_adds - whole.multiply_adds) as f64 * share;
        let multiply_adds = self.orders as u64 * whole.multiply_adds + of_draws as u64;
        Cost { multiply_adds, ..drawn }
    }

    fn excerpt(&self) -> Excerpt {
        // As many draws for each order as there are of all.
        let orders = self.orders.min(2);
        let share = |all: usize| (all * orders).div_ceil(self.orders);
        let part = Self {
            place: self.place.of_few_pairs(),
            orders,
            draws: Draws {
                shuffle: share(self.draws.shuffle),
                rotation: share(self.draws.rotation),
            },
            ..self.clone()
        };
        Excerpt::of(self, part, growth_of(&self.measures))
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        let together = self.together(setup, &self.dealings(setup)?[0])?;
        Ok(together.into_iter().map(|(_, held)| held).max().unwrap_or(0))
    }

    fn check(&self, source: &dyn ActivationSource) -> Result<()> {
        let n = source.stimuli().len();
        ladder::check(&self.sizes(n), n, self.folds)
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let outcomes = self.outcomes(setup)?;
        let sizes = self.sizes(setup.source.stimuli().len());
        let last = sizes.len() - 1;
        let of_measure = |m| (0..sizes.len()).map(|s| self.said(&outcomes, s, m)).collect();
        let said: Vec<Vec<std::result::Result<Said, String>>> =
            (0..self.measures.len()).map(of_measure).collect();
        let row = |((size, m, what), key): ((usize, usize, String), String)| {
            let mut warnings = Vec::new();
            let outcome = match (&said[m][size], &said[m][last]) {
                (Ok(here), Ok(at_all)) => {
                    if what == SCORE {
                        warnings.clone_from(&here.warnings);
                    }
                    Self::outcome(here, at_all, &what)
                }
                (Err(message), _) | (_, Err(message)) => {
                    PointOutcome::Error { message: message.clone() }
                }
            };
            let n_draws = match &outcome {
                PointOutcome::Value { estimate, .. } => estimate.replicates,
                PointOutcome::Error { .. } => 0,
            };
            let mut series = points::series(&self.place);
            series.insert(WHAT.to_owned(), what);
            Row::Point(Box::new(PointRow {
                schema: SCHEMA,
                key,
                study: KIND.to_owned(),
                series,
                axis: "stimuli".to_owned(),
                at: sizes[size] as f64,
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
