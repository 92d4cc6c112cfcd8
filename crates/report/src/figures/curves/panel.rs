//! One panel of curves.

use consilience_study::{Curve, CurveRole, Curves, Facet};

use super::{chance_parts, dashes, nulls, tick};
use crate::colour::Palette;
use crate::number::{fixed, percent};
use crate::svg::{Anchor, Linear, Marker, Panel, Svg, Ticks, spaced, text_width};
use crate::words;

const WIDTH: f64 = 344.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 44.0;
/// Room inside the frame, so that the first and the last marker are whole.
const INSET: f64 = 7.0;
/// Font size of tick labels.
const SIZE: f64 = 11.0;

/// Scales of a panel.
struct Axes {
    x: Linear,
    y: Linear,
}

pub(super) fn panel(figure: &Curves, facet: &Facet, palette: &Palette) -> Panel {
    let positions = figure
        .x_ticks
        .iter()
        .map(|(x, _)| *x)
        .chain(facet.curves.iter().flat_map(|c| c.x.iter().copied()));
    let (low, high) = positions
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let span = if low <= high { (low, high) } else { (0.0, 1.0) };
    let axes = Axes {
        x: Linear::new(span, (LEFT + INSET, WIDTH - RIGHT - INSET)),
        y: Linear::new(figure.y_range, (HEIGHT - BOTTOM, TOP)),
    };
    let mut svg = Svg::new();
    svg.text("panel-title", Anchor::Start, (LEFT, 16.0), &facet.title);
    frame(&mut svg, figure, &axes);
    let nulls = nulls(figure);
    for curve in facet.curves.iter().filter(|c| c.role == CurveRole::Score) {
        band(&mut svg, curve, &axes, &palette.class(&curve.name));
    }
    for curve in facet.curves.iter().filter(|c| c.role == CurveRole::Chance) {
        let (score, null) = chance_parts(&curve.name);
        let place = nulls.iter().position(|n| *n == null).unwrap_or(0);
        let class = format!("chance {} {}", palette.class(score), dashes(place));
        svg.polyline(&class, &points(curve, &axes));
    }
    for curve in facet.curves.iter().filter(|c| c.role == CurveRole::Expected) {
        let class = format!("expected {}", palette.class(chance_parts(&curve.name).0));
        svg.polyline(&class, &points(curve, &axes));
    }
    for curve in facet.curves.iter().filter(|c| c.role == CurveRole::Reference) {
        svg.polyline("expected neutral", &points(curve, &axes));
    }
    for curve in facet.curves.iter().filter(|c| c.role == CurveRole::Accuracy) {
        svg.polyline("accuracy", &points(curve, &axes));
    }
    for curve in facet.curves.iter().filter(|c| c.role == CurveRole::Score) {
        svg.polyline(&format!("curve {}", palette.class(&curve.name)), &points(curve, &axes));
    }
    for curve in facet.curves.iter().filter(|c| is_measured(c)) {
        marks(&mut svg, figure, facet, curve, (&axes, palette));
    }
    Panel {
        title: format!("{}: {}", figure.title, facet.title),
        description: description(figure, facet),
        width: WIDTH,
        height: HEIGHT,
        body: svg,
    }
}

fn is_measured(curve: &Curve) -> bool {
    matches!(curve.role, CurveRole::Score | CurveRole::Accuracy)
}

/// Curves of a role that belong to a score: `ridge · shuffle` to `ridge`.
fn of_curve<'a>(
    facet: &'a Facet,
    curve: &'a Curve,
    role: CurveRole,
) -> impl Iterator<Item = &'a Curve> {
    facet.curves.iter().filter(move |c| c.role == role && chance_parts(&c.name).0 == curve.name)
}

fn points(curve: &Curve, axes: &Axes) -> Vec<(f64, f64)> {
    curve.x.iter().zip(&curve.y).map(|(&x, &y)| (axes.x.at(x), axes.y.at(y))).collect()
}

/// Grid, ticks, names of the axes, and the vertical mark.
fn frame(svg: &mut Svg, figure: &Curves, axes: &Axes) {
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    let ticks = Ticks::new(figure.y_range, 5);
    for &value in &ticks.values {
        let y = axes.y.at(value);
        let class = if value == 0.0 { "grid zero" } else { "grid" };
        svg.line(class, (LEFT, y), (right, y));
        svg.text("tick-label", Anchor::End, (LEFT - 6.0, y + 4.0), &ticks.label(value));
    }
    let middle = f64::midpoint(TOP, bottom);
    svg.turned_text("axis-label", Anchor::Middle, (12.0, middle), (-90.0, &figure.y_label));
    let labels: Vec<(f64, f64)> =
        figure.x_ticks.iter().map(|(x, text)| (axes.x.at(*x), text_width(text, SIZE))).collect();
    svg.line("axis", (LEFT, bottom), (right, bottom));
    for ((shown, (x, _)), (_, text)) in
        spaced(&labels, 5.0).iter().zip(&labels).zip(&figure.x_ticks)
    {
        svg.line("axis", (*x, bottom), (*x, bottom + if *shown { 5.0 } else { 3.0 }));
        if *shown {
            svg.text("tick-label", Anchor::Middle, (*x, bottom + 17.0), text);
        }
    }
    let x = f64::midpoint(LEFT, right);
    svg.text("axis-label", Anchor::Middle, (x, HEIGHT - 8.0), &figure.x_label);
    if let Some((x, text)) = &figure.mark {
        let x = axes.x.at(*x);
        svg.line("epoch", (x, TOP - 6.0), (x, bottom));
        let fits_right = x + text_width(text, SIZE) < right;
        let (anchor, dx) = if fits_right { (Anchor::Start, 4.0) } else { (Anchor::End, -4.0) };
        svg.text("epoch-label", anchor, (x + dx, TOP - 1.0), text);
    }
}

fn band(svg: &mut Svg, curve: &Curve, axes: &Axes, class: &str) {
    let Some(band) = &curve.band else { return };
    let at = |i: usize, y: f64| (axes.x.at(curve.x[i]), axes.y.at(y));
    let over = (0..curve.x.len()).map(|i| at(i, band.high[i]));
    let back = (0..curve.x.len()).rev().map(|i| at(i, band.low[i]));
    svg.polygon(&format!("band {class}"), &over.chain(back).collect::<Vec<_>>());
}

/// A point for each value: hidden until it is pointed at, but for the last one, which carries the marker of its series.
/// Beside a curve of theory all are shown: points are what was measured.
fn marks(svg: &mut Svg, figure: &Curves, facet: &Facet, curve: &Curve, look: (&Axes, &Palette)) {
    let (axes, palette) = look;
    let is_score = curve.role == CurveRole::Score;
    let beside_theory = of_curve(facet, curve, CurveRole::Expected).next().is_some();
    let (class, shape, series) = if is_score {
        let place = palette.index(&curve.name);
        (palette.class(&curve.name), Marker::of(place), place)
    } else {
        ("neutral-ink".to_owned(), Marker::Circle, usize::MAX >> 48)
    };
    for (i, at) in points(curve, axes).into_iter().enumerate() {
        let is_marked = i + 1 == curve.x.len() || beside_theory;
        svg.mark(series, &tip(figure, facet, curve, i), |svg| {
            let shown = if is_marked && is_score { "point" } else { "point hidden" };
            svg.marker(&format!("{shown} {class}"), shape, at, 3.6);
        });
    }
}

fn tip(figure: &Curves, facet: &Facet, curve: &Curve, i: usize) -> String {
    let (x, y) = (curve.x[i], curve.y[i]);
    let along = tick(figure, x).map_or_else(|| fixed(x, 2), str::to_owned);
    let value = if curve.role == CurveRole::Accuracy { percent(y) } else { fixed(y, 3) };
    let mut lines = vec![
        format!("{}, {}", curve.name, facet.title),
        format!("{value} at {along}, {}", figure.x_label),
    ];
    if let Some(band) = &curve.band {
        lines.push(format!("95 % interval {}", words::range(band.low[i], band.high[i])));
    }
    let level = |of: &Curve| of.x.iter().position(|other| *other == x).map(|at| of.y[at]);
    for chance in of_curve(facet, curve, CurveRole::Chance) {
        let name = chance_parts(&chance.name).1;
        lines.extend(level(chance).map(|level| words::chance(name, level, None)));
    }
    let theory = of_curve(facet, curve, CurveRole::Expected);
    lines.extend(theory.filter_map(level).map(|y| format!("theory {}", fixed(y, 3))));
    lines.join("\n")
}

fn description(figure: &Curves, facet: &Facet) -> String {
    let shown = facet.curves.iter().filter(|c| is_measured(c));
    let parts: Vec<String> = shown
        .filter_map(|c| {
            let (first, last) = (c.y.first()?, c.y.last()?);
            Some(format!("{} from {} to {}", c.name, fixed(*first, 2), fixed(*last, 2)))
        })
        .collect();
    format!("{} along {}: {}.", figure.y_label, figure.x_label, parts.join("; "))
}
