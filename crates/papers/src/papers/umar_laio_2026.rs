//! Umar & Laio 2026: signal-to-noise ratio and sample size govern how alike networks become.

use consilience_inference::Estimate;
use consilience_study::studies::ensembles::{
    AGREE, Agreement, Dip, ERROR, NEAR, Place, Points, Sweep, agreement, decoupling, dip,
    interpolated_up_to, monotone, sweeps, threshold,
};
use consilience_study::{PointRow, Table};

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
    for judge in [grows, dips, decoupled] {
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
    claims.extend(found.iter().find(|s| Students::Linear.are(s)).map(|s| theory(s, results.table)));
    claims
}

/// Where the statements of the paper are from.
const ABSTRACT: &str = "stated in the abstract, without a number";

/// Whose alignment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Students {
    Linear,
    Relu,
    Real,
}

impl Students {
    const ALL: [Self; 3] = [Self::Linear, Self::Relu, Self::Real];

    fn are(self, sweep: &Sweep) -> bool {
        match self {
            Self::Linear => sweep.study == "teacher",
            Self::Relu => sweep.task.as_deref() == Some("teacher"),
            Self::Real => sweep.task.as_deref() == Some("labels"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear networks, synthetic data",
            Self::Relu => "two-layer ReLU networks, synthetic data",
            Self::Real => "two-layer ReLU networks, real data with flipped labels",
        }
    }
}

/// What a claim is judged of.
struct Case<'a> {
    students: Students,
    sweep: &'a Sweep,
    points: Points<'a>,
}

impl<'a> Case<'a> {
    /// Curves of the students that fit their targets, by every way to measure alignment.
    fn interpolating(&self) -> Vec<(&str, Place<'a>, Vec<&'a PointRow>)> {
        let places = self.points.places();
        let fits = |place: &&Place<'_>| self.sweep.interpolating.iter().any(|s| s == place.student);
        let mut curves = Vec::new();
        for quantity in self.sweep.alignments() {
            for place in places.iter().filter(fits) {
                let curve = self.points.curve(quantity, place);
                if !curve.is_empty() {
                    curves.push((quantity, *place, curve));
                }
            }
        }
        curves
    }

    fn measured(&self, what: &str, point: &PointRow) -> Option<Measured> {
        let series = |name: &str| point.series.get(name).map_or("", String::as_str);
        Some(Measured {
            what: format!(
                "{}: {}, {what}, `{}`, {} inputs, SNR {}, {} samples",
                self.students.name(),
                point.quantity,
                series("student"),
                series("inputs"),
                series("signal-to-noise"),
                point.at
            ),
            estimate: point.estimate()?.clone(),
            over: format!("{} draws of {} pairs", point.n_draws, point.n_pairs),
            chance: point.chance(),
        })
    }
}

fn grows(case: &Case<'_>) -> Claim {
    let claim =
        format!("Alignment grows with the signal-to-noise ratio ({})", case.students.name());
    let criterion = "higher at the higher of neighbouring ratios in at least 95 % of the steps, over all numbers of samples and measures, and in none lower by more than the intervals";
    let Some(found) = monotone(&case.points, &case.sweep.alignments()) else {
        let missing = "two signal-to-noise ratios or more";
        return Claim::untested(&claim, ABSTRACT, "one ratio only".to_owned(), missing);
    };
    let here = format!(
        "higher in {} of {} steps, lower by more than the intervals in {}; the smallest step is {:.3}",
        found.rises, found.steps, found.falls, found.smallest
    );
    Claim::tested(&claim, ABSTRACT, here, criterion, found.holds())
}

fn dips(case: &Case<'_>) -> Claim {
    let claim = format!(
        "Along the number of training samples alignment has a minimum near the interpolation threshold ({})",
        case.students.name()
    );
    let criterion = format!(
        "in more than half of the curves of students that interpolate (measures × ratios × inputs) the lowest point within a factor of {NEAR} of the threshold is below both sides by more than the intervals, and nothing between is lower; the threshold is at {}, or earlier where fewer than half of the students get there",
        case.sweep.threshold_is
    );
    let curves = case.interpolating();
    if curves.is_empty() {
        let missing = "curves of students that interpolate";
        return Claim::untested(&claim, ABSTRACT, "no such curve".to_owned(), missing);
    }
    let of_curve = |(_, place, curve): &(&str, Place<'_>, Vec<&PointRow>)| {
        dip(curve, threshold(case.sweep, &case.points, place))
            .map(|Dip { lowest, between }| (lowest.at, between, lowest.quantity.clone()))
    };
    let found: Vec<_> = curves.iter().filter_map(of_curve).collect();
    let mut by_measure = Vec::new();
    for quantity in case.sweep.alignments() {
        let of = curves.iter().filter(|(q, ..)| *q == quantity).count();
        let dips = found.iter().filter(|(.., q)| q == quantity).count();
        by_measure.push(format!("{quantity} {dips} of {of}"));
    }
    let first = found.iter().map(|(_, [first, _], _)| *first).fold(f64::INFINITY, f64::min);
    let last = found.iter().map(|(_, [_, last], _)| *last).fold(0.0, f64::max);
    let place = if found.is_empty() {
        String::new()
    } else {
        format!(", with their intervals from {first} to {last} samples")
    };
    let here = format!(
        "in {} of {} curves ({}){place}; by counting the threshold is at {:.0} samples{}",
        found.len(),
        curves.len(),
        by_measure.join(", "),
        case.sweep.threshold,
        stops_early(case)
    );
    let holds = 2 * found.len() > curves.len();
    let claim = Claim::tested(&claim, ABSTRACT, here, &criterion, holds)
        .from_values(extremes(case, &curves));
    if holds { claim } else { claim.because(NO_DIP) }
}

/// Why there may be no minimum to be seen.
const NO_DIP: &str = "A minimum is only as sharp as the noise is fitted exactly, and as the draws are many: see the shares that interpolate and the intervals of the curves";

/// Up to where half of the students interpolate, if that was counted.
fn stops_early(case: &Case<'_>) -> String {
    let places = case.points.places();
    let up_to = places.iter().filter_map(|place| {
        let at = interpolated_up_to(&case.points, place)?;
        Some(format!("{at} at SNR {}", place.ratio))
    });
    let up_to: Vec<String> = up_to.collect();
    if up_to.is_empty() {
        return String::new();
    }
    format!(", half of the students interpolate up to {}", up_to.join(", "))
}

/// First, lowest and last point of the alignment of functions, for each ratio.
fn extremes(case: &Case<'_>, curves: &[(&str, Place<'_>, Vec<&PointRow>)]) -> Vec<Measured> {
    let mut values = Vec::new();
    for (_, place, curve) in curves.iter().filter(|(q, ..)| *q == case.sweep.alignment) {
        let found = dip(curve, threshold(case.sweep, &case.points, place));
        let points = [
            ("fewest samples", curve.first().copied()),
            ("minimum near the threshold", found.map(|dip| dip.lowest)),
            ("most samples", curve.last().copied()),
        ];
        let measured = points.into_iter().filter_map(|(what, p)| case.measured(what, p?));
        values.extend(measured);
    }
    values
}

fn decoupled(case: &Case<'_>) -> Claim {
    let claim = format!(
        "Alignment is decoupled from the generalisation error: more of it need not mean less error ({})",
        case.students.name()
    );
    let criterion = "some two numbers of samples of one curve where alignment and error are both higher at the same one, by more than the intervals";
    let Some(found) = decoupling(&case.points, case.sweep.alignment) else {
        let missing = "numbers of samples that differ clearly in both";
        return Claim::untested(&claim, ABSTRACT, "no clear difference".to_owned(), missing);
    };
    let mut values = Vec::new();
    if let Some((_, [more, less])) = &found.clearest {
        for (what, point) in [
            ("more alike", more.0),
            ("and more wrong", more.1),
            ("less alike", less.0),
            ("and less wrong", less.1),
        ] {
            values.extend(case.measured(what, point));
        }
    }
    let here = format!(
        "of {} pairs of numbers of samples that differ clearly in both, {} have the higher alignment with the higher {ERROR}",
        found.clear, found.against
    );
    Claim::tested(&claim, ABSTRACT, here, criterion, found.against > 0).from_values(values)
}

fn theory(sweep: &Sweep, table: &Table) -> Claim {
    let claim =
        "For a minimal linear network with one hidden layer alignment has an analytic estimate";
    let paper =
        "its formula was not at hand; the curve is derived here (exact for minimum-norm students)";
    let criterion = format!(
        "the curve is inside the 95 % intervals at {:.0} % of the points or more, for the cosine of weights and for the error",
        100.0 * AGREE
    );
    let points = Points::of(table, sweep);
    let judged: Vec<_> = [sweep.alignment, ERROR]
        .into_iter()
        .filter_map(|quantity| Some((quantity, agreement(&points, quantity)?)))
        .collect();
    if judged.is_empty() {
        return Claim::untested(claim, paper, "no curve".to_owned(), "students of known theory");
    }
    let said = |(quantity, found): &(&str, Agreement<'_>)| {
        format!(
            "{quantity}: inside at {} of {} points, mean distance {:.3}, largest {:.3} at {} samples",
            found.inside, found.points, found.mean, found.worst.1, found.worst.0.at
        )
    };
    let here: Vec<String> = judged.iter().map(said).collect();
    let holds = judged.iter().all(|(_, found)| found.share() >= AGREE);
    let values = judged.iter().map(|(quantity, found)| Measured {
        what: format!("share of the intervals that hold the curve, {quantity}"),
        estimate: Estimate::bare(found.share()),
        over: format!("{} points", found.points),
        chance: None,
    });
    Claim::tested(claim, paper, here.join("; "), &criterion, holds).from_values(values.collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use consilience_inference::Method;
    use consilience_study::{NetworkFacts, PointOutcome, Row, Run, StudySpec};

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
            assert_eq!(judged.len(), 10);
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
        assert_eq!((judged.len(), judged.iter().filter(untested).count()), (10, 6));
        let nothing = claims(&Results { table: &Table::default(), run: &run });
        assert!(nothing.iter().all(|claim| claim.judgement != Judgement::Reproduced));
    }
}
