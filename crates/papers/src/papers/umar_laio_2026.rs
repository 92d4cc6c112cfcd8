//! Umar & Laio 2026: signal-to-noise ratio and sample size govern how alike networks become.

mod decoupling;
mod minimum;
mod signal;
mod theory;

use consilience_study::studies::ensembles::{Place, Points, Sweep, Valued, sweeps};

use crate::paper::Specs;
use crate::{Claim, Measured, Paper, Results};

/// The paper.
pub(super) const PAPER: Paper = Paper {
    name: "umar-laio-2026",
    title: "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment in Neural Networks",
    reference: "Umar & Laio 2026, arXiv 2605.26973",
    setting: "ensembles of linear and non-linear networks on synthetic and real data; only the statements of the abstract are used here, which names no number",
    full: Specs {
        networks: &[include_str!("../../../../examples/reproduce/umar-laio-2026/digits.toml")],
        study: include_str!("../../../../examples/reproduce/umar-laio-2026/study.toml"),
    },
    quick: Specs {
        networks: &[include_str!("../../../../examples/reproduce/umar-laio-2026/digits.toml")],
        study: include_str!("../../../../examples/reproduce/umar-laio-2026/study-quick.toml"),
    },
    claims,
};

fn claims(results: &Results<'_>) -> Vec<Claim> {
    let found = match sweeps(results.run) {
        Ok(found) => found,
        Err(error) => {
            let claim = "Alignment follows signal and samples";
            return vec![Claim::untested(
                claim,
                ABSTRACT,
                error.to_string(),
                "a spec of this version",
            )];
        }
    };
    let mut claims = Vec::new();
    for judge in [signal::grows, minimum::near_the_threshold, decoupling::from_error] {
        for students in Students::ALL {
            let sweep = found.iter().find(|sweep| students.are(sweep));
            claims.push(match sweep {
                Some(sweep) => {
                    let points = Points::of(results.table, sweep);
                    judge(&Case { students, sweep, points })
                }
                None => Claim::untested(
                    students.name(),
                    ABSTRACT,
                    "no such students in this study".to_owned(),
                    "the study of the reproduction",
                ),
            });
        }
    }
    claims.extend(
        found.iter().find(|s| Students::Linear.are(s)).map(|s| theory::agrees(s, results.table)),
    );
    claims
}

/// Where the statements of the paper are from.
const ABSTRACT: &str = "stated in the abstract, without a number";

/// Whose alignment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Students {
    Linear,
    LinearReal,
    Relu,
    ReluReal,
}

impl Students {
    const ALL: [Self; 4] = [Self::Linear, Self::LinearReal, Self::Relu, Self::ReluReal];

    fn are(self, sweep: &Sweep) -> bool {
        let (study, task) = match self {
            Self::Linear => ("teacher", None),
            Self::LinearReal => ("teacher", Some("labels")),
            Self::Relu => ("relu-students", Some("teacher")),
            Self::ReluReal => ("relu-students", Some("labels")),
        };
        sweep.study == study && sweep.task.as_deref() == task
    }

    fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear networks, synthetic data",
            Self::LinearReal => "linear networks, real data with flipped labels",
            Self::Relu => "two-layer ReLU networks, synthetic data",
            Self::ReluReal => "two-layer ReLU networks, real data with flipped labels",
        }
    }
}

/// What a claim is judged of.
struct Case<'a> {
    students: Students,
    sweep: &'a Sweep,
    points: Points<'a>,
}

/// Alignment along the number of samples.
struct Aligned<'a, 'q> {
    quantity: &'q str,
    place: Place<'a>,
    curve: Vec<Valued<'a>>,
}

impl<'a> Case<'a> {
    /// Curves of the students that fit their targets, by every way to measure alignment.
    fn interpolating(&self) -> Vec<Aligned<'a, '_>> {
        let places = self.points.places();
        let fits = |place: &&Place<'_>| self.sweep.interpolating.iter().any(|s| s == place.student);
        let mut curves = Vec::new();
        for quantity in self.sweep.alignments() {
            for place in places.iter().filter(fits) {
                let curve = self.points.curve(quantity, place);
                if !curve.is_empty() {
                    curves.push(Aligned { quantity, place: *place, curve });
                }
            }
        }
        curves
    }

    fn measured(&self, what: &str, point: &Valued<'_>) -> Measured {
        let Valued { row, estimate } = *point;
        let series = |name: &str| row.series.get(name).map_or("", String::as_str);
        Measured {
            what: format!(
                "{}: {}, {what}, `{}`, {} inputs, SNR {}, {} samples",
                self.students.name(),
                row.quantity,
                series("student"),
                series("inputs"),
                series("signal-to-noise"),
                row.at
            ),
            estimate: estimate.clone(),
            over: format!("{} draws of {} pairs", row.n_draws, row.n_pairs),
            chance: row.chance(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use consilience_inference::{Estimate, Method};
    use consilience_study::studies::ensembles::ERROR;
    use consilience_study::{NetworkFacts, PointOutcome, PointRow, Row, Run, StudySpec, Table};

    use super::*;
    use crate::Judgement;

    /// What is planted: alignment and error by ratio and number of samples over that at the threshold, and how far theory is off.
    struct World {
        alignment: fn(f64, f64) -> f64,
        error: fn(f64) -> f64,
        theory_off: f64,
    }

    /// Alignment falls to the threshold and rises after it; the error falls all the way.
    const AS_CLAIMED: World = World {
        alignment: |ratio, at| ratio / (1.0 + ratio) * (1.0 - 0.8 * (-4.0 * at.ln().powi(2)).exp()),
        error: |at| 1.0 / (1.0 + at),
        theory_off: 0.0,
    };

    /// More samples give more alignment and less error, more signal gives less of it, and theory is of something else.
    const OTHERWISE: World = World {
        alignment: |ratio, at| at / (1.0 + at) / (1.0 + ratio),
        error: |at| 1.0 / (1.0 + at),
        theory_off: 0.2,
    };

    fn facts() -> Run {
        Run {
            version: String::new(),
            spec: StudySpec::parse(PAPER.quick.study, "quick").expect("a spec"),
            stimuli: "digits".into(),
            n_stimuli: 1000,
            stimuli_digest: String::new(),
            classes: (0..10).map(|i| i.to_string()).collect(),
            networks: vec![NetworkFacts {
                name: "digits-seed1".into(),
                layers: vec![("input".into(), 64)],
                ..NetworkFacts::default()
            }],
        }
    }

    fn planted(world: &World, run: &Run) -> Table {
        let mut rows = Vec::new();
        for sweep in sweeps(run).expect("sweeps") {
            let quantities: Vec<&str> = sweep.alignments().into_iter().chain([ERROR]).collect();
            for student in &sweep.interpolating {
                for (ratio, quantity) in
                    ["1", "10"].iter().flat_map(|r| quantities.iter().map(move |q| (*r, *q)))
                {
                    for &samples in &sweep.samples {
                        let at = samples as f64 / sweep.threshold;
                        let value = if quantity == ERROR {
                            (world.error)(at)
                        } else {
                            (world.alignment)(ratio.parse().expect("a ratio"), at)
                        };
                        let row = row(&sweep, student, ratio, samples, quantity);
                        let outcome = outcome(value, world.theory_off);
                        rows.push(Row::Point(Box::new(PointRow { outcome, ..row })));
                    }
                }
            }
        }
        Table { rows }
    }

    fn row(sweep: &Sweep, student: &str, ratio: &str, samples: usize, quantity: &str) -> PointRow {
        let mut series: BTreeMap<String, String> =
            [("student", student), ("inputs", "shared"), ("signal-to-noise", ratio)]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
        series.extend(sweep.task.iter().map(|task| ("task".to_owned(), task.clone())));
        PointRow {
            schema: 2,
            key: String::new(),
            study: sweep.study.to_owned(),
            series,
            axis: "training samples".into(),
            at: samples as f64,
            quantity: quantity.to_owned(),
            n_draws: 10,
            n_pairs: 45,
            outcome: outcome(0.0, 0.0),
            warnings: Vec::new(),
        }
    }

    fn outcome(value: f64, theory_off: f64) -> PointOutcome {
        let interval = Some([value - 0.01, value + 0.01]);
        let method = Method::Draws;
        let estimate = Estimate { interval, method, ..Estimate::bare(value) };
        PointOutcome::Value { estimate, expected: Some(value + theory_off), chance: None }
    }

    #[test]
    fn what_is_as_claimed_is_reproduced_and_what_is_otherwise_is_not() {
        let run = facts();
        for (world, expected) in
            [(AS_CLAIMED, Judgement::Reproduced), (OTHERWISE, Judgement::NotReproduced)]
        {
            let table = planted(&world, &run);
            let judged = claims(&Results { table: &table, run: &run });
            assert_eq!(judged.len(), 13);
            for claim in judged {
                assert_eq!(claim.judgement, expected, "{claim:?}");
            }
        }
    }

    #[test]
    fn results_of_another_study_judge_nothing() {
        let mut run = facts();
        run.spec.studies.truncate(1);
        let table = planted(&AS_CLAIMED, &run);
        let judged = claims(&Results { table: &table, run: &run });
        let untested = |claim: &&Claim| claim.judgement == Judgement::CannotBeJudged;
        assert_eq!((judged.len(), judged.iter().filter(untested).count()), (13, 9));
        let nothing = claims(&Results { table: &Table::default(), run: &run });
        assert!(nothing.iter().all(|claim| claim.judgement != Judgement::Reproduced));
    }
}
