//! What `teacher` shows.

use super::{ERROR, INPUTS, RATIO, STUDENT, Teacher, WEIGHTS, verdicts};
use crate::studies::words;
use crate::{
    Band, Curve, CurveRole, Curves, Facet, Figure, PointRow, Run, Section, Table, TableFigure,
};

/// Points of the study that have a value.
pub(super) struct Points<'a>(Vec<&'a PointRow>);

impl<'a> Points<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        Self(table.points("teacher").filter(|p| p.estimate().is_some()).collect())
    }

    /// Values of a parameter, in the order in which they first occur.
    pub(super) fn values(&self, parameter: &str) -> Vec<&'a str> {
        let mut values: Vec<&str> = Vec::new();
        for value in self.0.iter().filter_map(|p| p.series.get(parameter)) {
            if !values.contains(&&**value) {
                values.push(value);
            }
        }
        values
    }

    /// One curve, along the samples.
    pub(super) fn curve(&self, quantity: &str, place: &Place<'_>) -> Vec<&'a PointRow> {
        let here = |p: &&&PointRow| {
            p.quantity == quantity
                && p.series.get(INPUTS).is_some_and(|v| v == place.inputs)
                && p.series.get(STUDENT).is_some_and(|v| v == place.student)
                && p.series.get(RATIO).is_some_and(|v| v == place.ratio)
        };
        let mut points: Vec<&PointRow> = self.0.iter().filter(here).copied().collect();
        points.sort_by(|a, b| a.at.total_cmp(&b.at));
        points
    }

    /// Every combination of parameters.
    pub(super) fn places(&self) -> Vec<Place<'a>> {
        let mut places = Vec::new();
        for inputs in self.values(INPUTS) {
            for student in self.values(STUDENT) {
                let ratios = self.values(RATIO).into_iter();
                places.extend(ratios.map(|ratio| Place { inputs, student, ratio }));
            }
        }
        places
    }
}

/// Which curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) inputs: &'a str,
    pub(super) student: &'a str,
    pub(super) ratio: &'a str,
}

/// The section of the study.
pub(super) fn teacher(study: &Teacher, table: &Table, run: &Run) -> Section {
    let points = Points::of(table);
    let mut figures = Vec::new();
    for inputs in points.values(INPUTS) {
        figures.push(alignment(study, &points, inputs, WEIGHTS, "Cosine of weights", run));
        for measure in &run.spec.measures {
            figures.push(alignment(study, &points, inputs, measure, &words::title(measure), run));
        }
        figures.push(errors(study, &points, inputs));
        figures.push(residuals(study, &points, inputs));
    }
    figures.push(Figure::Table(numbers(study, &points)));
    let lead = format!(
        "How alike do students of one teacher become, each with noise of its own? Linear students with {} inputs, along the number of training samples through the interpolation threshold, for several signal-to-noise ratios; the noise is on the targets and independent between students, the inputs are shared or independent as each figure says. Alignment is measured on weights, and by the measures on a hidden layer of {} units over {} noiseless stimuli.",
        study.dimensions, study.hidden, study.stimuli
    );
    Section {
        anchor: "teacher".into(),
        title: "Signal, noise and sample size".into(),
        lead,
        verdicts: verdicts::all(study, &points, run),
        figures,
    }
}

fn sentence(study: &Teacher) -> String {
    let pairs = study.members * (study.members - 1) / 2;
    format!(
        "{} independent draws of teacher, inputs and noise, {} each; 95 % intervals over draws",
        study.draws,
        words::count(pairs, "pair")
    )
}

/// What a figure of curves differs in.
struct Look<'a> {
    id: String,
    title: String,
    caption: String,
    y_label: &'a str,
    y_range: (f64, f64),
}

/// Panels of students, curves of ratios.
fn figure(
    study: &Teacher,
    points: &Points<'_>,
    (inputs, quantity): (&str, &str),
    look: Look<'_>,
    curves: impl Fn(&str, &[&PointRow]) -> Vec<Curve>,
) -> Figure {
    let facet = |student: &str| Facet {
        title: student.to_owned(),
        curves: points
            .values(RATIO)
            .into_iter()
            .flat_map(|ratio| {
                let place = Place { inputs, student, ratio };
                curves(&format!("SNR {ratio}"), &points.curve(quantity, &place))
            })
            .collect(),
    };
    Figure::Curves(Curves {
        id: look.id,
        title: look.title,
        caption: look.caption,
        x_label: "training samples n (logarithmic)".to_owned(),
        y_label: look.y_label.to_owned(),
        y_range: look.y_range,
        x_ticks: study.samples.iter().map(|&n| (position(n as f64), n.to_string())).collect(),
        mark: Some((position(study.dimensions as f64), "n = p".to_owned())),
        facets: points.values(STUDENT).into_iter().map(facet).collect(),
    })
}

/// Place of a number of samples on a logarithmic axis.
fn position(n: f64) -> f64 {
    n.log10()
}

/// A curve through the points for which there is a value.
fn line(
    name: String,
    role: CurveRole,
    points: &[&PointRow],
    value: impl Fn(&PointRow) -> Option<f64>,
) -> Option<Curve> {
    let both = points.iter().filter_map(|p| Some((position(p.at), value(p)?)));
    let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
    (!x.is_empty()).then_some(Curve { name, role, x, y, band: None })
}

/// What was measured, with its interval.
fn measured(name: &str, points: &[&PointRow], scale: impl Fn(f64) -> f64) -> Option<Curve> {
    let value = |p: &PointRow| p.estimate().map(|e| scale(e.value));
    let mut curve = line(name.to_owned(), CurveRole::Score, points, value)?;
    let ends: Option<Vec<[f64; 2]>> =
        points.iter().filter_map(|p| p.estimate()).map(|e| e.interval).collect();
    curve.band = ends.map(|ends| Band {
        low: ends.iter().map(|e| scale(e[0])).collect(),
        high: ends.iter().map(|e| scale(e[1])).collect(),
    });
    Some(curve)
}

fn alignment(
    study: &Teacher,
    points: &Points<'_>,
    inputs: &str,
    quantity: &str,
    title: &str,
    run: &Run,
) -> Figure {
    let theory = if quantity == WEIGHTS || study.expected.contains_key(quantity) {
        "Thin lines: theory (exact for minimum-norm students, the limit of many dimensions for the others)"
    } else {
        "No theory is known for this measure"
    };
    let id = quantity.replace([':', '=', ',', ' '], "-");
    let look = Look {
        id: format!("teacher-{id}-{inputs}"),
        title: format!("{title}, {inputs} inputs"),
        caption: format!(
            "{}, {} folds for measures that fit a map. {theory}. Dashed: chance, students of the same noise without a teacher.",
            sentence(study),
            run.spec.folds
        ),
        y_label: "alignment",
        y_range: (0.0, 1.0),
    };
    figure(study, points, (inputs, quantity), look, |name, points| {
        let theory =
            line(format!("{name} · theory"), CurveRole::Expected, points, PointRow::expected);
        let chance =
            line(format!("{name} · noise alone"), CurveRole::Chance, points, PointRow::chance);
        [measured(name, points, |v| v), theory, chance].into_iter().flatten().collect()
    })
}

/// Smallest error that is drawn.
const LEAST_ERROR: f64 = 1e-4;

fn errors(study: &Teacher, points: &Points<'_>, inputs: &str) -> Figure {
    let logarithm = |error: f64| error.max(LEAST_ERROR).log10();
    let of_inputs = points.places().into_iter().filter(|p| p.inputs == inputs);
    let values: Vec<f64> = of_inputs
        .flat_map(|place| points.curve(ERROR, &place))
        .filter_map(|p| p.estimate())
        .flat_map(|e| [e.value, e.interval.map_or(e.value, |i| i[1])])
        .map(logarithm)
        .collect();
    let (low, high) =
        values.iter().fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let look = Look {
        id: format!("teacher-error-{inputs}"),
        title: format!("Generalisation error, {inputs} inputs"),
        caption: format!(
            "Squared distance of the weights from the teacher's, as a share of the teacher's squared norm; decadic logarithm. {}. Thin lines: theory. Dashed: a student that has learnt nothing.",
            sentence(study)
        ),
        y_label: "log10 of the error",
        y_range: (low.floor(), high.ceil()),
    };
    figure(study, points, (inputs, ERROR), look, |name, points| {
        let scaled = |value: Option<f64>| value.map(logarithm);
        let theory = line(format!("{name} · theory"), CurveRole::Expected, points, |p| {
            scaled(p.expected())
        });
        let chance = line(format!("{name} · nothing learnt"), CurveRole::Chance, points, |p| {
            scaled(p.chance())
        });
        [measured(name, points, logarithm), theory, chance].into_iter().flatten().collect()
    })
}

fn residuals(study: &Teacher, points: &Points<'_>, inputs: &str) -> Figure {
    let largest = points
        .places()
        .iter()
        .filter(|p| p.inputs == inputs)
        .flat_map(|place| points.curve(WEIGHTS, place))
        .filter_map(residual)
        .flat_map(|(value, [low, high])| [value.abs(), low.abs(), high.abs()])
        .fold(0.01_f64, f64::max);
    let bound = (largest * 20.0).ceil() / 20.0;
    let look = Look {
        id: format!("teacher-residual-{inputs}"),
        title: format!("Cosine of weights less theory, {inputs} inputs"),
        caption: format!("Measured less expected. {}; chance plays no part.", sentence(study)),
        y_label: "residual",
        y_range: (-bound, bound),
    };
    figure(study, points, (inputs, WEIGHTS), look, |name, points| {
        let known: Vec<(f64, (f64, [f64; 2]))> =
            points.iter().filter_map(|p| Some((position(p.at), residual(p)?))).collect();
        let curve = Curve {
            name: name.to_owned(),
            role: CurveRole::Score,
            x: known.iter().map(|k| k.0).collect(),
            y: known.iter().map(|k| k.1.0).collect(),
            band: Some(Band {
                low: known.iter().map(|k| k.1.1[0]).collect(),
                high: known.iter().map(|k| k.1.1[1]).collect(),
            }),
        };
        if known.is_empty() { Vec::new() } else { vec![curve] }
    })
}

/// Measured less expected, with the ends of its interval.
pub(super) fn residual(point: &PointRow) -> Option<(f64, [f64; 2])> {
    let (estimate, expected) = (point.estimate()?, point.expected()?);
    let [low, high] = estimate.interval?;
    Some((estimate.value - expected, [low - expected, high - expected]))
}

/// Alignment and error side by side, for the first inputs and students.
fn numbers(study: &Teacher, points: &Points<'_>) -> TableFigure {
    let mut rows = Vec::new();
    for place in points.places() {
        let errors = points.curve(ERROR, &place);
        for point in points.curve(WEIGHTS, &place) {
            let error = errors.iter().find(|e| e.at == point.at);
            let cells = |p: Option<&&PointRow>| {
                let estimate = p.and_then(|p| p.estimate());
                let theory = p.and_then(|p| p.expected());
                let dash = || "–".to_owned();
                [
                    estimate.map_or_else(dash, words::estimate),
                    theory.map_or_else(dash, words::number),
                ]
            };
            let mut row: Vec<String> =
                [place.inputs, place.student, place.ratio].map(str::to_owned).to_vec();
            row.push(point.at.to_string());
            row.extend(cells(Some(&point)));
            row.extend(cells(error));
            rows.push(row);
        }
    }
    let columns =
        ["inputs", "student", "SNR", "samples", "cosine of weights", "theory", "error", "theory"];
    TableFigure {
        id: "teacher-numbers".to_owned(),
        title: "Alignment and error".to_owned(),
        caption: format!(
            "Cosine as the ratio of means over draws; error as a share of the teacher's squared norm. {}. Chance: cosine 0, error 1.",
            sentence(study)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}
