//! What is shown of a sweep.

use super::{
    ERROR, INPUTS, INTERPOLATING, OUTPUTS, Place, Points, RATIO, STUDENT, Sweep, Valued, WEIGHTS,
    WRONG, residual, verdicts,
};
use crate::studies::words;
use crate::{Band, Curve, CurveRole, Curves, Facet, Figure, Section, Table, TableFigure};

/// The section of a study of ensembles.
pub(in crate::studies) fn section(
    sweep: &Sweep,
    table: &Table,
    title: &str,
    lead: String,
) -> Section {
    let points = Points::of(table, sweep);
    let mut figures = Vec::new();
    for inputs in points.values(INPUTS) {
        figures.push(both(sweep, &points, inputs));
        for quantity in sweep.alignments() {
            figures.push(alignment(sweep, &points, inputs, quantity));
        }
        figures.push(errors(sweep, &points, inputs));
        let expected = sweep.expected.iter();
        figures.extend(expected.map(|quantity| residuals(sweep, &points, inputs, quantity)));
        figures.extend(wrong(sweep, &points, inputs));
        figures.extend(interpolating(sweep, &points, inputs));
    }
    figures.push(Figure::Table(numbers(sweep, &points)));
    Section {
        anchor: sweep.id(),
        title: title.to_owned(),
        lead,
        verdicts: verdicts::all(sweep, &points),
        figures,
    }
}

fn sentence(sweep: &Sweep) -> String {
    let pairs = sweep.members * (sweep.members - 1) / 2;
    format!(
        "{} independent draws, {} of students each, {} test stimuli; 95 % intervals over draws",
        sweep.draws,
        words::count(pairs, "pair"),
        sweep.stimuli
    )
}

fn title(quantity: &str) -> String {
    match quantity {
        WEIGHTS => "Cosine of weights".to_owned(),
        OUTPUTS => "Cosine of outputs".to_owned(),
        ERROR => "Generalisation error".to_owned(),
        measure => words::title(measure),
    }
}

/// What a figure of curves differs in.
struct Look<'a> {
    id: String,
    title: String,
    caption: String,
    y_label: &'a str,
    y_range: (f64, f64),
}

fn figure(sweep: &Sweep, look: Look<'_>, facets: Vec<Facet>) -> Figure {
    let tick = |&n: &usize| (position(n as f64), n.to_string());
    Figure::Curves(Curves {
        id: look.id,
        title: look.title,
        caption: look.caption,
        x_label: "training samples n (logarithmic)".to_owned(),
        y_label: look.y_label.to_owned(),
        y_range: look.y_range,
        x_ticks: sweep.samples.iter().map(tick).collect(),
        mark: Some((position(sweep.threshold), sweep.threshold_is.to_owned())),
        facets,
    })
}

/// Panels of students, curves of ratios.
fn panels(
    points: &Points<'_>,
    (inputs, quantity): (&str, &str),
    curves: impl Fn(&str, &[Valued<'_>]) -> Vec<Curve>,
) -> Vec<Facet> {
    let of_student = |student: &str| Facet {
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
    points.values(STUDENT).into_iter().map(of_student).collect()
}

/// Place of a number of samples on a logarithmic axis.
fn position(n: f64) -> f64 {
    n.log10()
}

/// A curve through the points for which there is a value.
fn line(
    name: String,
    role: CurveRole,
    points: &[Valued<'_>],
    value: impl Fn(&Valued<'_>) -> Option<f64>,
) -> Option<Curve> {
    let both = points.iter().filter_map(|p| Some((position(p.at()), value(p)?)));
    let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
    (!x.is_empty()).then_some(Curve { name, role, x, y, band: None })
}

/// What was measured with its interval, and what theory says of it.
fn measured(name: &str, points: &[Valued<'_>], scale: impl Fn(f64) -> f64) -> Vec<Curve> {
    let value = |p: &Valued<'_>| Some(scale(p.value()));
    let Some(mut curve) = line(name.to_owned(), CurveRole::Score, points, value) else {
        return Vec::new();
    };
    let ends: Option<Vec<[f64; 2]>> = points.iter().map(|p| p.estimate.interval).collect();
    curve.band = ends.map(|ends| Band {
        low: ends.iter().map(|e| scale(e[0])).collect(),
        high: ends.iter().map(|e| scale(e[1])).collect(),
    });
    let theory = line(format!("{name} · theory"), CurveRole::Expected, points, |p| {
        p.row.expected().map(&scale)
    });
    [Some(curve), theory].into_iter().flatten().collect()
}

/// Alignment and error of one ensemble in one panel.
fn both(sweep: &Sweep, points: &Points<'_>, inputs: &str) -> Figure {
    let places = points.places().into_iter().filter(|place| place.inputs == inputs);
    let facet = |place: Place<'_>| {
        let error = |e: f64| if sweep.error_is_share { e } else { e.max(0.0) / (1.0 + e.max(0.0)) };
        let aligned = points.curve(sweep.alignment, &place);
        let mut curves = measured("alignment", &aligned, |v| v);
        curves.extend(measured("generalisation error", &points.curve(ERROR, &place), error));
        Facet { title: format!("{}, SNR {}", place.student, place.ratio), curves }
    };
    let scale = if sweep.error_is_share {
        ""
    } else {
        " The error e, which has no upper end, is drawn as e/(1 + e): 0.5 is a student that has learnt nothing."
    };
    let look = Look {
        id: format!("{}-both-{inputs}", sweep.id()),
        title: format!("Alignment and generalisation error, {inputs} inputs"),
        caption: format!(
            "Alignment is the {}. {}{scale} {}. Thin lines: theory, where there is one. Chance levels: the figures below.",
            sweep.alignment,
            sweep.error_is,
            sentence(sweep)
        ),
        y_label: "alignment, error",
        y_range: (0.0, 1.0),
    };
    figure(sweep, look, places.map(facet).collect())
}

fn alignment(sweep: &Sweep, points: &Points<'_>, inputs: &str, quantity: &str) -> Figure {
    let theory = if sweep.expected.iter().any(|q| q == quantity) {
        format!("Thin lines: theory ({})", sweep.theory_is)
    } else {
        "No theory is known for this measure here".to_owned()
    };
    let id = quantity.replace([':', '=', ',', ' '], "-");
    let look = Look {
        id: format!("{}-{id}-{inputs}", sweep.id()),
        title: format!("{}, {inputs} inputs", title(quantity)),
        caption: format!(
            "{}, {} folds for measures that fit a map. {theory}. Dashed: chance, {}.",
            sentence(sweep),
            sweep.folds,
            sweep.chance_is
        ),
        y_label: "alignment",
        y_range: (0.0, 1.0),
    };
    let curves = |name: &str, points: &[Valued<'_>]| {
        let chance =
            line(format!("{name} · noise alone"), CurveRole::Chance, points, |p| p.row.chance());
        measured(name, points, |v| v).into_iter().chain(chance).collect()
    };
    figure(sweep, look, panels(points, (inputs, quantity), curves))
}

/// Smallest error that is drawn.
const LEAST_ERROR: f64 = 1e-4;

fn errors(sweep: &Sweep, points: &Points<'_>, inputs: &str) -> Figure {
    let logarithm = |error: f64| error.max(LEAST_ERROR).log10();
    let of_inputs = points.places().into_iter().filter(|p| p.inputs == inputs);
    let values: Vec<f64> = of_inputs
        .flat_map(|place| points.curve(ERROR, &place))
        .flat_map(|p| {
            let [low, high] = p.ends();
            [low, p.value(), high]
        })
        .map(logarithm)
        .collect();
    let (low, high) =
        values.iter().fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let look = Look {
        id: format!("{}-error-{inputs}", sweep.id()),
        title: format!("Generalisation error, {inputs} inputs"),
        caption: format!(
            "{} Decadic logarithm, errors below {LEAST_ERROR} drawn there. {}. Thin lines: theory, where there is one. Dashed: a student that has learnt nothing.",
            sweep.error_is,
            sentence(sweep)
        ),
        y_label: "log10 of the error",
        y_range: (low.floor(), high.ceil()),
    };
    let curves = |name: &str, points: &[Valued<'_>]| {
        let chance = line(format!("{name} · nothing learnt"), CurveRole::Chance, points, |p| {
            p.row.chance().map(logarithm)
        });
        measured(name, points, logarithm).into_iter().chain(chance).collect()
    };
    figure(sweep, look, panels(points, (inputs, ERROR), curves))
}

/// How far a point is from what theory says, and where an error would be large how many times as large as that it is.
fn distance(quantity: &str, point: &Valued<'_>) -> Option<(f64, [f64; 2])> {
    if quantity != ERROR {
        return residual(point);
    }
    let logarithm = |error: f64| error.max(LEAST_ERROR).log10();
    let expected = logarithm(point.row.expected()?);
    let [low, high] = point.estimate.interval?.map(|end| logarithm(end) - expected);
    Some((logarithm(point.value()) - expected, [low, high]))
}

fn residuals(sweep: &Sweep, points: &Points<'_>, inputs: &str, quantity: &str) -> Figure {
    let largest = points
        .places()
        .iter()
        .filter(|p| p.inputs == inputs)
        .flat_map(|place| points.curve(quantity, place))
        .filter_map(|p| distance(quantity, &p))
        .flat_map(|(value, [low, high])| [value.abs(), low.abs(), high.abs()])
        .fold(0.01_f64, f64::max);
    let bound = (largest * 20.0).ceil() / 20.0;
    let id = match quantity {
        _ if quantity == sweep.alignment => "residual".to_owned(),
        ERROR => "residual-error".to_owned(),
        measure => format!("residual-{}", measure.replace([':', '=', ',', ' '], "-")),
    };
    let (against, what) = if quantity == ERROR {
        ("over", "Decadic logarithm of the measured over the expected error.")
    } else {
        ("less", "Measured less expected.")
    };
    let look = Look {
        id: format!("{}-{id}-{inputs}", sweep.id()),
        title: format!("{} {against} theory, {inputs} inputs", title(quantity)),
        caption: format!("{what} {}; chance plays no part.", sentence(sweep)),
        y_label: "residual",
        y_range: (-bound, bound),
    };
    let curves = |name: &str, points: &[Valued<'_>]| {
        let known: Vec<(f64, (f64, [f64; 2]))> = points
            .iter()
            .filter_map(|p| Some((position(p.at()), distance(quantity, p)?)))
            .collect();
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
    };
    figure(sweep, look, panels(points, (inputs, quantity), curves))
}

/// Curves of a share that was counted, if it was.
fn share(
    sweep: &Sweep,
    points: &Points<'_>,
    inputs: &str,
    look: Look<'_>,
    of: &str,
) -> Option<Figure> {
    let facets = panels(points, (inputs, of), |name, points| {
        let chance =
            line(format!("{name} · a guess"), CurveRole::Chance, points, |p| p.row.chance());
        measured(name, points, |v| v.clamp(0.0, 1.0)).into_iter().chain(chance).collect()
    });
    let counted = facets.iter().any(|facet| !facet.curves.is_empty());
    counted.then(|| figure(sweep, look, facets))
}

/// Who fits the noisy targets.
fn interpolating(sweep: &Sweep, points: &Points<'_>, inputs: &str) -> Option<Figure> {
    let look = Look {
        id: format!("{}-interpolating-{inputs}", sweep.id()),
        title: format!("Share of students that interpolate, {inputs} inputs"),
        caption: format!(
            "Students that {}. {}; chance plays no part.",
            sweep.fits_is,
            sentence(sweep)
        ),
        y_label: "share",
        y_range: (0.0, 1.0),
    };
    share(sweep, points, inputs, look, INTERPOLATING)
}

/// What is classified wrongly, where that is not the error itself.
fn wrong(sweep: &Sweep, points: &Points<'_>, inputs: &str) -> Option<Figure> {
    let look = Look {
        id: format!("{}-wrong-{inputs}", sweep.id()),
        title: format!("Share of stimuli classified wrongly, {inputs} inputs"),
        caption: format!(
            "Noiseless test stimuli whose largest output is that of another class. {}. Dashed: a guess.",
            sentence(sweep)
        ),
        y_label: "share",
        y_range: (0.0, 1.0),
    };
    share(sweep, points, inputs, look, WRONG)
}

/// Alignment and error side by side.
fn numbers(sweep: &Sweep, points: &Points<'_>) -> TableFigure {
    let mut rows = Vec::new();
    for place in points.places() {
        let errors = points.curve(ERROR, &place);
        for point in points.curve(sweep.alignment, &place) {
            let error = errors.iter().find(|e| e.at() == point.at());
            let cells = |p: Option<&Valued<'_>>| {
                let theory = p.and_then(|p| p.row.expected());
                let dash = || "–".to_owned();
                [
                    p.map_or_else(dash, |p| words::estimate(p.estimate)),
                    theory.map_or_else(dash, words::number),
                ]
            };
            let mut row: Vec<String> =
                [place.inputs, place.student, place.ratio].map(str::to_owned).to_vec();
            row.push(point.at().to_string());
            row.extend(cells(Some(&point)));
            row.extend(cells(error));
            rows.push(row);
        }
    }
    let quantities: Vec<&str> = sweep.alignments().into_iter().chain([ERROR]).collect();
    let columns =
        ["inputs", "student", "SNR", "samples", sweep.alignment, "theory", "error", "theory"];
    TableFigure {
        id: format!("{}-numbers", sweep.id()),
        title: "Alignment and error".to_owned(),
        caption: format!(
            "Cosine as the ratio of means over draws. {} {}. Chance: cosine as of {}; error as of a student that has learnt nothing{}.",
            sweep.error_is,
            sentence(sweep),
            sweep.chance_is,
            points.missing(&quantities)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}
