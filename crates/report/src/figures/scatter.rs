//! Two quantities against one another in small panels that share both scales; each point with the interval of its value.

use consilience_study::{Cloud, Point, Points, Scatter};

use super::{Draw, finite};
use crate::colour::Palette;
use crate::csv::{self, Csv};
use crate::number::fixed;
use crate::svg::{Anchor, Drawing, Key, Linear, Marker, Panel, Svg, Swatch, Ticks};
use crate::words;

const WIDTH: f64 = 344.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 44.0;

impl Draw for Scatter {
    fn check(&self) -> Result<(), String> {
        finite("the axis along", [&self.x_range.0, &self.x_range.1])?;
        finite("the axis of values", [&self.y_range.0, &self.y_range.1])?;
        for (cloud, series, point) in points(self) {
            let place = format!("{} of {} in panel {}", point.name, series.name, cloud.title);
            finite(&format!("the position of {place}"), [&point.x])?;
            if let Some(part) = words::non_finite(&point.estimate) {
                return Err(format!("the {part} of {place} is no finite number"));
            }
        }
        Ok(())
    }

    fn series(&self) -> Vec<&str> {
        self.facets.iter().flat_map(|f| &f.series).map(|s| s.name.as_str()).collect()
    }

    fn html(&self, palette: &Palette) -> String {
        drawing(self, palette).html()
    }

    fn svg(&self, palette: &Palette) -> String {
        drawing(self, palette).file(&self.title)
    }

    fn csv(&self) -> String {
        let mut head: Vec<String> = ["panel", "series", "name", "x"].map(str::to_owned).to_vec();
        head.extend(words::FIELDS.map(str::to_owned));
        let mut csv = Csv::new(&head);
        for (cloud, series, point) in points(self) {
            let mut row = vec![cloud.title.clone(), series.name.clone(), point.name.clone()];
            row.push(csv::number(point.x));
            row.extend(words::fields(&point.estimate));
            csv.row(&row);
        }
        csv.finish()
    }
}

/// All points with their series and panel.
fn points(figure: &Scatter) -> impl Iterator<Item = (&Cloud, &Points, &Point)> {
    figure.facets.iter().flat_map(|cloud| {
        cloud.series.iter().flat_map(move |s| s.points.iter().map(move |p| (cloud, s, p)))
    })
}

fn drawing(figure: &Scatter, palette: &Palette) -> Drawing {
    let mut legend: Vec<Key> = Vec::new();
    for name in figure.series() {
        let marker = Marker::of(palette.index(name));
        let key = Key::new(Swatch::Line(palette.class(name), marker), name);
        if !legend.contains(&key) {
            legend.push(key);
        }
    }
    if points(figure).any(|(.., point)| point.estimate.interval.is_some()) {
        legend.push(Key::new(Swatch::Interval, "with its 95 % interval"));
    }
    let panels = figure.facets.iter().map(|cloud| panel(figure, cloud, palette)).collect();
    Drawing { legend, panels }
}

/// Scales of a panel.
struct Axes {
    x: Linear,
    y: Linear,
}

fn panel(figure: &Scatter, cloud: &Cloud, palette: &Palette) -> Panel {
    let axes = Axes {
        x: Linear::new(figure.x_range, (LEFT + 6.0, WIDTH - RIGHT - 6.0)),
        y: Linear::new(figure.y_range, (HEIGHT - BOTTOM, TOP)),
    };
    let mut svg = Svg::new();
    svg.text("panel-title", Anchor::Start, (LEFT, 16.0), &cloud.title);
    frame(&mut svg, figure, &axes);
    for series in &cloud.series {
        let place = palette.index(&series.name);
        let (class, shape) = (palette.class(&series.name), Marker::of(place));
        for point in &series.points {
            let at = (axes.x.at(point.x), axes.y.at(point.estimate.value));
            svg.mark(place, &tip(figure, (cloud, series, point)), |svg| {
                if let Some([low, high]) = point.estimate.interval {
                    let ends = [low, high].map(|end| (at.0, axes.y.at(end)));
                    svg.line(&format!("interval faint {class}"), ends[0], ends[1]);
                }
                svg.marker(&format!("point {class}"), shape, at, 3.4);
            });
        }
    }
    Panel {
        title: format!("{}: {}", figure.title, cloud.title),
        description: description(figure, cloud),
        width: WIDTH,
        height: HEIGHT,
        body: svg,
    }
}

/// Grid, ticks and names of the axes.
fn frame(svg: &mut Svg, figure: &Scatter, axes: &Axes) {
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    let class = |value: f64| if value == 0.0 { "grid zero" } else { "grid" };
    let ticks = Ticks::new(figure.y_range, 5);
    for &value in &ticks.values {
        let y = axes.y.at(value);
        svg.line(class(value), (LEFT, y), (right, y));
        svg.text("tick-label", Anchor::End, (LEFT - 6.0, y + 4.0), &ticks.label(value));
    }
    let ticks = Ticks::new(figure.x_range, 5);
    for &value in &ticks.values {
        let x = axes.x.at(value);
        svg.line(class(value), (x, TOP), (x, bottom));
        svg.text("tick-label", Anchor::Middle, (x, bottom + 17.0), &ticks.label(value));
    }
    svg.line("axis", (LEFT, bottom), (right, bottom));
    let middle = f64::midpoint(TOP, bottom);
    svg.turned_text("axis-label", Anchor::Middle, (12.0, middle), (-90.0, &figure.y_label));
    let x = f64::midpoint(LEFT, right);
    svg.text("axis-label", Anchor::Middle, (x, HEIGHT - 8.0), &figure.x_label);
}

fn tip(figure: &Scatter, (cloud, series, point): (&Cloud, &Points, &Point)) -> String {
    let lines = [
        format!("{}, {}, {}", point.name, series.name, cloud.title),
        format!("{} {}", figure.y_label, fixed(point.estimate.value, 3)),
        words::interval(&point.estimate),
        format!("{} {}", figure.x_label, fixed(point.x, 3)),
    ];
    lines.join("\n")
}

fn description(figure: &Scatter, cloud: &Cloud) -> String {
    let parts = cloud.series.iter().map(|s| format!("{} points of {}", s.points.len(), s.name));
    let parts: Vec<String> = parts.collect();
    format!("{} against {}: {}.", figure.y_label, figure.x_label, parts.join("; "))
}
